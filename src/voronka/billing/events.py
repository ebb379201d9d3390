"""What happens to documents and money, as others may hear it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from voronka.kit.events.log import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentIssued(Event):
    """A paper got its number. `kind` as in rules.papers.FORMS; `version` above 1: issued anew with changes."""

    subject: ClassVar = ("document", "document_id")
    document_id: int
    client_id: int | None
    kind: str
    number: str
    amount: Decimal
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentVoided(Event):
    """A paper holds no more; its number stays taken."""

    subject: ClassVar = ("document", "document_id")
    document_id: int
    client_id: int | None
    kind: str
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentReceived(Event):
    """Money came in."""

    subject: ClassVar = ("payment", "payment_id")
    payment_id: int
    client_id: int | None
    amount: Decimal
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentAllocated(Event):
    """A part of a payment was given to a paper, or taken back (`amount` below zero)."""

    subject: ClassVar = ("document", "document_id")
    document_id: int
    payment_id: int
    client_id: int | None
    amount: Decimal
    left: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentRefunded(Event):
    """Money of a payment went back (below zero: the provider refused, it is here again); one that was entered by
    mistake is voided (`is_void`).
    """

    subject: ClassVar = ("payment", "payment_id")
    payment_id: int
    client_id: int | None
    amount: Decimal
    is_void: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SurplusChanged(Event):
    """What is to be given back of a payment, since its order costs less, became more or less by `amount`; `left` of it.

    `way` says how: freed (the order costs less), back (money went back), given (it pays an invoice), credit (it is left
    to the client), refused (the provider did not give it back), gone (he did: the amount is zero), void.
    """

    subject: ClassVar = ("payment", "payment_id")
    payment_id: int
    client_id: int | None
    order_id: int
    amount: Decimal
    left: Decimal
    way: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementLoaded(Event):
    """A statement of the bank was read: movements that were new, and how many of them found their invoice."""

    subject: ClassVar = ("statement", "statement_id")
    statement_id: int
    added: int
    bound: int
