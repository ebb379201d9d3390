"""The history of changes, read: who changed what, when, from where, from which value to which, and putting it back.

The rows are written by triggers and edited by nobody. A change keeps what the columns held before it; what they
hold after it is what the next change of the same row keeps, or the row itself. Putting a value back goes through
the service of the record's owner (`register_restorer`): it checks rights and input like any other change.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from encrypted_fields.fields import EncryptedFieldMixin

from voronka.kit.actors import SEE_HISTORY, Actor
from voronka.kit.errors import NotFound, Refusal
from voronka.kit.limits import shaded
from voronka.kit.models import Change
from voronka.kit.tenancy import walls

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PAGE = 50
Value = Any  # a JSON value of a column
Restorer = Callable[[Actor, int, str, Value], None]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column: what it held and what it holds after. `can_restore` where its owner takes values back.

    `points_at` is the table whose record the value is an id of, if any.
    """

    column: str
    label: str
    old: Value
    new: Value
    can_restore: bool
    points_at: str = ""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One change of one row. `operation` is update or delete; `origin` an address or the door of the act."""

    id: int
    table: str
    kind: str
    row_id: int
    operation: str
    at: datetime
    employee_id: int | None
    origin: str
    fields: list[FieldChange]


_restorers: dict[str, Restorer] = {}
_restorable: dict[str, frozenset[str] | None] = {}
_kinds: "dict[str, str | _StrPromise]" = {}
_labels: "dict[tuple[str, str], str | _StrPromise]" = {}
_hidden: set[tuple[str, str]] = set()
# By which column people know a record, the first that it has.
_NAMES = ("name", "title", "number")
# What the program keeps for itself, in any table: it tells nobody anything. So do all columns of UUIDs.
_TECHNICAL = frozenset({
    "public_id", "version", "hash", "link_hash", "link_version", "sort_key",
    "name_key", "number_key", "key", "header_key", "fingerprint", "path",
    "open_task_id", "task_open", "turn", "draft",
})  # fmt: skip


def register_restorer(table: str, restore: Restorer, *, columns: Iterable[str] | None = None) -> None:
    """Let old values of the table's `columns` (None: of all) be put back by `restore(actor, row_id, column, old)`.

    It calls the owner's service, which checks the right and the value, and may still refuse.
    """
    if table in _restorers:
        raise ValueError(f"{table} has a restorer already")
    _restorers[table], _restorable[table] = restore, None if columns is None else frozenset(columns)


def _takes_back(table: str, column: str) -> bool:
    columns = _restorable.get(table)
    return table in _restorers and (columns is None or column in columns)


def name_table(
    table: str,
    kind: "str | _StrPromise",
    labels: "dict[str, str | _StrPromise] | None" = None,
    hide: Iterable[str] = (),
) -> None:
    """Say how the history names the table's rows and columns, and which columns it never shows (hashes, secrets)."""
    _kinds[table] = kind
    _labels.update({(table, column): label for column, label in (labels or {}).items()})
    _hidden.update((table, column) for column in hide)


def list_changes(
    *,
    actor: Actor,
    table: str = "",
    row_id: int | None = None,
    employee_id: int | None = None,
    before: int | None = None,
) -> list[RowChange]:
    """Return a page of changes, newest first; `before` is the id of the last one seen. Raises Denied."""
    actor.require(SEE_HISTORY)
    found = Change.objects.order_by("-id")
    if table:
        found = found.filter(table=table)
    if row_id is not None:
        found = found.filter(row_id=row_id)
    if before is not None:
        found = found.filter(id__lt=before)
    changes = list(found[:PAGE])
    after = _values_after(changes)
    return [_told(change, after[change.pk], actor) for change in changes]


def known_tables() -> list[tuple[str, str]]:
    """Return the tables that keep history, with their names for people, by name."""
    tables = walls.company_tables()
    kept = [name for name, model in tables.items() if getattr(model, "keep_history", False)]
    return sorted(((name, _kind(name)) for name in kept), key=lambda pair: pair[1])


def restore(*, actor: Actor, change_id: int, column: str) -> None:
    """Put back what the column held before the change, through the owner's service.

    Raises Denied, NotFound for a change or column that is not there, Refusal where the owner takes nothing back.
    """
    actor.require(SEE_HISTORY)
    with transaction.atomic():
        change = Change.objects.filter(pk=change_id, operation="update").first()
        seen = {} if change is None else shaded(actor, change.table, change.before)
        if change is None or column not in seen or _is_hidden(change.table, column):
            raise NotFound(_("There is no such change."))
        if not _takes_back(change.table, column):
            raise Refusal(_("This cannot be put back from here."))
        _restorers[change.table](actor, change.row_id, column, change.before[column])


