"""Rows of the operations over surveys; `rows_care.py` makes them."""

from api_row import ApiRow
from api_row import kept as _kept

SEE = "owner head manager marketer reader"
SET_UP = "owner head marketer"

ROWS = [
    ApiRow("list_surveys", SEE),
    ApiRow("get_survey", SEE, args=_kept(survey="survey")),
    ApiRow("list_survey_answers", SEE, args=_kept(survey="survey")),
    ApiRow("switch_survey", SET_UP, args=_kept(survey="survey"), sent=lambda w: {"is_on": True}),
]
