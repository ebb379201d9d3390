"""Keeping the facts of the reports equal to the log: event by event, all anew, and compared.

A deal's facts are its log folded (`rules.facts`), so taking an event in again changes nothing; counts of presses
are added and taken away one by one, once each, since a listener moves its position in the same transaction.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from voronka.accounts import queries as accounts
from voronka.audience.models import DealFact, DealGoods, PressDay, StageTime
from voronka.audience.queries import log
from voronka.audience.rules.facts import (
    COLUMNS,
    INVENTED,
    PRESSED,
    UNDONE,
    Facts,
    fold,
    is_invented,
    standing_presses,
)
from voronka.deals.queries import reports as deals
from voronka.kit.clocks import wall
from voronka.kit.events import RecordedEvent
from voronka.kit.models import ListenerPosition
from voronka.kit.tenancy import current_company_id

LISTENER = "audience.facts"
CHUNK = 2_000
TOLD = 20  # differences that a comparison names; more are counted

DayKey = tuple[date, int | None, str]

_COUNT = (
    'INSERT INTO audience_pressday AS d (company_id, "on", employee_id, result, presses)'
    " VALUES (%s, %s, %s, %s, GREATEST(%s, 0))"
    ' ON CONFLICT (company_id, "on", employee_id, result) DO UPDATE SET presses = d.presses + %s'
)


def take_in(event: RecordedEvent) -> None:
    """Bring the facts up to an event of the log: the deal's own, and the count of presses."""
    told = log.events_of_deal(event.subject_id, upto=event.seq)
    if event.name == INVENTED:
        _uncount(event, told)
    elif event.name in (PRESSED, UNDONE) and not is_invented(told):
        _count(event, told)
    facts = fold(told)
    if facts is not None and deals.existing_ids([facts.deal_id]):
        _write(facts)


def _count(event: RecordedEvent, told: Sequence[RecordedEvent]) -> None:
    """Add a press to its day, or take an undone one away from the day on which it was made."""
    press_id = event.payload["press_id"]
    press = next((one for one in told if one.name == PRESSED and one.payload["press_id"] == press_id), None)
    if press is None:
        return
    _add([press], 1 if event.name == PRESSED else -1)


def _uncount(event: RecordedEvent, told: Sequence[RecordedEvent]) -> None:
    """Take the presses of an invented deal away from their days, once."""
    before = [one for one in told if one.seq < event.seq]
    if not is_invented(before):
        _add(standing_presses(before), -1)


def _add(presses: Sequence[RecordedEvent], change: int) -> None:
    zone = accounts.get_company_rules().zone
    with connection.cursor() as cursor:
        for one in presses:
            cursor.execute(_COUNT, [current_company_id(), *_day_key(one, zone), change, change])


def _day_key(press: RecordedEvent, zone: str) -> DayKey:
    return wall(press.at, zone).date(), press.employee_id, press.payload["result"]


def _write(facts: Facts) -> None:
    """Write the facts of a deal over those that are there."""
    DealFact.objects.bulk_create(
        [_row(facts)],
        update_conflicts=True,
        unique_fields=["company", "deal"],
        update_fields=[name for name in COLUMNS if name != "deal_id"],
    )
    times = _times(facts)
    if times:
        StageTime.objects.bulk_create(
            times,
            update_conflicts=True,
            unique_fields=["company", "deal", "stage_id"],
            update_fields=["seconds", "closed_at"],
        )
    # A stay that was taken back with its press leaves no row.
    StageTime.objects.filter(deal_id=facts.deal_id).exclude(stage_id__in=list(facts.seconds)).delete()
    _write_goods(facts)


def _write_goods(facts: Facts) -> None:
    """Write what is sold in a deal over what is there; a deal that never had goods costs one look."""
    rows = _goods(facts)
    if rows:
        DealGoods.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["company", "deal", "product_id"],
            update_fields=["quantity", "total"],
        )
    DealGoods.objects.filter(deal_id=facts.deal_id).exclude(product_id__in=list(facts.goods)).delete()


def _goods(facts: Facts) -> list[DealGoods]:
    return [
        DealGoods(deal_id=facts.deal_id, product_id=product, quantity=quantity, total=total)
        for product, (quantity, total) in facts.goods.items()
    ]


def _row(facts: Facts) -> DealFact:
    return DealFact(**facts.row())


