"""The list of orders, its figures, its file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from voronka.accounts import services as accounts
from voronka.accounts.queries.views import view_bar
from voronka.kit import facets, wording
from voronka.kit.actors import Actor
from voronka.kit.facets import Facet
from voronka.kit.list_address import FILTER
from voronka.kit.listfile import ListFile, file_links, handed_over
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.kit.tables.writers import Writable
from voronka.orders.models import Order
from voronka.orders.permissions import CHANGE, MAKE, RETURN, SEE, SHIP
from voronka.orders.queries import asked, lists
from voronka.orders.queries.letters import count_waiting, has_mail
from voronka.orders.services.words import CHANNEL_WORDS, CHIPS
from voronka.orders.views import asking
from voronka.orders.views.words import day_words, many, plain
from voronka.people import queries as people

FLOW_WIDTH = 1326
MOST_MARKS = 12


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A status on the way of orders: how wide it is drawn, where the late part of it begins."""

    name: str
    count: int
    late: int
    url: str
    width: int
    late_width: str
    late_from: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Cells:
    """What a row of the list says."""

    order: Order
    client: str
    where: str
    came: str
    goods: str
    chip: str
    promised: str
    days: int
    norm: int
    note: str
    tone: str
    left: Decimal
    share: int
    like: tuple[int, str] | None
    is_late: bool


def settled(request: HttpRequest, known: Mapping[str, Facet]) -> str:
    """Return the address that a filter just made leads to, empty where none is being made."""
    return asking.address(request).made(known)


def plain_list(
    request: HttpRequest, actor: Actor, ask: lists.Ask, known: Mapping[str, Facet], now: datetime
) -> HttpResponse:
    """Show orders row by row: search, filters and order all stand in the address."""
    address = asking.address(request)
    page = lists.read_page(actor, ask, now=now, size=asked.size_of(request.GET))
    context: dict[str, Any] = {
        "ask": ask,
        "page": page,
        "rows": [cells_of(row, actor, now) for row in page.rows],
        "query": address.query(after=""),
        "next_url": address.to(after=page.after) if page.after else "",
        "first_url": address.to(after="") if ask.after else "",
        "may_change": actor.may(CHANGE, owner_id=actor.employee_id),
        "may_make": actor.may(MAKE, owner_id=actor.employee_id),
        "heads": [address.sorting(code, ask.sort, first="descending") for code in ("number", "promised", "total")],
    }
    is_piece = wants_fragment(request)
    if not is_piece:
        context |= around(request, actor, ask, known, page.problems, now)
    template = "orders/_order_rows.html" if is_piece else "orders/order_list.html"
    response = render(request, template, context, status=422 if page.problems else 200)
    response.headers["Vary"] = "HX-Request"
    return response


def around(
    request: HttpRequest,
    actor: Actor,
    ask: lists.Ask,
    known: Mapping[str, Facet],
    problems: Mapping[str, str],
    now: datetime,
) -> dict[str, Any]:
    """Return what stands around the orders, however they are drawn: figures, the way of orders, lists, filters."""
    steps, figures = lists.steps_of(actor, ask, now=now), lists.figures_of(actor, now=now)
    is_asking = bool(ask.text.strip() or ask.filters)
    return {
        "flow": _flow(request, steps, ask),
        "looks": _looks(request),
        "count": sum(one.count for one in steps),
        "late": sum(one.late for one in steps),
        "total": sum((one.total for one in steps), Decimal(0)),
        "on_time": None if figures.on_time is None else round(figures.on_time * 100),
        "usual": asking.usual_lists(ask, figures.counts, asked.look_of(request.GET)),
        "is_asking": is_asking,
        "is_empty": not is_asking and not ask.after and not lists.asked_orders(actor, lists.Ask(filters={
            "state": "any"}), now)[0].exists(),
        "bar": view_bar(actor, lists.SUBJECT, asking.address(request).query(after=""), opened=request.GET.get(
            "view", "")[:20]),
        **asking.address(request).tools(ask.filters, known, problems),
        "files": file_links(actor, "orders:order-export", asking.address(request).query(after="")),
        "may_ship": actor.may(SHIP),
        "has_mail": has_mail(actor),
        "letters": count_waiting(actor),
        "may_return": actor.may(RETURN),
    }  # fmt: skip


def _looks(request: HttpRequest) -> list[tuple[str, str, str, bool]]:
    """Return the ways to look at the same orders: icon, name, address, whether it is this one."""
    now = asked.look_of(request.GET)
    named = [
        ("", "list", pgettext("look", "List")),
        ("days", "calendar-event", pgettext("look", "Days")),
        ("board", "layout-kanban", pgettext("look", "Board")),
    ]
    return [
        (icon, name, asking.address(request).to(look=code, after="", sort="" if code else request.GET.get("sort", "")),
         code == now)
        for code, icon, name in named
    ]  # fmt: skip


def _flow(request: HttpRequest, steps: Sequence[lists.Step], ask: lists.Ask) -> list[FlowStep]:
    """Return the statuses as they are drawn: each has room for its name, the rest is shared by counts."""
    whole = max(1, sum(one.count for one in steps))
    base = 96 if len(steps) < 10 else 72
    room = max(0, FLOW_WIDTH - base * len(steps))
    found = []
    for one in steps:
        width = base + round(room * one.count / whole)
        late = width * one.late / one.count if one.count else 0.0
        url = asking.address(request).to(**{f"{FILTER}status": one.status.code, "after": ""})
        is_on = ask.filters.get("status") == one.status.code
        found.append(
            FlowStep(one.status.name, one.count, one.late,
                     asking.address(request).to(**{f"{FILTER}status": "", "after": ""}) if is_on else url,
                     width, f"{late:.1f}", f"{width - late:.1f}", is_on)
        )  # fmt: skip
    return found


