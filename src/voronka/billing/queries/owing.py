"""What clients owe, as lists of clients ask of it: the sum of their unpaid invoices."""

from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext as _

from voronka.billing.models import Document
from voronka.billing.permissions import SEE_MONEY
from voronka.kit.actors import Actor
from voronka.people import queries as people

UNPAID = Q(kind="invoice", state=Document.State.ISSUED, paid__lt=F("amount"))


def sees_money(actor: Actor) -> bool:
    """Tell whether the actor sees payments and debts."""
    return actor.may(SEE_MONEY, owner_id=actor.employee_id)


def owed() -> Subquery:
    """Return the expression of what a client owes for rows of clients; NULL where nothing."""
    rows = Document._base_manager.filter(UNPAID, company_id=OuterRef("company_id"), client_id=OuterRef("pk"))
    summed = rows.order_by().values("client_id").annotate(left=Sum(F("amount") - F("paid"))).values("left")
    return Subquery(summed, output_field=DecimalField(max_digits=18, decimal_places=2))


def match_debt(text: str) -> Q:
    """Clients who owe a sum in a range: 1000..5000, either end may lack."""
    least, most = people.read_range(text)
    if any(end is not None and abs(end) >= 10**15 for end in (least, most)):
        raise ValueError(_("This number is too big."))
    rows = Document.objects.filter(UNPAID, client__isnull=False).order_by().values("client_id")
    rows = rows.annotate(left=Sum(F("amount") - F("paid")))
    rows = rows if least is None else rows.filter(left__gte=least)
    rows = rows if most is None else rows.filter(left__lte=most)
    return Q(pk__in=rows.values("client_id"))
