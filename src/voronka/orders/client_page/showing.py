"""What the client's own page says of his order: in words, with days, with what he may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from voronka.accounts import queries as accounts
from voronka.catalogue.queries.picked import unit_word
from voronka.kit import wording
from voronka.loyalty.queries import referrals
from voronka.orders import ports
from voronka.orders.client_page import markup
from voronka.orders.models import Order, OrderLine, OrderPart, Passage
from voronka.orders.queries import OrderCard
from voronka.orders.queries.shop import feedback_of, get_shop_page
from voronka.orders.rules import client_page as rules
from voronka.orders.services.client_acts import is_leaving, pieces_of
from voronka.orders.services.client_changes import DAYS_AHEAD, first_day, hours_of, is_being_picked

BAR = 336  # the width of the bar of money, in its own units


@dataclass(frozen=True, slots=True)
class Told:
    """How the page speaks: language, zone of the company, the present moment, the language of the company's words."""

    lang: str
    zone: ZoneInfo
    now: datetime
    own_lang: str = ""

    def day(self, moment: datetime) -> str:
        """Return a moment's day in words."""
        return wording.day(moment.astimezone(self.zone).date(), self.now.astimezone(self.zone).date(), self.lang)


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way of an order: past, now or ahead, and when."""

    name: str
    state: str
    when: str


def page_context(
    card: OrderCard, token: str, *, lang: str, now: datetime, host: str, held: Mapping[str, str]
) -> dict[str, Any]:
    """Return all that the page shows; `held` is what was typed into a form that was refused."""
    company = accounts.get_company_rules()
    order, shop = card.order, get_shop_page()
    told = Told(lang, ZoneInfo(company.zone), now, company.language)
    ways = ports.pay_ways(order.pk) if _left(card) else []
    seller = shop.seller or company.name
    document = markup.order_document(
        order, card.lines, card.shipments, seller=company.name, url=f"{host}{reverse('orders:client', args=[token])}",
        pay_url=ways[0].url if ways else "",
    )  # fmt: skip
    return {
        "company": company,
        "shop": shop,
        "seller": seller,
        "order": order,
        "token": token,
        "head": headline(order, told),
        "made": told.day(order.made_at),
        "steps": steps_of(order, card.passages, told),
        "news": news_of(card, told),
        "lines": [line_shown(order, one, card, told) for one in card.lines],
        "count": _count_words(card.lines),
        "where": where_of(order),
        "money": money_of(card, lang),
        "pay_ways": ways,
        "papers": ports.papers_of(order.pk),
        "acts": acts_of(card, shop.return_days, told, held),
        "returns": [(one, _return_words(one.state)) for one in card.returns],
        "feedback": feedback_of(order.pk),
        "gift": gift_of(order, told),
        "friends": friends_of(order, lang),
        "markup": markup.as_script(document),
    }


def gift_of(order: Order, told: Told) -> dict[str, str] | None:
    """Return the code that the client got as a friend who was brought, while it may be used, with what it takes off."""
    code = referrals.gift_of(order.client_id, told.now)
    if code is None:
        return None
    promo = code.promo
    if promo.is_percent:
        off = f"{wording.number(promo.amount, told.lang, digits=0 if promo.amount % 1 == 0 else 2)} %"
    else:
        off = wording.money(promo.amount, order.currency, told.lang)
    ends = [one for one in (code.until, promo.until) if one is not None]
    if not ends:
        return {"code": code.code, "about": _("%(off)s off by a code") % {"off": off}}
    day = told.day(min(ends) - timedelta(microseconds=1))
    return {"code": code.code, "about": _("%(off)s off by a code, until %(day)s") % {"off": off, "day": day}}


def friends_of(order: Order, lang: str) -> dict[str, str] | None:
    """Return what the client gets for friends, and his link where he has one; None while the programme is off."""
    terms = referrals.get_terms()
    if not terms.is_on:
        return None
    percent = wording.number(terms.percent, lang, digits=0 if terms.percent % 1 == 0 else 2)
    code = referrals.link_code(order.client_id)
    return {
        "about": _("you get %(percent)s %% of what they buy") % {"percent": percent},
        "link": referrals.link_url(code, terms) if code else "",
    }


def _left(card: OrderCard) -> Decimal:
    return Decimal(0) if card.order.phase == "cancelled" else max(Decimal(0), card.owed - card.order.paid)


def headline(order: Order, told: Told) -> str:
    """Return the one sentence that the client opens the page for."""
    if order.phase == "cancelled":
        return _("The order is cancelled")
    if order.delivered_at is not None:
        return _("You got it on %(day)s") % {"day": told.day(order.delivered_at)}
    if order.phase == "done":
        return _("The order is done")
    is_pickup = order.delivery_method is not None and order.delivery_method.kind == "pickup"
    if is_pickup and order.phase in ("ready", "shipping"):
        return _("You can pick it up")
    when = _promised(order, told)
    if not when:
        return _("It is on its way") if order.phase == "shipping" else _("We have your order")
    return (_("Ready to be picked up %(when)s") if is_pickup else _("We bring it %(when)s")) % {"when": when}


def _promised(order: Order, told: Told) -> str:
    """Return the promised day: `в субботу, 21 марта, с 14 до 18`."""
    today = told.now.astimezone(told.zone).date()
    if order.delivery_on is not None:
        day = wording.day(order.delivery_on, today, told.lang)
        if abs((order.delivery_on - today).days) > 1:
            day = f"{_weekdays()[order.delivery_on.weekday()]}, {day}"
        if order.delivery_from is None or order.delivery_to is None:
            return day
        hours = {"first": _hour(order.delivery_from), "last": _hour(order.delivery_to)}
        return f"{day}, {_('from %(first)s to %(last)s') % hours}"
    return "" if order.promised_at is None else _("by %(day)s") % {"day": told.day(order.promised_at)}


def _weekdays() -> list[str]:
    """Return the days of the week as a promise names them."""
    return [
        _("on Monday"), _("on Tuesday"), _("on Wednesday"), _("on Thursday"), _("on Friday"), _("on Saturday"),
        _("on Sunday"),
    ]  # fmt: skip


def _hour(moment: time) -> str:
    """Return an hour as people say it: `14`, `14:30`."""
    return f"{moment:%H:%M}" if moment.minute else str(moment.hour)


def steps_of(order: Order, passages: Sequence[Passage], told: Told) -> list[Step]:
    """Return the steps of the way; none of a cancelled order."""
    here = rules.step_now(order.phase, order.delivered_at)
    if here < 0:
        return []
    is_pickup = order.delivery_method is not None and order.delivery_method.kind == "pickup"
    names = [
        _("Order taken"),
        _("We prepare it"),
        _("Waits for you") if is_pickup else _("We carry it"),
        _("It is yours"),
    ]
    came = first_moments(passages)
    came.setdefault(0, order.made_at)
    if order.delivered_at is not None:
        came[3] = order.delivered_at
    return [
        Step(
            name,
            "past" if number < here else "now" if number == here else "",
            _("now") if number == here else told.day(came[number]) if number in came and number < here else "",
        )
        for number, name in enumerate(names)
    ]


def first_moments(passages: Sequence[Passage]) -> dict[int, datetime]:
    """Return when an order first came to each step."""
    found: dict[int, datetime] = {}
    for one in passages:
        step = rules.step_of(one.status.phase)
        if step is not None:
            found.setdefault(step, one.at)
    return found


def news_of(card: OrderCard, told: Told) -> dict[str, str]:
    """Return the line of news: what it means for the client, and whether it is bad."""
    order = card.order
    words = order.status.client_words if told.lang == told.own_lang else _phase_words(order.phase)
    if order.phase == "cancelled":
        back = _back(card)
        return {"icon": "x", "lead": "", "text": _("Your money goes back to you.") if back else words}
    late = order.promised_at is not None and told.now > order.promised_at and order.delivered_at is None
    if late and order.phase not in ("done", "cancelled"):
        return {"icon": "alert-circle", "lead": _("It takes longer than promised."), "text": order.late_cause}
    tracking = next((one.tracking for one in card.shipments if one.tracking), "")
    if tracking and order.delivered_at is None:
        return {"icon": "truck", "lead": words, "text": _("Parcel number: %(number)s") % {"number": tracking}}
    return {"icon": "circle-check", "lead": words, "text": ""}


def _phase_words(phase: str) -> str:
    """Say how far an order is to whom the company's own words are in another language."""
    return {
        "new": _("We have your order and will confirm it."),
        "work": _("We are putting your order together."),
        "ready": _("Your order is ready."),
        "shipping": _("Your order is on its way."),
        "done": _("Thank you for your order."),
        "cancelled": _("The order is cancelled."),
    }[phase]


