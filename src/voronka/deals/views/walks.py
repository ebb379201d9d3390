"""Power mode: a list is called through to its end, and at the end a page says what came of it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.deals.models import Walk, WalkItem
from voronka.deals.permissions import OPEN_DEALS
from voronka.deals.queries import desk as desks
from voronka.deals.queries import walks
from voronka.deals.queries.asked import asked_of, word
from voronka.deals.queries.pipelines import list_pipelines
from voronka.deals.services import walking
from voronka.deals.views.desk import Looker, desk_context, taken_of
from voronka.deals.views.filters import query_words
from voronka.deals.views.toasts import last_toast
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.facets import facets_of, split_name
from voronka.kit.making import condition_words
from voronka.kit.screens import actor_of, place, signed_in
from voronka.people import queries as people
from voronka.people.queries import asked as client_asks
from voronka.people.queries import lists as client_lists
from voronka.work import queries as queue


@require_GET
@signed_in
def walk_list(request: HttpRequest) -> HttpResponse:
    """Show the lists that are being called through: one's own and the shared ones."""
    actor = actor_of(request)
    walking.require_walker(actor)
    now = datetime.now(UTC)
    found = walks.list_walks(actor)
    progress = walks.progress_of(found)
    rows = [
        {
            "walk": one,
            "progress": progress[one.pk],
            "is_mine": one.author_id == actor.employee_id,
            "at": wording.moment(one.started_at, actor.zone.key, now, actor.language),
        }
        for one in found
    ]
    return render(request, "deals/walk_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@signed_in
def walk_new(request: HttpRequest) -> HttpResponse:
    """Ask how the list is to be called through, then begin: what the address finds now is kept."""
    actor = actor_of(request)
    walking.require_walker(actor)
    now = datetime.now(UTC)
    values = request.POST if request.method == "POST" else request.GET
    subject = "client" if word(values, "of") == "client" else "deal"
    query = str(values.get("query", ""))[:2000].replace("\0", "")
    name, ids, why = _listed(actor, subject, query, now)
    if request.method == "POST":
        walk = walking.start(
            actor=actor, subject=subject, ids=ids, name=word(values, "name") or name, query=query,
            is_shared=values.get("shared") == "1", now=now,
        )  # fmt: skip
        return HttpResponseRedirect(reverse("deals:walk-next", args=[walk.public_id]))
    context = {
        "subject": subject,
        "query": query,
        "name": word(values, "name") or name,
        "count": len(ids),
        "why": why,
        "most": walking.MOST,
        "is_over": len(ids) > walking.MOST,
        "back": _list_url(subject, query),
    }
    return render(request, "deals/walk_new.html", context)


def _list_url(subject: str, query: str) -> str:
    address = place("people:client-list") if subject == "client" else reverse("deals:deal-list")
    return f"{address}?{query}" if query else address


def _listed(actor: Actor, subject: str, query: str, now: datetime) -> tuple[str, list[int], str]:
    """Return the filter of an address in words and the ids it finds, one more than may be walked at most.

    The third is what to tell where a condition makes no sense any more: then nobody is found.
    """
    try:
        given = QueryDict(query)
        ids, problems = walks.list_found(actor, subject, query, now=now, most=walking.MOST + 1)
    except ValueError as error:  # thousands of fields
        raise Invalid(_("The address of the list is spoilt: open the list again.")) from error
    if subject == "client":
        return _client_words(client_asks.ask_of(given), actor), ids, _lost_words(problems)
    words = query_words(asked_of(given.dict()), facets_of("deal", actor), actor)
    return ", ".join(words), ids, _lost_words(problems)


def _lost_words(problems: Mapping[str, str]) -> str:
    if not problems:
        return ""
    return _("A condition of this list is out of date. Open the list: its words say which, and the others stay.")


def _client_words(ask: client_lists.Ask, actor: Actor) -> str:
    known = facets_of("client", actor)
    said = [_("Search: %(text)s") % {"text": ask.text}] if ask.text else []
    for name, text in ask.filters.items():
        code, how = split_name(name)
        facet = known.get(code)
        said.append(f"{facet.name if facet is not None else code}: {condition_words(facet, how, text)}")
    return ", ".join(said) or _("All clients")


@require_GET
@signed_in
def walk_next(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the next client of the list and show his desk; the page of the end when nobody is left for now."""
    look = Looker(actor_of(request), datetime.now(UTC))
    step = walking.take(actor=look.actor, walk_id=public_id, now=look.now)
    walk = walks.get_walk(look.actor, public_id)
    if step is None:
        return _report(request, walk, look)
    bar = _bar(walk, step.item)
    if step.deal is None:
        client = people.get_client(look.actor, step.item.client.public_id)
        context = {
            "walk": bar,
            "client": client,
            "number": people.main_phone(client.pk, look.actor) or "",
            "pipelines": [(one.public_id, one.name) for one in list_pipelines()],
            "may_open": look.actor.may(OPEN_DEALS),
            "card_url": place("people:client-detail", client.public_id),
            "open_url": reverse("deals:walk-open", args=[public_id, step.item.position]),
        }
        return render(request, "deals/walk_client.html", context)
    deal = desks.get_deal(look.actor, step.deal.public_id)
    context = desk_context(deal, look, taken=taken_of(deal))
    return render(request, "deals/workplace.html", {**context, "toast": last_toast(request, look), "walk": bar})


@require_GET
@signed_in
def walk_ahead(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show who would come next in the list, for the page to keep: a press then draws him at once."""
    look = Looker(actor_of(request), datetime.now(UTC))
    step = walking.look_ahead(actor=look.actor, walk_id=public_id, now=look.now)
    if step is None or step.deal is None:
        return HttpResponse(status=204)
    deal = desks.get_deal(look.actor, step.deal.public_id)
    bar = _bar(walks.get_walk(look.actor, public_id), step.item, more=1)
    context = {**desk_context(deal, look, taken=taken_of(deal)), "walk": bar, "lease": False, "is_ahead": True}
    return render(request, "deals/workplace.html", context)


def _bar(walk: Walk, item: WalkItem, *, more: int = 0) -> dict[str, object]:
    """Return the line over the desk: which list, how far (`more` than is done now), what else may be done."""
    progress = walks.progress_of([walk])[walk.pk]
    return {
        "name": walk.name,
        "done": min(progress.done + more, progress.total),
        "total": progress.total,
        "url": reverse("deals:walk", args=[walk.public_id]),
        "next_url": reverse("deals:walk-next", args=[walk.public_id]),
        "ahead_url": reverse("deals:walk-ahead", args=[walk.public_id]),
        "skip_url": reverse("deals:walk-skip", args=[walk.public_id, item.position]),
    }


@require_GET
@signed_in
def walk_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show how far the list is and what came of it so far; from here one goes on."""
    look = Looker(actor_of(request), datetime.now(UTC))
    walking.require_walker(look.actor)
    return _report(request, walks.get_walk(look.actor, public_id), look, is_paused=True)


@require_POST
@signed_in
def walk_skip(request: HttpRequest, public_id: str, position: int) -> HttpResponse:
    """Pass the client in hand over, and go on."""
    walking.skip(actor=actor_of(request), walk_id=public_id, position=position)
    return HttpResponseRedirect(reverse("deals:walk-next", args=[public_id]))


@require_POST
@signed_in
def walk_open(request: HttpRequest, public_id: str, position: int) -> HttpResponse:
    """Open a deal for the client in hand, and show its desk."""
    walking.open_for(
        actor=actor_of(request), walk_id=public_id, position=position, pipeline=word(request.POST, "pipeline"),
        now=datetime.now(UTC),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("deals:walk-next", args=[public_id]))


@require_POST
@signed_in
def walk_stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """End the list before its end."""
    walking.stop(actor=actor_of(request), walk_id=public_id, now=datetime.now(UTC))
    return HttpResponseRedirect(reverse("deals:walk", args=[public_id]))


def _report(request: HttpRequest, walk: Walk, look: Looker, *, is_paused: bool = False) -> HttpResponse:
    """Show what came of the walk: outcomes, sums, whom it did not reach and why."""
    actor = look.actor
    progress = walks.progress_of([walk])[walk.pk]
    unreached = walks.list_unreached(walk, actor)
    outcomes = walks.outcomes_of(walk, actor)
    company = accounts.get_company_rules()
    context = {
        "walk": walk,
        "progress": progress,
        "title": _title(walk, progress, is_paused=is_paused),
        "lead": _lead(walk, progress, look),
        "outcomes": [
            {
                "label": one.label,
                "count": one.count,
                "share": round(one.count / max(1, progress.done) * 100),
                "sum": ", ".join(wording.money(total, currency, actor.language) for currency, total in one.sums),
            }
            for one in outcomes
        ],
        "unreached": [_unreached(one, company, look) for one in unreached],
        "rest": max(0, progress.total - progress.by_state.get("done", 0) - len(unreached)),
        "may_go_on": walk.ended_at is None and progress.left > 0,
        "may_stop": walk.ended_at is None and walk.author_id == actor.employee_id,
        "next_url": reverse("deals:walk-next", args=[walk.public_id]),
        "list_url": _list_url(walk.subject, walk.query),
        "toast": last_toast(request, look),
    }
    return render(request, "deals/walk_end.html", context)


def _title(walk: Walk, progress: walks.Progress, *, is_paused: bool) -> str:
    if walk.ended_at is None and progress.left:
        return _("The list waits for you") if is_paused else _("Nobody else may be called now")
    return _("The list is called through") if not progress.left else _("The list was ended")


def _lead(walk: Walk, progress: walks.Progress, look: Looker) -> str:
    """Return the state of the walk in a sentence or two."""
    reached = progress.by_state.get("done", 0)
    said = ngettext("%(n)s client called", "%(n)s clients called", reached) % {"n": reached}
    parts = [_("%(said)s of %(total)s.") % {"said": said, "total": progress.total}]
    if walk.ended_at is None and progress.left:
        parts.append(
            ngettext("%(n)s waits for a good hour.", "%(n)s wait for a good hour.", progress.left)
            % {"n": progress.left}
        )
    return " ".join(parts)


def _unreached(item: WalkItem, company: accounts.CompanyRules, look: Looker) -> dict[str, object]:
    """Return one who was not called, and why: in the words of the page."""
    client, actor = item.client, look.actor
    hours = queue.CallingHours.of_client(client, company)
    why = {
        "closed": _("the deal was closed or given away before his turn"),
        "skipped": _("passed over by hand"),
        "taken": _("in the hands of %(name)s") % {"name": item.employee.name if item.employee is not None else ""},
    }.get(item.state, "")
    if not why and not hours.is_open(look.now):
        at = wording.moment(hours.next_open(look.now), actor.zone.key, look.now, actor.language)
        why = _("not called at this hour: from %(time)s") % {"time": at}
    url = reverse("deals:deal-detail", args=[item.deal.public_id]) if item.deal is not None else ""
    return {"name": client.name, "why": why or _("his turn did not come"), "url": url}
