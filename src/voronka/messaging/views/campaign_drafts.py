"""A campaign as it is drafted: to whom, by which texts, when it goes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from voronka.kit.actors import Actor
from voronka.kit.clocks import place
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.messaging.models import Campaign
from voronka.messaging.permissions import EDIT_CAMPAIGNS
from voronka.messaging.queries import campaign_words as words
from voronka.messaging.queries import campaigns as queries
from voronka.messaging.queries import list_templates
from voronka.messaging.queries.words import channel_words
from voronka.messaging.rules.campaigns import MOST_VARIANTS
from voronka.messaging.services import campaigns as services
from voronka.messaging.services.campaigns.drafting import CHANNELS
from voronka.people.queries import asked


@require_http_methods(["GET", "POST"])
@signed_in
def campaign_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Make a campaign, or change one that has not begun."""
    actor, now = actor_of(request), datetime.now(UTC)
    actor.require(EDIT_CAMPAIGNS)
    row = queries.get_campaign(actor, public_id) if public_id else None
    channel = row.channel if row else (request.POST.get("channel") or request.GET.get("channel") or "email")
    channel = channel if channel in CHANNELS else "email"
    typed, errors, why_not = _typed(actor, row, channel, request.GET), {}, ""
    if request.method == "POST":
        typed = {name: str(value)[:4_000].replace("\0", "") for name, value in request.POST.items()}
        try:
            saved = services.save_campaign(
                actor=actor, draft=_draft(actor, channel, typed), now=now, public_id=public_id or None,
                version=number_of(typed.get("version", "")),
            )  # fmt: skip
        except Invalid as refusal:
            errors, why_not = dict(refusal.fields), refusal.message
        else:
            messages.success(request, _("Saved"))
            return redirect("messaging:campaign", saved.public_id)
    context = {
        "row": row, "channel": channel, "channel_name": channel_words(channel), "typed": typed, "errors": errors,
        "why_not": why_not, **_choices(actor, channel, typed, errors),
    }  # fmt: skip
    return render(request, "messaging/campaigns/edit.html", context, status=422 if errors else 200)


def _choices(actor: Actor, channel: str, typed: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, Any]:
    templates = [(one.public_id, one.name) for one in list_templates(channel)]
    lists = list(asked.segments(actor))
    lists = [("", _("the list that you came from") if typed.get("query") else _("all clients")), *lists]
    variants = [
        {
            "number": number, "template": typed.get(f"template_{number}", ""),
            "share": typed.get(f"share_{number}", ""),
            "error": errors.get(f"template_{number}", ""),
        }
        for number in range(1, MOST_VARIANTS + 1)
    ]  # fmt: skip
    return {
        "templates": [("", _("choose")), *templates],
        "others": [("", _("none")), *templates],
        "has_templates": bool(templates),
        "lists": lists,
        "kinds": words.traffics(),
        "ways": words.ways(),
        "first": variants[0],
        "more": variants[1:],
        "has_more": any(one["template"] for one in variants[1:]),
    }


def _typed(actor: Actor, row: Campaign | None, channel: str, given: QueryDict) -> dict[str, Any]:
    if row is None:
        return {
            "traffic": "advertising", "way": "now", "window_days": "7", "share_1": "50", "channel": channel,
            "query": given.get("list", "")[:4_000],
        }  # fmt: skip
    typed: dict[str, Any] = {
        "name": row.name, "traffic": row.traffic, "view": row.view, "query": row.query, "way": row.way,
        "a_minute": row.a_minute or "", "window_days": row.window_days, "version": row.version, "channel": row.channel,
    }  # fmt: skip
    if row.way == "at" and row.starts_at:
        local = row.starts_at.astimezone(actor.zone)
        typed |= {"day": local.date().isoformat(), "hour": f"{local:%H:%M}"}
    elif row.way == "clock" and row.on_day and row.minute is not None:
        typed |= {"day": row.on_day.isoformat(), "hour": f"{row.minute // 60:02}:{row.minute % 60:02}"}
    for one in queries.variants_of(row):
        typed |= {f"template_{one.number}": one.template.public_id, f"share_{one.number}": one.share}
    return typed


def _draft(actor: Actor, channel: str, typed: Mapping[str, str]) -> services.CampaignDraft:
    way = typed.get("way", "")
    day, minute = _day(typed.get("day", "")), _minute(typed.get("hour", ""))
    starts_at = place(day, minute, actor.zone.key).at if way == "at" and day and minute is not None else None
    variants = [
        services.VariantDraft(typed[f"template_{number}"], number_of(typed.get(f"share_{number}", "")) or 50)
        for number in range(1, MOST_VARIANTS + 1)
        if typed.get(f"template_{number}")
    ]
    traffic = typed.get("traffic", "")
    return services.CampaignDraft(
        name=typed.get("name", ""),
        channel=channel,
        traffic="service" if traffic == "service" else "advertising",
        variants=variants,
        view=typed.get("view", ""),
        query=typed.get("query", ""),
        way=way,
        starts_at=starts_at,
        on_day=day if way == "clock" else None,
        minute=minute if way == "clock" else None,
        a_minute=None if not typed.get("a_minute", "").strip() else (number_of(typed["a_minute"]) or 0),
        window_days=number_of(typed.get("window_days", "")) or 0,
    )


def number_of(text: str) -> int | None:
    """Return a typed number of nine figures at most, None for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _minute(text: str) -> int | None:
    try:
        at = time.fromisoformat(text)
    except ValueError:
        return None
    return at.hour * 60 + at.minute
