"""Reads of the hottest paths, compiled once: building the SQL of a wide join costs Django more than running it.

The query is written as any other; its statement is kept with the places of its values, and rows become the same
models, through Django's own converters and relations.
"""

import uuid
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import query as django_queries

from voronka.kit.tenancy.context import Place, current_company_id, place_of_compiling

M = TypeVar("M", bound=models.Model)
_COMPANY = -(10**15)
_STAND_INS: dict[type, Callable[[int], Any]] = {  # values that occur nowhere, by type
    int: lambda number: 30_011 + number,  # small enough for the narrowest column
    str: lambda number: f"\x01stand-in {number}\x01",
    uuid.UUID: lambda number: uuid.UUID(int=(1 << 127) + number),
}


# The stubs tell the function of a later Django, which has one more argument.
_related_populators: Any = django_queries.get_related_populators


class HotQuery(Generic[M]):
    """A read of one row by a few values: `HotQuery(lambda name: Model.objects.filter(name=name), name=str)`.

    The company of the running code is asked for at each read, as managers do.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[M]"], **kinds: type) -> None:
        self._build = build
        self._kinds = kinds
        self._made: _Compiled | None = None

    def first(self, **values: object) -> M | None:
        """Return the row that the values name, one of them if there are more, None if there is none."""
        if self._made is None:
            self._made = _Compiled(self._build, self._kinds)
        found: M | None = self._made.run({**values, "": current_company_id()})
        return found


class _Compiled:
    """The statement of a query, where its values belong, and how its rows become models."""

    def __init__(self, build: Callable[..., Any], kinds: dict[str, type]) -> None:
        stand_ins = {name: _STAND_INS[kind](number) for number, (name, kind) in enumerate(kinds.items())}
        with place_of_compiling(Place(_COMPANY)):
            query = build(**stand_ins)[:1].query
            self._compiler = query.get_compiler(using=DEFAULT_DB_ALIAS)
            self._sql, params = self._compiler.as_sql()
        names = {value: name for name, value in stand_ins.items()} | {_COMPANY: ""}
        self._params = [(names.get(one), one) for one in params]
        if {name for name, _one in self._params if name is not None} != {*stand_ins, ""}:
            raise ValueError("a hot query must ask for each of its values and for the company")
        select, info = self._compiler.select, self._compiler.klass_info
        self._model = info["model"]
        self._start, self._end = info["select_fields"][0], info["select_fields"][-1] + 1
        self._fields = [column[0].target.attname for column in select[self._start : self._end]]
        self._converters = list(self._compiler.get_converters([column[0] for column in select]).items())
        self._related = _related_populators(info, select, DEFAULT_DB_ALIAS)

    def run(self, values: dict[str, Any]) -> Any:  # a model of the query's class
        params = [one if name is None else values[name] for name, one in self._params]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            told = cursor.fetchone()
        if told is None:
            return None
        row = list(told)
        for place, (converters, expression) in self._converters:
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        found = self._model.from_db(DEFAULT_DB_ALIAS, self._fields, row[self._start : self._end])
        for related in self._related:
            related.populate(row, found)
        return found
