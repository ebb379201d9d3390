"""What becomes of this part's own rows about a client when cards are joined, taken back, erased or given out."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Max, Q
from django.utils.translation import ngettext

from voronka.kit.models import EventRow, OutgoingItem, StoredFile
from voronka.kit.stakes import Moved, Stake, changed, drop_rows, move_back, move_rows, register_stake
from voronka.people.events import ClientChanged, ClientsMerged, NoteAdded
from voronka.people.models import (
    Address,
    BulkRow,
    Consent,
    ContactPerson,
    ContactPoint,
    ImportRow,
    InboxLead,
    LikelyPair,
    MatchKey,
    MergedCard,
    MergeRun,
    NotDuplicates,
    Note,
    Touch,
)

_OWN = (
    Address, ContactPoint, ContactPerson, MatchKey, NotDuplicates, Consent, Touch, Note, ImportRow, InboxLead,
    LikelyPair, MergedCard, MergeRun, StoredFile, OutgoingItem, BulkRow,
)  # fmt: skip


def _touched(ids: Sequence[int]) -> set[int]:
    """Return the clients that people have worked with since their cards were made: they outlive an undone import."""
    worked = EventRow.objects.filter(
        client_id__in=ids,
        name__in=(NoteAdded.name(), ClientChanged.name(), ClientsMerged.name()),
        employee_id__isnull=False,
    )
    noted = Note.objects.filter(client_id__in=ids).values_list("client_id", flat=True)
    return {one for one in worked.values_list("client_id", flat=True) if one is not None} | set(noted)


def _proofs(ids: Sequence[int]) -> set[int]:
    """Return the clients who gave or took back a consent."""
    return set(Consent.objects.filter(client_id__in=ids).values_list("client_id", flat=True))


def _tell(ids: Sequence[int]) -> list[str]:
    """Say how much there is of everything that people see on a card."""
    contacts = ContactPoint.objects.filter(client_id__in=ids).values("kind", "value").distinct().count()
    notes, touches, consents = (model.objects.filter(client_id__in=ids).count() for model in (Note, Touch, Consent))
    files = StoredFile.objects.filter(subject_kind="client", subject_id__in=ids).count()
    words = [
        (contacts, ngettext("%(n)d contact", "%(n)d contacts", contacts)),
        (notes, ngettext("%(n)d note", "%(n)d notes", notes)),
        (touches, ngettext("%(n)d request", "%(n)d requests", touches)),
        (consents, ngettext("%(n)d consent", "%(n)d consents", consents)),
        (files, ngettext("%(n)d file", "%(n)d files", files)),
    ]
    return [text % {"n": count} for count, text in words if count]


def _move(ids: Sequence[int], to: int) -> list[Moved]:
    """Give the rows of joined cards to the one that stays; what it has already is dropped.

    The signs of likely duplicates and the pairs made of them are derived: they go, and come again by themselves.
    """
    MatchKey.objects.filter(client_id__in=ids).delete()
    LikelyPair.objects.filter(Q(one_id__in=ids) | Q(other_id__in=ids)).delete()
    return [
        *_move_in_line(ContactPoint, ids, to, once=("kind", "value")),
        *_move_in_line(Address, ids, to, once=("city", "line")),
        *_move_persons(ids, to),
        *_move_verdicts(ids, to),
        *drop_rows(BulkRow, list(BulkRow.objects.filter(client_id__in=ids))),
        *move_rows(Touch, "client_id", ids, to),
        *move_rows(Note, "client_id", ids, to),
        *move_rows(InboxLead, "client_id", ids, to),
        *move_rows(ImportRow, "client_id", ids, to),
        *move_rows(ImportRow, "candidate_id", ids, to),
        *move_rows(MergeRun, "survivor_id", ids, to),
        *move_rows(MergedCard, "survivor_id", ids, to),
        *move_rows(StoredFile, "subject_id", ids, to, where={"subject_kind": "client"}),
        *move_rows(OutgoingItem, "client_id", ids, to),
        *move_rows(OutgoingItem, "subject_id", ids, to, where={"subject_kind": "client"}),
        *_move_consents(ids, to),
    ]


def _move_in_line(
    model: type[ContactPoint | Address], ids: Sequence[int], to: int, *, once: Sequence[str]
) -> list[Moved]:
    """Move rows that stand in an order behind those that the card has, so that its first phone stays the first."""
    last = model._default_manager.filter(client_id=to).aggregate(last=Max("position"))["last"]
    done = move_rows(model, "client_id", ids, to, once=once)
    came = [pk for one in done if "column" in one for pk, _was, _now in one["rows"]]
    places = dict(model._default_manager.filter(pk__in=came).values_list("pk", "position"))
    rows = []
    for place, pk in enumerate(sorted(came, key=lambda pk: (places[pk], pk)), (-1 if last is None else last) + 1):
        model._default_manager.filter(pk=pk).update(position=place)
        rows.append((pk, places[pk], place))
    return [*done, *([changed(model, "position", rows)] if rows else [])]


def _move_persons(ids: Sequence[int], to: int) -> list[Moved]:
    """Move who speaks for whom; a card does not speak for itself."""
    cards = [*ids, to]
    own = ContactPerson.objects.filter(organisation_id__in=cards, person_id__in=cards)
    return [
        *drop_rows(ContactPerson, list(own)),
        *move_rows(ContactPerson, "organisation_id", ids, to, once=("person_id",)),
        *move_rows(ContactPerson, "person_id", ids, to, once=("organisation_id",)),
    ]


def _move_verdicts(ids: Sequence[int], to: int) -> list[Moved]:
    """Make what was said about the joined cards ("different people") said about the one that stays."""
    rows = list(NotDuplicates.objects.filter(Q(one_id__in=ids) | Q(other_id__in=ids)).order_by("pk"))
    others = {card for row in rows for card in (row.one_id, row.other_id)} - {*ids, to}
    done = drop_rows(NotDuplicates, rows)
    known = NotDuplicates.objects.filter(Q(one_id=to, other_id__in=others) | Q(other_id=to, one_id__in=others))
    said = {card for pair in known.values_list("one_id", "other_id") for card in pair}
    made = NotDuplicates.objects.bulk_create(
        [NotDuplicates(one_id=min(to, card), other_id=max(to, card)) for card in sorted(others - said)]
    )
    return [*done, *([{"model": NotDuplicates._meta.label, "made": [row.pk for row in made]}] if made else [])]


def _move_consents(ids: Sequence[int], to: int) -> list[Moved]:
    """Move consents by the one door that lets the application change whose they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, was FROM people_move_consents(%s, %s)", [list(ids), to])
        rows = sorted(cursor.fetchall())
    return [changed(Consent, "client_id", [(pk, was, to) for pk, was in rows])] if rows else []


