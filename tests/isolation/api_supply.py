"""Rows of the operations over suppliers' price lists; `rows_lists.py` makes the lists."""

from api_row import ApiRow
from api_row import kept as _kept
from django.core.files.uploadedfile import SimpleUploadedFile
from isolation_table import World
from rows_lists import LIST, LOADS

_supplier, _asked, _done = _kept(supplier="list_supplier"), _kept(loading="list_asked"), _kept(loading="list_done")


def _file(world: World) -> SimpleUploadedFile:
    return SimpleUploadedFile("list.csv", LIST.encode())


ROWS = [
    ApiRow("list_suppliers", LOADS),
    ApiRow("list_price_lists", LOADS, args=_supplier),
    ApiRow("load_price_list", LOADS, (201,), args=_supplier, file=_file),
    ApiRow("list_doubts", LOADS, args=_supplier),
    ApiRow("get_price_list", LOADS, args=_done),
    ApiRow(
        "choose_list_columns", LOADS, args=_asked, sent=lambda w: {"columns": ["code", "name", "price", "quantity"]}
    ),
    ApiRow("undo_price_list", LOADS, args=_done),
    ApiRow("drop_price_list", LOADS, (204,), args=_asked),
    ApiRow(
        "answer_doubt", LOADS, args=_kept(line="list_item"),
        sent=lambda w: {"act": "bind", "variant": w.kept["list_variant"]},
    ),
    ApiRow("take_answer_back", LOADS, args=_kept(line="list_bound")),
]  # fmt: skip
