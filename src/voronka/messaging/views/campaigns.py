"""Campaigns: the list, what a draft would come to, the run with its bar; their results stand beside."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.framing import framed
from voronka.kit.pieces import Stat, Tab
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.messaging.models import Campaign
from voronka.messaging.permissions import EDIT_CAMPAIGNS, RUN_CAMPAIGNS, SEE_CAMPAIGNS
from voronka.messaging.queries import campaign_words as words
from voronka.messaging.queries import campaigns as queries
from voronka.messaging.queries.words import (
    channel_words,
    refusal_words,
    state_words,
    waiting_words,
)
from voronka.messaging.rules.campaigns import ENDED
from voronka.messaging.services import campaigns as services
from voronka.messaging.services.blocks import looked_at
from voronka.messaging.services.campaigns.drafting import CHANNELS
from voronka.messaging.views.campaign_drafts import number_of
from voronka.messaging.views.campaign_results import result_tables
from voronka.people import queries as people
from voronka.people.queries import asked

LOOKS: Mapping[str, tuple[str, ...]] = {
    "": (), "draft": ("draft",), "live": ("scheduled", "asks", "running", "paused"), "ended": ENDED,
}  # fmt: skip


# --- The list ------------------------------------------------------------------------------------------------------


@require_GET
@signed_in
def campaign_list(request: HttpRequest) -> HttpResponse:
    """List the campaigns, newest first."""
    actor, now = actor_of(request), datetime.now(UTC)
    actor.require(SEE_CAMPAIGNS)
    look = request.GET.get("look", "")
    look = look if look in LOOKS else ""
    channel = request.GET.get("channel", "")
    channel = channel if channel in CHANNELS else ""
    after = request.GET.get("after", "")
    before = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    rows = queries.list_campaigns(actor, states=LOOKS[look], channel=channel, before=before, limit=queries.PAGE + 1)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    counts = queries.count_open([one.pk for one in rows])
    gains = queries.count_gains([one.pk for one in rows])
    titles = words.looks()
    address = reverse("messaging:campaigns")
    context = {
        "rows": [_line(actor, one, counts.get(one.pk, (0, 0)), gains.get(one.pk, {}), now) for one in rows],
        "tabs": [Tab(titles[one], f"{address}?look={one}&channel={channel}", active=one == look) for one in LOOKS],
        "channels": [
            Tab(
                channel_words(one) if one else _("all channels"),
                f"{address}?look={look}&channel={one}",
                active=one == channel,
            )
            for one in ("", *CHANNELS)
        ],
        "next": f"{address}?look={look}&channel={channel}&after={rows[-1].pk}" if more else "",
        "may_edit": actor.may(EDIT_CAMPAIGNS),
    }
    return render(request, "messaging/campaigns/list.html", context)


def _line(
    actor: Actor, row: Campaign, counts: tuple[int, int], gains: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    frozen, open_ = counts
    at = row.ended_at or row.started_at or (row.starts_at if row.state == "scheduled" else None)
    return {
        "row": row,
        "channel": channel_words(row.channel),
        "state": words.state(row.state),
        "tone": words.TONES.get(row.state, ""),
        "at": wording.moment(at, actor.zone.key, now, actor.language) if at else "",
        "done": frozen - open_,
        "total": max(frozen, row.total),
        "orders": gains.get("orders", 0),
        "money": words.money(gains.get("money", {}), actor),
    }


# --- One campaign --------------------------------------------------------------------------------------------------


@require_GET
@signed_in
def campaign(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a campaign as it stands: the draft with a look at it on a client (`?look=NUMBER`), the run, the results."""
    actor = actor_of(request)
    row = queries.get_campaign(actor, public_id)
    if "look" in request.GET:
        return _as_seen(actor, row, request.GET.get("client", "")[:12], number_of(request.GET["look"]) or 0)
    return _page(request, actor, row)


def _as_seen(actor: Actor, row: Campaign, client: str, number: int) -> HttpResponse:
    """Give a variant drawn as this client would see it, for a frame of ours; 404 where it has no drawn letter."""
    found = services.preview(actor=actor, row=row, client_id=people.get_client(actor, client).pk)
    page = next((one.text.html for one in found if one.number == number and one.text is not None), "")
    if not page:
        raise Http404
    return framed(HttpResponse(looked_at(page, is_dark=False)))


