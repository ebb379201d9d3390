"""The funnel: how far deals got, how long it took, where and why they were lost."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from voronka.audience.queries import figures
from voronka.audience.queries.asked import PipelineRow, list_pipelines
from voronka.audience.queries.figures import NOW, WAS
from voronka.audience.queries.funnel import Funnel, read_funnel
from voronka.audience.queries.managers import read_managers
from voronka.audience.rules import pictures
from voronka.audience.rules.funnel import SLOWER, Step
from voronka.audience.views import asking, losses, pieces, words
from voronka.audience.views.asking import Ask, Chip, Choice
from voronka.kit.screens import signed_in

TEAM_FIGURES = ("talks", "answer", "conversion", "sum", "overdue")


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage of the picture, of the list of a phone and of the table."""

    name: str
    url: str
    count: str
    count_was: str
    passed: str
    passed_was: str
    time: str
    time_was: str
    lost: str
    lost_was: str
    lost_sum: str
    lost_url: str
    is_bad: bool
    is_chosen: bool
    is_last: bool
    bar: str
    place: pictures.StagePlace


def choose_pipeline(ask: Ask, pipelines: Sequence[PipelineRow]) -> PipelineRow | None:
    """Return the asked pipeline, the first one when none or an unknown one is asked for."""
    wanted = ask.query.get("pipeline", "")
    found = next((one for one in pipelines if one.public_id == wanted), None)
    if wanted and found is None:
        ask.problems.append(_("There is no such pipeline: the first one is shown."))
        del ask.query["pipeline"]
    return found or (pipelines[0] if pipelines else None)


@require_GET
@signed_in
def funnel(request: HttpRequest) -> HttpResponse:
    """Show the funnel of a pipeline, one period against another."""
    ask = asking.read(request, "audience:funnel")
    pipelines = list_pipelines()
    pipeline = choose_pipeline(ask, pipelines)
    context = asking.frame(ask, "audience:funnel-file")
    if pipeline is None or (not ask.sources and not figures.any_fact()):
        return render(request, "audience/funnel.html", {**context, "is_new": True})
    found = read_funnel(ask.figures(pipeline.pipeline_id), pipeline.stages, ask.query.get("stage", ""))
    if len(pipelines) > 1:
        context["chips"] = [_pipeline_chip(ask, pipelines, pipeline), *ask.chips()]
    context |= {
        "pipeline": pipeline,
        "say": finding_words(found),
        "is_none": found.is_empty,
        "none_text": _(
            "No deal of this pipeline was closed then. Deals that are under way are in the list of deals."
        ),
        "was_any": bool(found.was and found.was[0].reached),
        "way": way_words(found),
        "stages": stage_lines(ask, found),
        "stream": picture(found),
        "losses": losses.losses_of(ask, found, pipeline.pipeline_id),
        "goods_url": ask.address("audience:funnel-goods", stage="") if ask.categories else "",
        "team_url": ask.address("audience:funnel-team", stage=""),
        "managers_url": ask.address("audience:managers", stage="", view="", pipeline=""),
        **_won(ask, found),
    }
    return render(request, "audience/funnel.html", context, status=422 if ask.problems else 200)


@require_GET
@signed_in
def team(request: HttpRequest) -> HttpResponse:
    """Show the team and the first answers of the funnel's pipeline: they stand below, and come by themselves."""
    ask = asking.read(request, "audience:funnel")
    pipeline = choose_pipeline(ask, list_pipelines())
    context: dict[str, object] = {"as_table": ask.query.get("view") == "table"}
    if pipeline is not None:
        context |= _team(ask, pipeline)
    return render(request, "audience/_team_piece.html", context)


def _won(ask: Ask, found: Funnel) -> dict[str, object]:
    return {
        "won": words.count(found.won[NOW]),
        "won_was": words.count(found.won[WAS]),
        "won_sum": ask.money(found.won_sum[NOW]),
        "won_url": pieces.behind_address(ask, "won", view="", stage="") if found.won[NOW] else "",
    }


def _team(ask: Ask, pipeline: PipelineRow) -> dict[str, object]:
    asked = ask.figures(pipeline.pipeline_id)
    managers = read_managers(asked, ask.days(), ask.days(before=True), ask.rules.zone, with_opened=False)
    overdue = pieces.count_overdue(ask)
    rows, whole, _figures = pieces.team_rows(
        ask, managers, overdue, pipeline.answer_minutes * 60, TEAM_FIGURES, pipeline=pipeline.public_id
    )
    return {
        "team": rows,
        "whole": whole,
        "answers": pieces.answers_of(ask, managers, pipeline.answer_minutes),
        "managers_url": ask.address("audience:managers", stage="", view="", pipeline=""),
    }


