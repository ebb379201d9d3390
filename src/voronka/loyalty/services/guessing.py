"""Guesses of codes, counted so that a refused sale does not forget them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from voronka.kit.actors import Actor

WINDOW = timedelta(minutes=15)
MOST_BY_ADDRESS, MOST_BY_PERSON = 10, 30

# The row is one of the cache that all processes share; its key has not the form of Django's own keys.
_COUNT = """
INSERT INTO kit_cache (cache_key, value, expires) VALUES (%(key)s, '1', %(ends)s)
ON CONFLICT (cache_key) DO UPDATE SET
  value = CASE WHEN kit_cache.expires <= %(now)s THEN '1' ELSE (kit_cache.value::int + 1)::text END,
  expires = CASE WHEN kit_cache.expires <= %(now)s THEN EXCLUDED.expires ELSE kit_cache.expires END
"""


def is_shut_out(actor: Actor, address: str, *, now: datetime) -> bool:
    """Tell whether so many wrong codes came from this person or address that none is looked at for a while."""
    key, most = _whose(actor, address)
    if not key:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT value::int FROM kit_cache WHERE cache_key = %s AND expires > %s", [key, now])
        row = cursor.fetchone()
    return row is not None and row[0] >= most


def note_wrong(actor: Actor, address: str, *, now: datetime) -> None:
    """Count a code that does not exist.

    It is written beside the running transaction: the sale is refused for the wrong code, and its guess must not be
    undone with it.
    """
    key, _most = _whose(actor, address)
    if key:
        with _beside() as cursor:
            cursor.execute(_COUNT, {"key": key, "now": now, "ends": now + WINDOW})


def _whose(actor: Actor, address: str) -> tuple[str, int]:
    """Return whose guesses are counted together and how many are allowed; nobody's for the system by itself."""
    if actor.employee_id is not None:
        who, most = f"employee {actor.employee_id}", MOST_BY_PERSON
    elif address:
        who, most = f"address {address}", MOST_BY_ADDRESS
    else:
        return "", 0
    digest = hashlib.sha256(f"{actor.company_id} {who}".encode()).hexdigest()
    return f"promo guess {digest}", most


@contextmanager
def _beside() -> Iterator[Any]:  # a cursor of Django's
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()
