"""What clients owe, as lists of clients ask of it: the sum of their unpaid invoices."""

from django.db.models import F, Q
from django.utils.translation import gettext as _

from voronka.billing.models import ClientDebt, Document
from voronka.billing.permissions import SEE_MONEY
from voronka.kit.actors import Actor
from voronka.people import queries as people

UNPAID = Q(kind="invoice", state=Document.State.ISSUED, paid__lt=F("amount"))


def sees_money(actor: Actor) -> bool:
    """Tell whether the actor sees payments and debts."""
    return actor.may(SEE_MONEY, owner_id=actor.employee_id)


def owed() -> F:
    """Return what a client owes as lists of clients sort by it, absent where nothing: the kept sum has an index."""
    return F("kept_debt__amount")


def match_debt(text: str) -> Q:
    """Clients who owe a sum in a range: 1000..5000, either end may lack."""
    least, most = people.read_range(text)
    if any(end is not None and abs(end) >= 10**15 for end in (least, most)):
        raise ValueError(_("This number is too big."))
    rows = ClientDebt.objects.all() if least is None else ClientDebt.objects.filter(amount__gte=least)
    rows = rows if most is None else rows.filter(amount__lte=most)
    return Q(pk__in=rows.values("client_id"))
