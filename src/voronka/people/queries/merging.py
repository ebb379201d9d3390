"""Cards that were joined to others: where they are now, and how the joining can be taken back."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.people.models import Client, MergedCard, MergeRun
from voronka.people.permissions import SEE_CLIENTS


def survivors_of(ids: Iterable[int]) -> dict[int, int]:
    """Return, by the id of a card that was joined to another, the card that has its rows now."""
    wanted = list(ids)
    return dict(MergedCard.objects.filter(old_id__in=wanted).values_list("old_id", "survivor_id")) if wanted else {}


def old_addresses(ids: Iterable[int]) -> dict[int, str]:
    """Return the public ids that joined cards had; they lead to the card that has their rows now."""
    wanted = list(ids)
    return dict(MergedCard.objects.filter(old_id__in=wanted).values_list("old_id", "old_public_id")) if wanted else {}


def address_now(public_id: str) -> str | None:
    """Return the address of the card that a joined one belongs to now; None where there is no such joined card."""
    found = MergedCard.objects.filter(old_public_id=public_id)
    return found.values_list("survivor__public_id", flat=True).first()


def get_merge(actor: Actor, public_id: str) -> MergeRun:
    """Return a merge whose survivor the actor may see. Raises NotFound."""
    found = MergeRun.objects.select_related("survivor__responsible", "by", "undone_by").filter(
        public_id=public_id, survivor__binned_at=None
    )
    run = found.first() if public_id.isalnum() else None
    if run is not None:
        owner = run.survivor.responsible
        team_id = owner.team_id if owner else None
        if actor.may(SEE_CLIENTS, owner_id=run.survivor.responsible_id, team_id=team_id):
            return run
    raise NotFound(_("There is no such merge."))


def newer_merge(run: MergeRun) -> MergeRun | None:
    """Return the newest standing merge into the same card after this one: that must be taken back first."""
    found = MergeRun.objects.filter(survivor_id=run.survivor_id, undone_at=None, pk__gt=run.pk)
    return found.order_by("-pk").first()


def merges_by_id(ids: Sequence[int]) -> dict[int, MergeRun]:
    """Return merges by id, those that were taken back too; ids that there are none of are left out."""
    return MergeRun.objects.in_bulk(list(ids))


def has_merges(ids: Iterable[int]) -> set[int]:
    """Return those of the cards that others were joined to and not parted from since."""
    found = MergeRun.objects.filter(survivor_id__in=list(ids), undone_at=None)
    return set(found.values_list("survivor_id", flat=True))


def cards_for_merging(actor: Actor, public_ids: Sequence[str], *, most: int) -> list[Client]:
    """Return the cards that an address names, each once, joined ones as the card they belong to; all values.

    Raises NotFound for one that the actor may not see.
    """
    found: dict[int, Client] = {}
    for public_id in public_ids[:most]:
        client = _card(actor, public_id)
        found.setdefault(client.pk, client)
    return list(found.values())


def _card(actor: Actor, public_id: str) -> Client:
    now = public_id if not public_id.isalnum() else (address_now(public_id) or public_id)
    client = Client.objects.select_related("responsible").filter(public_id=now).first()
    if client is not None:
        owner = client.responsible
        if actor.may(SEE_CLIENTS, owner_id=client.responsible_id, team_id=owner.team_id if owner else None):
            return client
    raise NotFound(_("There is no such client."))
