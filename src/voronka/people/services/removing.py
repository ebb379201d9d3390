"""Taking cards away whole, with all that every part holds of them: for invented clients, not for real ones."""

from collections.abc import Sequence

from django.db import transaction

from voronka.kit import stakes
from voronka.kit.actors import Actor
from voronka.people.models import Client, ImportRow
from voronka.people.permissions import CREATE_CLIENTS, EDIT_CLIENTS


@transaction.atomic
def remove_clients(*, actor: Actor, ids: Sequence[int]) -> set[int]:
    """Delete the cards and what parts hold of them, and return the ids of those that are gone.

    Who gave a consent or was written to was no invention and stays: both are proofs. Raises Denied.
    """
    actor.require(CREATE_CLIENTS)
    actor.require(EDIT_CLIENTS)
    stakes.lock_rows("client", sorted(ids))
    cards = Client.with_binned.filter(pk__in=ids).select_for_update().order_by("pk")
    gone = _without_proofs({one.pk for one in cards})
    for stake in stakes.stakes_in("client"):
        stake.withdraw(sorted(gone))
    ImportRow.objects.filter(candidate_id__in=gone).update(candidate_id=None)
    ImportRow.objects.filter(client_id__in=gone).update(client_id=None)
    found = Client.with_binned.filter(pk__in=gone)
    # The stakes have cleared the way; Django itself would also delete consents, of which there are none.
    found._raw_delete(found.db)
    return gone


def _without_proofs(ids: set[int]) -> set[int]:
    """Leave out the cards that somebody was written to on, or gave a consent."""
    for stake in stakes.stakes_in("client"):
        ids = ids - stake.proofs(sorted(ids))
    return ids
