"""Who brought whom, what it has earned and what was paid out, as lists, cards and the report show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.keyed import read_page_by
from voronka.kit.models import EventRow
from voronka.loyalty.events import ReferralHeld, ReferralJudged
from voronka.loyalty.models import PromoCode, Referral, ReferralGain, ReferralLink, ReferralPayout, ReferralTerms
from voronka.loyalty.permissions import PAY, SEE
from voronka.loyalty.rules.referrals import ZERO, Sale, address_key

__all__ = [
    "PARAMETER",
    "Ask",
    "Balance",
    "Report",
    "Row",
    "Sale",
    "address_key",
    "balances",
    "brought_by",
    "company_of_link",
    "get_referral",
    "get_terms",
    "gift_of",
    "gifts_of",
    "link_code",
    "link_owner",
    "link_url",
    "owed_to",
    "page_url",
    "payouts_of",
    "read_page",
    "read_payouts",
    "report",
    "with_sums",
]
PAGE = 50
PARAMETER = "vf"  # what the address of a page bears the code by


def get_terms() -> ReferralTerms:
    """Return the terms of the programme; those of a company that has set none, off."""
    return ReferralTerms.objects.select_related("gift").first() or ReferralTerms()


def link_code(client_id: int) -> str:
    """Return the code of a client's own link, empty where none was made."""
    rows = ReferralLink.objects.filter(client_id=client_id).order_by("id")
    return rows.values_list("public_id", flat=True).first() or ""


def link_url(code: str, terms: ReferralTerms | None = None) -> str:
    """Return the address that a client gives to his friends: the company's page, or ours where it has named none."""
    found = page_url(code, terms or get_terms())
    return found or settings.SITE + reverse("loyalty:referral-link", args=[code])


def page_url(code: str, terms: ReferralTerms) -> str:
    """Return the company's page with the code in its address, empty where it has named none."""
    if not terms.page:
        return ""
    parts = urlsplit(terms.page)
    asked = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != PARAMETER]
    return urlunsplit(parts._replace(query=urlencode([*asked, (PARAMETER, code)]), path=parts.path or "/"))


def company_of_link(code: str) -> int | None:
    """Return the company of a link, None for a code of none; outside of any company."""
    if not code.isascii() or len(code) > 20:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM loyalty_link_of(%s)", [code])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def link_owner(code: str) -> int | None:
    """Return whose link a code is, None for a code of none."""
    return ReferralLink.objects.filter(public_id=code).values_list("client_id", flat=True).first()


@dataclass(frozen=True, slots=True)
class Balance:
    """What friends have earned for a client: surely, while a person is to judge, and what was paid out of it.

    `owed` is less than nothing where orders came back after they had been paid for.
    """

    friends: int = 0
    earned: Decimal = ZERO
    held: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def owed(self) -> Decimal:
        """What is to be paid out now."""
        return self.earned - self.paid


def balances(client_ids: Sequence[int]) -> dict[int, Balance]:
    """Return what friends have earned for clients, by client; as many statements for one as for many."""
    ids = list(client_ids)
    counted = Referral.objects.filter(referrer_id__in=ids).exclude(state=Referral.State.REFUSED).order_by()
    friends = dict(counted.values_list("referrer_id").annotate(n=Count("id")))
    gains = ReferralGain.objects.filter(referral__referrer_id__in=ids).order_by()
    sums = {(one, state): total for one, state, total in gains.values_list(
        "referral__referrer_id", "referral__state").annotate(n=Sum("amount"))}  # fmt: skip
    paid = dict(
        ReferralPayout.objects.filter(referrer_id__in=ids).order_by().values_list("referrer_id").annotate(
            n=Sum("amount"))
    )  # fmt: skip
    return {
        one: Balance(
            friends.get(one, 0), sums.get((one, "active"), ZERO), sums.get((one, "held"), ZERO), paid.get(one, ZERO)
        )
        for one in ids
    }


