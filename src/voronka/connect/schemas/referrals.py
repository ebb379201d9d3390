"""The referral programme: its terms, links of clients, who brought whom, what was paid out."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Money, PublicId, Told

if TYPE_CHECKING:
    from voronka.loyalty.models import ReferralPayout as PayoutRow
    from voronka.loyalty.models import ReferralTerms as TermsRow
    from voronka.loyalty.queries.referrals import Balance as BalanceFound
    from voronka.loyalty.queries.referrals import Row

State = Literal["active", "held", "refused"]
Earned = Literal["delivered", "paid", "both"]
Pays = Literal["code", "note"]
Days = Annotated[int, Field(ge=1, le=3_650, examples=[365])]
Percent = Annotated[Decimal, Field(gt=0, le=100, decimal_places=2, examples=["5"])]
Sum = Annotated[Decimal, Field(gt=0, max_digits=16, decimal_places=2, examples=["1500.00"])]
FriendCode = Annotated[str, Field(min_length=1, max_length=20, examples=["k7m2p9x4w3ab"])]


class ReferralTermsGiven(Given):
    """The terms, all of them anew, for friends who come from now on. With `version` only if nobody changed them since.

    `gift` is a batch of promo codes; links lead to `page`. `cap` is the most that one friend brings.
    """

    is_on: bool
    percent: Percent = Decimal(5)
    days: Days = 365
    cap: Sum | None = None
    earned_by: Earned = "both"
    gift: PublicId | None = None
    gift_days: Days = 30
    page: Annotated[str, Field(max_length=300, examples=["https://shop.ru/"])] = ""
    touch_days: Days = 30
    pays: Pays = "code"
    code_days: Days = 180
    version: Annotated[int | None, Field(ge=0, le=2**31 - 1, examples=[3])] = None


class ReferralTerms(Told):
    """The terms of the programme."""

    is_on: bool
    percent: Annotated[Decimal, Field(examples=["5.00"])]
    days: int
    cap: Money | None
    earned_by: Earned
    gift: PublicId | None
    gift_days: int
    page: str
    touch_days: int
    pays: Pays
    code_days: int
    version: int


class ReferralAccount(Told):
    """A client as one who brings friends. `code` and `url` are null until his link is made.

    `owed` is what is to be paid out now: less than nothing where orders came back that had been paid for. `held` waits
    for a person to judge.
    """

    client: PublicId
    code: Annotated[str | None, Field(examples=["k7m2p9x4w3ab"])]
    url: Annotated[str | None, Field(examples=["https://shop.ru/?vf=k7m2p9x4w3ab"])]
    friends: int
    earned: Money
    held: Money
    paid: Money
    owed: Money


class ReferralGiven(Given):
    """Who was brought, and the code of the client who brought him."""

    friend: PublicId
    code: FriendCode


class ReferralJudged(Given):
    """What a person says of a referral; `undo` takes his word back."""

    verdict: Literal["accept", "refuse", "undo"]


class Referral(Told):
    """A friend brought by a client, on the terms of that day. Who was erased, or is out of reach, is null.

    `reasons` are codes of why it is or was held: `same_client`, `phone`, `email`, `address`, `payment`, `device`,
    `unproven`, `employee`, `old_client`. `bought` is what the friend paid for goods that he kept.
    """

    id: PublicId
    referrer: PublicId | None
    friend: PublicId | None
    way: Literal["site", "form", "person"]
    state: State
    reasons: Annotated[list[str], Field(examples=[["phone"]])]
    percent: Annotated[Decimal, Field(examples=["5.00"])]
    cap: Money | None
    came_at: datetime
    made_at: datetime
    judged_at: datetime | None
    gift_code: Annotated[str | None, Field(examples=["GIFT-7KX2M-9QTB4"])]
    orders: int
    bought: Money
    earned: Money


class ReferralList(Told):
    """A page of referrals, the newest first."""

    items: list[Referral]
    next: str | None


class ReferralDue(Told):
    """A client to whom something is to be paid out."""

    client: PublicId | None
    friends: int
    earned: Money
    held: Money
    paid: Money
    owed: Money


class ReferralDueList(Told):
    """A page of clients to be paid."""

    items: list[ReferralDue]
    next: str | None


class ReferralPayoutGiven(Given):
    """Who is to be paid, and the `sum` owed that was seen: where it is another one by now, nothing is paid."""

    client: PublicId
    sum: Sum
    note: Annotated[str, Field(max_length=200, examples=["By transfer, 27 November"])] = ""


class ReferralPayout(Told):
    """What was paid out: by a promo `code` of the client's own, or by hand, as `note` says."""

    client: PublicId | None
    sum: Money
    way: Pays
    code: Annotated[str | None, Field(examples=["7KX2M-9QTB4"])]
    note: str
    at: datetime


class ReferralPayoutList(Told):
    """A page of what was paid out, the newest first."""

    items: list[ReferralPayout]
    next: str | None


def terms_out(row: "TermsRow") -> ReferralTerms:
    """Return the terms as a document."""
    return ReferralTerms(
        is_on=row.is_on, percent=Decimal(row.percent).quantize(Decimal("0.01")), days=row.days,
        cap=row.cap, earned_by=row.earned_by, gift=row.gift.public_id if row.gift else None, gift_days=row.gift_days,
        page=row.page, touch_days=row.touch_days, pays=row.pays, code_days=row.code_days, version=row.version,
    )  # fmt: skip


def account_out(client: str, code: str, url: str, found: "BalanceFound") -> ReferralAccount:
    """Return a client's link and what his friends have earned as a document."""
    return ReferralAccount(
        client=client, code=code or None, url=url or None, friends=found.friends, earned=found.earned,
        held=found.held, paid=found.paid, owed=found.owed,
    )  # fmt: skip


def referral_out(row: "Row", clients: Mapping[int, str]) -> Referral:
    """Return a referral as a document; clients by their public ids."""
    one = row.referral
    return Referral(
        id=one.public_id, referrer=clients.get(one.referrer_id or 0), friend=clients.get(one.friend_id or 0),
        way=one.way, state=one.state, reasons=one.reasons, percent=one.percent, cap=one.cap, came_at=one.touched_at,
        made_at=one.made_at, judged_at=one.judged_at, gift_code=one.gift_code.code if one.gift_code else None,
        orders=row.orders, bought=row.bought, earned=row.earned,
    )  # fmt: skip


def due_out(client: str | None, found: "BalanceFound") -> ReferralDue:
    """Return what a client is owed as a document."""
    return ReferralDue(
        client=client, friends=found.friends, earned=found.earned, held=found.held, paid=found.paid, owed=found.owed
    )


def payout_out(row: "PayoutRow", clients: Mapping[int, str]) -> ReferralPayout:
    """Return a payout as a document; clients by their public ids."""
    return ReferralPayout(
        client=clients.get(row.referrer_id or 0), sum=row.amount, way=row.way, code=row.code.code if row.code else None,
        note=row.note, at=row.at,
    )  # fmt: skip
