"""Who brought whom: a link made, a friend known by it, what he buys reckoned, what looks odd held for a person.

Locks go one way: referrals first, then cards, as those do who join cards (stakes.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.utils import IntegrityError
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, NotFound, Refusal, TooMany
from voronka.kit.events import publish
from voronka.kit.ids import PUBLIC_ID_LENGTH
from voronka.kit.models import EventRow
from voronka.kit.tenancy import current_company_id
from voronka.loyalty import ports
from voronka.loyalty.events import (
    FriendBought,
    FriendBrought,
    FriendCame,
    FriendCounted,
    FriendEarned,
    ReferralHeld,
    ReferralJudged,
)
from voronka.loyalty.models import Referral, ReferralGain, ReferralLink
from voronka.loyalty.permissions import PAY, REDEEM
from voronka.loyalty.queries.referrals import get_terms, gifts_of, link_code, link_url
from voronka.loyalty.rules.referrals import ZERO, Deal, Sale, reckon
from voronka.loyalty.services import guessing
from voronka.loyalty.services.batches import give_code
from voronka.people import queries as people

SAME, OLD, OWN = "same_client", "old_client", "employee"


@transaction.atomic
def make_link(*, actor: Actor, client_id: int, now: datetime) -> str:
    """Return the code of a client's own link, made now where he has none. Raises Denied, NotFound, Conflict `off`."""
    actor.require(REDEEM)
    if not get_terms().is_on:
        raise Conflict(_("The referral programme is switched off."), code="off")
    if not people.lock_clients([client_id]):
        raise NotFound(_("There is no such client."))
    return link_code(client_id) or ReferralLink.objects.create(client_id=client_id, made_at=now).public_id


def make_links(client_ids: Sequence[int], *, now: datetime) -> dict[int, str]:
    """Return the codes of clients' links by client, made where there are none; nothing while the programme is off.

    For letters: as many statements for one as for many.
    """
    if not get_terms().is_on:
        return {}
    found: dict[int, str] = {}
    known = sorted(people.client_rows(list(client_ids)))
    for client_id, code in _links(known):
        found.setdefault(client_id, code)
    rows = [ReferralLink(client_id=one, made_at=now) for one in known if one not in found]
    made = ReferralLink.objects.bulk_create(rows) if rows else []
    return found | {one.client_id: one.public_id for one in made}


def friend_links(client_ids: Sequence[int]) -> dict[int, str]:
    """Return the addresses that clients give to their friends, for letters."""
    terms, codes = get_terms(), make_links(client_ids, now=datetime.now(UTC))
    return {pk: link_url(code, terms) for pk, code in codes.items()}


def friend_stand_in() -> str:
    """Return an address as long as those that clients give to their friends, for letters looked at; it is nobody's."""
    terms = get_terms()
    return link_url("x" * PUBLIC_ID_LENGTH, terms) if terms.is_on else ""


def friend_codes(client_ids: Sequence[int]) -> dict[int, str]:
    """Return the codes that clients got as friends who were brought, while they hold, for letters."""
    return {pk: one.code for pk, one in gifts_of(client_ids, datetime.now(UTC)).items()}


def _links(client_ids: Sequence[int]) -> list[tuple[int, str]]:
    rows = ReferralLink.objects.filter(client_id__in=list(client_ids)).order_by("id")
    return list(rows.values_list("client_id", "public_id"))


@dataclass(frozen=True, slots=True)
class Touch:
    """How a friend came: the code that he had, when, how it is known (Referral.Way), and what is odd in it."""

    code: str
    at: datetime
    way: str = "person"
    odd: tuple[str, ...] = ()


