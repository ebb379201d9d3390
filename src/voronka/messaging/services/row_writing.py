"""Rows of many messages written by one statement: a campaign notes thousands a second, with what happened to each.

Rows go as one JSON document: an array of each column takes the program five times as long to write.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from django.db import connection

from voronka.kit.events import teller
from voronka.kit.events.log import plain_value
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import Message, MessageClaim

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
_END = """
DELETE FROM messaging_messageclaim c WHERE company_id = %s AND claim = %s
AND NOT EXISTS (SELECT 1 FROM unnest(c.ids) AS taken (id)
                JOIN messaging_message m ON m.company_id = c.company_id AND m.id = taken.id
                WHERE m.claim = c.claim AND m.state IN ('claimed', 'handed'))
"""


@dataclass(slots=True, eq=False)
class Row:
    """What a sender has to know of a message: thousands a second are read, and a model's row costs thrice as much."""

    pk: int
    public_id: str
    channel: str
    traffic: str
    client_id: int | None
    address: str
    sender: str
    subject: str
    body: str
    body_html: str
    cause_kind: str
    cause_id: int | None
    variant: int
    author_id: int | None
    planned_for: datetime
    cost: Decimal | None
    state: str
    code: str
    due_at: datetime
    ended_at: datetime | None


ROW = tuple(one.name for one in fields(Row))


def insert_rows(rows: Sequence[Mapping[str, object]]) -> dict[str, int]:
    """Write new messages; return the ids of those made, by their public ids: of what stands already none is made."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [current_company_id(), json.dumps(rows, default=plain_value, ensure_ascii=False)])
        return dict(cursor.fetchall())


def write_rows(rows: Sequence[Message] | Sequence[Row], names: Sequence[str]) -> None:
    """Write the named fields of messages that the caller has locked."""
    if not rows:
        return
    sets = ", ".join(f"{name} = v.{name}" for name in names)
    columns = ", ".join(f"{name} {_TYPES[name]}" for name in names)
    statement = (
        f"UPDATE messaging_message m SET {sets}"  # noqa: S608 - names of our own columns
        f" FROM json_to_recordset(%s::json) AS v (id bigint, {columns}) WHERE m.company_id = %s AND m.id = v.id"
    )
    values = [{"id": one.pk, **{name: getattr(one, name) for name in names}} for one in rows]
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
    """Let a sender have messages that the caller has locked, and note it; what he has is a row of MessageClaim, too."""
    company_id = current_company_id()
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [claim, until, now, company_id, _array(ids), company_id, now])


def extend_claim(claim: str, *, until: datetime) -> None:
    """Let a sender have what he has till later: nobody who looks for broken claims takes it from him meanwhile."""
    MessageClaim.objects.filter(claim=claim).update(until=until)


def end_claim(claim: str) -> None:
    """Forget a claim of which nothing is in the hands of its sender any more."""
    with connection.cursor() as cursor:
        cursor.execute(_END, [current_company_id(), claim])


def begin_rows(ids: Sequence[int], claim: str, *, now: datetime) -> set[int]:
    """Mark those that the sender still has as being handed over, note and announce it; return their ids."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT messaging_begin(%s, %s, %s, %s, %s)", [_array(ids), claim, now, *teller()])
        return set(cursor.fetchone()[0])


def accept_rows(answers: Sequence[Mapping[str, object]], claim: str, *, now: datetime) -> None:
    """Write down that messages of a claim were taken, note and announce it, without reading them.

    An answer has id, provider, provider_id, code, parts, cost and words. What was settled already is passed over.
    """
    ids = _array([one["id"] for one in answers])
    told = json.dumps(answers, default=plain_value, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT messaging_accept(%s, %s, %s, %s, %s, %s)", [told, ids, claim, now, *teller()])


def _array(ids: Sequence[object]) -> str:
    return "{" + ",".join(map(str, ids)) + "}"
