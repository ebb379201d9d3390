"""Which orders an actor reaches."""

from django.db.models import Q
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor, Reach, Right
from voronka.kit.errors import NotFound
from voronka.orders.models import Order
from voronka.orders.permissions import SEE
from voronka.people import queries as people


def reachable(actor: Actor, right: Right = SEE) -> Q:
    """Return the condition of orders within reach: those one answers for, those of nobody."""
    match actor.reach(right):
        case Reach.ALL:
            return Q()
        case Reach.NONE:
            return Q(pk__in=[])
    owners = people.owners_within(actor, right)
    return Q(responsible=None) | Q(responsible_id__in=owners or [])


def owners_reached(actor: Actor) -> list[int] | None:
    """Return the employees whose orders an actor sees beside those of nobody; None where he sees all."""
    reach = actor.reach(SEE)
    if reach is Reach.ALL:
        return None
    return [] if reach is Reach.NONE else list(people.owners_within(actor, SEE) or [])


def require_reach(actor: Actor, order: Order, right: Right | None = None) -> None:
    """Raise NotFound for an order that the actor may not see, Denied for one that he may see and not touch."""
    owner = order.responsible
    team_id = owner.team_id if owner else None
    if not actor.may(SEE, owner_id=order.responsible_id, team_id=team_id):
        raise NotFound(_("There is no such order."))
    if right is not None:
        actor.require(right, owner_id=order.responsible_id, team_id=team_id)
