"""Papers: drafts, numbers, changes, voids."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.billing import events
from voronka.billing.models import Account, Document, DocumentVersion, PaperTemplate, Requisites
from voronka.billing.permissions import ISSUE, SEE_DOCUMENTS
from voronka.billing.queries.documents import get_row
from voronka.billing.queries.papers import issue_of
from voronka.billing.queries.parties import buyer_of
from voronka.billing.rules import stored
from voronka.billing.rules.matching import name_words
from voronka.billing.rules.numbers import number_key
from voronka.billing.rules.totals import MOST_SUM, ZERO, Line, Totals, counted, discounted, totals_of
from voronka.billing.services.numbering import next_number
from voronka.billing.services.requisites import VAT_CODES
from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.people import queries as people

MOST_LINES = 1000
KINDS = ("invoice", "contract", "upd", "torg12", "factura", "correction", "advance", "act", "cash_order", "receipt",
         "waybill", "back", "own")  # fmt: skip
WITHOUT_LINES = frozenset({"advance", "cash_order", "receipt", "own", "contract"})
FOR_SALES = frozenset({"upd", "torg12", "factura", "act", "waybill", "contract", "cash_order", "receipt"})


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as it is typed. `vat` is a code of the catalogue; None takes the one of the requisites."""

    name: str
    quantity: Decimal = Decimal(1)
    price: Decimal = ZERO
    unit: str = "796"
    vat: str | None = None
    discount: Decimal = ZERO
    code: str = ""
    is_service: bool = False


@dataclass(frozen=True, slots=True)
class DocumentDraft:
    """A paper as it is typed. `amount` is the sum of papers without lines; `discount` is of the whole paper."""

    kind: str
    day: date
    lines: Sequence[LineDraft] = ()
    client_id: int | None = None
    requisites_id: str = ""
    account_id: str = ""
    due_on: date | None = None
    title: str = ""
    basis: str = ""
    subject: tuple[str, int] | None = None
    amount: Decimal = ZERO
    discount: Decimal = ZERO
    prices_with_tax: bool | None = None
    terms: str = ""
    template_id: str = ""
    transport: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def save_draft(
    *, actor: Actor, draft: DocumentDraft, public_id: str | None = None, source: Document | None = None, now: datetime,
    cause: uuid.UUID | None = None,
) -> Document:  # fmt: skip
    """Keep a paper that has no number yet, or change one. Raises Denied, NotFound, Conflict, Invalid."""
    if draft.kind not in KINDS:
        raise Invalid(_("There is no such kind of paper."), fields={"kind": _("There is no such kind of paper.")})
    if draft.client_id is not None:
        people.get_client_for(actor, ISSUE, client_id=draft.client_id)
    actor.require(ISSUE, owner_id=actor.employee_id)
    row = Document(kind=draft.kind, author_id=actor.employee_id, made_at=now, cause=cause, source=source)
    if public_id is not None:
        row = get_row(actor, public_id, right=ISSUE, lock=True)
        if row.state != Document.State.DRAFT:
            raise Conflict(_("This paper has its number: it is changed as a new version."), code="issued")
        row.version += 1
    _fill(row, draft)
    row.save()
    return row


def _fill(row: Document, draft: DocumentDraft) -> None:
    own = _requisites(draft.requisites_id)
    account = _account(own, draft.account_id)
    included = own.prices_with_tax if draft.prices_with_tax is None else draft.prices_with_tax
    source = row.source if row.source_id else None
    rates_on = source.day if source is not None and row.kind == "correction" else draft.day
    lines, whole = _counted(draft, own, rates_on, included)
    if row.kind == "correction":
        _check_correction(source, lines)
    buyer = buyer_of(draft.client_id)
    template = PaperTemplate.objects.filter(public_id=draft.template_id).first() if draft.template_id else None
    row.requisites, row.account, row.template = own, account, template
    row.client_id, row.day, row.due_on = draft.client_id, draft.day, draft.due_on
    if row.kind == "invoice" and row.due_on is None:
        row.due_on = draft.day + timedelta(days=own.pay_days)
    row.subject_kind, row.subject_id = draft.subject or (row.subject_kind, row.subject_id)
    row.title, row.amount, row.tax = draft.title[:200], whole.amount, whole.tax
    row.body = {
        "lines": stored.kept_lines(lines),
        "buyer": stored.kept_party(buyer),
        "included": included,
        "basis": draft.basis[:300],
        "terms": draft.terms[:4000],
        "transport": dict(draft.transport),
        **_links(row, source),
    }
    row.words = _words(row, buyer.name, lines)
    row.payer_inn, row.payer_words = buyer.inn[:12], sorted(name_words(buyer.name))[:20]