@again
@transaction.atomic
def refer(*, actor: Actor, touch: Touch, friend_id: int, now: datetime, address: str = "") -> Referral:
    """Write down that a client was brought by the owner of a code, once and for all; return it.

    What looks as if he had brought himself is held for a person. Raises Denied, TooMany, NotFound `no_code`, Conflict
    `off`, `brought`, `old_client`.
    """
    actor.require(REDEEM)
    terms = get_terms()
    if not terms.is_on:
        raise Conflict(_("The referral programme is switched off."), code="off")
    if guessing.is_shut_out(actor, address, now=now):
        raise TooMany(_("Too many wrong codes. Wait a quarter of an hour."))
    code = touch.code.strip().lower()
    link = ReferralLink.objects.filter(public_id=code).first() if code.isascii() and len(code) <= 20 else None
    if link is None:
        guessing.note_wrong(actor, address, now=now)
        raise NotFound(_("There is no such code of a friend."), code="no_code")
    if Referral.objects.filter(friend_id=friend_id).exists():
        raise Conflict(_("It is known already who brought this client."), code="brought")
    if not {friend_id, link.client_id} <= people.lock_clients([friend_id, link.client_id]):
        raise NotFound(_("There is no such client."))
    sales = ports.find_sales()
    if sales is not None and sales.ordered_before(friend_id, touch.at):
        raise Conflict(_("This client had ordered before: he was not brought by a friend."), code="old_client")
    odd = {*touch.odd, *([OWN] if touch.way == Referral.Way.PERSON and _is_own_card(actor, link.client_id) else [])}
    reasons = sorted({*suspicions(link.client_id, friend_id), *odd})
    try:
        with transaction.atomic():
            row = Referral.objects.create(
                referrer_id=link.client_id, friend_id=friend_id, way=touch.way, touched_at=touch.at, made_at=now,
                percent=terms.percent, days=terms.days, cap=terms.cap, earned_by=terms.earned_by, reasons=reasons,
                state=Referral.State.HELD if reasons else Referral.State.ACTIVE,
            )  # fmt: skip
    except IntegrityError:
        raise Conflict(_("It is known already who brought this client."), code="brought") from None
    publish(
        FriendCame(referral_id=row.pk, client_id=friend_id, referrer_id=link.client_id, way=touch.way),
        FriendBrought(referral_id=row.pk, client_id=link.client_id, friend_id=friend_id),
        at=now,
    )
    if reasons:
        _tell_held(row, now)
    else:
        _give_gift(row, now)
    recount(friend_id, now=now)  # he may have ordered between the link and the moment when he was known
    row.refresh_from_db()
    _tell_counts(row, now)
    return row


def try_refer(*, actor: Actor, touch: Touch, friend_id: int, now: datetime, address: str = "") -> Referral | None:
    """Do as `refer` for those who ask nobody: what cannot be is None."""
    try:
        return refer(actor=actor, touch=touch, friend_id=friend_id, now=now, address=address)
    except Refusal:
        return None


def _is_own_card(actor: Actor, client_id: int) -> bool:
    """Tell whether a card bears the e-mail address of the employee who acts: he would earn by every new client."""
    told = accounts.address_of(actor.employee_id) if actor.employee_id is not None else None
    return told is not None and told[0].strip().lower() in people.emails_of(client_id)


def suspicions(referrer_id: int, friend_id: int) -> list[str]:
    """Return codes of what two clients have in common, as if they were one."""
    return [SAME] if referrer_id == friend_id else sorted(ports.alike(referrer_id, friend_id))


def _tell_held(row: Referral, now: datetime) -> None:
    if row.friend_id is not None:
        publish(
            ReferralHeld(
                referral_id=row.pk, client_id=row.friend_id, referrer_id=row.referrer_id, reasons=" ".join(row.reasons)
            ),
            at=now,
        )  # fmt: skip


