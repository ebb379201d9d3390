"""Rows of the operations over goods and prices; `rows_catalogue.py` makes the goods."""

from api_row import ApiRow
from api_row import kept as _kept
from isolation_table import SECRET

EDITS = "owner head marketer storekeeper"
PRICES = "owner head marketer"
SETS_UP = "owner head"

_variant, _product = _kept(variant="variant"), _kept(product="product")

ROWS = [
    ApiRow("list_goods", query=lambda w: {"q": SECRET}),
    ApiRow("find_goods", query=lambda w: {"barcode": "4006381333931"}),
    ApiRow("list_prices", args=_variant),
    ApiRow(
        "set_price", PRICES, args=_variant, takes=frozenset({"amount"}),
        sent=lambda w: {"kind": "wholesale", "amount": "800.00"},
    ),
    ApiRow("end_price", PRICES, (204,), args=lambda w: {"variant": w.kept["variant"], "kind": "retail"}),
    ApiRow(
        "set_parts", EDITS, (204,), args=_kept(variant="kit_variant"),
        sent=lambda w: {"parts": [{"variant": w.kept["variant"], "quantity": "5"}]},
    ),
    ApiRow(
        "add_product", EDITS, (201,),
        sent=lambda w: {"name": "Стул", "variants": [{"code": "СТ-7", "barcodes": ["96385074"]}]},
    ),
    ApiRow(
        "switch_products", EDITS,
        sent=lambda w: {"products": [w.kept["product"]], "is_on_sale": False}, names=True,
    ),
    ApiRow("get_product", args=_product),
    ApiRow("change_product", EDITS, args=_product, sent=lambda w: {"brand": "Лофт"}),
    ApiRow("set_related", EDITS, (204,), args=_product, sent=lambda w: {"kind": "related", "products": []}),
    ApiRow("list_categories"),
    ApiRow("add_category", EDITS, (201,), sent=lambda w: {"name": "Сад"}),
    ApiRow("change_category", EDITS, args=_kept(category="category"), sent=lambda w: {"name": "Двор"}),
    ApiRow("delete_category", EDITS, (204,), args=_kept(category="branch")),
    ApiRow("list_price_kinds"),
    ApiRow("list_terms", PRICES, args=_kept(client="card")),
    ApiRow("set_terms", PRICES, args=_kept(client="card"), sent=lambda w: {"discount_percent": "7.50"}),
    ApiRow("end_terms", PRICES, (204,), args=_kept(client="card")),
    ApiRow("list_held_prices", SETS_UP),
    ApiRow(
        "settle_held_prices", SETS_UP, sent=lambda w: {"prices": [w.kept["held"]], "act": "release"}, names=True
    ),
]  # fmt: skip
