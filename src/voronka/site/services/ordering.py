"""The order form as a widget: the full price of what is looked at first, then an order as the public form places it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.tenancy import current_company_id
from voronka.orders import queries as orders
from voronka.orders import services as placing
from voronka.orders.queries.shop import Offered, get_shop_page, offered
from voronka.orders.services.shop_page import FormOrder, order_by_form
from voronka.site import ports
from voronka.site.models import Showing, Widget
from voronka.site.services.answering import register_dresser
from voronka.site.services.naming import bind
from voronka.site.services.replies import Reply, register_doer, touch_of
from voronka.site.services.requests import order_id_of
from voronka.site.services.showing import register_need
from voronka.site.services.trying import register_example

MOST = 99


def offered_here(about: Mapping[str, Any], now: datetime) -> Offered | None:
    """Return what a page looks at, where the public order form sells it by the piece and there is some."""
    good, page = about.get("product"), get_shop_page()
    code = str(good.get("code") or "") if isinstance(good, Mapping) else ""
    found = catalogue.ids_by_codes([code]).get(code) if code and page.is_on else None
    if found is None:
        return None
    public_id = catalogue.variants_by_ids([found])[found].public_id
    one = next(iter(offered(page, now=now, public_ids=[public_id])), None)
    return None if one is None or one.is_weighed or (one.free is not None and one.free < 1) else one


def form_of(about: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the form for what a page looks at: price, how many there are, ways of delivery and payment."""
    one = offered_here(about, now)
    if one is None:
        return {}
    return {
        "good": one.name, "price": one.price, "currency": accounts.get_company_rules().currency,
        "most": MOST if one.free is None else min(MOST, int(one.free)),
        "delivery": [
            {
                "id": way.public_id, "name": way.name, "cost": way.cost, "free_from": way.free_from,
                "brings": way.kind != "pickup",
            }
            for way in orders.list_delivery()
        ],
        "payment": [{"id": way.public_id, "name": way.name} for way in orders.list_payment()],
    }  # fmt: skip


def dress_order(row: Showing, asked: ports.OpenCall) -> Mapping[str, Any]:
    """Return the form with the prices of the moment."""
    return form_of(row.about, asked.now)


def do_order(reply: Reply) -> dict[str, Any]:
    """Place the order, as the public form does: prices and terms are ours, its own page is told. Raises Refusal."""
    row, asked, many = reply.showing, reply.asked, reply.answers.get("count")
    one = offered_here(row.about, asked.now)
    if one is None or not isinstance(many, int) or isinstance(many, bool):
        raise Invalid(_("This is sold no more: reload the page."))
    touch = touch_of(reply, wants_contact=False)
    if not touch.phones:
        raise Invalid(_("Write a phone."), fields={"contact": _("Write a phone.")})
    sent = FormOrder(
        touch, {one.public_id: Decimal(many)}, reply.text("delivery", 20), reply.text("payment", 20),
        reply.text("address", 500), touch.message,
    )  # fmt: skip
    made = order_by_form(
        sent, actor=Actor.system(current_company_id(), origin="widget"), now=asked.now,
        operation=order_id_of(row.public_id), address=asked.address,
    )  # fmt: skip
    told = {"thanks": reply.content.get("thanks", "")}
    if made is None:
        return told  # it looks like spam and waits in the inbox: whoever sent it is told nothing of that
    row.did |= {"client": made.client_id, "order": made.pk}
    if asked.is_followed:
        bind(row.visitor_id, made.client_id, is_proven=False, now=asked.now)
    link = settings.SITE + reverse("orders:client", args=[placing.token_of(made)])
    return told | {"number": made.number, "sum": str(made.total), "currency": made.currency, "link": link}


def _has_order(widget: Widget, moment: ports.Moment) -> bool:
    return bool(form_of(moment.about, moment.now).get("delivery"))


def _example(content: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    return {
        "good": _("Oak table, 1,800 mm"), "price": 36_900, "currency": "RUB", "most": 6,
        "delivery": [
            {"id": "1", "name": _("Courier"), "cost": 900, "free_from": 50_000, "brings": True},
            {"id": "2", "name": _("Shop in Lenina street"), "cost": 0, "free_from": None, "brings": False},
        ],
        "payment": [{"id": "1", "name": _("On receipt")}],
        "example": {"number": "1024", "sum": "37800", "currency": "RUB"},
    }  # fmt: skip


register_dresser("order", dress_order)
register_doer("order", do_order)
register_need("order", _has_order)
register_example("order", _example)
