"""An order as those who ask its client about it have to know it."""

from dataclasses import dataclass

from voronka.orders.models import Feedback, Order


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """An order that a client may be asked about; `is_rated`: he has said by himself how it was."""

    id: int
    public_id: str
    number: int
    client_id: int
    phase: str
    responsible_id: int | None
    is_rated: bool


def asked_about(order_id: int) -> AskedAbout | None:
    """Return an order by its id."""
    row = Order.objects.filter(pk=order_id).first()
    if row is None:
        return None
    is_rated = Feedback.objects.filter(order=row).exists()
    return AskedAbout(row.pk, row.public_id, row.number, row.client_id, row.phase, row.responsible_id, is_rated)
