"""What filters, columns and segments may ask of deals; those of the client are made of the client's own facets."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.deals.models import Deal, DealLine, LossReason
from voronka.deals.queries.goods import FIELD as GOODS
from voronka.deals.queries.goods import uses_goods
from voronka.deals.queries.pipelines import list_loss_reasons, list_pipelines, list_stage_names, list_stages_with_norm
from voronka.kit.facets import Asker, Facet, register_facet, register_facet_source, shared_facets
from voronka.people import queries as people

PROMISED = 0  # band of the queue
GOODS_FOUND = 200  # variants that a text may mean
OF_CLIENT = ("kind", "city", "zone", "vip", "sum")


def match_pipeline(text: str) -> Q:
    """Deals of one pipeline."""
    found = next((one for one in list_pipelines(active=False) if one.public_id == text), None)
    if found is None:
        raise ValueError(_("There is no such pipeline any more: drop this filter or choose another."))
    return Q(pipeline_id=found.pk)


def match_stage(text: str) -> Q:
    """Deals that stand in one stage."""
    found = next((one for one in list_stage_names() if one.public_id == text), None)
    if found is None:
        raise ValueError(_("There is no such stage any more: drop this filter or choose another."))
    return Q(stage_id=found.pk)


def match_state(text: str) -> Q:
    """Open deals, or those closed in one way."""
    if text not in Deal.State.values:
        raise ValueError(_("Choose one of the list."))
    return Q(state=text)


def match_responsible(text: str, asker: Asker) -> Q:
    """Mine, those of the common pool, both together, or of one employee."""
    mine, pool = Q(responsible_id=asker.actor.employee_id), Q(responsible=None)
    fixed = {"me": mine, "pool": pool, "mine": mine | pool}
    if text in fixed:
        return fixed[text]
    found = [one.pk for one in accounts.list_employees(active=False) if one.public_id == text]
    if not found:
        raise ValueError(_("There is no such employee."))
    return Q(responsible_id=found[0])


def match_sum(text: str) -> Q:
    """Sums in a range: 1000..5000, either end may lack."""
    least, most = people.read_range(text)
    return (Q(sum__gte=least) if least is not None else Q()) & (Q(sum__lte=most) if most is not None else Q())


def match_tags(text: str) -> Q:
    """Deals that carry a tag."""
    return Q(tags__contains=[people.read_words(text)])


def match_title(text: str) -> Q:
    """Deals whose words hold the text."""
    return Q(title__icontains=people.read_words(text))


def match_age(text: str, asker: Asker) -> Q:
    """Whole days that a deal has stood in its stage, in a range: 3..10."""
    least, most = people.read_range(text)
    if any(end is not None and not 0 <= end < 40_000 for end in (least, most)):
        raise ValueError(_("Write days: from 0 to 40000."))
    wanted = Q()
    if least is not None:
        wanted &= Q(stage_since__lte=asker.now - timedelta(days=float(least)))
    if most is not None:
        wanted &= Q(stage_since__gt=asker.now - timedelta(days=float(most) + 1))
    return wanted


def match_over_norm(text: str, asker: Asker) -> Q:
    """Open deals that stand in their stage whole days longer than its norm, or the others."""
    over = Q(pk__in=[])
    for stage in list_stages_with_norm():
        over |= Q(stage_id=stage.pk, stage_since__lte=asker.now - timedelta(days=(stage.norm_days or 0) + 1))
    over &= Q(state=Deal.State.OPEN)
    return over if people.read_yes(text) else ~over


def match_step(text: str, asker: Asker) -> Q:
    """When the next step of an open deal is due, by the asker's day: late, today, this week, or nothing promised."""
    zone = asker.actor.zone
    today = asker.now.astimezone(zone).date()
    step = Q(state=Deal.State.OPEN)
    match text:
        case "late":
            return step & Q(open_task__due_at__lt=asker.now)
        case "today":
            return step & Q(open_task__ready_at__lt=_midnight(today + timedelta(days=1), zone))
        case "week":
            return step & Q(open_task__ready_at__lt=_midnight(today + timedelta(days=7 - today.weekday()), zone))
        case "later":
            return step & Q(open_task__ready_at__gte=_midnight(today + timedelta(days=7 - today.weekday()), zone))
        case "unpromised":
            return step & Q(open_task__band__gt=PROMISED)
    raise ValueError(_("Choose one of the list."))


