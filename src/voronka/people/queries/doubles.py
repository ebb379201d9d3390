"""Likely doubles as an actor may see and settle them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from voronka.kit.actors import Actor, Reach
from voronka.people.models import Client, ContactPoint, LikelyPair
from voronka.people.permissions import EDIT_CLIENTS
from voronka.people.queries.clients import get_client_for, list_contacts, visible
from voronka.people.queries.merging import cards_for_merging
from voronka.people.queries.shown import shown

PAGE = 20
# The tie of rows goes round the manager that leaves binned cards out.
OUT_OF_BIN = Q(one__binned_at=None, other__binned_at=None)
# Signs that tell what a field holds, by the limited field.
SIGN_FIELDS = {
    "phone": "client.phone",
    "phone_near": "client.phone",
    "email": "client.email",
    "email_local": "client.email",
    "birthday": "client.birthday",
    "other_birthday": "client.birthday",
    "city": "client.city",
    "inn": "client.requisites",
    "other_inn": "client.requisites",
    "other_kpp": "client.requisites",
}


@dataclass(frozen=True, slots=True)
class Double:
    """Two cards that may be of one client: `cards` with the contacts the actor may see, `signs` codes."""

    pair_id: int
    cards: Sequence[tuple[Client, Sequence[ContactPoint]]]
    signs: Sequence[str]
    score: int


def doubles_of(actor: Actor, client_id: int, *, most: int = 3) -> list[Client]:
    """Return the cards that look like this one, the likeliest first, of those that the actor may change."""
    pairs = LikelyPair.objects.filter(OUT_OF_BIN, Q(one_id=client_id) | Q(other_id=client_id)).order_by(
        "-score", "id"
    )
    ids = [other if one == client_id else one for one, other in pairs.values_list("one_id", "other_id")[: most * 2]]
    if not ids:
        return []
    cards = {one.pk: one for one in Client.objects.filter(visible(actor, EDIT_CLIENTS), pk__in=ids)}
    return [shown(actor, cards[one]) for one in ids if one in cards][:most]


def list_doubles(actor: Actor, *, most: int = PAGE) -> tuple[list[Double], bool]:
    """Return the likeliest pairs of cards that the actor may both change, and whether there are more. Raises Denied."""
    pairs = list(search_pairs(actor).order_by("-score", "id")[: most + 1])
    return doubles_from(actor, pairs[:most]), len(pairs) > most


def walk_doubles(actor: Actor, *, chunk: int = 500) -> Iterator[list[Double]]:
    """Yield all pairs that the actor may both change, the likeliest first, in chunks. Raises Denied."""
    found = search_pairs(actor)
    ids = list(found.order_by("-score", "id").values_list("id", flat=True))
    for at in range(0, len(ids), chunk):
        rows = {one.pk: one for one in found.filter(pk__in=ids[at : at + chunk])}
        yield doubles_from(actor, [rows[pk] for pk in ids[at : at + chunk] if pk in rows])


def search_pairs(actor: Actor) -> QuerySet[LikelyPair]:
    """Return the pairs of cards that the actor may both change, in no order. Raises Denied."""
    actor.require(EDIT_CLIENTS)
    found = LikelyPair.objects.filter(OUT_OF_BIN).select_related("one__responsible", "other__responsible")
    if actor.reach(EDIT_CLIENTS) is not Reach.ALL:
        mine = Client.objects.filter(visible(actor, EDIT_CLIENTS)).values("pk")
        found = found.filter(one_id__in=mine, other_id__in=mine)
    return found


def cards_to_change(actor: Actor, public_ids: Sequence[str], *, most: int) -> list[Client]:
    """Return the cards as `cards_for_merging` does, all of which the actor may change. Raises NotFound, Denied."""
    cards = cards_for_merging(actor, public_ids, most=most)
    for card in cards:
        get_client_for(actor, EDIT_CLIENTS, client_id=card.pk)
    return cards


def doubles_from(actor: Actor, pairs: Sequence[LikelyPair]) -> list[Double]:
    """Return pairs as the actor may see them, with the contacts of all their cards by one statement."""
    contacts = list_contacts(actor, sorted({card for pair in pairs for card in (pair.one_id, pair.other_id)}))
    return [
        Double(
            pair.pk,
            [(shown(actor, card), contacts[card.pk]) for card in (pair.one, pair.other)],
            [sign for sign in pair.signs if sign not in SIGN_FIELDS or actor.sees(SIGN_FIELDS[sign])],
            pair.score,
        )
        for pair in pairs
    ]
