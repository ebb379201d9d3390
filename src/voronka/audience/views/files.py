"""The reports as files: the table of the page, both periods side by side."""

import tempfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from voronka.audience import services
from voronka.audience.queries.asked import list_pipelines
from voronka.audience.queries.figures import NOW, WAS
from voronka.audience.queries.funnel import Funnel, read_funnel
from voronka.audience.queries.managers import Pair, read_managers
from voronka.audience.rules.managers import Figures
from voronka.audience.views import asking, pieces, words
from voronka.audience.views.asking import Ask
from voronka.audience.views.funnel import choose_pipeline
from voronka.audience.views.losses import reason_words
from voronka.deals.queries import reports as deals
from voronka.kit import tables
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.files import attachment
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.tables.writers import Writable

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = list[Sequence[Writable]]


@require_GET
@signed_in
def funnel_file(request: HttpRequest) -> HttpResponse:
    """Give the funnel as a file: stages, then reasons, both periods. The right is its own, the act is logged."""
    services.require_export(actor=actor_of(request))
    ask = _read(request, "audience:funnel")
    pipeline = choose_pipeline(ask, list_pipelines())
    if pipeline is None:
        raise NotFound(_("There is no pipeline yet."))
    found = read_funnel(ask.figures(pipeline.pipeline_id), pipeline.stages, "")
    names = deals.loss_reason_names()
    rows = [*_stage_rows(ask, found), [], *_reason_rows(ask, found, names)]
    return _answer(ask, "funnel", _("funnel"), pipeline.name, rows)


@require_GET
@signed_in
def managers_file(request: HttpRequest) -> HttpResponse:
    """Give the managers' figures as a file, both periods. The right is its own, the act is logged."""
    services.require_export(actor=actor_of(request))
    ask = _read(request, "audience:managers")
    found = read_managers(ask.figures(), ask.days(), ask.days(before=True), ask.rules.zone)
    overdue = pieces.count_overdue(ask)
    results = pieces.results_of([found.whole])
    rows: Rows = [_manager_head(ask, results)]
    for person in ask.scope.people:
        pair = found.of(person.employee_id)
        late = overdue.get(person.employee_id, 0)
        if not (pair[NOW].is_empty and pair[WAS].is_empty and not late):
            rows.append(_manager_row(person.name, pair, results, late))
    if ask.employee_ids is None:
        pool = found.of(None)
        if not (pool[NOW].is_empty and pool[WAS].is_empty):
            rows.append(_manager_row(_("Common pool"), pool, results, 0))
    rows.append(_manager_row(pgettext("reports", "All"), found.whole, results, None))
    return _answer(ask, "managers", _("managers"), _("Managers"), rows)


def _read(request: HttpRequest, route: str) -> Ask:
    """Read the address; a file is made of what was asked for or not at all. Raises Invalid."""
    ask = asking.read(request, route)
    if ask.problems:
        raise Invalid(" ".join(ask.problems))
    return ask


def _answer(ask: Ask, report: str, stem: str, sheet: str, rows: Rows) -> HttpResponse:
    with tempfile.TemporaryDirectory(prefix="voronka-report-") as folder:
        path = Path(folder) / "report.xlsx"
        count = tables.write_xlsx(path, rows, sheet=sheet)
        file = BytesIO(path.read_bytes())
    services.log_export(actor=ask.actor, report=report, rows=count, file_format="xlsx")
    name = f"{stem}-{ask.period.first:%Y-%m-%d}-{ask.period.last:%Y-%m-%d}.xlsx"
    return cast("HttpResponse", attachment(file, name, content_type=XLSX))  # the stubs know no common type for views


def _both(ask: Ask, names: Iterable[str]) -> list[str]:
    """Return each name twice, once with each period."""
    periods = [words.period_words(one, ask.today) for one in (ask.period, ask.against)]
    return [f"{name}, {period}" for name in names for period in periods]


def _stage_rows(ask: Ask, found: Funnel) -> Rows:
    heads = [_("Came"), _("Went on, %"), _("Median time, days"), _("Lost"), _("Sum of the lost")]
    rows: Rows = [[_("Stage"), *_both(ask, heads)]]
    for stage, now, was in zip(found.stages, found.now, found.was, strict=True):
        cells: list[Writable] = [stage.name]
        for figure in ("reached", "share", "seconds", "lost", "lost_sum"):
            cells += [_written(figure, getattr(one, figure)) for one in (now, was)]
        rows.append(cells)
    rows.append(
        [_("Won"), *found.won, None, None, *(_days(found.way.get(n)) for n in (NOW, WAS)), None, None, *found.won_sum]
    )
    return rows


def _reason_rows(ask: Ask, found: Funnel, names: dict[str, str]) -> Rows:
    rows: Rows = [[_("Stage"), _("Reason"), *_both(ask, [_("Lost")])]]
    for stage in found.stages:
        reasons = [(code, both) for (of, code), both in found.reasons.items() if of == stage.stage_id]
        rows += [[stage.name, reason_words(code, names), *both] for code, both in sorted(reasons)]
    return rows


def _written(figure: str, value: Writable) -> Writable:
    if value is None or figure not in ("share", "seconds"):
        return value
    return _share(cast("float", value)) if figure == "share" else _days(cast("float", value))


def _days(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 86_400, 2)


def _share(part: float | None) -> float | None:
    return None if part is None else round(part * 100, 1)


def _manager_head(ask: Ask, results: Sequence[str]) -> Sequence[Writable]:
    heads = [
        _("Presses"), *(words.result_words(code) for code in results), _("Calls"), _("Talks"),
        _("Median first answer, min"), _("Requests answered"), _("New deals"), _("Won"), _("Refusals"), _("Archived"),
        _("Conversion, %"), _("Sum"), _("Repeat orders"),
    ]  # fmt: skip
    return [_("Manager"), *_both(ask, heads), _("Overdue now")]


def _manager_row(name: str, pair: Pair, results: Sequence[str], late: int | None) -> Sequence[Writable]:
    cells = [_figures(one, results) for one in pair]
    return [name, *(value for both in zip(*cells, strict=True) for value in both), late]


def _figures(one: Figures, results: Sequence[str]) -> list[Writable]:
    answer = None if one.answer is None else round(one.answer / 60, 1)
    return [
        one.presses, *(one.by_result.get(code, 0) for code in results), one.calls, one.talks, answer, one.answered,
        one.opened, one.won, one.lost, one.archived, _share(one.conversion), one.sum, one.repeats,
    ]  # fmt: skip
