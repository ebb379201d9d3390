"""Rows of the operations over the stock; `rows_stock.py` makes places, goods and papers."""

import uuid

from api_row import ApiRow
from api_row import kept as _kept
from isolation_table import SECRET

SETS_UP = "owner head"
STORE = "owner head storekeeper"
COUNTS = "owner head storekeeper cashier"

_variant, _receipt, _count = _kept(variant="lying"), _kept(paper="receipt"), _kept(paper="stock_count")
_operation = str(uuid.uuid4())

ROWS = [
    ApiRow("list_stock", query=lambda w: {"q": SECRET}),
    ApiRow("get_stock", args=_variant),
    ApiRow("list_stock_moves", args=_variant),
    ApiRow("list_places"),
    ApiRow("add_place", SETS_UP, (201,), sent=lambda w: {"name": "Полка"}),
    ApiRow("change_place", SETS_UP, args=_kept(place="second_place"), sent=lambda w: {"name": "Полка"}),
    ApiRow("list_stock_papers"),
    ApiRow("get_stock_paper", args=_receipt),
    ApiRow(
        "make_stock_paper", STORE, (201,), names=True, takes=frozenset({"quantity"}),
        sent=lambda w: {
            "kind": "receipt", "target": w.kept["place"],
            "lines": [{"variant": w.kept["lying"], "quantity": "3", "cost": "12.50"}],
        },
    ),
    ApiRow(
        "write_stock_lines", STORE, args=_receipt,
        sent=lambda w: {"lines": [{"variant": w.kept["lying"], "quantity": "4"}]},
    ),
    ApiRow(
        "read_stock_paper", COUNTS, args=_count,
        sent=lambda w: {"readings": [{"operation": _operation, "quantity": "1", "code": "2000000000022"}]},
    ),
    ApiRow("finish_stock_paper", STORE, args=_receipt, sent=lambda w: {"version": 1}),
    ApiRow("cancel_stock_paper", SETS_UP, (204,), args=_count),
    ApiRow("plan_stock_count", SETS_UP, args=_count),
]  # fmt: skip
