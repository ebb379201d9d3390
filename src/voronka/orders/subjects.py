"""The order as a subject of events, tasks and papers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.kit.actors import Actor
from voronka.kit.subjects import SubjectKind, register_subject
from voronka.messaging.ports import register_order_words, register_shelf
from voronka.orders.models import Order
from voronka.orders.ports import Sold, SoldLine
from voronka.orders.queries.reach import reachable
from voronka.orders.services.letter_words import Goods, tell_order
from voronka.work.ports import About, register_about


@dataclass(frozen=True, slots=True)
class SoldOrder:
    """An order as papers see it."""

    order: Order
    client_id: int
    number: int
    currency: str
    total: Decimal
    paid: Decimal

    def sold_lines(self) -> Sequence[SoldLine]:
        """Return the lines in their order, delivery last."""
        found = [
            SoldLine(
                one.name, one.quantity, one.price, one.discount, one.unit, one.variant.code if one.variant else "",
                one.vat, one.percent, one.total, one.tax, not one.is_goods,
            )
            for one in self.order.lines.select_related("variant").order_by("position")
        ]  # fmt: skip
        order = self.order
        if order.delivery_cost:
            found.append(
                SoldLine(
                    _("Delivery"), Decimal(1), order.delivery_cost, Decimal("0.00"), "796", "", order.delivery_vat,
                    order.delivery_percent, order.delivery_cost, order.delivery_tax, is_service=True,
                )
            )  # fmt: skip
        return found


def sold(order_id: int) -> SoldOrder:
    """Open what was sold by an order."""
    order = Order.objects.get(pk=order_id)
    return SoldOrder(order, order.client_id, order.number, order.currency, order.total, order.paid)


def _page(order_id: int) -> str:
    return reverse("orders:order", args=[Order.objects.values_list("public_id", flat=True).get(pk=order_id)])


def _names(ids: list[int]) -> Mapping[int, str]:
    rows = Order.objects.filter(pk__in=ids).values_list("id", "number")
    return {pk: _("Order № %(number)d") % {"number": number} for pk, number in rows}


def _about(order: Order) -> About:
    return About(
        "order", order.pk, order.public_id, order.client_id, _("Order № %(number)d") % {"number": order.number}
    )


def _find(actor: Actor, public_id: str) -> About | None:
    found = Order.objects.filter(reachable(actor), public_id=public_id).first()
    return None if found is None else _about(found)


def _view(actor: Actor, ids: Sequence[int]) -> Sequence[About]:
    return [_about(one) for one in Order.objects.filter(reachable(actor), pk__in=list(ids))]


register_subject(SubjectKind("order", gettext_lazy("order"), _page, _names, {Sold: sold}))
register_about("order", _find, _view)

register_order_words(tell_order)
register_shelf(Goods())
