"""Rows walked in the background, each by itself: one that breaks keeps none behind it waiting."""

from collections.abc import Callable, Iterable

import structlog
from django.db import InterfaceError, OperationalError, connection

log = structlog.get_logger(__name__)
# Of the database, not of what is worked on (no connection, a deadlock, a full disk): worth another try as it is.
OF_DATABASE = (OperationalError, InterfaceError)
# Of the machine (no memory, no more open files, a disk or network that fails) or the database, whatever is worked on.
PASSING = (*OF_DATABASE, OSError, MemoryError)


def each(
    ids: Iterable[int], act: Callable[[int], int | None], *,
    words: str, put_off: Callable[[int, Exception], object] | None = None,
) -> int:  # fmt: skip
    """Do something with each row, in transactions of its own; return the sum of what that returned.

    One that breaks is logged in `words`, by its id alone, and put off where asked (told why): else it would stand first
    at each look. A database that is gone is not of the row: that is raised at once, not logged again for each one
    behind it. Call it outside of transactions.
    """
    total = 0
    for pk in ids:
        try:
            total += act(pk) or 0
        except Exception as error:
            if not connection.is_usable():
                raise
            log.exception(words, row=pk)
            if put_off is not None:
                _put_off(pk, error, put_off)
    return total


def _put_off(pk: int, error: Exception, put_off: Callable[[int, Exception], object]) -> None:
    try:
        put_off(pk, error)
    except Exception:
        if not connection.is_usable():
            raise
        log.exception("a row that broke could not be put off", row=pk)
