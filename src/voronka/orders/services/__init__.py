"""The verbs of orders."""

from voronka.orders.services.cancelling import cancel
from voronka.orders.services.carrying import Stays, came_back_of, lessened_at, returned_lines, stays_of
from voronka.orders.services.changing import change, explain_delay
from voronka.orders.services.checking import compare_orders
from voronka.orders.services.drafts import LineDraft, OrderDraft, draft_of
from voronka.orders.services.exchanging import Worth, exchange, exchanged, worth_of
from voronka.orders.services.facts import refresh_facts
from voronka.orders.services.figures import differing_figures, refresh_figures
from voronka.orders.services.flow import Bulk, set_status, set_status_of_many, ways_of
from voronka.orders.services.locking import hold_order
from voronka.orders.services.paying import new_link, note_paid, order_of_link
from voronka.orders.services.placing import Placed, Short, place, place_whole, token_of
from voronka.orders.services.returning import (
    Back,
    ask_return,
    note_refunded,
    receive_return,
    reject_return,
    repeat,
    repeated,
)
from voronka.orders.services.setup import (
    DeliveryDraft,
    PaymentDraft,
    StatusDraft,
    save_delivery,
    save_payment,
    save_status,
    ship_settings,
)
from voronka.orders.services.shipping import (
    Scanned,
    cancel_shipment,
    deliver,
    hand_over,
    scan_pack,
    set_picked,
    ship,
    start_picking,
)
from voronka.orders.services.splitting import reserve_waiting, split, waiting_orders

__all__ = [
    "Back",
    "Bulk",
    "DeliveryDraft",
    "LineDraft",
    "OrderDraft",
    "PaymentDraft",
    "Placed",
    "Scanned",
    "Short",
    "StatusDraft",
    "Stays",
    "Worth",
    "ask_return",
    "came_back_of",
    "cancel",
    "cancel_shipment",
    "change",
    "compare_orders",
    "deliver",
    "differing_figures",
    "draft_of",
    "exchange",
    "exchanged",
    "explain_delay",
    "hand_over",
    "hold_order",
    "lessened_at",
    "new_link",
    "note_paid",
    "note_refunded",
    "order_of_link",
    "place",
    "place_whole",
    "receive_return",
    "refresh_facts",
    "refresh_figures",
    "reject_return",
    "repeat",
    "repeated",
    "reserve_waiting",
    "returned_lines",
    "save_delivery",
    "save_payment",
    "save_status",
    "scan_pack",
    "set_picked",
    "set_status",
    "set_status_of_many",
    "ship",
    "ship_settings",
    "split",
    "start_picking",
    "stays_of",
    "token_of",
    "waiting_orders",
    "ways_of",
    "worth_of",
]
