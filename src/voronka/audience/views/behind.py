"""What stands behind a figure: the deals or the presses that it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from voronka.audience.queries.asked import PipelineRow, list_pipelines
from voronka.audience.queries.behind import FIGURES, find_facts, read_lines
from voronka.audience.rules.managers import NO_CALL, NO_TALK, RESULTS
from voronka.audience.views import asking, words
from voronka.audience.views.asking import Ask
from voronka.audience.views.losses import reason_words
from voronka.deals.queries import reports as deals
from voronka.kit import wording
from voronka.kit.errors import NotFound
from voronka.kit.screens import signed_in

PAGE, PAGES = 50, 400


@dataclass(frozen=True, slots=True)
class Row:
    """A deal, or a press on one."""

    client: str
    is_vip: bool
    url: str
    title: str
    stage: str
    what: str
    sum: str
    who: str
    at: str


@dataclass(slots=True)
class Behind:
    """A figure that is looked behind: its name, whose it is, the place in a funnel."""

    figure: str
    head: str
    who: str = ""
    of_pool: bool = False
    pipeline: PipelineRow | None = None
    stage_id: int | None = None
    stage: str = ""
    reason: str = ""


@require_GET
@signed_in
def behind(request: HttpRequest) -> HttpResponse:
    """List the deals or presses behind a figure of a report, newest first."""
    ask = asking.read(request, "audience:behind")
    what = _read(request, ask)
    page = min(_number(request.GET.get("page", "")), PAGES)
    rows, total, hidden = (_deals if what.figure in FIGURES else _presses)(ask, what, (page - 1) * PAGE)
    is_more = len(rows) + hidden > PAGE if total is None else page * PAGE < total
    context = {
        "ask": ask,
        "what": what,
        "rows": rows[:PAGE],
        "total": words.count(total) if total is not None else "",
        "hidden": _hidden_words(hidden),
        "of_presses": what.figure not in FIGURES,
        "period": words.period_words(ask.period, ask.today),
        "before_url": _page(request, ask, page - 1) if page > 1 else "",
        "after_url": _page(request, ask, page + 1) if is_more and page < PAGES else "",
        "back_url": ask.address("audience:funnel" if what.stage_id is not None else "audience:managers"),
    }
    return render(request, "audience/behind.html", context, status=422 if ask.problems else 200)


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _hidden_words(hidden: int) -> str:
    if not hidden:
        return ""
    said = ngettext(
        "%(n)s more is counted here that you may not open: it is somebody else's by now.",
        "%(n)s more are counted here that you may not open: they are somebody else's by now.",
        hidden,
    )
    return said % {"n": words.count(hidden)}


def _page(request: HttpRequest, ask: Ask, page: int) -> str:
    more = {name: request.GET.get(name, "")[:80] for name in ("what", "who", "reason")}
    return ask.address(**more, page=str(page) if page > 1 else "")


def figure_words() -> dict[str, str]:
    """Return the names of the figures that can be looked behind."""
    return {
        "opened": _("New deals"),
        "answered": _("Answered requests"),
        "closed": _("Closed deals"),
        "won": _("Deals won"),
        "lost": _("Deals refused"),
        "archived": _("Deals put into the archive"),
        "gone": _("Deals lost"),
        "presses": _("Presses"),
        "calls": _("Calls"),
        "talks": _("Talks"),
        **{f"press.{code}": _("Presses: %(what)s") % {"what": words.result_words(code)} for code in RESULTS},
    }


def _read(request: HttpRequest, ask: Ask) -> Behind:
    """Read which figure is asked for. Raises NotFound for a figure, person or stage that is none or out of sight."""
    figure = request.GET.get("what", "")
    head = figure_words().get(figure)
    if head is None:
        raise NotFound(_("There is no such figure."))
    found = Behind(figure, head)
    _read_person(request.GET.get("who", ""), ask, found)
    pipelines = list_pipelines()
    wanted, stage = ask.query.get("pipeline", ""), ask.query.get("stage", "")
    found.pipeline = next((one for one in pipelines if one.public_id == wanted), None)
    if wanted and found.pipeline is None:
        raise NotFound(_("There is no such pipeline."))
    if stage:
        _read_stage(stage, pipelines, found)
    found.reason = request.GET.get("reason", "")[:40]
    return found


def _read_person(public_id: str, ask: Ask, found: Behind) -> None:
    if public_id == "pool":
        if ask.scope.employee_ids is not None:
            raise NotFound(_("There is no such employee, or you may not see his work."))
        found.of_pool, found.who = True, _("Common pool")
    elif public_id:
        person = ask.scope.find(public_id)
        if person is None:
            raise NotFound(_("There is no such employee, or you may not see his work."))
        ask.person = person
    if ask.person is not None:
        found.who = ask.person.name


def _read_stage(public_id: str, pipelines: Sequence[PipelineRow], found: Behind) -> None:
    for pipeline in pipelines:
        for one in pipeline.stages:
            if one.public_id == public_id:
                found.stage_id, found.stage, found.pipeline = one.stage_id, one.name, pipeline
                return
    raise NotFound(_("There is no such stage."))


def _deals(ask: Ask, what: Behind, offset: int) -> tuple[list[Row], int | None, int]:
    asked = ask.figures(what.pipeline.pipeline_id if what.pipeline is not None else None)
    stage_ids = [what.stage_id] if what.stage_id is not None else None
    found = find_facts(asked, what.figure, of_pool=what.of_pool, stage_ids=stage_ids, reason=what.reason)
    lines = read_lines(found, what.figure, offset=offset, limit=PAGE)
    cards = deals.cards_of(ask.actor, [one.deal_id for one in lines])
    names = deals.loss_reason_names()
    rows = []
    for one in lines:
        card = cards.get(one.deal_id)
        if card is None:
            continue
        told = ""
        if what.figure == "answered":
            told = words.span(one.wait_seconds)
        elif one.state == "won":
            told = _("won")
        elif one.state == "open":
            told = pgettext("deal", "open")
        else:
            told = reason_words(one.reason, names)
        rows.append(_row(ask, card, told, one.employee_id, _moment(ask, one.at)))
    return rows, found.count(), len(lines) - len(rows)


def _presses(ask: Ask, what: Behind, offset: int) -> tuple[list[Row], int | None, int]:
    results = {
        "presses": None,
        "calls": [one for one in RESULTS if one not in NO_CALL],
        "talks": [one for one in RESULTS if one not in NO_CALL | NO_TALK],
    }
    wanted = results[what.figure] if what.figure in results else [what.figure.removeprefix("press.")]
    start, end = ask.period.bounds(ask.rules.zone)
    rows, hidden = deals.list_presses(
        ask.actor, employee_ids=ask.employee_ids, of_nobody=what.of_pool, results=wanted, start=start, end=end,
        offset=offset, limit=PAGE + 1,
    )  # fmt: skip
    shown = [_row(ask, one.deal, one.label, one.employee_id, _moment(ask, one.at)) for one in rows]
    return shown, None, hidden


def _moment(ask: Ask, at: datetime) -> str:
    return wording.moment(at, ask.rules.zone, ask.now, words.lang())


def _row(ask: Ask, card: deals.DealCard, told: str, employee_id: int | None, at: str) -> Row:
    return Row(
        client=card.client,
        is_vip=card.is_vip,
        url=reverse("deals:deal-detail", args=[card.public_id]),
        title=card.title,
        stage=card.stage,
        what=told,
        sum=wording.money(card.sum, card.currency, words.lang()) if card.sum is not None else "",
        who=wording.short_name(ask.scope.name_of(employee_id)),
        at=at,
    )
