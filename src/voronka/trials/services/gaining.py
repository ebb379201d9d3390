"""What those who were shown something brought: each order once, with what it is worth by now."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from voronka.trials.models import Gain, Trial
from voronka.trials.services.showing import credit

MOST_WINDOW = timedelta(days=90)


@transaction.atomic
def note_gain(
    *,
    key: str,
    money: Decimal,
    at: datetime,
    now: datetime,
    unit: str = "",
    client_id: int | None = None,
    currency: str = "RUB",
) -> bool:
    """Note what somebody did that is worth money, once by its `key` ("order:7"); tell whether it is new.

    It counts in every test in whose window it lies, for the first arm that its maker was shown. Told again, `money`
    replaces what was told before, and `unit` and `client_id` fill in what was not known. Nothing is kept where no test
    has run within the longest window.
    """
    known = Gain.objects.select_for_update().filter(key=key).first()
    if known is not None:
        _tell_again(known, money, unit, client_id)
        return False
    lately = Q(state="running") | Q(ended_at__gte=at - MOST_WINDOW)
    if not Trial.objects.filter(lately, started_at__isnull=False).exists():
        return False
    made = Gain.objects.bulk_create(
        [
            Gain(
                key=key,
                unit=unit,
                client_id=client_id,
                first=money,
                money=money,
                currency=currency,
                at=at,
                told_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    ids = list(Gain.objects.filter(key=made[0].key).values_list("id", flat=True))
    credit(gains=ids)
    return True


def _tell_again(row: Gain, money: Decimal, unit: str, client_id: int | None) -> None:
    found = (money, row.unit or unit, row.client_id if row.client_id is not None else client_id)
    if (row.money, row.unit, row.client_id) != found:
        row.money, row.unit, row.client_id = found
        row.save(update_fields=["money", "unit", "client_id"])
        credit(gains=[row.pk])


@transaction.atomic
def join_gain(key: str, into: str, *, gives: bool = True) -> bool:
    """Join two gains that turned out to be one thing: `key` is worth nothing from now on, `into` stands for both.

    With `gives`, `into` also takes over the unit and client of `key`, where it has none. False, with nothing changed,
    where one of them is not known, or `key` was joined before.
    """
    rows = Gain.objects.select_for_update().filter(key__in=[key, into]).order_by("id")
    found = {one.key: one for one in rows}
    row, other = found.get(key), found.get(into)
    if row is None or other is None or not row.first:
        return False
    row.first = row.money = Decimal(0)
    row.save(update_fields=["first", "money"])
    credit(gains=[row.pk])
    if gives:
        _tell_again(other, other.money, row.unit, row.client_id)
    return True


@transaction.atomic
def restate_gain(key: str, money: Decimal) -> bool:
    """Say what a gain is worth by now, nothing when it was cancelled or came back; tell whether it was known."""
    rows = Gain.objects.select_for_update().filter(key=key)
    row = rows.first()
    if row is None:
        return False
    if row.money != money:
        row.money = money
        row.save(update_fields=["money"])
        credit(gains=[row.pk])
    return True
