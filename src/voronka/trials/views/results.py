"""The list of tests, one of them with its band, the size that a test needs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.money import parse_amount
from voronka.kit.pieces import Stat, Tab
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.subjects import all_subject_kinds
from voronka.trials import services
from voronka.trials.models import Look, Trial
from voronka.trials.permissions import RUN, SEE
from voronka.trials.queries import results, words
from voronka.trials.queries.results import Figures, Result
from voronka.trials.queries.trials import PAGE, get_trial, list_trials
from voronka.trials.rules.arms import MOST_ARMS, letter_of
from voronka.trials.rules.bands import planned_size
from voronka.trials.rules.verdicts import MOST_DAYS
from voronka.trials.views.picture import Picture, draw

LOOKS = {"": (), "running": ("draft", "running"), "ended": ("decided", "stopped")}
SUBJECTS = {"letter": "campaign", "flow": "automation", "widget": "widget"}
DESK, PHONE = 860, 350


@require_GET
@signed_in
def trials(request: HttpRequest) -> HttpResponse:
    """List the tests, newest first, each with its sentence."""
    actor, now = actor_of(request), datetime.now(UTC)
    look, kind, after = (request.GET.get(name, "") for name in ("look", "kind", "after"))
    look, kind = look if look in LOOKS else "", kind if kind in words.kinds() else ""
    before = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    rows = list_trials(actor, states=LOOKS[look], kind=kind, before=before, limit=PAGE + 1)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    address = reverse("trials:trials")
    context = {
        "rows": [_line(one, actor, now) for one in results.results_of(rows, now=now)],
        "tabs": [
            Tab(title, f"{address}?look={one}&kind={kind}", active=one == look)
            for one, title in words.looks().items()
        ],
        "kinds": [
            Tab(title, f"{address}?look={look}&kind={one}", active=one == kind)
            for one, title in {"": _("everything"), **words.kinds()}.items()
        ],
        "next": f"{address}?look={look}&kind={kind}&after={rows[-1].pk}" if more else "",
        "may_run": actor.may(RUN),
    }
    return render(request, "trials/trials.html", context)


def _line(found: Result, actor: Actor, now: datetime) -> dict[str, Any]:
    row = found.trial
    at = row.ended_at or row.started_at
    return {
        "row": row,
        "kind": words.kinds()[row.kind],
        "state": words.state(row),
        "tone": words.tone(row),
        "at": wording.moment(at, actor.zone.key, now, actor.language) if at else "",
        "shown": sum(one.shown for one in found.figures.values()),
        "sentence": words.sentence(found, actor),
    }


@require_GET
@signed_in
def trial(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what a test has come to: its sentence, its band, its arms."""
    actor, now = actor_of(request), datetime.now(UTC)
    row = get_trial(actor, public_id)
    found = results.results_of([row], now=now)[0]
    looks = results.looks_of(row)
    context = {
        "row": row,
        "kind": words.kinds()[row.kind],
        "subject": _subject(row),
        "state": words.state(row),
        "tone": words.tone(row),
        "started": wording.moment(row.started_at, actor.zone.key, now, actor.language) if row.started_at else "",
        "ended": wording.moment(row.ended_at, actor.zone.key, now, actor.language) if row.ended_at else "",
        "sentence": words.sentence(found, actor),
        "is_skewed": found.is_skewed,
        "bands": [
            _band(found, one.number, looks.get(one.number, []), actor)
            for one in found.arms
            if one.number != found.control and not found.is_skewed
        ],
        "arms": [_arm(found, one.number, one.name, one.share, actor) for one in found.arms],
        "shares": _shares(found, actor),
        "may_run": actor.may(RUN) and row.state in ("draft", "running"),
        "may_take": actor.may(RUN) and row.state == "running",
    }
    return render(request, "trials/trial.html", context)


def _subject(row: Trial) -> tuple[str, str] | None:
    """Return the name and page of what is tested, where its part is there and knows it."""
    kind = next((one for one in all_subject_kinds() if one.kind == SUBJECTS[row.kind]), None)
    name = kind.names([row.subject_id]).get(row.subject_id) if kind is not None else None
    return (name, kind.page(row.subject_id)) if kind is not None and name else None


def _arm(found: Result, number: int, name: str, share: int, actor: Actor) -> dict[str, Any]:
    row, figures = found.trial, found.figures.get(number, Figures())
    lang, band = actor.language, found.reading.bands.get(number)
    part = Decimal(figures.buyers * 100) / figures.shown if figures.shown else None
    return {
        "number": number,
        "letter": letter_of(number),
        "name": name,
        "share": share,
        "is_control": number == found.control,
        "is_winner": number == row.winner,
        "shown": figures.shown,
        "buyers": figures.buyers,
        "part": f"{wording.number(round(part, 1), lang)} %" if part is not None else "",
        "money": wording.money(figures.money, row.currency, lang),
        "per_shown": wording.money(round(figures.per_shown, 2), row.currency, lang),
        "returned": wording.money(figures.returned, row.currency, lang) if figures.returned else "",
        "verdict": words.verdict(found.reading.verdicts[number]) if number in found.reading.verdicts else "",
        "span": words.span(band, row, actor) if band else "",
    }