def _give_gift(row: Referral, now: datetime) -> None:
    """Give the friend his code, once; a promo that does not hold gives none."""
    terms = get_terms()
    if terms.gift is None or row.gift_code_id is not None or row.friend_id is None:
        return
    system = Actor.system(current_company_id(), origin="referrals")
    until = now + timedelta(days=terms.gift_days)
    try:
        with transaction.atomic():
            row.gift_code = give_code(
                actor=system, public_id=terms.gift.public_id, until=until, now=now, client_id=row.friend_id
            )
    except Refusal:
        return
    row.save(update_fields=["gift_code"])


@transaction.atomic
def recount(friend_id: int, *, now: datetime) -> None:
    """Reckon anew what a friend's orders have earned, all of them; nothing for a client whom nobody brought.

    What looks odd by now, such as the address of an order, holds the referral unless a person has judged it.
    """
    row = Referral.objects.select_for_update().filter(friend_id=friend_id).first()
    sales = ports.find_sales()
    if row is None or sales is None:
        return
    fresh = _reckon(row, sales.sales_since(friend_id, row.touched_at), now)
    _hold_again(row, friend_id, now)
    if row.referrer_id is not None and row.state != Referral.State.REFUSED:
        publish(
            *(
                FriendBought(
                    referral_id=row.pk, client_id=row.referrer_id, friend_id=friend_id, amount=one.amount
                )
                for one in fresh
            ),
            at=now,
        )  # fmt: skip
    if fresh:
        _tell_counts(row, now)


@transaction.atomic
def recount_nameless(order_id: int, *, now: datetime) -> None:
    """Reckon anew what the orders of a friend who was erased have earned: they are known by what is kept of each."""
    held = ReferralGain.objects.filter(holder_kind=ports.KIND, holder_id=order_id, referral__friend=None)
    pk, sales = held.values_list("referral_id", flat=True).first(), ports.find_sales()
    row = None if pk is None else Referral.objects.select_for_update().filter(pk=pk, friend=None).first()
    if row is None or sales is None:
        return
    gains = ReferralGain.objects.filter(referral=row, holder_kind=ports.KIND)
    _reckon(row, sales.sales_of(list(gains.values_list("holder_id", flat=True))), now)


def keep_orders(friend_ids: Sequence[int], *, now: datetime) -> None:
    """Keep which orders are of friends who are about to be erased, those too that have earned nothing yet."""
    sales = ports.find_sales()
    if sales is None:
        return
    for row in Referral.objects.filter(friend_id__in=friend_ids).order_by("id"):
        sold = sales.sales_since(row.friend_id or 0, row.touched_at)
        known = ReferralGain.objects.filter(holder_kind=ports.KIND, holder_id__in=[one.key for one in sold])
        kept = set(known.values_list("holder_id", flat=True))
        ReferralGain.objects.bulk_create(
            ReferralGain(
                referral=row, holder_kind=ports.KIND, holder_id=one.key, base=ZERO, amount=ZERO, at=one.at,
                counted_at=now,
            )
            for one in sold
            if one.key not in kept
        )  # fmt: skip


def _reckon(row: Referral, sales: Sequence[Sale], now: datetime) -> list[ReferralGain]:
    """Reckon anew what a locked referral's orders have earned; return what was not known before."""
    sold = {one.key: one for one in sales}
    earned = reckon(list(sold.values()), Deal(row.percent, row.days, row.cap, row.earned_by))
    # Orders that came with a joined card have counted for another one.
    known = ReferralGain.objects.filter(Q(referral=row) | Q(holder_id__in=list(earned)), holder_kind=ports.KIND)
    kept = {one.holder_id: one for one in known}
    fresh: list[ReferralGain] = []
    for key, amount in earned.items():
        one = kept.pop(key, None)
        if one is None:
            fresh.append(
                ReferralGain(
                    referral=row, holder_kind=ports.KIND, holder_id=key, base=sold[key].base, amount=amount,
                    at=sold[key].at, counted_at=now,
                )
            )  # fmt: skip
        elif (one.referral_id, one.base, one.amount) != (row.pk, sold[key].base, amount):
            one.referral, one.base, one.amount, one.counted_at = row, sold[key].base, amount, now
            one.save(update_fields=["referral", "base", "amount", "counted_at"])
    for one in kept.values():
        base = sold[one.holder_id].base if one.holder_id in sold else ZERO
        if one.amount:
            one.base, one.amount, one.counted_at = base, ZERO, now
            one.save(update_fields=["base", "amount", "counted_at"])
    return ReferralGain.objects.bulk_create(fresh)


