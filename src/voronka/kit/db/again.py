"""Verbs that the database stopped for the sake of another transaction, done again."""

import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

import psycopg
from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from voronka.kit.errors import Conflict

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 3
_WAIT = 0.02  # seconds; by turn and by chance up to three times as long, so that two do not meet again
_inside: ContextVar[bool] = ContextVar("voronka_again", default=False)


def again(verb: Callable[P, R]) -> Callable[P, R]:
    """Let a verb be done three times at most where it met another in a deadlock or could not be put in order with one.

    It stands above `transaction.atomic`, on verbs that leave nothing behind but what they write there, so that nothing
    of a try that was undone remains. Within a transaction the locks that the verb took go with its savepoint, and it
    begins anew; what could not be serialised can only be done again whole, and is told. Of verbs within one another
    the outer one is done again: it lets go of more. Raises Conflict with the code `busy` after the last try.
    """

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _inside.get():
            return verb(*args, **kwargs)
        token = _inside.set(True)
        try:
            return _tried(lambda: verb(*args, **kwargs))
        finally:
            _inside.reset(token)

    return run


def _tried(act: Callable[[], R]) -> R:
    for turn in range(1, TRIES + 1):
        try:
            return act()
        except OperationalError as error:
            if not _met_another(error):
                raise
            if turn == TRIES or connection.needs_rollback:
                raise Conflict(
                    _("Others are working with the same right now: try again in a moment."), code="busy"
                ) from error
            time.sleep(_WAIT * turn * random.uniform(1, 3))  # noqa: S311 - chance, not a secret
    raise AssertionError("the last try returns or raises")


def _met_another(error: OperationalError) -> bool:
    cause = error.__cause__
    if isinstance(cause, psycopg.errors.SerializationFailure):
        return not connection.in_atomic_block
    return isinstance(cause, psycopg.errors.DeadlockDetected)
