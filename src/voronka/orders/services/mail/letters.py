"""Letters that clients wrote orders in: kept once, put aside, taken up again."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.accounts import services as employees
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.events import publish
from voronka.orders.events import OrderLetterMoved
from voronka.orders.models import OrderLetter, OrderMailbox
from voronka.orders.permissions import MAKE
from voronka.orders.queries.letters import letters_within
from voronka.orders.services.mail.answering import tell_received
from voronka.orders.services.mail.understanding import Understood
from voronka.people import queries as people

NOTICE = "order_letter"
State = OrderLetter.State


@transaction.atomic
def keep_letter(box: OrderMailbox, message: str, found: Understood, *, now: datetime) -> OrderLetter | None:
    """Keep a letter that waits for a person; None where it was kept before, however many look at once.

    Letters of blocked senders are put aside at once.
    """
    is_blocked = "blocked" in found.reasons
    row, is_new = OrderLetter.objects.get_or_create(
        mailbox=box,
        message=message,
        defaults={
            "came_at": now, "sender": found.sender, "sender_name": found.sender_name, "subject": found.subject,
            "text": found.text, "files": list(found.files), "lines": list(found.lines),
            "reasons": list(found.reasons), "client_id": found.client_id,
            "state": State.DROPPED if is_blocked else State.WAITING, "decided_at": now if is_blocked else None,
        },
    )  # fmt: skip
    if not is_new:
        return None
    publish(OrderLetterMoved(order_letter_id=row.pk, state=row.state), at=now)
    if row.state == State.WAITING and (row.reasons or not box.places_itself):
        tell_of_letter(row, box, now=now)
    return row


def tell_of_letter(row: OrderLetter, box: OrderMailbox, *, now: datetime) -> None:
    """Tell those who may take the order that a letter waits; and the client, where he is known, that we have it."""
    owner = None
    if row.client_id is not None:
        owner = people.get_client_row(row.client_id).responsible_id
    takers = accounts.employees_who_may(MAKE, owner_id=owner)
    told = [owner] if owner in takers else takers
    employees.notify(
        employee_ids=[one for one in told if one is not None], code=NOTICE, subject_kind="order_letter",
        subject_id=row.pk, by=None, now=now,
    )  # fmt: skip
    if box.answers and row.lines:
        tell_received(row, now=now)


def get_letter(actor: Actor, public_id: str, *, lock: bool = False) -> OrderLetter:
    """Return a letter within reach. Raises Denied, NotFound."""
    actor.require(MAKE, owner_id=actor.employee_id)
    rows = letters_within(actor).filter(public_id=public_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows.select_related("client", "order")).first()
    if found is None:
        raise NotFound(_("There is no such letter."))
    return found


def require_waiting(row: OrderLetter) -> None:
    """Raise Conflict where somebody has decided on a locked letter meanwhile."""
    if row.state == State.PLACED:
        number = row.order.number if row.order is not None else 0
        raise Conflict(_("This letter is order № %(number)d already.") % {"number": number}, code="placed_already")
    if row.state == State.DROPPED:
        raise Conflict(_("Somebody has put this letter aside."), code="dropped_already")


def settle_letter(row: OrderLetter, state: str, *, actor: Actor, now: datetime, **more: Any) -> None:
    """Write down what became of a locked letter."""
    row.state, row.decided_by_id = state, actor.employee_id
    row.decided_at = None if state == State.WAITING else now
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "decided_by", "decided_at", *more])
    publish(OrderLetterMoved(order_letter_id=row.pk, state=state), at=now)


@transaction.atomic
def drop_letter(*, actor: Actor, public_id: str, now: datetime) -> OrderLetter:
    """Put a letter aside: it is no order. Said again, nothing happens. Raises Denied, NotFound, Conflict."""
    row = get_letter(actor, public_id, lock=True)
    if row.state != State.DROPPED:
        require_waiting(row)
        settle_letter(row, State.DROPPED, actor=actor, now=now)
    return row


@transaction.atomic
def take_up_letter(*, actor: Actor, public_id: str, now: datetime) -> OrderLetter:
    """Let a letter wait again that was put aside. Raises Denied, NotFound, Conflict where it is an order."""
    row = get_letter(actor, public_id, lock=True)
    if row.state == State.DROPPED:  # what a person has looked at is not placed by itself any more
        reasons = [*(one for one in row.reasons if one != "taken_up"), "taken_up"]
        settle_letter(row, State.WAITING, actor=actor, now=now, reasons=reasons)
    else:
        require_waiting(row)
    return row
