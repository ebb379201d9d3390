"""Conditions on rows of another table that a list is filtered by, read once and kept in memory."""

from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When


def held_in(column: str, rows: "QuerySet[Any, Any]") -> Q:
    """Return the condition that a column is among `rows`, a statement that gives one column of numbers without NULL.

    Under the policies the planner takes a range of money, or a sum that is to be in one, for a row or two, joins the
    list to it row by row, and is busy for seconds. Within CASE it cannot join: it reads the rows once, hashes them and
    asks of each row of the list, which it may then walk in the order that the page wants. Never for rows that come
    in millions: what does not fit into `work_mem` is not hashed.
    """
    among = When(**{f"{column}__in": rows}, then=Value(True))
    return Q(Case(among, default=Value(False), output_field=BooleanField()))


def not_in(column: str, rows: "QuerySet[Any, Any]") -> Q:
    """Return the condition that a column is not among `rows`, as `held_in` asks it."""
    among = When(**{f"{column}__in": rows}, then=Value(False))
    return Q(Case(among, default=Value(True), output_field=BooleanField()))
