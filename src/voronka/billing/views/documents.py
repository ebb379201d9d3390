"""Papers: the list, one of them, its files, what may be done with it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from voronka.billing import services
from voronka.billing.models import Document, PayLink
from voronka.billing.permissions import ISSUE, SEE_DOCUMENTS, SEE_MONEY, TAKE_MONEY
from voronka.billing.queries import documents, papers
from voronka.billing.queries.debts import debts_of
from voronka.billing.queries.lists import PAPERS
from voronka.billing.queries.money import allocations_on, payments_on
from voronka.billing.queries.surplus import credit_of, surpluses_of, surpluses_of_client
from voronka.billing.rules.docx import DocxProblem
from voronka.billing.rules.totals import ZERO
from voronka.billing.services import links, providers
from voronka.billing.services.documents import FOR_SALES
from voronka.billing.services.printing import PrintFailed, to_pdf, to_picture, to_xlsx
from voronka.billing.services.templates import DOCX
from voronka.billing.views.crediting import surplus_rows
from voronka.billing.views.listing import Listing, listed, taken_out
from voronka.billing.views.words import kind_names, posted, state_names, tabs
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.files import attachment, file_response, get_file
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.tables.writers import Writable
from voronka.kit.texts import TextError
from voronka.orders import queries as orders
from voronka.people import queries as people


@require_GET
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the first page of money that the actor may open."""
    actor = actor_of(request)
    actor.require(SEE_DOCUMENTS, owner_id=actor.employee_id)
    return redirect("billing:documents")


def _listing() -> Listing:
    return Listing(
        subject=PAPERS,
        page="billing:documents",
        export="billing:documents-export",
        template="billing/document_list.html",
        piece="billing/_document_rows.html",
        heads=[
            ("kind", _("Document")), ("day", _("Day")), ("client", _("Client")), ("sum", _("Sum")),
            ("due_on", _("To be paid by")), ("state", _("State")),
        ],
        usual=[
            (_("All documents"), {}), (_("Not paid"), {"paid": "unpaid"}), (_("Overdue"), {"paid": "overdue"}),
            (_("Drafts"), {"state": "draft"}),
        ],
    )  # fmt: skip


@require_GET
@signed_in
def document_list(request: HttpRequest) -> HttpResponse:
    """Show papers within reach: search, filters and order all stand in the address."""
    actor = actor_of(request)
    actor.require(SEE_DOCUMENTS, owner_id=actor.employee_id)
    names, today = kind_names(), datetime.now(UTC).astimezone(actor.zone).date()

    def cells(one: Document) -> Mapping[str, object]:
        is_late = one.due_on is not None and one.due_on < today and documents.is_unpaid(one)
        return {"name": names[one.kind], "state": state_words(one), "client": _client_name(actor, one),
                "is_late": is_late, "left": one.amount - one.paid if one.paid else 0}  # fmt: skip

    more = {"tabs": tabs(actor, "documents"), "may_issue": actor.may(ISSUE, owner_id=actor.employee_id)}
    return listed(request, _listing(), cells, more)


