"""Rows of the operations over the knowledge base; `rows_messaging.py` makes its records."""

from api_row import ApiRow
from api_row import kept as _kept

SEE = "owner head manager marketer storekeeper cashier reader"
EDIT = "owner head marketer"

ROWS = [
    ApiRow("list_answers", SEE),
    ApiRow("get_answer", SEE, args=_kept(answer="article")),
    ApiRow("add_answer", EDIT, (201,), sent=lambda w: {"question": "Есть ли парковка?", "answer": "Да"}),
    ApiRow("change_answer", EDIT, args=_kept(answer="article"), sent=lambda w: {"is_on": False}),
    ApiRow("drop_answer", EDIT, (204,), args=_kept(answer="article")),
    ApiRow("ask_answers", SEE, sent=lambda w: {"question": "есть ли парковка"}),
    ApiRow("list_synonyms", SEE),
    ApiRow("add_synonyms", EDIT, (201,), sent=lambda w: {"words": ["чашка", "кружка"]}),
    ApiRow("change_synonyms", EDIT, args=_kept(synonyms="synonyms"), sent=lambda w: {"words": ["чашка", "кружка"]}),
    ApiRow("drop_synonyms", EDIT, (204,), args=_kept(synonyms="synonyms")),
    ApiRow("list_proposed_answers", SEE),
    ApiRow("propose_answer", SEE, (201,), sent=lambda w: {"question": "Есть ли кафе?", "answer": "Да"}),
    ApiRow("judge_answer", EDIT, args=_kept(proposal="learnt"), sent=lambda w: {"is_approved": True}),
    ApiRow("list_unanswered", EDIT),
    ApiRow("settle_unanswered", EDIT, args=_kept(question="unanswered"), sent=lambda w: {"article": None}),
]