def _told(change: Change, after: dict[str, Value], actor: Actor) -> RowChange:
    who = change.actor or {}
    before, after = shaded(actor, change.table, change.before), shaded(actor, change.table, after)
    columns = [name for name in sorted(before) if not _is_hidden(change.table, name)]
    is_update = change.operation == "update"
    links = shown_columns(change.table) if change.table in walls.company_tables() else {}
    return RowChange(
        id=change.pk,
        table=change.table,
        kind=_kind(change.table),
        row_id=change.row_id,
        operation=change.operation,
        at=change.at,
        employee_id=who.get("employee"),
        origin=str(who.get("origin") or ""),
        fields=[
            FieldChange(
                name,
                _label(change.table, name),
                before[name],
                after.get(name),
                is_update and _takes_back(change.table, name),
                links.get(name, ""),
            )
            for name in columns
        ],
    )


def _values_after(changes: list[Change]) -> dict[int, dict[str, Value]]:
    """Return, by change, what its columns held after it: walked from the present row back to the change."""
    if not changes:
        return {}
    rows = sorted({(change.table, change.row_id) for change in changes})
    oldest = min(change.pk for change in changes)
    state = {row: value for table in {table for table, _id in rows} for row, value in _present(table, rows).items()}
    found: dict[int, dict[str, Value]] = {}
    later = models.Q()
    for table, row_id in rows:
        later |= models.Q(table=table, row_id=row_id)
    for change in Change.objects.filter(later, id__gte=oldest).order_by("-id").iterator():
        now = state.setdefault((change.table, change.row_id), {})
        found[change.pk] = {name: now.get(name) for name in change.before} if change.operation == "update" else {}
        now.update(change.before)
    return found


def _present(table: str, rows: list[tuple[str, int]]) -> dict[tuple[str, int], dict[str, Value]]:
    if table not in walls.company_tables():
        return {}
    ids = [row_id for name, row_id in rows if name == table]
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name(table)
        cursor.execute(f"SELECT id, to_jsonb(t) FROM {quoted} t WHERE id = ANY(%s)", [ids])  # noqa: S608 - a known table
        return {(table, row_id): _plain(value) for row_id, value in cursor.fetchall()}


def _plain(value: Value) -> dict[str, Value]:
    row: dict[str, Value] = json.loads(value) if isinstance(value, str) else value
    return row


def _kind(table: str) -> str:
    if table in _kinds:
        return str(_kinds[table])
    model = walls.company_tables().get(table)
    return pgettext("history", str(model._meta.verbose_name)) if model else table


def _label(table: str, column: str) -> str:
    if (table, column) in _labels:
        return str(_labels[table, column])
    field = _field(table, column)
    return column if field is None else pgettext("history", str(field.verbose_name))


def _field(table: str, column: str) -> "models.Field[Any, Any] | None":
    model = walls.company_tables().get(table)
    return next((one for one in model._meta.concrete_fields if one.column == column), None) if model else None


def shown_columns(table: str) -> dict[str, str]:
    """Return the columns of a table that the history shows, each with the name of the table that it points at."""
    shown: dict[str, str] = {}
    for field in walls.company_tables()[table]._meta.concrete_fields:
        column, other = str(field.column), field.related_model
        if column not in ("id", "company_id") and not _is_hidden(table, column):
            shown[column] = other._meta.db_table if isinstance(other, type) else ""
    return shown


def name_of(table: str, column: str = "") -> str:
    """Return what the history calls a record of the table, or a column of it, in the language that is on."""
    return _label(table, column) if column else _kind(table)


def word_of(table: str, column: str, value: Value) -> str:
    """Return in words what a column with a closed choice holds, in the language that is on; "" for any other."""
    field = _field(table, column)
    if field is None or not isinstance(value, str | int):
        return ""
    named = dict(field.flatchoices)
    return pgettext("history value", str(named[value]).lower()) if value in named else ""


def names_of(changes: Iterable[RowChange], *, actor: Actor) -> dict[tuple[str, int], str]:
    """Return what records are called that the changed fields point at, by table and id. Sends a statement a table.

    Of those that are gone, that have no name, or whose name is hidden from the reader, nothing is told.
    """
    asked: dict[str, set[int]] = {}
    for change in changes:
        for one in change.fields:
            asked.setdefault(one.points_at, set()).update(it for it in (one.old, one.new) if isinstance(it, int))
    found: dict[tuple[str, int], str] = {}
    for table, ids in sorted(asked.items()):
        known = (one for one in _NAMES if _field(table, one) is not None and not _is_hidden(table, one))
        column = next(known, "")
        if ids and column:
            model = walls.company_tables()[table]
            for pk, name in model._base_manager.filter(pk__in=ids).values_list("pk", column):
                if seen := shaded(actor, table, {column: name}).get(column):  # a card may be called by its phone
                    found[table, pk] = str(seen)
    return found


def _is_hidden(table: str, column: str) -> bool:
    """Tell whether a column is never shown. Secrets are not, encrypted as they are: each save encrypts them anew."""
    if (table, column) in _hidden or column in _TECHNICAL:
        return True
    return isinstance(_field(table, column), (models.UUIDField, EncryptedFieldMixin))
