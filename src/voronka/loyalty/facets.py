"""What filters of the list of promos may ask."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.facets import Asker, Facet, register_facet
from voronka.loyalty.models import PromoCode, PromoUse, Referral
from voronka.loyalty.permissions import SEE
from voronka.loyalty.rules import codes
from voronka.people.queries.ranges import read_days, read_range, read_words

SUBJECT = "promo"


def match_name(text: str) -> Q:
    """Names that hold the text."""
    return Q(name__icontains=read_words(text))


def match_code(text: str) -> Q:
    """The promo of a code, however it is typed; of its first letters too."""
    key = codes.key_of(read_words(text))
    return Q(pk__in=PromoCode.objects.filter(key__startswith=key).values("promo_id")) if key else Q(pk__in=[])


def match_kind(text: str) -> Q:
    """One code for all, or codes for single use."""
    if text not in ("shared", "batch"):
        raise ValueError(_("Choose one of the list."))
    return Q(is_batch=text == "batch")


def match_state(text: str, asker: Asker) -> Q:
    """Promos that hold now, are still to come, are over, or are switched off."""
    begun = Q(since__isnull=True) | Q(since__lte=asker.now)
    over = Q(until__isnull=False, until__lte=asker.now)
    states = {
        "on": Q(is_on=True) & begun & ~over,
        "waits": Q(is_on=True) & ~begun,
        "over": Q(is_on=True) & over,
        "off": Q(is_on=False),
    }
    if text not in states:
        raise ValueError(_("Choose one of the list."))
    return states[text]


def match_used(text: str) -> Q:
    """Promos used on the days of a range, by the company's calendar."""
    first, last = read_days(text)
    zone = ZoneInfo(accounts.get_company_rules().zone)
    rows = PromoUse.objects.filter(given_back_at=None)
    if first is not None:
        rows = rows.filter(at__gte=datetime.combine(first, time.min, zone))
    if last is not None:
        rows = rows.filter(at__lt=datetime.combine(last + timedelta(days=1), time.min, zone))
    return Q(pk__in=rows.values("promo_id"))


def match_percent(text: str) -> Q:
    """Percents in a range."""
    least, most = read_range(text)
    wanted = Q(is_percent=True)
    if least is not None:
        wanted &= Q(amount__gte=least)
    return wanted if most is None else wanted & Q(amount__lte=most)


def kind_options() -> Sequence[tuple[str, str]]:
    """Return the kinds as choices."""
    return [("shared", _("one code for all")), ("batch", _("codes for single use"))]


def state_options() -> Sequence[tuple[str, str]]:
    """Return the states as choices."""
    return [("on", _("holds")), ("waits", _("still to come")), ("over", _("over")), ("off", _("switched off"))]


def _sees(actor: Actor) -> bool:
    return actor.may(SEE)


for _facet in (
    Facet(SUBJECT, "name", pgettext_lazy("of a thing", "Name"), "text", match_name, open_to=_sees),
    Facet(SUBJECT, "code", gettext_lazy("Code"), "text", match_code, open_to=_sees),
    Facet(
        SUBJECT, "state", gettext_lazy("State"), "choice", match_state, options=state_options, by_asker=True,
        open_to=_sees,
    ),
    Facet(SUBJECT, "kind", gettext_lazy("Kind"), "choice", match_kind, options=kind_options, open_to=_sees),
    Facet(SUBJECT, "percent", gettext_lazy("Percent"), "number", match_percent, open_to=_sees),
    Facet(SUBJECT, "used", gettext_lazy("Used on"), "date", match_used, open_to=_sees),
):  # fmt: skip
    register_facet(_facet)


def match_friends(text: str) -> Q:
    """Clients whom a friend has brought, or who have brought friends."""
    if text not in ("brought", "brings"):
        raise ValueError(_("Choose one of the list."))
    column = "friend_id" if text == "brought" else "referrer_id"
    rows = Referral.objects.exclude(state=Referral.State.REFUSED).filter(**{f"{column}__isnull": False})
    return Q(pk__in=rows.values(column))


def friends_options() -> Sequence[tuple[str, str]]:
    """Return what may be asked of friends as choices."""
    return [("brought", _("was brought by a friend")), ("brings", _("has brought friends"))]


register_facet(
    Facet(
        "client", "friends", gettext_lazy("Friends"), "choice", match_friends, options=friends_options,
        is_column=False, open_to=_sees,
    )
)  # fmt: skip
