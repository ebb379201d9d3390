"""Variants of a widget: each written and looked at beside its form, the test of them with what it has come to."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in
from voronka.site.models import Widget, WidgetVariant
from voronka.site.permissions import SET_UP
from voronka.site.queries import widgets as queries
from voronka.site.services import variants as services
from voronka.site.views import row_forms
from voronka.site.views import widget_words as words
from voronka.site.views.widgets import LONG, bare_fields, read_fields, read_version, shown_fields
from voronka.trials import queries as tests

SHARES = [(n, str(n)) for n in (1, 2, 3, 4, 9)]
METRICS = [
    ("money", gettext_lazy("money by head shown")),
    ("buyers", gettext_lazy("how many of those shown it buy")),
]


@signed_in
@require_http_methods(["GET", "POST"])
def widget_test(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the test of a widget's variants: its funnel beside its money; add a variant, begin a test."""
    actor, now = actor_of(request), timezone.now()
    row = queries.see_widget(actor, public_id)
    why = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "add":
            made = services.add_variant(actor=actor, public_id=public_id, now=now)
            return redirect("site:widget-variant", public_id, made.number)
        if act != "start":
            raise Invalid(_("This cannot be done."))
        try:
            services.start_test(
                actor=actor, public_id=public_id, shares=[_share(one) for one in request.POST.getlist("share")[:9]],
                metric="buyers" if request.POST.get("metric") == "buyers" else "money",
                planned=_planned(request.POST.get("planned", "")), now=now,
            )  # fmt: skip
        except Invalid as refusal:
            why = refusal.message
        else:
            messages.success(request, _("The test runs: each visitor sees one of the variants, always the same one."))
            return redirect("site:widget-test", public_id)
    context = _test_context(row, actor, now) | {"why": why}
    if why:
        context["planned"] = request.POST.get("planned", "")[:20]
    return render(request, "site/widget_test.html", context, status=422 if why else 200)


def _share(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0


def _planned(text: str) -> int | None:
    """Return the number that was typed, with blanks in it or not; None for nothing, 0 for what is no number."""
    tidy = "".join(text[:30].split())
    if not tidy:
        return None
    return int(tidy) if tidy.isascii() and tidy.isdecimal() else 0


def _test_context(row: Widget, actor: Actor, now: datetime) -> dict[str, Any]:
    trial = tests.trials_of("widget", [row.pk]).get(row.pk)
    is_running = trial is not None and trial.pk == row.trial_id and trial.state == "running"
    drafts = [] if is_running else queries.variants_of([row.pk], [0])[row.pk]
    may_set_up = actor.may(SET_UP)
    return {
        "widget": row,
        "site": row.site,
        "tabs": words.variant_tabs(row, at=-1) if may_set_up else [],
        "is_running": is_running,
        "told": tests.told_of(actor, "widget", row.pk),
        "arms": _arms(row, trial, actor, now) if trial is not None else [],
        "drafts": [
            {
                "letter": tests.letter_of(one.number), "name": one.name, "number": one.number,
                "differs": words.differing(one, row),
            }
            for one in drafts
        ],
        "may_set_up": may_set_up,
        "may_add": may_set_up and not is_running and len(drafts) + 1 < services.MOST_VARIANTS,
        "may_start": may_set_up and actor.may(tests.RUN) and bool(drafts),
        "shares": SHARES,
        "metrics": METRICS,
        "planned": services.planned_by_pace(row.pk, now=now) if drafts else "",
    }  # fmt: skip


def _arms(row: Widget, trial: Any, actor: Actor, now: datetime) -> list[dict[str, Any]]:  # a test, which trials knows
    """Return the variants of a test: the funnel of each, and for who may see it the money by head with its verdict."""
    rows, lang = queries.variants_of([row.pk], [trial.pk])[row.pk], actor.language
    funnels, [found] = queries.funnels_of(rows), tests.results_of([trial], now=now)
    may_see = actor.may(tests.SEE)
    told = []
    for one in rows:
        funnel = funnels.get(one.public_id, queries.Funnel())
        figures = found.figures.get(one.number, tests.Figures())
        is_control, code = one.number == found.control, found.reading.verdicts.get(one.number)
        told.append(
            {
                "letter": tests.letter_of(one.number), "name": one.name, "is_winner": one.number == trial.winner,
                "shown": funnel.shown, "acted": funnel.acted, "closed": funnel.closed,
                "acted_part": _part(funnel.acted, funnel.shown, lang),
                "closed_part": _part(funnel.closed, funnel.shown, lang),
                "people": figures.shown, "buyers": figures.buyers,
                "buyers_part": _part(figures.buyers, figures.shown, lang),
                "head": wording.money(round(figures.per_shown, 2), trial.currency, lang) if may_see else "",
                "verdict": "" if not may_see else _("the control") if is_control else tests.verdict(code or ""),
            }
        )  # fmt: skip
    return told


def _part(count: int, of: int, lang: str) -> str:
    part = round(Decimal(100 * count) / of, 1) if of else Decimal(0)
    return f"{wording.number(int(part) if part == int(part) else part, lang)} %" if of else ""


@signed_in
@require_http_methods(["GET", "POST"])
def widget_variant(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Show a variant beside how it looks; change or drop it while it is a draft. One that is tested does not change."""
    actor, now = actor_of(request), timezone.now()
    row = queries.get_widget(actor, public_id)
    problems: Mapping[str, str] = {}
    typed: tuple[str, dict[str, Any]] | None = None
    if request.method == "POST" and request.POST.get("act") == "drop":
        services.drop_variant(actor=actor, public_id=public_id, number=number, now=now)
        messages.success(request, pgettext("a variant", "Dropped"))
        return redirect("site:widget-test", public_id)
    if request.method == "POST":
        typed = request.POST.get("name", "")[:LONG], read_fields(row.kind, request.POST)
        version = read_version(request.POST)
        try:
            if not row_forms.act_of(request.POST):
                services.save_variant(
                    actor=actor, public_id=public_id, number=number, name=typed[0], content=bare_fields(typed[1]),
                    now=now, version=version,
                )  # fmt: skip
                messages.success(request, _("Saved"))
                return redirect("site:widget-variant", public_id, number)
        except (Invalid, Conflict) as refusal:
            problems = {**refusal.fields, "": refusal.message}
        if not problems and version is not None:
            row.version = version  # as on the page of the widget: an act on rows settles nothing
    found = _variant(row, number)
    name, content = typed if typed is not None else (found.name, dict(found.content))
    context = {
        "widget": row,
        "site": row.site,
        "tabs": words.variant_tabs(row, at=number),
        "letter": tests.letter_of(number),
        "name": name,
        "is_tested": bool(row.trial_id),
        "differs": words.differing(found, row),
        "fields": shown_fields(row.kind, content, problems),
        "why": problems.get("", "") if not {one for one in problems if one} else _("Look at the marked places."),
        "problems": problems,
    }
    return render(request, "site/widget_variant.html", context, status=422 if problems else 200)


def _variant(row: Widget, number: int) -> WidgetVariant:
    rows = queries.variants_of([row.pk], [row.trial_id])[row.pk]
    found = next((one for one in rows if one.number == number), None)
    if found is None:
        raise NotFound(_("There is no such variant."))
    return found
