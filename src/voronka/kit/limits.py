"""Fields that roles may hide or make read-only, and the values that must not be shown.

A part registers its fields in `limits.py`; `Actor.access(code)` answers for each. What leaves a part for a person
goes through the part's own `shown(actor, record)`, which empties what is hidden in memory; such a record refuses to be
saved, so that an emptied value can never overwrite a kept one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Denied

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class LimitedField:
    """A field of `subject` that roles may narrow; its code is `subject.name` and stays for ever."""

    subject: str
    code: str
    name: "str | _StrPromise"


_fields: dict[str, LimitedField] = {}
_sources: list[Callable[[], Sequence[LimitedField]]] = []
_shades: "dict[str, Shade]" = {}

# Returns what an actor may see of a kept row of a table: its columns without the hidden ones, None values untouched.
Shade = Callable[[Actor, dict[str, Any]], dict[str, Any]]


def register_limited(*fields: LimitedField) -> None:
    """Register fields; each code is unique."""
    for one in fields:
        if one.code in _fields:
            raise ValueError(f"field {one.code} is registered twice")
        _fields[one.code] = one


def register_limited_source(source: Callable[[], Sequence[LimitedField]]) -> None:
    """Register a function that gives the company's own fields."""
    _sources.append(source)


def limited_fields() -> list[LimitedField]:
    """Return all fields that may be narrowed, the current company's own included."""
    return [*_fields.values(), *(one for source in _sources for one in source())]


def register_shade(table: str, shade: Shade) -> None:
    """Say what the history may show of the columns of a table."""
    if table in _shades:
        raise ValueError(f"{table} is shaded twice")
    _shades[table] = shade


def shaded(actor: Actor, table: str, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the kept columns of a row that the actor may see."""
    return _shades[table](actor, columns) if actor.limits and table in _shades else columns


def require_writes(actor: Actor, codes: Iterable[str], *, name_of: Callable[[str], str]) -> None:
    """Raise Denied, naming the fields, unless the actor may change all of them."""
    shut = [code for code in codes if not actor.writes(code)]
    if shut:
        names = ", ".join(dict.fromkeys(name_of(code) for code in shut))
        raise Denied(_("Your role may not change: %(fields)s. Ask your administrator.") % {"fields": names})


class EmptiedError(RuntimeError):
    """A record emptied for one who may not see all of it was about to be saved: a fault of the program."""


class Emptied(models.Model):
    """A model whose rows may be emptied in memory for a reader with fewer rights: they cannot be saved then."""

    is_emptied = False

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:  # Django's own signature
        """Save the row. Raises EmptiedError for one that lacks hidden values."""
        if self.is_emptied:
            raise EmptiedError(f"{type(self).__name__} {self.pk} was emptied for a reader and cannot be saved")
        super().save(*args, **kwargs)


M = TypeVar("M", bound=Emptied)


def emptied(row: M, columns: Iterable[str]) -> M:
    """Empty columns of a row in memory, each by the empty value of its own field, and forbid to save it."""
    for name in columns:
        field = row._meta.get_field(name)
        assert isinstance(field, models.Field)
        setattr(row, field.attname, None if field.null else field.get_default() if field.has_default() else "")
        row.is_emptied = True
    return row
