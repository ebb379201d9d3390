"""What becomes of this part's own rows about a client when cards are joined, taken back, erased or given out."""

from collections.abc import Iterator, Sequence
from typing import Any

from voronka.kit.models import EventRow
from voronka.kit.stakes import Stake, register_stake
from voronka.people.events import ClientChanged, NoteAdded
from voronka.people.models import (
    BulkRow,
    Consent,
    ContactPerson,
    ContactPoint,
    ImportRow,
    MatchKey,
    NotDuplicates,
    Note,
    Touch,
)

_OWN = (ContactPoint, ContactPerson, MatchKey, NotDuplicates, Consent, Touch, Note, ImportRow, BulkRow)


def _touched(ids: Sequence[int]) -> set[int]:
    """Return the clients that people have worked with since their cards were made: they outlive an undone import."""
    worked = EventRow.objects.filter(
        client_id__in=ids, name__in=(NoteAdded.name(), ClientChanged.name()), employee_id__isnull=False
    )
    noted = Note.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
    return {one for one in worked.values_list("client_id", flat=True) if one is not None} | set(noted)


def _move(ids: Sequence[int], to: int) -> None:
    """Give the rows of joined cards to the one that stays; what it has already is dropped."""
    for row in ContactPoint.objects.filter(client_id__in=ids):
        if ContactPoint.objects.filter(client_id=to, kind=row.kind, value=row.value).exists():
            row.delete()
        else:
            row.client_id = to
            row.save(update_fields=["client"])
    for model in (Touch, Note):
        model.objects.filter(client_id__in=ids).update(client_id=to)
    BulkRow.objects.filter(client_id__in=ids).delete()
    known = set(MatchKey.objects.filter(client_id=to).values_list("key", flat=True))
    keys = set(MatchKey.objects.filter(client_id__in=ids).values_list("key", flat=True))
    MatchKey.objects.bulk_create([MatchKey(client_id=to, key=key) for key in sorted(keys - known)])
    MatchKey.objects.filter(client_id__in=ids).delete()
    for job in ContactPerson.objects.filter(organisation_id__in=ids).exclude(person_id=to):
        ContactPerson.objects.get_or_create(
            organisation_id=to, person_id=job.person_id, defaults={"position": job.position}
        )
    for job in ContactPerson.objects.filter(person_id__in=ids).exclude(organisation_id=to):
        ContactPerson.objects.get_or_create(
            organisation_id=job.organisation_id, person_id=to, defaults={"position": job.position}
        )


def _withdraw(ids: Sequence[int]) -> None:
    """Take the rows of cards away that an undone import takes away; consents go with the card itself."""
    for model in (ContactPoint, MatchKey, Touch, Note, BulkRow):
        model.objects.filter(client_id__in=ids).delete()
    ContactPerson.objects.filter(organisation_id__in=ids).delete()
    ContactPerson.objects.filter(person_id__in=ids).delete()
    NotDuplicates.objects.filter(one_id__in=ids).delete()
    NotDuplicates.objects.filter(other_id__in=ids).delete()


def _erase(ids: Sequence[int]) -> None:
    """Remove what names a person; that there were touches and consents stays."""
    ContactPoint.objects.filter(client_id__in=ids).delete()
    MatchKey.objects.filter(client_id__in=ids).delete()
    Note.objects.filter(client_id__in=ids).update(text="")
    Touch.objects.filter(client_id__in=ids).update(message="", extra={}, referrer="", page="")
    ImportRow.objects.filter(client_id__in=ids).update(cells=None, before=None, written=None)
    BulkRow.objects.filter(client_id__in=ids).delete()


def _export(ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Give the rows as plain values."""
    for model in (ContactPoint, Consent, Touch, Note):
        for row in model.objects.filter(client_id__in=ids).order_by("id").values():
            yield {"table": model._meta.label, **row}


register_stake(
    Stake(
        subject="client",
        part="people",
        tables=frozenset(model._meta.label for model in _OWN),
        touched=_touched,
        withdraw=_withdraw,
        move=_move,
        erase=_erase,
        export=_export,
    )
)
