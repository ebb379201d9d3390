"""Rows of many messages written by one statement: a campaign notes thousands a second, with what happened to each.

Rows go as one JSON document: an array of each column takes the program five times as long to write.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection

from voronka.kit.events.log import plain_value
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import Message

# The columns that senders and planners write, with their types; a document keeps the statement the same for any number.
_TYPES = {
    "public_id": "text", "channel": "text", "traffic": "text", "client_id": "bigint", "address": "text",
    "sender": "text", "subject": "text", "body": "text", "body_html": "text", "cause_kind": "text",
    "cause_id": "bigint", "cause": "uuid", "variant": "smallint", "author_id": "bigint", "planned_for": "timestamptz",
    "made_at": "timestamptz", "state": "text", "code": "text", "due_at": "timestamptz", "attempts": "smallint",
    "provider": "text", "provider_id": "text", "parts": "smallint", "cost": "numeric", "ended_at": "timestamptz",
    "handed_at": "timestamptz",
}  # fmt: skip
_NEW = (
    "public_id", "channel", "traffic", "client_id", "address", "sender", "subject", "body", "body_html", "cause_kind",
    "cause_id", "cause", "variant", "author_id", "parts", "cost", "planned_for", "due_at", "made_at", "state", "code",
    "ended_at",
)  # fmt: skip
_INSERT = (
    "INSERT INTO messaging_message"  # noqa: S608 - names of our own columns
    f" (company_id, claim, attempts, provider, provider_id, {', '.join(_NEW)})"
    f" SELECT %s, '', 0, '', '', {', '.join(_NEW)}"
    f" FROM json_to_recordset(%s::json) AS v ({', '.join(f'{name} {_TYPES[name]}' for name in _NEW)})"
    " ON CONFLICT DO NOTHING RETURNING public_id, id"
)
_STEPS = (
    "INSERT INTO messaging_messagestep (company_id, message_id, state, code, words, at)"
    " SELECT %s, (e ->> 0)::bigint, e ->> 1, e ->> 2, e ->> 3, %s"
    " FROM json_array_elements(%s::json) WITH ORDINALITY AS one (e, n) ORDER BY n"
)
_CLAIM = """
WITH taken AS (UPDATE messaging_message SET state = 'claimed', code = '', claim = %s, claim_until = %s, handed_at = %s
               WHERE company_id = %s AND id = ANY (%s::bigint[]) RETURNING id)
INSERT INTO messaging_messagestep (company_id, message_id, state, code, words, at)
SELECT %s, id, 'claimed', '', '', %s FROM taken ORDER BY id
"""
# Rows are locked in the order of their ids, as all who lock more than one do.
_BEGIN = """
WITH ours AS MATERIALIZED (SELECT id FROM messaging_message WHERE company_id = %s AND id = ANY (%s::bigint[])
                           AND state = 'claimed' AND claim = %s ORDER BY id FOR UPDATE),
     begun AS (UPDATE messaging_message m SET state = 'handed', claim_until = %s FROM ours
               WHERE m.company_id = %s AND m.id = ours.id RETURNING m.id),
     noted AS (INSERT INTO messaging_messagestep (company_id, message_id, state, code, words, at)
               SELECT %s, id, 'handed', '', '', %s FROM begun ORDER BY id)
SELECT id FROM begun
"""


def insert_rows(rows: Sequence[Mapping[str, object]]) -> dict[str, int]:
    """Write new messages; return the ids of those made, by their public ids: of what stands already none is made."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [current_company_id(), json.dumps(rows, default=plain_value, ensure_ascii=False)])
        return dict(cursor.fetchall())


def write_rows(rows: Sequence[Message], fields: Sequence[str]) -> None:
    """Write the named fields of messages that the caller has locked."""
    if not rows:
        return
    sets = ", ".join(f"{name} = v.{name}" for name in fields)
    columns = ", ".join(f"{name} {_TYPES[name]}" for name in fields)
    statement = (
        f"UPDATE messaging_message m SET {sets}"  # noqa: S608 - names of our own columns
        f" FROM json_to_recordset(%s::json) AS v (id bigint, {columns}) WHERE m.company_id = %s AND m.id = v.id"
    )
    values = [{"id": one.pk, **{name: getattr(one, name) for name in fields}} for one in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(values, default=plain_value, ensure_ascii=False), current_company_id()])


def write_steps(steps: Iterable[tuple[int, str, str, str]], at: datetime) -> None:
    """Note what happened to messages: id, state, reason, the words of the other side."""
    found = list(steps)
    if not found:
        return
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [current_company_id(), at, json.dumps(found, ensure_ascii=False)])


def claim_rows(ids: Sequence[int], claim: str, *, until: datetime, now: datetime) -> None:
    """Let a sender have messages that the caller has locked, and note it."""
    if ids:
        company_id = current_company_id()
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [claim, until, now, company_id, _array(ids), company_id, now])


def begin_rows(ids: Sequence[int], claim: str, *, until: datetime, now: datetime) -> set[int]:
    """Mark those that the sender still has as being handed over, and note it; return their ids."""
    company_id = current_company_id()
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [company_id, _array(ids), claim, until, company_id, company_id, now])
        return {pk for (pk,) in cursor.fetchall()}


def _array(ids: Sequence[int]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"
