"""The list of new deals that nobody has answered yet."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.deals.models import AnswerWatch
from voronka.deals.permissions import SEE_DEALS
from voronka.deals.queries.waiting import list_waiting
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.screens import actor_of, signed_in


@require_GET
@signed_in
def waiting(request: HttpRequest) -> HttpResponse:
    """Show who waits, how long, whose turn it is, and what has been done about it."""
    actor, now = actor_of(request), datetime.now(UTC)
    actor.require(SEE_DEALS)
    rows = [_row(one, actor, now) for one in list_waiting(actor)]
    return render(request, "deals/waiting.html", {"rows": rows, "late": sum(bool(one["is_late"]) for one in rows)})


def _row(watch: AnswerWatch, actor: Actor, now: datetime) -> dict[str, object]:
    deal = watch.deal
    seconds = int((now - watch.starts_at).total_seconds())
    norm = deal.pipeline.answer_minutes * 60
    is_late = watch.step > 0 or watch.due_at <= now
    steps = {0: "", 1: _("the head knows"), 2: _("given to another")}
    return {
        "url": reverse("deals:deal-detail", args=[deal.public_id]),
        "client": deal.client.name,
        "is_vip": deal.client.is_vip,
        "pipeline": deal.pipeline.name,
        "responsible": deal.responsible.name if deal.responsible is not None else "",
        "waited": wording.duration(max(seconds, 0), actor.language) if seconds >= 0 else "",
        "starts": wording.moment(watch.starts_at, actor.zone.key, now, actor.language) if seconds < 0 else "",
        "norm": wording.duration(norm, actor.language),
        "is_late": is_late,
        "step": steps.get(watch.step, ""),
        "share": min(100, max(0, round(100 * seconds / norm))) if norm else 0,
    }