def line_shown(order: Order, line: OrderLine, card: OrderCard, told: Told) -> dict[str, Any]:
    """Return a line as the page shows it."""
    count = f"{wording.number(line.quantity.normalize(), told.lang)} {unit_shown(line.unit)}"
    return {
        "row": line,
        "sum": wording.money(line.total, order.currency, told.lang),
        "count": count if line.quantity != 1 else "",
        "state": _line_state(order, line, card, told),
        "options": ", ".join(f"{name}: {value}" for name, value in line.options.items()),
    }


def unit_shown(code: str) -> str:
    """Return a unit as a buyer reads it."""
    return _("pcs") if code == "796" else unit_word(code)


def _line_state(order: Order, line: OrderLine, card: OrderCard, told: Told) -> str:
    if order.phase == "cancelled":
        return ""
    if line.returned:
        return _("given back: %(n)s") % {"n": f"{line.returned.normalize():f}"}
    if line.shipped >= line.quantity:
        return _("you have it") if order.delivered_at is not None else _("on its way")
    waits = [one for one in card.parts if one.line_id == line.pk and _is_awaited(one)]
    days = [one.due_at for one in waits if one.due_at is not None]
    if days:
        return _("comes on %(day)s") % {"day": told.day(max(days))}
    if waits:
        return _("awaited")
    held = sum((one.quantity for one in card.held if one.line == line.position), Decimal(0))
    return _("put aside for you") if held or line.shipped else ""


