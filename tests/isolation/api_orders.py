"""Rows of the operations over orders; `rows_orders.py` makes them."""

from api_row import ApiRow
from api_row import kept as _kept
from rows_orders import CHANGE, MAKE, RETURN, SEE, SHIP

_order, _shipment = _kept(order="order"), _kept(shipment="order_shipment")

ROWS = [
    ApiRow("list_orders", SEE),
    ApiRow("get_order", SEE, args=_order, by_record=True),
    ApiRow(
        "place_order", MAKE, (201,), names=True,
        sent=lambda w: {"client": w.kept["order_client_id"], "lines": [{"variant": w.kept["order_goods_id"]}]},
    ),
    ApiRow(
        "change_order", CHANGE, (200, 409), args=_order, sent=lambda w: {"version": 1, "comment": "Call first"},
        by_record=True,
    ),
    ApiRow("set_order_status", CHANGE, args=_order, sent=lambda w: {"status": "agreed"}, by_record=True),
    ApiRow("promise_order", CHANGE, args=_order, sent=lambda w: {"at": "2027-03-01T12:00:00Z"}, by_record=True),
    ApiRow("cancel_order", CHANGE, args=_order, sent=lambda w: {"cause": "No"}, by_record=True),
    ApiRow("pick_order", SHIP, (201,), args=_order),
    ApiRow("list_shipments", SHIP),
    ApiRow("get_shipment", SEE, args=_shipment, by_record=True),
    ApiRow("scan_shipment", SHIP, args=_shipment, sent=lambda w: {"code": w.kept["order_goods"].code}),
    ApiRow("ship_shipment", SHIP, args=_kept(shipment="order_packed"), sent=lambda w: {"tracking": "RA1"}),
    ApiRow("deliver_shipment", SHIP, args=_kept(shipment="order_shipped")),
    ApiRow(
        "ask_return", RETURN, (201,), args=_kept(order="order_gone"), sent=lambda w: {"lines": [{"line": 1}]},
        by_record=True,
    ),
    ApiRow("list_returns", RETURN),
    ApiRow("get_return", SEE, args=_kept(back="order_return"), by_record=True),
    ApiRow(
        "receive_return", RETURN, args=_kept(back="order_return"), sent=lambda w: {"place": w.kept["order_place"]},
        by_record=True,
    ),
    ApiRow(
        "reject_return", RETURN, args=_kept(back="order_return"), sent=lambda w: {"cause": "Worn"}, by_record=True
    ),
    ApiRow("list_order_statuses", SEE),
]  # fmt: skip
