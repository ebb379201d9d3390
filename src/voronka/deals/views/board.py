"""The board of a pipeline and its funnel: the filter of the list, drawn by stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext
from django.views.decorators.http import require_GET

from voronka.accounts import queries as accounts
from voronka.deals import ports
from voronka.deals.models import Deal, Pipeline, Stage
from voronka.deals.permissions import EDIT_BUTTONS, PRESS
from voronka.deals.queries import board as boards
from voronka.deals.queries.asked import asked_of, query_of, word
from voronka.deals.queries.lists import LIVING, Asked
from voronka.deals.queries.pipelines import list_pipelines, list_stages
from voronka.deals.rules.ribbon import ribbon
from voronka.deals.views.filters import address_of, filter_context, require_list, settled, with_filter, without
from voronka.deals.views.goods_pieces import goods_words
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.facets import facets_of
from voronka.kit.screens import actor_of, signed_in

SOON_SECONDS = 30 * 60
MOST_CARDS = 100


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the board as it is drawn; `tone` is now, late, heed or gain."""

    public_id: str
    url: str
    who: str
    is_vip: bool
    what: str
    sum: str
    goods: str
    days: int
    norm: int
    age: str
    next: str
    icon: str
    tone: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A stage of the board: its numbers in words, its cards, where the rest is."""

    stage: Stage
    count: int
    sum: str
    usual: str
    cards: Sequence[Card]
    rest: int
    more_url: str
    list_url: str
    share: int = 0
    weighted: str = ""
    late: int = 0
    late_url: str = ""
    passed: int | None = None


@require_GET
@signed_in
def board(request: HttpRequest) -> HttpResponse:
    """Show the board of a pipeline under the filters of the address."""
    actor = actor_of(request)
    require_list(actor)
    now, asked, known = datetime.now(UTC), asked_of(request.GET), facets_of("deal", actor)
    if address := settled(request, asked, known, "deals:board"):
        return redirect(address)
    pipeline = _pipeline(asked)
    if pipeline is None:
        return render(request, "deals/board_none.html", {"may_set_up": actor.may(EDIT_BUTTONS)})
    found = boards.search_board(actor, asked, pipeline, now=now, known=known)
    asked = _of_pipeline(asked, pipeline)
    each = word(request.GET, "each")
    most = min(int(each), MOST_CARDS) if each.isdecimal() and len(each) < 4 else 0
    cards = boards.first_cards(found.rows, actor, each=max(most, boards.CARDS))
    context = {
        **filter_context(request, actor, asked, known, view="board", problems=found.problems, pipeline=pipeline),
        **_by_stage(actor, asked, pipeline, boards.stage_sums(found.rows, actor, now=now), cards, now=now),
        "may_press": actor.may(PRESS),
        "problems": found.problems,
    }
    return render(request, "deals/board.html", context, status=422 if found.problems else 200)


@require_GET
@signed_in
def board_more(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show more cards of a stage, behind the place that the page has come to."""
    actor = actor_of(request)
    require_list(actor)
    now, asked = datetime.now(UTC), asked_of(request.GET)
    stage = _stage(public_id)
    asked = _of_pipeline(asked, stage.pipeline)
    found = boards.search_board(actor, asked, stage.pipeline, now=now)
    page = boards.next_cards(found.rows, actor, stage.pk, word(request.GET, "after"))
    rest = int(left) if (left := word(request.GET, "rest")).isdecimal() and len(left) < 9 else 0
    context = {
        "cards": [card_of(one, stage, actor, now) for one in page.deals],
        "rest": max(0, rest - len(page.deals)),
        "more_url": _more(stage, asked, page.after, max(0, rest - len(page.deals))),
        "may_press": actor.may(PRESS),
    }
    return render(request, "deals/_board_more.html", context)


@require_GET
@signed_in
def funnel(request: HttpRequest) -> HttpResponse:
    """Show deals and money of a pipeline by stage with shares, under the filters of the address."""
    actor = actor_of(request)
    require_list(actor)
    now, asked, known = datetime.now(UTC), asked_of(request.GET), facets_of("deal", actor)
    if address := settled(request, asked, known, "deals:funnel"):
        return redirect(address)
    pipeline = _pipeline(asked)
    if pipeline is None:
        return render(request, "deals/board_none.html", {"may_set_up": actor.may(EDIT_BUTTONS)})
    found = boards.search_board(actor, asked, pipeline, now=now, known=known)
    asked = _of_pipeline(asked, pipeline)
    context = {
        **filter_context(request, actor, asked, known, view="funnel", problems=found.problems, pipeline=pipeline),
        **_by_stage(actor, asked, pipeline, boards.stage_sums(found.rows, actor, now=now), {}, now=now),
        "problems": found.problems,
    }
    return render(request, "deals/funnel.html", context, status=422 if found.problems else 200)