def _page(request: HttpRequest, actor: Actor, row: Campaign, errors: Mapping[str, str] | None = None) -> HttpResponse:
    now = datetime.now(UTC)
    context = _frame(actor, row, now)
    if row.state in ("draft", "scheduled"):
        context |= _look(request, actor, row)
    if row.started_at is not None:
        context |= {"tables": result_tables(actor, row)}
    context["errors"] = errors or {}
    return render(request, "messaging/campaigns/page.html", context, status=422 if errors else 200)


def _frame(actor: Actor, row: Campaign, now: datetime) -> dict[str, Any]:
    """Return what every part of the page says: the settings in words, what may be done, how far it is."""
    variants = queries.variants_of(row)
    context: dict[str, Any] = {
        "row": row,
        "state": words.state(row.state),
        "tone": words.TONES.get(row.state, ""),
        "channel": channel_words(row.channel),
        "facts": words.facts(row, variants, _list_name(actor, row), actor, now),
        "variants": variants,
        "may_edit": actor.may(EDIT_CAMPAIGNS),
        "may_run": actor.may(RUN_CAMPAIGNS),
        "asks": words.asks(row.asks_why) if row.state == "asks" else "",
    }
    if row.started_at is not None:
        found = queries.progress_of(row, now)
        minutes = found.left_minutes
        context |= {
            "progress": found,
            "left": words.left(row, minutes, actor),
            "ended": "ended" if row.state in ENDED else "",
            "counts": _counts(actor, queries.count_states([row.pk]).get(row.pk, {})),
        }
    return context


def _counts(actor: Actor, states: Mapping[str, int]) -> list[Stat]:
    named = [(state_words(one), states.get(one, 0)) for one in words.SHOWN_STATES]
    return [Stat(name, wording.number(count, actor.language)) for name, count in named if count]


def _list_name(actor: Actor, row: Campaign) -> str:
    if row.view:
        return next((name for code, name in asked.segments(actor) if code == row.view), _("a list of a colleague"))
    return _("a filter of the list of clients") if row.query else _("all clients")


def _look(request: HttpRequest, actor: Actor, row: Campaign) -> dict[str, Any]:
    """Return the texts on the asked client, or the clients to choose from."""
    given = request.POST if request.method == "POST" else request.GET
    query, chosen = given.get("q", "").strip()[:200], given.get("client", "")[:12]
    found = people.find_clients(actor, query, most=6) if query else []
    client: Any
    if chosen and not query:
        client = people.get_client(actor, chosen)
    else:
        client = (found[0] if len(found) == 1 else None) if query else _someone(actor, row)
    shown: dict[str, Any] = {"q": query, "client": client, "found": found if client is None else []}
    if client is None:
        return {"shown": shown | {"nobody": bool(query) and not found}}
    shown |= {
        "client": people.shown(actor, client),
        "previews": services.preview(actor=actor, row=row, client_id=client.pk),
        "address": _address_shown(actor, row, client.pk),
    }
    return {"shown": shown}


def _someone(actor: Actor, row: Campaign) -> Any:
    """Return whom a text is looked at on before anybody is asked for: the newest client who has an address."""
    kind = "email" if row.channel == "email" else "phone"
    return people.list_clients(actor).filter(contacts__kind=kind).order_by("-id").first()


def _address_shown(actor: Actor, row: Campaign, client_id: int) -> str:
    code = "client.email" if row.channel == "email" else "client.phone"
    if not actor.sees(code):
        return "…"
    return (people.main_email(client_id) if row.channel == "email" else people.main_phone(client_id)) or ""