def _pipeline_chip(ask: Ask, pipelines: Sequence[PipelineRow], chosen: PipelineRow) -> Chip:
    choices = [Choice(one.name, ask.address(pipeline=one.public_id, stage=""), one == chosen) for one in pipelines]
    return Chip("pipeline", "", chosen.name, False, choices)


def stage_lines(ask: Ask, found: Funnel) -> list[StageLine]:
    """Return the stages with their figures in words."""
    places = picture(found).places
    most = max([step.reached for step in found.now] or [1]) or 1
    bad = found.finding.at if found.finding.kind == "losing" else None
    return [
        _line(ask, found, at, places[at], most, is_bad=at == bad or at in found.finding.others)
        for at in range(len(found.stages))
    ]


def _line(ask: Ask, found: Funnel, at: int, where: pictures.StagePlace, most: int, *, is_bad: bool) -> StageLine:
    stage, now, was = found.stages[at], found.now[at], found.was[at]
    behind = pieces.behind_address(ask, "gone", stage=stage.public_id, view="")
    return StageLine(
        name=stage.name,
        url=ask.address(stage=stage.public_id),
        count=words.count(now.reached),
        count_was=words.count(was.reached),
        passed=words.percent(now.share),
        passed_was=words.percent(was.share),
        time=words.span(now.seconds),
        time_was=words.span_before(was.seconds, now.seconds),
        lost=words.count(now.lost),
        lost_was=words.count(was.lost),
        lost_sum=ask.money(now.lost_sum),
        lost_url=behind if now.lost else "",
        is_bad=is_bad,
        is_chosen=at == found.chosen,
        is_last=at == len(found.stages) - 1,
        bar=f"{now.reached / most * 300:.1f}",
        place=where,
    )


def picture(found: Funnel) -> pictures.Stream:
    """Return the stream of both periods."""

    def pairs(steps: Sequence[Step]) -> list[tuple[int, float | None]]:
        return [(step.reached, step.seconds) for step in steps]

    names = [one.name for one in found.stages]
    return pictures.stream(names, pairs(found.now), pairs(found.was), found.chosen)


def finding_words(found: Funnel) -> dict[str, str]:
    """Say what stands out: the head of the sentence, the rest of it and its tone."""
    finding = found.finding
    if finding.kind == "none":
        return {"head": _("No deal was closed in this period."), "more": _("Choose a longer one."), "tone": ""}
    if finding.at is None:
        closed = found.now[0].reached
        more = ngettext(
            "Only %(n)s deal was closed in this period.", "Only %(n)s deals were closed in this period.", closed
        )
        return {"head": _("Too little for a verdict."), "more": more % {"n": closed}, "tone": ""}
    now, was = found.now[finding.at], found.was[finding.at]
    said = {
        "stage": found.stages[finding.at].name,
        "now": words.percent(now.share),
        "was": words.percent(was.share),
        "time": words.span(now.seconds),
        "time_was": words.span_before(was.seconds, now.seconds),
    }
    if finding.kind == "losing":
        return {"head": _("Losing at “%(stage)s”.") % said, "more": _losing(found, said), "tone": "late"}
    if finding.kind == "better":
        more = _("%(now)s go on against %(was)s; no stage lets markedly fewer through.")
        return {"head": _("Better at “%(stage)s”.") % said, "more": more % said + _longer(found), "tone": "gain"}
    if finding.kind == "alone":
        more = _("%(now)s go on there. No deal was closed in the days it is held against.")
        return {"head": _("Narrowest at “%(stage)s”.") % said, "more": more % said, "tone": ""}
    more = _("No stage lets markedly fewer deals through than before; the narrowest is “%(stage)s”: %(now)s go on.")
    return {"head": _("Steady."), "more": more % said + _longer(found), "tone": ""}


def way_words(found: Funnel) -> tuple[str, str] | None:
    """Say how long the way to the money took, now and before; None when nothing was won."""
    now, was = found.way.get(NOW), found.way.get(WAS)
    return None if now is None else (words.span(now), words.span_before(was, now))


def _longer(found: Funnel) -> str:
    """Add that the way to the money has become longer, if it has."""
    now, was = found.way.get(NOW), found.way.get(WAS)
    if now is None or was is None or now < was * SLOWER:
        return ""
    said = {"now": words.span(now), "was": words.span_before(was, now)}
    return " " + _("But the way to the money takes longer: %(now)s instead of %(was)s.") % said


def _losing(found: Funnel, said: dict[str, str]) -> str:
    if found.finding.is_slower:
        first = _("Deals stand there for %(time)s instead of %(time_was)s and leave: %(now)s go on against %(was)s.")
    else:
        first = _("%(now)s go on against %(was)s.")
    if not found.finding.others:
        return f"{first % said} {_('The rest is level or better.')}"
    names = ", ".join(f"“{found.stages[at].name}”" for at in found.finding.others)
    return f"{first % said} {_('Worse too: %(stages)s.') % {'stages': names}}"
