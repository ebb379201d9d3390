"""Orders by day and as a board: the list's own search and filters, drawn another way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from voronka.kit import facets, wording
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.facets import Facet
from voronka.kit.list_address import FILTER
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.orders.models import Order, Status
from voronka.orders.permissions import CHANGE, MAKE, SEE
from voronka.orders.queries import asked, lists, looks
from voronka.orders.views import asking
from voronka.orders.views.lists import FLOW_WIDTH, Cells, around, cells_of, plain_list, settled
from voronka.orders.views.words import money


@dataclass(frozen=True, slots=True)
class DayRow:
    """An order in its day: what the list says of it, at what time it is due, how it is delivered."""

    order: Order
    cells: Cells
    time: str
    how: str


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day as the page shows it."""

    code: str
    name: str
    short: str
    tone: str
    count: int
    sum: str
    gone: int
    rows: Sequence[DayRow]
    rest: int
    url: str
    width: int


@dataclass(frozen=True, slots=True)
class Card:
    """An order on the board."""

    order: Order
    client: str
    goods: str
    days: int
    norm: int
    next: str
    icon: str
    tone: str
    may_move: bool


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A status of the board: its numbers in words, its cards, where the rest is."""

    status: Status
    count: int
    late: int
    sum: str
    cards: Sequence[Card]
    rest: int
    url: str
    more_url: str


@signed_in
@require_GET
def order_list(request: HttpRequest) -> HttpResponse:
    """Show orders as a list, by day or as a board: what is asked for stands in one address."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE, owner_id=actor.employee_id)
    known = facets.facets_of(lists.SUBJECT, actor)
    if address := settled(request, known):
        return redirect(address)
    ask, look = lists.searched(actor, asked.ask_of(request.GET)), asked.look_of(request.GET)
    if not look:
        return plain_list(request, actor, ask, known, now)
    found = looks.days_of(actor, ask, now=now) if look == "days" else _board(request, actor, ask, now)
    context: dict[str, Any] = {
        "ask": ask,
        "query": asking.address(request).query(after=""),
        "may_change": actor.may(CHANGE, owner_id=actor.employee_id),
        "may_make": actor.may(MAKE, owner_id=actor.employee_id),
        "is_piece": wants_fragment(request),
        **(_days(request, found, actor, now) if look == "days" else _columns(request, found, ask, actor, now)),
    }
    return _drawn(request, actor, ask, known, found, context, look, now)


def _drawn(
    request: HttpRequest,
    actor: Actor,
    ask: lists.Ask,
    known: Mapping[str, Facet],
    found: looks.Looked,
    context: dict[str, Any],
    look: str,
    now: datetime,
) -> HttpResponse:
    if not context["is_piece"] or look == "board":
        context |= around(request, actor, ask, known, found.problems, now)
    piece = "orders/_days.html" if look == "days" else "orders/_board.html"
    template = piece if context["is_piece"] else f"orders/order_{look}.html"
    response = render(request, template, context, status=422 if found.problems else 200)
    response.headers["Vary"] = "HX-Request"
    return response


def _days(request: HttpRequest, found: looks.Looked, actor: Actor, now: datetime) -> dict[str, Any]:
    whole = max(1, sum(one.count for one in found.days))
    room = max(0, FLOW_WIDTH - 96 * len(found.days))
    shown = [
        ShownDay(
            one.code, *_day_names(one, actor, now), _tone(one), one.count, money(one.total, "RUB", actor), one.gone,
            [_day_row(row, actor, now) for row in one.rows], one.count - len(one.rows),
            _day_url(request, one, actor, now),
            96 + round(room * one.count / whole),
        )
        for one in found.days
    ]  # fmt: skip
    return {"days": shown if any(one.count for one in shown) else [], "flow_days": shown}


def _tone(one: looks.Day) -> str:
    return "late" if one.code == looks.LATE else ""


def _day_names(one: looks.Day, actor: Actor, now: datetime) -> tuple[str, str]:
    """Return what a day is called as a head, and in short."""
    if one.on is None:
        name = {
            looks.LATE: pgettext("orders of a day", "Late"),
            looks.LATER: pgettext("orders of a day", "Later"),
            looks.NONE: pgettext("orders of a day", "Without a day"),
        }[one.code]
        return name, name
    today = now.astimezone(actor.zone).date()
    near = wording.day(one.on, today, actor.language)
    weekday = wording.SHORT_DAYS[wording.tongue(actor.language)][one.on.weekday()]
    short = near.capitalize() if (one.on - today).days < 2 else f"{weekday}, {one.on.day}"
    return wording.day_head(one.on, today, actor.language), short


