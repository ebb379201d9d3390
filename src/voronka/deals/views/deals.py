"""The list of deals, and a new deal by hand."""

from dataclasses import fields
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from voronka.accounts import queries as accounts
from voronka.deals.forms import AfterImportForm, NewDealForm, take, typed
from voronka.deals.models import Deal
from voronka.deals.permissions import ASSIGN, EDIT_BUTTONS, OPEN_DEALS, SEE_DEALS
from voronka.deals.queries import lists
from voronka.deals.queries.pipelines import list_pipelines, list_stages
from voronka.deals.queries.shown import shown
from voronka.deals.rules.edits import clean_line
from voronka.deals.services import after_import
from voronka.deals.services.by_hand import open_by_hand
from voronka.kit import wording
from voronka.kit.actors import EXPORT, Actor, Reach
from voronka.kit.errors import Denied
from voronka.kit.screens import actor_of, place, place_for, signed_in, wants_fragment
from voronka.people import queries as people


@require_GET
@signed_in
def deal_list(request: HttpRequest) -> HttpResponse:
    """List the deals that the actor may see, by the filters of the address."""
    actor = actor_of(request)
    if actor.reach(SEE_DEALS) is Reach.NONE:
        actor.require(SEE_DEALS)
    now = datetime.now(UTC)
    asked = asked_of(request)
    found = lists.find_deals(actor, asked)
    page = lists.page_of(found, after=_word(request, "after"), before=_word(request, "before"))
    context = {
        "asked": asked,
        "rows": [row_piece(one, actor, now) for one in page.rows],
        "total": total_words(lists.totals_of(found, actor), actor),
        "before": _address(asked, before=page.before) if page.before else "",
        "after": _address(asked, after=page.after) if page.after else "",
        "choices": _choices(actor, asked),
        "tags": lists.list_tags(found, actor) if page.rows else [],
        "is_new": not page.rows and asked.is_plain() and not lists.any_deal(),
        "may_open": actor.may(OPEN_DEALS),
        "exports": _exports(actor, asked),
        "import_url": place_for(actor, "people:imports"),
        "pipelines_url": reverse("deals:pipelines") if actor.may(EDIT_BUTTONS) else "",
        "plain_url": reverse("deals:deal-list"),
    }
    return render(request, "deals/deal_list.html", context)


def asked_of(request: HttpRequest) -> lists.Asked:
    """Return what an address of the list asks for."""
    return lists.Asked(**{one.name: _word(request, one.name, str(one.default)) for one in fields(lists.Asked)})


def _word(request: HttpRequest, name: str, default: str = "") -> str:
    return clean_line(request.GET.get(name, default)[:200])


def _address(asked: lists.Asked, **more: str) -> str:
    query = {one.name: getattr(asked, one.name) for one in fields(asked) if getattr(asked, one.name) != one.default}
    return f"{reverse('deals:deal-list')}?{urlencode(query | more)}"


def _exports(actor: Actor, asked: lists.Asked) -> list[tuple[str, str]]:
    """Return the ways to take the list out as a file, none without the right."""
    query = _address(asked).partition("?")[2]
    formats = ("xlsx", "csv") if actor.may(EXPORT) else ()
    return [(code.upper(), f"{reverse('deals:deal-export', args=[code])}?{query}") for code in formats]


def _choices(actor: Actor, asked: lists.Asked) -> dict[str, list[tuple[str, str]]]:
    """Return what each filter offers; stages only of the chosen pipeline."""
    pipelines = list_pipelines(active=False)
    chosen = next((one for one in pipelines if one.public_id == asked.pipeline), None)
    people_of = [("me", _("mine")), ("pool", _("common pool"))]
    if actor.reach(SEE_DEALS) is not Reach.OWN:
        people_of += [(one.public_id, one.name) for one in accounts.list_employees()]
    return {
        "pipeline": [(one.public_id, one.name) for one in pipelines],
        "stage": [(one.public_id, one.name) for one in list_stages(chosen.pk)] if chosen else [],
        "state": [
            ("open", pgettext("deals", "open")),
            ("won", _("won")),
            ("lost", _("lost")),
            ("archived", _("in the archive")),
            ("all", pgettext("deals", "all")),
        ],
        "responsible": people_of,
    }


