"""The log as the facts need it: a deal's own events, or those of all deals one after another."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db import connection

from voronka.audience.rules.facts import NAMES
from voronka.kit.events import RecordedEvent
from voronka.kit.events.listeners import recorded
from voronka.kit.tenancy import current_company_id

_COLUMNS = "seq, company_id, name, at, employee_id, cause, subject_kind, subject_id, client_id, payload::text"
_OF_DEAL = (
    f"SELECT {_COLUMNS} FROM kit_event WHERE company_id = %(company)s AND subject_kind = 'deal'"  # noqa: S608 - constant
    " AND subject_id = %(deal)s AND name = ANY (%(names)s) AND seq <= %(upto)s ORDER BY seq"
)
_OF_ALL = (
    f"SELECT {_COLUMNS} FROM kit_event WHERE company_id = %(company)s AND subject_kind = 'deal'"  # noqa: S608 - constant
    " AND name = ANY (%(names)s) AND seq <= %(upto)s ORDER BY subject_id, seq"
)


def events_of_deal(deal_id: int, *, upto: int) -> list[RecordedEvent]:
    """Return what the log says of a deal up to a number of the log, in its order."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_DEAL, _given(upto, deal=deal_id))
        return [recorded(row) for row in cursor.fetchall()]


def events_by_deal(*, upto: int) -> Iterator[tuple[int, Sequence[RecordedEvent]]]:
    """Walk the deals of the current company with their events; a transaction must be open."""
    with connection.connection.cursor(name="audience_log") as cursor:
        cursor.itersize = 5_000
        cursor.execute(_OF_ALL, _given(upto))
        for deal_id, rows in groupby(cursor, key=lambda row: row[7]):
            yield deal_id, [recorded(row) for row in rows]


def last_number() -> int:
    """Return the number of the company's last numbered event, 0 without any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(seq), 0) FROM kit_event WHERE company_id = %s", [current_company_id()])
        return int(cursor.fetchone()[0])


def _given(upto: int, **more: object) -> dict[str, Any]:
    return {"company": current_company_id(), "names": list(NAMES), "upto": upto, **more}