def _day_url(request: HttpRequest, one: looks.Day, actor: Actor, now: datetime) -> str:
    """Return the address of the plain list of a day's orders."""
    today = now.astimezone(actor.zone).date()
    last = today + timedelta(days=looks.NAMED_DAYS)
    name, text = {
        looks.LATE: ("due", "late"),
        looks.LATER: ("promised_at", f"{last:%d.%m.%Y}.."),
        looks.NONE: ("due", "none"),
    }.get(one.code, ("promised_at", f"{one.on:%d.%m.%Y}" if one.on else ""))
    return asking.address(request).to(**{FILTER + name: text, "look": "", "after": ""})


def _day_row(row: lists.Row, actor: Actor, now: datetime) -> DayRow:
    order = row.order
    at = order.promised_at.astimezone(actor.zone) if order.promised_at else None
    span = (
        f"{order.delivery_from:%H:%M}–{order.delivery_to:%H:%M}" if order.delivery_from and order.delivery_to else ""
    )
    place = order.place.name if order.place else ""
    method = order.delivery_method.name if order.delivery_method else ""
    how = " · ".join(filter(None, [method, place]))
    return DayRow(order, cells_of(row, actor, now), span or (f"{at:%H:%M}" if at else ""), how)


def _board(request: HttpRequest, actor: Actor, ask: lists.Ask, now: datetime) -> looks.Looked:
    each = request.GET.get("each", "")
    most = min(int(each), looks.MOST_CARDS) if each.isascii() and each.isdecimal() and len(each) < 4 else 0
    return looks.board_of(actor, ask, now=now, each=max(most, looks.CARDS))


def _columns(
    request: HttpRequest, found: looks.Looked, ask: lists.Ask, actor: Actor, now: datetime
) -> dict[str, Any]:
    columns = []
    for one in found.columns:
        rest = max(0, one.count - len(one.rows))
        columns.append(
            ShownColumn(
                one.status, one.count, one.late, money(one.total, "RUB", actor) if one.count else "",
                [card_of(row, actor, now) for row in one.rows], rest, _status_url(request, one.status),
                _more_url(request, one.status, one.after, rest) if one.after else "",
            )
        )  # fmt: skip
    return {"columns": columns, "board_url": asking.address(request).to(after="", each="")}


def _status_url(request: HttpRequest, status: Status) -> str:
    return asking.address(request).to(**{f"{FILTER}status": status.code, "look": "", "after": "", "each": ""})


def _more_url(request: HttpRequest, status: Status, after: str, rest: int) -> str:
    kept = asking.address(request).kept("after", "rest", "each", "look")
    query = urlencode([*kept, ("after", after), ("rest", str(rest))])
    return f"{reverse('orders:board-more', args=[status.public_id])}?{query}"


@signed_in
@require_GET
def board_more(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show more cards of a status, behind the place that the page has come to."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE, owner_id=actor.employee_id)
    status = Status.objects.filter(public_id=public_id).first()
    if status is None:
        raise NotFound(_("There is no such status of orders."))
    ask, left = lists.searched(actor, asked.ask_of(request.GET)), request.GET.get("rest", "")
    page = looks.more_of(actor, ask, status, ask.after, now=now)
    rest = max(0, (int(left) if left.isascii() and left.isdecimal() and len(left) < 9 else 0) - len(page.rows))
    context = {
        "cards": [card_of(row, actor, now) for row in page.rows],
        "rest": rest,
        "url": _status_url(request, status),
        "more_url": _more_url(request, status, page.after, rest) if page.after else "",
    }
    return render(request, "orders/_board_more.html", context)


def card_of(row: lists.Row, actor: Actor, now: datetime) -> Card:
    """Return an order as a card: who, what, for how much, what is promised."""
    order, cells = row.order, cells_of(row, actor, now)
    owner = order.responsible
    may_move = order.phase != "cancelled" and actor.may(
        CHANGE, owner_id=order.responsible_id, team_id=owner.team_id if owner else None
    )
    if cells.is_late:
        tone, icon = "late", "alert-circle"
    elif cells.note:
        tone, icon = cells.tone, "eye"
    else:
        tone, icon = "", "calendar"
    promised = _("for %(day)s") % {"day": cells.promised} if cells.promised else _("no day is promised")
    return Card(
        order, cells.client, cells.goods, cells.days, cells.norm, cells.note or promised, icon, tone, may_move
    )  # fmt: skip
