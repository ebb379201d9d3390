"""Rows that may be a known client's: a person decides, one by one."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.tables import Row
from voronka.kit.tenancy import current_company_id
from voronka.people.models import ImportRow, ImportRun, NotDuplicates
from voronka.people.rules.import_plan import ReadRow
from voronka.people.rules.import_rows import read_rows
from voronka.people.services.imports.cards import FILL, SKIP, Card
from voronka.people.services.imports.cells import unpack
from voronka.people.services.imports.judging import Settings, make_card, meet_card
from voronka.people.services.imports.lifecycle import get_run
from voronka.people.services.imports.matching import load_cards, load_keys
from voronka.people.services.imports.staging import lock_imports, next_ids
from voronka.people.services.imports.work import plan_of, settings_of
from voronka.people.services.imports.writing import Chunk, write_chunk

SAME, NEW, LEAVE = "same", "new", "leave"
ANSWERS = (SAME, NEW, LEAVE)


def read_question(run: ImportRun, row: ImportRow) -> ReadRow:
    """Return a row that a person is asked about as the rules read it."""
    return read_questions(run, [row])[0]


def read_questions(run: ImportRun, rows: Sequence[ImportRow]) -> list[ReadRow]:
    """Return rows that a person is asked about as the rules read them, in their order."""
    cells = [unpack(one.cells) for one in rows]
    found = read_rows(plan_of(run), [Row(row.number, kept) for row, kept in zip(rows, cells, strict=True)])
    for read, kept in zip(found, cells, strict=True):
        read.cells = kept
    return found


@transaction.atomic
def answer_question(*, actor: Actor, public_id: str, number: int, answer: str, now: datetime) -> None:
    """Settle one doubtful row: `same` puts it into the card in question by the run's policy, `new` makes a card and
    remembers that the two are different, `leave` loads nothing.

    Answering again what is answered changes nothing. Raises Denied, NotFound, Invalid, Conflict.
    """
    run = get_run(actor, public_id, lock=True)
    if answer not in ANSWERS:
        raise Invalid(_("Choose one of the list."))
    lock_imports(current_company_id())
    row = ImportRow.objects.select_for_update().filter(run_id=run.pk, number=number).first()
    if row is None:
        raise NotFound(_("There is no such row."))
    if row.outcome != "asked" or row.undone:
        return
    if run.state in ("undoing", "undone"):
        raise Conflict(_("The import has moved on meanwhile. Look at it again."), code="import_moved_on")
    _settle(run, row, answer, now)


def _settle(run: ImportRun, row: ImportRow, answer: str, now: datetime) -> None:
    settings, chunk = settings_of(run), Chunk()
    read = read_question(run, row)
    asked_about = [row.candidate_id] if row.candidate_id else []
    card = next(iter(load_cards(current_company_id(), asked_about, lock=True).values()), None)
    if answer == SAME and card is None:
        raise Conflict(_("The card is gone. Make a new one or leave the row out."), code="card_gone")
    if answer == LEAVE:
        row.outcome = "skipped"
        row.save(update_fields=["outcome"])
    else:
        row.delete()
    if answer == SAME and card is not None:
        _join(run, settings, chunk, read, card)
    elif answer == NEW:
        _part(settings, chunk, read, card)
    write_chunk(
        chunk, company_id=current_company_id(), run_id=run.pk, consent_source=settings.consent_source, now=now
    )
    if answer == NEW and card is not None:
        one, other = sorted((card.id, chunk.made[0].id))
        NotDuplicates.objects.create(one_id=one, other_id=other)
    run.asked = max(0, run.asked - 1)
    run.made += len(chunk.made)
    run.updated += sum(one.outcome == "updated" for one in chunk.outcomes)
    run.skipped += chunk.skipped + (answer == LEAVE)
    run.save(update_fields=["asked", "made", "updated", "skipped"])


def _join(run: ImportRun, settings: Settings, chunk: Chunk, read: ReadRow, card: Card) -> None:
    load_keys(current_company_id(), [card])
    # Where doubles are skipped, the person has just said that this is one; whatever made cards of all fills up.
    policy = settings.policy if settings.policy in ("overwrite", SKIP) else FILL
    meet_card(settings, chunk, read, card, policy)


def _part(settings: Settings, chunk: Chunk, read: ReadRow, card: Card | None) -> None:
    with connection.cursor() as cursor:
        client_id = next_ids(cursor, "people_client", 1)[0]
    make_card(settings, chunk, read, client_id)