def _is_awaited(part: OrderPart) -> bool:
    return part.state in ("waiting", "doing") and part.kind in ("purchase", "transfer", "production")


def _count_words(lines: Sequence[OrderLine]) -> str:
    return ngettext("%(n)d product", "%(n)d products", len(lines)) % {"n": len(lines)}


def where_of(order: Order) -> list[tuple[str, str, str]]:
    """Return how the client gets it: name, value, a word more. The phone and the surname are not shown in full."""
    found = []
    if order.delivery_method is not None:
        found.append((_("How"), order.delivery_method.name, ""))
    address = ", ".join(part for part in (order.city, order.address) if part)
    is_pickup = order.delivery_method is not None and order.delivery_method.kind == "pickup"
    if is_pickup and order.place is not None:
        found.append((_("Where"), order.place.name, order.place.address))
    elif address:
        found.append((_("Address"), address, ""))
    name = rules.short_person(order.recipient_name)
    phone = rules.masked_phone(wording.phone(order.recipient_phone)) if order.recipient_phone else ""
    who = ", ".join(part for part in (name, phone) if part)
    if who:
        found.append((pgettext("order", "For"), who, ""))
    if order.payment_method is not None:
        found.append((_("Payment"), order.payment_method.name, ""))
    return found


def money_of(card: OrderCard, lang: str) -> dict[str, Any]:
    """Return the block of money: what is left, the sums, the bar of what is paid."""

    order, left, back = card.order, _left(card), _back(card)

    def said(amount: Decimal) -> str:
        return wording.money(amount, order.currency, lang)

    rows = [(_("Goods"), said(order.goods_sum))]
    if order.discount_sum:
        name = _("Discount “%(name)s”") % {"name": order.promo_words} if order.promo_words else _("Discount")
        rows.append((name, f"−{said(order.discount_sum)}"))
    if order.delivery_method is not None:
        rows.append((_("Delivery"), said(order.delivery_cost) if order.delivery_cost else _("no charge")))
    return {
        "left": said(left) if left else "",
        "rows": rows,
        "total": said(order.total),
        "paid": said(order.paid) if order.paid else "",
        "bar": f"{card.paid_share * BAR:.1f}",
        "label": _("Paid %(paid)s of %(total)s") % {"paid": said(order.paid), "total": said(card.to_pay)},
        "back": said(back) if back else "",
    }


