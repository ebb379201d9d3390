"""The managers: what each did, now and before."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from voronka.audience.queries import figures
from voronka.audience.queries.figures import NOW, WAS
from voronka.audience.queries.managers import read_managers
from voronka.audience.rules import pictures
from voronka.audience.rules.managers import Figures, stand_out
from voronka.audience.views import asking, pieces, words
from voronka.audience.views.asking import Ask
from voronka.deals.queries.pipelines import list_pipelines
from voronka.kit.screens import signed_in

NORM_MINUTES = 10  # where the company has no pipeline yet
CHART = (336, 96)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A kind of outcome: how many presses now and before, as ticks."""

    code: str
    name: str
    count: str
    was: str
    ticks: pictures.Ticks
    url: str


@require_GET
@signed_in
def managers(request: HttpRequest) -> HttpResponse:
    """Show what each manager did in a period, against another."""
    ask = asking.read(request, "audience:managers")
    found = read_managers(ask.figures(), ask.days(), ask.days(before=True), ask.rules.zone)
    overdue = pieces.count_overdue(ask)
    norm = norm_minutes()
    rows, whole, every = pieces.team_rows(ask, found, overdue, norm * 60, [code for code, _name in columns()])
    is_none = found.whole[NOW].is_empty
    context = asking.frame(ask, "audience:managers-file") | {
        "is_new": is_none and not rows and not ask.sources and not figures.any_fact(),
        "is_none": is_none,
        "none_text": _("Nobody pressed, opened or closed anything then."),
        "rows": rows,
        "whole": whole,
        "say": finding_words(rows, every, norm * 60),
        "norm": norm,
        "columns": columns(),
        "table": _table([*rows, whole] if len(rows) > 1 else rows),
        "outcomes": outcomes_of(ask, found.whole),
        "days": days_of(ask),
        "answers": pieces.answers_of(ask, found, norm),
        **_heads(found.whole),
    }
    return render(request, "audience/managers.html", context, status=422 if ask.problems else 200)


def _table(rows: Sequence[pieces.TeamRow]) -> list[dict[str, object]]:
    return [
        {
            "name": row.name,
            "url": row.url,
            "is_sum": row.is_quiet and not row.is_pool,
            "cells": [row.figures[code] for code, _name in columns()],
        }
        for row in rows
    ]


def _heads(whole: tuple[Figures, Figures]) -> dict[str, str]:
    """Say over the column beside the table how much was done."""
    now, was = whole
    presses = ngettext("%(n)s press", "%(n)s presses", now.presses) % {"n": words.count(now.presses)}
    calls = _("%(calls)s calls, %(talks)s talks; before %(calls_was)s and %(talks_was)s") % {
        "calls": words.count(now.calls),
        "talks": words.count(now.talks),
        "calls_was": words.count(was.calls),
        "talks_was": words.count(was.talks),
    }
    return {"presses_words": presses, "calls_words": calls}


def norm_minutes() -> int:
    """Return within how many minutes a request is to be answered: the strictest of the pipelines in use."""
    return min([one.answer_minutes for one in list_pipelines()] or [NORM_MINUTES])


def columns() -> list[tuple[str, str]]:
    """Return the columns of the table: code of the figure and its name."""
    return [
        ("presses", _("Presses")),
        ("calls", _("Calls")),
        ("talks", _("Talks")),
        ("press.no_answer", words.result_words("no_answer")),
        ("answer", _("First answer")),
        ("opened", _("New deals")),
        ("won", _("Won")),
        ("lost", _("Refusals")),
        ("archived", _("Archived")),
        ("conversion", _("Conversion")),
        ("sum", _("Sum")),
        ("repeats", _("Repeat orders")),
        ("overdue", _("Overdue")),
    ]


def finding_words(
    rows: Sequence[pieces.TeamRow], every: Sequence[tuple[Figures, Figures]], norm_seconds: float
) -> dict[str, str]:
    """Say who stands out: the head of the sentence, the rest of it and its tone."""
    found = stand_out(every, norm_seconds)
    if found is None:
        more = _("Nobody answers markedly slower or wins a smaller share of deals than before.")
        return {"head": _("Level."), "more": more, "tone": ""}
    row, (now, was) = rows[found.at], every[found.at]
    said = []
    if found.is_slower:
        said.append(
            _("answers a request in %(now)s instead of %(was)s")
            % {"now": words.span(now.answer), "was": words.span(was.answer)}
        )
    if found.converts_less:
        said.append(
            _("wins %(now)s of the closed deals against %(was)s")
            % {"now": words.percent(now.conversion), "was": words.percent(was.conversion)}
        )
    more = _(" and ").join(said)
    return {"head": f"{row.name}", "more": f"{more}.", "tone": "late"}


def outcomes_of(ask: Ask, whole: tuple[Figures, Figures]) -> list[Outcome]:
    """Return the kinds of outcome with their presses, those that never happened left out."""
    now, was = whole
    most = max([*now.by_result.values(), *was.by_result.values(), 1])
    who = {"who": ask.person.public_id} if ask.person is not None else {}
    return [
        Outcome(
            code,
            words.result_words(code),
            words.count(now.by_result.get(code, 0)),
            words.count(was.by_result.get(code, 0)),
            pictures.ticks(now.by_result.get(code, 0), now.by_result.get(code, 0), most, 132),
            pieces.behind_address(ask, f"press.{code}", view="", **who) if now.by_result.get(code) else "",
        )
        for code in pieces.results_of([whole])
        if now.by_result.get(code) or was.by_result.get(code)
    ]


@dataclass(frozen=True, slots=True)
class DaysChart:
    """Presses by day: the picture, what its tallest column is, the first and the last day, the table."""

    picture: pictures.Days
    top: str
    first: str
    last: str
    rows: Sequence[tuple[str, str, str]]


def days_of(ask: Ask) -> DaysChart:
    """Return the presses of each day of the period, the days before laid over them."""
    by_day = figures.list_presses_by_day(ask.days(), ask.days(before=True), ask.employee_ids)
    now = [by_day.get((NOW, day), 0) for day in ask.period.walk()]
    was = [by_day.get((WAS, day), 0) for day in ask.against.walk()][: len(now)]
    picture = pictures.days(now, was, *CHART)
    said = [words.day_words(day, ask.today) for day in ask.period.walk()]
    table = [
        (name, words.count(value), words.count(was[n]) if n < len(was) else words.count(0))
        for n, (name, value) in enumerate(zip(said, now, strict=True))
    ]
    return DaysChart(picture, words.count(picture.top), said[0], said[-1], table)
