"""What a client gets back of what he paid for the delivery."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from voronka.kit.errors import Conflict, Invalid
from voronka.orders.models import Order, OrderLine, Return, ReturnLine
from voronka.orders.rules.pricing import ZERO, rounded, tax_in

DEAD = (Return.State.REJECTED, Return.State.CANCELLED)


def given_back(order: Order, *, besides: Return | None = None) -> tuple[Decimal, Decimal]:
    """Return what live returns of an order give back of its delivery, and what of that is tax."""
    rows = Return.objects.filter(order=order).exclude(state__in=DEAD)
    if besides is not None and besides.pk is not None:
        rows = rows.exclude(pk=besides.pk)
    told = rows.aggregate(money=Sum("delivery"), tax=Sum("delivery_tax"))
    return told["money"] or ZERO, told["tax"] or ZERO


def left_of(order: Order, *, besides: Return | None = None) -> Decimal:
    """Return how much of the delivery no live return gives back."""
    return order.delivery_cost - given_back(order, besides=besides)[0]


def goes_back(order: Order, back: Return, lines: Sequence[ReturnLine]) -> bool:
    """Tell whether the delivery goes back where nobody says otherwise.

    It does where the seller is at fault, and where the client keeps nothing of the goods: what he ordered was of no use
    to him. Source: article 26.1 of the law on the protection of consumers, of sales at a distance.
    """
    if back.fault == Return.Fault.SELLER:
        return True
    if back.kind == Return.Kind.EXCHANGE:
        return False
    told = ReturnLine.objects.filter(back__order=order).exclude(back__state__in=DEAD).exclude(back_id=back.pk or 0)
    gone = dict(told.values("line_id").annotate(many=Sum("quantity")).order_by().values_list("line_id", "many"))
    for one in lines:
        gone[one.line_id] = gone.get(one.line_id, Decimal(0)) + one.quantity
    goods = OrderLine.objects.filter(order=order, is_goods=True)
    return all(gone.get(one.pk, Decimal(0)) == one.quantity for one in goods)


def give(order: Order, back: Return, lines: Sequence[ReturnLine], wanted: Decimal | None) -> None:
    """Write on a return how much of the delivery it gives back, and its sum; the order is locked.

    `wanted` None: all that is left, where the reason asks for it. The last to take of it takes the rest of its tax.
    Raises Invalid for what is no sum, Conflict for more than is left.
    """
    money, tax = given_back(order, besides=back)
    left, left_tax = order.delivery_cost - money, order.delivery_tax - tax
    if wanted is None:
        wanted = left if goes_back(order, back, lines) else ZERO
    elif not wanted.is_finite() or wanted < 0 or wanted > 10**14 or rounded(wanted) != wanted:
        words = _("This is no sum.")
        raise Invalid(words, fields={"delivery": words})
    if wanted > left:
        words = _("Only %(left)s of the delivery can still go back.") % {"left": left}
        raise Conflict(words, code="delivery_given_back", fields={"delivery": words})
    back.delivery = wanted
    back.delivery_tax = left_tax if wanted == left else min(tax_in(wanted, order.delivery_percent), left_tax)
    back.sum = sum((one.sum for one in lines), ZERO) + wanted


def require_covered(order: Order, cost: Decimal, tax: Decimal) -> None:
    """Raise Conflict where a delivery would cost less than what returns give back of it."""
    money, of_it = given_back(order)
    if cost < money or tax < of_it:
        words = _("More than that is to be given back for the delivery.")
        raise Conflict(words, code="given_back", fields={"delivery_cost": words})
