"""The palette: clients, deals, tasks, pages and actions by a few letters; without script, a page of its own."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.billing import queries as billing
from voronka.billing.services.names import kind_names
from voronka.catalogue import queries as catalogue
from voronka.deals.models import Deal
from voronka.deals.permissions import OPEN_DEALS
from voronka.deals.queries import desk as queries
from voronka.deals.queries.shown import shown
from voronka.deals.views import words
from voronka.kit import modules, wording
from voronka.kit.actors import Actor
from voronka.kit.help import find_topics
from voronka.kit.pieces import Found, FoundGroup
from voronka.kit.screens import actor_of, place, place_for, sections_for, signed_in, wants_fragment
from voronka.kit.settings_menu import settings_pages_for
from voronka.orders import queries as orders
from voronka.people import queries as people
from voronka.work import queries as work

if TYPE_CHECKING:
    from voronka.people.models import Client

MOST_CLIENTS = 6
MOST_DEALS = 5
MOST_TASKS = 5
MOST_GOODS = 5
MOST_PAPERS = 4
MOST_PAGES = 6
SHORTEST = 2  # letters by which tasks are looked for
QUERY_LIMIT = 100


@require_GET
@signed_in
def search(request: HttpRequest) -> HttpResponse:
    """Find by `q`: ">" asks for actions only, "+" for a phone number."""
    actor = actor_of(request)
    text = request.GET.get("q", "")[:QUERY_LIMIT].strip()
    groups = [group for group in find_groups(text, actor, now=datetime.now(UTC)) if group.rows]
    template = "deals/found.html" if wants_fragment(request) else "deals/search.html"
    return render(request, template, {"groups": groups, "text": text})


def find_groups(text: str, actor: Actor, *, now: datetime) -> list[FoundGroup]:
    """Return what the palette shows for a text: clients and their deals first, then pages, then actions."""
    if text.startswith(">"):
        wanted = text[1:].strip()
        return [_actions(wanted, "", actor), _pages(wanted, actor)]
    clients = people.find_clients(actor, text, most=MOST_CLIENTS) if text else []
    ids = [one.pk for one in clients]
    deals = list(
        Deal.objects.select_related("client", "stage", "pipeline")
        .filter(queries.visible(actor), client_id__in=ids, state=Deal.State.OPEN)
        .order_by("-id")[: MOST_DEALS * 4]
    )
    stages: dict[int, list[str]] = {}
    for deal in deals:
        stages.setdefault(deal.client_id, []).append(deal.stage.name)
    rows = []
    for client in clients:
        facts = [client.city, ", ".join(stages.get(client.pk, [])) or _("no open deals")]
        phone = people.main_phone(client.pk, actor)
        rows.append(
            Found(
                icon="building" if client.kind != "person" else "user",
                name_html=marked(client.name, text),
                url=place("people:client-detail", client.public_id) or _deal_of(client.pk, deals),
                facts_html=escape(" · ".join(fact for fact in facts if fact)),
                end=_("%(time)s client's time") % {"time": wording.clock(now, client.zone)},
                call_url=f"tel:{phone}" if phone else "",
            )
        )
    return [
        FoundGroup(_("Clients"), [row for row in rows if row.url]),
        FoundGroup(_("Deals"), [_deal(one, text, actor) for one in deals[:MOST_DEALS]]),
        _orders(text, actor),
        *_money(text, ids, actor),
        _goods(text, actor),
        _tasks(text, actor, now),
        _pages(text, actor),
        _actions(text, text, actor),
        _help(text, actor),
    ]


def _deal_of(client_id: int, deals: list[Deal]) -> str:
    deal = next((one for one in deals if one.client_id == client_id), None)
    return reverse("deals:deal-detail", args=[deal.public_id]) if deal is not None else ""


def _deal(deal: Deal, text: str, actor: Actor) -> Found:
    deal = shown(actor, deal)
    return Found(
        icon="layout-kanban",
        name_html=marked(deal.title or deal.pipeline.name, text),
        url=reverse("deals:deal-detail", args=[deal.public_id]),
        facts_html=format_html("{} · {}", marked(wording.short_name(deal.client.name), text), deal.stage.name),
        end=words.money_words(deal.sum, deal.currency, actor) if deal.sum is not None else "",
    )


def _orders(text: str, actor: Actor) -> FoundGroup:
    """Return the order of a number: "2718", "№ 2718"."""
    number = text.lstrip("№# ").strip()
    is_asked = number.isascii() and number.isdecimal() and len(number) < 8 and orders.may_see(actor)
    found = list(orders.list_orders(actor).filter(number=int(number))[:1]) if is_asked else []
    rows = [
        Found(
            icon="shopping-cart",
            name_html=marked(f"№ {one.number}", number),
            url=place_for(actor, "orders:order", one.public_id),
            facts_html=format_html("{} · {}", people.name_shown(actor, one.client.name), one.status.name),
            end=words.money_words(one.total, one.currency, actor),
        )
        for one in found
    ]
    return FoundGroup(_("Orders"), [row for row in rows if row.url])


def _money(text: str, client_ids: list[int], actor: Actor) -> list[FoundGroup]:
    """Return the documents and payments of a number, a sum, or of the clients that are found."""
    is_asked = len(text) >= SHORTEST and modules.is_on(actor, "money")
    papers, payments = billing.look_up(actor, text, client_ids, most=MOST_PAPERS) if is_asked else ([], [])
    kinds = kind_names() if papers else {}
    found = [
        Found(
            icon="file-invoice",
            name_html=marked(f"{kinds[one.kind]} № {one.number}" if one.number else kinds[one.kind], text),
            url=place_for(actor, "billing:document", one.public_id),
            facts_html=format_html("{} · {}", one.day.strftime("%d.%m.%Y"), _client_of(one.client, actor)),
            end=words.money_words(one.amount, one.currency, actor),
        )
        for one in papers
    ]
    money = [
        Found(
            icon="cash",
            name_html=marked(
                _client_of(one.client, actor) or people.name_shown(actor, one.name) or _("Payment"), text
            ),
            url=place_for(actor, "billing:payment", one.public_id),
            facts_html=format_html("{}{}", one.day.strftime("%d.%m.%Y"), f" · № {one.number}" if one.number else ""),
            end=words.money_words(one.amount if one.is_income else -one.amount, one.currency, actor),
        )
        for one in payments
    ]
    return [
        FoundGroup(_("Documents"), [row for row in found if row.url]),
        FoundGroup(_("Payments"), [row for row in money if row.url]),
    ]


def _client_of(client: "Client | None", actor: Actor) -> str:
    return people.name_shown(actor, client.name) if client is not None else ""


def _goods(text: str, actor: Actor) -> FoundGroup:
    """Return the goods that the text finds: by article, barcode or name, with what they cost."""
    is_asked = len(text) >= SHORTEST and catalogue.SEE_RIGHT in actor.rights and modules.is_on(actor, "catalogue")
    found = catalogue.find_variants(text, most=MOST_GOODS) if is_asked else []
    ids = [one.id for one in found]
    prices = catalogue.price_now(ids) if ids else {}
    products = catalogue.public_ids("product", [one.product_id for one in found]) if ids else {}
    rows = [
        Found(
            icon="package",
            name_html=marked(one.name, text),
            url=f"{reverse('catalogue:goods-detail', args=[products[one.product_id]])}#{one.public_id}",
            facts_html=marked(one.code, text),
            end=words.money_words(prices[one.id], "RUB", actor) if one.id in prices else "",
        )
        for one in found
    ]
    return FoundGroup(_("Goods"), rows)


def _tasks(text: str, actor: Actor, now: datetime) -> FoundGroup:
    """Return the open tasks whose words hold the text: who does each, and by when."""
    found = work.find_tasks(actor, text, most=MOST_TASKS) if len(text) >= SHORTEST else []
    rows = []
    for one in found:
        task, doer = one.task, one.task.employee
        mine = doer is None or doer.pk == actor.employee_id
        at = wording.moment(task.due_at, actor.zone.key, now, actor.language) if task.due_at is not None else ""
        is_late = task.due_at is not None and task.due_at < now
        rows.append(
            Found(
                icon="checklist",
                name_html=marked(task.title, text),
                url=reverse("work:task", args=[task.public_id]),
                facts_html=escape("" if mine else wording.short_name(doer.name)),
                end=_("overdue since %(time)s") % {"time": at} if is_late else at,
            )
        )
    return FoundGroup(_("Tasks"), rows)


def _pages(text: str, actor: Actor) -> FoundGroup:
    """Return the sections and settings whose names hold the text."""
    pages = [
        (str(one.title), str(one.url), "arrow-right", "")
        for one in sections_for(actor)
        if _holds(str(one.title), text)
    ]
    settings = [one for one in settings_pages_for(actor) if one.holds(text)]
    # Who types the name of a page wants that page: what only speaks of it comes after.
    settings.sort(key=lambda one: not _holds(str(one.title), text))
    pages += [(str(one.title), place(one.url_name), one.icon, str(one.about)) for one in settings]
    rows = [
        Found(icon=icon, name_html=marked(title, text), url=url, facts_html=escape(about))
        for title, url, icon, about in pages
        if url
    ]
    return FoundGroup(_("Pages"), rows[:MOST_PAGES])


def _help(text: str, actor: Actor) -> FoundGroup:
    """Return the texts of help that hold the words."""
    found = find_topics(text, actor.language) if len(text) > 2 else []
    return FoundGroup(
        _("Help"),
        [
            Found(
                "help-circle", marked(one.title, text), reverse("kit:help-topic", args=[one.code]), escape(one.lead)
            )
            for one in found
        ],
    )


def _actions(text: str, name: str, actor: Actor) -> FoundGroup:
    """Return what can be begun from here; a new client takes the text that found nobody as his name."""
    actions = [(_("Next client"), reverse("deals:workplace"), "player-skip-forward")]
    actions.append((_("Order of the queue"), reverse("deals:queue-order"), "list-numbers"))
    if actor.may(OPEN_DEALS):
        actions.append((_("New deal"), reverse("deals:deal-new"), "layout-kanban"))
    begun: Found | None = None
    new_task = place_for(actor, "work:task-new")
    if new_task and "work.set_tasks" in actor.rights:
        title = _("New task “%(name)s”") % {"name": name} if name else _("New task")
        if name or _holds(title, text):
            url = f"{new_task}?{urlencode({'title': name})}" if name else new_task
            begun = Found("checklist", escape(title), url)
    new_client = place("people:client-add")
    rows = [Found(icon, marked(title, text), url) for title, url, icon in actions if _holds(title, text)]
    if begun is not None:
        rows.insert(0, begun)
    if new_client:
        title = _("New client “%(name)s”") % {"name": name} if name else _("New client")
        if name or _holds(title, text):
            field = "phone" if name and not re.search(r"[^\d+()\s-]", name) else "name"
            url = f"{new_client}?{urlencode({field: name})}" if name else new_client
            rows.insert(0, Found("user-plus", escape(title), url))
    return FoundGroup(_("Actions"), rows)


def _holds(title: str, text: str) -> bool:
    return text.casefold() in title.casefold()


def marked(text: str, wanted: str) -> str:
    """Return the text as safe markup with the parts that were looked for in bold."""
    parts = [re.escape(part) for part in wanted.split()[:6] if part]
    if not parts:
        return escape(text)
    pieces = re.split(f"({'|'.join(parts)})", text, flags=re.IGNORECASE)
    # Every piece is escaped; the only markup is ours.
    return mark_safe("".join(f"<b>{escape(one)}</b>" if at % 2 else escape(one) for at, one in enumerate(pieces)))  # noqa: S308
