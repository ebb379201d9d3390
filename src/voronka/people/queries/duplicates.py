"""Cards that share signs of comparison: the candidates for duplicates, the most signs first."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from voronka.kit.actors import Actor
from voronka.people.models import Client, ContactPoint, MatchKey, NotDuplicates
from voronka.people.queries.clients import list_clients, list_contacts
from voronka.people.queries.shown import shown

CANDIDATES_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Sharing:
    """A card that shares signs of comparison with another, and its contacts."""

    client: Client
    contacts: list[ContactPoint]
    keys: frozenset[str]


def find_sharing(actor: Actor, keys: Collection[str], *, but: int | None = None) -> list[Sharing]:
    """Return the cards that share a sign and that the actor may see; pairs told apart by a person are left out."""
    shared: dict[int, set[str]] = {}
    rows = MatchKey.objects.filter(key__in=list(keys)).exclude(client_id=but or 0).order_by("-client_id")
    for client_id, key in rows.values_list("client_id", "key")[: CANDIDATES_LIMIT * 10]:
        shared.setdefault(client_id, set()).add(key)
    if but is not None:
        for one, other in NotDuplicates.objects.filter(Q(one_id=but) | Q(other_id=but)).values_list(
            "one_id", "other_id"
        ):
            shared.pop(other if one == but else one, None)
    best = sorted(shared, key=lambda pk: (-len(shared[pk]), pk))[:CANDIDATES_LIMIT]
    found = {one.pk: one for one in list_clients(actor).filter(pk__in=best)}
    contacts = list_contacts(actor, list(found))
    return [Sharing(shown(actor, found[pk]), contacts[pk], frozenset(shared[pk])) for pk in best if pk in found]
