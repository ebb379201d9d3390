"""Codes in sales: looked at, used, reckoned anew when lines change, given back.

Whoever redeems locks first and reads then: the counter that is compared is the one that nobody else can move any more.
Locks go promos, codes, uses, each kind in the order of keys: whoever needs two codes takes both at once (`exchange`).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, NotFound, TooMany
from voronka.kit.events import publish
from voronka.kit.shares import share
from voronka.kit.tenancy import current_company_id
from voronka.loyalty.events import CodeGivenBack, CodeRedeemed
from voronka.loyalty.models import Promo, PromoCode, PromoUse, Redemption
from voronka.loyalty.permissions import REDEEM
from voronka.loyalty.rules import codes, discounts
from voronka.loyalty.rules.discounts import ZERO
from voronka.loyalty.services import guessing
from voronka.loyalty.services.judging import Line, Quote, fits, judge, require_lines, terms_of, why_not_these

_LOCK_TERMS = "SELECT id FROM loyalty_promo WHERE company_id = %s AND id = %s FOR SHARE"
_LOCK_WHOLE = "SELECT id FROM loyalty_promo WHERE company_id = %s AND id = %s FOR NO KEY UPDATE"


@dataclass(frozen=True, slots=True)
class Holder:
    """The sale that a code is used in: `order` and its id."""

    kind: str
    id: int


def quote(
    code: str,
    client_id: int | None,
    lines: Sequence[Line],
    now: datetime,
    *,
    actor: Actor,
    address: str = "",
) -> Quote:
    """Return what a code would take off these lines, or why it would not; nothing is used up.

    Wrong codes are counted by person, or by `address` where nobody is signed in: after many of them every code is
    answered `too_many` for a quarter of an hour. Raises Invalid for sums that cannot be.
    """
    require_lines(lines)
    found = _find(code, actor, address, now)
    if isinstance(found, Quote):
        return found
    return judge(found, found.promo, client_id, lines, now=now)


def _find(code: str, actor: Actor, address: str, now: datetime) -> PromoCode | Quote:
    """Return the row of a typed code, not locked, or why there is none."""
    if guessing.is_shut_out(actor, address, now=now):
        words = _("Too many wrong codes. Wait a quarter of an hour and try again.")
        return Quote(code[:40], reason="too_many", words=words)
    key = codes.key_of(code)
    row = PromoCode.objects.select_related("promo").filter(key=key).first() if key else None
    if row is not None:
        return row
    guessing.note_wrong(actor, address, now=now)
    if codes.is_mistyped(key):
        return Quote(code[:40], reason="mistyped", words=_("The code is mistyped: compare it sign by sign."))
    return Quote(code[:40], reason="unknown", words=_("There is no such code."))


@again
@transaction.atomic
def redeem(
    code: str,
    holder: Holder,
    client_id: int | None,
    lines: Sequence[Line],
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
    address: str = "",
) -> Quote:
    """Use a code in a sale and return what it takes off each line; the same operation again uses nothing more.

    Raises Denied, Conflict with the code `promo_` and the reason of Quote, `promo_other` where the sale has another
    code already, TooMany after many wrong codes, Invalid for sums that cannot be.
    """
    actor.require(REDEEM)
    require_lines(lines)
    found = _find(code, actor, address, now)
    if isinstance(found, Quote):
        raise _refusal(found)
    return _used(_locked([found.pk])[found.pk], holder, client_id, lines, actor=actor, now=now, operation=operation)


@again
@transaction.atomic
def exchange(
    code: str,
    holder: Holder,
    client_id: int | None,
    lines: Sequence[Line],
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
    address: str = "",
) -> Quote:
    """Use a code in a sale in place of the one it has, if it has one, which is given back; else as `redeem`.

    Both are locked at once: two sales that change their codes for one another's do not wait in a ring.
    """
    actor.require(REDEEM)
    require_lines(lines)
    found = _find(code, actor, address, now)
    if isinstance(found, Quote):
        raise _refusal(found)
    before = _live(holder)
    rows = _locked([found.pk, *([before.code_id] if before is not None else [])])
    if before is not None:
        _give_back(holder, before, actor, now)
        rows[found.pk].refresh_from_db(fields=["used"])
    return _used(rows[found.pk], holder, client_id, lines, actor=actor, now=now, operation=operation)


def _used(
    row: PromoCode,
    holder: Holder,
    client_id: int | None,
    lines: Sequence[Line],
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
) -> Quote:
    """Use a locked code."""
    done = Redemption.objects.filter(operation=operation).select_related("use").first()
    if done is not None:
        return _as_used(done.use, row, lines)
    if PromoUse.objects.filter(holder_kind=holder.kind, holder_id=holder.id, given_back_at=None).exists():
        raise Conflict(_("A promo code is used in this sale already."), code="promo_other")
    judged = judge(row, row.promo, client_id, lines, now=now)
    if not judged.is_good or not _count_up(row):
        raise _refusal(judged)
    use = PromoUse.objects.create(
        promo=row.promo, code=row, client_id=client_id, holder_kind=holder.kind, holder_id=holder.id,
        goods_sum=_sum(lines), amount=judged.discount, at=now,
    )  # fmt: skip
    _note(use, Redemption.Kind.REDEEMED, judged.discount, operation, actor, now)
    return judged


def _locked(code_ids: Sequence[int]) -> dict[int, PromoCode]:
    """Return codes by id with their promos, read under their locks.

    Codes of a batch whose uses are counted by client share one lock, that of the promo; else its conditions are only
    kept from changing until the end of this transaction. The stronger lock is taken at once: two who hold the weaker
    one and want the other would wait for each other.
    """
    found = Promo.objects.filter(pk__in=PromoCode.objects.filter(pk__in=code_ids).values("promo_id"))
    strong = {one.pk: one.is_batch and one.per_client is not None for one in found.order_by("pk")}
    with connection.cursor() as cursor:
        for promo_id, is_strong in strong.items():
            cursor.execute(_LOCK_WHOLE if is_strong else _LOCK_TERMS, [current_company_id(), promo_id])
    promos = Promo.objects.in_bulk(list(strong))
    rows = {one.pk: one for one in PromoCode.objects.select_for_update().filter(pk__in=code_ids).order_by("pk")}
    if set(code_ids) - set(rows):
        raise NotFound(_("There is no such code."))
    for row in rows.values():
        row.promo = promos[row.promo_id]
        if row.promo.is_batch and row.promo.per_client is not None and not strong[row.promo_id]:
            raise Conflict(_("The conditions of this code have just changed: try again."), code="promo_changed")
    return rows


def _count_up(row: PromoCode) -> bool:
    """Count a use of the code where it may be used once more: the database decides, whatever was read."""
    free = Q(most__isnull=True) | Q(used__lt=F("most"))
    return PromoCode.objects.filter(free, pk=row.pk).update(used=F("used") + 1) == 1


def _refusal(judged: Quote) -> Conflict | TooMany:
    if judged.reason == "too_many":
        return TooMany(judged.words, code="promo_too_many", fields={"promo": judged.words})
    words = judged.words or _("This code has been used as often as it may be.")
    return Conflict(words, code=f"promo_{judged.reason or 'used_up'}", fields={"promo": words})


def _as_used(use: PromoUse, row: PromoCode, lines: Sequence[Line]) -> Quote:
    """Answer again as a use stands: its sum over the lines that the promo is for."""
    weights = [one.amount if fit else ZERO for one, fit in zip(lines, fits(row.promo, lines), strict=True)]
    return Quote(row.code, row.pk, row.promo.name, tuple(share(use.amount, weights)))


@again
@transaction.atomic
def amend(
    holder: Holder, lines: Sequence[Line], *, actor: Actor, now: datetime, operation: uuid.UUID
) -> Quote | None:
    """Reckon anew what the code of a sale takes off its changed lines; None where the sale has no code.

    The conditions hold as the promo has them, but the day and the counters are those of the first time: what is used
    stays used. Lines that no longer reach the least sum get no discount, and the answer says why. The right over the
    sale is the caller's to check. Raises Invalid.
    """
    require_lines(lines)
    use = _live(holder, lock=True)
    if use is None:
        return None
    code, promo = use.code, use.promo
    if Redemption.objects.filter(operation=operation).exists():
        return _as_used(use, code, lines)
    fit = fits(promo, lines)
    reason, words = why_not_these(promo, lines, fit)
    taken = [ZERO] * len(lines)
    if not reason:
        taken = discounts.taken_off(terms_of(promo), [one.amount for one in lines], fit)
    whole = sum(taken, ZERO)
    change = whole - use.amount
    if change or use.goods_sum != _sum(lines):
        use.amount, use.goods_sum = whole, _sum(lines)
        use.save(update_fields=["amount", "goods_sum"])
        _note(use, Redemption.Kind.AMENDED, change, operation, actor, now)
    return Quote(code.code, code.pk, promo.name, tuple(taken), reason, words)


@again
@transaction.atomic
def reverse(holder: Holder, *, actor: Actor, now: datetime) -> bool:
    """Give back the code of a sale that came to nothing, so that it may be used again; tell whether there was one.

    Done again it finds nothing to give back. The right over the sale is the caller's to check.
    """
    found = _live(holder)
    if found is None:
        return False
    _locked([found.code_id])
    return _give_back(holder, found, actor, now)


def _give_back(holder: Holder, seen: PromoUse, actor: Actor, now: datetime) -> bool:
    """Give back the use of a locked code, where it is still that of the sale."""
    use = _live(holder, lock=True)
    if use is None or use.pk != seen.pk:
        return False
    PromoCode.objects.filter(pk=use.code_id, used__gt=0).update(used=F("used") - 1)
    use.given_back_at = now
    use.save(update_fields=["given_back_at"])
    _note(use, Redemption.Kind.GIVEN_BACK, -use.amount, uuid.uuid4(), actor, now)
    return True


def _live(holder: Holder, *, lock: bool = False) -> PromoUse | None:
    rows = PromoUse.objects.filter(holder_kind=holder.kind, holder_id=holder.id, given_back_at=None)
    if lock:
        rows = rows.select_for_update(of=("self",))
    return rows.select_related("promo", "code").first()


def _note(
    use: PromoUse, kind: Redemption.Kind, amount: Decimal, operation: uuid.UUID, actor: Actor, now: datetime
) -> None:
    """Write a line of the ledger, and tell of it."""
    Redemption.objects.create(
        use=use, kind=kind, amount=amount, operation=operation, employee_id=actor.employee_id, at=now
    )
    event = CodeGivenBack if kind == Redemption.Kind.GIVEN_BACK else CodeRedeemed
    publish(
        event(
            promo_id=use.promo_id, client_id=use.client_id, holder_kind=use.holder_kind, holder_id=use.holder_id,
            amount=use.amount,
        ),
        at=now,
    )  # fmt: skip


def _sum(lines: Sequence[Line]) -> Decimal:
    return sum((one.amount for one in lines), ZERO)
