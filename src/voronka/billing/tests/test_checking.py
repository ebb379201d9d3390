"""`voronka check money`: what is kept beside the ledger agrees with it, and the check sees where it does not."""

from decimal import Decimal

import pytest
from django.db.models import F

from voronka.billing import services
from voronka.billing.models import Allocation, Document, Payment
from voronka.billing.services import compare_with_ledger
from voronka.billing.testing import DAY, NOW, make_invoice, make_payment


@pytest.fixture
def held(inside):
    """Give money, take some back, refund some: all by the verbs."""
    row, payment = make_invoice(inside.owner, "100"), make_payment(inside.owner, "150", method="cash")
    for amount in (60, 30):
        parts = [(row.public_id, Decimal(amount))]
        services.allocate(actor=inside.owner, public_id=payment.public_id, parts=parts, now=NOW)
    first = Allocation.objects.order_by("id").first()
    services.take_back(actor=inside.owner, allocation_id=first.public_id, now=NOW)
    services.refund(
        actor=inside.owner, public_id=payment.public_id, amount=Decimal(20), method="cash", day=DAY, now=NOW
    )
    return row, payment


def test_what_the_verbs_wrote_agrees(held):
    assert compare_with_ledger() == []


@pytest.mark.parametrize(
    ("model", "column", "said"), [(Document, "paid", "paid 31"), (Payment, "allocated", "given 31"),
                                  (Payment, "refunded", "refunded 21")]
)  # fmt: skip
def test_control_a_sum_moved_past_the_verbs_is_found(held, model, column, said):
    pk = held[0].pk if model is Document else held[1].pk
    model.objects.filter(pk=pk).update(**{column: F(column) + 1})
    (line,) = compare_with_ledger()
    assert said in line