def _tell_counts(row: Referral, now: datetime) -> None:
    """Tell automations of a locked referral that counts, and of what it has earned: each once, whenever it counts."""
    if row.state != Referral.State.ACTIVE or row.friend_id is None or row.referrer_id is None:
        return
    names = [FriendCounted.name(), FriendEarned.name()]
    # What a joined card has earned for the same client was told of its own referral.
    whose = Q(subject_kind="referral", subject_id=row.pk) | Q(client_id=row.referrer_id, name=FriendEarned.name())
    rows = EventRow.objects.filter(whose, name__in=names)
    told = [one.get("gain_id") for one in rows.values_list("payload", flat=True)]
    if None not in told:
        publish(
            FriendCounted(referral_id=row.pk, client_id=row.friend_id, referrer_id=row.referrer_id), at=now
        )  # fmt: skip
    gains = ReferralGain.objects.filter(referral=row, amount__gt=0).exclude(pk__in=[pk for pk in told if pk])
    publish(
        *(
            FriendEarned(
                referral_id=row.pk, client_id=row.referrer_id, friend_id=row.friend_id, gain_id=one.pk,
                amount=one.amount,
            )
            for one in gains.order_by("at", "id")
        ),
        at=now,
    )  # fmt: skip


def _hold_again(row: Referral, friend_id: int, now: datetime) -> None:
    if row.judged_at is not None or row.referrer_id is None or row.state == Referral.State.REFUSED:
        return
    sales = ports.find_sales()
    # Cards were joined, or his earlier orders came later than he.
    is_old = sales is not None and sales.ordered_before(friend_id, row.touched_at)
    reasons = sorted({*row.reasons, *suspicions(row.referrer_id, friend_id), *([OLD] if is_old else [])})
    if reasons == row.reasons:
        return
    was_held = row.state == Referral.State.HELD
    row.reasons, row.state = reasons, Referral.State.HELD
    row.save(update_fields=["reasons", "state"])
    if not was_held:
        _tell_held(row, now)


@transaction.atomic
def judge(*, actor: Actor, public_id: str, what: str, now: datetime) -> Referral:
    """Accept a referral, refuse it, or take that word back (`wait`). Pressed twice, it is done once.

    Raises Denied, NotFound, Conflict `same_client` where a client would have brought himself.
    """
    actor.require(PAY)
    row = Referral.objects.select_for_update().filter(public_id=public_id).first()
    if row is None:
        raise NotFound(_("There is no such referral."))
    waits = Referral.State.HELD if row.reasons or row.is_own else Referral.State.ACTIVE
    wanted = {"accept": Referral.State.ACTIVE, "refuse": Referral.State.REFUSED, "wait": waits}[what]
    if wanted == Referral.State.ACTIVE and row.is_own:
        raise Conflict(_("It is one and the same client: nobody brings himself."), code=SAME)
    if row.state == wanted and (row.judged_at is None) == (what == "wait"):
        return row
    row.state, row.version = wanted, row.version + 1
    row.judged_at, row.judged_by_id = (None, None) if what == "wait" else (now, actor.employee_id)
    row.save(update_fields=["state", "version", "judged_at", "judged_by"])
    if wanted == Referral.State.ACTIVE:
        _give_gift(row, now)
        _tell_counts(row, now)
    publish(
        ReferralJudged(
            referral_id=row.pk, client_id=row.friend_id, referrer_id=row.referrer_id, state=row.state
        ),
        at=now,
    )  # fmt: skip
    return row
