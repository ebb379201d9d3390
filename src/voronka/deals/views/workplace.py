"""The workplace: who is next, press what happened, next."""

import json
import uuid
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.deals import services
from voronka.deals.queries import desk as queries
from voronka.deals.queries.shown import comment_shown, effects_shown
from voronka.deals.services import guide
from voronka.deals.services.answers import unread_words
from voronka.deals.services.locking import calling_hours
from voronka.deals.views import asks, words
from voronka.deals.views.day_done import day_done_context
from voronka.deals.views.desk import Looker, desk_context, feed_piece, seen_task, taken_of
from voronka.deals.views.toasts import last_toast, toast_head
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.moments import Unread, parse_moment
from voronka.kit.screens import actor_of, place, signed_in, wants_fragment
from voronka.people import queries as people
from voronka.people import services as clients
from voronka.work import queries as queue
from voronka.work import services as work


def _look(request: HttpRequest) -> Looker:
    return Looker(actor_of(request), datetime.now(UTC))


@require_GET
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Send a person to the page his role works on; whoever sets an empty company up, to its first day."""
    if guide.is_led(actor_of(request)):
        return HttpResponseRedirect(reverse("deals:guide"))
    if work.may_work(actor_of(request)):
        return HttpResponseRedirect(reverse("deals:workplace"))
    return HttpResponseRedirect(place("people:client-list") or reverse("accounts:profile"))


@require_GET
@signed_in
def workplace(request: HttpRequest) -> HttpResponse:
    """Take the next client and show him; the end of the day when nobody is left."""
    look = _look(request)
    toast = last_toast(request, look)
    if look.schedule.takes_off(look.now) and request.GET.get("anyway") != "1":
        return render(request, "deals/day_done.html", {**day_done_context(look), "day_off": True, "toast": toast})
    turn = services.take_next(actor=look.actor, now=look.now, pools=look.pools)
    if turn is None:
        return render(request, "deals/day_done.html", {**day_done_context(look), "toast": toast})
    deal = queries.get_deal_by_id(look.actor, turn.deal_id)
    context = desk_context(deal, look, taken=turn.taken)
    context |= {
        "toast": toast,
        "from_feed": True,
        "is_led": request.GET.get("guide") == "1" and guide.may_guide(look.actor),
    }
    return render(request, "deals/workplace.html", context)


@require_GET
@signed_in
def ahead(request: HttpRequest) -> HttpResponse:
    """Show who would come after the task in hand, for the page to keep: a press then draws him at once."""
    look = _look(request)
    besides = request.GET.get("besides", "")
    task_id = int(besides) if besides.isdecimal() and len(besides) < 19 else None
    turn = services.look_ahead(actor=look.actor, besides=task_id, now=look.now, pools=look.pools)
    if turn is None:
        return HttpResponse(status=204)
    deal = queries.get_deal_by_id(look.actor, turn.deal_id)
    context = desk_context(deal, look, taken=turn.taken)
    return render(request, "deals/workplace.html", {**context, "lease": False, "is_ahead": True})


@require_GET
@signed_in
def deal_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a deal opened by hand: the same desk; its client is held while the page is open."""
    look = _look(request)
    deal = queries.get_deal(look.actor, public_id)
    taken = None
    if deal.open_task is not None and work.may_work(look.actor) and not look.actor.is_led:
        held = work.hold(actor=look.actor, task_id=deal.open_task.pk, client_id=deal.client_id, now=look.now)
        if held:
            work.let_go_others(actor=look.actor, task_id=deal.open_task.pk)
            taken = taken_of(deal)
    context = desk_context(deal, look, taken=taken)
    return render(request, "deals/workplace.html", {**context, "toast": last_toast(request, look)})


@require_POST
@signed_in
def press(request: HttpRequest, public_id: str, button: str) -> HttpResponse:
    """Press a button: the toast comes back, and the page goes on to the next client."""
    look = _look(request)
    raw_id = request.POST.get("request_id", "")
    try:
        request_id = uuid.UUID(raw_id) if raw_id else uuid.uuid4()
    except ValueError:
        raise Invalid(_("The page is broken: reload it and press again.")) from None
    answers = {
        # A chip or an hour of the strip comes after the hidden field of the same name, and is the one meant.
        key: str(request.POST[key]) if key == "at" else "\n".join(str(one) for one in request.POST.getlist(key))
        for key in request.POST
        if key not in {"csrfmiddlewaretoken", "request_id", "outcome", "seen_task"}
    }
    try:
        done = services.press(
            actor=look.actor,
            deal_public_id=public_id,
            button=button,
            outcome=request.POST.get("outcome") or None,
            request_id=request_id,
            answers=answers,
            now=look.now,
            seen_task_id=seen_task(request.POST),
        )
    except services.NeedsAnswers as needs:
        return asks.ask_response(request, needs.prepared, look, raw=answers, problems=needs.fields)
    if not wants_fragment(request):
        return HttpResponseRedirect(f"{reverse('deals:workplace')}?after={done.press_id}")
    response = render(request, "deals/pressed.html", {"done": done, "toast": _pressed_toast(done, look.actor)})
    response.headers["HX-Trigger"] = f'{{"voronka:pressed": {{"press": {done.press_id}}}}}'
    return response


def _pressed_toast(done: services.Pressed, actor: Actor) -> dict[str, object]:
    effects = effects_shown(actor, [{"code": one.code, "words": one.words} for one in done.effects])
    return {
        **toast_head(
            people.name_shown(actor, done.client_name), done.label, done.result, [one["words"] for one in effects]
        ),
        "undo": reverse("deals:press-undo", args=[done.press_id]),
        "left": 10,
    }


