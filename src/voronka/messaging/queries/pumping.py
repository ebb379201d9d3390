"""What SMS went lately, for the limits against pumping."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Sum
from django.db.models.functions import Greatest, Left, Length

from voronka.messaging.models import Message, SmsLimits
from voronka.messaging.queries.words import reached_words
from voronka.messaging.rules.pumping import BLOCK_DIGITS, DAY, HOUR, MONEY, Limits, Spent, block_of, reached
from voronka.messaging.rules.states import WENT

# What is planned for later is judged when it goes.
SOON = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Meter:
    """The limits with what was spent; `goes` notes one more."""

    limits: Limits
    spent: Spent
    now: datetime

    def limit(self, address: str, cost: Decimal, planned_for: datetime) -> str:
        """Return the limit that stands in the way of an SMS, empty where none."""
        return "" if planned_for - self.now > SOON else reached(self.limits, self.spent, address, cost)

    def goes(self, address: str, cost: Decimal) -> None:
        """Note that one goes now."""
        self.spent.add(address, cost)


def get_limits(*, holds: bool = False) -> SmsLimits:
    """Return the company's limits, else the shipped ones; `holds` keeps other senders away for the transaction."""
    if holds:
        SmsLimits.objects.bulk_create([SmsLimits()], ignore_conflicts=True)
        return SmsLimits.objects.select_for_update().get()
    return SmsLimits.objects.first() or SmsLimits()


def meter_of(addresses: Sequence[str], *, now: datetime, holds: bool) -> Meter:
    """Read what stands against the limits for messages to some numbers: four statements, however many they are."""
    row = get_limits(holds=holds)
    limits = Limits(row.to_number, row.to_prefix, row.an_hour, row.money)
    return Meter(limits, spent_of(limits, addresses, now), now)


@dataclass(frozen=True, slots=True)
class StateNow:
    """How much of the limits is spent; `reached` says in words which is, empty where none."""

    hour: int
    money: Decimal
    reached: str


def state_now(now: datetime) -> StateNow:
    """Return what went lately, and which of the limits for all holds the rest."""
    row = get_limits()
    # Both are shown, whether there is a limit or not.
    spent = spent_of(Limits(an_hour=0, money=Decimal(0)), [], now)
    code = reached(Limits(an_hour=row.an_hour, money=row.money), spent, "", Decimal(0))
    is_spent = row.money is not None and spent.money >= row.money
    code = code or (MONEY if is_spent else "")
    return StateNow(spent.hour, spent.money, reached_words(code) if code else "")


def spent_of(limits: Limits, addresses: Sequence[str], now: datetime) -> Spent:
    """Return what went; only what a limit asks for is read."""
    went = Message.objects.filter(channel="sms", handed_at__gt=now - DAY, state__in=(*WENT, "failed"))
    lately = went.filter(handed_at__gt=now - HOUR)
    spent = Spent()
    if limits.to_number is not None:
        rows = went.filter(address__in=set(addresses)).values_list("address").annotate(n=Count("id")).order_by()
        spent.numbers = dict(rows)
    if limits.to_prefix is not None:
        # The longest block a number may have: an erased address is shorter than its own last digits.
        size = Greatest(Length("address") - BLOCK_DIGITS, 0)
        blocks = lately.annotate(block=Left("address", size)).filter(block__in={block_of(one) for one in addresses})
        spent.blocks = dict(blocks.values_list("block").annotate(n=Count("id")).order_by())
    if limits.an_hour is not None:
        spent.hour = lately.count()
    if limits.money is not None:
        spent.money = went.aggregate(sum=Sum("cost"))["sum"] or Decimal(0)
    return spent
