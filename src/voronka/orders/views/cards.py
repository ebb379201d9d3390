"""The card of an order: its way, lines, parts, money, history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from voronka.kit import panels, wording
from voronka.kit.actors import Actor
from voronka.kit.pieces import Fact, Press, Stage
from voronka.kit.screens import actor_of, place_for, signed_in
from voronka.orders import services
from voronka.orders.models import Order, Status
from voronka.orders.permissions import CHANGE, MAKE, RETURN, SEE, SHIP
from voronka.orders.queries import orders as queries
from voronka.orders.queries.letters import letter_of
from voronka.orders.queries.lists import likes_of, placed_of
from voronka.orders.services.words import CHANNEL_WORDS, CHIPS, RETURN_KIND_WORDS, RETURN_WORDS, SHIPMENT_WORDS
from voronka.orders.views.lanes import lanes_of
from voronka.orders.views.linerows import Lines, lines_of
from voronka.orders.views.routes import why_words
from voronka.orders.views.words import day_words, many, money
from voronka.people import queries as people

ENDED = ("done", "cancelled")
BAR = 336
MOST_PAST = 40


@dataclass(frozen=True, slots=True)
class Past:
    """One thing that happened to an order: when, what, by whom."""

    at: datetime
    when: str
    what: str
    more: str
    who: str


@signed_in
@require_GET
def order(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show an order."""
    actor = actor_of(request)
    return render(request, "orders/order.html", card_context(actor, public_id, timezone.now()))


def card_context(actor: Actor, public_id: str, now: datetime) -> dict[str, Any]:
    """Return what the page of an order shows. Raises NotFound."""
    card = queries.card(actor, public_id)
    row = card.order
    lines = lines_of(card, actor)
    scale, ticks, lanes = lanes_of(card, (lines.held, lines.wanted), actor, now)
    may_change = _may(actor, row, CHANGE) and row.phase not in ENDED
    ways = services.ways_of(row, actor) if may_change else []
    likes = likes_of(actor, [(row, placed_of(row, card.lines))]) if row.phase == "new" else {}
    return {
        "card": card,
        "order": row,
        "stages": _stages(card, now, actor),
        "stage_at": _stage_at(card),
        "lines": lines,
        "scale": scale,
        "ticks": ticks,
        "lanes": lanes,
        "facts": _facts(row, actor, now),
        "promise": promise_words(row, actor, now),
        "is_late": row.phase not in ENDED and row.promised_at is not None and row.promised_at < now,
        "letter": letter_of(row.pk) if row.channel == "mail" and _may(actor, row, MAKE) else None,
        "likes": likes.get(row.pk, [])[:3],
        "why": why_words(row.routing),
        "presses": _presses(row, ways, lines, actor) if row.phase not in ENDED else [],
        "may_change": may_change,
        "may_exchange": actor.may(RETURN)
        and actor.may(MAKE, owner_id=actor.employee_id)
        and any(line.shipped > line.returned for line in card.lines),
        "may_return": actor.may(RETURN) and any(line.shipped > line.returned for line in card.lines),
        "repeat_url": f"{reverse('orders:order-new')}?repeat={row.public_id}",
        "money_rows": _money(row, lines, actor),
        "left": max(Decimal(0), card.owed - row.paid),
        "over": max(Decimal(0), row.paid - card.owed),
        "to_give": card.to_give,
        "paid_width": round(card.paid_share * BAR),
        "past": past_of(card, actor, now),
        "panels": [
            {"title": str(one.title), "url": one.address(row.public_id)}
            for one in panels.panels_for("order", actor, place="side")
        ],
        **_client(row, actor, now),
    }


def _may(actor: Actor, row: Order, right: Any) -> bool:
    owner = row.responsible
    return actor.may(right, owner_id=row.responsible_id, team_id=owner.team_id if owner else None)


def _stage_at(card: queries.OrderCard) -> int:
    shown = _shown_statuses(card)
    return next((at for at, one in enumerate(shown) if one.pk == card.order.status_id), 0)


