"""Who is told that money of a client waits to be given back."""

from datetime import datetime

from voronka.accounts import queries as accounts
from voronka.accounts import services as employees
from voronka.billing.models import Surplus
from voronka.billing.permissions import TAKE_MONEY
from voronka.orders import queries as orders

NOTICE = "billing_surplus"


def tell_of_surplus(payment_id: int, order_id: int, *, now: datetime) -> None:
    """Tell whoever answers for the order, where he gives money back, else all who do; once so long as it waits.

    Where it came to wait anew since, as more was freed after all had gone back, or the provider refused, they are told
    anew.
    """
    row = Surplus.objects.filter(
        payment_id=payment_id, subject_kind="order", subject_id=order_id, amount__gt=0
    ).first()
    if row is None:  # it is given back already
        return
    takers = accounts.employees_who_may(TAKE_MONEY)
    owner = orders.responsible_of(order_id)
    employees.notify(
        employee_ids=[owner] if owner in takers else takers, code=NOTICE, subject_kind="order", subject_id=order_id,
        detail_id=row.pk, by=None, now=max(now, row.made_at), since=row.made_at,
    )  # fmt: skip
