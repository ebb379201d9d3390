"""Letters with orders: how many wait, a page of them."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from voronka.kit.actors import Actor, Reach
from voronka.orders.models import OrderLetter, OrderMailbox
from voronka.orders.permissions import MAKE
from voronka.people import queries as people

PAGE = 50
STATES = ("waiting", "placed", "dropped")


@dataclass(frozen=True, slots=True)
class LetterPage:
    """Letters of a state, the newest first; `after` asks for the next page, 0 at the end."""

    rows: list[OrderLetter]
    after: int


def letters_within(actor: Actor) -> "QuerySet[OrderLetter]":
    """Return the letters of clients for whom the actor may write orders, and of nobody that is known."""
    owners = people.owners_within(actor, MAKE)
    rows = OrderLetter.objects.all()
    if owners is None:
        return rows
    return rows.filter(Q(client=None) | Q(client__responsible=None) | Q(client__responsible_id__in=owners))


def has_mail(actor: Actor) -> bool:
    """Tell whether orders may come by letters here, and the actor may take them."""
    return actor.reach(MAKE) is not Reach.NONE and OrderMailbox.objects.exists()


def count_waiting(actor: Actor) -> int:
    """Return how many letters wait that the actor may take."""
    if actor.reach(MAKE) is Reach.NONE:
        return 0
    return letters_within(actor).filter(state=OrderLetter.State.WAITING).count()


def read_letters(actor: Actor, state: str, *, after: int = 0) -> LetterPage:
    """Return a page of the letters that the actor may take."""
    rows = letters_within(actor).filter(state=state)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("client", "order").order_by("-id")[: PAGE + 1])
    return LetterPage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else 0)


def sees_contacts(actor: Actor) -> bool:
    """Tell whether an actor may read letters whole: they tell addresses and phones."""
    return all(actor.sees(code) for code in ("client.email", "client.phone", "client.address"))


def writer_of(row: OrderLetter, actor: Actor) -> str:
    """Return who wrote a letter, as an actor may see it; empty where that would tell an address."""
    if row.client is not None:
        return people.name_shown(actor, row.client.name)
    return row.sender_name or (row.sender if sees_contacts(actor) else "")


def sure_count(row: OrderLetter) -> int:
    """Return how many lines of a letter are surely understood."""
    return sum(1 for one in row.lines if not one["why"])


def letter_of(order_id: int) -> OrderLetter | None:
    """Return the letter that an order was placed of."""
    return OrderLetter.objects.filter(order_id=order_id).order_by("id").first()
