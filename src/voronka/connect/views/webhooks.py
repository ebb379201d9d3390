"""Settings: webhooks and their log."""

from datetime import datetime, timedelta
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.connect.models import Webhook, WebhookDelivery
from voronka.connect.permissions import MANAGE_WEBHOOKS
from voronka.connect.queries import webhooks as queries
from voronka.connect.services import deliveries, outward
from voronka.connect.services import webhooks as services
from voronka.connect.services.words import event_words
from voronka.kit import outgoing
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.outgoing import Failure, OutgoingFailed, OutgoingRefused, Refusal
from voronka.kit.screens import actor_of, signed_in

PAGE, LOOK_BACK = 50, timedelta(days=7)


@signed_in
@require_GET
def webhook_list(request: HttpRequest) -> HttpResponse:
    """List the webhooks, with how their last week went."""
    actor, now = actor_of(request), timezone.now()
    rows = queries.list_webhooks(actor)
    counts = queries.count_states([one.pk for one in rows], since=now - LOOK_BACK)
    lines = [(one, _state_words(one), _count_words(counts[one.pk])) for one in rows]
    return render(request, "connect/webhooks.html", {"lines": lines})


def _state_words(webhook: Webhook) -> tuple[str, str]:
    """Return the state in words and its tone."""
    if webhook.state == Webhook.State.ACTIVE and webhook.failing_since is not None:
        return _("does not answer"), "late"
    return {
        Webhook.State.ACTIVE: (_("switched on"), "gain"),
        Webhook.State.PAUSED: (_("paused by hand"), "heed"),
        Webhook.State.FAILING: (_("switched off: failed for three days"), "late"),
        Webhook.State.GONE: (_("switched off: the address is gone"), "late"),
        Webhook.State.BROKEN: (_("switched off: the program broke on it"), "late"),
    }[Webhook.State(webhook.state)]


def _count_words(counts: dict[str, int]) -> str:
    sent, failed = counts.get("sent", 0), counts.get("failed", 0)
    waiting = counts.get("waiting", 0) + counts.get("sending", 0)
    words = [ngettext("%(n)d sent", "%(n)d sent", sent) % {"n": sent}]
    if waiting:
        words.append(ngettext("%(n)d waits", "%(n)d wait", waiting) % {"n": waiting})
    if failed:
        words.append(ngettext("%(n)d given up", "%(n)d given up", failed) % {"n": failed})
    return ", ".join(words)


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def webhook_add(request: HttpRequest) -> HttpResponse:
    """Add a webhook; its secret is shown in the answer, and never again."""
    actor = actor_of(request)
    actor.require(MANAGE_WEBHOOKS)
    if request.method == "GET":
        return _form(request, None, {}, {})
    url, events, about = _typed(request)
    try:
        row = services.add_webhook(actor=actor, url=url, events=events, about=about, now=timezone.now())
    except Invalid as wrong:
        return _form(request, None, {"url": url, "events": events, "about": about}, _problems(wrong))
    return render(request, "connect/webhook_secret.html", {"webhook": row, "secret": row.secret, "is_new": True})


@signed_in
@require_http_methods(["GET", "POST"])
def webhook_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change where events go, and which."""
    actor = actor_of(request)
    row = queries.get_webhook(actor, public_id)
    if request.method == "GET":
        return _form(request, row, {"url": row.url, "events": row.events, "about": row.about}, {})
    url, events, about = _typed(request)
    try:
        services.change_webhook(
            actor=actor, public_id=public_id, url=url, events=events, about=about, now=timezone.now()
        )
    except Invalid as wrong:
        return _form(request, row, {"url": url, "events": events, "about": about}, _problems(wrong))
    messages.success(request, _("Saved"))
    return redirect("connect:webhook", public_id)


def _typed(request: HttpRequest) -> tuple[str, list[str], str]:
    events = [str(one)[:80] for one in request.POST.getlist("events")[:200]]
    return request.POST.get("url", "").strip()[:3_000], events, request.POST.get("about", "")[:1_000]


def _problems(wrong: Invalid) -> dict[str, str]:
    return wrong.fields or {"url": wrong.message}


def _form(
    request: HttpRequest, row: Webhook | None, held: dict[str, object], problems: dict[str, str]
) -> HttpResponse:
    chosen = held.get("events", [])
    assert isinstance(chosen, list)
    names = sorted(outward.names())
    groups = [
        (_part_words(part), [(name, event_words(name), name in chosen) for name in members])
        for part, members in groupby(names, key=lambda name: name.partition(".")[0])
    ]
    context = {"webhook": row, "held": held, "problems": problems, "groups": groups}
    return render(request, "connect/webhook_form.html", context, status=422 if problems else 200)


def _part_words(part: str) -> str:
    return {
        "accounts": _("Company and employees"),
        "people": _("Clients"),
        "work": _("Queue"),
        "messaging": _("Letters"),
        "catalogue": _("Goods"),
        "stock": _("Stock"),
        "deals": _("Deals"),
        "connect": _("Keys and webhooks"),
    }.get(part, part)


@signed_in
@require_GET
def webhook_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a webhook and the log of what was sent to it."""
    actor, now = actor_of(request), timezone.now()
    row = queries.get_webhook(actor, public_id)
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    state = state if state in WebhookDelivery.State.values else ""
    place = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    found = queries.list_deliveries(row, state=state, before=place, limit=PAGE + 1)
    query = f"state={state}&before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    context = {
        "webhook": row,
        "state_words": _state_words(row),
        "events": [event_words(name) for name in row.events],
        "rows": [(one, event_words(one.event), _delivery_words(one)) for one in found[:PAGE]],
        "state": state,
        "states": [("", _("all messages")), *((one, _delivery_state(one)) for one in ("sent", "waiting", "failed"))],
        "next_url": f"{reverse('connect:webhook', args=[public_id])}?{query}" if query else "",
        "old_secret_till": row.old_secret_until if row.old_secret_until and row.old_secret_until > now else None,
    }
    return render(request, "connect/webhook.html", context)


