"""What others may ask of the queue and the hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count

from voronka.work.models import DayOff, Lease, Pool, Task
from voronka.work.rules.hours import CallWindow, snapped


@dataclass(frozen=True, slots=True)
class CallingHours:
    """When one client may be called, by his clock; minutes of the local day, snapped to half-hours."""

    window: CallWindow

    @classmethod
    def of(cls, zone: str, opens_minute: int, closes_minute: int) -> "CallingHours":
        """Return the calling hours of a zone."""
        return cls(snapped(CallWindow(zone, opens_minute, closes_minute)))

    def next_open(self, at: datetime) -> datetime:
        """Return `at` when the client may be called then, else the next moment when he may."""
        return at if self.window.is_open(at) else self.window.next_open(at)

    def is_open(self, at: datetime) -> bool:
        """Tell whether the client may be called."""
        return self.window.is_open(at)

    def closes_at(self, at: datetime) -> datetime | None:
        """Return when calls must stop; None when they are closed at `at` or never close."""
        return self.window.closes_at(at)


def next_client_morning(hours: CallingHours, now: datetime) -> datetime:
    """Return the opening of the client's next calling day that the company works on.

    The company's weekends and days off, by the client's calendar; Saturday and Sunday are off unless a
    DayOff row with `works` says otherwise.
    """
    zone = ZoneInfo(hours.window.zone)
    day = now.astimezone(zone).date() + timedelta(days=1)
    off = dict(
        DayOff.objects.filter(employee=None, on__gte=day, on__lte=day + timedelta(days=40)).values_list("on", "works")
    )
    for _ in range(40):
        if off.get(day, day.weekday() < 5):
            break
        day += timedelta(days=1)
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return hours.next_open(midnight.astimezone(now.tzinfo))


def pools_by_key(keys: Sequence[str]) -> dict[str, int]:
    """Return the ids of the pools that exist, by key."""
    return dict(Pool.objects.filter(key__in=keys).values_list("key", "id"))


def count_waiting(pool_ids: Sequence[int], *, now: datetime) -> dict[int, int]:
    """Return how many open tasks are ready in the pools, by band; closed windows are counted too."""
    rows = (
        Task.objects.filter(pool_id__in=pool_ids, is_open=True, ready_at__lte=now)
        .values_list("band")
        .annotate(n=Count("id"))
    )
    return dict(rows)


def count_done(employee_id: int, *, since: datetime) -> int:
    """Return how many tasks were done since a moment by the employee's own pool."""
    return Task.objects.filter(employee_id=employee_id, closed_at__gte=since, outcome="done").count()


def find_holder(client_id: int, *, now: datetime) -> int | None:
    """Return the employee who holds the client at this moment."""
    return Lease.objects.filter(client_id=client_id, until__gt=now).values_list("employee_id", flat=True).first()
