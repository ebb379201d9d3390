"""One chunk of rows: whose each is, what becomes of it, all in one short transaction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from voronka.people.models import ImportRun
from voronka.people.rules.duplicates import Verdict, likeness
from voronka.people.rules.import_rows import ReadRow
from voronka.people.services.imports.cards import MAKE, SKIP, Card, apply_row
from voronka.people.services.imports.cells import pack
from voronka.people.services.imports.matching import find_ids, load_cards, load_keys
from voronka.people.services.imports.signs import may_be_alike, person_of_card
from voronka.people.services.imports.staging import lock_imports, next_ids
from voronka.people.services.imports.writing import Chunk, Outcome, write_chunk

CHUNK_ROWS = 1000


class Overtaken(Exception):
    """Another worker goes on with the run, or a person stopped it: this one must leave it alone."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What one run does with all its rows. `policy` is one of cards.POLICIES."""

    company_id: int
    run_id: int
    policy: str
    source: str = ""
    consents: tuple[tuple[str, str], ...] = ()  # purpose, channel: given by every row
    consent_source: str = ""
    consent_text: str = ""


@transaction.atomic
def do_chunk(settings: Settings, rows: Sequence[ReadRow], *, done_before: int, now: datetime) -> None:
    """Write one chunk; its place in the file is written with it, so that no row is done twice or left out.

    Raises Overtaken, with nothing written, when the run is no longer where the caller believes.
    """
    # A crash of the machine may take back the last chunks whole, with the place in the file: the run does them again.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    run = ImportRun.objects.select_for_update().get(pk=settings.run_id)
    if run.state != "running" or run.done_rows != done_before:
        raise Overtaken
    lock_imports(settings.company_id)
    chunk = sort_rows(settings, rows)
    write_chunk(
        chunk,
        company_id=settings.company_id,
        run_id=settings.run_id,
        consent_source=settings.consent_source,
        text_version=settings.consent_text,
        now=now,
    )
    _count(run, chunk, len(rows), now)


def sort_rows(settings: Settings, rows: Sequence[ReadRow]) -> Chunk:
    """Decide for each row in turn: a card of its own, a change to a known one, a question, a refusal."""
    chunk = Chunk()
    usable = [row for row in rows if not row.reason]
    base = Base.load(settings.company_id, usable)
    with connection.cursor() as cursor:
        ids = iter(next_ids(cursor, "people_client", len(usable)))
    pending: dict[str, list[Card]] = defaultdict(list)
    for row in rows:
        if row.reason:
            chunk.outcomes.append(Outcome(row.number, "rejected", reason=row.reason, cells=pack(row.cells)))
            continue
        if settings.policy == MAKE:
            remember(pending, make_card(settings, chunk, row, next(ids)))
            continue
        found = base.found.get(row.number, NOBODY)
        fresh = {card.id: card for key in row.keys for card in pending.get(key, ())}
        if fresh:
            found = best(row, [card for _id, card in sorted(fresh.items())], found)
        if found.same is not None:
            meet_card(settings, chunk, row, found.same, settings.policy)
            remember(pending, found.same)
        elif found.doubtful is not None:
            # A card of this very chunk is written by the end of the transaction, when the key is checked.
            outcome = Outcome(row.number, "asked", candidate_id=found.doubtful.id, cells=pack(row.cells))
            chunk.outcomes.append(outcome)
        else:
            remember(pending, make_card(settings, chunk, row, next(ids)))
    return chunk


@dataclass(frozen=True, slots=True)
class Found:
    """Whose a row may be: the card that is surely the row's, else the one that a person should be asked about.

    Of several the likeliest counts, of equal ones the oldest.
    """

    same: Card | None = None
    doubtful: Card | None = None
    score: int = 0


NOBODY = Found()


@dataclass(slots=True)
class Base:
    """Cards of the base that share a sign with a row of the chunk, and what each row's own come to."""

    near: dict[int, list[int]]
    cards: dict[int, Card]
    found: dict[int, Found]

    @classmethod
    def load(cls, company_id: int, rows: Sequence[ReadRow]) -> "Base":
        """Find and read them. Those that rows will surely change are locked, read again and judged again."""
        near = find_near(company_id, rows)
        base = cls(near, load_cards(company_id, {one for ids in near.values() for one in ids}), {})
        for row in rows:
            if row.number in near:
                base.found[row.number] = base.judge(row)
        sure = {one.same.id for one in base.found.values() if one.same is not None}
        base.cards.update(load_cards(company_id, sure, lock=True))
        load_keys(company_id, [base.cards[one] for one in sorted(sure) if one in base.cards])
        for row in rows:
            known = base.found.get(row.number, NOBODY)
            if known.same is not None:
                base.found[row.number] = base.judge(row)
        return base

    def judge(self, row: ReadRow) -> Found:
        """Compare a row with its cards of the base."""
        near = self.near.get(row.number, ())
        return best(row, [self.cards[one] for one in near if one in self.cards])


