"""Taking an import back, chunk by chunk: what was edited since stays.

A card that the import made goes when nobody has touched it since; a card that was worked with stays whole and is
reported. On a card that the import changed each field goes back that still holds what the import wrote.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from voronka.kit import stakes
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id
from voronka.people.events import ClientChanged, ImportUndone
from voronka.people.models import (
    Address,
    BulkRow,
    Client,
    Consent,
    ContactPerson,
    ContactPoint,
    ImportRow,
    ImportRun,
    MatchKey,
    NotDuplicates,
    Note,
    Touch,
)
from voronka.people.queries.merging import has_merges
from voronka.people.services.imports.cards import ADDRESS, COLUMNS, NAME, ZONE, Card, plain
from voronka.people.services.imports.chunks import Overtaken
from voronka.people.services.imports.matching import load_cards
from voronka.people.services.imports.signs import keys_of
from voronka.people.services.imports.staging import Stage, lock_imports
from voronka.people.services.imports.writing import CHANGED, card_columns

CHUNK = 500
KEYS = Stage("people_matchkey", ("client_id", "key"), on_conflict="ON CONFLICT DO NOTHING")
REMOVED, RESTORED, KEPT = "removed", "restored", "kept"


def undo_rows(*, run_id: int, now: datetime) -> None:
    """Take the rows of a run back until none is left; goes on after any stop. Runs outside of a transaction."""
    while _undo_chunk(run_id, now):
        pass


@transaction.atomic
def _undo_chunk(run_id: int, now: datetime) -> bool:
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != "undoing":
        raise Overtaken
    lock_imports(current_company_id())
    waiting = ImportRow.objects.filter(run_id=run_id, undone="", outcome__in=["made", "updated"])
    # By card, the last ones first: all rows of a card are taken back in one transaction.
    ids = list(waiting.order_by("-client_id").values_list("client_id", flat=True).distinct()[:CHUNK])
    if not ids:
        _finish(run, now)
        return False
    # What a card got from another one that was joined to it cannot be told from its own: such a card stays whole.
    joined = has_merges(ids)
    rows: dict[int, list[ImportRow]] = {}
    for row in waiting.filter(client_id__in=ids).order_by("-number"):
        rows.setdefault(row.client_id or 0, []).append(row)
    stakes.lock_rows("client", sorted(ids))
    cards = load_cards(current_company_id(), ids, lock=True)
    alone = {client_id: own for client_id, own in rows.items() if client_id not in joined}
    made = {client_id for client_id, own in alone.items() if any(row.outcome == "made" for row in own)}
    gone = _remove_untouched(run, {one: rows[one] for one in made}, cards)
    restored = _restore(run, {one: own for one, own in alone.items() if one not in made}, cards)
    kept = set(rows) - gone - restored
    _mark(run_id, restored, RESTORED)
    _mark(run_id, kept, KEPT)
    _count(run, gone, restored, kept)
    return True


def _count(run: ImportRun, gone: Collection[int], restored: Collection[int], kept: Collection[int]) -> None:
    undo = run.preview.setdefault("undo", {REMOVED: 0, RESTORED: 0, KEPT: 0})
    undo[REMOVED] += len(gone)
    undo[RESTORED] += len(restored)
    undo[KEPT] += len(kept)
    run.save(update_fields=["preview"])


def _mark(run_id: int, ids: Collection[int], word: str) -> None:
    if ids:
        ImportRow.objects.filter(run_id=run_id, client_id__in=ids, undone="").update(undone=word)


def _finish(run: ImportRun, now: datetime) -> None:
    undo = run.preview.get("undo") or {REMOVED: 0, RESTORED: 0, KEPT: 0}
    ImportRow.objects.filter(run_id=run.pk, outcome="asked").update(undone=REMOVED)
    run.state, run.finished_at, run.asked = "undone", now, 0
    run.save(update_fields=["state", "finished_at", "asked"])
    publish(ImportUndone(run_id=run.pk, removed=undo[REMOVED], restored=undo[RESTORED], kept=undo[KEPT]))


def _remove_untouched(run: ImportRun, rows: Mapping[int, Sequence[ImportRow]], cards: Mapping[int, Card]) -> set[int]:
    """Remove the made cards that nobody has touched; return their ids."""
    ids = [one for one in sorted(rows) if one in cards and cards[one].version == _version_left(rows[one])]
    ids = [one for one in ids if cards[one].responsible_id is None]
    touched = _touched_here(run, ids)
    for stake in stakes.stakes_in("client"):
        touched |= stake.touched([one for one in ids if one not in touched])
    ids = _not_refused([one for one in ids if one not in touched])
    if not ids:
        return set()
    for stake in stakes.stakes_in("client"):
        stake.withdraw(ids)
    _delete(run, ids)
    return set(ids)


def _version_left(rows: Sequence[ImportRow]) -> int:
    """Return the version that a card has when only this run has changed it: one for being made, one a change."""
    return 1 + sum(1 for row in rows if row.outcome == "updated" and set(row.written or {}) - {"consents"})


def _touched_here(run: ImportRun, ids: Sequence[int]) -> set[int]:
    """Return the cards with rows of this part that came from elsewhere than this run."""
    found: set[int] = set(Note.objects.filter(client_id__in=ids).values_list("client_id", flat=True))
    for organisation, person in ContactPerson.objects.filter(
        Q(organisation_id__in=ids) | Q(person_id__in=ids)
    ).values_list("organisation_id", "person_id"):
        found |= {organisation, person}
    found |= set(
        ImportRow.objects.filter(client_id__in=ids)
        .exclude(run_id=run.pk)
        .filter(undone="", outcome__in=["made", "updated"])
        .values_list("client_id", flat=True)
    )
    found |= set(
        Touch.objects.filter(client_id__in=ids)
        .values("client_id")
        .annotate(count=Count("id"))
        .filter(count__gt=1)
        .values_list("client_id", flat=True)
    )
    ours: dict[int, set[int]] = {}
    for client_id, written in ImportRow.objects.filter(
        run_id=run.pk, client_id__in=ids, written__has_key="consents"
    ).values_list("client_id", "written"):
        ours.setdefault(client_id or 0, set()).update((written or {})["consents"])
    for consent_id, client_id in Consent.objects.filter(client_id__in=ids).values_list("id", "client_id"):
        if consent_id not in ours.get(client_id, set()):
            found.add(client_id)
    return found & set(ids)


def _not_refused(ids: list[int]) -> list[int]:
    """Leave out the cards that a part refuses to give up; halves are asked about, so that few questions settle many."""
    if not ids or not any(stake.refuse(ids) for stake in stakes.stakes_in("client")):
        return ids
    if len(ids) == 1:
        return []
    middle = len(ids) // 2
    return _not_refused(ids[:middle]) + _not_refused(ids[middle:])


def _delete(run: ImportRun, ids: list[int]) -> None:
    """Delete cards with all that the import wrote beside them; by ids, since cascades would read every row first."""
    _withdraw_consents(run, ids)
    NotDuplicates.objects.filter(Q(one_id__in=ids) | Q(other_id__in=ids)).delete()
    for model in (MatchKey, Touch, ContactPoint, Address):
        rows = model.objects.filter(client_id__in=ids)
        rows._raw_delete(rows.db)
    ImportRow.objects.filter(candidate_id__in=ids).update(candidate_id=None)
    ImportRow.objects.filter(client_id__in=ids, run_id=run.pk).update(client_id=None, undone=REMOVED)
    ImportRow.objects.filter(client_id__in=ids).update(client_id=None)
    cards = Client.objects.filter(pk__in=ids)
    cards._raw_delete(cards.db)


def _withdraw_consents(run: ImportRun, ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_withdraw_import_consents(%s, %s)", [run.pk, list(ids)])


def _restore(run: ImportRun, rows: Mapping[int, Sequence[ImportRow]], cards: Mapping[int, Card]) -> set[int]:
    """Give back the fields that still hold what the run wrote; return the cards on which any did."""
    restored, keys = set(), []
    for client_id, own in sorted(rows.items()):
        card = cards.get(client_id)
        if card is None:
            continue
        changed, lost = give_back(card, own)
        changed |= _take_addresses(client_id, own)
        if lost:
            ContactPoint.objects.filter(client_id=client_id).filter(_any_of(lost)).delete()
        if changed:
            card.version += 1
            restored.add(client_id)
            fresh = keys_of(card)
            MatchKey.objects.filter(client_id=client_id).exclude(key__in=fresh).delete()
            keys += [(client_id, key) for key in sorted(fresh)]
    consented = [one for one, own in rows.items() if any("consents" in (row.written or {}) for row in own)]
    if consented:
        _withdraw_consents(run, consented)
        restored |= set(consented) & set(cards)
    with connection.cursor() as cursor:
        changed_cards = [cards[one] for one in sorted(restored)]
        CHANGED.update(cursor, [(card.id, card.version, *card_columns(card)) for card in changed_cards])
        KEYS.insert(cursor, keys, current_company_id())
    publish(
        *(ClientChanged(client_id=one.id, fields=["import_undone"], version=one.version) for one in changed_cards)
    )
    return restored


def _take_addresses(client_id: int, rows: Sequence[ImportRow]) -> bool:
    """Take away the addresses that a run added and nobody has changed since; tell whether there were any."""
    gone = 0
    for label, line in [one for row in rows for one in (row.written or {}).get("addresses", [])]:
        held = Address.objects.filter(client_id=client_id, label=label, line=line, city="", postcode="")
        gone += held.delete()[0]
    return gone > 0


def _any_of(contacts: Iterable[tuple[str, str]]) -> Q:
    found = Q()
    for kind, value in contacts:
        found |= Q(kind=kind, value=value)
    return found


def give_back(card: Card, rows: Sequence[ImportRow] | Sequence[BulkRow]) -> tuple[bool, list[tuple[str, str]]]:
    """Put old values into the card, the last row first; return whether anything changed, and the contacts to remove."""
    changed, lost = False, []
    for row in rows:
        before, written = row.before or {}, _still_held(card, row.written or {})
        held = card.values["fields"]
        custom: dict[str, object] = dict(held) if isinstance(held, dict) else {}
        for name, value in written.items():
            if name == "contacts":
                gone = [(kind, text) for kind, text in value]
                card.contacts = [one for one in card.contacts if (one.kind, one.value) not in gone]
                lost += gone
                changed = True
            elif name.startswith("fields."):
                code = name.removeprefix("fields.")
                if custom.get(code) == value:
                    custom[code] = before.get(name)
                    changed = True
            elif name not in ("consents", "addresses"):
                card.values[name] = _typed(name, before.get(name))
                changed = True
        card.values["fields"] = {code: value for code, value in custom.items() if value is not None}
    return changed, lost


def _still_held(card: Card, written: Mapping[str, Any]) -> dict[str, Any]:  # JSON values
    """Return what may go back: values that stand as they were written; a name, an address and a zone as a whole."""
    edited = {name for name, value in written.items() if name in COLUMNS and plain(card.values[name]) != value}
    for together in (NAME, ADDRESS, ZONE):
        if edited & set(together):
            edited |= set(together)
    return {name: value for name, value in written.items() if name not in edited}


def _typed(name: str, value: object) -> object:
    if name == "birthday" and isinstance(value, str):
        return date.fromisoformat(value)
    if name == "purchases_sum" and isinstance(value, str):
        return Decimal(value)
    return value
