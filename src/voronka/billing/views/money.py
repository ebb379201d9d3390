"""Payments and statements of the bank."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.billing import services
from voronka.billing.models import Document, Payment, Statement
from voronka.billing.permissions import SEE_MONEY, SET_UP, TAKE_MONEY
from voronka.billing.queries import documents, money
from voronka.billing.queries.debts import open_numbered
from voronka.billing.queries.lists import PAYMENTS
from voronka.billing.queries.surplus import waiting_surpluses
from voronka.billing.rules.matching import Proposal
from voronka.billing.rules.statements import MOST_BYTES, Problem
from voronka.billing.services import PaymentDraft
from voronka.billing.services.online import paid_by_provider
from voronka.billing.views.crediting import surplus_rows
from voronka.billing.views.listing import Listing, listed, taken_out
from voronka.billing.views.words import (
    method_names,
    posted,
    read_day,
    read_money,
    read_operation,
    tabs,
)
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.tables.writers import Writable
from voronka.people import queries as people

PAGE = 50


def _today(actor: Actor) -> date:
    return datetime.now(UTC).astimezone(actor.zone).date()


def settled_words(row: Payment) -> tuple[str, str]:
    """Return what became of a payment in words, and the tone."""
    left = row.amount - row.allocated - row.refunded
    if row.settled == "":
        return (_("waits for a decision"), "heed") if not row.allocated else (_("a part is left"), "heed")
    words = {
        "all": (_("given whole"), "gain"),
        "advance": (_("advance"), ""),
        "aside": (_("no sale"), ""),
        "void": (_("void"), "late"),
    }
    return words[row.settled] if left or row.settled != "all" or row.is_income else (_("paid out"), "spend")


def _listing() -> Listing:
    return Listing(
        subject=PAYMENTS,
        page="billing:payments",
        export="billing:payments-export",
        template="billing/payment_list.html",
        piece="billing/_payment_rows.html",
        heads=[
            ("client", _("From whom")), ("day", _("Day")), ("method", _("How")), ("sum", _("Sum")),
            ("matched", _("State")),
        ],
        usual=[
            (_("All payments"), {}), (_("Wait for a decision"), {"matched": "waits|part"}),
            (_("To give back"), {"matched": "back"}), (_("Money out"), {"kind": "out"}),
        ],
    )  # fmt: skip


@require_GET
@signed_in
def payment_list(request: HttpRequest) -> HttpResponse:
    """Show payments: search, filters and order all stand in the address."""
    actor = actor_of(request)
    actor.require(SEE_MONEY)
    methods = method_names()

    def cells(one: Payment) -> Mapping[str, object]:
        return {"name": _name(actor, one), "method": methods[one.method], "state": settled_words(one)}

    return listed(
        request, _listing(), cells, {"tabs": tabs(actor, "payments"), "may_take": actor.may(TAKE_MONEY)}
    )  # fmt: skip


@require_GET
@signed_in
def payment_export(request: HttpRequest, code: str) -> HttpResponse:
    """Give the list of payments as a file."""
    actor = actor_of(request)
    actor.require(SEE_MONEY)
    methods, sees_inn = method_names(), actor.sees("client.requisites")

    def cells(one: Payment) -> Sequence[Writable]:
        return [
            one.day, one.amount if one.is_income else -one.amount, one.allocated, one.refunded, one.currency,
            methods[one.method], one.number, _name(actor, one), one.inn if sees_inn else "", one.purpose,
            one.account.number if one.account else "", settled_words(one)[0],
        ]  # fmt: skip

    heads = [
        _("Day"), _("Sum"), _("Given to invoices"), _("Given back"), _("Currency"), _("How"),
        pgettext("of a paper", "Number"), _("From whom"), _("INN"), _("Purpose"), _("Bank account"), _("State"),
    ]  # fmt: skip
    return taken_out(request, _listing(), code, name=_("payments"), heads=heads, cells=cells)


def _name(actor: Actor, row: Payment) -> str:
    name = row.client.name if row.client else row.name
    return people.name_shown(actor, name)


@require_http_methods(["GET", "POST"])
@signed_in
def payment_new(request: HttpRequest) -> HttpResponse:
    """Enter money by hand; `document` in the address says which invoice it is for."""
    actor = actor_of(request)
    actor.require(TAKE_MONEY)
    sent: Mapping[str, str] = posted(request) if request.method == "POST" else request.GET
    target = _target(actor, sent.get("document", ""))
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            row = _entered(actor, sent, target)
        except Invalid as wrong:
            problems = dict(wrong.fields) or {"amount": wrong.message}
        else:
            messages.success(request, _("Entered"))
            return (
                redirect("billing:document", target.public_id)
                if target
                else redirect("billing:payment", row.public_id)
            )
    usual = {
        "day": _today(actor).isoformat(),
        "amount": str(target.amount - target.paid) if target else "",
        "method": "bank",
        "operation": str(uuid.uuid4()),
        "paid": str(target.paid) if target else "",
    }
    typed = usual | {name: str(value)[:600] for name, value in sent.items()}
    context = {"typed": typed, "target": target, "problems": problems, "methods": list(method_names().items())}
    return render(request, "billing/payment_new.html", context, status=422 if problems else 200)


def _target(actor: Actor, public_id: str) -> Document | None:
    return documents.get_document(actor, public_id) if public_id else None


def _entered(actor: Actor, sent: Mapping[str, str], target: Document | None) -> Payment:
    """Enter what the form says; a form that was read before money came for its invoice is refused."""
    operation = read_operation(sent)
    if target and sent.get("paid") and sent["paid"] != str(target.paid) and not services.is_entered(operation):
        raise Conflict(
            _("Money has come for this invoice since the page was opened: look at it again."), code="moved"
        )
    amount = read_money(sent, "amount")
    draft = PaymentDraft(
        day=read_day(sent, "day", empty=_today(actor)) or _today(actor),
        amount=amount,
        method=sent.get("method", ""),
        number=sent.get("number", ""),
        name=sent.get("name", ""),
        purpose=sent.get("purpose", ""),
        client_id=target.client_id if target else None,
        note=sent.get("note", ""),
    )
    parts = (
        [(target.public_id, min(amount, target.amount - target.paid))]
        if target and target.paid < target.amount
        else []
    )
    return services.record_payment(
        actor=actor, draft=draft, documents=parts, now=datetime.now(UTC), operation=operation
    )


@require_GET
@signed_in
def payment(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a payment: what it is for, what is left, which invoices it may be for."""
    actor = actor_of(request)
    actor.require(SEE_MONEY)
    row = money.get_payment(public_id)
    left = row.amount - row.allocated - row.refunded
    is_open = row.is_income and left > 0 and row.settled not in ("void", "aside")
    (proposed,) = money.proposals([row]) if is_open else (None,)
    likely = [(document, amount) for document, amount in proposed.parts] if proposed else []
    others = [(one, min(left, one.amount - one.paid)) for one in proposed.alike] if proposed else []
    context = {
        "row": row,
        "name": _name(actor, row),
        "client": row.client,
        "method": method_names()[row.method],
        "state": settled_words(row),
        "left": left,
        "given": money.allocations_of([row]).get(row.pk, []),
        "offered": [*likely, *others],
        "signs": sign_words(proposed.proposal) if proposed else "",
        "is_open": is_open,
        **surplus_rows(actor, list(waiting_surpluses().filter(payment=row))),
        "may_void": row.key is None and row.is_income and row.settled != "void" and not row.refunded,
        "methods": _hand_ways(row.method),
        "sees_inn": actor.sees("client.requisites"),
        "operation": str(uuid.uuid4()),
        "online": paid_by_provider(row.pk) if row.method == "online" else None,
    }
    return render(request, "billing/payment.html", context)


