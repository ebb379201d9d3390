"""The event log as others may read it: by number, forwards."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Max

from voronka.kit.events.listeners import RecordedEvent, recorded
from voronka.kit.models import EventRow
from voronka.kit.tenancy import current_company_id


def log_head() -> int:
    """Return the number of the company's last numbered event; 0 before the first one."""
    return int(EventRow.objects.aggregate(head=Max("seq"))["head"] or 0)


def read_log(
    *, after: int, names: Sequence[str], limit: int, upto: int | None = None, since: datetime | None = None
) -> list[RecordedEvent]:
    """Return numbered events of these names behind the number `after`, in the order of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, company_id, name, at, employee_id, cause, subject_kind, subject_id, client_id, payload::text"
            " FROM kit_event WHERE company_id = %s AND seq > %s AND (%s::bigint IS NULL OR seq <= %s)"
            " AND name = ANY (%s) AND (%s::timestamptz IS NULL OR at >= %s) ORDER BY seq LIMIT %s",
            [current_company_id(), after, upto, upto, list(names), since, since, limit],
        )
        return [recorded(row) for row in cursor.fetchall()]
