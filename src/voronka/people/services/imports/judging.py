"""Whose each row of a chunk is and what becomes of it: a card of its own, a change to a known one, a question."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from voronka.people.rules.duplicates import Verdict, likeness
from voronka.people.rules.import_plan import ReadRow
from voronka.people.services.imports.ahead import Carried, read_basis
from voronka.people.services.imports.cards import MAKE, SKIP, Card, add_addresses, apply_row
from voronka.people.services.imports.cells import pack
from voronka.people.services.imports.matching import find_ids, load_cards, load_keys
from voronka.people.services.imports.signs import may_be_alike, person_of_card
from voronka.people.services.imports.staging import next_ids
from voronka.people.services.imports.writing import Chunk, Outcome


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


def sort_rows(settings: Settings, rows: Sequence[ReadRow], *, carried: Carried | None = None) -> Chunk:
    """Decide for each row in turn: a card of its own, a change to a known one, a question, a refusal.

    Belongs under the lock of the company's imports. With `carried`, the cards of the chunk before, no lock is taken,
    and the chunk has to be looked at again before it is written: ahead.still_holds. The rows stay as they are.
    """
    chunk = Chunk()
    usable = [row for row in rows if not row.reason]
    with connection.cursor() as cursor:
        ids = iter(next_ids(cursor, "people_client", len(usable) + 1))
    first_id = next(ids)
    if carried is not None:
        chunk.basis = read_basis(settings.company_id, settings.run_id, first_id)
    searched = [] if settings.policy == MAKE else usable
    base = Base.load(settings.company_id, searched, carried)
    for row in rows:
        if row.reason:
            chunk.outcomes.append(Outcome(row.number, "rejected", reason=row.reason, cells=pack(row.cells)))
            continue
        found = NOBODY if settings.policy == MAKE else _whose(row, chunk, base)
        if found.same is not None:
            meet_card(settings, chunk, row, found.same, settings.policy)
            remember(chunk.pending, found.same)
        elif found.doubtful is not None:
            # A card of this very chunk is written by the end of the transaction, when the key is checked.
            outcome = Outcome(row.number, "asked", candidate_id=found.doubtful.id, cells=pack(row.cells))
            chunk.outcomes.append(outcome)
        else:
            remember(chunk.pending, make_card(settings, chunk, row, next(ids)))
    return chunk


def _whose(row: ReadRow, chunk: Chunk, base: "Base") -> "Found":
    """Return whose the row is among the base's cards and those that this chunk and the one before gave its signs."""
    fresh = {card.id: card for key in row.keys for card in chunk.pending.get(key, ())}
    for key in row.keys:
        fresh |= {card.id: card for card in base.carried.by_sign(key)}
    found = base.found.get(row.number, NOBODY)
    return best(row, [card for _id, card in sorted(fresh.items())], found) if fresh else found


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
    carried: Carried

    @classmethod
    def load(cls, company_id: int, rows: Sequence[ReadRow], carried: Carried | None) -> "Base":
        """Find and read them; a card of the chunk before as it is carried.

        Without a chunk before, those that rows will surely change are locked, read again and judged again.
        """
        known = carried or Carried(None)
        near = find_near(company_id, rows, known)
        wanted = {one for ids in near.values() for one in ids}
        cards = {one: card for one in wanted if (card := known.card(one)) is not None}
        base = cls(near, cards | load_cards(company_id, wanted - cards.keys()), {}, known)
        asked = [row for row in rows if row.number in near]
        base.found = {row.number: base.judge(row) for row in asked}
        if carried is None:
            base.hold(company_id, asked)
        load_keys(company_id, [base.cards[one] for one in sorted(base.sure() - cards.keys())])
        return base

    def sure(self) -> set[int]:
        """Return the ids of the cards that are surely a row's."""
        return {one.same.id for one in self.found.values() if one.same is not None}

    def hold(self, company_id: int, rows: Sequence[ReadRow]) -> None:
        """Lock the sure cards, read them again and judge their rows again, until those stand that are locked."""
        held: set[int] = set()
        while fresh := self.sure() - held:
            held |= fresh
            read = load_cards(company_id, fresh, lock=True)
            for gone in fresh - read.keys():
                del self.cards[gone]
            self.cards.update(read)
            for row in rows:
                if (same := self.found[row.number].same) is not None and same.id in fresh:
                    self.found[row.number] = self.judge(row)

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


def find_near(company_id: int, rows: Sequence[ReadRow], carried: Carried) -> dict[int, list[int]]:
    """Return by row number the ids of cards worth comparing with the row.

    The name of a carried one may be old in the base: it is compared in any case.
    """
    found = find_ids(company_id, {key for row in rows for key in row.keys})
    near: dict[int, list[int]] = {}
    for row in rows:
        name = str(row.values["name_key"])
        ids = {
            client_id
            for key in row.keys
            for client_id, name_key in found.get(key, ())
            if may_be_alike(key, name, name_key) or carried.card(client_id) is not None
        }
        if ids:
            near[row.number] = sorted(ids)
    return near


def remember(pending: dict[str, list[Card]], card: Card) -> None:
    """Let later rows of the chunk find a card by signs that are not yet in the base."""
    for key in card.added_keys:
        cards = pending.setdefault(key, [])
        if card not in cards:
            cards.append(card)


def make_card(settings: Settings, chunk: Chunk, row: ReadRow, client_id: int) -> Card:
    """Make a card of a row."""
    values = dict(row.values)
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
    add_addresses(card, row)
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