@require_GET
@signed_in
def document_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give the list of papers as a file."""
    actor = actor_of(request)
    actor.require(SEE_DOCUMENTS, owner_id=actor.employee_id)
    names = kind_names()

    def cells(one: Document) -> Sequence[Writable]:
        return [
            names[one.kind], one.number, one.day, _client_name(actor, one), one.title, one.amount, one.tax, one.paid,
            one.currency, one.due_on, state_words(one)[0], one.requisites.name, one.author.name if one.author else "",
        ]  # fmt: skip

    heads = [
        _("Kind"), pgettext("of a paper", "Number"), _("Day"), _("Client"), _("Title"), _("Sum"), _("VAT included"),
        _("Paid"), _("Currency"), _("To be paid by"), _("State"), _("From whom on paper"), _("Author"),
    ]  # fmt: skip
    return taken_out(request, _listing(), code, name=_("documents"), heads=heads, cells=cells)


def _client_name(actor: Actor, row: Document) -> str:
    return people.name_shown(actor, row.client.name) if row.client else str(row.body.get("buyer", {}).get("name", ""))


def state_words(row: Document) -> tuple[str, str]:
    """Return the state of a paper in words, and its tone."""
    names = state_names()
    if row.kind != "invoice" or row.state != Document.State.ISSUED:
        return names[row.state], {"void": "late", "draft": ""}.get(row.state, "")
    if row.paid == row.amount:
        return names["paid"], "gain"
    return (_("Paid in part"), "heed") if row.paid else (names["open"], "")


@require_GET
@signed_in
def document(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a paper as it is printed, with its payments and the papers made from it."""
    actor = actor_of(request)
    row = documents.get_document(actor, public_id)
    names = kind_names()
    may_issue = Document.objects.filter(documents.reachable(actor, ISSUE), pk=row.pk).exists()
    is_issued = row.state == Document.State.ISSUED
    targets = [*FOR_SALES, *(["correction"] if row.kind in ("factura", "upd") else [])]
    sees_money = actor.may(SEE_MONEY)
    context = {
        "row": row,
        "name": names[row.kind],
        "has_docx": row.kind == "own" and bool(papers.issued_of(row).get("file")),
        "state": state_words(row),
        "client": row.client,
        "client_name": _client_name(actor, row),
        "left": row.amount - row.paid,
        "paid": allocations_on(row) if sees_money else [],
        "may_pay": is_issued and row.kind == "invoice" and row.paid < row.amount and actor.may(TAKE_MONEY),
        "credit": _credit(actor, row),
        **_link_of(request, row, may_issue=may_issue and is_issued),
        "family": [(one, names[one.kind], state_words(one)) for one in documents.family_of(actor, row)],
        "versions": list(row.versions.order_by("-version")[:20]),
        "sees_all": actor.sees_all,
        "may_issue": may_issue,
        "targets": [(code, names[code]) for code in names if code in targets and code != row.kind]
        if is_issued
        else [],
        "pages": range(1, 3 if len(row.body.get("lines", [])) > 14 else 2),
    }
    return render(request, "billing/document.html", context)


def _credit(actor: Actor, row: Document) -> Decimal:
    """Return what of an unpaid invoice its client's own money can pay, for those who may say so."""
    is_open = row.kind == "invoice" and row.state == Document.State.ISSUED and row.paid < row.amount
    if not is_open or row.client_id is None or not actor.may(TAKE_MONEY):
        return ZERO
    return min(credit_of(row.client_id, row.currency), row.amount - row.paid)


def _link_of(request: HttpRequest, row: Document, *, may_issue: bool) -> Mapping[str, object]:
    """Return the secret link of an unpaid invoice for those who may give it out, and the newest tries to pay by it."""
    if row.kind != "invoice" or not may_issue or row.paid >= row.amount:
        return {}
    link = PayLink.objects.filter(document=row, is_on=True).first()
    address = request.build_absolute_uri(reverse("billing:pay", args=[links.sign_of(link)])) if link else ""
    return {"pays_by_link": providers.provider_on() is not None, "pay_url": address}


