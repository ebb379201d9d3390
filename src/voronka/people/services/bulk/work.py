"""The background of a bulk change: piece by piece, each in one short transaction, able to go on after any stop."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import structlog
from django.db import connection, transaction
from django.db.models import F

from voronka.accounts import queries as accounts
from voronka.kit import stakes
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.events import publish
from voronka.kit.tenancy import company_context, current_company_id
from voronka.people.events import BulkFinished, BulkUndone, ClientChanged
from voronka.people.models import BulkRow, BulkRun, Client, MatchKey
from voronka.people.queries.clients import visible
from voronka.people.services.bin import lock_binned, put_away, take_out
from voronka.people.services.bulk.actions import BIN, WHO, Action, apply_action, require_action, right_of
from voronka.people.services.bulk.choosing import chosen
from voronka.people.services.bulk.preview import HELD, NOT_YOURS, SAME
from voronka.people.services.imports.cards import Card, Change
from voronka.people.services.imports.matching import load_cards, load_keys
from voronka.people.services.imports.signs import keys_of
from voronka.people.services.imports.undoing import give_back
from voronka.people.services.imports.writing import CHANGED, MORE_KEYS, card_columns

log = structlog.get_logger(__name__)
CHUNK = 500
RESTORED, KEPT = "restored", "kept"


def run(bulk_id: int) -> None:
    """Change the cards of a run until none is left, it is stopped or its maker may not any more."""
    while _piece(bulk_id, datetime.now(UTC)):
        pass


def undo(bulk_id: int) -> None:
    """Take the changes of a run back until none is left."""
    while _undo_piece(bulk_id, datetime.now(UTC)):
        pass


def _piece(bulk_id: int, now: datetime) -> bool:
    """Change the next cards; tell whether there may be more."""
    with transaction.atomic():
        row = BulkRun.objects.filter(pk=bulk_id, state="running").values_list("by_id", flat=True).first()
    if row is None:
        return False
    actor = accounts.find_actor(current_company_id(), row, origin="bulk")
    try:
        if actor is None:
            raise Refusal("gone", code="gone")
        # The history names the person who wanted it, as it would for one card.
        with company_context(current_company_id(), employee_id=row, origin="bulk", strict=True):
            return _piece_as(actor, bulk_id, now)
    except Refusal as refusal:
        log.info("bulk change stopped", bulk=bulk_id, code=refusal.code)
        _fail(bulk_id, refusal.code, now)
        return False


@transaction.atomic
def _piece_as(actor: Actor, bulk_id: int, now: datetime) -> bool:
    run = BulkRun.objects.select_for_update(of=("self",)).get(pk=bulk_id)
    if run.state != "running":
        return False
    action = Action(run.action, run.field, run.value)
    require_action(actor, action)
    ids = list(chosen(actor, run).filter(pk__gt=run.last_id).order_by("id").values_list("id", flat=True)[:CHUNK])
    if ids:
        if action.code == BIN:
            stakes.lock_rows("client", ids)
        mine = sorted(
            Client.objects.filter(visible(actor, right_of(action)), pk__in=ids)
            .order_by("id")
            .select_for_update(of=("self",))
            .values_list("id", flat=True)
        )
        _leave(run, NOT_YOURS, len(ids) - len(mine))
        done = _bin(run, mine, actor, now) if action.code == BIN else _change(run, action, mine)
        run.changed += done
        run.seen += len(ids)
        run.last_id = ids[-1]
    if len(ids) < CHUNK:
        run.state, run.finished_at = "done", now
        left = sum(run.left.values())
        publish(BulkFinished(bulk_id=run.pk, action=run.action, changed=run.changed, left=left))
    run.save(update_fields=["changed", "seen", "last_id", "left", "state", "finished_at"])
    return run.state == "running"


def _leave(run: BulkRun, why: str, count: int) -> None:
    if count:
        run.left[why] = run.left.get(why, 0) + count


def _bin(run: BulkRun, ids: Sequence[int], actor: Actor, now: datetime) -> int:
    held = put_away(ids, by=actor.employee_id, now=now)
    _leave(run, HELD, len(held))
    gone = [one for one in ids if one not in held]
    rows = [BulkRow(run=run, client_id=one, before={"binned": False}, written={"binned": True}) for one in gone]
    BulkRow.objects.bulk_create(rows)
    return len(gone)


def _change(run: BulkRun, action: Action, ids: Sequence[int]) -> int:
    zone = accounts.get_company_rules().zone
    cards = load_cards(current_company_id(), ids)
    changes = {one: apply_action(action, card, company_zone=zone) for one, card in cards.items()}
    changed = {one: change for one, change in changes.items() if change}
    _leave(run, SAME, len(ids) - len(changed))
    write_cards([cards[one] for one in changed], changed)
    BulkRow.objects.bulk_create(
        [BulkRow(run=run, client_id=one, before=two.before, written=two.written) for one, two in changed.items()]
    )
    return len(changed)


def write_cards(cards: Sequence[Card], changes: Mapping[int, Change]) -> None:
    """Write changed cards with their signs and announce them; they are locked by the caller."""
    if not cards:
        return
    for card in cards:
        card.version += 1
    if all(set(change.written) == {WHO} for change in changes.values()):
        for responsible in {card.responsible_id for card in cards}:
            own = [card.id for card in cards if card.responsible_id == responsible]
            Client.objects.filter(pk__in=own).update(responsible_id=responsible, version=F("version") + 1)
    else:
        with connection.cursor() as cursor:
            CHANGED.update(cursor, [(card.id, card.version, *card_columns(card)) for card in cards])
        if any("city" in change.written for change in changes.values()):
            _write_signs(cards)
    publish(
        *(ClientChanged(client_id=card.id, fields=_codes(changes[card.id]), version=card.version) for card in cards)
    )


def _codes(change: Change) -> list[str]:
    """Return the columns of a change as events name them."""
    return sorted(name.replace("fields.", "custom.", 1).removesuffix("_id") for name in change.written)


def _write_signs(cards: Sequence[Card]) -> None:
    """Make the signs of comparison fit the new cities: stale ones go, all fresh ones stand."""
    load_keys(current_company_id(), cards)
    fresh = {card.id: keys_of(card) for card in cards}
    stale = sorted({key for card in cards for key in card.keys - fresh[card.id]})
    if stale:
        MatchKey.objects.filter(client_id__in=list(fresh), key__in=stale).delete()
    with connection.cursor() as cursor:
        rows = [(one, key) for one, keys in sorted(fresh.items()) for key in sorted(keys)]
        MORE_KEYS.insert(cursor, rows, current_company_id())


def _undo_piece(bulk_id: int, now: datetime) -> bool:
    with transaction.atomic():
        by = BulkRun.objects.filter(pk=bulk_id, state="undoing").values_list("by_id", flat=True).first()
    if by is None:
        return False
    with company_context(current_company_id(), employee_id=by, origin="bulk", strict=True), transaction.atomic():
        run = BulkRun.objects.select_for_update(of=("self",)).get(pk=bulk_id)
        if run.state != "undoing":
            return False
        rows = list(BulkRow.objects.filter(run=run, undone="").order_by("id")[:CHUNK])
        restored = _unbin(rows) if run.action == BIN else _restore(rows)
        for word, ids in ((RESTORED, restored), (KEPT, {row.client_id for row in rows} - restored)):
            BulkRow.objects.filter(run=run, client_id__in=ids).update(undone=word)
            run.undo[word] = run.undo.get(word, 0) + len(ids)
        if len(rows) < CHUNK:
            run.state, run.finished_at = "undone", now
            publish(BulkUndone(bulk_id=run.pk, restored=run.undo[RESTORED], kept=run.undo[KEPT]))
        run.save(update_fields=["undo", "state", "finished_at"])
        return run.state == "undoing"


def _unbin(rows: Sequence[BulkRow]) -> set[int]:
    """Take cards out of the bin; those that were taken out or erased meanwhile stay as they are."""
    lying = Client.with_binned.filter(binned_at__isnull=False, erased_at=None)
    ids = lock_binned(lying.filter(pk__in=[row.client_id for row in rows]))
    if ids:
        take_out(ids)
    return set(ids)


def _restore(rows: Sequence[BulkRow]) -> set[int]:
    """Give back the columns that still hold what was written; return the cards on which any did."""
    cards = load_cards(current_company_id(), [row.client_id for row in rows], lock=True)
    changes: dict[int, Change] = {}
    for row in rows:
        card = cards.get(row.client_id)
        if card is None:
            continue
        if WHO in row.written:
            if card.responsible_id == row.written[WHO]:
                card.responsible_id = row.before[WHO]
                changes[card.id] = Change({}, {WHO: row.before[WHO]})
            continue
        changed, _lost = give_back(card, [row])
        if changed:
            changes[card.id] = Change({}, {name: row.before[name] for name in row.written})
    write_cards([cards[one] for one in changes], changes)
    return set(changes)


@transaction.atomic
def _fail(bulk_id: int, code: str, now: datetime) -> None:
    found = BulkRun.objects.filter(pk=bulk_id, state="running")
    found.update(state="failed", error=code[:40], finished_at=now)