def _check_correction(source: Document | None, lines: Sequence[Line]) -> None:
    """Refuse a correction that cannot be held against its sale line by line."""
    if source is None:
        message = _("A correction is made from the paper that it corrects.")
        raise Invalid(message, fields={"kind": message})
    if len(source.body["lines"]) != len(lines):
        message = _("A correction keeps the lines of its sale: set the quantity or the price of a line instead.")
        raise Invalid(message, fields={"lines": message})


def _links(row: Document, source: Document | None) -> dict[str, Any]:
    """Return how the paper names the one it was made from."""
    if source is None:
        return {}
    told: dict[str, Any] = {"source": stored.kept_reference(source.number, source.day, source.kind)}
    if row.kind == "correction":
        told["before"] = source.body["lines"]
    return told


def _words(row: Document, buyer: str, lines: Sequence[Line]) -> str:
    """Return the text in which papers are searched: number, title, buyer, lines."""
    return "\n".join([row.number, row.title, buyer, *(line.name for line in lines)])[:20_000]


def _requisites(public_id: str) -> Requisites:
    rows = Requisites.objects.filter(is_active=True)
    found = rows.filter(public_id=public_id).first() if public_id else rows.filter(is_default=True).first()
    if found is None:
        message = _("Fill in the company's requisites first: Settings, Requisites.")
        raise Invalid(message, code="no_requisites", fields={"requisites": message})
    return found


def _account(own: Requisites, public_id: str) -> Account | None:
    rows = Account.objects.filter(requisites=own, is_active=True)
    return rows.filter(public_id=public_id).first() if public_id else rows.filter(is_default=True).first()


def _counted(draft: DocumentDraft, own: Requisites, rates_on: date, included: bool) -> tuple[list[Line], Totals]:
    if not draft.lines:
        if draft.kind not in WITHOUT_LINES:
            message = _("A paper needs at least one line.")
            raise Invalid(message, fields={"lines": message})
        if not 0 <= draft.amount <= MOST_SUM:
            raise Invalid(_("This sum cannot be."), fields={"amount": _("This sum cannot be.")})
        try:  # its sum is said to hold a tax of the usual rate
            catalogue.vat_percent(own.vat, rates_on)
        except ValueError:
            message = _("This rate was not in force on %(day)s.") % {"day": rates_on.isoformat()}
            raise Invalid(message, fields={"day": message}) from None
        return [], Totals(draft.amount, ZERO, ())
    if len(draft.lines) > MOST_LINES:
        message = _("At most %(most)d lines.") % {"most": MOST_LINES}
        raise Invalid(message, fields={"lines": message})
    lines = [_line(one, own.vat, rates_on, place) for place, one in enumerate(draft.lines, 1)]
    try:
        if draft.discount:
            lines = discounted(lines, draft.discount)
        # Taxes are rounded by line: an invoice and the счёт-фактура made of it then agree line by line.
        lines = counted(lines, included=included, may_be_none=draft.kind == "correction")
        return lines, totals_of(lines)
    except ValueError as error:
        raise _line_problem(error) from None


