"""An order placed of a letter: by itself where everything is sure, else by a person; one letter, one order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from django.db import transaction

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.imap import NOT_OF_LETTER
from voronka.kit.tenancy import current_company_id
from voronka.orders.models import ClientWord, Order, OrderLetter
from voronka.orders.permissions import MAKE
from voronka.orders.queries.orders import list_delivery, list_payment
from voronka.orders.services import entering
from voronka.orders.services.drafts import LineDraft, OrderDraft
from voronka.orders.services.entering import NewClient
from voronka.orders.services.mail.answering import tell_placed
from voronka.orders.services.mail.letters import (
    State,
    get_letter,
    require_waiting,
    settle_letter,
    tell_of_letter,
)
from voronka.orders.services.mail.understanding import sure_lines, word_key
from voronka.orders.services.placing import OnShort
from voronka.people import queries as people

log = structlog.get_logger(__name__)


def draft_of_letter(row: OrderLetter, client_id: int) -> OrderDraft:
    """Return the order that a letter in which all is sure comes to: delivered and paid as the client's last one was."""
    pairs = sure_lines(row.lines)
    cards = {one.public_id: one for one in catalogue.variants_by_public_ids([one for one, _many in pairs])}
    last = last_order(client_id)
    card = people.get_client_row(client_id)
    ways, payments = list_delivery(), list_payment()
    way = last.delivery_method if last is not None else None
    payment = last.payment_method if last is not None else None
    return OrderDraft(
        client_id=client_id,
        lines=[LineDraft(many, cards[public_id].id) for public_id, many in pairs if public_id in cards],
        channel=Order.Channel.MAIL,
        delivery=way.public_id if way is not None and way.is_on else ways[0].public_id if ways else "",
        payment=payment.public_id
        if payment is not None and payment.is_on
        else payments[0].public_id
        if payments
        else "",
        city=last.city if last is not None else card.city,
        address=last.address if last is not None else card.address,
        recipient_name=last.recipient_name if last is not None else "",
        recipient_phone=last.recipient_phone if last is not None else "",
        comment=row.subject,
    )


def last_order(client_id: int) -> Order | None:
    """Return the last order of a client that was not cancelled, to go by its ways."""
    rows = Order.objects.filter(client_id=client_id).exclude(phase="cancelled")
    return rows.select_related("delivery_method", "payment_method").order_by("-id").first()


def place_by_itself(public_id: str, *, now: datetime) -> Order | None:
    """Place the order of a letter in which all is sure; where that is refused (out of stock) it waits for a person."""
    actor = Actor.system(current_company_id(), origin="order letters")
    try:
        with transaction.atomic():
            row = get_letter(actor, public_id, lock=True)
            if row.state != State.WAITING or row.reasons or row.client_id is None:
                return None
            order = entering.enter(
                draft_of_letter(row, row.client_id), actor=actor, now=now, operation=row.operation, on_short="refuse"
            )
            _settle(row, order, actor=actor, now=now)
            return order
    except Refusal as refusal:
        _await_person(public_id, "short" if refusal.code == "out_of_stock" else "refused", actor=actor, now=now)
    except NOT_OF_LETTER:
        raise
    except Exception:
        log.exception("the order of a letter could not be placed", letter=public_id)
        _await_person(public_id, "refused", actor=actor, now=now)
    return None


@transaction.atomic
def _await_person(public_id: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """Let a letter wait for a person, who is told of it."""
    row = get_letter(actor, public_id, lock=True)
    if row.state == State.WAITING:
        row.reasons = [reason]
        row.save(update_fields=["reasons"])
        if row.mailbox is not None:
            tell_of_letter(row, row.mailbox, now=now)


@transaction.atomic
def place_letter(
    public_id: str, draft: OrderDraft, *, actor: Actor, now: datetime, new_client: NewClient | None = None,
    place_by_hand: str = "", on_short: OnShort = "refuse", named: Sequence[tuple[str, int]] = (),
) -> Order:  # fmt: skip
    """Place the order of a letter as a person has put it right; sent again, it is the same order.

    `named` are names of goods in the letter with the variants that the person says they mean: they are remembered for
    this client. Raises Denied, NotFound, Conflict (an order already, put aside), and what placing raises.
    """
    row = get_letter(actor, public_id, lock=True)
    if row.state == State.PLACED and row.order is not None:
        actor.require(MAKE, owner_id=row.order.responsible_id)
        known: Order = row.order
        return known
    require_waiting(row)
    order = entering.enter(
        replace(draft, channel=Order.Channel.MAIL), actor=actor, now=now, operation=row.operation,
        new_client=new_client, place_by_hand=place_by_hand, on_short=on_short,
    )  # fmt: skip
    _remember(order.client_id, dict(named))
    _settle(row, order, actor=actor, now=now)
    return order


def _settle(row: OrderLetter, order: Order, *, actor: Actor, now: datetime) -> None:
    settle_letter(row, State.PLACED, actor=actor, now=now, order_id=order.pk, client_id=order.client_id)
    if row.mailbox is not None and row.mailbox.answers:
        tell_placed(row, order, now=now)


def _remember(client_id: int, named: Mapping[str, int]) -> None:
    """Keep what the client calls goods; said anew, the latest word stands."""
    rows = [ClientWord(client_id=client_id, key=word_key(name), variant_id=pk) for name, pk in named.items() if name]
    unique = {one.key: one for one in rows}
    ClientWord.objects.bulk_create(
        unique.values(), update_conflicts=True, unique_fields=["company", "client", "key"], update_fields=["variant"]
    )
