"""Guesses of codes, counted so that a refused sale does not forget them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from voronka.kit import counters
from voronka.kit.actors import Actor
from voronka.kit.origin import counted_as

WINDOW = timedelta(minutes=15)
MOST_BY_ADDRESS, MOST_BY_PERSON = 10, 30


def is_shut_out(actor: Actor, address: str, *, now: datetime) -> bool:
    """Tell whether so many wrong codes came from this person or address that none is looked at for a while."""
    key, most = _whose(actor, address)
    return bool(key) and counters.counted(key, now=now) >= most


def note_wrong(actor: Actor, address: str, *, now: datetime) -> None:
    """Count a code that does not exist.

    It is written beside the running transaction: the sale is refused for the wrong code, and its guess must not be
    undone with it.
    """
    key, _most = _whose(actor, address)
    if key:
        with _beside() as other:
            counters.count(key, WINDOW, now=now, on=other)


def _whose(actor: Actor, address: str) -> tuple[str, int]:
    """Return whose guesses are counted together and how many are allowed; nobody's for the system by itself."""
    if actor.employee_id is not None:
        who, most = f"employee {actor.employee_id}", MOST_BY_PERSON
    elif address:
        who, most = f"address {counted_as(address)}", MOST_BY_ADDRESS
    else:
        return "", 0
    digest = hashlib.sha256(f"{actor.company_id} {who}".encode()).hexdigest()
    return f"promo guess {digest}", most


@contextmanager
def _beside() -> Iterator[BaseDatabaseWrapper]:
    other = connection.copy()
    try:
        yield other
    finally:
        other.close()
