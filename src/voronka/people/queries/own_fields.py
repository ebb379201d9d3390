"""Conditions on the company's own fields that read an index where few cards meet them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Lookup, Q

from voronka.kit.tenancy import current_company_id
from voronka.people.rules.number_keys import keys_of_range

FEW = 5_000  # so many cards at most are named one by one; of more a list in any order soon meets enough
DAYS = 400  # so many single days at most are looked for


class _OneOf(Lookup):
    """The value is one of some thousands, which go beside the statement as one array."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # as Django has it
        """Return the condition and its values."""
        left, values = self.process_lhs(compiler, connection)
        return f"{left} = ANY (%s)", [*values, self.rhs]


@dataclass(frozen=True, slots=True)
class Search:
    """The rows of one subject by their own fields; `function` of the database gives their ids by indexes."""

    function: str

    def holding(self, condition: Q, parts: Sequence[dict[str, object]]) -> Q:
        """Narrow a condition to the rows whose fields hold one of the parts, where they are few."""
        return self._narrowed(condition, wanted=[json.dumps(one, ensure_ascii=False) for one in parts])

    def between(self, condition: Q, code: str, least: Decimal | None, most: Decimal | None) -> Q:
        """Narrow a condition to the rows with a number of a range in a field, where they are few."""
        return self._narrowed(condition, numbers=keys_of_range(current_company_id(), code, least, most))

    def saying(self, condition: Q, text: str) -> Q:
        """Narrow a condition to the rows of which some field holds the text, where they are few."""
        # No three letters to look for, or written otherwise in the document.
        if len(text) < 3 or set('"\\') & set(text):
            return condition
        return self._narrowed(condition, needle=text)

    def _narrowed(
        self,
        condition: Q,
        *,
        wanted: list[str] | None = None,
        numbers: list[str] | None = None,
        needle: str | None = None,
    ) -> Q:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {self.function}(%s::jsonb[], %s::text[], upper(%s), %s)", [wanted, numbers, needle, FEW + 1]
            )
            ids = [row[0] for row in cursor.fetchall()]
        return condition if len(ids) > FEW or None in ids else Q(_OneOf(F("pk"), ids)) & condition


SEARCHES = {"client": Search("people_own_search"), "deal": Search("deals_own_search")}
