"""Counters of tries within a time, shared by all processes.

Each is one row that one statement changes: of many at once none is lost. Django's `cache.incr` reads and then writes,
and what it has written lasts five minutes, whatever was asked for.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

# The row is one of Django's cache, which throws away what has run out; its key has not the form of Django's own.
_COUNT = """
INSERT INTO kit_cache (cache_key, value, expires) VALUES (%(key)s, %(by)s, %(ends)s)
ON CONFLICT (cache_key) DO UPDATE SET
  value = CASE WHEN kit_cache.expires <= %(now)s THEN EXCLUDED.value
    ELSE (kit_cache.value::int + EXCLUDED.value::int)::text END,
  expires = CASE WHEN kit_cache.expires <= %(now)s THEN EXCLUDED.expires ELSE kit_cache.expires END
RETURNING value::int
"""


def count(
    key: str, within: timedelta, *, now: datetime, by: int = 1, on: BaseDatabaseWrapper | None = None
) -> int:  # fmt: skip
    """Count one more and return how many there are, in a time that began with the first; `by` 0 only asks.

    Until the end of the transaction whoever else counts the same waits.
    """
    with (on or connection).cursor() as cursor:
        cursor.execute(_COUNT, {"key": f"count {key}"[:255], "by": str(by), "now": now, "ends": now + within})
        return int(cursor.fetchone()[0])


def counted(key: str, *, now: datetime) -> int:
    """Return how many there are, waiting for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT value::int FROM kit_cache WHERE cache_key = %s AND expires > %s", [f"count {key}"[:255], now]
        )
        row = cursor.fetchone()
    return int(row[0]) if row is not None else 0


def is_over(key: str, limits: Sequence[tuple[int, int]], *, now: datetime, counts: bool = True) -> bool:
    """Tell whether one of the limits (seconds, how many) is passed; with `counts` this time is counted too."""
    over = False
    for seconds, most in limits:
        each = f"{key} {seconds}"
        if counts:
            over |= count(each, timedelta(seconds=seconds), now=now) > most
        else:
            over |= counted(each, now=now) >= most
    return over