def _times(facts: Facts) -> list[StageTime]:
    return [
        StageTime(deal_id=facts.deal_id, stage_id=stage, seconds=seconds, closed_at=facts.closed_at)
        for stage, seconds in facts.seconds.items()
    ]


@transaction.atomic
def rebuild() -> int:
    """Make the facts of the current company anew from its log; return how many deals there are.

    Holds the listener's position meanwhile, and leaves it where the log was read to.
    """
    position = _hold_position()
    upto = log.last_number()
    for model in (StageTime, DealGoods, DealFact, PressDay):
        model.objects.all().delete()
    days: Counter[DayKey] = Counter()
    found = 0
    for chunk in _folded(upto, days):
        DealFact.objects.bulk_create([_row(facts) for facts in chunk])
        StageTime.objects.bulk_create([one for facts in chunk for one in _times(facts)])
        DealGoods.objects.bulk_create([one for facts in chunk for one in _goods(facts)])
        found += len(chunk)
    PressDay.objects.bulk_create(
        [PressDay(on=on, employee_id=who, result=result, presses=n) for (on, who, result), n in days.items()],
        batch_size=CHUNK,
    )
    position.seq, position.failures, position.failed_seq, position.error, position.parked_at = upto, 0, None, "", None
    position.save(update_fields=["seq", "failures", "failed_seq", "error", "parked_at"])
    return found


def _hold_position() -> ListenerPosition:
    ListenerPosition.objects.bulk_create(
        [ListenerPosition(company_id=current_company_id(), listener=LISTENER)], ignore_conflicts=True
    )
    return ListenerPosition.objects.select_for_update().get(listener=LISTENER)


def _folded(upto: int, days: Counter[DayKey]) -> Iterator[list[Facts]]:
    """Fold the log of all deals that are there, a chunk at a time; `days` gathers the presses that stand."""
    zone = accounts.get_company_rules().zone
    chunk: list[Facts] = []
    for _deal_id, told in log.events_by_deal(upto=upto):
        if is_invented(told):
            continue
        days.update(_day_key(one, zone) for one in standing_presses(told))
        facts = fold(told)
        if facts is not None:
            chunk.append(facts)
        if len(chunk) == CHUNK:
            yield _there(chunk)
            chunk = []
    yield _there(chunk)


def _there(chunk: Sequence[Facts]) -> list[Facts]:
    ids = deals.existing_ids([facts.deal_id for facts in chunk])
    return [facts for facts in chunk if facts.deal_id in ids]


@transaction.atomic
def compare_with_log() -> list[str]:
    """Return where the facts of the current company differ from its log as far as it was taken in; a line each."""
    position = _hold_position()
    days: Counter[DayKey] = Counter()
    found: list[str] = []
    seen = 0
    for chunk in _folded(position.seq, days):
        seen += len(chunk)
        rows = {one.deal_id: one for one in DealFact.objects.filter(deal_id__in=[one.deal_id for one in chunk])}
        times: dict[int, set[tuple[object, ...]]] = {}
        for one in StageTime.objects.filter(deal_id__in=list(rows)):
            times.setdefault(one.deal_id, set()).add((one.stage_id, one.seconds, one.closed_at))
        goods: dict[int, dict[int, tuple[Decimal, Decimal]]] = {}
        for sold in DealGoods.objects.filter(deal_id__in=list(rows)):
            goods.setdefault(sold.deal_id, {})[sold.product_id] = (sold.quantity, sold.total)
        for facts in chunk:
            row = rows.get(facts.deal_id)
            kept = {name: getattr(row, name) for name in COLUMNS} if row is not None else {}
            wanted = {(stage, seconds, facts.closed_at) for stage, seconds in facts.seconds.items()}
            is_same = times.get(facts.deal_id, set()) == wanted and goods.get(facts.deal_id, {}) == facts.goods
            if kept != facts.row() or not is_same:
                found.append(f"deal {facts.deal_id} differs from its log")
    there = DealFact.objects.count()
    if there != seen:
        found.append(f"{there} deals are kept, the log opened {seen} of those there are")
    kept_days = {
        (one.on, one.employee_id, one.result): one.presses for one in PressDay.objects.exclude(presses=0).iterator()
    }
    found += [
        f"presses {key}: {kept_days.get(key, 0)} kept, {days[key]} in the log"
        for key in sorted(kept_days.keys() | days.keys(), key=str)
        if kept_days.get(key, 0) != days[key]
    ]
    return found if len(found) <= TOLD else [*found[:TOLD], f"and {len(found) - TOLD} more"]
