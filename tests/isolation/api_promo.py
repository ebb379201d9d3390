"""Rows of the operations over promo codes; `rows_loyalty.py` makes them."""

from api_row import ApiRow
from api_row import kept as _kept

SEE = "owner head manager marketer cashier accountant reader"
SET_UP = "owner head marketer"
REDEEM = "owner head manager marketer storekeeper cashier"

ROWS = [
    ApiRow("list_promos", SEE),
    ApiRow("get_promo", SEE, args=_kept(promo="promo")),
    ApiRow(
        "make_promo", SET_UP, (201,), takes=frozenset({"sum"}),
        sent=lambda w: {"name": "Зима", "code": "ЗИМА27", "percent": "5"},
    ),
    ApiRow(
        "change_promo", SET_UP, args=_kept(promo="promo"), takes=frozenset({"sum"}),
        sent=lambda w: {"name": "Лето", "code": "SECRET-ALL", "sum": "100"},
    ),
    ApiRow("switch_promo", SET_UP, args=_kept(promo="promo"), sent=lambda w: {"is_on": False}),
    ApiRow("make_promo_codes", SET_UP, (201,), args=_kept(promo="batch"), sent=lambda w: {"count": 2}),
    ApiRow("list_promo_codes", SET_UP, args=_kept(promo="batch")),
    ApiRow(
        "quote_promo", REDEEM,
        sent=lambda w: {"code": w.kept["promo_words"], "lines": [{"sum": "900.00"}]},
    ),
]  # fmt: skip
