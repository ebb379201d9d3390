"""The inbox: what came and is no deal yet, one key each: accept, attach, spam."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from voronka.deals.queries.inbox import Likely, find_clients, likely_clients
from voronka.deals.services import inbox as services
from voronka.deals.views.inbox_pieces import lead_piece, likely_rows, list_piece
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.listfile import file_links
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.people import queries as people
from voronka.people import services as leads

TABS = ("waiting", "spam", "accepted", "attached")


@require_GET
@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what waits, the oldest first, and one of it whole; `tab` shows the sorted, `lead` picks one."""
    actor = actor_of(request)
    tab = request.GET.get("tab", "waiting")
    context = _context(
        actor, tab if tab in TABS else "waiting", request.GET.get("lead", ""), request.GET.get("after", "")
    )
    return render(request, "deals/inbox.html", context)


def _context(actor: Actor, tab: str, picked: str, after: str = "") -> dict[str, object]:
    now, count = datetime.now(UTC), people.count_waiting_leads(actor)
    rows, is_more = people.list_leads(actor, state=tab, after=after)
    ids = [one.public_id for one in rows]
    # A sorted lead gives its place to the next one; an address may name one that is on no page.
    chosen = next((one for one in rows if one.public_id == picked), None)
    at = ids.index(chosen.public_id) if chosen is not None else 0
    if chosen is None and picked and not after:
        try:
            chosen = people.find_lead(actor, picked)
        except NotFound:
            chosen = None
        if chosen is not None and chosen.state != tab:
            chosen = None
    if chosen is None and rows:
        chosen = rows[0]
    likely = likely_clients(actor, chosen.public_id) if chosen is not None and tab == "waiting" else []
    return {
        "tab": tab,
        "is_picked": bool(picked and chosen is not None),
        "tabs": _tabs(tab, count),
        "rows": list_piece(rows, actor, now, chosen.public_id if chosen is not None else ""),
        "more_url": f"?tab={tab}&after={ids[-1]}" if is_more else "",
        "lead": lead_piece(chosen, actor, now) if chosen is not None else None,
        "likely": likely_rows(likely, actor),
        "before_url": f"?tab={tab}&lead={ids[at - 1]}" if at > 0 else "",
        "after_url": f"?tab={tab}&lead={ids[at + 1]}" if at + 1 < len(ids) else "",
        "next_id": _next_of(ids, at),
        "count": count,
        "files": file_links(actor, "deals:inbox-export", f"tab={tab}"),
    }


def _next_of(ids: Sequence[str], at: int) -> str:
    """Return whose turn it is once the lead at this place has been sorted."""
    if at + 1 < len(ids):
        return ids[at + 1]
    return ids[at - 1] if at > 0 else ""


def tab_names() -> dict[str, str]:
    """Return the names of the tabs by code."""
    return {"waiting": _("Waiting"), "accepted": _("Accepted"), "attached": _("Attached"), "spam": _("Spam")}


def _tabs(tab: str, count: int) -> list[tuple[str, str, int, bool]]:
    return [
        (name, f"?tab={code}", count if code == "waiting" else 0, code == tab) for code, name in tab_names().items()
    ]


