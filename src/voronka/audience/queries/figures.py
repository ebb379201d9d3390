"""The figures of the reports, grouped by the database; what each means is told in docs/algorithms/reports.md.

Two periods are read by one statement: they may overlap, so a row may stand in both. A condition that is not asked for
is given as NULL, which the planner drops; every value goes beside the statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from voronka.kit.tenancy import current_company_id

NOW, WAS = 0, 1
COLD = ("hand", "import", "list")  # nobody waits for an answer to what we opened ourselves

Bounds = tuple[datetime, datetime]
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Asked:
    """What figures are asked for: two stretches of time, whose deals, which pipeline, source and goods; None is all."""

    now: Bounds
    was: Bounds
    currency: str
    employee_ids: Sequence[int] | None = None
    pipeline_id: int | None = None
    source: str = ""
    products: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """How many deals were closed alike in a period, and for how much in the company's currency."""

    period: int
    key: int | None  # a stage or an employee
    state: str
    reason: str
    count: int
    sum: Decimal


@dataclass(frozen=True, slots=True)
class ClosedGoods:
    """How many deals with a product were closed alike in a period; `sum` is what its own lines came to."""

    period: int
    product_id: int
    stage_id: int
    state: str
    count: int
    sum: Decimal


@dataclass(frozen=True, slots=True)
class Answered:
    """First answers of a period: of an hour of asking, of an employee, or all; `median` in seconds."""

    period: int
    hour: int | None
    employee_id: int | None
    is_by_hour: bool
    is_by_employee: bool
    count: int
    median: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Open deals that stand in a stage now with one employee; `median` in seconds."""

    employee_id: int | None
    count: int
    median: float


@dataclass(frozen=True, slots=True)
class Dear:
    """A deal that was closed without money, and how long it stood in its last stage."""

    deal_id: int
    sum: Decimal | None
    currency: str
    reason: str
    state: str
    closed_by: int | None
    seconds: int


def _statement(text: str, *, who: str = "") -> str:
    """Put the periods and the usual conditions into a statement; `who` is the column that says whose a deal is."""
    periods = (
        "(VALUES (0, %(now_start)s::timestamptz, %(now_end)s::timestamptz),"
        " (1, %(was_start)s::timestamptz, %(was_end)s::timestamptz)) AS p (n, start, ends)"
    )
    asked = (
        "(%(pipeline)s::bigint IS NULL OR f.pipeline_id = %(pipeline)s)"
        " AND (%(source)s::text IS NULL OR f.source = %(source)s)"
        " AND (%(who)s::bigint[] IS NULL OR f.{who} = ANY (%(who)s))"
        " AND (%(products)s::bigint[] IS NULL OR EXISTS (SELECT FROM audience_dealgoods g"
        " WHERE g.company_id = %(company)s AND g.deal_id = f.deal_id AND g.product_id = ANY (%(products)s)))"
    )
    facts = "audience_dealfact f ON f.company_id = %(company)s"
    return text.replace("@PERIODS", periods).replace("@FACTS", facts).replace("@ASKED", asked.replace("{who}", who))


# Grouped period by period: joined to the periods first, every deal is held against both, which takes twice the time.
_CLOSED = (
    "SELECT p.n, f.key, f.state, f.reason, f.count, f.sum FROM @PERIODS CROSS JOIN LATERAL"
    " (SELECT {key} AS key, f.state, {reason} AS reason, count(*) AS count,"
    " COALESCE(sum(f.sum) FILTER (WHERE f.currency = %(currency)s), 0) AS sum"
    " FROM audience_dealfact f WHERE f.company_id = %(company)s"
    " AND f.closed_at >= p.start AND f.closed_at < p.ends AND @ASKED GROUP BY 1, 2, 3) f"
)
_CLOSED_BY_STAGE = _statement(_CLOSED.replace("{key}", "f.stage_id").replace("{reason}", "f.reason"), who="closed_by")
_CLOSED_BY_EMPLOYEE = _statement(_CLOSED.replace("{key}", "f.closed_by").replace("{reason}", "''"), who="closed_by")
# One probe of the index and one sort of whole numbers for each period and stage: a third of grouping them all.
_STAGE_SECONDS = _statement(
    "SELECT p.n, s.id, m.median FROM @PERIODS CROSS JOIN unnest(%(stages)s::bigint[]) AS s (id)"
    " CROSS JOIN LATERAL (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY t.seconds) AS median"
    " FROM audience_stagetime t WHERE t.company_id = %(company)s AND t.stage_id = s.id"
    " AND t.closed_at >= p.start AND t.closed_at < p.ends"
    " AND (%(who)s::bigint[] IS NULL AND %(source)s::text IS NULL AND %(products)s::bigint[] IS NULL"
    " OR EXISTS (SELECT FROM audience_dealfact f"
    " WHERE f.company_id = t.company_id AND f.deal_id = t.deal_id AND @ASKED))) m WHERE m.median IS NOT NULL",
    who="closed_by",
)
_WAY_SECONDS = _statement(
    "SELECT p.n, percentile_disc(0.5) WITHIN GROUP (ORDER BY date_part('epoch', f.closed_at - f.opened_at))"
    " FROM @PERIODS JOIN @FACTS AND f.closed_at >= p.start AND f.closed_at < p.ends AND f.state = 'won' AND @ASKED"
    " GROUP BY 1",
    who="closed_by",
)
# Medians of hours, of employees and of all come from the same waits: grouped once here, sorted where they are read.
_ANSWERED = _statement(
    "SELECT p.n, date_part('hour', f.opened_at AT TIME ZONE %(zone)s)::int, f.answered_by, array_agg(f.wait_seconds)"
    " FROM @PERIODS JOIN @FACTS AND f.answered_at >= p.start AND f.answered_at < p.ends"
    " AND f.source <> ALL (%(cold)s) AND @ASKED GROUP BY 1, 2, 3",
    who="answered_by",
)
_OPENED = _statement(
    "SELECT p.n, f.responsible_id, count(*)"
    " FROM @PERIODS JOIN @FACTS AND f.opened_at >= p.start AND f.opened_at < p.ends AND @ASKED GROUP BY 1, 2",
    who="responsible_id",
)
_STANDING = _statement(
    "SELECT f.responsible_id, count(*),"
    " percentile_disc(0.5) WITHIN GROUP (ORDER BY date_part('epoch', %(moment)s - f.stage_since))"
    " FROM audience_dealfact f WHERE f.company_id = %(company)s AND f.state = 'open'"
    " AND f.stage_id = %(stage)s AND @ASKED GROUP BY 1 ORDER BY 2 DESC, 1",
    who="responsible_id",
)
_DEAREST = _statement(
    "SELECT f.deal_id, f.sum, f.currency, f.reason, f.state, f.closed_by, COALESCE((SELECT t.seconds"
    " FROM audience_stagetime t WHERE t.company_id = %(company)s AND t.deal_id = f.deal_id AND t.stage_id = %(stage)s"
    " ), 0) FROM (SELECT * FROM audience_dealfact f"
    " WHERE f.company_id = %(company)s AND f.closed_at >= %(now_start)s AND f.closed_at < %(now_end)s"
    " AND f.stage_id = %(stage)s AND f.state IN ('lost', 'archived') AND @ASKED"
    " ORDER BY f.sum DESC NULLS LAST, f.deal_id DESC LIMIT %(most)s) f"
    " ORDER BY f.sum DESC NULLS LAST, f.deal_id DESC",
    who="closed_by",
)
# Each deal counts once for each product in it; the money is that of the product's own lines.
_CLOSED_BY_PRODUCT = _statement(
    "SELECT p.n, f.product_id, f.stage_id, f.state, f.count, f.sum FROM @PERIODS CROSS JOIN LATERAL"
    " (SELECT s.product_id, f.stage_id, f.state, count(*) AS count,"
    " COALESCE(sum(s.total) FILTER (WHERE f.currency = %(currency)s), 0) AS sum"
    " FROM audience_dealfact f JOIN audience_dealgoods s ON s.company_id = f.company_id AND s.deal_id = f.deal_id"
    " WHERE f.company_id = %(company)s AND f.closed_at >= p.start AND f.closed_at < p.ends AND @ASKED"
    " AND (%(products)s::bigint[] IS NULL OR s.product_id = ANY (%(products)s)) GROUP BY 1, 2, 3) f",
    who="closed_by",
)
_PRESSES = (
    "SELECT p.n, d.employee_id, d.result, sum(d.presses)::bigint"
    " FROM (VALUES (0, %(now_first)s::date, %(now_last)s::date), (1, %(was_first)s::date, %(was_last)s::date))"
    " AS p (n, first, last) JOIN audience_pressday d ON d.company_id = %(company)s"
    ' AND d."on" >= p.first AND d."on" <= p.last AND (%(who)s::bigint[] IS NULL OR d.employee_id = ANY (%(who)s))'
    " GROUP BY 1, 2, 3 HAVING sum(d.presses) > 0"
)
_PRESSES_BY_DAY = _PRESSES.replace("d.employee_id, d.result, sum", 'd."on", sum').replace("1, 2, 3", "1, 2")
_SOURCES = (
    "WITH RECURSIVE s (source) AS (SELECT min(source) FROM audience_dealfact WHERE company_id = %(company)s"
    " UNION ALL SELECT (SELECT min(f.source) FROM audience_dealfact f"
    " WHERE f.company_id = %(company)s AND f.source > s.source) FROM s WHERE s.source IS NOT NULL)"
    " SELECT source FROM s WHERE source IS NOT NULL"
)
_ANY = "SELECT EXISTS (SELECT FROM audience_dealfact WHERE company_id = %(company)s)"


def list_closed_by_stage(asked: Asked) -> list[Closed]:
    """Return the closed deals of both periods by the stage they were closed in, state and reason."""
    return [Closed(*row) for row in _rows(_CLOSED_BY_STAGE, _given(asked))]


def list_closed_by_product(asked: Asked) -> list[ClosedGoods]:
    """Return the closed deals of both periods by product, the stage they were closed in, and state."""
    return [ClosedGoods(*row) for row in _rows(_CLOSED_BY_PRODUCT, _given(asked))]


def any_goods() -> bool:
    """Tell whether goods of the catalogue were ever put into a deal."""
    return bool(_rows("SELECT EXISTS (SELECT FROM audience_dealgoods WHERE company_id = %(company)s)", {})[0][0])


def list_closed_by_employee(asked: Asked) -> list[Closed]:
    """Return the closed deals of both periods by employee and state."""
    return [Closed(*row) for row in _rows(_CLOSED_BY_EMPLOYEE, _given(asked))]


def median_stage_seconds(asked: Asked, stage_ids: Sequence[int]) -> dict[tuple[int, int], float]:
    """Return how long deals closed in a period stood in a stage, by period and stage: medians in seconds."""
    rows = _rows(_STAGE_SECONDS, {**_given(asked), "stages": list(stage_ids)})
    return {(period, stage): float(median) for period, stage, median in rows}


def median_way_seconds(asked: Asked) -> dict[int, float]:
    """Return how long deals won in a period took from their opening, by period: medians in seconds."""
    return {period: float(median) for period, median in _rows(_WAY_SECONDS, _given(asked))}


def list_answered(asked: Asked, zone: str) -> list[Answered]:
    """Return the first answers given in both periods by hour of asking in the zone, by employee, and in all."""
    waits: dict[tuple[int, int | None, int | None], list[int]] = {}
    for period, hour, who, some in _rows(_ANSWERED, {**_given(asked), "zone": zone, "cold": list(COLD)}):
        for key in ((period, hour, None), (period, None, who), (period, None, None)):
            waits.setdefault(key, []).extend(some)
    return [
        Answered(period, hour, who, hour is not None, who is not None, len(some), median(some))
        for (period, hour, who), some in waits.items()
    ]


def median(values: list[int]) -> int:
    """Return the value in the middle, the lower of the two, as percentile_disc does."""
    return sorted(values)[(len(values) - 1) // 2]


def list_opened(asked: Asked) -> dict[tuple[int, int | None], int]:
    """Return how many deals were opened in a period by who answers for them now; None is the common pool."""
    return {(period, who): count for period, who, count in _rows(_OPENED, _given(asked))}


def list_standing(asked: Asked, stage_id: int, *, now: datetime) -> list[Standing]:
    """Return who has open deals in a stage of the asked pipeline at this moment, most of them first."""
    rows = _rows(_STANDING, {**_given(asked), "stage": stage_id, "moment": now})
    return [Standing(who, count, float(median)) for who, count, median in rows]


def list_dearest(asked: Asked, stage_id: int, *, most: int) -> list[Dear]:
    """Return the deals of the first period that were closed in a stage without money, the dearest first."""
    return [Dear(*row) for row in _rows(_DEAREST, {**_given(asked), "stage": stage_id, "most": most})]


def list_presses(now: Days, was: Days, employee_ids: Sequence[int] | None) -> dict[tuple[int, int | None, str], int]:
    """Return the presses that stand of two stretches of days, both ends in them, by employee and kind of outcome."""
    rows = _rows(_PRESSES, _given_days(now, was, employee_ids))
    return {(period, who, result): count for period, who, result, count in rows}


def list_presses_by_day(now: Days, was: Days, employee_ids: Sequence[int] | None) -> dict[tuple[int, date], int]:
    """Return the presses that stand of two stretches of days by day."""
    rows = _rows(_PRESSES_BY_DAY, _given_days(now, was, employee_ids))
    return {(period, on): count for period, on, count in rows}


def list_sources() -> list[str]:
    """Return the sources that deals of the company came from, by one probe of the index for each."""
    return [row[0] for row in _rows(_SOURCES, {})]


def any_fact() -> bool:
    """Tell whether the company has had a deal at all."""
    return bool(_rows(_ANY, {})[0][0])


def _given(asked: Asked) -> dict[str, Any]:  # parameters are of many types
    return {
        "now_start": asked.now[0],
        "now_end": asked.now[1],
        "was_start": asked.was[0],
        "was_end": asked.was[1],
        "currency": asked.currency,
        "pipeline": asked.pipeline_id,
        "who": None if asked.employee_ids is None else list(asked.employee_ids),
        "source": asked.source or None,
        "products": None if asked.products is None else list(asked.products),
    }


def _given_days(now: Days, was: Days, employee_ids: Sequence[int] | None) -> dict[str, Any]:
    return {
        "now_first": now[0],
        "now_last": now[1],
        "was_first": was[0],
        "was_last": was[1],
        "who": None if employee_ids is None else list(employee_ids),
    }


def _rows(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:  # rows of the database are untyped
    with connection.cursor() as cursor:
        cursor.execute(statement, {**given, "company": current_company_id()})
        return list(cursor.fetchall())
