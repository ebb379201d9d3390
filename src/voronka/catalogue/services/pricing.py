"""Prices: set now or for a time to come, called off; the guard stands before each.

A past period is never touched: it tells what was paid. All verbs lock the variants in key order first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from voronka.catalogue.events import PriceChanged
from voronka.catalogue.models import Price, PriceKind, Variant
from voronka.catalogue.permissions import CHANGE_PRICES, RELEASE_PRICES
from voronka.catalogue.queries.costs import costs_of, rates_on
from voronka.catalogue.rules import markups, periods
from voronka.catalogue.rules.periods import Span
from voronka.catalogue.services.holding import Held, hold, replace_held
from voronka.catalogue.services.words import LAST_YEAR, check_price, not_before
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import publish

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """A price that somebody or something wants: inner id of the variant, code of the kind, the sum."""

    variant_id: int
    kind: str
    amount: Decimal


@dataclass(slots=True)
class Done:
    """What became of wishes: how many prices changed, how many stood so already, which the guard holds."""

    changed: int = 0
    same: int = 0
    held: list[Held] = field(default_factory=list)


@transaction.atomic
def set_price(
    *,
    actor: Actor,
    variant: str,
    kind: str,
    amount: Decimal,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    source: str = "hand",
    confirmed: bool = False,
) -> Done:
    """Give a variant (public id) a price of a kind from `since` (now if left out), until `until` or further notice.

    What the guard objects to waits for a person, unless the actor may release prices and has `confirmed` it. Raises
    Denied, NotFound, Invalid.
    """
    actor.require(CHANGE_PRICES)
    row = Variant.objects.filter(public_id=variant).first()
    if row is None:
        raise NotFound(_("There is no such variant."))
    begins = now if since is None else since
    wrong = not_before(begins, now)
    if not wrong and until is not None and until.year > LAST_YEAR:
        wrong = not_before(until, now)
    if not wrong and until is not None and until <= begins:
        wrong = _("The end must come after the beginning.")
    if wrong:
        raise Invalid(wrong, fields={"since": wrong})
    return write_prices(
        actor=actor,
        wishes=[Wish(row.pk, kind, amount)],
        now=now,
        since=begins,
        until=until,
        source=source,
        passes=confirmed and actor.may(RELEASE_PRICES),
    )


@transaction.atomic
def set_prices(*, actor: Actor, wishes: Sequence[Wish], now: datetime, source: str) -> Done:
    """Set many prices from now on, the guard before each. Raises Denied, NotFound, Invalid with `wishes.N`."""
    actor.require(CHANGE_PRICES)
    return write_prices(actor=actor, wishes=wishes, now=now, since=now, source=source)


@transaction.atomic
def write_prices(
    *,
    actor: Actor,
    wishes: Sequence[Wish],
    now: datetime,
    since: datetime,
    until: datetime | None = None,
    source: str,
    passes: bool = False,
) -> Done:
    """Write prices for whoever has checked the right; `passes` leaves the guard out. Raises NotFound, Invalid."""
    kinds = {one.code: one for one in PriceKind.objects.filter(is_on=True)}
    for number, wish in enumerate(wishes):
        if wish.kind not in kinds:
            raise NotFound(_("There is no such kind of price."))
        try:
            check_price(wish.amount)
        except ValueError as error:
            field_name = "amount" if len(wishes) == 1 else f"wishes.{number}"
            raise Invalid(str(error), fields={field_name: str(error)}) from error
    done = Done()
    for start in range(0, len(wishes), CHUNK):
        chunk = {(one.variant_id, one.kind): one for one in wishes[start : start + CHUNK]}
        _write_chunk(actor, list(chunk.values()), kinds, done, now, since, until, source, passes=passes)
    return done


def _write_chunk(
    actor: Actor,
    wishes: Sequence[Wish],
    kinds: Mapping[str, PriceKind],
    done: Done,
    now: datetime,
    since: datetime,
    until: datetime | None,
    source: str,
    *,
    passes: bool,
) -> None:
    ids = lock_variants({one.variant_id for one in wishes})
    if missing := {one.variant_id for one in wishes} - ids:
        raise NotFound(_("There is no such variant.") if len(missing) == 1 else _("Some variants are gone."))
    spans = spans_of(ids, [one.pk for one in kinds.values()], since)
    asked = [(wish.variant_id, kinds[wish.kind].pk) for wish in wishes]
    guarded = not passes and any(kinds[one.kind].margin_percent is not None for one in wishes)
    costs = costs_of(sorted(ids), now) if guarded else {}
    rates = rates_on(now) if guarded and any(kinds[one.kind].currency != "RUB" for one in wishes) else {}
    yardsticks = (
        {} if passes else last_amounts([key for key in asked if not _holds(spans.get(key, []), since)], since)
    )
    changes: list[tuple[Wish, periods.Change, Decimal | None]] = []
    held: list[Held] = []
    for wish in wishes:
        kind = kinds[wish.kind]
        have = spans.get((wish.variant_id, kind.pk), [])
        change = periods.place(have, wish.amount, since, until)
        if not change:
            done.same += 1
            continue
        was = next((one.amount for one in have if one.holds(since)), None)
        cost = None if passes else _cost_in(kind, costs.get(wish.variant_id), rates)
        found = [] if passes else markups.objections(
            wish.amount, was=was if was is not None else yardsticks.get((wish.variant_id, kind.pk)), cost=cost,
            most_percent=kind.guard_percent, least_margin=kind.margin_percent
        )  # fmt: skip
        if found:
            held.append(Held(wish.variant_id, kind.pk, kind.code, wish.amount, was, cost, found))
        else:
            changes.append((wish, change, was))
    still = {(one.variant_id, one.kind_id) for one in held}
    replace_held([key for key in asked if key not in still], now=now)
    _apply(actor, changes, kinds, now, source)
    done.changed += len(changes)
    done.held += hold(held, actor=actor, since=since, until=until, source=source, now=now)


def _holds(have: Sequence[Span], at: datetime) -> bool:
    return any(one.holds(at) for one in have)


def last_amounts(keys: Sequence[tuple[int, int]], at: datetime) -> dict[tuple[int, int], Decimal]:
    """Return the last price before a moment by variant and kind: a price that was ended is still what the next is held
    against.
    """
    if not keys:
        return {}
    rows = Price.objects.filter(
        variant_id__in={variant for variant, _kind in keys},
        kind_id__in={kind for _variant, kind in keys},
        since__lt=at,
    )
    found = rows.order_by("variant_id", "kind_id", "-since").distinct("variant_id", "kind_id")
    known = {(one[0], one[1]): one[2] for one in found.values_list("variant_id", "kind_id", "amount")}
    return {key: known[key] for key in keys if key in known}


def _cost_in(kind: PriceKind, bought: markups.Bought | None, rates: Mapping[str, Decimal]) -> Decimal | None:
    """Return a cost in the money of a kind of price; None where one is not known."""
    rate = Decimal(1) if kind.currency == "RUB" else rates.get(kind.currency)
    if bought is None or rate is None:
        return None
    return (bought.amount / rate).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def lock_variants(ids: Iterable[int]) -> set[int]:
    """Lock variants in key order and return the ids of those that are there: whoever changes prices comes to them."""
    rows = Variant.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("id")
    return set(rows.values_list("id", flat=True))


def spans_of(
    variant_ids: Iterable[int], kind_ids: Sequence[int], since: datetime
) -> dict[tuple[int, int], list[Span]]:
    """Return the prices that hold at a moment or later, by variant and kind."""
    found: dict[tuple[int, int], list[Span]] = {}
    open_ = Q(until__isnull=True) | Q(until__gt=since)
    rows = Price.objects.filter(open_, variant_id__in=list(variant_ids), kind_id__in=kind_ids).order_by("since")
    for one in rows:
        found.setdefault((one.variant_id, one.kind_id), []).append(Span(one.amount, one.since, one.until, one.pk))
    return found


def _apply(
    actor: Actor,
    changes: Sequence[tuple[Wish, periods.Change, Decimal | None]],
    kinds: Mapping[str, PriceKind],
    now: datetime,
    source: str,
) -> None:
    """Write the changes: what is cut first, so that two prices never hold at once."""
    write_changes(
        [(wish.variant_id, kinds[wish.kind].pk, change) for wish, change, _was in changes],
        author_id=actor.employee_id,
        source=source,
        now=now,
    )
    publish(
        *(
            PriceChanged(
                variant_id=wish.variant_id,
                price_kind=wish.kind,
                amount=wish.amount,
                was=was,
                since=change.added[0].since.isoformat(),
                source=source,
            )
            for wish, change, was in changes
        )
    )


def write_changes(
    changes: Sequence[tuple[int, int, periods.Change]], *, author_id: int | None, source: str, now: datetime
) -> None:
    """Write changes of periods by variant and kind: at most three statements."""
    dropped = [one.id for _v, _k, change in changes for one in change.dropped if one.id is not None]
    cut = [one for _v, _k, change in changes for one in change.cut]
    if dropped:
        Price.objects.filter(pk__in=dropped).delete()
    if cut:
        ends = {one.id: one for one in cut if one.id is not None}
        rows = Price.objects.in_bulk(list(ends))
        for pk, one in ends.items():
            rows[pk].since, rows[pk].until = one.since, one.until
        Price.objects.bulk_update(rows.values(), ["since", "until"])
    Price.objects.bulk_create(
        [
            Price(
                variant_id=variant_id, kind_id=kind_id, amount=one.amount, since=one.since, until=one.until,
                source=source, author_id=author_id, made_at=now,
            )
            for variant_id, kind_id, change in changes
            for one in change.added
        ]
    )  # fmt: skip


@transaction.atomic
def end_price(*, actor: Actor, variant: str, kind: str, now: datetime) -> bool:
    """Leave a variant without a price of a kind from now on, planned ones included; tell whether it had one."""
    actor.require(CHANGE_PRICES)
    row, found_kind = _named(variant, kind)
    lock_variants([row.pk])
    replace_held([(row.pk, found_kind.pk)], now=now)
    spans = spans_of([row.pk], [found_kind.pk], now).get((row.pk, found_kind.pk), [])
    change = periods.clear(spans, now)
    if not change:
        return False
    write_changes([(row.pk, found_kind.pk, change)], author_id=actor.employee_id, source="hand", now=now)
    was = next((one.amount for one in spans if one.holds(now)), None)
    publish(
        PriceChanged(variant_id=row.pk, price_kind=kind, amount=None, was=was, since=now.isoformat(), source="hand")
    )
    return True


@transaction.atomic
def call_off(*, actor: Actor, price_id: int, variant: str, now: datetime) -> bool:
    """Take a planned price out: what holds before it goes on instead. Raises Denied, NotFound, Invalid."""
    actor.require(CHANGE_PRICES)
    row = Variant.objects.filter(public_id=variant).first()
    price = Price.objects.filter(pk=price_id, variant=row).select_related("kind").first() if row else None
    if row is None or price is None:
        raise NotFound(_("There is no such price."))
    lock_variants([row.pk])
    spans = spans_of([row.pk], [price.kind_id], now).get((row.pk, price.kind_id), [])
    planned = next((one for one in spans if one.id == price.pk), None)
    if planned is None or planned.since <= now:
        raise Invalid(_("Only a price that is yet to come can be called off."), code="not_planned")
    before = [one for one in spans if one.until == planned.since]
    change = periods.Change(
        dropped=[planned], cut=[Span(one.amount, one.since, planned.until, one.id) for one in before]
    )
    write_changes([(row.pk, price.kind_id, change)], author_id=actor.employee_id, source="hand", now=now)
    publish(
        PriceChanged(
            variant_id=row.pk,
            price_kind=price.kind.code,
            amount=before[0].amount if before else None,
            was=planned.amount,
            since=planned.since.isoformat(),
            source="hand",
        )
    )
    return True


def _named(variant: str, kind: str) -> tuple[Variant, PriceKind]:
    row = Variant.objects.filter(public_id=variant).first()
    if row is None:
        raise NotFound(_("There is no such variant."))
    found = PriceKind.objects.filter(code=kind).first()
    if found is None:
        raise NotFound(_("There is no such kind of price."))
    return row, found
