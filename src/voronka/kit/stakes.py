"""Stakes: a part with rows about another part's record says how to treat them when the record changes fate.

The owner's verb (merge, undo of an import, erasure, deletion) calls all stakes in its transaction, and any
may refuse with a reason. A test fails when a foreign key to a record with stakes has none, and when rows of a
record that was joined to another stay behind.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

Moved = dict[str, Any]  # plain data, kept as JSON


def _nothing(ids: Sequence[int]) -> list[str]:
    return []


def move_back(moved: Moved) -> None:
    """Give rows back as `move_rows` and `drop_rows` found them; what was changed or deleted since stays so.

    Rows that were `made` go, where they are still as `as_made` says of their columns.
    """
    model = apps.get_model(moved["model"])
    if "column" in moved:
        _columns_back(model, moved["column"], moved["rows"])
    model._default_manager.filter(pk__in=moved.get("made", []), **moved.get("as_made", {})).delete()
    rows = [_revived(model, row) for row in moved.get("dropped", [])]
    model._default_manager.bulk_create([row for row in rows if _stands(row)], ignore_conflicts=True)


@dataclass(frozen=True, slots=True)
class Stake:
    """What one part does with its rows about records of `subject`.

    `tables` are the model labels it answers for; `refuse` returns reasons why the records must stay
    (as sentences); `withdraw` takes untouched rows away when an import is undone; `proofs` names the
    records with rows that prove something (a consent, a letter) and so stay; `erase` blanks or
    removes personal values; `export` gives the rows as plain values for the data's owner; `tell` says in words how
    much there is ("3 deals"). `lock` takes the locks of rows that the part's own verbs lock before the record (see
    `lock_rows`). When records are joined, `move` gives the rows to the one that stays and returns what it did,
    `move_back` takes one of those back, the last one first. The recycle bin asks `hold` which records must not go
    there and why (a sentence for each), lets `shelve` put rows out of sight and `unshelve` back as they were.
    """

    subject: str
    part: str
    tables: frozenset[str]
    refuse: Callable[[Sequence[int]], list[str]] = _nothing
    touched: Callable[[Sequence[int]], set[int]] = lambda ids: set()
    proofs: Callable[[Sequence[int]], set[int]] = lambda ids: set()
    withdraw: Callable[[Sequence[int]], None] = lambda ids: None
    tell: Callable[[Sequence[int]], list[str]] = _nothing
    lock: Callable[[Sequence[int]], None] = lambda ids: None
    move: Callable[[Sequence[int], int], list[Moved]] = lambda ids, to: []
    move_back: Callable[[Moved], None] = move_back
    erase: Callable[[Sequence[int]], None] = lambda ids: None
    export: Callable[[Sequence[int]], Iterable[dict[str, Any]]] = lambda ids: ()
    hold: Callable[[Sequence[int]], Mapping[int, str]] = lambda ids: {}
    shelve: Callable[[Sequence[int]], None] = lambda ids: None
    unshelve: Callable[[Sequence[int]], None] = lambda ids: None


_stakes: list[Stake] = []


def register_stake(stake: Stake) -> None:
    """Register a part's stake; once for a pair of part and subject."""
    if any((known.part, known.subject) == (stake.part, stake.subject) for known in _stakes):
        raise ValueError(f"{stake.part} has a stake in {stake.subject} already")
    _stakes.append(stake)


def stakes_in(subject: str) -> list[Stake]:
    """Return the stakes of all parts in a kind of record, upper parts first: they let go before lower ones."""
    return [stake for stake in reversed(_stakes) if stake.subject == subject]


def lock_rows(subject: str, ids: Sequence[int]) -> None:
    """Take the locks of all parts' rows about these records; whoever locks the records themselves does this before.

    One order for everybody: deals, what else hangs on the records, the records. The verbs of the parts lock their own
    rows first and come to the record by a foreign key or a change of it; the other way round, two would wait for each
    other.
    """
    if ids:
        for stake in stakes_in(subject):
            stake.lock(ids)


# --- rows that go to another record, and back ---------------------------------------------------------------------


def move_rows(
    model: type[models.Model],
    column: str,
    ids: Sequence[int],
    to: int,
    *,
    once: Sequence[str] = (),
    where: Mapping[str, object] | None = None,
) -> list[Moved]:
    """Let `column` of all rows that name one of `ids` name `to` instead; return what was done.

    `once` are the columns that may not be equal on two rows of one record: a row that the record has already is
    dropped, whole as it was into what is returned. `where` narrows the rows, for columns shared by kinds of records.
    """
    found = model._default_manager.filter(**{**(where or {}), f"{column}__in": list(ids)}).order_by("pk")
    if not once:
        held = list(found.values_list("pk", column))
        if not held:
            return []
        model._default_manager.filter(pk__in=[pk for pk, _was in held]).update(**{column: to})
        return [changed(model, column, [(pk, was, to) for pk, was in held])]
    taken = set(model._default_manager.filter(**{**(where or {}), column: to}).values_list(*once))
    equal: list[models.Model] = []
    moving: list[models.Model] = []
    for row in found:
        key = tuple(getattr(row, name) for name in once)
        (equal if key in taken else moving).append(row)
        taken.add(key)
    done = drop_rows(model, equal)
    if moving:
        model._default_manager.filter(pk__in=[row.pk for row in moving]).update(**{column: to})
        done.append(changed(model, column, [(row.pk, getattr(row, column), to) for row in moving]))
    return done


def changed(model: type[models.Model], column: str, rows: Iterable[tuple[int, object, object]]) -> Moved:
    """Return the note of a column that was changed: id, value before, value after of each row."""
    return {"model": model._meta.label, "column": column, "rows": [list(row) for row in rows]}


def drop_rows(model: type[models.Model], rows: Sequence[models.Model]) -> list[Moved]:
    """Delete rows, keeping them whole in what is returned."""
    if not rows:
        return []
    model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return [{"model": model._meta.label, "dropped": [kept_row(row) for row in rows]}]


def kept_row(row: models.Model) -> dict[str, Any]:
    """Return a row's stored columns as plain values, fit to be kept as JSON."""
    return {field.attname: _plain(field.value_from_object(row)) for field in _stored(type(row))}


def revive(label: str, row: Mapping[str, Any]) -> None:
    """Write a row again that `kept_row` has kept, under its old id."""
    _revived(apps.get_model(label), row).save(force_insert=True)


def _stored(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    return [field for field in model._meta.concrete_fields if not field.generated]


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def _revived(model: type[models.Model], row: Mapping[str, Any]) -> models.Model:
    """Make the row; columns that have come to the table since have their defaults."""
    values = {}
    for field in _stored(model):
        if field.attname in row:
            value = row[field.attname]
            values[field.attname] = value if isinstance(field, models.JSONField) else field.to_python(value)
    return model(**values)


def _stands(row: models.Model) -> bool:
    """Tell whether everything that the row refers to is still there."""
    for field in row._meta.concrete_fields:
        target = getattr(row, field.attname)
        if field.remote_field is None or target is None or field.related_model is None:
            continue
        if not field.related_model._default_manager.filter(pk=target).exists():
            return False
    return True


def _columns_back(model: type[models.Model], column: str, rows: Iterable[Sequence[Any]]) -> None:
    groups: dict[tuple[Any, Any], list[int]] = {}
    for pk, before, after in rows:
        groups.setdefault((before, after), []).append(pk)
    for (before, after), ids in groups.items():
        model._default_manager.filter(pk__in=ids, **{column: after}).update(**{column: before})
