"""What is kept beside the ledger of money, made again from it and compared."""

from django.db import transaction
from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from voronka.billing.models import Allocation, Document, Payment, Surplus
from voronka.billing.rules.totals import ZERO
from voronka.billing.services.debts import differing_debts

TOLD = 50


@transaction.atomic
def compare_with_ledger() -> list[str]:
    """Return where sums kept on papers and payments differ from their rows, a sentence each, at most fifty of a kind.

    Compared are what is paid of a paper and given of a payment (with allocations and their counter-entries), what went
    back of a payment (with the payments out that hold), and what clients owe (with their unpaid invoices); what is to
    be given back of a payment is no more than is left of it.
    """
    out = Payment.objects.filter(is_income=False).exclude(settled="void")
    papers = _off(Document.objects.all(), "paid", Allocation.objects.all(), "document")
    given = _off(Payment.objects.all(), "allocated", Allocation.objects.all(), "payment")
    back = _off(Payment.objects.all(), "refunded", out, "refund_of")
    owed = Surplus.objects.values("payment_id").annotate(whole=Sum("amount")).order_by("payment_id")
    over = owed.filter(whole__gt=F("payment__amount") - F("payment__allocated") - F("payment__refunded"))[:TOLD]
    return [
        *(f"payment {one['payment_id']}: {one['whole']} is owed of it, more than is left" for one in over),
        *(f"document {pk}: paid {kept}, its allocations come to {told}" for pk, kept, told in papers),
        *(f"payment {pk}: given {kept}, its allocations come to {told}" for pk, kept, told in given),
        *(f"payment {pk}: refunded {kept}, what went back comes to {told}" for pk, kept, told in back),
        *(f"client {pk}: owes {kept}, unpaid invoices come to {told}" for pk, kept, told in differing_debts()[:TOLD]),
    ]


def _off(
    rows: "QuerySet[Document] | QuerySet[Payment]", column: str,
    of: "QuerySet[Allocation] | QuerySet[Payment]", key: str,
) -> list[tuple[int, object, object]]:  # fmt: skip
    """Return id, what is kept and what the rows come to, where the two differ."""
    summed = of.filter(**{key: OuterRef("pk")}).order_by().values(key).annotate(whole=Sum("amount")).values("whole")
    sums = DecimalField(max_digits=16, decimal_places=2)
    told = rows.annotate(told=Coalesce(Subquery(summed, output_field=sums), ZERO, output_field=sums))
    found = told.exclude(**{column: F("told")}).order_by("pk").values_list("pk", column, "told")[:TOLD]
    return [(pk, kept, sum_of_rows) for pk, kept, sum_of_rows in found]