def sign_words(proposal: Proposal) -> str:
    """Return why a payment seems to be for its invoices."""
    words = {
        "number": _("the number of the invoice is in the purpose"),
        "inn": _("the payer's INN is the client's"),
        "other_inn": _("the payer's INN is not the client's"),
        "name": _("the payer's name is the client's"),
        "other_name": _("the payer's name is another one"),
        "sum": _("the sum is the same"),
        "part": _("a part of the sum"),
        "excess": _("more than the invoice"),
        "several": _("several invoices fit"),
        "likely": _("only the sum is alike"),
    }
    return ", ".join(words[one] for one in proposal.signs)


@require_POST
@signed_in
def payment_act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Give a payment to invoices, take a part back, decide on the rest, refund or void it."""
    actor, sent, now = actor_of(request), posted(request), datetime.now(UTC)
    match act:
        case "give":
            parts = [
                (document_id, read_money({"amount": amount}, "amount"))
                for document_id, amount in zip(sent.getlist("document"), sent.getlist("amount"), strict=False)
                if amount.strip()
            ]
            services.allocate(actor=actor, public_id=public_id, parts=parts[:50], now=now)
        case "number":
            document_id = _by_number(actor, sent.get("number", ""))
            row = money.get_payment(public_id)
            found = documents.get_document(actor, document_id)
            amount = min(row.amount - row.allocated - row.refunded, found.amount - found.paid)
            services.allocate(actor=actor, public_id=public_id, parts=[(document_id, amount)], now=now)
        case "take-back":
            services.take_back(actor=actor, allocation_id=sent.get("allocation", ""), now=now)
        case "advance" | "aside" | "open":
            services.settle(actor=actor, public_id=public_id, way=act, now=now)
        case "refund":
            day = read_day(sent, "day", empty=_today(actor)) or _today(actor)
            services.refund(
                actor=actor, public_id=public_id, amount=read_money(sent, "amount"), method=_by_hand(sent),
                day=day, now=now, operation=_refund_operation(sent, public_id),
            )  # fmt: skip
        case "void":
            services.void_payment(actor=actor, public_id=public_id, now=now)
        case _other:
            raise NotFound(_("There is no such act."))
    messages.success(request, _("Done"))
    back = sent.get("statement", "")
    return redirect("billing:statement", back) if back and back.isalnum() else redirect("billing:payment", public_id)


def _hand_ways(method: str) -> list[tuple[str, str]]:
    """Return how money of a payment may be given back by hand: not by link, for that would ask a provider."""
    ways = [(code, name) for code, name in method_names().items() if code != "online"]
    return [("", _("choose")), *ways] if method == "online" else ways


def _by_hand(sent: Mapping[str, str]) -> str:
    """Return the way of a refund that asks no provider. Raises Conflict for one that would have to."""
    method = sent.get("method", "bank")
    if method in ("", "online"):
        raise Conflict(_("No provider knows this payment: say how it goes back."), code="not_online")
    return method


def _refund_operation(sent: Mapping[str, str], public_id: str) -> uuid.UUID | None:
    """Return the operation of a refund's form; one read before the payment changed otherwise is refused."""
    operation, version = read_operation(sent), sent.get("version", "")
    if version and version != str(money.get_payment(public_id).version) and not services.is_entered(operation):
        raise Conflict(_("This payment has changed since the page was opened: look at it again."), code="moved")
    return operation


