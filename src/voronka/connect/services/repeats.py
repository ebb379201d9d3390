"""Repeated requests: a writing request with an Idempotency-Key has one effect, however often it comes.

The first one keeps its answer in the transaction of its effect. A second one at the same moment waits at the unique
key until the first has ended, then gets its answer. A refused request has changed nothing and keeps nothing: its
repetition is tried anew.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from voronka.connect.models import KeptAnswer
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.tenancy import current_company_id

KEPT = timedelta(hours=48)
WAIT_SECONDS = 4
# A long operation that has not ended after this time died with its process.
LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What names a request: who asks, which operation, his token, the hash of all he sent."""

    caller: str
    operation: str
    token: str
    body_hash: str


@dataclass(slots=True)
class Answer:
    """An answer as it is sent and kept."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    is_repeated: bool = False


class InProgress(Conflict):
    """The same request is being worked on at this moment."""

    code = "in_progress"


class TokenReused(Invalid):
    """Another request came under the same Idempotency-Key."""

    code = "idempotency_key_reused"


def once(asked: Asked, run: Callable[[], Answer], *, now: datetime) -> Answer:
    """Run a writing operation and keep its answer, in one transaction; or give the answer kept before.

    Raises InProgress where the first one takes longer than a few seconds, TokenReused, and what `run` raises.
    """
    with transaction.atomic():
        row_id = _claim(asked, now)
        if row_id is None:
            return _kept(asked)
        answer = run()
        _keep(row_id, answer)
    return answer


def once_long(asked: Asked, run: Callable[[], Answer], *, now: datetime) -> Answer:
    """Do the same for an operation with transactions of its own: it is claimed first, and answered for at its end."""
    with transaction.atomic():
        row_id = _claim(asked, now) or _claim_dead(asked, now)
        if row_id is None:
            return _kept(asked)
    try:
        answer = run()
    except BaseException:
        with transaction.atomic():
            KeptAnswer.objects.filter(pk=row_id).delete()
        raise
    with transaction.atomic():
        _keep(row_id, answer)
    return answer


def _claim(asked: Asked, now: datetime) -> int | None:
    """Write the row of a first request; None for a repeated one. Waits for one that is under way."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT connect_claim_answer(%s, %s, %s, %s, %s, %s)",
                [asked.caller, asked.operation, asked.token, asked.body_hash, now, WAIT_SECONDS],
            )
            row_id: int | None = cursor.fetchone()[0]
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise _in_progress() from error
        raise
    return row_id


def _claim_dead(asked: Asked, now: datetime) -> int | None:
    """Take over a long operation whose process died."""
    rows = KeptAnswer.objects.select_for_update().filter(
        caller=asked.caller, operation=asked.operation, token=asked.token, body_hash=asked.body_hash
    )
    row = rows.filter(status=None, began_at__lt=now - LONGEST).first()
    if row is None:
        return None
    row.began_at = now
    row.save(update_fields=["began_at"])
    return row.pk


def _kept(asked: Asked) -> Answer:
    row = KeptAnswer.objects.filter(caller=asked.caller, operation=asked.operation, token=asked.token).first()
    if row is None:  # the first one was refused while we waited
        raise _in_progress()
    if row.body_hash != asked.body_hash:
        raise TokenReused(_("Another request was sent under this Idempotency-Key. Take a new key for a new request."))
    if row.status is None:
        raise _in_progress()
    return Answer(row.status, row.body or "", dict(row.headers), is_repeated=True)


def _keep(row_id: int, answer: Answer) -> None:
    column: Any = KeptAnswer._meta.get_field("body")  # the stubs know nothing of encrypted columns
    body = column.get_prep_value(answer.body)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE connect_keptanswer SET status = %s, headers = %s, body = %s WHERE company_id = %s AND id = %s",
            [answer.status, json.dumps(answer.headers), body, current_company_id(), row_id],
        )


def _in_progress() -> InProgress:
    return InProgress(_("The same request is being worked on. Ask again in a second."))


def forget_old(*, now: datetime) -> int:
    """Drop the current company's answers that are older than two days; return how many."""
    with transaction.atomic():
        return KeptAnswer.objects.filter(began_at__lt=now - KEPT).delete()[0]
