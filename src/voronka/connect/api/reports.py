"""Operations on reports: the funnel and the managers, as their pages show them."""

from typing import Annotated, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.audience.queries.asked import PipelineRow, Report, Wanted, count_overdue, find_pipeline, read_report
from voronka.audience.queries.figures import NOW, WAS
from voronka.audience.queries.funnel import read_funnel
from voronka.audience.queries.managers import read_managers
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.rules import scopes
from voronka.connect.schemas import reports as docs
from voronka.connect.schemas.common import Named
from voronka.kit.clocks import wall
from voronka.kit.errors import Invalid

router = Router(tags=["reports"])
PeriodCode = Annotated[
    Literal["", "month", "last-month", "week", "quarter", "own"],
    Query(description="month where nothing is said; own with `first` and `last`."),
]
AgainstCode = Annotated[
    Literal["", "before", "year", "own"],
    Query(description="before where nothing is said; own with `against_first` and `against_last`."),
]
Day = Annotated[str, Query(max_length=10, description="A day as 2026-11-24.")]
Word = Annotated[str, Query(max_length=80)]


def _code(named: str, usual: str, days: tuple[str, str], place: str) -> str:
    """Return the code of a period: days that are given make it one's own. Raises Invalid where both are said."""
    if not any(days):
        return named or usual
    if named not in ("", "own"):
        message = _("Give a period or its days, not both.")
        raise Invalid(message, fields={place: message})
    return "own"


def _report(
    request: ApiRequest, period: tuple[str, str, str], against: tuple[str, str, str], manager: str, source: str,
    category: str = "", product: str = "",
) -> Report:  # fmt: skip
    """Read what both reports ask; a stretch is its code with the first and the last day of one's own."""
    wanted = Wanted(
        _code(period[0], "month", period[1:], "period"), *period[1:],
        _code(against[0], "before", against[1:], "against"), *against[1:],
        manager, source, category, product,
    )  # fmt: skip
    return read_report(request.auth.actor, wanted, now=request.auth.now)


@operation(
    router,
    "GET",
    "/funnel",
    scope=scopes.REPORTS_READ,
    answer=docs.FunnelReport,
    right="audience.see_reports",
    summary=gettext_lazy("Report the funnel of a pipeline: conversion, time and losses by stage, in two periods"),
)
def report_funnel(
    request: ApiRequest,
    period: PeriodCode = "",
    first: Day = "",
    last: Day = "",
    against: AgainstCode = "",
    against_first: Day = "",
    against_last: Day = "",
    pipeline: Word = "",
    manager: Word = "",
    source: Word = "",
    category: Annotated[str, Query(max_length=80, description="A category of goods, with all below it.")] = "",
    product: Word = "",
) -> docs.FunnelReport:
    """Return the figures of the funnel's page; without a pipeline it is the first one."""
    stretches = (period, first, last), (against, against_first, against_last)
    report = _report(request, *stretches, manager, source, category, product)
    chosen = find_pipeline(pipeline)
    return docs.funnel_out(report, chosen, read_funnel(report.figures(chosen.pipeline_id), chosen.stages, ""))


@operation(
    router,
    "GET",
    "/managers",
    scope=scopes.REPORTS_READ,
    answer=docs.ManagersReport,
    right="audience.see_reports",
    summary=gettext_lazy("Report the work of managers in two periods"),
)
def report_managers(
    request: ApiRequest,
    period: PeriodCode = "",
    first: Day = "",
    last: Day = "",
    against: AgainstCode = "",
    against_first: Day = "",
    against_last: Day = "",
    pipeline: Word = "",
    manager: Word = "",
    source: Word = "",
) -> docs.ManagersReport:
    """Return the figures of the managers' page; with a pipeline, deals are those of it alone."""
    report = _report(request, (period, first, last), (against, against_first, against_last), manager, source)
    chosen = find_pipeline(pipeline) if pipeline else None
    return _managers(report, chosen)


def _managers(report: Report, pipeline: PipelineRow | None) -> docs.ManagersReport:
    now, was = report.period, report.against
    days = (now.first, now.last), (was.first, was.last)
    found = read_managers(report.figures(pipeline.pipeline_id if pipeline else None), *days, report.rules.zone)
    late = count_overdue(wall(report.now, report.rules.zone).date(), report.rules.zone, report.now)
    rows = []
    for person in report.people:
        pair, overdue = found.of(person.employee_id), late.get(person.employee_id, 0)
        if not (pair[NOW].is_empty and pair[WAS].is_empty and not overdue):
            rows.append(docs.row_out(pair, overdue, Named(id=person.public_id, name=person.name)))
    rows.sort(key=lambda row: (-row.now.sum, -row.now.presses, row.employee.name if row.employee else ""))
    total = docs.row_out(found.whole, sum(row.overdue for row in rows))
    pool = found.of(None)
    if report.with_pool and not (pool[NOW].is_empty and pool[WAS].is_empty):
        rows.append(docs.row_out(pool, 0))
    return docs.ManagersReport(
        **docs.frame_values(report),
        pipeline=Named(id=pipeline.public_id, name=pipeline.name) if pipeline else None,
        items=rows,
        total=total,
        hours=docs.hours_out(found),
    )
