"""An order as the desk takes it: a client who may be new, the place found, the day promised, placed at once."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Invalid
from voronka.orders.models import Order, RoutingSettings
from voronka.orders.permissions import MAKE, SET_UP
from voronka.orders.services.drafts import OrderDraft, find_delivery
from voronka.orders.services.placing import OnShort, hold, place
from voronka.orders.services.ways import Outlook, outlook
from voronka.people import services as people
from voronka.people.services import ClientDraft, ContactDraft


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client who is not known yet: a name, a phone, a city, an e-mail; `channel` is how he came."""

    name: str
    phone: str = ""
    city: str = ""
    email: str = ""
    channel: str = "phone"


@again
@transaction.atomic
def enter(
    draft: OrderDraft,
    *,
    actor: Actor,
    now: datetime,
    operation: uuid.UUID,
    new_client: NewClient | None = None,
    place_by_hand: str = "",
    on_short: OnShort = "refuse",
) -> Order:
    """Place an order taken by phone, in a shop, from a letter: all in one transaction.

    A new client's card is made first; where the goods leave from is found by the company's rule unless a place was
    chosen, and what may be promised is promised unless a day was. The same operation sent again returns its order and
    makes no second card. Raises Denied, NotFound, Invalid, Conflict, OutOfStock.
    """
    hold(operation)  # else two that are sent at once would each make a card
    known = Order.objects.filter(operation=operation).first()
    if known is not None:
        actor.require(MAKE, owner_id=known.responsible_id)
        return known
    if new_client is not None:
        draft = replace(draft, client_id=_made(new_client, actor, now), recipient_phone=draft.recipient_phone)
    found = outlook(
        [(at, one.variant_id, one.quantity) for at, one in enumerate(draft.lines, 1)], actor=actor, now=now,
        city=draft.city, delivery=find_delivery(draft.delivery), place=place_by_hand,
    )  # fmt: skip
    draft = routed(draft, found, by_hand=bool(place_by_hand))
    if draft.promised_at is None:
        draft = promised(draft, found, actor)
    return place(draft, actor=actor, now=now, operation=operation, on_short=on_short)


def routed(draft: OrderDraft, found: Outlook, *, by_hand: bool) -> OrderDraft:
    """Return the draft with the places that give its goods, the best first, and why."""
    if not found.route.places:
        return draft
    return replace(draft, places=found.route.places, routing={} if by_hand else found.route.stored())


def promised(draft: OrderDraft, found: Outlook, actor: Actor) -> OrderDraft:
    """Return the draft with the day and hours that may be promised; without, where nobody knows."""
    said = found.promise
    if said.on is None:
        return draft
    moment = datetime.combine(said.on, said.until or time(20), actor.zone)
    if draft.delivery_on is None and said.since is not None:
        draft = replace(draft, delivery_on=said.on, delivery_from=said.since, delivery_to=said.until)
    return replace(draft, promised_at=moment)


def _made(new: NewClient, actor: Actor, now: datetime) -> int:
    if not any(said.strip() for said in (new.name, new.phone, new.email)):
        message = _("Say who orders: a name or a phone.")
        raise Invalid(message, fields={"who": message})
    ways = (("phone", new.phone.strip()), ("email", new.email.strip()))
    contacts = tuple(ContactDraft(kind=kind, value=value) for kind, value in ways if value)
    card = ClientDraft(
        name=new.name.strip() or new.phone.strip() or new.email.strip(), contacts=contacts, city=new.city.strip()
    )
    return people.create_client(actor=actor, draft=card, now=now, channel=new.channel).pk


@transaction.atomic
def save_routing(rule: str, transfer_days: int, last_hour: time, *, actor: Actor) -> RoutingSettings:
    """Set how the company chooses where goods leave from. Raises Denied, Invalid, Conflict for two at once."""
    actor.require(SET_UP)
    if rule not in RoutingSettings.Rule.values:
        message = _("Choose one of the list.")
        raise Invalid(message, fields={"rule": message})
    if not 0 <= transfer_days <= 60:
        message = _("From 0 to 60 days.")
        raise Invalid(message, fields={"transfer_days": message})
    row = RoutingSettings.objects.select_for_update().first() or RoutingSettings()
    row.rule, row.transfer_days, row.last_hour = rule, transfer_days, last_hour
    made, is_new = (row, False) if row.pk else RoutingSettings.objects.get_or_create(
        defaults={"rule": rule, "transfer_days": transfer_days, "last_hour": last_hour}
    )  # fmt: skip
    if not is_new and made.pk != row.pk:
        raise Conflict(_("Somebody set it at the same moment: look at it again."), code="moved")
    if row.pk:
        row.save()
    return made
