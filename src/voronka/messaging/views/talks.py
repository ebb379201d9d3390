"""The operators' desk: the list of talks, one of them with its lines, the client beside it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound, Refusal
from voronka.kit.panels import panels_for
from voronka.kit.pieces import Tab
from voronka.kit.screens import actor_of, signed_in, wants_json
from voronka.messaging.models import ChatSettings, Talk
from voronka.messaging.permissions import TALK, WRITE
from voronka.messaging.queries import channels
from voronka.messaging.queries import talks as queries
from voronka.messaging.queries.chat import get_chat
from voronka.messaging.rules.channels import CHANNELS
from voronka.messaging.rules.chat import MOST_TEXT, read_key
from voronka.messaging.services import channels as outside
from voronka.messaging.services import chat as services
from voronka.messaging.services.writing_sms import price_of
from voronka.messaging.views.desk_rows import desk_rows
from voronka.messaging.views.knowledge import typed
from voronka.messaging.views.sms import count_context
from voronka.people import queries as people

MORNING = 9
RECENT = 50  # lines before the last whose way is told anew


@signed_in
@require_GET
def desk(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Show the talks of a tab, and one of them whole; for the script, the list alone."""
    actor, now = actor_of(request), timezone.now()
    tab = _tab(request)
    actor.require(TALK)
    if request.GET.get("part") == "list":
        return render(request, "messaging/chat/_talks.html", _list(actor, tab, now, public_id, request))
    talk = queries.get_talk(actor, public_id) if public_id else None
    context = _list(actor, tab, now, public_id, request) | _around(actor, tab, request)
    if talk is not None:
        context |= _whole(actor, talk, now, typed(request, "find", 100).strip())
    return render(request, "messaging/chat/desk.html", context)


def _tab(request: HttpRequest) -> str:
    asked = typed(request, "tab", 10)
    return asked if asked in queries.TABS else "mine"


def tab_names() -> dict[str, str]:
    """Return the names of the tabs by code."""
    return {
        "mine": _("Mine"),
        "free": _("Nobody's"),
        "all": pgettext("talks", "All"),
        "snoozed": pgettext("talks", "Put off"),
        "closed": pgettext("talks", "Closed"),
    }


def _list(actor: Actor, tab: str, now: datetime, picked: str, request: HttpRequest) -> dict[str, Any]:
    after = typed(request, "after", 5)
    department, tag, channel = typed(request, "dep", 20), typed(request, "tag", 30), channel_of(request)
    page = queries.list_talks(
        actor, tab, now=now, after=int(after) if after.isascii() and after.isdecimal() else 0,
        department=department, tag=tag, channel=channel,
    )  # fmt: skip
    settings = get_chat()
    rows = [
        {
            "talk": one.talk,
            "name": talk_name(actor, one.talk),
            "is_new": one.is_new,
            "is_on": one.talk.public_id == picked,
            "is_mine": one.is_mine,
            "icon": channels.ICONS[one.talk.channel],
            "channel": channels.channel_name(one.talk.channel),
            "clock": wording.moment(one.talk.last_at, actor.zone.key, now, actor.language),
            "waits": wording.duration((now - one.talk.waits_since).total_seconds(), actor.language)
            if one.talk.waits_since
            else "",
            "due": due_of(one.talk, settings, now, actor.language),
        }
        for one in page.rows
    ]
    kept = urlencode(
        {name: value for name, value in (("dep", department), ("tag", tag), ("channel", channel)) if value}
    )
    kept = f"&{kept}" if kept else ""
    tabs = [Tab(name, f"?tab={code}{kept}", active=code == tab) for code, name in tab_names().items()]
    more = f"{reverse('messaging:talks')}?tab={tab}{kept}&after={page.after}" if page.after else ""
    return {"talks": rows, "tab": tab, "tabs": tabs, "more_url": more, "picked": picked, "kept": kept, "tag": tag}


def channel_of(request: HttpRequest) -> str:
    """Return the channel that the list is asked for; nothing for all of them."""
    asked = typed(request, "channel", 10)
    return asked if asked in CHANNELS else ""


