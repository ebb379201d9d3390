"""Orders as papers take them: the whole order, or what one of its shipments carries."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from voronka.billing.rules.shares import KOPECK
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.sold import SoldLine
from voronka.kit.tenancy import current_company_id
from voronka.orders import queries as orders
from voronka.orders import services as order_verbs

if TYPE_CHECKING:
    from voronka.orders.queries import OrderCard


class OrderPapers:
    """An order as those who write its papers see it; whether they may see it is asked before."""

    def __init__(self, order_id: int) -> None:
        order = orders.list_orders(Actor.system(current_company_id())).filter(pk=order_id).first()
        if order is None:
            raise NotFound(_("There is no such order."))
        self._card = orders.card_of(order)

    def buyer_id(self) -> int | None:
        """Return the order's client."""
        return self._card.order.client_id

    def sold_lines(self) -> Sequence[SoldLine]:
        """Return its lines, and the delivery as a service where it costs anything."""
        lines = [line for _position, line in _lines(self._card)]
        order = self._card.order
        if order.delivery_cost:
            lines.append(
                SoldLine(
                    "Доставка", Decimal(1), order.delivery_cost, unit="876", vat=order.delivery_vat, is_service=True
                )
            )  # fmt: skip
        return lines

    def kept_lines(self) -> Sequence[SoldLine]:
        """Return its lines without what has come back; of a cancelled one what the client has."""
        order = self._card.order
        stays = order_verbs.stays_of(order.pk) if order.owed != order.total else None
        return self.sold_lines() if stays is None else stays.lines

    def paper_name(self) -> str:
        """Return how papers name it."""
        return f"Заказ № {self._card.order.number} от {self._card.order.made_at:%d.%m.%Y}"

    def with_tax(self) -> bool:
        """Prices of orders have their tax in them."""
        return True

    def take_paid(self, paid: Decimal, now: datetime) -> None:
        """Tell the order what has come for its papers."""
        order_verbs.note_paid(self._card.order.pk, paid, now=now)


def _lines(card: "OrderCard") -> list[tuple[int, SoldLine]]:
    """Return the lines of an order with their rows' ids."""
    return [
        (
            one.pk,
            SoldLine(
                one.name, one.quantity, one.price, unit=one.unit, vat=one.vat, discount=one.discount,
                is_service=one.variant_id is not None and not one.is_goods,
            ),
        )
        for one in card.lines
    ]  # fmt: skip


def shipment_lines(card: "OrderCard", public_id: str) -> list[SoldLine]:
    """Return what a shipment carries; each takes its share of a line's discount, and all shares make it to the kopeck.

    Raises NotFound for one that is not the order's, or was cancelled.
    """
    lines = dict(_lines(card))
    left_before: dict[int, Decimal] = {}
    for shipment in card.shipments:
        if shipment.state == "cancelled":
            continue
        carried = [(one.line_id, one.quantity) for one in shipment.lines.all() if one.quantity > 0]
        if shipment.public_id == public_id:
            return [_part(lines[pk], left_before.get(pk, Decimal(0)), quantity) for pk, quantity in carried]
        for pk, quantity in carried:
            left_before[pk] = left_before.get(pk, Decimal(0)) + quantity
    raise NotFound(_("There is no such shipment."))


def _part(line: SoldLine, before: Decimal, quantity: Decimal) -> SoldLine:
    """Return a part of a line: its discount is what all up to it have, less what those before it had."""

    def share(upto: Decimal) -> Decimal:
        return (line.discount * min(upto, line.quantity) / line.quantity).quantize(KOPECK, rounding="ROUND_HALF_UP")

    return replace(line, quantity=quantity, discount=share(before + quantity) - share(before))


def return_lines(card: "OrderCard", public_id: str) -> list[SoldLine]:
    """Return what a return brings back, each line for what goes back for it, and the delivery where some of it does.

    Raises NotFound for one that is not the order's.
    """
    back = next((one for one in card.returns if one.public_id == public_id), None)
    if back is None:
        raise NotFound(_("There is no such return."))
    return order_verbs.returned_lines(back.pk)