def _shown_statuses(card: queries.OrderCard) -> list[Status]:
    """Return the statuses of the track: those it went through, the one it is in, those that lie ahead."""
    current = card.order.status
    been = list(dict.fromkeys([*(one.status for one in card.passages), current]))
    been = [one for one in been if one.pk != current.pk] + [current]
    known = {one.pk for one in been}
    ahead = [
        one
        for one in queries.list_statuses()
        if one.pk not in known and one.phase != "cancelled" and one.position > current.position
    ]
    return [*been, *(ahead if card.order.phase != "cancelled" else [])]


def _stages(card: queries.OrderCard, now: datetime, actor: Actor) -> list[Stage]:
    row = card.order
    spent: dict[int, float] = {}
    moments = [(one.status_id, one.at) for one in card.passages]
    if not moments or moments[0][1] > row.made_at:
        first = card.passages[0].status_id if card.passages and moments[0][1] <= row.made_at else None
        moments = moments if first else [(_first_status(card), row.made_at), *moments]
    for (status, at), (_next, until) in zip(moments, [*moments[1:], (0, row.closed_at or now)], strict=True):
        spent[status] = spent.get(status, 0) + max(0.0, (until - at).total_seconds())
    found = []
    for one in _shown_statuses(card):
        said = wording.duration(spent[one.pk], actor.language) if one.pk in spent else ""
        tone = ""
        if one.pk == row.status_id and one.norm_minutes and row.phase not in ENDED:
            norm = wording.duration(one.norm_minutes * 60, actor.language)
            said = _("%(spent)s, norm %(norm)s") % {"spent": said, "norm": norm}
            tone = "late" if spent.get(one.pk, 0) > one.norm_minutes * 60 else ""
        found.append(Stage(one.name, said, tone))
    return found


def _first_status(card: queries.OrderCard) -> int:
    """Return where the order began: passages name what it came to, the first one came with it."""
    news = [one.pk for one in queries.list_statuses(only_on=False) if one.phase == "new"]
    return news[0] if news else card.order.status_id


def _facts(row: Order, actor: Actor, now: datetime) -> str:
    at = row.made_at.astimezone(actor.zone)
    came = _("%(channel)s, %(day)s at %(time)s") % {
        "channel": CHANNEL_WORDS[row.channel], "day": day_words(row.made_at, actor, now), "time": f"{at:%H:%M}",
    }  # fmt: skip
    said = [came]
    if row.outer_number:
        said.append(f"№ {row.outer_number}")
    said.append(row.responsible.name if row.responsible else _("nobody answers for it"))
    return " · ".join(said)


def promise_words(row: Order, actor: Actor, now: datetime) -> str:
    """Return when an order is promised, in words with the interval; empty for no promise."""
    if row.promised_at is None:
        return ""
    day = day_words(row.promised_at, actor, now)
    if row.delivery_from and row.delivery_to:
        day += f", {row.delivery_from:%H:%M}–{row.delivery_to:%H:%M}"
    return _("promised %(day)s") % {"day": day}


def _presses(row: Order, ways: Sequence[Status], lines: Lines, actor: Actor) -> list[Press]:
    def act(code: str) -> str:
        return reverse("orders:act", args=[row.public_id, code])

    forward = [one for one in ways if one.phase != "cancelled" and one.position > row.status.position]
    found = []
    version = {"version": str(row.version)}
    if forward:
        first = forward[0]
        found.append(
            Press(first.name, "arrow-right", _("next status"), "next", do=act("status"),
                  hidden={"value": first.code, **version})
        )  # fmt: skip
    if ways:
        found.append(Press(_("Status"), "list-check", _("asks which one"), ask=act("status")))
    if actor.may(SHIP) and lines.wanted > 0:
        shut = "" if lines.held > 0 else _("nothing is reserved")
        then = _("%(n)s of %(all)s are here") % {"n": many(lines.held, actor), "all": many(lines.wanted, actor)}
        found.append(Press(_("Pick"), "package", then, do=act("pick"), hidden=dict(version), shut=shut))
    if ways or _may(actor, row, CHANGE):
        found.append(
            Press(_("To departments"), "subtask", _("a task for each part"), do=act("split"), hidden=version)
        )
        found.append(Press(_("Reschedule"), "calendar", _("asks for a day"), ask=act("promise")))
        found.append(Press(_("Hand over"), "user", _("asks to whom"), ask=act("hand")))
        then = (
            _("asks why")
            if not row.paid
            else _("%(sum)s to give back") % {"sum": money(row.paid, row.currency, actor)}
        )
        found.append(Press(_("Cancel"), "x", then, "late", ask=act("cancel")))
    return found