def _delivery_state(state: str) -> str:
    return {
        "waiting": _("waits"),
        "sending": _("is being sent"),
        "sent": _("sent"),
        "failed": _("given up"),
        "cancelled": _("cancelled"),
    }[state]


def _delivery_words(row: WebhookDelivery) -> tuple[str, str]:
    tone = {"sent": "gain", "failed": "late", "cancelled": "heed"}.get(row.state, "")
    words = _delivery_state(row.state)
    if row.attempts > 1:
        tries = ngettext("%(n)d try", "%(n)d tries", row.attempts) % {"n": row.attempts}
        words = f"{words}, {tries}"
    return words, tone


@signed_in
@require_GET
def delivery_detail(request: HttpRequest, public_id: str, delivery_id: str) -> HttpResponse:
    """Show a message with every try: what was sent along, what was answered."""
    row = queries.get_webhook(actor_of(request), public_id)
    delivery = queries.get_delivery(row, delivery_id)
    tries = [(one, _error_words(one.error)) for one in queries.list_attempts(delivery)]
    context = {
        "webhook": row,
        "delivery": delivery,
        "name": event_words(delivery.event),
        "words": _delivery_words(delivery),
        "tries": tries,
    }
    return render(request, "connect/delivery.html", context)


def _error_words(code: str) -> str:
    """Say in the reader's language why nothing came back; tries keep the reason's code."""
    if not code:
        return ""
    if code == deliveries.BROKEN:
        return _("The program broke on this message.")
    if code in list(Refusal):
        return outgoing.explain(OutgoingRefused(Refusal(code)))
    return outgoing.explain(OutgoingFailed(Failure(code)))


@never_cache
@signed_in
@require_POST
def webhook_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Pause, resume, test, renew the secret, remove: as `act` says."""
    actor, now, act = actor_of(request), timezone.now(), request.POST.get("act", "")
    if act == "rotate":
        row = services.rotate_secret(actor=actor, public_id=public_id, now=now)
        context = {"webhook": row, "secret": row.secret, "is_new": False}
        return render(request, "connect/webhook_secret.html", context)
    if act == "remove":
        services.remove_webhook(actor=actor, public_id=public_id, now=now)
        messages.success(request, _("The webhook is removed."))
        return redirect("connect:webhooks")
    if act == "pause":
        services.pause_webhook(actor=actor, public_id=public_id, now=now)
    elif act in ("resume", "catch_up"):
        services.resume_webhook(actor=actor, public_id=public_id, now=now, catch_up=act == "catch_up")
    elif act == "test":
        deliveries.send_test(actor=actor, public_id=public_id, now=now)
        messages.success(request, _("A test message is on its way: look at the log."))
    else:
        queries.get_webhook(actor, public_id)
        raise NotFound(_("There is no such action."))
    return redirect("connect:webhook", public_id)


@signed_in
@require_POST
def webhook_replay(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send messages once more: those ticked, or all that were given up in the last `days` days."""
    actor, now = actor_of(request), timezone.now()
    if request.POST.get("all"):
        count = deliveries.replay_failed(actor=actor, public_id=public_id, since=_since(now), now=now)
    else:
        chosen = [str(one)[:40] for one in request.POST.getlist("delivery")[:1_000]]
        count = deliveries.replay(actor=actor, public_id=public_id, deliveries=chosen, now=now)
    said = ngettext("%(n)d message is sent once more.", "%(n)d messages are sent once more.", count)
    messages.success(request, said % {"n": count})
    return redirect("connect:webhook", public_id)


def _since(now: datetime) -> datetime:
    return now - deliveries.KEPT