def _line(draft: LineDraft, usual_vat: str, day: date, place: int) -> Line:
    code = draft.vat or usual_vat
    name = " ".join(draft.name.split())[:500]
    if not name:
        raise Invalid(_("Line %(n)d has no name.") % {"n": place}, fields={f"name-{place}": _("A name is needed.")})
    if code not in VAT_CODES:
        message = _("There is no such rate.")
        raise Invalid(message, fields={f"vat-{place}": message})
    try:
        percent = catalogue.vat_percent(code, day)
    except ValueError:
        message = _("This rate was not in force on %(day)s.") % {"day": day.isoformat()}
        raise Invalid(message, fields={f"vat-{place}": message}) from None
    return Line(
        name=name, quantity=draft.quantity, price=draft.price, unit=draft.unit[:4], code=draft.code[:60], vat=code,
        percent=percent, discount=draft.discount, is_service=draft.is_service,
    )  # fmt: skip


def _line_problem(error: ValueError) -> Invalid:
    code, place = (*error.args, 0)[:2]
    words = {
        "quantity": _("The quantity has to be more than zero."),
        "price": _("The price cannot be below zero."),
        "discount": _("The discount is more than the line, or below zero."),
        "too_big": _("The sum is too big."),
    }[str(code)]
    return Invalid(
        _("Line %(n)d: %(what)s") % {"n": place, "what": words} if place else words, fields={f"{code}-{place}": words}
    )


@transaction.atomic
def issue(*, actor: Actor, public_id: str, now: datetime) -> Document:
    """Give a draft its number. Issued already: nothing changes, so a second press does no harm.

    Raises Denied, NotFound, Conflict.
    """
    row = get_row(actor, public_id, right=ISSUE, lock=True)
    if row.state == Document.State.ISSUED:
        return row
    if row.state == Document.State.VOID:
        raise Conflict(_("This paper is void."), code="void")
    row.series, row.year, row.count, row.number = next_number(row.kind, row.day)
    row.number_key = number_key(row.number)
    row.state, row.issued_at = Document.State.ISSUED, now
    row.words = "\n".join([row.number, row.words])[:20_000]
    row.save(update_fields=["series", "year", "count", "number", "number_key", "state", "issued_at", "words"])
    _keep_version(actor, row, now)
    return row


def _keep_version(actor: Actor, row: Document, now: datetime) -> None:
    row.body = {**row.body, "issued": issue_of(row)}
    row.save(update_fields=["body"])
    DocumentVersion.objects.create(
        document=row, version=row.version, body=row.body, day=row.day, employee_id=actor.employee_id, at=now
    )
    publish(
        events.DocumentIssued(
            document_id=row.pk, client_id=row.client_id, kind=row.kind, number=row.number, amount=row.amount,
            version=row.version,
        ),
        cause=row.cause,
        at=now,
    )  # fmt: skip


@transaction.atomic
def issue_new(*, actor: Actor, draft: DocumentDraft, now: datetime, cause: uuid.UUID | None = None) -> Document:
    """Write a paper and give it its number at once. Raises as `save_draft` and `issue`."""
    row = save_draft(actor=actor, draft=draft, now=now, cause=cause)
    return issue(actor=actor, public_id=row.public_id, now=now)


@transaction.atomic
def change_issued(*, actor: Actor, public_id: str, draft: DocumentDraft, version: int, now: datetime) -> Document:
    """Issue a paper anew under its number: what it said before stays as a version.

    Its kind, client and day of numbering stay. Raises Conflict where somebody else changed it, or where more is paid
    than it would come to.
    """
    row = get_row(actor, public_id, right=ISSUE, lock=True)
    if row.state != Document.State.ISSUED:
        raise Conflict(_("Only a paper that holds can be issued anew."), code="not_issued")
    if row.version != version:
        raise Conflict(_("Somebody changed this paper meanwhile: look at it again."), code="moved")
    _fill(row, replace(draft, kind=row.kind, client_id=row.client_id, day=row.day))
    if row.paid > row.amount:
        raise Conflict(_("More is paid than the paper would come to: take payments off first."), code="paid_more")
    row.version += 1
    row.save()
    _keep_version(actor, row, now)
    return row


