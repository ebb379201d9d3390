"""A paper written by hand: its client, its lines, its day."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from voronka.billing import services
from voronka.billing.models import Document, PaperTemplate
from voronka.billing.permissions import ISSUE
from voronka.billing.queries import documents, picking
from voronka.billing.rules import stored
from voronka.billing.rules.papers.paper import count
from voronka.billing.rules.totals import Line
from voronka.billing.services import DocumentDraft, LineDraft
from voronka.billing.services.documents import MOST_LINES, WITHOUT_LINES
from voronka.billing.services.orders import return_lines, shipment_lines
from voronka.billing.services.subjects import draft_about
from voronka.billing.views.words import (
    UNIT_CHOICES,
    kind_names,
    posted,
    read_count,
    read_day,
    read_money,
    vat_names,
)
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.subjects import Subject
from voronka.orders import queries as orders
from voronka.people import queries as people

ROWS = 4
_LINE = ("name", "quantity", "unit", "price", "discount", "vat", "code")


@require_http_methods(["GET", "POST"])
@signed_in
def document_new(request: HttpRequest) -> HttpResponse:
    """Write a new paper; `client` in the address begins one for a client, `kind` says which."""
    actor = actor_of(request)
    actor.require(ISSUE, owner_id=actor.employee_id)
    if request.method == "POST":
        return _written(request, actor, None)
    kind = request.GET.get("kind", "invoice")
    typed = {
        "kind": kind if kind in kind_names() and kind != "correction" else "invoice",
        "client": request.GET.get("client", "")[:12],
        "day": _today(actor).isoformat(),
    }
    if request.GET.get("order"):
        return _of_order(request, actor, typed)
    return _form(request, actor, typed, [{} for _row in range(ROWS)], None, {})


def _of_order(request: HttpRequest, actor: Actor, typed: Mapping[str, str]) -> HttpResponse:
    """Begin a paper with the buyer and lines of an order, of one of its shipments, or of what came back of it."""
    card = orders.card(actor, request.GET["order"][:12])
    shipment, back = request.GET.get("shipment", "")[:12], request.GET.get("back", "")[:12]
    lines = shipment_lines(card, shipment) if shipment else return_lines(card, back) if back else None
    draft = draft_about(Subject("order", card.order.pk), kind=typed["kind"], day=_today(actor), lines=lines)
    client = people.client_rows([card.order.client_id]).get(card.order.client_id)
    typed = {**typed, "order": card.order.public_id, "client": client.public_id if client else ""}
    if draft is None:  # nothing is left to be paid: who asks all the same says for what
        return _form(request, actor, typed, [{}], None, {})
    why = next((one.reason for one in card.returns if one.public_id == back), "")
    return _form(request, actor, {**typed, "basis": draft.basis, "title": why[:200]}, _shown(draft.lines), None, {})


def _shown(lines: Sequence[Line | LineDraft]) -> list[dict[str, str]]:
    """Return kept or drafted lines as the form shows them."""
    return [
        {
            "name": one.name, "quantity": count(one.quantity).replace("\u202f", ""), "unit": one.unit,
            "price": str(one.price), "discount": str(one.discount) if one.discount else "", "vat": one.vat or "",
            "code": one.code,
        }
        for one in lines
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@signed_in
def document_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a draft, or issue a paper anew under its number."""
    actor = actor_of(request)
    row = documents.get_row(actor, public_id, right=ISSUE)
    if request.method == "POST":
        return _written(request, actor, row)
    typed = {
        "kind": row.kind,
        "client": row.client.public_id if row.client else "",
        "day": row.day.isoformat(),
        "due_on": row.due_on.isoformat() if row.due_on else "",
        "title": row.title,
        "basis": row.body.get("basis", ""),
        "terms": row.body.get("terms", ""),
        "amount": str(row.amount),
        "requisites": row.requisites.public_id,
        "template": row.template.public_id if row.template else "",
        "with_tax": "1" if row.body.get("included", True) else "0",
        "version": str(row.version),
    }
    return _form(request, actor, typed, [*_shown(stored.read_lines(row.body.get("lines", []))), {}], row, {})


def _today(actor: Actor) -> date:
    return datetime.now(UTC).astimezone(actor.zone).date()


def _written(request: HttpRequest, actor: Actor, row: Document | None) -> HttpResponse:
    """Take what was typed in; a wrong place keeps all the rest."""
    sent = posted(request)
    lines = _typed_lines(sent)
    typed = {name: str(value)[:5000] for name, value in sent.items()}
    now = datetime.now(UTC)
    if sent.get("act") in ("more", "find") or sent.get("pick"):
        return _with_more(request, actor, typed, lines, row, now)
    try:
        draft = _draft(actor, sent, lines, row)
        if row is not None and row.state != Document.State.DRAFT:
            version = sent.get("version", "")
            saved = services.change_issued(
                actor=actor, public_id=row.public_id, draft=draft, now=now,
                version=int(version) if version.isdecimal() and len(version) < 9 else 0,
            )  # fmt: skip
        else:
            saved = services.save_draft(actor=actor, draft=draft, public_id=row.public_id if row else None, now=now)
            if sent.get("act") == "issue":
                saved = services.issue(actor=actor, public_id=saved.public_id, now=now)
    except Invalid as wrong:
        return _form(request, actor, typed, lines or [{}], row, dict(wrong.fields), why=wrong.message)
    messages.success(request, _("Issued: № %(number)s") % {"number": saved.number} if saved.number else _("Saved"))
    return redirect("billing:document", saved.public_id)


