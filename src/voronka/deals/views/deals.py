"""The list of deals, and a new deal by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from voronka.deals.forms import AfterImportForm, NewDealForm, take, typed
from voronka.deals.models import Deal
from voronka.deals.permissions import ASSIGN, EDIT_BUTTONS, OPEN_DEALS
from voronka.deals.queries import lists
from voronka.deals.queries.asked import asked_of, query_of, word
from voronka.deals.queries.shown import shown
from voronka.deals.rules.edits import clean_line
from voronka.deals.services import after_import
from voronka.deals.services.by_hand import open_by_hand
from voronka.deals.services.own_words import Names, own_words
from voronka.deals.services.required import custom_ask
from voronka.deals.views.filters import address_of, filter_context, require_list, settled
from voronka.deals.views.goods_pieces import goods_words
from voronka.deals.views.own_values import Column, names_in, own_columns
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Denied
from voronka.kit.facets import Facet, facets_of
from voronka.kit.listfile import file_links
from voronka.kit.screens import actor_of, place, place_for, signed_in, wants_fragment
from voronka.people import queries as people


@require_GET
@signed_in
def deal_list(request: HttpRequest) -> HttpResponse:
    """List the deals that the actor may see, by the filters of the address."""
    actor = actor_of(request)
    require_list(actor)
    now, asked, known = datetime.now(UTC), asked_of(request.GET), facets_of("deal", actor)
    here = "deals:deal-list"
    if address := settled(request, asked, known, here):
        return redirect(address)
    found = lists.search_deals(actor, asked, now=now, known=known)
    page = _page(request, asked, found, known)
    totals = lists.totals_of(found.rows, actor)
    deals, offered = [shown(actor, one) for one in page.rows], own_columns(known)
    columns = [one for one in offered if one.code in asked.columns]
    names = names_in(deals, columns)
    context = {
        **filter_context(request, actor, asked, known, view="list", problems=found.problems),
        "rows": [row_piece(one, actor, now) | {"own": cells(one, columns, actor, names)} for one in deals],
        "heads": [(one, *_sorting(one, asked, known)) for one in columns],
        "own_columns": [(one.code, one.name, one in columns) for one in offered],
        "problems": found.problems,
        "total": total_words(totals, actor),
        "before": _back(here, request, asked, page, known),
        "after": address_of(here, asked, after=page.after) if page.after else "",
        "is_new": not page.rows and asked.is_plain() and not lists.any_deal(),
        "exports": file_links(actor, "deals:deal-export", query_of(asked)),
        "import_url": place_for(actor, "people:imports"),
        "pipelines_url": reverse("deals:pipelines") if actor.may(EDIT_BUTTONS) else "",
    }
    return render(request, "deals/deal_list.html", context, status=422 if found.problems else 200)


def _page(request: HttpRequest, asked: lists.Asked, found: lists.Found, known: Mapping[str, Facet]) -> lists.Page:
    """Return the page that the address asks for; in the order of an own field one goes on, or begins anew."""
    order = lists.order_of(asked, known)
    if order is None:
        return lists.page_of(found.rows, after=word(request.GET, "after"), before=word(request.GET, "before"))
    rows, after = lists.sorted_page(found.rows, order, request.GET.get("after", "")[:4_000])
    return lists.Page(rows, None, after or None)


def _back(here: str, request: HttpRequest, asked: lists.Asked, page: lists.Page, known: Mapping[str, Facet]) -> str:
    """Return the address of the page before; in the order of an own field of the first one."""
    if lists.order_of(asked, known) is not None:
        return address_of(here, asked) if word(request.GET, "after") else ""
    return address_of(here, asked, before=page.before) if page.before else ""


def _sorting(column: Column, asked: lists.Asked, known: Mapping[str, Facet]) -> tuple[str, str]:
    """Return the address that sorts by a column or turns its order, empty where none does, and how it is sorted now."""
    if lists.order_of(replace(asked, sort=column.code), known) is None:
        return "", ""
    now = {column.code: "ascending", f"-{column.code}": "descending"}.get(asked.sort, "")
    turned = f"-{column.code}" if now == "ascending" else column.code
    return address_of("deals:deal-list", replace(asked, sort=turned)), now


def total_words(totals: lists.Totals, actor: Actor) -> str:
    """Say how many deals were found and for how much."""
    number = wording.number(totals.count, actor.language)
    if totals.is_more:
        return _("more than %(n)s deals") % {"n": number}
    words = ngettext("%(n)s deal", "%(n)s deals", totals.count) % {"n": number}
    sums = ", ".join(wording.money(total, currency, actor.language) for currency, total in totals.sums)
    return _("%(count)s for %(sums)s") % {"count": words, "sums": sums} if sums else words


def cells(deal: Deal, columns: Sequence[Column], actor: Actor, names: Names) -> list[tuple[Column, str]]:
    """Return what stands in the columns of own fields."""
    return [(one, own_words(one.held(deal), one.kind, deal.currency, actor, names)) for one in columns]


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
        "goods": goods_words(deal.goods_count),
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
        query = word(request.GET, "q")
        found = people.find_clients(actor, query, most=20) if query else []
        context = {"q": query, "found": found, "new_client_url": place("people:client-new")}
        return render(request, "deals/deal_new_who.html", context)
    client = people.get_client(actor, public_id)
    asks = [ask for ask in map(custom_ask, people.fields_open(actor, subject="deal")) if ask is not None]
    form = NewDealForm.of(typed(request), may_assign=actor.may(ASSIGN), may_sum=actor.writes("deal.sum"), asks=asks)
    like = clean_line((request.POST if request.method == "POST" else request.GET).get("like", "")[:40])
    made: list[Deal] = []

    def add() -> None:
        made.append(open_by_hand(actor=actor, client=public_id, now=datetime.now(UTC), like=like, **form.values()))

    if request.method == "POST" and take(form, add):
        return redirect("deals:deal-detail", made[0].public_id)
    others = Deal.objects.select_related("pipeline", "stage").filter(client=client, state="open").order_by("-id")[:5]
    page: dict[str, object] = {"client": client, "form": form, "others": others, "like": like}
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