def best(row: ReadRow, cards: Sequence[Card], known: Found = NOBODY) -> Found:
    """Return whose the row is among the cards, given what was found among others."""
    found = known
    for card in cards:
        like = likeness(row.person, person_of_card(card))
        if like.verdict is Verdict.SAME and (found.same is None or like.score > found.score):
            found = Found(same=card, score=like.score)
        elif (
            like.verdict is Verdict.ASK
            and found.same is None
            and (found.doubtful is None or like.score > found.score)
        ):
            found = Found(doubtful=card, score=like.score)
    return found


def find_near(company_id: int, rows: Sequence[ReadRow]) -> dict[int, list[int]]:
    """Return by row number the ids of cards worth comparing with the row."""
    found = find_ids(company_id, {key for row in rows for key in row.keys})
    near: dict[int, list[int]] = {}
    for row in rows:
        name = str(row.values["name_key"])
        ids = {
            client_id
            for key in row.keys
            for client_id, name_key in found.get(key, ())
            if may_be_alike(key, name, name_key)
        }
        if ids:
            near[row.number] = sorted(ids)
    return near


def remember(pending: dict[str, list[Card]], card: Card) -> None:
    """Let later rows of the chunk find a card by signs that are not yet in the base."""
    for key in card.added_keys:
        if card not in pending[key]:
            pending[key].append(card)


def make_card(settings: Settings, chunk: Chunk, row: ReadRow, client_id: int) -> Card:
    """Make a card of a row."""
    values = row.values
    values["first_source"] = values["first_source"] or settings.source
    card = Card(
        id=client_id,
        values=values,
        contacts=list(row.contacts),
        keys=set(row.keys),
        is_new=True,
        added_contacts=list(row.contacts),
        added_keys=set(row.keys),
    )
    outcome = Outcome(row.number, "made", card=card)
    chunk.made.append(card)
    chunk.outcomes.append(outcome)
    _consent(settings, chunk, outcome, card, row)
    return card


def meet_card(settings: Settings, chunk: Chunk, row: ReadRow, card: Card, policy: str) -> None:
    """Put a row into the card that it belongs to."""
    if policy == SKIP:
        _leave(chunk, row, card)
        return
    change = apply_row(card, row, policy)
    outcome = Outcome(row.number, "updated", card=card, before=change.before, written=change.written)
    consented = _consent(settings, chunk, outcome, card, row)
    if not change and not consented:
        _leave(chunk, row, card)
        return
    chunk.outcomes.append(outcome)
    if not card.is_new:
        chunk.changed[card.id] = card


def _leave(chunk: Chunk, row: ReadRow, card: Card) -> None:
    chunk.skipped += 1
    chunk.outcomes.append(Outcome(row.number, "skipped", card=card))


def _consent(settings: Settings, chunk: Chunk, outcome: Outcome, card: Card, row: ReadRow) -> bool:
    given = dict.fromkeys(settings.consents, True)
    given |= {(purpose, "any"): answer for purpose, answer in row.consents}
    for (purpose, channel), answer in given.items():
        chunk.consents.append((outcome, card, purpose, channel, answer))
    return bool(given)


def _count(run: ImportRun, chunk: Chunk, rows: int, now: datetime) -> None:
    made, rejected, asked, updated = (
        sum(one.outcome == word for one in chunk.outcomes) for word in ("made", "rejected", "asked", "updated")
    )
    run.done_rows += rows
    run.made += made
    run.updated += updated
    run.rejected += rejected
    run.asked += asked
    run.skipped += chunk.skipped
    progress = run.preview.setdefault("run", {})
    progress["last"] = _last(chunk)
    late = progress.setdefault("late", [])
    late += [one.number for one in chunk.outcomes if one.outcome == "rejected"][: 200 - len(late)]
    progress["at"] = now.isoformat()
    run.save(update_fields=["done_rows", "made", "updated", "rejected", "asked", "skipped", "preview"])


def _last(chunk: Chunk) -> list[list[object]]:
    """Return what the page of progress shows of the last rows: number, id of the card, what became of it."""
    told = [one for one in chunk.outcomes if one.card is not None][-3:]
    return [[one.number, one.card.id, one.outcome] for one in reversed(told) if one.card is not None]
