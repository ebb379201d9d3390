"""Lists that leave the company as files: a right of its own, and a line in the log of exports."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts.events import ListExported
from voronka.accounts.models import ListExport
from voronka.kit.actors import EXPORT, Actor
from voronka.kit.errors import Refusal
from voronka.kit.events import publish
from voronka.kit.listfile import MOST_ROWS, ListFile, WrittenFile, require_format, write_list


def require_list_export(*, actor: Actor, rows: int = 0, most: int = 0) -> None:
    """Check that the actor may take so many rows out. Raises Denied, Refusal for too many."""
    actor.require(EXPORT)
    if rows > most:
        raise Refusal(
            _("The list is longer than %(most)d rows: narrow it by filters and take it out in parts.")
            % {"most": most},
            code="too_long",
        )


def take_list_out(*, actor: Actor, made: ListFile, code: str, now: datetime) -> WrittenFile:
    """Write a list as a file, note it in the log of exports, and return it.

    Raises NotFound for an unknown format, Denied without the right, Refusal for more rows than a file may have.
    """
    require_format(code)
    require_list_export(actor=actor)
    require_list_export(actor=actor, rows=made.count(MOST_ROWS + 1), most=MOST_ROWS)
    written = write_list(made, code, actor=actor, now=now)
    log_list_export(
        actor=actor,
        what=made.what,
        query=made.query,
        columns=made.heads,
        rows=written.rows,
        file_format=code,
        now=now,
    )
    return written


def log_list_export(
    *,
    actor: Actor,
    what: str,
    query: Sequence[str],
    columns: Sequence[str],
    rows: int,
    file_format: str,
    now: datetime,
) -> ListExport:
    """Write down that a list was taken out, before it is handed over. Raises Denied.

    `query` are the search, the filters and the order in words, `columns` the names of the columns.
    """
    actor.require(EXPORT)
    with transaction.atomic():
        row = ListExport.objects.create(
            at=now,
            employee_id=actor.employee_id,
            what=what,
            query=_kept("\n".join(query)),
            columns=_kept(", ".join(columns)),
            rows=rows,
            format=file_format,
            address=actor.origin,
        )
        publish(ListExported(export_id=row.pk, what=what, rows=rows, format=file_format), at=now)
    return row


def _kept(text: str) -> str:
    """Return a text of an address as the database keeps it: without the NUL that no column takes."""
    return text.replace("\0", "\ufffd")[:4_000]
