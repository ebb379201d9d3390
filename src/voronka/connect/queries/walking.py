"""Lists in pages by key: any facet with an expression gives an order, and no page is read through to be passed over."""

import base64
import binascii
import json
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet

from voronka.kit import facets
from voronka.kit.actors import Actor

SORTED_BY_ID = "id"
M = TypeVar("M", bound=Model)


class BadPlace(ValueError):
    """The place in the list cannot be read."""


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


def read_page_by(
    rows: QuerySet[M], expression: Any, place: str, limit: int, *, down: bool, is_id: bool = False
) -> tuple[list[M], str]:
    """Return a page of rows behind `place` in the order of an expression of Django's, and the place of the next page.

    Rows of one value stand in the order of their ids; `is_id`: the expression is the id. Raises BadPlace.
    """
    found = rows.annotate(sorted_by=expression)
    if place:
        found = found.filter(_beyond(*_read(found, place), down=down))
    turn = F("sorted_by").desc(nulls_last=True) if down else F("sorted_by").asc(nulls_last=True)
    order = ["-id" if down else "id"] if is_id else [turn, "-id" if down else "id"]
    page = list(found.order_by(*order)[: limit + 1])
    return page[:limit], _write(page[limit - 1]) if len(page) > limit else ""


def _beyond(value: object, pk: int, *, down: bool) -> Q:
    side, pk_side = ("sorted_by__lt", Q(pk__lt=pk)) if down else ("sorted_by__gt", Q(pk__gt=pk))
    if value is None:
        return Q(sorted_by__isnull=True) & pk_side
    return Q(**{side: value}) | (Q(sorted_by=value) & pk_side) | Q(sorted_by__isnull=True)


def _write(last: Model) -> str:
    value = getattr(last, "sorted_by")  # noqa: B009  an annotation, unknown to the type
    plain = value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, Decimal) else value
    return base64.urlsafe_b64encode(json.dumps([plain, last.pk]).encode()).decode()


def _read(found: QuerySet[M], place: str) -> tuple[object, int]:
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(place))
        kind = found.query.annotations["sorted_by"].output_field
        return (None if value is None else kind.to_python(value)), int(pk)
    except (ValueError, TypeError, binascii.Error, ValidationError, OverflowError) as error:
        raise BadPlace(place[:20]) from error
