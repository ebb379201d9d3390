"""Papers, payments and debts."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Money, Named, PublicId, Told

if TYPE_CHECKING:
    from voronka.billing.models import Document as DocumentRow
    from voronka.billing.models import Payment as PaymentRow
    from voronka.billing.models import Statement as StatementRow
    from voronka.billing.models import Surplus as SurplusRow

Kind = Literal["invoice", "contract", "upd", "torg12", "factura", "act", "waybill", "back"]
Sum = Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2, examples=["18900.00"])]
Paid = Annotated[Decimal, Field(gt=0, max_digits=16, decimal_places=2, examples=["118000.00"])]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
Rate = Literal["main", "reduced", "seven", "five", "zero", "none"]


class LineGiven(Given):
    """A line of a paper; without `vat` it has the usual rate of the company's requisites."""

    name: Annotated[str, Field(min_length=1, max_length=500, examples=["Dining table"])]
    quantity: Annotated[Decimal, Field(gt=0, max_digits=11, decimal_places=3, examples=["2"])] = Decimal(1)
    price: Sum
    unit: Annotated[str, Field(max_length=4, description="Code of OKEI.", examples=["796"])] = "796"
    vat: Rate | None = None
    discount: Sum = Decimal(0)


class DocumentGiven(Given):
    """A paper to be issued at once."""

    kind: Kind = "invoice"
    client: PublicId
    day: Day | None = None
    due_on: Day | None = None
    title: Annotated[str, Field(max_length=200, examples=["Kitchen"])] = ""
    basis: Annotated[str, Field(max_length=300, examples=["Order 2688"])] = ""
    lines: Annotated[list[LineGiven], Field(min_length=1, max_length=1000)]


class VoidGiven(Given):
    """Why a paper holds no more."""

    reason: Annotated[str, Field(max_length=300, examples=["Entered twice"])] = ""


class Document(Told):
    """A paper. `number` is empty while it is a draft; `paid` is of invoices."""

    id: PublicId
    kind: Annotated[str, Field(examples=["invoice"])]
    state: Literal["draft", "issued", "void"]
    number: Annotated[str, Field(examples=["874"])]
    day: date
    due_on: date | None
    client: Named | None
    title: str
    sum: Money
    tax: Money
    paid: Money
    currency: Annotated[str, Field(examples=["RUB"])]


class DocumentList(Told):
    """A page of papers, the newest first."""

    items: list[Document]
    next: str | None


class PaymentGiven(Given):
    """Money that came; `document` is the invoice it is for, which takes as much as it waits for."""

    day: Day | None = None
    sum: Paid
    method: Literal["bank", "cash", "card", "online", "other"] = "bank"
    number: Annotated[str, Field(max_length=20, examples=["212"])] = ""
    document: PublicId | None = None
    purpose: Annotated[str, Field(max_length=500, examples=["Invoice 874"])] = ""


class Payment(Told):
    """Money that came: `given` lies on invoices, `left` is not decided on or an advance."""

    id: PublicId
    day: date
    sum: Money
    given: Money
    left: Money
    method: Annotated[str, Field(examples=["bank"])]
    number: str


class Surplus(Told):
    """What came for an order beyond what it costs by now: to be given back, or left to the client; zero once it is."""

    id: PublicId
    order: PublicId | None
    client: Named | None
    sum: Money
    currency: Annotated[str, Field(examples=["RUB"])]
    method: Annotated[str, Field(description="How the money came.", examples=["bank"])]
    since: datetime


class SurplusList(Told):
    """A page of what is to be given back, what arose first before the rest."""

    items: list[Surplus]
    next: str | None


class BackGiven(Given):
    """How much of it goes back, all where nothing is said, and how; as it came where nothing is said."""

    sum: Paid | None = None
    method: Literal["", "bank", "cash", "card", "online", "other"] = ""
    day: Day | None = None


class PaymentList(Told):
    """A page of payments, those entered last first."""

    items: list[Payment]
    next: str | None


class Statement(Told):
    """A bank's statement that was loaded: movements in it, those that were new, those that found their invoices.

    `problems` says in words which places could not be read; they hold up nothing else.
    """

    id: PublicId
    name: Annotated[str, Field(examples=["kl_to_1c.txt"])]
    since: date | None
    until: date | None
    moves: int
    added: int
    bound: int
    problems: list[str]


class StatementList(Told):
    """The latest statements, the newest first."""

    items: list[Statement]


class Debt(Told):
    """What a client owes by unpaid invoices; `late` should have been paid by now."""

    client: Named | None
    sum: Money
    late: Money
    ages: Annotated[dict[str, Money], Field(examples=[{"due": "0.00", "7": "100.00"}])]


class DebtList(Told):
    """Debts, the biggest first."""

    items: list[Debt]


def document_out(row: "DocumentRow", client: Named | None) -> Document:
    """Return the document of a paper."""
    return Document(
        id=row.public_id, kind=row.kind, state=row.state, number=row.number, day=row.day, due_on=row.due_on,
        client=client, title=row.title, sum=row.amount, tax=row.tax, paid=row.paid, currency=row.currency,
    )  # fmt: skip


def statement_out(row: "StatementRow", problems: list[str]) -> Statement:
    """Return the document of a statement."""
    return Statement(
        id=row.public_id, name=row.name, since=row.since, until=row.until, moves=row.moves, added=row.added,
        bound=row.bound, problems=problems,
    )  # fmt: skip


def payment_out(row: "PaymentRow") -> Payment:
    """Return the document of a payment."""
    left = row.amount - row.allocated - row.refunded
    return Payment(
        id=row.public_id, day=row.day, sum=row.amount, given=row.allocated, left=left, method=row.method,
        number=row.number,
    )  # fmt: skip


def surplus_out(row: "SurplusRow", order: str | None, client: Named | None) -> Surplus:
    """Return the document of what is to be given back."""
    return Surplus(
        id=row.public_id, order=order, client=client, sum=row.amount, currency=row.payment.currency,
        method=row.payment.method, since=row.made_at,
    )  # fmt: skip
