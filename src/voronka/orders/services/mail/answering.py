"""What a client hears of his letter: that it came, or that it is an order; sent to the address he wrote from."""

import hashlib
import uuid
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import counters, wording
from voronka.kit.actors import Actor
from voronka.kit.tenancy import current_company_id
from voronka.messaging import services as messaging
from voronka.orders.models import Order, OrderLetter

MOST_LINES = 50
MOST_RECEIVED, DAY = 5, timedelta(days=1)  # to one address: a program that answers us would never end


def tell_received(row: OrderLetter, *, now: datetime) -> None:
    """Tell a known client that his letter is here and a person looks at it; five times a day to one address."""
    if row.client_id is None or not row.sender:
        return
    key = hashlib.sha256(row.sender.strip().lower().encode()).hexdigest()[:40]
    if counters.count(f"letter received:{current_company_id()}:{key}", DAY, now=now) > MOST_RECEIVED:
        return
    with translation.override(accounts.get_company_rules().language):
        _write(
            row, row.client_id, _("We have your letter"),
            _("We have your order and will confirm it after we have looked at it."), None, now,
        )  # fmt: skip


def tell_placed(row: OrderLetter, order: Order, *, now: datetime) -> None:
    """Tell the client what his letter became: number, lines, sum."""
    with translation.override(accounts.get_company_rules().language):
        language = translation.get_language() or "ru"
        lines = [
            f"{one.name} × {wording.number(one.quantity.normalize(), language)} = "
            f"{wording.money(one.total, order.currency, language)}"
            for one in order.lines.order_by("position")[:MOST_LINES]
        ]
        body = "\n".join(
            [
                _("We have taken your order № %(number)d.") % {"number": order.number}, "", *lines, "",
                _("To be paid: %(sum)s.") % {"sum": wording.money(order.total, order.currency, language)},
            ]
        )  # fmt: skip
        subject = _("Order № %(number)d is taken") % {"number": order.number}
        _write(row, order.client_id, subject, body, order.pk, now)


def _write(row: OrderLetter, client_id: int, subject: str, body: str, order_id: int | None, now: datetime) -> None:
    if not row.sender:
        return
    cause = uuid.uuid5(row.operation, "placed" if order_id else "received")
    messaging.write_letter(
        actor=Actor.system(current_company_id(), origin="order letters"), client_id=client_id,
        text=messaging.LetterText(row.sender, subject, body), now=now,
        origin=messaging.Origin("order", order_id, cause),
    )  # fmt: skip
