"""Who owes how much, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import F, Sum

from voronka.billing.models import ClientLimit, Document, Payment
from voronka.billing.queries.surplus import surpluses_by_client
from voronka.billing.rules.ageing import AGES, aged
from voronka.billing.rules.matching import MOST_NEAR, MOST_OF_PAYER, Incoming, Open, name_words, numbers_in
from voronka.billing.rules.numbers import number_key
from voronka.billing.rules.totals import ZERO


@dataclass(frozen=True, slots=True)
class Debt:
    """What a client owes: `amount` by unpaid invoices, by their age; `advance` is money of his that lies on nothing,
    `back` what of that is to be given back, since his orders cost less.
    """

    client_id: int | None
    amount: Decimal
    ages: dict[str, Decimal]
    count: int
    oldest: date | None
    advance: Decimal = ZERO
    limit: Decimal | None = None
    limit_days: int = 0
    back: Decimal = ZERO

    @property
    def late(self) -> Decimal:
        """What should have been paid by now."""
        return self.amount - self.ages["due"]

    def is_over(self, today: date) -> bool:
        """Tell whether the client owes more, or for longer, than his limit allows."""
        if self.limit is None:
            return False
        days = (today - self.oldest).days if self.oldest else 0
        return self.amount > self.limit or (self.limit_days > 0 and days > self.limit_days)


@dataclass(slots=True)
class _Gathered:
    rows: list[tuple[date, Decimal]] = field(default_factory=list)
    oldest: date | None = None


def open_rows(client_ids: Sequence[int] | None = None) -> list[Document]:
    """Return unpaid invoices that hold, the oldest day of payment first."""
    rows = Document.objects.filter(kind="invoice", state=Document.State.ISSUED, paid__lt=F("amount"))
    if client_ids is not None:
        rows = rows.filter(client_id__in=client_ids)
    return list(rows.select_related("client").order_by("due_on", "id"))


def open_for(payments: Sequence[Incoming]) -> list[Open]:
    """Return the unpaid invoices that any of the payments may be for, by number, payer or sum; roubles only, as
    statements are. Two statements, however many payments.
    """
    numbers = sorted({key for one in payments for key in numbers_in(one.purpose)})
    inns = sorted({one.inn for one in payments if one.inn})
    words = sorted({word for one in payments for word in name_words(one.name)})
    sums = sorted({one.amount for one in payments})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM billing_candidates(%s::text[], %s::text[], %s::text[], %s::numeric[], %s, %s)",
            [numbers, inns, words, sums, MOST_NEAR, MOST_OF_PAYER],
        )
        ids = [row[0] for row in cursor.fetchall()]
    rows = Document.objects.filter(pk__in=ids, currency="RUB").order_by("day", "id")
    return [
        Open(pk, number, day, amount - paid, buyer or "", inn)
        for pk, number, day, amount, paid, buyer, inn in rows.values_list(
            "pk", "number", "day", "amount", "paid", "body__buyer__name", "payer_inn"
        )
    ]


def open_numbered(number: str) -> list[Document]:
    """Return the unpaid invoices of a typed number, a few of them."""
    rows = Document.objects.filter(kind="invoice", state=Document.State.ISSUED, paid__lt=F("amount"))
    return list(rows.filter(number_key=number_key(number)).order_by("id")[:3])


def open_of_subject(kind: str, subject_id: int) -> Document | None:
    """Return the newest unpaid invoice of a deal or another record."""
    rows = Document.objects.filter(
        kind="invoice", state=Document.State.ISSUED, paid__lt=F("amount"), subject_kind=kind, subject_id=subject_id
    )
    return rows.order_by("-id").first()


def debts(today: date, client_ids: Sequence[int] | None = None) -> list[Debt]:
    """Return the debts of clients, the biggest first; invoices without a client stand together under None."""
    gathered: dict[int | None, _Gathered] = {}
    for row in open_rows(client_ids):
        one = gathered.setdefault(row.client_id, _Gathered())
        due = row.due_on or row.day
        one.rows.append((due, row.amount - row.paid))
        one.oldest = min(one.oldest or due, due)
    advances, backs = _advances(client_ids), surpluses_by_client([key for key in gathered if key])
    limits = {
        one.client_id: one for one in ClientLimit.objects.filter(client_id__in=[key for key in gathered if key])
    }
    found = []
    for client_id, one in gathered.items():
        limit = limits.get(client_id) if client_id is not None else None
        found.append(Debt(
            client_id=client_id, amount=sum((amount for _due, amount in one.rows), ZERO), ages=aged(one.rows, today),
            count=len(one.rows), oldest=one.oldest, advance=advances.get(client_id, ZERO),
            limit=limit.amount if limit else None, limit_days=limit.days if limit else 0,
            back=backs.get(client_id or 0, ZERO),
        ))  # fmt: skip
    return sorted(found, key=lambda one: (-one.amount, one.client_id or 0))


def _advances(client_ids: Sequence[int] | None) -> dict[int | None, Decimal]:
    rows = Payment.objects.filter(is_income=True, client__isnull=False).exclude(settled__in=("void", "aside"))
    if client_ids is not None:
        rows = rows.filter(client_id__in=client_ids)
    summed = rows.values("client_id").annotate(left=Sum(F("amount") - F("allocated") - F("refunded")))
    return {row["client_id"]: row["left"] for row in summed if row["left"]}


def debts_of(client_id: int, today: date) -> Debt:
    """Return what one client owes."""
    found = debts(today, [client_id])
    limit = ClientLimit.objects.filter(client_id=client_id).first()
    if found:
        return found[0]
    ages = {name: ZERO for name, _last in AGES}
    advance = _advances([client_id]).get(client_id, ZERO)
    return Debt(
        client_id, ZERO, ages, 0, None, advance, limit.amount if limit else None, limit.days if limit else 0,
        surpluses_by_client([client_id]).get(client_id, ZERO),
    )  # fmt: skip
