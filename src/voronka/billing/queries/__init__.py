"""What screens and other parts may ask of documents and money."""

from voronka.billing.queries.debts import Debt, debts, debts_of
from voronka.billing.queries.documents import find_documents, get_document, list_accounts, public_ids, reachable
from voronka.billing.queries.lists import look_up
from voronka.billing.queries.money import get_statement, list_payments, list_statements
from voronka.billing.queries.owing import sees_money
from voronka.billing.queries.papers import form_of
from voronka.billing.queries.surplus import get_surplus, waiting_surpluses

__all__ = [
    "Debt",
    "debts",
    "debts_of",
    "find_documents",
    "form_of",
    "get_document",
    "get_statement",
    "get_surplus",
    "list_accounts",
    "list_payments",
    "list_statements",
    "look_up",
    "public_ids",
    "reachable",
    "sees_money",
    "waiting_surpluses",
]
