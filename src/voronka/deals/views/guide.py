"""The first day: what the company sells, where its clients come from, the first one, colleagues."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from voronka.accounts.queries import get_company_rules
from voronka.deals.models import ButtonSet, Stage
from voronka.deals.rules.trades import Trade, trades
from voronka.deals.services import guide
from voronka.deals.services.guide import Progress
from voronka.deals.services.shipped import NEW_CLIENTS
from voronka.kit import wording
from voronka.kit.pieces import Press
from voronka.kit.screens import actor_of, place, signed_in

MINUTES, TICKS = 10, 61


@require_GET
@signed_in
def guide_page(request: HttpRequest) -> HttpResponse:
    """Show how far the company is and what is next."""
    actor, now = actor_of(request), datetime.now(UTC)
    progress = guide.read_progress(actor, now=now)
    rules = get_company_rules()
    offered = trades(rules.language)
    chosen = offered.get(progress.trade)
    context = {
        "progress": progress,
        "steps": _steps(progress, chosen),
        "lead": _lead(progress),
        "ticks": ticks(progress.minutes),
        "trades": offered.values(),
        "chosen": chosen,
        "ready": _ready(chosen) if chosen else None,
        "colleague_url": place("accounts:employee-add"),
        "form_url": place("accounts:company"),
        "keys_url": place("connect:keys"),
        "upload_url": place("people:import-upload"),
    }
    return render(request, "deals/guide.html", context)


@require_POST
@signed_in
def guide_trade(request: HttpRequest) -> HttpResponse:
    """Choose a trade."""
    guide.choose_trade(actor=actor_of(request), code=request.POST.get("trade", ""), now=datetime.now(UTC))
    return HttpResponseRedirect(reverse("deals:guide"))


@require_POST
@signed_in
def guide_example(request: HttpRequest) -> HttpResponse:
    """Take the example, and go to its first client."""
    guide.take_example(actor=actor_of(request), now=datetime.now(UTC))
    return HttpResponseRedirect(f"{reverse('deals:workplace')}?guide=1&anyway=1")


@require_POST
@signed_in
def guide_clear(request: HttpRequest) -> HttpResponse:
    """Take the example away."""
    guide.drop_example(actor=actor_of(request))
    return HttpResponseRedirect(reverse("deals:guide"))


@require_POST
@signed_in
def guide_leave(request: HttpRequest) -> HttpResponse:
    """Be led no more."""
    guide.dismiss(actor=actor_of(request), now=datetime.now(UTC))
    return HttpResponseRedirect(reverse("deals:workplace"))


def ticks(minutes: float) -> list[tuple[float, str, str]]:
    """Return the ticks of the scale of ten minutes: place in the drawing, kind (past, now, ahead), size."""
    now = min(round(minutes * (TICKS - 1) / MINUTES), TICKS - 1)
    kinds = ["past"] * now + ["now"] + ["ahead"] * (TICKS - 1 - now)
    return [
        (1 + 5.3 * at, kind, "whole" if kind == "now" else "long" if at % 6 == 0 else "short")
        for at, kind in enumerate(kinds)
    ]


def _lead(progress: Progress) -> str:
    """Return how the ten minutes go, in one line."""
    minutes = int(progress.minutes)
    if "first" in progress.done:
        if minutes < MINUTES:
            return ngettext(
                "The first one took %(n)s minute.", "The first one took %(n)s minutes.", max(minutes, 1)
            ) % {"n": max(minutes, 1)}
        return _("The first client is processed.")
    left = sum(one not in progress.done for one in ("trade", "clients", "first"))
    things = ngettext("%(n)s thing is left", "%(n)s things are left", left) % {"n": left}
    if not 0 < minutes < 2 * MINUTES:
        return things
    return _("%(n)s min have passed, %(things)s") % {"n": minutes, "things": things}


def _steps(progress: Progress, chosen: Trade | None) -> list[dict[str, object]]:
    said = {
        "trade": (_("What you sell"), chosen.title if chosen else _("less than a minute")),
        "clients": (
            _("Where clients come from"),
            _("example: %(n)s clients") % {"n": progress.example}
            if progress.example
            else (_("clients are here") if "clients" in progress.done else _("a file, the site or an example")),
        ),
        "first": (_("First client"), _("processed") if "first" in progress.done else _("less than a minute")),
        "people": (_("Invite colleagues"), _("done") if "people" in progress.done else _("may wait for tomorrow")),
    }
    return [
        {
            "number": at + 1,
            "title": said[code][0],
            "about": said[code][1],
            "state": "past" if code in progress.done else "now" if code == progress.present else "ahead",
        }
        for at, code in enumerate(guide.STEPS)
    ]


def _ready(trade: Trade) -> dict[str, object]:
    """Return what the trade has brought, as it stands in the company now."""
    stages = list(Stage.objects.filter(pipeline__code=NEW_CLIENTS).select_related("pipeline").order_by("position"))
    live = ButtonSet.objects.filter(stage=stages[0], state=ButtonSet.State.LIVE).first() if stages else None
    return {
        "stages": [{"name": one.name, "spent": _norm(one)} for one in stages],
        "presses": [
            Press(
                name=one["label"],
                icon=one["icon"],
                key=str(one["hotkey"]),
                then=_then(one["outcomes"][0]["result"]),
                kind="next" if one.get("is_next") else one.get("colour", ""),
            )
            for one in (live.buttons if live else [])
        ],
        "facts": [
            ngettext("%(n)s letter", "%(n)s letters", len(trade.letters)) % {"n": len(trade.letters)},
            ngettext("%(n)s own field", "%(n)s own fields", len(trade.fields)) % {"n": len(trade.fields)},
            _("calls %(from)s–%(to)s by the client's clock")
            % {"from": wording.hour_text(trade.opens_minute / 60), "to": wording.hour_text(trade.closes_minute / 60)},
        ],
    }


def _norm(stage: Stage) -> str:
    if stage.position == 0:
        return _("answer in %(n)s min") % {"n": stage.pipeline.answer_minutes}
    days = stage.norm_days or 0
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else ""


def _then(result: str) -> str:
    words: dict[str, Callable[[], str]] = {
        "no_answer": lambda: _("5 min, then rarer"),
        "call_back": lambda: _("asks when"),
        "meeting": lambda: _("asks when"),
        "step": lambda: _("goes on"),
        "thinking": lambda: _("call in 3 days"),
        "paid": lambda: _("sum, won"),
        "refused": lambda: _("asks why"),
    }
    return words[result]() if result in words else ""
