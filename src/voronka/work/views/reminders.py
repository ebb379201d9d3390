"""Reminders: what is due on every open page, and the page where nothing missed can be overlooked."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts.queries.notices import notices_title, unread_count
from voronka.accounts.services import sign_ins
from voronka.kit import pieces, webpush, wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.moments import Moment, parse_moment
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.work import services
from voronka.work.models import PushDevice
from voronka.work.permissions import PLAN
from voronka.work.queries import reminders as queries
from voronka.work.queries.words import row
from voronka.work.rules.reminders import LEADS, SNOOZES
from voronka.work.rules.tasks import read_line
from voronka.work.views.typed import posted

CARDS = 2


@require_http_methods(["GET", "POST"])
@signed_in
def reminders(request: HttpRequest) -> HttpResponse:
    """Show what is due and what is ahead; take a typed line as a reminder of one's own."""
    actor, now = actor_of(request), datetime.now(UTC)
    if request.method == "GET":
        return render(request, "work/reminders.html", _page(actor, now, "", ""))
    text = posted(request).get("line", "")[:500]
    read = read_line(text, now=now, zone=actor.zone.key)
    try:
        if read.due_at is None:
            whole = parse_moment(text[:100], now, actor.zone.key)
            said = _("What about?") if isinstance(whole, Moment) else _("When? For example: tomorrow at 10.")
            raise Invalid(said, fields={"line": said})
        made = services.remind_me(actor=actor, text=read.title, at=read.due_at, now=now)
    except Invalid as wrong:
        return render(request, "work/reminders.html", _page(actor, now, text, wrong.message), status=422)
    at = wording.moment(made.due_at, actor.zone.key, now, actor.language)
    messages.success(request, _("I will remind you %(at)s") % {"at": at})
    return redirect("work:reminders")


def _page(actor: Actor, now: datetime, typed: str, why: str) -> dict[str, object]:
    habit = queries.habit_of(actor.person_id)
    planner = [pieces.Tab(_("Planner"), reverse("work:planner"))] if actor.may(PLAN) else []
    return {
        "due": [row(one, actor, now) for one in queries.list_due(actor, now=now)],
        "ahead": [row(one, actor, now) for one in queries.list_ahead(actor, now=now)],
        "typed": typed,
        "why": why,
        "habit": habit,
        "leads": [(str(one), _lead(one)) for one in LEADS],
        "devices": [_device(one, actor, now) for one in services.list_devices(actor)],
        "views": [
            *planner,
            pieces.Tab(_("Tasks"), reverse("work:tasks")),
            pieces.Tab(_("Reminders"), reverse("work:reminders"), active=True),
            pieces.Tab(notices_title(unread_count(actor)), reverse("accounts:notices")),
        ],
    }


def _device(device: PushDevice, actor: Actor, now: datetime) -> dict[str, str]:
    at = wording.moment(device.told_at or device.made_at, actor.zone.key, now, actor.language)
    said = _("told last %(at)s") if device.told_at else _("given %(at)s")
    return {"id": device.public_id, "agent": device.agent, "at": said % {"at": at}}


def _lead(minutes: int) -> str:
    if not minutes:
        return _("at its time")
    return ngettext("%(n)s minute before", "%(n)s minutes before", minutes) % {"n": minutes}


@require_GET
@signed_in
def reminders_due(request: HttpRequest) -> HttpResponse:
    """Return the cards of what is due, for every open page: asked at its beginning, on waking and when told."""
    actor, now = actor_of(request), datetime.now(UTC)
    services.remember_site(actor=actor, site=request.build_absolute_uri("/"))
    due = queries.list_due(actor, now=now)
    rows = [row(one, actor, now) for one in due]
    fresh = [one for one in rows if not one["is_missed"]]
    context = {
        "rows": fresh[-CARDS:],
        "count": len(due) + unread_count(actor),  # the bell is one for both
        "missed": len(rows) - len(fresh),
        "more": max(0, len(fresh) - CARDS),
        "newest": max((one.reminder.due_at.isoformat() for one in due), default=""),
        "sound": queries.habit_of(actor.person_id).sound,
        "push_key": webpush.public_key(),
        "sign_in": sign_ins.mark_of(request.session),
        "person": sign_ins.mark_of_place(actor.company_id, actor.person_id),
    }
    response = render(request, "work/reminder_cards.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@signed_in
def reminder_settle(request: HttpRequest, public_id: str) -> HttpResponse:
    """Note that a reminder was dealt with."""
    services.settle_reminder(actor=actor_of(request), public_id=public_id, now=datetime.now(UTC))
    return _after(request)


@require_POST
@signed_in
def reminder_snooze(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a reminder off (`for` is 10m, 1h or morning)."""
    actor, now = actor_of(request), datetime.now(UTC)
    word = posted(request).get("for", "")
    until = services.snooze_reminder(actor=actor, public_id=public_id, word=word if word in SNOOZES else "", now=now)
    if not wants_fragment(request):
        at = wording.moment(until, actor.zone.key, now, actor.language)
        messages.success(request, _("I will remind you %(at)s") % {"at": at})
    return _after(request)


@require_POST
@signed_in
def reminders_settle(request: HttpRequest) -> HttpResponse:
    """Note that everything due has been seen."""
    services.settle_all(actor=actor_of(request), now=datetime.now(UTC))
    return _after(request)


def _after(request: HttpRequest) -> HttpResponse:
    return reminders_due_of(request) if wants_fragment(request) else redirect("work:reminders")


def reminders_due_of(request: HttpRequest) -> HttpResponse:
    """Return the cards anew after one was dealt with."""
    request.method = "GET"
    return reminders_due(request)


@require_POST
@signed_in
def habit(request: HttpRequest) -> HttpResponse:
    """Keep how the person likes to be reminded."""
    lead = posted(request).get("lead_minutes", "")
    services.set_habit(
        actor=actor_of(request),
        sound=posted(request).get("sound") == "1",
        letter=posted(request).get("letter") == "1",
        push_always=posted(request).get("push_always") == "1",
        lead_minutes=int(lead) if lead.isdecimal() and len(lead) < 5 else -1,
    )
    messages.success(request, _("Saved"))
    return redirect("work:reminders")


@require_POST
@signed_in
def device_add(request: HttpRequest) -> HttpResponse:
    """Keep the address at which this browser is told while no page is open."""
    said = posted(request)
    given = services.Given(
        endpoint=said.get("endpoint", ""),
        point=said.get("point", "")[:200],
        secret=said.get("secret", "")[:200],
        agent=request.headers.get("User-Agent", ""),
    )
    services.add_device(
        actor=actor_of(request), given=given, sign_in=sign_ins.mark_of(request.session), now=datetime.now(UTC)
    )
    return HttpResponse(status=204)


@require_POST
@signed_in
def device_drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tell one of the person's devices no more, from wherever he is."""
    services.drop_device(actor=actor_of(request), public_id=public_id)
    messages.success(request, _("This device is told no more"))
    return redirect("work:reminders")


@require_POST
@signed_in
def devices_try(request: HttpRequest) -> HttpResponse:
    """Send a word to the person's devices, to see that it comes."""
    told = services.try_devices(actor=actor_of(request), now=datetime.now(UTC))
    if told:
        said = ngettext("A word is on its way to %(n)s device", "A word is on its way to %(n)s devices", told)
        messages.success(request, said % {"n": told})
    else:
        messages.info(request, _("No device is told yet"))
    return redirect("work:reminders")