def _band(found: Result, number: int, looks: list[Look], actor: Actor) -> dict[str, Any]:
    row, band = found.trial, found.reading.bands.get(number)
    given = {"arm": letter_of(number), "control": letter_of(found.control)}
    return {
        **given,
        "title": _("%(arm)s against %(control)s") % given,
        "estimate": words.difference(band.estimate, row, actor) if band else "",
        "span": words.span(band, row, actor) if band else "",
        "desk": _picture(found, looks, actor, DESK),
        "phone": _picture(found, looks, actor, PHONE),
        "stopped": _stopped(row),
    }


def _picture(found: Result, looks: list[Look], actor: Actor, width: int) -> Picture | None:
    row = found.trial
    if row.started_at is None:
        return None
    ended = (row.ended_at - row.started_at) / timedelta(hours=1) if row.ended_at else None
    last = float(looks[-1].hour) if looks else 0.0
    until = ended * 1.25 if ended is not None else last + 24.0 * (found.days_left or 1)
    return draw(
        looks, width=width, until=max(until, last), ended=ended, say=lambda one: words.difference(one, row, actor),
        say_day=lambda day: _("start") if day == 0 else _("day %(n)d") % {"n": day},
    )  # fmt: skip


def _stopped(row: Trial) -> str:
    if row.started_at is None or row.ended_at is None:
        return ""
    days = (row.ended_at - row.started_at).days
    if days < 3:
        hours = int((row.ended_at - row.started_at) / timedelta(hours=1))
        return ngettext("ended after %(n)d hour", "ended after %(n)d hours", hours) % {"n": hours}
    return ngettext("ended after %(n)d day", "ended after %(n)d days", days) % {"n": days}


def _shares(found: Result, actor: Actor) -> str:
    """Say whether the arms are shown as they were to be."""
    shown = {one.number: found.figures.get(one.number, Figures()).shown for one in found.arms}
    counts = ", ".join(f"{letter_of(one)} {wording.number(many, actor.language)}" for one, many in shown.items())
    wanted = " : ".join(str(one.share) for one in found.arms)
    if found.is_skewed:
        said = _("Shown %(counts)s, though it was to be %(wanted)s: by chance that happens once in a thousand tests.")
    else:
        said = _("The arms are shown in their shares: %(counts)s for %(wanted)s.")
    return said % {"counts": counts, "wanted": wanted}


@require_POST
@signed_in
def trial_stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """End a test by hand, with a winner or without."""
    actor, typed = actor_of(request), request.POST.get("winner", "")
    winner = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 3 else 0
    row = services.stop(actor=actor, public_id=public_id, now=datetime.now(UTC), winner=winner)
    said = _("%(arm)s is shown to everybody from now on.") % {"arm": letter_of(winner)} if winner else ""
    messages.success(request, said or _("The test is stopped."))
    return redirect("trials:trial", row.public_id)


# --- How many are needed -------------------------------------------------------------------------------------------


@require_GET
@signed_in
def plan(request: HttpRequest) -> HttpResponse:
    """Reckon before a test how many have to be shown for an effect to be found."""
    actor = actor_of(request)
    actor.require(SEE)
    typed = {
        "buy": request.GET.get("buy", "3")[:10], "order": request.GET.get("order", "3000")[:15],
        "more": request.GET.get("more", "15")[:10], "arms": request.GET.get("arms", "2")[:2],
        "a_day": request.GET.get("a_day", "300")[:9],
    }  # fmt: skip
    buy, order, more, a_day = (_number(typed[name]) for name in ("buy", "order", "more", "a_day"))
    arms = int(typed["arms"]) if typed["arms"] in [str(n) for n in range(2, MOST_ARMS + 1)] else 2
    context: dict[str, Any] = {"typed": typed, "arms": [(n, n) for n in range(2, MOST_ARMS + 1)], "stats": []}
    if buy and order and more and 0 < buy <= 100 and 0 < order < 10**9 and 0 < more <= 1_000:
        head = buy / 100 * order
        size = planned_size(float(buy) / 100, float(order), float(head * more / 100), arms=arms)
        context["stats"] = _plan_stats(actor, size, head, head * more / 100, a_day)
    else:
        context["error"] = _("Numbers above zero are needed.")
    return render(request, "trials/plan.html", context)


def _number(text: str) -> Decimal | None:
    try:
        found = parse_amount(text)
    except ValueError:
        return None
    return found if found > 0 else None


def _plan_stats(actor: Actor, size: int, head: Decimal, effect: Decimal, a_day: Decimal | None) -> list[Stat]:
    lang = actor.language
    stats = [
        Stat(_("To be shown in all"), wording.number(size, lang), more=_("the effect is found in 4 tests of 5")),
        Stat(_("One who is shown it brings"), wording.money(round(head, 2), "RUB", lang)),
        Stat(_("The effect to find, by head"), wording.money(round(effect, 2), "RUB", lang, signed=True)),
    ]
    if a_day:
        days = -(-size // max(int(a_day), 1))
        late = _("a test ends after 180 days at most: look for more, or show more a day") if days > MOST_DAYS else ""
        stats.append(Stat(_("Days"), wording.number(days, lang), more=late))
    return stats
