"""Rows of many messages written by one statement: a campaign notes thousands a second, with what happened to each."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import Message

# The columns that senders change, with their types; `unnest` keeps the statement the same for any number of rows.
_TYPES = {
    "state": "text", "code": "text", "due_at": "timestamptz", "attempts": "smallint", "provider": "text",
    "provider_id": "text", "parts": "smallint", "cost": "numeric", "ended_at": "timestamptz",
    "handed_at": "timestamptz",
}  # fmt: skip
_STEPS = (
    "INSERT INTO messaging_messagestep (company_id, message_id, state, code, words, at)"
    " SELECT %s, one.* FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[]) AS one"
)


def write_rows(rows: Sequence[Message], fields: Sequence[str]) -> None:
    """Write the named fields of messages that the caller has locked."""
    if not rows:
        return
    sets = ", ".join(f"{name} = v.{name}" for name in fields)
    arrays = ", ".join(f"%s::{_TYPES[name]}[]" for name in fields)
    statement = (
        f"UPDATE messaging_message m SET {sets}"  # noqa: S608 - names of our own columns
        f" FROM unnest(%s::bigint[], {arrays}) AS v (id, {', '.join(fields)})"
        " WHERE m.company_id = %s AND m.id = v.id"
    )
    values = [[getattr(one, name) for one in rows] for name in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, [[one.pk for one in rows], *values, current_company_id()])


def write_steps(steps: Iterable[tuple[int, str, str, str]], at: datetime) -> None:
    """Note what happened to messages: id, state, reason, the words of the other side."""
    found = list(steps)
    if not found:
        return
    columns = [list(column) for column in zip(*found, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [current_company_id(), *columns, [at] * len(found)])
