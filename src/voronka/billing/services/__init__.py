"""The verbs of documents and money."""

from voronka.billing.services.checking import compare_with_ledger
from voronka.billing.services.crediting import give_surplus_back, keep_surplus, pay_from_credit
from voronka.billing.services.debts import refresh_debts
from voronka.billing.services.documents import (
    DocumentDraft,
    LineDraft,
    change_issued,
    draft_of,
    issue,
    issue_new,
    make_from,
    save_draft,
    void_document,
)
from voronka.billing.services.giving_back import give_back
from voronka.billing.services.links import close_link, make_link
from voronka.billing.services.numbering import next_number, save_series
from voronka.billing.services.payments import PaymentDraft, is_entered, set_limit
from voronka.billing.services.pressed import allocate, record_payment, refund, settle, take_back, void_payment
from voronka.billing.services.providers import ProviderDraft, save_provider
from voronka.billing.services.requisites import (
    RequisitesDraft,
    drop_account,
    save_account,
    save_requisites,
    set_picture,
)
from voronka.billing.services.statements import load_statement, problem_words, problems_of
from voronka.billing.services.templates import delete_template, save_template

__all__ = [
    "DocumentDraft",
    "LineDraft",
    "PaymentDraft",
    "ProviderDraft",
    "RequisitesDraft",
    "allocate",
    "change_issued",
    "close_link",
    "compare_with_ledger",
    "delete_template",
    "draft_of",
    "drop_account",
    "give_back",
    "give_surplus_back",
    "is_entered",
    "issue",
    "issue_new",
    "keep_surplus",
    "load_statement",
    "make_from",
    "make_link",
    "next_number",
    "pay_from_credit",
    "problem_words",
    "problems_of",
    "record_payment",
    "refresh_debts",
    "refund",
    "save_account",
    "save_draft",
    "save_provider",
    "save_requisites",
    "save_series",
    "save_template",
    "set_limit",
    "set_picture",
    "settle",
    "take_back",
    "void_document",
    "void_payment",
]
