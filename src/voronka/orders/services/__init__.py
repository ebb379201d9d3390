"""The verbs of orders."""

from voronka.orders.services.cancelling import cancel
from voronka.orders.services.changing import change
from voronka.orders.services.drafts import LineDraft, OrderDraft, draft_of
from voronka.orders.services.figures import differing_figures, refresh_figures
from voronka.orders.services.flow import Bulk, set_status, set_status_of_many, ways_of
from voronka.orders.services.paying import new_link, note_paid, order_of_link
from voronka.orders.services.placing import Short, place, token_of
from voronka.orders.services.setup import (
    DeliveryDraft,
    PaymentDraft,
    StatusDraft,
    save_delivery,
    save_payment,
    save_status,
    ship_settings,
)

__all__ = [
    "Bulk",
    "DeliveryDraft",
    "LineDraft",
    "OrderDraft",
    "PaymentDraft",
    "Short",
    "StatusDraft",
    "cancel",
    "change",
    "differing_figures",
    "draft_of",
    "new_link",
    "note_paid",
    "order_of_link",
    "place",
    "refresh_figures",
    "save_delivery",
    "save_payment",
    "save_status",
    "set_status",
    "set_status_of_many",
    "ship_settings",
    "token_of",
    "ways_of",
]
