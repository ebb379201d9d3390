"""An order as machines read it: Schema.org Order, https://schema.org/Order."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from voronka.orders.models import Order, OrderLine, Shipment

_STATUS = {
    "new": "OrderProcessing",
    "work": "OrderProcessing",
    "ready": "OrderPickupAvailable",
    "shipping": "OrderInTransit",
    "done": "OrderDelivered",
    "cancelled": "OrderCancelled",
}
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def order_status(order: Order, lines: Sequence[OrderLine]) -> str:
    """Return the status of an order by Schema.org."""
    if lines and all(one.returned == one.quantity for one in lines):
        return "OrderReturned"
    ahead = order.payment_method is not None and order.payment_method.wants_prepayment
    if ahead and order.phase in ("new", "work") and order.paid < order.owed:
        return "OrderPaymentDue"
    if order.delivered_at is not None and order.phase != "cancelled":
        return "OrderDelivered"
    if order.phase == "ready" and not (order.delivery_method and order.delivery_method.kind == "pickup"):
        return "OrderProcessing"
    return _STATUS[order.phase]


def order_document(
    order: Order,
    lines: Sequence[OrderLine],
    shipments: Sequence[Shipment],
    *,
    seller: str,
    url: str,
    pay_url: str = "",
) -> dict[str, Any]:
    """Return the order as a document; nothing of the buyer stands in it."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Order",
        "orderNumber": str(order.number),
        "orderDate": order.made_at.isoformat(),
        "orderStatus": f"https://schema.org/{order_status(order, lines)}",
        "priceCurrency": order.currency,
        "price": str(order.total),
        "discount": str(order.discount_sum),
        "merchant": {"@type": "Organization", "name": seller},
        "url": url,
        "acceptedOffer": [_offer(order, one) for one in lines],
    }
    if pay_url:
        found["paymentUrl"] = pay_url
    if order.delivery_method is not None:
        found["orderDelivery"] = _delivery(order, shipments)
    return found


def _offer(order: Order, line: OrderLine) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "price": str(line.price),
        "priceCurrency": order.currency,
        "eligibleQuantity": {"@type": "QuantitativeValue", "value": f"{line.quantity.normalize():f}"},
        "itemOffered": {"@type": "Product", "name": line.name},
    }


def _delivery(order: Order, shipments: Sequence[Shipment]) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "ParcelDelivery"}
    if order.delivery_method is not None:
        found["hasDeliveryMethod"] = "https://schema.org/OnSitePickup" if order.delivery_method.kind == "pickup" else (
            "https://schema.org/ParcelService"
        )  # fmt: skip
    moment: datetime | None = order.promised_at
    if order.delivery_on is not None:
        found["expectedArrivalFrom"] = _at(order.delivery_on.isoformat(), order.delivery_from)
        found["expectedArrivalUntil"] = _at(order.delivery_on.isoformat(), order.delivery_to)
    elif moment is not None:
        found["expectedArrivalUntil"] = moment.isoformat()
    tracking = next((one.tracking for one in shipments if one.tracking), "")
    if tracking:
        found["trackingNumber"] = tracking
    return found


def _at(day: str, hour: Any) -> str:  # a time of the day, or None
    return f"{day}T{hour.isoformat()}" if hour is not None else day


def as_script(document: dict[str, Any]) -> SafeString:
    """Return the document as a block of data for a page: no value in it can end the block or begin a tag."""
    text = json.dumps(document, ensure_ascii=False, default=_plain).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


def _plain(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)
