"""Rows of the operations over sites; `rows_site.py` makes them."""

from api_row import ApiRow
from api_row import kept as _kept

SEE = "owner head manager marketer reader"

ROWS = [
    ApiRow("list_sites", SEE),
    ApiRow("list_visits", SEE),
    ApiRow("list_widgets", SEE, args=_kept(site="site")),
]