def _around(actor: Actor, tab: str, request: HttpRequest) -> dict[str, Any]:
    """Return what stands around the list: the queues of departments, whether the reader takes talks by turn."""
    chosen, departments = typed(request, "dep", 20), queries.list_departments()
    ways = [("", pgettext("departments", "All")), *((one.public_id, one.name) for one in departments)]
    queues = [
        Tab(name, f"?tab={tab}&dep={code}" if code else f"?tab={tab}", active=code == chosen) for code, name in ways
    ]
    channel, used = channel_of(request), queries.channels_used()
    named = [("", _("All channels")), *((one, channels.channel_name(one)) for one in CHANNELS if one in used)]
    by_channel = [
        Tab(name, f"?tab={tab}&channel={code}" if code else f"?tab={tab}", active=code == channel)
        for code, name in named
    ]
    takes_turns = get_chat().most_talks > 0
    return {
        "queues": queues if departments else [],
        "channels": by_channel if len(by_channel) > 2 or channel else [],
        "departments": departments,
        "takes_turns": takes_turns,
        "is_in": takes_turns and queries.is_in(actor),
        "list_query": urlencode({"tab": tab, "dep": chosen, "tag": typed(request, "tag", 30), "channel": channel}),
    }


@dataclass(frozen=True, slots=True)
class Due:
    """How near the time to answer is: in words, in tenths of it gone, whether it is over."""

    words: str
    tenths: range
    rest: range
    is_late: bool


def due_of(talk: Talk, settings: ChatSettings, now: datetime, language: str) -> Due | None:
    """Return how near the time to answer a talk is; None where nothing is due."""
    if talk.due_at is None or talk.waits_since is None:
        return None
    left = (talk.due_at - now).total_seconds()
    whole = 60 * (settings.next_minutes if talk.answered_at else settings.first_minutes)
    gone = 10 if left <= 0 else min(9, max(0, round(10 * (1 - left / whole)))) if whole else 0
    length = wording.duration(abs(left), language)
    words = _("late by %(length)s") if left <= 0 else _("%(length)s left to answer")
    return Due(words % {"length": length}, range(gone), range(10 - gone), left <= 0)


def talk_name(actor: Actor, talk: Talk) -> str:
    """Return how a talk is called: its client, else what the visitor said of himself and the reader may see."""
    if talk.client is not None:
        return people.name_shown(actor, talk.client.name)
    said = [
        people.name_shown(actor, talk.name),
        talk.phone if actor.sees("client.phone") else "",
        talk.email if actor.sees("client.email") else "",
    ]
    return next((one for one in said if one), _("Visitor"))


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


def _number(request: HttpRequest, name: str) -> int:
    text = typed(request, name, 9)
    return int(text) if text.isascii() and text.isdecimal() else 0


@signed_in
@require_GET
def client_talks(request: HttpRequest, public_id: str) -> HttpResponse:
    """List the talks with a client, of all channels, for his card."""
    actor, now = actor_of(request), timezone.now()
    client = people.get_client(actor, public_id)
    rows = [
        {
            "talk": one,
            "icon": channels.ICONS[one.channel],
            "channel": channels.channel_name(one.channel),
            "clock": wording.moment(one.last_at, actor.zone.key, now, actor.language),
        }
        for one in queries.talks_of(actor, client.pk)
    ]
    context = {"rows": rows, "public_id": public_id, "may_begin": _may_begin(actor, client.pk)}
    return render(request, "messaging/chat/client_talks.html", context)


def _may_begin(actor: Actor, client_id: int) -> bool:
    """Tell whether the actor may write to a client from a shared mailbox: there is one, and the client is his."""
    if not channels.list_mailboxes(actor):
        return False
    try:
        people.get_client_for(actor, WRITE, client_id=client_id)
    except Refusal:
        return False
    return True