@require_POST
@signed_in
def accept(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make the request a deal and go on to the next one."""
    return _sorted(request, lambda actor, now: services.accept(actor=actor, public_id=public_id, now=now))


@require_POST
@signed_in
def attach(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the request to a client and his deal, and go on to the next one."""
    client = request.POST.get("client", "")
    return _sorted(
        request, lambda actor, now: services.attach(actor=actor, public_id=public_id, client=client, now=now)
    )


def _sorted(request: HttpRequest, act: Callable[[Actor, datetime], services.Sorted]) -> HttpResponse:
    actor = actor_of(request)
    try:
        done = act(actor, datetime.now(UTC))
    except Conflict as refusal:
        return _answer(request, actor, {"what": refusal.message, "kind": "late", "icon": "alert-circle"})
    what = _("%(name)s: accepted") % {"name": done.client_name}
    more = _("A deal is open.") if done.is_new_deal else _("He has an open deal: his call is due now.")
    undo = reverse("deals:inbox-back", args=[done.lead_id])
    if done.was_repeated:
        more = _("%(name)s was quicker.") % {"name": done.by} if done.by else _("This was done already.")
        undo = ""
    deal = reverse("deals:deal-detail", args=[done.deal_public_id]) if done.deal_public_id else ""
    return _answer(request, actor, {"what": what, "more": more, "icon": "check", "undo": undo, "url": deal})


def _answer(request: HttpRequest, actor: Actor, toast: Mapping[str, object], tab: str = "waiting") -> HttpResponse:
    """Return the inbox with the next request picked, and the toast."""
    picked = request.POST.get("next", "")[:20]
    if not wants_fragment(request):
        return HttpResponseRedirect(f"{reverse('deals:inbox')}?tab={tab}&lead={picked}")
    context = _context(actor, tab, picked)
    response = render(request, "deals/inbox_sorted.html", {**context, "toast": toast})
    response.headers["HX-Push-Url"] = f"{reverse('deals:inbox')}?tab={tab}"
    return response


def _ids(request: HttpRequest) -> list[str]:
    return [str(one)[:20] for one in request.POST.getlist("lead")]


@require_POST
@signed_in
def bulk_spam(request: HttpRequest) -> HttpResponse:
    """Reject one or many as spam; `block` blocks their senders too."""
    actor = actor_of(request)
    block = request.POST.get("block") == "1"
    done = leads.reject(actor=actor, public_ids=_ids(request), now=datetime.now(UTC), block=block)
    what = ngettext("%(n)s request rejected as spam", "%(n)s requests rejected as spam", len(done)) % {"n": len(done)}
    more = _("The sender is blocked: nothing comes from him any more.") if block else ""
    toast: dict[str, object] = {"what": what, "more": more, "icon": "trash"}
    if done:
        toast |= {"undo": reverse("deals:inbox-bulk-unspam"), "hidden": {"ids": ",".join(done)}}
    return _answer(request, actor, toast)


@require_POST
@signed_in
def bulk_unspam(request: HttpRequest) -> HttpResponse:
    """Let requests wait again that were rejected as spam."""
    actor = actor_of(request)
    ids = [one for one in request.POST.get("ids", "").split(",") if one.isalnum()] or _ids(request)
    count = leads.unreject(actor=actor, public_ids=ids, now=datetime.now(UTC))
    what = ngettext("%(n)s request waits again", "%(n)s requests wait again", count) % {"n": count}
    return _answer(request, actor, {"what": what, "icon": "arrow-back-up"})


@require_POST
@signed_in
def back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let a sorted request wait again."""
    actor = actor_of(request)
    try:
        services.take_back(actor=actor, public_id=public_id, now=datetime.now(UTC))
    except Conflict as refusal:
        return _answer(request, actor, {"what": refusal.message, "kind": "late", "icon": "alert-circle"})
    toast = {"what": _("The request waits again"), "icon": "arrow-back-up"}
    if not wants_fragment(request):
        return HttpResponseRedirect(f"{reverse('deals:inbox')}?lead={public_id}")
    context = _context(actor, "waiting", public_id)
    return render(request, "deals/inbox_sorted.html", {**context, "toast": toast})


@require_GET
@signed_in
def find(request: HttpRequest, public_id: str) -> HttpResponse:
    """Find clients to attach a request to, by a part of the name or the end of the phone."""
    actor = actor_of(request)
    lead = people.find_lead(actor, public_id)
    text = request.GET.get("q", "").strip()
    found: Sequence[Likely] = find_clients(actor, text) if len(text) > 1 else []
    context = {
        "lead": lead_piece(lead, actor, datetime.now(UTC)),
        "found": likely_rows(found, actor),
        "asked": text,
        "next_id": request.GET.get("next", "")[:20],
    }
    page = "deals/inbox_found.html" if wants_fragment(request) else "deals/inbox_find.html"
    return render(request, page, context)
