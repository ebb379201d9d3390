"""Whether a code may be used in a sale, and what it takes off; if not, why not, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.catalogue.queries.picked import categories_of
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.loyalty.models import Promo, PromoCode, PromoGoods, PromoUse
from voronka.loyalty.permissions import REDEEM
from voronka.loyalty.rules import discounts
from voronka.loyalty.rules.discounts import ZERO, Terms


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sale: what it costs before the code, its own discount taken off already."""

    variant_id: int | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Quote:
    """What a code takes off each line, or why it takes off nothing: `reason` for machines, `words` for people.

    Reasons: unknown, mistyped, too_many, off, early, late, used_up, whose, per_client, terms, goods, minimum.
    """

    code: str
    code_id: int | None = None
    name: str = ""
    discounts: tuple[Decimal, ...] = ()
    reason: str = ""
    words: str = ""

    @property
    def discount(self) -> Decimal:
        """What is taken off in all."""
        return sum(self.discounts, ZERO)

    @property
    def is_good(self) -> bool:
        """Tell whether the code may be used."""
        return not self.reason


def terms_of(promo: Promo) -> Terms:
    """Return how much a promo takes off, as plain values."""
    return Terms(promo.is_percent, promo.amount, promo.cap, promo.minimum)


def require_lines(lines: Sequence[Line]) -> None:
    """Raise Invalid for sums that no sale has."""
    if any(not one.amount.is_finite() or one.amount < 0 for one in lines):
        raise Invalid(_("A line of a sale cannot cost less than nothing."), code="bad_line")


def fits(promo: Promo, lines: Sequence[Line]) -> list[bool]:
    """Tell of each line whether the promo is for it."""
    if promo.is_for_all:
        return [True] * len(lines)
    rows = PromoGoods.objects.filter(promo=promo).values_list("category_id", "variant_id")
    pairs = list(rows)
    categories = {category for category, _variant in pairs if category is not None}
    variants = {variant for _category, variant in pairs if variant is not None}
    ids = [one.variant_id for one in lines if one.variant_id is not None]
    above = categories_of(ids) if categories else {}
    return [
        one.variant_id is not None
        and (one.variant_id in variants or not categories.isdisjoint(above.get(one.variant_id, ())))
        for one in lines
    ]


def judge(code: PromoCode, promo: Promo, client_id: int | None, lines: Sequence[Line], *, now: datetime) -> Quote:
    """Return what the code takes off, by its rows as they were read: who is to redeem it reads them locked."""
    named = Quote(code.code, code.pk, promo.name)
    reason, words = _why_not(code, promo, client_id, now)
    fit: list[bool] = []
    if not reason:
        fit = fits(promo, lines)
        reason, words = why_not_these(promo, lines, fit)
    if reason:
        return Quote(named.code, named.code_id, named.name, tuple(ZERO for _one in lines), reason, words)
    taken = discounts.taken_off(terms_of(promo), [one.amount for one in lines], fit)
    return Quote(named.code, named.code_id, named.name, tuple(taken))


def _why_not(code: PromoCode, promo: Promo, client_id: int | None, now: datetime) -> tuple[str, str]:
    if not (code.is_on and promo.is_on):
        return "off", _("This code is switched off.")
    if promo.since is not None and now < promo.since:
        return "early", _("This code holds from %(day)s.") % {"day": _day(promo.since, now)}
    if promo.until is not None and now >= promo.until:
        last = _day(promo.until - timedelta(microseconds=1), now)
        return "late", _("This code held until %(day)s.") % {"day": last}
    if code.until is not None and now >= code.until:
        zone = accounts.get_company_rules().zone
        held = wording.moment(code.until, zone, now, get_language() or "ru")
        return "late", _("This code held until %(day)s.") % {"day": held}
    if code.most is not None and code.used >= code.most:
        if code.most == 1:
            return "used_up", _("This code has been used already.")
        return "used_up", _("This code has been used as often as it may be.")
    return _not_of(code, promo, client_id, now)


def _not_of(code: PromoCode, promo: Promo, client_id: int | None, now: datetime) -> tuple[str, str]:
    """Say why the code is not for this client, by the terms of the sale's moment."""
    if code.client_id is not None and code.client_id != client_id:
        if client_id is None:
            return "whose", _("This code is for one client only: say who buys.")
        return "whose", _("This code is for another client.")
    if promo.per_client is not None:
        if client_id is None:
            return "whose", _("This code counts its uses by client: say who buys.")
        used = PromoUse.objects.filter(promo=promo, client_id=client_id, given_back_at=None).count()
        if used >= promo.per_client:
            return "per_client", _("This client has used the code as often as he may.")
    if not promo.with_terms and client_id is not None and catalogue.terms_of(client_id, now) != ("", Decimal(0)):
        return "terms", _("This code does not go together with the client's own prices.")
    return "", ""


def why_not_these(promo: Promo, lines: Sequence[Line], fit: Sequence[bool]) -> tuple[str, str]:
    """Say why the code is not for these lines: a reason and its words, both empty where it is."""
    if not any(fit):
        return "goods", _("This code is for other goods.")
    lacking = discounts.lacking(terms_of(promo), [one.amount for one in lines], fit)
    if lacking:
        lang, currency = get_language() or "ru", accounts.get_company_rules().currency
        sums = {
            "least": wording.money(promo.minimum, currency, lang),
            "more": wording.money(lacking, currency, lang),
        }
        return "minimum", _("This code is for purchases from %(least)s: %(more)s more are needed.") % sums
    return "", ""


def _day(moment: datetime, now: datetime) -> str:
    """Return a moment's day by the company's clock, in words."""
    zone = ZoneInfo(accounts.get_company_rules().zone)
    return wording.day(moment.astimezone(zone).date(), now.astimezone(zone).date(), get_language() or "ru")


def would_take(promo: str, lines: Sequence[Line], *, now: datetime, actor: Actor) -> Decimal:
    """Return what a code of a promo (public id) would take off these lines for anybody, nought where nothing."""
    actor.require(REDEEM)
    require_lines(lines)
    row = Promo.objects.filter(public_id=promo).first()
    if row is None or not row.holds_at(now):
        return ZERO
    fit = fits(row, lines)
    if not any(fit) or discounts.lacking(terms_of(row), [one.amount for one in lines], fit):
        return ZERO
    return sum(discounts.taken_off(terms_of(row), [one.amount for one in lines], fit), ZERO)
