"""The operators' desk: the list of talks, one of them with its lines, the client beside it."""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound, Refusal
from voronka.kit.pieces import Tab
from voronka.kit.screens import actor_of, signed_in, wants_json
from voronka.messaging.forms import CannedForm
from voronka.messaging.models import Talk, TalkLine
from voronka.messaging.permissions import SET_UP_CHAT
from voronka.messaging.queries import channels
from voronka.messaging.queries import talks as queries
from voronka.messaging.rules.channels import CHANNELS
from voronka.messaging.rules.chat import MOST_TEXT, read_key
from voronka.messaging.services import channels as outside
from voronka.messaging.services import chat as services
from voronka.messaging.services.writing_sms import price_of
from voronka.messaging.views.chat import linked
from voronka.messaging.views.knowledge import saved, typed
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
    if request.GET.get("part") == "list":
        return render(request, "messaging/chat/_talks.html", _list(actor, tab, now, public_id, request))
    talk = queries.get_talk(actor, public_id) if public_id else None
    context = _list(actor, tab, now, public_id, request)
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
    start = int(after) if after.isascii() and after.isdecimal() else 0
    channel = channel_of(request)
    page = queries.list_talks(actor, tab, now=now, after=start, channel=channel)
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
        }
        for one in page.rows
    ]
    kept = f"&channel={channel}" if channel else ""
    tabs = [Tab(name, f"?tab={code}{kept}", active=code == tab) for code, name in tab_names().items()]
    more = f"{reverse('messaging:talks')}?tab={tab}{kept}&after={page.after}" if page.after else ""
    used = queries.channels_used()
    names = [("", _("All channels")), *((one, channels.channel_name(one)) for one in CHANNELS if one in used)]
    ways = {one: f"?tab={tab}&channel={one}" if one else f"?tab={tab}" for one, _name in names}
    picks = [Tab(name, ways[one], active=one == channel) for one, name in names]
    return {
        "talks": rows, "tab": tab, "tabs": tabs, "more_url": more, "picked": picked, "channel": channel,
        "channels": picks if len(picks) > 2 or channel else [],
    }  # fmt: skip


def channel_of(request: HttpRequest) -> str:
    """Return the channel that the list is asked for; nothing for all of them."""
    asked = typed(request, "channel", 10)
    return asked if asked in CHANNELS else ""


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
        "canned": queries.list_canned(actor),
        "likely": people.find_clients(actor, find, most=5) if find else services.likely_clients(actor, talk),
        "find": find,
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


def desk_rows(actor: Actor, talk: Talk, lines: list[TalkLine]) -> list[dict[str, Any]]:
    """Return lines as colleagues read them; those of other channels with what became of them at the border."""
    fates = channels.fates(talk, [one.number for one in lines])
    return [
        {
            "fate": fates.get(one.number),
            "edits": (found.outside.edits or 0) if (found := fates.get(one.number)) is not None else 0,
            "line": one,
            "text": linked(one.text),
            "clock": wording.clock(one.at, actor.zone.key),
            "name": one.author.name if one.author else "",
            "is_read": one.by in ("operator", "bot") and one.number <= talk.seen_number,
            "said": _event(one, actor) if one.by == "event" else "",
        }
        for one in lines
    ]


def _event(line: TalkLine, actor: Actor) -> str:
    """Say what happened to a talk."""
    who, text = line.author.name if line.author else "", line.text
    if line.code == "snoozed":
        text = wording.moment(datetime.fromisoformat(text), actor.zone.key, line.at, actor.language)
    if line.code == "bound":
        text = people.name_shown(actor, text)
    words = {
        "taken": _("%(who)s has taken the talk"),
        "passed": _("%(who)s has handed the talk over to %(text)s"),
        "snoozed": _("%(who)s has put the talk off: %(text)s"),
        "closed": _("%(who)s has closed the talk"),
        "reopened": _("%(who)s has opened the talk again") if who else _("The visitor has opened the talk again"),
        "called": _("The bot has called a person"),
        "bound": _("%(who)s: this is %(text)s") if who else _("This is %(text)s"),
        "blocked": _("%(who)s has blocked the visitor"),
        "freed": _("%(who)s has let the visitor write again"),
    }
    return words.get(line.code, "") % {"who": who, "text": text}


def _lines(actor: Actor, talk: Talk, after: int, now: datetime) -> JsonResponse:
    rows = queries.list_lines(talk, after=after)
    html = render_to_string("messaging/chat/_desk_lines.html", {"rows": desk_rows(actor, talk, rows)})
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
    return render(request, "messaging/chat/client_talks.html", {"rows": rows})


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
    try:
        talk = act(actor=actor, public_id=public_id, draft=draft, now=now)
    except Refusal as refusal:
        if wants_json(request) or refusal.status in (403, 404):
            raise
        talk = queries.get_talk(actor, public_id)
        context = _list(actor, _tab(request), now, public_id, request) | _whole(actor, talk, now)
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
        "pass": lambda: services.pass_on(actor=actor, public_id=public_id, to=typed(request, "to", 20), now=now),
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
    }
    messages.success(request, done.get(what, _("Done")))
    if what in ("close", "snooze", "pass"):
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
@require_POST
def talk_count(request: HttpRequest, public_id: str) -> HttpResponse:
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
def talk_canned(request: HttpRequest, public_id: str, canned_id: str) -> HttpResponse:
    """Give a canned text filled for a talk, to be put into the field."""
    actor = actor_of(request)
    talk = queries.get_talk(actor, public_id)
    return JsonResponse({"text": services.fill_canned(actor=actor, public_id=canned_id, talk=talk)})


@signed_in
@require_http_methods(["GET", "POST"])
def canned(request: HttpRequest) -> HttpResponse:
    """List the texts that operators put in; a posted one is kept, `id` changes one, `what` delete takes it away."""
    actor = actor_of(request)
    actor.require(SET_UP_CHAT)
    public_id = typed(request, "id", 20)
    if request.method == "POST" and request.POST.get("what") == "delete":
        services.drop_canned(actor=actor, public_id=public_id)
        messages.success(request, _("Deleted"))
        return redirect("messaging:canned")
    rows = queries.list_canned(actor)
    chosen = next((one for one in rows if one.public_id == public_id), None)
    initial = {"code": chosen.code, "text": chosen.text, "id": chosen.public_id} if chosen else {}
    form = CannedForm(request.POST if request.method == "POST" else None, initial=initial)

    def save() -> None:
        given = form.cleaned_data
        services.save_canned(actor=actor, code=given["code"], text=given["text"], public_id=given["id"])

    if request.method == "POST" and saved(form, save):
        messages.success(request, _("Saved"))
        return redirect("messaging:canned")
    context = {"rows": rows, "form": form, "chosen": chosen, "places": services.PLACES}
    return render(request, "messaging/chat/canned.html", context, status=422 if form.errors else 200)