@require_http_methods(["GET", "POST"])
@signed_in
def campaign_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say how many would get it, how many would not and why, and what it costs; posted, have all of them judged."""
    actor, now = actor_of(request), datetime.now(UTC)
    row = queries.get_campaign(actor, public_id)
    if request.method == "POST":
        services.order_check(actor=actor, public_id=public_id, now=now)
        if not wants_fragment(request):
            return redirect("messaging:campaign", public_id)
    try:
        found = services.check(actor=actor, row=row, now=now)
    except Refusal as refusal:
        return render(request, "messaging/campaigns/_check.html", {"row": row, "why": refusal.message})
    names = people.client_rows([one for some in found.samples.values() for one in some])
    seen = set(people.list_clients(actor).filter(pk__in=list(names)).values_list("id", flat=True))
    kept = services.find_check(actor, row, now=now)
    context = {
        "row": row,
        "check": found,
        "at": wording.moment(found.at, actor.zone.key, now, actor.language) if found.at is not None else "",
        "going": kept if kept is not None and kept.ended_at is None else None,
        "broken": kept.words if kept is not None else "",
        "percent": 100 * kept.seen // max(kept.total, 1) if kept is not None else 0,
        "stats": _check_stats(actor, row, found),
        "refused": [
            (
                refusal_words(code),
                count,
                [
                    (names[one].public_id, people.name_shown(actor, names[one].name))
                    for one in found.samples.get(code, [])
                    if one in seen
                ],
            )
            for code, count in found.refused.most_common()
        ],
        "waits": [(waiting_words(code), count) for code, count in found.waits.most_common()],
        "missing": [(name, count) for name, count in sorted(found.missing.items())],
        "variants": sorted(found.by_variant.items()),
    }
    return render(request, "messaging/campaigns/_check.html", context)


def _check_stats(actor: Actor, row: Campaign, found: services.Check) -> list[Stat]:
    lang = actor.language
    stats = [
        Stat(_("In the list"), wording.number(found.total, lang)),
        Stat(_("Would get it"), wording.number(found.goes, lang), tone="gain"),
        Stat(_("Would not"), wording.number(sum(found.refused.values()), lang)),
    ]
    if row.channel == "sms":
        stats.append(Stat(_("Parts of SMS"), wording.number(found.parts, lang)))
        cost = wording.money(found.cost, "RUB", lang) if found.cost is not None else _("nobody said the price")
        stats.append(Stat(_("Costs"), cost))
    return stats


@require_POST
@signed_in
def campaign_test(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send a variant to oneself, as the chosen client would get it."""
    actor, now = actor_of(request), datetime.now(UTC)
    row = queries.get_campaign(actor, public_id)
    client = people.get_client(actor, request.POST.get("client", "")[:12])
    try:
        address = services.send_test(
            actor=actor, row=row, client_id=client.pk, now=now, number=number_of(request.POST.get("number", "")) or 1,
            phone=request.POST.get("phone", "")[:40],
        )  # fmt: skip
    except Invalid as refusal:
        return _page(request, actor, row, refusal.fields)
    messages.success(request, _("On its way to %(address)s") % {"address": address})
    return redirect(f"{reverse('messaging:campaign', args=[public_id])}?client={client.public_id}")


@require_POST
@signed_in
def campaign_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Start a campaign, pause it, go on, stop it, say whether it runs, copy it, throw it away."""
    actor, now, act = actor_of(request), datetime.now(UTC), request.POST.get("act", "")
    given: dict[str, Any] = {"actor": actor, "public_id": public_id, "now": now}
    verbs = {
        "start": services.start, "unschedule": services.unschedule, "pause": services.pause,
        "resume": services.resume, "stop": services.stop,
    }  # fmt: skip
    if act == "delete":
        services.delete_campaign(**given)
        messages.success(request, _("The campaign is deleted."))
        return redirect("messaging:campaigns")
    if act == "copy":
        copy = services.copy_campaign(**given)
        return redirect("messaging:campaign-edit", copy.public_id)
    if act in ("run", "drop"):
        services.answer(**given, run=act == "run")
    elif act in verbs:
        verbs[act](**given)
    else:
        raise Invalid(_("There is no such verb."))
    return redirect("messaging:campaign", public_id)


@require_GET
@signed_in
def campaign_progress(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer with the moving piece of the page alone."""
    actor, now = actor_of(request), datetime.now(UTC)
    row = queries.get_campaign(actor, public_id)
    answer = render(request, "messaging/campaigns/_progress.html", _frame(actor, row, now))
    if row.state not in ("running", "paused"):  # the whole page is another one now
        answer["HX-Refresh"] = "true"
    return answer