def cells_of(row: lists.Row, actor: Actor, now: datetime) -> Cells:
    """Return what a row of the list says."""
    order, client = row.order, row.order.client
    is_open = order.phase in lists.OPEN
    is_late = is_open and order.promised_at is not None and order.promised_at < now and not order.delivered_at
    days, norm = _age(order, now)
    note, tone = _note(row, actor, now, is_late=is_late)
    shift = wording.offset(now, client.zone, actor.zone.key, actor.language)
    where = ", ".join(filter(None, [client.city if actor.sees("client.city") else "", shift]))
    day = day_words(order.made_at, actor, now)
    at = order.made_at.astimezone(actor.zone)
    when = f"{at:%H:%M}" if at.date() == now.astimezone(actor.zone).date() else day
    return Cells(
        order=order, client=people.name_shown(actor, client.name), where=where,
        came=f"{when}, {CHANNEL_WORDS[order.channel]}", goods=goods_words(row, actor),
        chip=CHIPS.get(order.status.tone, ""), promised=day_words(order.promised_at, actor, now), days=days, norm=norm,
        note=note, tone=tone, left=max(Decimal(0), order.owed - order.paid),
        share=round(min(order.paid / order.owed, Decimal(1)) * 72) if order.owed > 0 else 72,
        like=row.like, is_late=is_late,
    )  # fmt: skip


def goods_words(row: lists.Row, actor: Actor) -> str:
    """Return the first lines of an order in words."""
    said = [name if quantity == 1 else f"{name}, {many(quantity, actor)}" for name, quantity in row.lines]
    if row.more:
        said.append(ngettext("%(n)d more", "%(n)d more", row.more) % {"n": row.more})
    return " · ".join(said)


def _age(order: Order, now: datetime) -> tuple[int, int]:
    """Return how many days an order is in work and how many it may be, on a scale short enough to be drawn."""
    until = order.closed_at or order.delivered_at or now
    days = max(0, (until.date() - order.made_at.date()).days)
    norm = max(1, (order.promised_at.date() - order.made_at.date()).days) if order.promised_at else 0
    longest = max(days, norm)
    if longest > MOST_MARKS:
        days, norm = round(days * MOST_MARKS / longest), max(1, round(norm * MOST_MARKS / longest)) if norm else 0
    return days, norm


def _note(row: lists.Row, actor: Actor, now: datetime, *, is_late: bool) -> tuple[str, str]:
    """Return what has to be known of the promise, and its tone."""
    order = row.order
    if is_late and order.promised_at is not None:
        late = (now.astimezone(actor.zone).date() - order.promised_at.astimezone(actor.zone).date()).days
        said = ngettext("late by %(n)d day", "late by %(n)d days", late) % {"n": late} if late else _("late today")
        return (f"{order.late_cause}: {said}" if order.late_cause else said), "late"
    if row.waits > 0:
        return _("short of %(n)s") % {"n": wording.number(plain(row.waits), actor.language)}, "heed"
    is_today = order.promised_at is not None and order.promised_at.date() == now.date()
    return (_("the last day"), "heed") if is_today and order.phase in ("new", "work") else ("", "")


@signed_in
@require_GET
def order_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give the list as a file, with the filters of its page. The right is its own, the act is logged."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE, owner_id=actor.employee_id)
    ask, known = asked.ask_of(request.GET), facets.facets_of(lists.SUBJECT, actor)

    def rows() -> Iterator[Sequence[Writable]]:
        for row in lists.walk_orders(actor, ask, now=now):
            yield _plain_row(row, actor)

    chips = asking.address(request).chips(ask.filters, known, {})
    searched = [_("Search: %(text)s") % {"text": ask.text.strip()}] if ask.text.strip() else []
    made = ListFile(
        what="orders",
        name=pgettext("order", "orders"),
        heads=[
            pgettext("order", "Number"), _("Placed"), pgettext("order", "Came by"), _("Client"), _("Goods"),
            _("Status"), pgettext("order", "Promised"), _("Sum"), _("Paid"), _("Delivery"), _("Way of payment"),
            _("Responsible"),
        ],
        count=lambda most: lists.count_or_none(actor, ask, most=most) or 0,
        rows=rows,
        query=[*searched, *(f"{one.name}: {one.value}" for one in chips)],
    )  # fmt: skip
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=now))


def _plain_row(row: lists.Row, actor: Actor) -> Sequence[Writable]:
    order = row.order
    return [
        order.number,
        order.made_at.astimezone(actor.zone).date(),
        str(CHANNEL_WORDS[order.channel]),
        people.name_shown(actor, order.client.name),
        goods_words(row, actor),
        order.status.name,
        order.promised_at.astimezone(actor.zone).date() if order.promised_at else None,
        order.total,
        order.paid,
        order.delivery_method.name if order.delivery_method else "",
        order.payment_method.name if order.payment_method else "",
        order.responsible.name if order.responsible else "",
    ]