def _back(card: OrderCard) -> Decimal:
    """Return what is to be given back: it is off the invoice, or about to be where nothing of the order is left."""
    has = any(one.shipped > one.returned for one in card.lines)
    return card.to_give + (card.order.paid if card.order.phase == "cancelled" and not has else Decimal(0))


def acts_of(card: OrderCard, return_days: int, told: Told, held: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what the client may do now, with the words under each act."""
    order = card.order
    pieces = pieces_of(order, card.lines)
    found: dict[str, Any] = {}
    shipped = [one.shipped for one in card.lines]
    if rules.may_cancel(order.phase, shipped, is_leaving=is_leaving(order)):
        paid = wording.money(order.paid, order.currency, told.lang)
        found["cancel"] = _("we give %(sum)s back") % {"sum": paid} if order.paid else _("while it has not left")
    if rules.may_change(order.phase, shipped, is_picked=is_being_picked(order)):
        found["change"] = change_of(card, told, held)
    if rules.may_return(pieces, order.delivered_at, return_days, now=told.now):
        assert order.delivered_at is not None
        last = order.delivered_at + timedelta(days=return_days)
        left = {one.position: one.left for one in pieces if one.left > 0}
        found["back"] = {
            "until": _("until %(day)s") % {"day": told.day(last)},
            "lines": [(one, f"{left[one.position].normalize():f}") for one in card.lines if one.position in left],
        }
    found["repeat"] = _("the same at the prices of today")
    if rules.may_rate(order.phase, order.delivered_at):
        found["rate"] = _("stars and a few words")
    return found


def change_of(card: OrderCard, told: Told, held: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what the client may change: as it is now, or as he has typed it."""
    order, today = card.order, told.now.astimezone(told.zone).date()
    method = order.delivery_method
    hours = [f"{since}-{until}" for since, until in hours_of(order)]
    given = order.delivery_from, order.delivery_to
    values = {
        "day": f"{order.delivery_on:%Y-%m-%d}" if order.delivery_on is not None else "",
        "hours": f"{given[0]:%H:%M}-{given[1]:%H:%M}" if given[0] is not None and given[1] is not None else "",
        "city": order.city,
        "address": order.address,
        "keep_address": "",
        "recipient_name": "",
        "recipient_phone": "",
        "wish": "",
        **{f"line-{one.position}": f"{one.quantity.normalize():f}" for one in card.lines},
    }
    values = {name: held.get(name, value) for name, value in values.items()}
    agreed = held.get("recounted", "")
    return {
        "values": values,
        "first": f"{first_day(order, told.now, told.zone):%Y-%m-%d}",
        "last": f"{today + timedelta(days=DAYS_AHEAD):%Y-%m-%d}",
        "hours": [("", _("any hour")), *((one, one.replace("-", "–")) for one in hours)] if hours else [],
        "is_pickup": method is not None and method.kind == "pickup",
        "lines": [(one, f"line-{one.position}", values[f"line-{one.position}"]) for one in card.lines],
        "agreed": agreed or str(order.total),
        "sum": wording.money(Decimal(agreed), order.currency, told.lang) if agreed else "",
        "was": wording.money(order.total, order.currency, told.lang),
    }


def _return_words(state: str) -> str:
    return {
        "asked": _("we are looking at it"),
        "received": _("we have the goods, the money goes back"),
        "refunded": _("done, the money is back"),
        "rejected": _("not accepted"),
        "cancelled": _("withdrawn"),
    }.get(state, state)