def match_source(text: str) -> Q:
    """Where deals came from."""
    return Q(source=people.read_words(text))


def match_goods(text: str) -> Q:
    """Deals in which the text finds goods, by article, barcode or words; also what is told in words only."""
    words = people.read_words(text)
    found = catalogue.find_variants(words, most=GOODS_FOUND) or catalogue.find_variants(barcode=words)
    wanted = Q(variant_id__in=[one.id for one in found]) | Q(variant_id=None, name__icontains=words)
    return Q(pk__in=DealLine.objects.filter(wanted).values("deal_id"))


def match_category(text: str) -> Q:
    """Deals in which goods of a category, or of one below it, are sold."""
    ids = catalogue.branch_ids(text)
    if not ids:
        raise ValueError(_("There is no such category any more: drop this filter or choose another."))
    return Q(pk__in=DealLine.objects.filter(product__category_id__in=ids).values("deal_id"))


def match_goods_count(text: str) -> Q:
    """How many lines of goods deals have, in a range: 1..5."""
    least, most = people.read_range(text)
    if any(end is not None and not 0 <= end < 10_000 for end in (least, most)):
        raise ValueError(_("Write a number from 0 to 9999."))
    wanted = Q() if least is None else Q(goods_count__gte=int(least))
    return wanted if most is None else wanted & Q(goods_count__lte=int(most))


def category_options() -> Sequence[tuple[str, str]]:
    """Return the categories of goods as choices."""
    return catalogue.category_names()


def match_loss(text: str) -> Q:
    """Deals lost for one reason."""
    if not LossReason.objects.filter(code=text[:40]).exists():
        raise ValueError(_("There is no such reason any more: drop this filter or choose another."))
    return Q(loss_reason__code=text)


def _days_of(column: str) -> Callable[[str], Q]:
    """Return the condition on days of the company's calendar: one day, or two with two points between."""

    def match(text: str) -> Q:
        first, last = people.read_days(text)
        zone = ZoneInfo(accounts.get_company_rules().zone)
        wanted = Q(**{f"{column}__isnull": False})
        if first is not None:
            wanted &= Q(**{f"{column}__gte": _midnight(first, zone)})
        if last is not None:
            wanted &= Q(**{f"{column}__lt": _midnight(last + timedelta(days=1), zone)})
        return wanted

    return match


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def pipeline_options() -> Sequence[tuple[str, str]]:
    """Return the pipelines as choices, those put away last."""
    found = sorted(list_pipelines(active=False), key=lambda one: not one.is_active)
    return [(one.public_id, one.name) for one in found]


def stage_options() -> Sequence[tuple[str, str]]:
    """Return the stages of all pipelines as choices."""
    return [(one.public_id, f"{one.pipeline.name} · {one.name}") for one in list_stage_names()]


def state_options() -> Sequence[tuple[str, str]]:
    """Return open and the ways a deal is closed as choices."""
    words = {"open": pgettext("deals", "open"), "won": _("won"), "lost": _("lost"), "archived": _("in the archive")}
    return list(words.items())


def responsible_options() -> Sequence[tuple[str, str]]:
    """Return mine, the common pool, both, and the employees as choices."""
    fixed = [("me", _("mine")), ("pool", _("common pool")), ("mine", _("mine and common"))]
    return fixed + [(one.public_id, one.name) for one in accounts.list_employees()]


def step_options() -> Sequence[tuple[str, str]]:
    """Return the times of the next step as choices."""
    return [
        ("late", _("overdue")),
        ("today", _("today")),
        ("week", _("this week")),
        ("later", _("later than this week")),
        ("unpromised", _("nothing promised")),
    ]