def _by_number(actor: Actor, number: str) -> str:
    """Return the unpaid invoice of a typed number. Raises Invalid."""
    found = open_numbered(number)
    if len(found) != 1:
        message = _("No unpaid invoice has this number.") if not found else _("Several invoices have this number.")
        raise Invalid(message, fields={"number": message})
    return str(found[0].public_id)


# --- statements ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@signed_in
def statement_list(request: HttpRequest) -> HttpResponse:
    """Show the statements that were loaded, and load one."""
    actor = actor_of(request)
    actor.require(SEE_MONEY)
    problems: dict[str, str] = {}
    if request.method == "POST":
        actor.require(TAKE_MONEY)
        try:
            row = _loaded(request, actor)
        except Invalid as wrong:
            problems = dict(wrong.fields) or {"file": wrong.message}
        else:
            said = ngettext("%(n)d new payment", "%(n)d new payments", row.added) % {"n": row.added}
            messages.success(request, said)
            return redirect("billing:statement", row.public_id)
    accounts = documents.list_accounts()
    context = {
        "tabs": tabs(actor, "statements"),
        "rows": list(Statement.objects.select_related("account").order_by("-id")[:PAGE]),
        "accounts": [
            ("", _("said by the file")),
            *((one.public_id, f"··{one.number[-4:]} {one.bank}") for one in accounts),
        ],
        "has_accounts": bool(accounts),
        "problems": problems,
        "may_take": actor.may(TAKE_MONEY),
        "may_set_up": actor.may(SET_UP),
    }
    return render(request, "billing/statement_list.html", context, status=422 if problems else 200)


def _loaded(request: HttpRequest, actor: Actor) -> Statement:
    file = request.FILES.get("file")
    if file is None:
        message = _("Choose a file.")
        raise Invalid(message, fields={"file": message})
    body = file.read(MOST_BYTES + 1)
    return services.load_statement(
        actor=actor, name=file.name or "", body=body, account_id=posted(request).get("account", "")[:12],
        now=datetime.now(UTC),
    )  # fmt: skip


@require_GET
@signed_in
def statement(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a statement: payments that wait for a decision with what they may be for, those bound by themselves."""
    actor = actor_of(request)
    actor.require(SEE_MONEY)
    row = money.get_statement(public_id)
    waiting = money.proposals(money.waiting(row))
    bound = list(
        Payment.objects.filter(statement=row, is_income=True)
        .exclude(settled="")
        .select_related("client")
        .order_by("id")[:200]
    )
    given = money.allocations_of(bound)
    every = list(Payment.objects.filter(statement=row, is_income=True).order_by("id")[:200])
    most = max((one.amount for one in every), default=Decimal(1))
    context = {
        "row": row,
        "waiting": [(one, _name(actor, one.payment), _row_words(one)) for one in waiting],
        "bound": [(one, _name(actor, one), given.get(one.pk, []), settled_words(one)) for one in bound],
        "came": sum((one.amount for one in every), Decimal(0)),
        "count": len(every),
        "bars": [(max(3, int(one.amount / most * 36)), one.settled != "") for one in every[:80]],
        "bars_width": max(40, min(80, len(every))) * 10,
        "problems": [services.problem_words(Problem(*one)) for one in row.problems],
        "may_take": actor.may(TAKE_MONEY),
        "shown_account": row.account.number[-4:] if row.account else "",
    }
    return render(request, "billing/statement.html", context)


def _row_words(one: money.Proposed) -> tuple[str, str]:
    """Return in a word or two how a payment fits what it may be for, and the tone."""
    proposal = one.proposal
    if not proposal.parts:
        return _("not clear"), "heed"
    if proposal.over:
        return _("more than the invoice"), "heed"
    whole = sum((document.amount - document.paid for document, _sum in one.parts), Decimal(0))
    given = sum((amount for _document, amount in one.parts), Decimal(0))
    if given < whole:
        return _("a part, %(share)d %%") % {"share": int(given / whole * 100)}, "heed"
    return _("the whole sum"), "gain"