@dataclass(frozen=True, slots=True)
class Ask:
    """What the list is asked for: a state, a referrer (id), days when friends came, the place of the page.

    `changed`: those that came, were held or judged, or have earned anything else since.
    """

    state: str = ""
    referrer_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    place: str = ""
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A referral in the list: orders that earned something, what goods cost the friend, what it earned."""

    referral: Referral
    orders: int
    bought: Decimal
    earned: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """What the programme came to: friends who came, how many of them bought, for how much, what it costs."""

    friends: int
    buyers: int
    orders: int
    bought: Decimal
    earned: Decimal
    held: int
    paid: Decimal


def _rows(ask: Ask) -> "QuerySet[Referral]":
    rows = Referral.objects.all()
    if ask.state:
        rows = rows.filter(state=ask.state)
    if ask.referrer_id is not None:
        rows = rows.filter(referrer_id=ask.referrer_id)
    if ask.since is not None:
        rows = rows.filter(made_at__gte=ask.since)
    if ask.changed is not None:
        told = EventRow.objects.filter(
            subject_kind="referral", name__in=[ReferralHeld.name(), ReferralJudged.name()], at__gte=ask.changed
        )
        counted = ReferralGain.objects.filter(counted_at__gte=ask.changed)
        rows = rows.filter(
            Q(made_at__gte=ask.changed)
            | Q(pk__in=told.values("subject_id"))
            | Q(pk__in=counted.values("referral_id"))
        )
    return rows if ask.until is None else rows.filter(made_at__lt=ask.until)


def read_page(actor: Actor, ask: Ask, *, size: int = PAGE) -> tuple[list[Row], str]:
    """Return a page of referrals, the newest first, and the place of the next one. Raises Denied, BadPlace."""
    actor.require(SEE)
    rows = _rows(ask).select_related("referrer", "friend", "gift_code", "judged_by__user")
    page, place = read_page_by(rows, F("id"), ask.place, size, down=True, is_id=True)
    return with_sums(page), place


def with_sums(page: Sequence[Referral]) -> list[Row]:
    """Return referrals with what they came to."""
    gains = ReferralGain.objects.filter(referral_id__in=[one.pk for one in page], amount__gt=0).order_by()
    found = {pk: sums for pk, *sums in gains.values_list("referral_id").annotate(
        n=Count("id"), base=Sum("base"), gain=Sum("amount"))}  # fmt: skip
    return [Row(one, *found.get(one.pk, (0, ZERO, ZERO))) for one in page]


def report(actor: Actor, ask: Ask) -> Report:
    """Return what the asked referrals came to; what was paid out is of the same days. Raises Denied."""
    actor.require(SEE)
    rows = _rows(ask)
    gains = ReferralGain.objects.filter(referral__in=rows.exclude(state="refused").values("id"), amount__gt=0)
    sums = gains.order_by().aggregate(
        orders=Count("id"), buyers=Count("referral", distinct=True), base=Sum("base"), gain=Sum("amount")
    )
    paid = ReferralPayout.objects.all()
    if ask.referrer_id is not None:
        paid = paid.filter(referrer_id=ask.referrer_id)
    if ask.since is not None:
        paid = paid.filter(at__gte=ask.since)
    if ask.until is not None:
        paid = paid.filter(at__lt=ask.until)
    counts = rows.order_by().aggregate(
        friends=Count("id", filter=~Q(state="refused")), held=Count("id", filter=Q(state="held"))
    )
    return Report(
        counts["friends"], sums["buyers"], sums["orders"], sums["base"] or ZERO, sums["gain"] or ZERO,
        counts["held"], paid.aggregate(n=Sum("amount"))["n"] or ZERO,
    )  # fmt: skip


def get_referral(actor: Actor, public_id: str) -> Referral:
    """Return a referral. Raises Denied, NotFound."""
    actor.require(SEE)
    found = Referral.objects.select_related("referrer", "friend", "gift_code").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such referral."))
    return found


def brought_by(client_id: int) -> Referral | None:
    """Return by whom a client was brought."""
    return Referral.objects.select_related("referrer", "gift_code").filter(friend_id=client_id).first()


def gifts_of(client_ids: Sequence[int], now: datetime) -> dict[int, PromoCode]:
    """Return the codes that clients got as friends who were brought, by client: those that may still be used."""
    rows = Referral.objects.filter(friend_id__in=list(client_ids), state="active", gift_code__isnull=False)
    return {
        one.friend_id: code
        for one in rows.select_related("gift_code__promo")
        if one.friend_id is not None and (code := one.gift_code) is not None and _holds(code, now)
    }


def _holds(code: PromoCode, now: datetime) -> bool:
    is_left = code.most is None or code.used < code.most
    return code.is_on and is_left and (code.until is None or now < code.until) and code.promo.holds_at(now)


def gift_of(client_id: int, now: datetime) -> PromoCode | None:
    """Return the code that a client got as a friend who was brought, while it may be used."""
    return gifts_of([client_id], now).get(client_id)


def payouts_of(client_id: int, *, most: int = 10) -> list[ReferralPayout]:
    """Return what was paid out to a client, the newest first."""
    rows = ReferralPayout.objects.select_related("code").filter(referrer_id=client_id)
    return list(rows.order_by("-id")[:most])


def read_payouts(
    actor: Actor, *, client_id: int | None = None, place: str = "", size: int = PAGE
) -> tuple[list[ReferralPayout], str]:
    """Return a page of what was paid out, the newest first, and the place of the next. Raises Denied, BadPlace."""
    actor.require(PAY)
    rows = ReferralPayout.objects.select_related("code")
    if client_id is not None:
        rows = rows.filter(referrer_id=client_id)
    return read_page_by(rows, F("id"), place, size, down=True, is_id=True)


def owed_to(*, after: int = 0, size: int = PAGE) -> tuple[list[tuple[int, Balance]], int]:
    """Return the clients to whom something is to be paid out, in order of their ids, and behind which the next are."""
    earners = ReferralGain.objects.filter(referral__state="active", amount__gt=0, referral__referrer_id__gt=after)
    found, last = list[tuple[int, Balance]](), after
    while len(found) <= size:
        rows = earners.filter(referral__referrer_id__gt=last).order_by("referral__referrer_id")
        ids = list(rows.values_list("referral__referrer_id", flat=True).distinct()[: 4 * size])
        if not ids:
            break
        last = ids[-1]
        found += [(one, balance) for one, balance in balances(ids).items() if balance.owed > 0]
    return found[:size], found[size - 1][0] if len(found) > size else 0