def source_options() -> Sequence[tuple[str, str]]:
    """Return where deals come from as choices."""
    words = {
        "hand": _("by hand"),
        "form": _("a form"),
        "import": _("an import"),
        "list": _("a list called through"),
        "api": _("another program"),
    }
    return list(words.items())


def loss_options() -> Sequence[tuple[str, str]]:
    """Return the reasons of refusal as choices."""
    return [(one.code, one.name) for one in list_loss_reasons()]


def yes_no_options() -> Sequence[tuple[str, str]]:
    """Return yes and no as choices."""
    return [("yes", _("yes")), ("no", _("no"))]


def company_facets() -> list[Facet]:
    """Return the company's own fields of deals, `custom.CODE`, and what may be asked of a deal's client.

    The latter are `client.CODE`, the company's own fields of clients among them.
    """
    own, shared = people.own_facets(people.list_custom_fields(subject=None)), shared_facets("client")
    of_client = [shared[code] for code in OF_CLIENT] + [one for one in own if one.subject == "client"]
    return [one for one in own if one.subject == "deal"] + [_of_client(one) for one in of_client]


def _of_client(facet: Facet) -> Facet:
    def match(text: str, asker: Asker) -> Q:
        return Q(client__in=people.clients_where(facet.matched(text, asker)))

    name = _("Client: %(name)s") % {"name": facet.name}
    return replace(
        facet, subject="deal", code=f"client.{facet.code}", name=name, match=match, expression=None, by_asker=True
    )


for _facet in (
    Facet("deal", "pipeline", gettext_lazy("Pipeline"), "choice", match_pipeline, options=pipeline_options),
    Facet("deal", "stage", gettext_lazy("Stage"), "choice", match_stage, F("stage__position"), stage_options),
    Facet("deal", "state", gettext_lazy("State"), "choice", match_state, F("state"), state_options),
    Facet(
        "deal", "responsible", gettext_lazy("Responsible"), "choice", match_responsible, options=responsible_options,
        by_asker=True,
    ),
    Facet(
        "deal", "step", gettext_lazy("Next step"), "choice", match_step, F("open_task__ready_at"), step_options,
        by_asker=True,
    ),
    Facet("deal", "sum", gettext_lazy("Sum"), "money", match_sum, F("sum"), field="deal.sum"),
    Facet(
        "deal", "goods", gettext_lazy("Goods in the deal"), "text", match_goods, field=GOODS, empty=Q(goods_count=0),
        open_to=uses_goods, is_column=False,
    ),
    Facet(
        "deal", "category", gettext_lazy("Category of goods"), "choice", match_category, options=category_options,
        field=GOODS, open_to=uses_goods, is_column=False,
    ),
    Facet(
        "deal", "goods_count", gettext_lazy("How many goods"), "number", match_goods_count, F("goods_count"),
        field=GOODS, open_to=uses_goods,
    ),
    Facet("deal", "tags", gettext_lazy("Tag"), "text", match_tags, field="deal.tags"),
    Facet("deal", "title", gettext_lazy("What about"), "text", match_title, F("title")),
    Facet("deal", "age", gettext_lazy("Days in the stage"), "number", match_age, F("stage_since"), by_asker=True),
    Facet(
        "deal", "over", gettext_lazy("Longer than the norm"), "yes_no", match_over_norm, options=yes_no_options,
        by_asker=True,
    ),
    Facet("deal", "source", gettext_lazy("Where from"), "choice", match_source, F("source"), source_options),
    Facet("deal", "made_at", gettext_lazy("Opened on"), "date", _days_of("made_at"), F("made_at")),
    Facet("deal", "closed_at", gettext_lazy("Closed on"), "date", _days_of("closed_at"), F("closed_at")),
    Facet("deal", "loss", gettext_lazy("Reason of refusal"), "choice", match_loss, options=loss_options),
):  # fmt: skip
    register_facet(_facet)

register_facet_source("deal", company_facets)
