"""Rows of the operations over buffers and lost sales; `rows_replenish.py` makes them."""

from api_row import ApiRow
from api_row import kept as _kept

ORDERS = "owner head storekeeper"
RESERVES = "owner head manager storekeeper cashier"


def _place(world):
    return {"place": world.kept["buffer_place"]}


ROWS = [
    ApiRow("list_buffers", query=_place),
    ApiRow(
        "set_buffers", ORDERS,
        sent=lambda w: {"buffers": [{"variant": w.kept["variant"], **_place(w), "target": "12"}]}, names=True,
    ),
    ApiRow("propose_buffers", ORDERS, sent=_place, names=True),
    ApiRow("drop_buffer", ORDERS, (204,), args=_kept(buffer="buffer")),
    ApiRow("list_proposals", query=_place),
    ApiRow("order_proposed", ORDERS, (201,), sent=lambda w: {"picks": [{"buffer": w.kept["buffer"]}]}, names=True),
    ApiRow("list_lost_sales", query=lambda w: {"days": 3650}),
    ApiRow("lose_sale", RESERVES, (204,), sent=lambda w: {"variant": w.kept["variant"], "quantity": "1"}, names=True),
]  # fmt: skip
