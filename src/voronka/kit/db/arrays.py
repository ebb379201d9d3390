"""The condition that a column is one of many values, said as one array.

Django's `in` writes a place for each value: five hundred ids are five hundred places for the program to build and for
the database to read, which costs as much as finding the rows.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Field, ForeignObject, Lookup


class Array:
    """Values as PostgreSQL reads an array of them, ready to be sent."""

    __slots__ = ("literal",)

    def __init__(self, values: Iterable[int | str]) -> None:
        """Take numbers or texts; nothing else has a form here."""
        self.literal = "{" + ",".join([str(one) if isinstance(one, int) else _quoted(one) for one in values]) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\0", "") + '"'


@ForeignObject.register_lookup
@Field.register_lookup
class AnyOf(Lookup):  # of what value, the stubs alone would tell
    """`filter(pk__any_of=Array(ids))`: the same rows as `pk__in`."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # Django's own are untyped here
        """Return the condition; texts are compared as texts, whatever the column's length."""
        column, params = self.process_lhs(compiler, connection)
        kind = "text" if self.lhs.output_field.get_internal_type() in _TEXTS else "bigint"
        return f"{column} = ANY (%s::{kind}[])", [*params, self.rhs.literal]


_TEXTS = frozenset({"CharField", "TextField"})