def total_words(totals: lists.Totals, actor: Actor) -> str:
    """Say how many deals were found and for how much."""
    number = wording.number(totals.count, actor.language)
    if totals.is_more:
        return _("more than %(n)s deals") % {"n": number}
    words = ngettext("%(n)s deal", "%(n)s deals", totals.count) % {"n": number}
    sums = ", ".join(wording.money(total, currency, actor.language) for currency, total in totals.sums)
    return _("%(count)s for %(sums)s") % {"count": words, "sums": sums} if sums else words


def row_piece(deal: Deal, actor: Actor, now: datetime) -> dict[str, object]:
    """Return one row of the list."""
    deal = shown(actor, deal)
    days = max(0, (now - deal.stage_since).days)
    task = deal.open_task
    return {
        "url": reverse("deals:deal-detail", args=[deal.public_id]),
        "client": deal.client.name,
        "vip": deal.client.is_vip,
        "title": deal.title,
        "pipeline": deal.pipeline.name,
        "stage": deal.stage.name,
        "sum": deal.sum,
        "currency": deal.currency,
        "responsible": deal.responsible.name if deal.responsible is not None else "",
        "state": deal.state,
        "reason": deal.loss_reason.name if deal.loss_reason is not None else "",
        "next": task.title if task is not None else "",
        "at": wording.moment(task.ready_at, actor.zone.key, now, actor.language) if task is not None else "",
        "is_late": task is not None and task.ready_at < now,
        "closed": wording.moment(deal.closed_at, actor.zone.key, now, actor.language) if deal.closed_at else "",
        "days": days,
        "norm": deal.stage.norm_days or 0,
        "age": ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else _("less than a day"),
        "tags": deal.tags,
    }


@require_http_methods(["GET", "POST"])
@signed_in
def deal_new(request: HttpRequest) -> HttpResponse:
    """Open a deal by hand: first for whom, then which."""
    actor = actor_of(request)
    actor.require(OPEN_DEALS)
    public_id = clean_line((request.POST if request.method == "POST" else request.GET).get("client", "")[:40])
    if not public_id:
        if request.method == "POST":
            raise Denied(_("Choose the client first."))
        query = _word(request, "q")
        found = people.find_clients(actor, query, most=20) if query else []
        context = {"q": query, "found": found, "new_client_url": place("people:client-new")}
        return render(request, "deals/deal_new_who.html", context)
    client = people.get_client(actor, public_id)
    form = NewDealForm.of(typed(request), may_assign=actor.may(ASSIGN), may_sum=actor.writes("deal.sum"))
    made: list[Deal] = []

    def add() -> None:
        made.append(open_by_hand(actor=actor, client=public_id, now=datetime.now(UTC), **form.cleaned_data))

    if request.method == "POST" and take(form, add):
        return redirect("deals:deal-detail", made[0].public_id)
    others = Deal.objects.select_related("pipeline", "stage").filter(client=client, state="open").order_by("-id")[:5]
    page: dict[str, object] = {"client": client, "form": form, "others": others}
    return render(request, "deals/deal_new.html", page, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@signed_in
def import_offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer to put the clients of an import into a pipeline; a block on the import's page."""
    actor = actor_of(request)
    offer = after_import.get_offer(actor, public_id)
    form = AfterImportForm.of(typed(request), may_assign=actor.may(ASSIGN))

    def start() -> None:
        after_import.plan(actor=actor, run=public_id, **form.cleaned_data)

    is_taken = request.method == "POST" and take(form, start)
    context = {"offer": offer, "form": form, "is_taken": is_taken, "run": public_id}
    template = "deals/import_offer.html" if wants_fragment(request) else "deals/import_offer_page.html"
    return render(request, template, context, status=422 if form.is_bound and not is_taken else 200)
