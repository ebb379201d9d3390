"""Rows in pages by key: each page begins behind a place, and none is read through to be passed over."""

import base64
import binascii
import json
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet

M = TypeVar("M", bound=Model)
MOST_DIGITS = 100  # of a number that a list is sorted by


class BadPlace(ValueError):
    """The place in the list cannot be read."""


def read_page_by(
    rows: QuerySet[M], expression: Any, place: str, limit: int, *, down: bool, is_id: bool = False
) -> tuple[list[M], str]:
    """Return a page of rows behind `place` in the order of an expression of Django's, and the place of the next page.

    Rows of one value stand in the order of their ids, those without a value come last; `is_id`: the expression is the
    id. Raises BadPlace.
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
    plain = value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
    return base64.urlsafe_b64encode(json.dumps([plain, last.pk]).encode()).decode()


def _read(found: QuerySet[M], place: str) -> tuple[object, int]:
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(place))
        kind = found.query.annotations["sorted_by"].output_field
        return (None if value is None else fit(kind.to_python(value))), int(pk)
    except (
        ValueError, TypeError, binascii.Error, ValidationError, ArithmeticError, RecursionError
    ) as error:  # fmt: skip
        raise BadPlace(place[:20]) from error


def fit(value: object) -> object:
    """Return a value that the database can compare with. Raises ValueError for others."""
    if isinstance(value, str):
        value.encode()  # half of a surrogate pair is an UnicodeEncodeError, which is a ValueError
        if "\0" in value:
            raise ValueError("NUL")
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) >= MOST_DIGITS):
        raise ValueError("too big")
    return value