def _with_more(
    request: HttpRequest, actor: Actor, typed: Mapping[str, str], lines: list[dict[str, str]], row: Document | None,
    now: datetime,
) -> HttpResponse:  # fmt: skip
    """Show the form with more lines: empty ones, or goods picked; one that is found alone is picked at once."""
    asked, pick = typed.get("find", "").strip()[:200], typed.get("pick", "")[:12]
    if not (asked or pick) or not picking.may_pick(actor):
        return _form(request, actor, typed, [*lines, *({} for _row in range(ROWS))], row, {})
    client_id = people.get_client(actor, typed["client"]).pk if typed.get("client") else None
    try:
        found = [picking.get_goods(pick, client_id, now)] if pick else picking.find_goods(asked, client_id, now)
    except NotFound:
        found = []
    if len(found) != 1:
        return _form(request, actor, typed, lines or [{}], row, {}, goods=found)
    return _form(request, actor, {**typed, "find": ""}, [*lines, _picked_line(found[0])], row, {})


def _picked_line(one: picking.Picked) -> dict[str, str]:
    own = documents.list_requisites()
    vat = "" if not own or own[0].vat == "none" else one.card.vat
    price = "" if one.price is None else str(one.price)
    return {
        "name": one.name, "quantity": "1", "unit": one.card.unit, "price": price, "discount": "", "vat": vat,
        "code": one.card.code,
    }  # fmt: skip


def _typed_lines(sent: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the lines as typed, those without anything left out."""
    columns = {name: sent.getlist(name)[: MOST_LINES + 1] for name in (f"line_{one}" for one in _LINE)}  # type: ignore[attr-defined]  # a QueryDict
    rows = max((len(values) for values in columns.values()), default=0)
    lines = []
    for at in range(rows):
        line = {
            name: columns[f"line_{name}"][at][:600] if at < len(columns[f"line_{name}"]) else "" for name in _LINE
        }
        if line["name"].strip() or line["price"].strip():
            lines.append(line)
    return lines


def _draft(actor: Actor, sent: Mapping[str, str], lines: list[dict[str, str]], row: Document | None) -> DocumentDraft:
    kind = row.kind if row is not None else sent.get("kind", "")
    return DocumentDraft(
        kind=kind,
        day=read_day(sent, "day", empty=_today(actor)) or _today(actor),
        lines=[_line(one, place) for place, one in enumerate(lines, 1)],
        client_id=_client_id(actor, sent),
        requisites_id=sent.get("requisites", "")[:12],
        due_on=read_day(sent, "due_on", empty=None),
        title=sent.get("title", ""),
        basis=sent.get("basis", ""),
        amount=read_money(sent, "amount", empty=Decimal(0)) if kind in WITHOUT_LINES else Decimal(0),
        prices_with_tax=sent.get("with_tax", "1") != "0",
        terms=sent.get("terms", ""),
        template_id=sent.get("template", "")[:12],
        subject=("order", orders.get_order(actor, sent["order"][:12]).pk) if sent.get("order") else None,
    )


def _line(typed: Mapping[str, str], place: int) -> LineDraft:
    price = read_money({f"price-{place}": typed["price"]}, f"price-{place}", empty=Decimal(0))
    discount = read_money({f"discount-{place}": typed["discount"]}, f"discount-{place}", empty=Decimal(0))
    quantity = read_count(typed["quantity"] or "1", f"quantity-{place}")
    is_service = typed["unit"] in ("876", "356", "359", "362")
    return LineDraft(
        name=typed["name"], quantity=quantity, price=price, unit=typed["unit"] or "796", vat=typed["vat"] or None,
        discount=discount, is_service=is_service, code=typed["code"],
    )  # fmt: skip


def _client_id(actor: Actor, sent: Mapping[str, str]) -> int | None:
    """Return the client by the id in the form, else the only one whom the typed words find."""
    known, words = sent.get("client", ""), sent.get("who", "").strip()
    if known:
        try:
            return people.get_client(actor, known).pk
        except NotFound:
            raise Invalid(_("There is no such client."), fields={"who": _("There is no such client.")}) from None
    if not words:
        return None
    found = people.find_clients(actor, words[:200])
    if len(found) != 1:
        message = _("Nobody is found by this.") if not found else _("Several are found: type more of the name.")
        raise Invalid(message, fields={"who": message})
    return found[0].pk


def _form(
    request: HttpRequest, actor: Actor, typed: Mapping[str, str], lines: list[dict[str, str]], row: Document | None,
    problems: dict[str, str], *, why: str = "", goods: Sequence[picking.Picked] | None = None,
) -> HttpResponse:  # fmt: skip
    client = None
    if typed.get("client"):
        try:
            client = people.get_client(actor, typed["client"])
        except NotFound:
            client = None
    own = documents.list_requisites()
    fields = [f"{name}-{place}" for place in range(1, len(lines) + 1) for name in _LINE]
    context = {
        "row": row,
        "typed": typed,
        "client": client,
        "lines": [
            (one, [problems[f"{name}-{place}"] for name in _LINE if f"{name}-{place}" in problems])
            for place, one in enumerate(lines, 1)
        ],
        "problems": problems,
        "why": why or next((problems[one] for one in fields if one in problems), ""),
        "kinds": [(code, name) for code, name in kind_names().items() if code != "correction"],
        "own": [(one.public_id, one.name) for one in own],
        "templates": list(PaperTemplate.objects.filter(is_active=True).values_list("public_id", "name")),
        "goods": goods,
        "may_pick": picking.may_pick(actor),
        "units": UNIT_CHOICES,
        "rates": [("", _("as usual")), *vat_names().items()],
        "vat": vat_names().get(own[0].vat, "") if own else "",
        "back": reverse("billing:document", args=[row.public_id]) if row else reverse("billing:documents"),
    }
    return render(request, "billing/document_edit.html", context, status=422 if problems else 200)