def _move_back(moved: Moved) -> None:
    if moved["model"] != Consent._meta.label:
        move_back(moved)
        return
    with connection.cursor() as cursor:
        consents, cards, survivors = zip(*moved["rows"], strict=True)
        cursor.execute("SELECT people_return_consents(%s, %s, %s)", [list(consents), list(cards), survivors[0]])


def _withdraw(ids: Sequence[int]) -> None:
    """Take the rows of cards away that an undone import takes away; consents go with the card itself."""
    for model in (Address, ContactPoint, MatchKey, Touch, Note, BulkRow):
        model.objects.filter(client_id__in=ids).delete()
    ContactPerson.objects.filter(organisation_id__in=ids).delete()
    ContactPerson.objects.filter(person_id__in=ids).delete()
    for pairs in (NotDuplicates, LikelyPair):
        pairs.objects.filter(Q(one_id__in=ids) | Q(other_id__in=ids)).delete()
    MergeRun.objects.filter(survivor_id__in=ids).delete()
    InboxLead.objects.filter(client_id__in=ids).update(client=None)


def _erase(ids: Sequence[int]) -> None:
    """Remove what names a person; that there were touches and consents stays."""
    Address.objects.filter(client_id__in=ids).delete()
    ContactPoint.objects.filter(client_id__in=ids).delete()
    MatchKey.objects.filter(client_id__in=ids).delete()
    Note.objects.filter(client_id__in=ids).update(text="")
    Touch.objects.filter(client_id__in=ids).update(message="", extra={}, referrer="", page="")
    InboxLead.objects.filter(client_id__in=ids).update(name="", sent={}, address="")
    ImportRow.objects.filter(client_id__in=ids).update(cells=None, before=None, written=None)
    MergeRun.objects.filter(survivor_id__in=ids).update(plan={})
    BulkRow.objects.filter(client_id__in=ids).delete()


def _export(ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Give the rows as plain values."""
    for model in (Address, ContactPoint, Consent, Touch, Note, InboxLead):
        for row in model.objects.filter(client_id__in=ids).order_by("id").values():
            yield {"table": model._meta.label, **row}


register_stake(
    Stake(
        subject="client",
        part="people",
        tables=frozenset(model._meta.label for model in _OWN),
        touched=_touched,
        proofs=_proofs,
        withdraw=_withdraw,
        tell=_tell,
        move=_move,
        move_back=_move_back,
        erase=_erase,
        export=_export,
    )
)