@transaction.atomic
def void_document(
    *, actor: Actor, public_id: str, reason: str = "", now: datetime, is_sole: bool = True
) -> Document:  # fmt: skip
    """Let a paper hold no more; its number stays taken. A draft is simply gone.

    Raises Conflict where money lies on it, or, with `is_sole`, where papers made from it still hold.
    """
    row = get_row(actor, public_id, right=ISSUE, lock=True)
    if row.state == Document.State.VOID:
        return row
    if row.state == Document.State.DRAFT:
        Document.objects.filter(source=row).update(source=None)
        row.delete()
        return row
    if row.paid:
        raise Conflict(_("Money has come for this paper: take the payments off first."), code="paid")
    held = Document.objects.filter(source=row, state=Document.State.ISSUED).order_by("id").first()
    if held is not None and is_sole:
        raise Conflict(
            _("Paper № %(number)s was made from this one and still holds.") % {"number": held.number},
            code="has_others",
        )
    row.state, row.voided_at, row.void_reason = Document.State.VOID, now, reason.strip()[:300]
    row.save(update_fields=["state", "voided_at", "void_reason"])
    publish(
        events.DocumentVoided(document_id=row.pk, client_id=row.client_id, kind=row.kind, number=row.number),
        cause=row.cause,
        at=now,
    )
    return row


@transaction.atomic
def make_from(*, actor: Actor, public_id: str, kind: str, day: date, now: datetime) -> Document:
    """Make a draft of another kind from an issued paper: its lines with their sums, its client, the link to it.

    A correction takes the rates of the day of its source. Raises Denied, NotFound, Conflict, Invalid.
    """
    source = get_row(actor, public_id, right=SEE_DOCUMENTS)
    if source.state != Document.State.ISSUED:
        raise Conflict(_("Only a paper that holds can be gone on from."), code="not_issued")
    if kind not in KINDS or (kind == "correction") != (kind == "correction" and source.kind in ("factura", "upd")):
        message = _("This paper cannot be made from that one.")
        raise Invalid(message, fields={"kind": message})
    lines = stored.read_lines(source.body["lines"])
    if kind == "act" and any(line.is_service for line in lines):
        lines = tuple(line for line in lines if line.is_service)
    draft = DocumentDraft(
        kind=kind,
        day=day,
        lines=[draft_of(line) for line in lines],
        client_id=source.client_id,
        requisites_id=source.requisites.public_id,
        account_id=source.account.public_id if source.account else "",
        basis=source.body.get("basis") or _named(source),
        amount=source.amount,
        prices_with_tax=source.body.get("included", True),
        subject=(source.subject_kind, source.subject_id) if source.subject_id else None,
        title=source.title,
    )
    return save_draft(actor=actor, draft=draft, source=source, now=now)


def _named(source: Document) -> str:
    return f"Счёт № {source.number} от {source.day:%d.%m.%Y}" if source.kind == "invoice" else ""


def draft_of(line: Line) -> LineDraft:
    """Return a kept line as it was typed."""
    return LineDraft(
        name=line.name, quantity=line.quantity, price=line.price, unit=line.unit, vat=line.vat, discount=line.discount,
        code=line.code, is_service=line.is_service,
    )  # fmt: skip


@transaction.atomic
def void_caused(*, actor: Actor, cause: uuid.UUID, now: datetime) -> list[str]:
    """Void the papers that a press made, as the counter-entry of its undo; return their numbers. Raises Conflict."""
    rows = Document.objects.filter(cause=cause).exclude(state=Document.State.VOID).order_by("-id")
    reason = _("The press was taken back")
    return [void_document(actor=actor, public_id=row.public_id, reason=reason, now=now).number for row in rows]


def require_payable(row: Document | None) -> Document:
    """Return the paper when money may be given to it. Raises NotFound, Conflict."""
    if row is None:
        raise NotFound(_("There is no such paper."))
    if row.kind != "invoice" or row.state != Document.State.ISSUED:
        raise Conflict(_("Money is given to invoices that hold."), code="not_payable")
    return row