@signed_in
@require_POST
def talk_here(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that the reader is at a talk, and whether he writes; give the lines beyond `after` and who else is there."""
    actor, now = actor_of(request), timezone.now()
    talk, after = queries.get_talk(actor, public_id), _number(request, "after")
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
        seen=_number(request, "after"),
        anyway=bool(request.POST.get("anyway")),
    )
    act = services.note if request.POST.get("what") == "note" else services.reply
    sent = request.FILES.get("file")
    try:
        if sent is not None:
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
        context = _list(actor, _tab(request), now, public_id, request) | _whole(actor, talk, now)
        context |= _around(actor, _tab(request), request)
        context |= {"held": draft.text, "why": refusal.message, "asks_anyway": refusal.code == "answered"}
        return render(request, "messaging/chat/desk.html", context, status=refusal.status)
    if wants_json(request):
        return _lines(actor, talk, draft.seen, now)
    return redirect(f"{reverse('messaging:talk', args=[public_id])}?tab={_tab(request)}#end")


@signed_in
@require_POST
def talk_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take, hand over, put off, close, open again, block, bind to a client: `what` says which."""
    actor, now, what = actor_of(request), timezone.now(), typed(request, "what", 10)
    acts: Mapping[str, Callable[[], object]] = {
        "take": lambda: services.take(actor=actor, public_id=public_id, now=now),
        "close": lambda: services.close(actor=actor, public_id=public_id, now=now),
        "reopen": lambda: services.reopen(actor=actor, public_id=public_id, now=now),
        "snooze": lambda: services.snooze(actor=actor, public_id=public_id, until=_until(request), now=now),
        "pass": lambda: services.pass_on(
            actor=actor,
            public_id=public_id,
            to=typed(request, "to", 20),
            now=now,
            why=typed(request, "why", 4 * MOST_TEXT),
        ),
        "tag": lambda: services.tag(
            actor=actor, public_id=public_id, name=typed(request, "tag", 60), is_on=True, now=now
        ),
        "untag": lambda: services.tag(
            actor=actor, public_id=public_id, name=typed(request, "tag", 60), is_on=False, now=now
        ),
        "macro": lambda: services.run_macro(
            actor=actor,
            public_id=public_id,
            macro=typed(request, "macro", 20),
            now=now,
            key=read_key(typed(request, "key", 40)) or uuid.uuid4(),
            seen=_number(request, "after"),
        ),
        "block": lambda: services.block(actor=actor, public_id=public_id, is_blocked=True, now=now),
        "free": lambda: services.block(actor=actor, public_id=public_id, is_blocked=False, now=now),
        "bind": lambda: services.bind(actor=actor, public_id=public_id, client=typed(request, "client", 20), now=now),
        "make": lambda: services.make_client(actor=actor, public_id=public_id, now=now),
    }
    if what not in acts:
        raise NotFound(_("There is no such page."))
    acts[what]()
    done = {
        "take": _("The talk is yours"),
        "close": _("The talk is closed"),
        "snooze": _("The talk is put off"),
        "pass": _("The talk is handed over"),
        "block": _("The visitor is blocked"),
        "make": _("The card is made"),
        "macro": _("The macro has been run"),
    }
    messages.success(request, done.get(what, _("Done")))
    if what in ("close", "snooze", "pass", "macro"):
        return redirect(f"{reverse('messaging:talks')}?tab={_tab(request)}")
    return redirect(f"{reverse('messaging:talk', args=[public_id])}?tab={_tab(request)}")


def _until(request: HttpRequest) -> datetime:
    """Return the moment that was chosen; what is none is long past, which the service refuses."""
    try:
        found = datetime.fromisoformat(typed(request, "until", 40))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


@signed_in
@require_GET
def talk_attached(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a file that came with a line, as a download."""
    answer = outside.give_file(actor=actor_of(request), public_id=public_id)
    return cast("HttpResponse", answer)  # streamed, but an answer like any other


@signed_in
@require_POST
def talk_parts(request: HttpRequest, public_id: str) -> HttpResponse:
    """Count an answer by SMS while it is typed, by the price of the provider that would take it."""
    queries.get_talk(actor_of(request), public_id)
    text = typed(request, "text", 2 * MOST_TEXT).replace("\r\n", "\n")
    return render(request, "messaging/chat/_count.html", {"counted": count_context(text, price_of("service"))})


@signed_in
@require_POST
def talk_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send once more what did not go, or of what nobody knows: `number` is the line."""
    actor, number = actor_of(request), _number(request, "number")
    try:
        outside.send_again(actor=actor, public_id=public_id, number=number, now=timezone.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("It goes once more"))
    return redirect(f"{reverse('messaging:talk', args=[public_id])}?tab={_tab(request)}#end")


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
    return redirect(f"{reverse('messaging:talks')}?tab={_tab(request)}")


@signed_in
@require_GET
def talk_file(request: HttpRequest, public_id: str, file_id: str) -> HttpResponse:
    """Hand a file of a talk within reach over; a picture is shown in place."""
    talk = queries.get_talk(actor_of(request), public_id)
    return cast("HttpResponse", services.file_answer(talk, file_id))  # streamed, but an answer like any other
