"""What things of orders are called."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words = "dict[str, _StrPromise]"

CHANNEL_WORDS: "dict[str, _StrPromise]" = {
    "form": _("from the site"),
    "api": _("by API"),
    "mail": _("by e-mail"),
    "phone": _("by phone"),
    "deal": _("from a deal"),
    "chat": _("from a chat"),
    "shop": _("in a shop"),
    "market": _("from a marketplace"),
}
PAID_WORDS: "dict[str, _StrPromise]" = {
    "full": pgettext_lazy("order", "paid"),
    "part": pgettext_lazy("order", "paid in part"),
    "none": pgettext_lazy("order", "not paid"),
}
PHASE_WORDS: "dict[str, _StrPromise]" = {
    "new": pgettext_lazy("phase", "new"),
    "work": pgettext_lazy("phase", "being prepared"),
    "ready": pgettext_lazy("phase", "ready"),
    "shipping": pgettext_lazy("phase", "on the way"),
    "done": pgettext_lazy("phase", "done"),
    "cancelled": pgettext_lazy("phase", "cancelled"),
}
PART_WORDS: "dict[str, tuple[str, _StrPromise]]" = {
    "reserve": ("lock", _("Reserve")),
    "purchase": ("shopping-cart", _("Purchase")),
    "production": ("tool", _("Production")),
    "transfer": ("switch-horizontal", _("Transfer")),
    "pick": ("package", _("Picking")),
    "shipment": ("truck", _("Shipping")),
}
DEPARTMENT_WORDS: "dict[str, _StrPromise]" = {
    "purchase": pgettext_lazy("department", "purchasing"),
    "production": pgettext_lazy("department", "production"),
    "delivery": pgettext_lazy("department", "delivery"),
    "store": pgettext_lazy("department", "store"),
}
PART_STATE_WORDS: "dict[str, _StrPromise]" = {
    "waiting": _("waits"),
    "doing": _("under way"),
    "done": pgettext_lazy("part", "done"),
    "cancelled": pgettext_lazy("part", "cancelled"),
}
SHIPMENT_WORDS: "dict[str, _StrPromise]" = {
    "picking": _("being picked"),
    "packed": _("packed"),
    "shipped": _("shipped"),
    "delivered": _("delivered"),
    "cancelled": pgettext_lazy("shipment", "cancelled"),
}
RETURN_WORDS: "dict[str, _StrPromise]" = {
    "asked": _("asked for"),
    "received": _("received"),
    "refunded": _("money given back"),
    "rejected": _("rejected"),
    "cancelled": pgettext_lazy("return", "withdrawn"),
}
RETURN_KIND_WORDS: "dict[str, _StrPromise]" = {"return": _("return"), "exchange": _("exchange")}
FAULT_WORDS: "dict[str, _StrPromise]" = {
    "client": _("the client changed his mind"),
    "seller": _("our fault: bad, wrong or late"),
}
CONDITION_WORDS: "dict[str, _StrPromise]" = {"sale": _("fit for sale"), "damaged": _("damaged")}
DELIVERY_WORDS: "dict[str, _StrPromise]" = {
    "pickup": _("pickup"),
    "courier": _("courier"),
    "post": _("post"),
    "carrier": _("carrier"),
}
PAYMENT_WORDS: "dict[str, _StrPromise]" = {
    "online": _("by link"),
    "invoice": _("by invoice"),
    "cash": _("cash"),
    "card": pgettext_lazy("way to pay", "card"),
    "later": _("after delivery"),
}
REQUIRE_WORDS: "dict[str, _StrPromise]" = {
    "client_phone": _("a phone"),
    "address": _("an address"),
    "promised": _("a promised date"),
    "reserved": _("all goods reserved"),
    "paid": _("paid in full"),
    "shipped": _("all goods shipped"),
}
TONE_WORDS: "dict[str, _StrPromise]" = {
    "grey": _("grey"),
    "blue": _("blue"),
    "amber": _("amber"),
    "green": pgettext_lazy("order", "green"),
    "red": pgettext_lazy("order", "red"),
    "violet": _("violet"),
}
# How a status's tone is drawn by the chip of the kit.
CHIPS = {"grey": "", "blue": "accent", "amber": "heed", "green": "gain", "red": "late", "violet": "accent"}
