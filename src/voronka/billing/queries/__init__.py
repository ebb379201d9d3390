"""What screens and other parts may ask of documents and money."""

from voronka.billing.queries.debts import Debt, debts, debts_of
from voronka.billing.queries.documents import find_documents, get_document, public_ids, reachable
from voronka.billing.queries.papers import form_of

__all__ = [
    "Debt",
    "debts",
    "debts_of",
    "find_documents",
    "form_of",
    "get_document",
    "public_ids",
    "reachable",
]
