"""What the referral programme asks of orders: what friends bought, what they have in common with who brought them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Sum
from django.urls import reverse

from voronka.accounts import queries as accounts
from voronka.loyalty.queries.referrals import PARAMETER, Sale, address_key
from voronka.orders.models import Order, Return
from voronka.orders.queries.shop import get_shop_page
from voronka.people import queries as people
from voronka.people import services as people_services

MOST = 1_000
ZERO = Decimal("0.00")


class FriendSales:
    """Who tells the programme what friends bought."""

    def ordered_before(self, client_id: int, moment: datetime) -> bool:
        """Tell whether a client had ordered anything before a moment that was not cancelled."""
        return Order.objects.filter(client_id=client_id, made_at__lt=moment).exclude(phase="cancelled").exists()

    def sales_since(self, client_id: int, moment: datetime) -> Sequence[Sale]:
        """Return a client's orders in the company's money since a moment: goods that he keeps, without delivery."""
        currency = accounts.get_company_rules().currency
        rows = Order.objects.filter(client_id=client_id, made_at__gte=moment, currency=currency)
        return _sales(list(rows.order_by("made_at", "id")[:MOST]))

    def sales_of(self, keys: Sequence[int]) -> Sequence[Sale]:
        """Return orders by their keys, as they are now, whoever has made them."""
        return _sales(list(Order.objects.filter(pk__in=keys).order_by("made_at", "id")))


def _sales(found: Sequence[Order]) -> Sequence[Sale]:
    back = Return.objects.filter(
        order_id__in=[one.pk for one in found], state__in=[Return.State.RECEIVED, Return.State.REFUNDED]
    )
    sums = back.order_by().values_list("order_id").annotate(goods=Sum(F("sum") - F("delivery")))
    came_back = dict(sums)
    return [_sale(one, came_back.get(one.pk, ZERO)) for one in found]


def _sale(order: Order, goods_back: Decimal) -> Sale:
    counts = order.phase != "cancelled"
    return Sale(
        order.pk,
        order.made_at,
        max(order.goods_sum - order.discount_sum - goods_back, ZERO) if counts else ZERO,
        counts=counts,
        is_delivered=order.delivered_at is not None or order.phase == "done",
        is_paid=order.paid >= order.owed,
    )


def in_common(one: int, other: int) -> set[str]:
    """Return what the orders and cards of two clients have in common: `phone` of a recipient, `address` of delivery."""
    if one == other:
        return set()
    phones, places = _said(one), _said(other)
    return {code for code in ("phone", "address") if phones[code] & places[code]}


def _said(client_id: int) -> dict[str, set[str]]:
    """Return phones and addresses of delivery of a client's newest orders, with those of his card."""
    rows = Order.objects.filter(client_id=client_id).order_by("-id")[:50]
    told = list(rows.values_list("recipient_phone", "city", "address", "delivery_method__kind"))
    card = people.client_rows([client_id]).get(client_id)
    places = [(city, address) for _phone, city, address, kind in told if kind != "pickup"]
    if card is not None:
        places.append((card.city, card.address))
    phones = {*people.phones_of(client_id), *_numbers(phone for phone, *_rest in told)}
    return {"phone": phones, "address": {key for place in places if (key := address_key(*place))}}


def _numbers(phones: Iterable[str]) -> set[str]:
    named = sorted({one for one in phones if one})
    return {value for kind, value in people_services.read_contacts(named, []) if kind == "phone"}


def shop_url(code: str) -> str:
    """Return the company's order form with a friend's code in its address, empty where it takes no orders there."""
    if not get_shop_page().is_on:
        return ""
    return f"{reverse('orders:order-form', args=[accounts.get_company_rules().form_key])}?{PARAMETER}={code}"