def _money(row: Order, lines: Lines, actor: Actor) -> list[Fact]:
    pieces = sum((one.line.quantity for one in lines.rows), Decimal(0))
    count = ngettext("Goods, %(n)s piece", "Goods, %(n)s pieces", int(pieces)) % {"n": many(pieces, actor)}
    found = [Fact(count, money(row.goods_sum, row.currency, actor))]
    if row.discount_sum:
        name = _("Discount, %(why)s") % {"why": row.promo_words} if row.promo_words else _("Discount")
        found.append(Fact(name, money(-row.discount_sum, row.currency, actor)))
    if row.delivery_method or row.delivery_cost:
        name = row.delivery_method.name if row.delivery_method else _("Delivery")
        found.append(
            Fact(
                name,
                money(row.delivery_cost, row.currency, actor) if row.delivery_cost else pgettext("order", "free"),
            )
        )
    return found


def past_of(card: queries.OrderCard, actor: Actor, now: datetime) -> list[Past]:
    """Return what happened to an order, the newest first."""
    found: list[tuple[datetime, str, str, str]] = []
    was = ""
    for one in card.passages:
        who = one.employee.name if one.employee else pgettext("order", "by itself")
        what = f"{was} → {one.status.name}" if was else one.status.name
        found.append((one.at, what, one.cause, who))
        was = one.status.name
    for shipment in card.shipments:
        head = _("Shipment № %(number)d") % {"number": shipment.number}
        for name in ("packed", "shipped", "delivered"):
            at = getattr(shipment, f"{name}_at")
            if at is not None:
                found.append((at, head, str(SHIPMENT_WORDS[name]), shipment.place.name))
    for back in card.returns:
        name = f"{RETURN_KIND_WORDS[back.kind]} № {back.number}".capitalize()
        said = f"{RETURN_WORDS[back.state]}, {money(back.sum, card.order.currency, actor)}"
        found.append(
            (back.closed_at or back.received_at or back.made_at, name, said, back.place.name if back.place else "")
        )
    found.append((card.order.made_at, _("Order placed"), str(CHANNEL_WORDS[card.order.channel]), ""))
    found.sort(key=lambda one: one[0], reverse=True)
    today = now.astimezone(actor.zone).date()
    return [
        Past(at, f"{local:%H:%M}" if local.date() == today else day_words(at, actor, now), what, more,
             wording.short_name(who) if who else "")
        for at, what, more, who in found[:MOST_PAST]
        for local in [at.astimezone(actor.zone)]
    ]  # fmt: skip


def _client(row: Order, actor: Actor, now: datetime) -> dict[str, Any]:
    client = people.shown(actor, row.client)
    number = people.main_phone(client.pk, actor) or ""
    return {
        "client": client,
        "client_url": place_for(actor, "people:client-detail", client.public_id),
        "client_phone": number,
        "call_url": f"tel:{number}" if number else "",
        "client_place": client.city or wording.place_of(client.zone, actor.language),
        "client_shift": wording.offset(now, client.zone, actor.zone.key, actor.language),
        "recipient_phone": row.recipient_phone if actor.sees("client.phone") else "",
        "address": row.address if actor.sees("client.address") else "",
        "my_zone": actor.zone.key,
        "now": now,
    }


@signed_in
@require_GET
def client_orders(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the newest orders of a client for his card."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE, owner_id=actor.employee_id)
    client = people.get_client(actor, public_id)
    rows = queries.purchases_of(actor, client.pk, most=5)
    context = {
        "rows": [(one, CHIPS.get(one.status.tone, ""), day_words(one.made_at, actor, now)) for one in rows],
        "new_url": f"{reverse('orders:order-new')}?{urlencode({'client': public_id})}",
        "may_make": actor.may(MAKE, owner_id=client.responsible_id),
    }
    return render(request, "orders/_client.html", context)
