"""Lists in pages by key (kit.keyed): any facet with an expression gives an order."""

from typing import TypeVar

from django.db.models import F, Model, QuerySet

from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.keyed import BadPlace, read_page_by

__all__ = ["SORTED_BY_ID", "BadPlace", "read_keyed_page", "read_page_by"]

SORTED_BY_ID = "id"
M = TypeVar("M", bound=Model)


def read_keyed_page(
    actor: Actor, rows: QuerySet[M], subject: str, sort: str, place: str, limit: int
) -> tuple[list[M], str]:
    """Return a page of rows behind `place` in the order of a facet, and the place of the next page, empty at the end.

    `sort` is the code of a facet of `subject` with an expression, or `id`; "-" before it turns the order. Rows without
    a value come last. Raises BadPlace.
    """
    down, code = sort.startswith("-"), sort.removeprefix("-")
    expression = F("pk") if code == SORTED_BY_ID else facets.facets_of(subject, actor)[code].expression
    assert expression is not None, "the caller has asked whether lists sort by it"
    return read_page_by(rows, expression, place, limit, down=down, is_id=code == SORTED_BY_ID)
