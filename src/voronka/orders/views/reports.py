"""How orders go: time per step, delays and their causes, on-time and perfect orders, plan and fact of money."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.pieces import Stat
from voronka.kit.screens import actor_of, signed_in
from voronka.orders import queries
from voronka.orders.permissions import SEE
from voronka.orders.services.words import PHASE_WORDS
from voronka.orders.views.words import money

USUAL_DAYS = 30
MOST_DAYS = 400
BAR = 420


@signed_in
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """Show the cycle of orders over a period: the last thirty days, or the days in the address."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE, owner_id=actor.employee_id)
    first, last = _days(request, actor, now)
    since = datetime.combine(first, time.min, actor.zone)
    until = datetime.combine(last + timedelta(days=1), time.min, actor.zone)
    steps = queries.time_per_step(actor, since, until)
    longest = max((one.mean_minutes for one in steps), default=0.0) or 1.0
    late = queries.delays(actor, since, until, now=now)
    most = max((one.count for one in late), default=1)
    context = {
        "since": first.isoformat(),
        "until": last.isoformat(),
        "stats": _stats(queries.shares(actor, since, until, now=now), actor),
        "money": _money(queries.money(actor, since, until), actor),
        "steps": [
            (one, str(PHASE_WORDS[one.status.phase]), wording.duration(one.mean_minutes * 60, actor.language),
             wording.duration(one.median_minutes * 60, actor.language), round(one.mean_minutes / longest * BAR) or 1,
             _norm_x(one, longest))
            for one in steps
        ],
        "delays": [
            (one.cause or _("no cause was said"), one.count, wording.duration(one.hours * 3600, actor.language),
             round(one.count / most * BAR) or 1)
            for one in late
        ],
        "is_empty": not steps and not late,
    }  # fmt: skip
    return render(request, "orders/report.html", context)


def _days(request: HttpRequest, actor: Actor, now: datetime) -> tuple[date, date]:
    """Return the days asked for; nonsense is the usual period."""
    today = now.astimezone(actor.zone).date()
    try:
        first = date.fromisoformat(request.GET.get("since", ""))
        last = date.fromisoformat(request.GET.get("until", ""))
    except ValueError:
        return today - timedelta(days=USUAL_DAYS - 1), today
    is_fit = date(2000, 1, 1) <= first <= last <= date(2100, 1, 1) and (last - first).days < MOST_DAYS
    return (first, last) if is_fit else (today - timedelta(days=USUAL_DAYS - 1), today)


def _norm_x(one: queries.StepTime, longest: float) -> int | None:
    """Return where the norm of a status stands on the scale, None where it has none or it is out of sight."""
    norm = one.status.norm_minutes
    return round(norm / longest * BAR) if norm and norm <= longest else None


def _stats(found: queries.Shares, actor: Actor) -> list[Stat]:
    count = ngettext("of %(n)d order promised", "of %(n)d orders promised", found.count) % {"n": found.count}

    def share(part: float | None) -> str:
        return "—" if part is None else f"{wording.number(round(part * 100), actor.language)}\u00a0%"

    late = found.count - found.on_time
    return [
        Stat(_("In time"), share(found.on_time_share), count, "gain" if (found.on_time_share or 0) >= 0.9 else ""),
        Stat(_("Perfect"), share(found.perfect_share), _("in time, whole, nothing back, the price kept")),
        Stat(_("Late"), wording.number(late, actor.language), _("by the first promise"), "late" if late else ""),
    ]


def _money(found: queries.Money, actor: Actor) -> list[tuple[str, str, str, int]]:
    """Return rows of plan and fact: name, plan, fact, how much of the plan is there in units of the scale."""
    rows: list[Any] = [(_("Income"), found.planned_income, found.income)]
    if found.planned_cost is not None and found.cost is not None:
        rows += [
            (_("Cost of goods"), found.planned_cost, found.cost),
            (_("Margin"), found.planned_income - found.planned_cost, found.income - found.cost),
        ]
    return [
        (name, money(plan, "RUB", actor), money(fact, "RUB", actor),
         round(max(0, min(1, float(fact / plan))) * BAR) if plan > 0 else 0)
        for name, plan, fact in rows
    ]  # fmt: skip
