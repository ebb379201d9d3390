"""The report of talks, for whoever looks after the chat."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.pieces import Tab
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.permissions import SET_UP_CHAT
from voronka.messaging.queries.talk_report import Figures, talk_report
from voronka.messaging.views.knowledge import typed

PERIODS = (7, 30, 90)


@signed_in
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """Show the talks of a period: how soon they were answered, by whom, how they were rated."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SET_UP_CHAT)
    asked = typed(request, "days", 3)
    days = int(asked) if asked in map(str, PERIODS) else 30
    found = talk_report(since=now - timedelta(days=days))

    def told(rows: Any, none: str) -> list[dict[str, Any]]:
        return [_told(one, actor, none) for one in rows]

    context = {
        "whole": _told(found.whole, actor, ""),
        "tables": [
            (_("By operator"), _("Operator"), told(found.operators, _("nobody"))),
            (_("By department"), _("Department"), told(found.departments, _("no department"))),
            (_("By day"), _("Day"), told(found.days, "")),
        ],
        "periods": [
            Tab(ngettext("%(n)d day", "%(n)d days", one) % {"n": one}, f"?days={one}", active=one == days)
            for one in PERIODS
        ],
    }
    return render(request, "messaging/chat/report.html", context)


def _told(one: Figures, actor: Actor, none: str) -> dict[str, Any]:
    """Return figures as the page shows them."""
    today = timezone.now().astimezone(actor.zone).date()
    return {
        "name": wording.day(one.day, today, actor.language) if one.day else one.name or none,
        "figures": one,
        "p50": wording.duration(one.p50, actor.language) if one.p50 is not None else "",
        "p95": wording.duration(one.p95, actor.language) if one.p95 is not None else "",
        "rating": round(float(one.rating), 1) if one.rating is not None else "",
    }
