"""A kept paper as a form, and as a file."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from voronka.billing.models import Document
from voronka.billing.queries.parties import party_shown, seller_of
from voronka.billing.rules import stored
from voronka.billing.rules.docx import as_html, fill_docx, open_docx, without_marks
from voronka.billing.rules.papers import FORMS, Form, Paper, Party, Reference
from voronka.billing.rules.papers.codes import payment_code
from voronka.billing.rules.papers.paper import long_day
from voronka.billing.rules.papers.written import written_form
from voronka.billing.rules.words import sum_in_words
from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.files import local_path
from voronka.kit.models import StoredFile
from voronka.kit.texts import TextError, Value, render

_PARTY = ("name", "inn", "kpp", "ogrn", "address", "phone", "bank", "bik", "account", "director", "director_post")
PICTURES = ("logo", "stamp", "sign_director", "sign_accountant")
NAMES = {
    "invoice": "Счёт", "contract": "Договор", "torg12": "Товарная накладная", "factura": "Счёт-фактура",
    "correction": "Корректировочный счёт-фактура", "advance": "Счёт-фактура на аванс", "upd": "УПД", "act": "Акт",
    "cash_order": "Приходный ордер", "receipt": "Квитанция", "waybill": "Транспортная накладная",
    "back": "Акт о возврате", "own": "Документ",
}  # fmt: skip


def issue_of(document: Document) -> dict[str, Any]:
    """Return what the paper says beyond its lines as requisites and texts are now, in plain values."""
    own = document.requisites
    return stored.kept_issue(
        seller_of(own, document.account),
        terms=document.body.get("terms") or own.terms,
        warning=own.warning,
        city=own.city,
        tax_words=_percent(document),
        pictures={name: value for name in PICTURES if (value := getattr(own, name))},
        due=document.due_on,
        title=document.title,
        amount=document.amount,
        text=document.template.body if document.template else "",
        file=document.template.file if document.template else "",
    )


def issued_of(document: Document) -> dict[str, Any]:
    """Return what the paper said beyond its lines when it was issued; of a draft, what it would say now."""
    found: dict[str, Any] = document.body.get("issued") or issue_of(document)
    return found


def paper_of(actor: Actor, document: Document) -> Paper:
    """Return a kept paper as its form takes it, without what the actor may not see of the client."""
    body, issued = document.body, issued_of(document)
    source = stored.read_references([body["source"]])[0] if body.get("source") else None
    base: Reference | None = replace(source, name="") if source else None
    paper = Paper(
        number=document.number or "б/н",
        day=document.day,
        seller=stored.read_party(issued["seller"]),
        buyer=party_shown(actor, stored.read_party(body.get("buyer", {}))),
        lines=stored.read_lines(body.get("lines", [])),
        before=stored.read_lines(body.get("before", [])),
        currency=document.currency,
        basis=body.get("basis", ""),
        due=date.fromisoformat(issued["due"]) if issued["due"] else None,
        terms=tuple(line for line in issued["terms"].splitlines() if line.strip()),
        warning=issued["warning"],
        corrected=base,
        amount=Decimal(issued["amount"]),
        tax_words=issued["tax_words"],
        purpose=issued["title"],
        transport=stored.read_transport(body.get("transport")),
        included=body.get("included", True),
        city=issued["city"],
        pictures=frozenset(issued["pictures"]),
    )
    return replace(paper, qr=payment_code(paper)) if document.kind in ("invoice", "receipt") and paper.sum else paper


def _percent(document: Document) -> str:
    """Return the percent in a sum that has no lines: an advance is taxed by the calculated rate of its day."""
    if document.body.get("lines") or document.requisites.vat in ("none", "zero"):
        return ""
    percent = catalogue.vat_percent(document.requisites.vat, document.day)
    return f"{percent.normalize():f}" if percent else ""


def form_of(actor: Actor, document: Document) -> Form:
    """Return the form of a paper with the company's pictures. Raises TextError for a broken own text."""
    paper = paper_of(actor, document)
    if document.kind == "own":
        if issued_of(document).get("file"):
            filled = as_html(docx_of(actor, document))
        else:
            filled = render(issued_of(document)["text"], values_of(paper), autoescape=True)
        form = written_form(filled, title=f"{paper.purpose or NAMES['own']} № {paper.number}", paper=paper)
    else:
        form = FORMS[document.kind](paper)
    return replace(form, pictures=_pictures(document))


def docx_of(actor: Actor, document: Document) -> bytes:
    """Return an own paper that is written by a file of Word, filled. Raises TextError, DocxProblem, NotFound."""
    kept = StoredFile.objects.filter(public_id=issued_of(document).get("file") or "-").first()
    if kept is None:
        raise NotFound(_("There is no such file."))
    with local_path(kept) as path:
        opened = open_docx(path.read_bytes())
    values = _unmarked(values_of(paper_of(actor, document)))
    return fill_docx(opened, lambda source: render(source, values, autoescape=True))


def _unmarked(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values without signs that a file of Word cannot hold."""

    def clean(value: Value) -> Value:
        if isinstance(value, str):
            return without_marks(value)
        if isinstance(value, Mapping):
            return _unmarked(value)
        return [clean(one) for one in value] if isinstance(value, list) else value

    return {name: clean(value) for name, value in values.items()}


def values_of(paper: Paper) -> dict[str, Value]:
    """Return what own texts may say of a paper."""

    def party(one: Party) -> dict[str, Value]:
        return {name: getattr(one, name) for name in _PARTY}

    totals = paper.totals
    return {
        "number": paper.number, "day": long_day(paper.day), "city": paper.city, "basis": paper.basis,
        "due": long_day(paper.due) if paper.due else "", "seller": party(paper.seller), "buyer": party(paper.buyer),
        "sum": paper.sum, "tax": totals.tax, "sum_in_words": sum_in_words(paper.sum, paper.currency),
        "lines": [
            {"name": line.name, "quantity": line.quantity, "unit": line.unit_word, "price": line.price,
             "sum": line.amount} for line in paper.lines
        ],
    }  # fmt: skip


def _pictures(document: Document) -> dict[str, bytes]:
    """Return the pictures by slot; one file may stand in several."""
    wanted: dict[str, str] = issued_of(document)["pictures"]
    found: dict[str, bytes] = {}
    for file in StoredFile.objects.filter(public_id__in=set(wanted.values())) if wanted else ():
        with local_path(file) as path:
            body = path.read_bytes()
        found |= {slot: body for slot, public_id in wanted.items() if public_id == file.public_id}
    return found


def file_name(document: Document, ending: str) -> str:
    """Return what a paper's file is called."""
    number = (document.number or "черновик").replace("/", "-")
    return f"{NAMES[document.kind]} {number} {document.day:%d.%m.%Y}.{ending}"


__all__ = ["NAMES", "TextError", "file_name", "form_of", "paper_of", "values_of"]