def _pipeline(asked: Asked) -> Pipeline | None:
    """Return the asked pipeline, else that of new requests, else the first; an unknown one is refused by NotFound."""
    rows = list_pipelines(active=False)
    wanted = asked.filters.get("pipeline")
    if wanted:
        found = next((one for one in rows if one.public_id == wanted), None)
        if found is None:
            raise NotFound(_("There is no such pipeline any more. Open the board again and choose another."))
        return found
    active = [one for one in rows if one.is_active]
    return next((one for one in active if one.code == "new_lead"), active[0] if active else None)


def _stage(public_id: str) -> Stage:
    found = Stage.objects.select_related("pipeline").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such stage any more. Open the board again."))
    return found


def _of_pipeline(asked: Asked, pipeline: Pipeline) -> Asked:
    return replace(asked, state="open", filters={**asked.filters, "pipeline": pipeline.public_id})


def _more(stage: Stage, asked: Asked, after: str, rest: int) -> str:
    if not after:
        return ""
    return f"{reverse('deals:board-more', args=[stage.public_id])}?{query_of(asked, after=after, rest=str(rest))}"


def _by_stage(
    actor: Actor, asked: Asked, pipeline: Pipeline, sums: Mapping[int, boards.StageSum],
    cards: Mapping[int, boards.Cards], *, now: datetime,
) -> dict[str, object]:  # fmt: skip
    """Return columns, ribbon and totals of a pipeline."""
    stages = list_stages(pipeline.pk)
    currency = accounts.get_company_rules().currency
    pace = ports.pace_of(pipeline.pk, [one.pk for one in stages], now)
    amounts = [_amount(sums.get(one.pk), currency) for one in stages]
    has_money = any(amounts)
    measured = amounts if has_money else [float(sums[one.pk].count) if one.pk in sums else 0.0 for one in stages]
    whole = sum(measured) or 1
    columns = [
        _column(
            stage, sums.get(stage.pk) or boards.StageSum(), cards.get(stage.pk) or boards.Cards([], ""),
            pace.get(stage.pk) or ports.Pace(), round(part / whole * 100), actor, asked, now,
        )
        for stage, part in zip(stages, measured, strict=True)
    ]  # fmt: skip
    passed = [one.passed if (one := pace.get(stage.pk)) is not None else None for stage in stages]
    return {
        "columns": columns,
        "ribbon": ribbon(measured, passed) if stages and any(measured) else None,
        "ribbon_says": _ribbon_words(has_money, any(one is not None for one in passed)),
        "has_money": has_money,
        "totals": _totals(columns, sums, stages, actor, asked),
    }


def _amount(one: boards.StageSum | None, currency: str) -> float:
    return float(one.sums.get(currency, 0)) if one is not None else 0.0


def _ribbon_words(has_money: bool, has_shares: bool) -> str:
    if has_money:
        return _("money and the share that went on") if has_shares else _("money by stage")
    return _("deals and the share that went on") if has_shares else _("deals by stage")


def _money_words(sums: Mapping[str, Decimal], actor: Actor) -> str:
    return ", ".join(wording.money(total, one, actor.language) for one, total in sorted(sums.items()))


def _weighted(sums: Mapping[str, Decimal], percent: int) -> dict[str, Decimal]:
    return {currency: (total * percent / 100).quantize(Decimal(1)) for currency, total in sums.items()}


