"""Statements of the bank: loaded once however often they come, their payments given to invoices where that is sure."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.billing import events
from voronka.billing.models import Account, Payment, Statement
from voronka.billing.permissions import TAKE_MONEY
from voronka.billing.queries.money import proposals
from voronka.billing.rules import statements as rules
from voronka.billing.rules.statement_rows import read_rows
from voronka.billing.rules.statements import Move
from voronka.billing.rules.twins import Known, find_twins
from voronka.billing.services.payments import allocate
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.events import publish
from voronka.kit.tables import TableError, open_table
from voronka.people import queries as people

MOST_ROWS = 100_000
TOLD = 100


@transaction.atomic
def load_statement(*, actor: Actor, name: str, body: bytes, account_id: str = "", now: datetime) -> Statement:
    """Load a statement of 1C's exchange or a table (then `account_id` says whose). What is there already stays.

    Whole payments come in though others are broken; what could not be read is kept in words by line. A payment that was
    entered by hand with the number, day and sum of the bank's is the same one, and so is one of an earlier file that
    says less or more of it (rules.twins). Raises Denied, Invalid.
    """
    actor.require(TAKE_MONEY)
    read = _read(body, account_id)
    accounts = {one.number: one for one in Account.objects.select_for_update().filter(is_active=True).order_by("pk")}
    problems = list(read.problems)
    strange = sorted({move.account for move in read.moves} - accounts.keys())
    problems += [rules.Problem(0, "unknown_account", number) for number in strange]
    moves = [move for move in read.moves if move.account in accounts]
    if not moves and problems:
        raise Invalid(problem_words(problems[0]), code=problems[0].code, fields={"file": problem_words(problems[0])})
    row = Statement.objects.create(
        name=name[:200], sha256=hashlib.sha256(body).hexdigest(), since=read.since, until=read.until, moves=len(moves),
        account=accounts[moves[0].account] if moves else None, employee_id=actor.employee_id, loaded_at=now,
        problems=[[one.line, one.code, one.detail] for one in problems[:TOLD]],
    )  # fmt: skip
    added, learnt = _add(row, moves, accounts, actor=actor, now=now)
    row.added, row.bound = len(added), _bind_sure([*added, *learnt], actor=actor, now=now)
    row.save(update_fields=["added", "bound"])
    publish(events.StatementLoaded(statement_id=row.pk, added=row.added, bound=row.bound), at=now)
    return row


def _read(body: bytes, account_id: str) -> rules.Statement:
    if len(body) > rules.MOST_BYTES:
        message = _("The file is too big: at most %(most)s MB.") % {"most": rules.MOST_BYTES // 1024 // 1024}
        raise Invalid(message, code="too_big", fields={"file": message})
    if rules.is_exchange(body):
        return rules.read_exchange(body)
    account = Account.objects.filter(public_id=account_id).first() if account_id else None
    if account is None:
        message = _("This is a table: say of which account it is.")
        raise Invalid(message, code="no_account", fields={"account": message})
    try:
        rows = _table_rows(body)
    except TableError as error:
        message = _("The file cannot be read: it is neither a statement nor a table.")
        raise Invalid(message, code=str(error.code), fields={"file": message}) from None
    return read_rows(rows, account=account.number)


def _table_rows(body: bytes) -> list[list[object]]:
    """Return the rows of a table by their numbers in it, empty ones too. Raises TableError."""
    rows: list[list[object]] = []
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        with open_table(Path(file.name)) as table:
            for row in table.rows():
                if row.number > MOST_ROWS:
                    break
                rows += [[] for _gap in range(row.number - 1 - len(rows))]
                rows.append([] if row.fault else list(row.cells))
    return rows


def _add(
    row: Statement, moves: Sequence[Move], accounts: dict[str, Account], *, actor: Actor, now: datetime
) -> tuple[list[Payment], list[Payment]]:
    """Add the movements that are not there; return those that came in, and earlier ones of which more is known now.

    The rows of the accounts are locked, so two loads do not add one twice.
    """
    keys = {move.key for move in moves}
    known = set(Payment.objects.filter(key__in=keys).values_list("key", flat=True))
    new = [move for move in moves if move.key not in known]
    clients = people.clients_by_inn({move.inn for move in new if move.inn})
    rest, learnt = [], []
    twins = find_twins(new, _known_before(new, keys))
    held = Payment.objects.in_bulk([one.id for one in twins.values()])
    for at, move in enumerate(new):
        if at not in twins or not _joined(held[twins[at].id], move, row, accounts, clients):
            rest.append(move)
        elif held[twins[at].id].settled == "" and move.is_income:
            learnt.append(held[twins[at].id])
    made = Payment.objects.bulk_create([
        Payment(
            is_income=move.is_income, method="bank", day=move.day, amount=move.amount, number=move.number,
            name=move.name, inn=move.inn, purpose=move.purpose, other_account=move.other_account,
            account=accounts[move.account],
            client_id=clients.get(move.inn), statement=row, key=move.key, settled="" if move.is_income else "all",
            employee_id=actor.employee_id, made_at=now,
        )
        for move in rest
    ])  # fmt: skip
    income = [one for one in made if one.is_income]
    publish(
        *(
            events.PaymentReceived(payment_id=one.pk, client_id=one.client_id, amount=one.amount, method="bank")
            for one in income
        ),
        at=now,
    )
    return income, learnt


def _joined(
    one: Payment, move: Move, row: Statement, accounts: dict[str, Account], clients: Mapping[str, int]
) -> bool:  # fmt: skip
    """Let a payment that is there know what the movement says beyond it; tell whether it still holds."""
    told = {
        name: getattr(move, name)
        for name in ("number", "name", "inn", "purpose", "other_account")
        if getattr(move, name) and not getattr(one, name)
    }
    if one.client_id is None and clients.get(move.inn):
        told["client_id"] = clients[move.inn]
    holds = Payment.objects.filter(pk=one.pk, key=one.key).exclude(settled="void")
    if one.key is None:  # entered by hand before the bank told of it
        told |= {"key": move.key, "statement_id": row.pk, "account_id": accounts[move.account].pk}
    elif "inn" in told:  # the fuller file is what it is known by from now on
        told |= {"key": move.key, "purpose": move.purpose or one.purpose}
    for name, value in told.items():
        setattr(one, name, value)
    return bool(holds.update(**told) if told else holds.exists())


def _known_before(moves: Sequence[Move], keys: Set[str]) -> list[Known]:
    """Return the payments of the bank of the movements' days and sums: typed, or read from other files.

    A payment whose own key stands in this file is another movement of it. The payer of a typed one is known by his card
    too.
    """
    if not moves:
        return []
    days = [move.day for move in moves]
    rows = Payment.objects.filter(
        method="bank",
        refund_of=None,
        day__gte=min(days),
        day__lte=max(days),
        amount__in={one.amount for one in moves},
    ).exclude(settled="void")
    columns = ("pk", "key", "account__number", "is_income", "day", "amount", "number", "name", "inn", "client__inn",
               "other_account", "purpose")  # fmt: skip
    found = []
    for pk, key, account, is_income, day, amount, number, name, inn, of_card, other, purpose in rows.values_list(
        *columns
    ):
        if key is None and is_income:
            found.append(Known(pk, "", is_income, day, amount, number, name, inn or of_card or "", other, purpose))
        elif key is not None and key not in keys:
            found.append(Known(pk, account or "", is_income, day, amount, number, name, inn, other, purpose))
    return found


def _bind_sure(payments: Sequence[Payment], *, actor: Actor, now: datetime) -> int:
    """Give those payments to invoices that leave no doubt; return how many. The others wait for a person."""
    bound = 0
    for one in proposals(payments):
        if one.proposal.is_sure and one.parts:
            parts = [(document.public_id, amount) for document, amount in one.parts]
            allocate(actor=actor, public_id=one.payment.public_id, parts=parts, now=now, is_auto=True)
            bound += 1
    return bound


def problems_of(row: Statement) -> list[str]:
    """Return what could not be read of a statement, for people."""
    return [problem_words(rules.Problem(*one)) for one in row.problems]


def problem_words(problem: rules.Problem) -> str:
    """Return what is wrong with a place of a statement, for people."""
    words = {
        "not_a_statement": _("This is no statement of 1C's exchange."),
        "too_big": _("The file is too big."),
        "no_accounts": _("The file does not say of which accounts it is."),
        "no_end": _("The file ends too early: a part of it is missing."),
        "cut": _("The document does not end: the file is cut."),
        "day": _("This is no day."),
        "amount": _("This is no sum."),
        "strange_account": _("Neither side is an account of the statement."),
        "not_done": _("The bank has not carried this order out yet."),
        "too_many": _("Too many documents in one file."),
        "balance": _("The sums do not make the closing balance."),
        "turnover": _("The movements do not make what the bank says has come and gone."),
        "unknown_account": _("This account is not among the company's own: add it in the settings."),
        "no_columns": _("No heading with day, sum and payer was found."),
    }[problem.code]
    place = _("line %(n)d: ") % {"n": problem.line} if problem.line else ""
    return f"{place}{words} {problem.detail}".strip()


def open_count() -> int:
    """Return how many payments wait for a decision."""
    return Payment.objects.filter(is_income=True, settled="").count()