def stays(request: HttpRequest) -> bool:
    """Tell whether the board or a client's card asks: they stay where they are and draw themselves anew."""
    path = urlsplit(request.headers.get("HX-Current-URL", "")).path
    try:
        return resolve(path).view_name in ("deals:board", "people:client-detail")
    except Resolver404:
        return False


@require_POST
@signed_in
def press_undo(request: HttpRequest, press_id: int) -> HttpResponse:
    """Take a press back and return to its client."""
    look = _look(request)
    undone = services.undo(
        actor=look.actor, press_id=press_id, now=look.now, agreed=request.POST.get("agreed") == "1"
    )
    address = reverse("deals:deal-detail", args=[undone.deal_public_id])
    if wants_fragment(request) and stays(request):
        response = HttpResponse(status=204)
        response.headers["HX-Trigger"] = "voronka:undone"
        return response
    if not wants_fragment(request):
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    to = {"path": address, "target": "#page", "select": "#page", "swap": "outerHTML"}
    response.headers["HX-Location"] = json.dumps(to)
    return response


@require_GET
@signed_in
def press_detail(request: HttpRequest, press_id: int) -> HttpResponse:
    """Show a press with all it did, and whether it may be taken back: what has left already is named first."""
    look = _look(request)
    press = queries.find_press(press_id)
    if press is None:
        raise NotFound(_("There is no such press."))
    deal = queries.get_deal(look.actor, press.deal.public_id)
    why_not, left = services.why_not_undone(actor=look.actor, press_id=press_id, now=look.now)
    context = {
        "press": press,
        "comment": comment_shown(look.actor, press.comment),
        "deal": deal,
        "who": press.employee.name if press.employee is not None else "",
        "at": wording.moment(press.at, look.actor.zone.key, look.now, look.actor.language),
        "effects": [effect["words"] for effect in effects_shown(look.actor, press.effects)],
        "why_not": why_not,
        "left": left,
    }
    return render(request, "deals/press_detail.html", context)


@require_GET
@signed_in
def feed(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a page of the client's timeline under one tab."""
    look = _look(request)
    deal = queries.get_deal(look.actor, public_id)
    before = request.GET.get("before", "")
    piece = feed_piece(
        deal,
        look,
        tab=request.GET.get("tab", "")[:20],
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
    )
    template = "deals/feed_more.html" if before else "deals/feed.html"
    return render(request, template, {"feed": piece, "deal": deal})


@require_POST
@signed_in
def note_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep a note about the client in hand."""
    look = _look(request)
    deal = queries.get_deal(look.actor, public_id)
    clients.add_note(actor=look.actor, client_id=deal.client_id, text=request.POST.get("text", ""), now=look.now)
    if not wants_fragment(request):
        return HttpResponseRedirect(reverse("deals:deal-detail", args=[public_id]))
    return render(request, "deals/noted.html", {"feed": feed_piece(deal, look), "deal": deal,
                  "note_url": reverse("deals:note-add", args=[public_id])})  # fmt: skip


@require_POST
@signed_in
def lease_renew(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hold the client of an open page for another 90 seconds; 409 when he has been lost."""
    look = _look(request)
    task_id = queries.get_deal(look.actor, public_id).open_task_id
    if task_id is None or not work.renew(actor=look.actor, task_id=task_id, now=look.now):
        raise Conflict(_("This client is no longer held by you."), code="lease_lost")
    return HttpResponse(status=204)


@require_POST
@signed_in
def lease_release(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let the client go: the page was left."""
    look = _look(request)
    task_id = queries.get_deal(look.actor, public_id).open_task_id
    if task_id is not None:
        work.let_go(actor=look.actor, task_id=task_id)
    return HttpResponse(status=204)


@require_GET
@signed_in
def phrase(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what a typed time means, by the client's clock."""
    look = _look(request)
    deal = queries.get_deal(look.actor, public_id)
    text = request.GET.get("q", "")[:100]
    found = parse_moment(text, look.now, deal.client.zone, my_zone=look.actor.zone.key)
    if isinstance(found, Unread):
        return JsonResponse({"ok": False, "why": unread_words(found.reason)})
    at = found.at
    result = words.moment_result(at, deal.client.zone, look.actor, now=look.now)
    if not calling_hours(deal).is_open(at):
        result += " " + _("The client asked not to be called then: it is up to you.")
    commit = _("Set for %(time)s") % {"time": wording.clock(at, deal.client.zone)}
    return JsonResponse({"ok": True, "at": at.isoformat(), "result": result, "commit": commit})


@require_GET
@signed_in
def queue_order(request: HttpRequest) -> HttpResponse:
    """Explain the order of the queue, with how many wait in each band now."""
    look = _look(request)
    counts = queue.count_waiting(look.pools, now=look.now)
    bands = [
        (_("Promised times"), _("Whoever was told a time comes first, at that time."), counts.get(0, 0)),
        (_("Fresh requests"), _("Then new requests, the one who has waited longest first."), counts.get(1, 0)),
        (_("Due tasks"), _("Then what has become due: VIP clients, then by time."), counts.get(2, 0)),
        (_("Backlog"), _("Then the backlog. Every tenth turn begins with its oldest, so nobody is forgotten."),
         counts.get(3, 0)),
    ]  # fmt: skip
    return render(request, "deals/queue_order.html", {"bands": bands})