def _column(
    stage: Stage, one: boards.StageSum, cards: boards.Cards, pace: ports.Pace, share: int, actor: Actor, asked: Asked,
    now: datetime,
) -> Column:  # fmt: skip
    # What the column counts is what its link lists: a board passes over a filter by state.
    of_stage = with_filter(without(asked, "state"), "stage", stage.public_id)
    late = with_filter(of_stage, "step", "late")
    rest = max(0, one.count - len(cards.deals))
    return Column(
        stage=stage,
        count=one.count,
        sum=_money_words(one.sums, actor),
        usual=wording.duration(pace.seconds, actor.language) if pace.seconds is not None else "",
        cards=[card_of(deal, stage, actor, now) for deal in cards.deals],
        rest=rest,
        more_url=_more(stage, asked, cards.after, rest),
        list_url=address_of("deals:deal-list", replace(of_stage, state=LIVING)),
        share=share,
        weighted=_money_words(_weighted(one.sums, stage.probability), actor),
        late=one.late,
        late_url=address_of("deals:deal-list", late),
        passed=round(pace.passed * 100) if pace.passed is not None else None,
    )


def _totals(
    columns: Sequence[Column],
    sums: Mapping[int, boards.StageSum],
    stages: Sequence[Stage],
    actor: Actor,
    asked: Asked,
) -> dict[str, object]:
    """Return the numbers of the head: how many deals, for how much, weighted by probability, how many overdue."""
    whole: dict[str, Decimal] = {}
    likely: dict[str, Decimal] = {}
    for stage in stages:
        found = sums[stage.pk].sums if stage.pk in sums else {}
        for currency, total in found.items():
            whole[currency] = whole.get(currency, Decimal(0)) + total
        for currency, total in _weighted(found, stage.probability).items():
            likely[currency] = likely.get(currency, Decimal(0)) + total
    count, late = sum(one.count for one in columns), sum(one.late for one in columns)
    return {
        "count": wording.number(count, actor.language),
        "word": npgettext("without number", "deal", "deals", count),
        "sum": _money_words(whole, actor),
        "weighted": _money_words(likely, actor),
        "late": ngettext("%(n)s overdue", "%(n)s overdue", late) % {"n": late} if late else "",
        "late_url": address_of("deals:deal-list", with_filter(without(asked, "state"), "step", "late")),
    }


def card_of(deal: Deal, stage: Stage, actor: Actor, now: datetime) -> Card:
    """Return a deal as a card of its stage; its fields are those that the actor may see."""
    days, norm = max(0, (now - deal.stage_since).days), stage.norm_days or 0
    tone, icon, said = _next_of(deal, actor, now, is_over=bool(norm) and days > norm)
    return Card(
        public_id=deal.public_id,
        url=reverse("deals:deal-detail", args=[deal.public_id]),
        who=deal.client.name,
        is_vip=deal.client.is_vip,
        what=deal.title,
        sum=wording.money(deal.sum, deal.currency, actor.language) if deal.sum is not None else "",
        goods=goods_words(deal.goods_count),
        days=days,
        norm=norm,
        age=_("%(n)s d") % {"n": days} if days else _("today"),
        next=said,
        icon=icon,
        tone=tone,
        is_open=deal.state == Deal.State.OPEN,
    )


def _next_of(deal: Deal, actor: Actor, now: datetime, *, is_over: bool) -> tuple[str, str, str]:
    """Return tone, icon and words of what comes next: the step by both clocks, what is late, what was paid."""
    task = deal.open_task
    if task is None:
        return "gain", "check", _("paid today")
    gap = (task.ready_at - now).total_seconds()
    if task.due_at is not None and task.due_at < now:
        return (
            "late",
            "alert-circle",
            _("overdue by %(time)s")
            % {"time": wording.duration((now - task.ready_at).total_seconds(), actor.language)},
        )
    if gap <= 0:
        waits = wording.duration(-gap, actor.language)
        return ("heed" if is_over else "now"), "clock", _("now, waiting for %(time)s") % {"time": waits}
    said = clocks(task.ready_at, deal.client.zone, actor, now)
    if is_over:
        return "heed", "eye", _("over the norm · %(when)s") % {"when": said}
    return ("now" if gap <= SOON_SECONDS else ""), "clock", said


def clocks(at: datetime, client_zone: str, actor: Actor, now: datetime) -> str:
    """Return a moment by my clock, and the client's hour where it is another: "tomorrow at 10:00 · client 12:00"."""
    mine = wording.moment(at, actor.zone.key, now, actor.language)
    today = wording.day(now.date(), now.date(), actor.language)
    mine = mine.removeprefix(f"{today} ").removeprefix("в ").removeprefix("at ") if mine.startswith(today) else mine
    if not wording.offset_minutes(at, client_zone, actor.zone.key):
        return mine
    return _("%(mine)s · client %(theirs)s") % {"mine": mine, "theirs": wording.clock(at, client_zone)}