@require_GET
@signed_in
def document_file(request: HttpRequest, public_id: str, ending: str) -> HttpResponse:
    """Give a paper as PDF or XLSX."""
    actor = actor_of(request)
    row = documents.get_document(actor, public_id)
    if ending not in ("pdf", "xlsx", "docx"):
        raise NotFound(_("There is no such file."))
    body = _drawn(actor, row, ending)
    kinds = {
        "docx": DOCX,
        "pdf": "application/pdf",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    given = attachment(BytesIO(body), papers.file_name(row, ending), content_type=kinds[ending])
    return cast("HttpResponse", given)  # a file is one to whoever asked


@require_GET
@signed_in
def document_kept(request: HttpRequest, public_id: str, version: int) -> HttpResponse:
    """Give the kept file of a version, to those from whom nothing of the client is hidden."""
    actor = actor_of(request)
    row = documents.get_document(actor, public_id)
    kept = row.versions.filter(version=min(version, 2**31 - 1)).values_list("file", flat=True).first()
    return cast("HttpResponse", file_response(get_file(actor, kept or "")))


@require_GET
@signed_in
def document_page(request: HttpRequest, public_id: str, page: int) -> HttpResponse:
    """Give a page of a paper as a picture."""
    actor = actor_of(request)
    row = documents.get_document(actor, public_id)
    response = HttpResponse(_drawn(actor, row, "png", page=min(page, 1000)), content_type="image/png")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _drawn(actor: Actor, row: Document, ending: str, *, page: int = 1) -> bytes:
    """Return a paper's file; a text or picture that cannot be drawn is told in words."""
    try:
        if ending == "docx":
            return papers.docx_of(actor, row)
        form = papers.form_of(actor, row)
        if ending == "xlsx":
            return to_xlsx(form)
        return to_picture(form, day=row.day, page=page) if ending == "png" else to_pdf(form, day=row.day)
    except (TextError, DocxProblem) as error:
        words = _("The own text of this paper has a mistake: mend it in the settings.")
        raise Conflict(words, code="bad_text") from error
    except PrintFailed as error:
        words = _("The paper could not be drawn: look whether logo, stamp and signatures are good pictures.")
        raise Conflict(words, code="not_drawn") from error


@require_POST
@signed_in
def document_act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Issue a draft, void a paper, pay it with the client's own money, or make another one from it."""
    actor, sent, now = actor_of(request), posted(request), datetime.now(UTC)
    match act:
        case "issue":
            row = services.issue(actor=actor, public_id=public_id, now=now)
            messages.success(request, _("Issued: № %(number)s") % {"number": row.number})
        case "void":
            row = services.void_document(actor=actor, public_id=public_id, reason=sent.get("reason", ""), now=now)
            if row.state == Document.State.DRAFT:
                messages.success(request, _("The draft is gone"))
                return redirect("billing:documents")
            messages.success(request, _("Void: № %(number)s") % {"number": row.number})
        case "credit":
            row = services.pay_from_credit(actor=actor, public_id=public_id, now=now)
            messages.success(request, _("Paid with the client's own money"))
        case "make":
            day = now.astimezone(actor.zone).date()
            row = services.make_from(actor=actor, public_id=public_id, kind=sent.get("kind", ""), day=day, now=now)
            messages.success(request, _("A draft is made: look at it and issue it"))
        case _other:
            raise NotFound(_("There is no such act."))
    return redirect("billing:document", row.public_id)


@require_GET
@signed_in
def client_documents(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the newest papers of a client and what he owes, for his card."""
    actor = actor_of(request)
    actor.require(SEE_DOCUMENTS, owner_id=actor.employee_id)
    client = people.get_client(actor, public_id)
    rows = list(documents.list_documents(actor).filter(Q(client_id=client.pk))[:5])
    names = kind_names()
    context = {
        "client": client,
        "rows": [(one, names[one.kind], state_words(one)) for one in rows],
        "debt": _debt(actor, client.pk),
        **surplus_rows(actor, surpluses_of_client(client.pk) if actor.may(SEE_MONEY) else []),
        "may_issue": actor.may(ISSUE, owner_id=client.responsible_id),
        "new_url": f"{reverse('billing:document-new')}?{urlencode({'client': public_id})}",
    }
    return render(request, "billing/_client.html", context)


@require_GET
@signed_in
def order_papers(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the papers of an order and the money that lies on them, for the order's page."""
    actor = actor_of(request)
    actor.require(SEE_DOCUMENTS, owner_id=actor.employee_id)
    order = orders.get_order(actor, public_id)
    rows, names = documents.documents_about(actor, "order", order.pk), kind_names()
    unpaid = next((one for one in rows if documents.is_unpaid(one)), None)
    context = {
        **surplus_rows(actor, surpluses_of(order.pk) if actor.may(SEE_MONEY) else []),
        "unpaid": unpaid,
        "credit": _credit(actor, unpaid) if unpaid is not None else ZERO,
        "rows": [(one, names[one.kind], state_words(one)) for one in rows],
        "paid": payments_on(rows) if actor.may(SEE_MONEY) else [],
        "may_issue": actor.may(ISSUE, owner_id=order.client.responsible_id),
        "ways": [
            (name, f"{reverse('billing:document-new')}?{urlencode({'kind': kind, 'order': public_id})}")
            for kind, name in (("invoice", _("Invoice")), ("upd", _("UPD")))
        ],
    }
    return render(request, "billing/_order.html", context)


def _debt(actor: Actor, client_id: int) -> Mapping[str, object] | None:
    if not actor.may(SEE_MONEY):
        return None
    today = datetime.now(UTC).astimezone(actor.zone).date()
    found = debts_of(client_id, today)
    return {"debt": found, "over": found.is_over(today)} if found.amount or found.advance else None
