"""Rows of the operations over A/B tests; `rows_trials.py` makes them."""

from api_row import ApiRow
from api_row import kept as _kept

SEE = "owner head marketer reader"

ROWS = [ApiRow("list_tests", SEE), ApiRow("get_test", SEE, args=_kept(test="trial"))]
