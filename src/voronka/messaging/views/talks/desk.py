"""The operators' desk: the list of talks, one of them with its lines, the client beside it."""

import uuid
from datetime import datetime, timedelta
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.panels import panels_for
from voronka.kit.screens import actor_of, signed_in, wants_json
from voronka.messaging.models import Talk
from voronka.messaging.permissions import TALK
from voronka.messaging.ports import goods_source
from voronka.messaging.queries import channels
from voronka.messaging.queries import talks as queries
from voronka.messaging.queries.chat import get_chat
from voronka.messaging.rules.chat import MOST_TEXT, read_key
from voronka.messaging.services import chat as services
from voronka.messaging.views.desk_rows import desk_rows
from voronka.messaging.views.knowledge import typed
from voronka.messaging.views.talks.asked import number_of, tab_of
from voronka.messaging.views.talks.listing import around_context, due_of, list_context, talk_name
from voronka.people import queries as people

MORNING = 9
RECENT = 50  # lines before the last whose way is told anew


@signed_in
@require_GET
def desk(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Show the talks of a tab, and one of them whole; for the script, the list alone."""
    actor, now = actor_of(request), timezone.now()
    actor.require(TALK)
    tab = tab_of(request) if "tab" in request.GET else queries.first_tab(actor, now=now)
    if request.GET.get("part") == "list":
        return render(request, "messaging/chat/_talks.html", list_context(actor, tab, now, public_id, request))
    talk = queries.get_talk(actor, public_id) if public_id else None
    goods = typed(request, "goods", 100).strip()
    if talk is not None and request.GET.get("part") == "goods":
        return render(request, "messaging/chat/_goods_found.html", _goods(actor, talk, goods))
    context = list_context(actor, tab, now, public_id, request) | around_context(actor, tab, request)
    if talk is not None:
        context |= _whole(actor, talk, now, typed(request, "find", 100).strip()) | _goods(actor, talk, goods)
    return render(request, "messaging/chat/desk.html", context)


def _goods(actor: Actor, talk: Talk, asked: str) -> dict[str, Any]:
    """Return whether goods may be shown in a talk, and those that the operator asks for."""
    source = goods_source()
    if source is None or not source.may(actor):
        return {"shows_goods": False, "goods": [], "goods_asked": ""}
    found = source.find(asked) if asked else []
    rows = [
        {
            "variant": one.variant,
            "name": one.name,
            "price": "" if one.price is None else wording.money(one.price, one.currency, actor.language),
        }
        for one in found
    ]
    return {"shows_goods": True, "goods": rows, "goods_asked": asked}


def _whole(actor: Actor, talk: Talk, now: datetime, find: str = "") -> dict[str, Any]:
    lines = queries.list_lines(talk)
    services.read(actor=actor, talk=talk, number=talk.last_number, now=now)
    local = now.astimezone(actor.zone)
    canned = queries.list_canned(actor)
    tomorrow = (local + timedelta(days=1)).replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return {
        "talk": talk,
        "name": talk_name(actor, talk),
        "rows": desk_rows(actor, talk, lines),
        "icon": channels.ICONS[talk.channel],
        "channel_name": channels.channel_name(talk.channel),
        "via": talk.account.name if talk.account is not None else "",
        "last": talk.last_number,
        "beside": queries.beside(actor, talk, now=now),
        "colleagues": [one for one in queries.operators() if talk.owner is None or one[0] != talk.owner.public_id],
        "canned": [one for one in canned if not one.is_macro],
        "macros": [one for one in canned if one.is_macro],
        "to_undo": services.macro_to_undo(actor, talk, now=now),
        "due": due_of(talk, get_chat(), now, actor.language),
        "agreed_at": talk.agreed_at,
        "most_mib": services.MOST_MIB,
        "likely": people.find_clients(actor, find, most=5) if find else services.likely_clients(actor, talk),
        "find": find,
        "panels": [one.address(talk.public_id) for one in panels_for("talk", actor, place="side")],
        "phone": talk.phone if actor.sees("client.phone") else "",
        "email": talk.email if actor.sees("client.email") else "",
        "is_mine": talk.owner_id == actor.employee_id,
        "is_snoozed": talk.state == "snoozed" and talk.wakes_at is not None and talk.wakes_at > now,
        "snoozes": [
            (_("for an hour"), (now + timedelta(hours=1)).isoformat()),
            (_("till tomorrow, 9:00"), tomorrow.isoformat()),
            (_("for a week"), (tomorrow + timedelta(days=6)).isoformat()),
        ],
        "key": uuid.uuid4(),
        "most": MOST_TEXT,
    }


def _lines(actor: Actor, talk: Talk, after: int, now: datetime) -> JsonResponse:
    rows = queries.list_lines(talk, after=after)
    html = render_to_string("messaging/chat/_desk_lines.html", {"rows": desk_rows(actor, talk, rows), "talk": talk})
    others = render_to_string("messaging/chat/_beside.html", {"beside": queries.beside(actor, talk, now=now)})
    last = rows[-1].number if rows else after
    stuck = {
        number: render_to_string("messaging/chat/_fate.html", {"fate": fate, "number": number})
        for number, fate in channels.fates(talk, list(range(max(after - RECENT, 0), after + 1))).items()
    }
    return JsonResponse({"html": html, "last": last, "beside": others, "seen": talk.seen_number, "fates": stuck})


@signed_in
@require_POST
def talk_here(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that the reader is at a talk, and whether he writes; give the lines beyond `after` and who else is there."""
    actor, now = actor_of(request), timezone.now()
    talk, after = queries.get_talk(actor, public_id), number_of(request, "after")
    services.read(actor=actor, talk=talk, number=after, now=now, types=bool(request.POST.get("types")))
    return _lines(actor, talk, after, now)


@signed_in
@require_POST
def talk_say(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer the visitor, or write a note for colleagues; sent again, it is there once."""
    actor, now = actor_of(request), timezone.now()
    draft = services.Reply(
        key=read_key(typed(request, "key", 40)) or uuid.uuid4(),
        text=typed(request, "text", 4 * MOST_TEXT),
        seen=number_of(request, "after"),
        anyway=bool(request.POST.get("anyway")),
    )
    act = services.note if request.POST.get("what") == "note" else services.reply
    sent, goods = request.FILES.get("file"), typed(request, "goods", 20)
    try:
        if goods:
            talk = services.show_goods(actor=actor, public_id=public_id, draft=draft, goods=goods, now=now)
        elif sent is not None:
            source = cast("BinaryIO", sent.file)  # the stubs leave it open
            talk = services.send(
                actor=actor, public_id=public_id, draft=draft, source=source, name=sent.name or "", now=now
            )
        else:
            talk = act(actor=actor, public_id=public_id, draft=draft, now=now)
    except Refusal as refusal:
        if wants_json(request) or refusal.status in (403, 404):
            raise
        talk = queries.get_talk(actor, public_id)
        context = list_context(actor, tab_of(request), now, public_id, request) | _whole(actor, talk, now)
        context |= _goods(actor, talk, "")
        context |= around_context(actor, tab_of(request), request)
        context |= {"held": draft.text, "why": refusal.message, "asks_anyway": refusal.code == "answered"}
        return render(request, "messaging/chat/desk.html", context, status=refusal.status)
    if wants_json(request):
        return _lines(actor, talk, draft.seen, now)
    return redirect(f"{reverse('messaging:talk', args=[public_id])}?tab={tab_of(request)}#end")


@signed_in
@require_GET
def talk_count(request: HttpRequest) -> HttpResponse:
    """Give how many visitors wait, for the top bar of every page."""
    return JsonResponse({"count": queries.count_waiting(actor_of(request))})


@signed_in
@require_POST
def talk_in(request: HttpRequest) -> HttpResponse:
    """Begin or stop taking talks by turn; without `is_in` it only says that the desk is open."""
    said = request.POST.get("is_in")
    is_in = services.say_in(actor=actor_of(request), is_in=None if said is None else said == "1", now=timezone.now())
    if wants_json(request):
        return JsonResponse({"is_in": is_in})
    messages.success(request, _("You take talks by turn") if is_in else _("You take no talks by turn"))
    return redirect(f"{reverse('messaging:talks')}?tab={tab_of(request)}")
