"""What a client does himself on the page of his order. Each act locks the order and looks again before it does it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events import publish
from voronka.orders.events import FeedbackGiven
from voronka.orders.models import Feedback, Order, OrderLine, Return, ReturnLine, Shipment
from voronka.orders.permissions import CHANGE
from voronka.orders.queries.shop import get_shop_page
from voronka.orders.rules import client_page
from voronka.orders.rules.client_page import Piece
from voronka.orders.services.cancelling import cancel
from voronka.orders.services.locking import lines_of, lock_order
from voronka.orders.services.returning import Back, ask_return, repeat
from voronka.people.services.cleaning import Problems, fit

MOST_WORDS = 2_000


def pieces_of(order: Order, lines: Sequence[OrderLine]) -> list[Piece]:
    """Return how many of each line the client has and asks to give back."""
    live = ReturnLine.objects.filter(back__order=order).exclude(
        back__state__in=[Return.State.REJECTED, Return.State.CANCELLED]
    )
    asked = dict(live.values_list("line_id").annotate(n=Sum("quantity")).order_by())
    return [Piece(one.position, one.shipped, asked.get(one.pk, Decimal(0))) for one in lines]


def is_leaving(order: Order) -> bool:
    """Tell whether goods of the order stand packed, or have left."""
    states = [Shipment.State.PACKED, Shipment.State.SHIPPED, Shipment.State.DELIVERED]
    return Shipment.objects.filter(order=order, state__in=states).exists()


@again
@transaction.atomic
def cancel_by_client(public_id: str, cause: str, *, actor: Actor, now: datetime) -> Order:
    """Cancel an order as its client may: before anything has left. Cancelled already, it stays so.

    Raises NotFound, Conflict `too_late`.
    """
    order = lock_order(actor, public_id, CHANGE)
    if order.phase == "cancelled":
        return order
    shipped = [one.shipped for one in lines_of(order)]
    if not client_page.may_cancel(order.phase, shipped, is_leaving=is_leaving(order)):
        raise Conflict(_("The order is on its way already: it can be given back when it has come."), code="too_late")
    said = " ".join(cause.replace("\0", "").split())[:160]
    return cancel(public_id, said or _("The client does not want it any more"), actor=actor, now=now)


@again
@transaction.atomic
def return_by_client(
    public_id: str, goods: Sequence[Back], reason: str, *, actor: Actor, now: datetime, operation: uuid.UUID
) -> Return:
    """Ask for a return as the client may: of what he has, within the days of the shop. Sent again, it is one.

    Raises NotFound, Conflict `too_late` or `more_than_shipped`, Invalid naming the lines.
    """
    order = lock_order(actor, public_id, CHANGE)
    known = Return.objects.filter(operation=operation, order=order).first()
    if known is not None:
        return known
    pieces = pieces_of(order, lines_of(order))
    days = get_shop_page().return_days
    if not client_page.may_return(pieces, order.delivered_at, days, now=now):
        raise Conflict(_("This order cannot be given back here: call the shop."), code="too_late")
    said = " ".join(reason.replace("\0", "").split())
    if not said:
        message = _("Say why, in a few words.")
        raise Invalid(message, fields={"reason": message})
    return ask_return(public_id, goods, actor=actor, now=now, operation=operation, reason=said[:300])


@again
@transaction.atomic
def repeat_by_client(public_id: str, *, actor: Actor, now: datetime, operation: uuid.UUID) -> Order:
    """Order the same again at the prices of today. Sent again, it is one. Raises OutOfStock, Invalid."""
    return repeat(public_id, actor=actor, now=now, operation=operation)


@transaction.atomic
def rate(public_id: str, stars: int, words: str, *, actor: Actor, now: datetime) -> Feedback:
    """Keep what the client says of his order; said again, it takes the place of the first.

    Raises NotFound, Conflict `too_early` before he has his goods, Invalid.
    """
    order = lock_order(actor, public_id, CHANGE)
    if not client_page.may_rate(order.phase, order.delivered_at):
        raise Conflict(_("Say it when you have your order."), code="too_early")
    problems = Problems()
    if not 1 <= stars <= 5:
        problems.add("stars", _("Choose one to five stars."))
    said = fit("words", words, MOST_WORDS, problems, lines=True)
    problems.settle()
    row, is_new = Feedback.objects.get_or_create(order=order, defaults={"stars": stars, "words": said, "at": now})
    if not is_new and (row.stars, row.words) != (stars, said):
        row.stars, row.words, row.at = stars, said, now
        row.save(update_fields=["stars", "words", "at"])
        is_new = True
    if is_new:
        publish(FeedbackGiven(order_id=order.pk, client_id=order.client_id, stars=stars), at=now)
    return row
