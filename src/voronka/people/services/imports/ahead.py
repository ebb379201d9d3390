"""A chunk judged while the one before it is being written: what that one comes to, and whether the judgement held.

It is judged without locks, by the base as it stands and by the cards of the chunk before, which may not stand there
yet. Under the locks of its own writing three questions tell whether it would be judged the same now; where one says
no, the chunk is judged again there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from django.db import connection
from django.db.backends.utils import CursorWrapper

from voronka.people.services.imports.cards import Card
from voronka.people.services.imports.writing import Chunk


class Carried:
    """The cards of the chunk before as the next one finds them: copies, for the others are being written."""

    def __init__(self, before: Chunk | None) -> None:
        self._signs = before.pending if before else {}
        self._written = {card.id: card for card in before.made} | before.changed if before else {}
        self._copies: dict[int, Card] = {}

    def card(self, client_id: int) -> Card | None:
        """Return the card of this id, None where the chunk before did not write it."""
        if client_id not in self._written:
            return None
        if client_id not in self._copies:
            self._copies[client_id] = self._written[client_id].as_written()
        return self._copies[client_id]

    def by_sign(self, key: str) -> list[Card]:
        """Return the cards to which the chunk before gave a sign."""
        found = (self.card(one.id) for one in self._signs.get(key, ()))
        return [one for one in found if one is not None]


@dataclass(frozen=True, slots=True)
class Basis:
    """The base as it was before a chunk was judged.

    Every card made since has an id of `first_id` or more; `written` counts the cards that imports of the company have
    made and changed, `done_rows` the rows that this run had done.
    """

    first_id: int
    written: int
    done_rows: int


def read_basis(company_id: int, run_id: int, first_id: int) -> Basis:
    """Read it; to be called before anything is looked for, with an id just taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(sum(made + updated), 0), COALESCE(max(done_rows) FILTER (WHERE id = %s), 0)"
            " FROM people_importrun WHERE company_id = %s",
            [run_id, company_id],
        )
        written, done_rows = cursor.fetchone()
    return Basis(first_id, written, done_rows)


def still_holds(chunk: Chunk, before: Chunk | None, *, company_id: int, run_id: int) -> bool:
    """Tell whether nothing came between the judging of a chunk and its writing; holds its cards if so.

    `before` is the chunk that its judgement knew of. Belongs under the locks of the run and of the company's imports.
    """
    basis = chunk.basis
    return (
        basis is not None
        and _imports_stood_still(basis, before, company_id, run_id)
        and not _is_new_card(company_id, basis.first_id)
        and _cards_as_known(company_id, chunk)
    )


def _imports_stood_still(basis: Basis, before: Chunk | None, company_id: int, run_id: int) -> bool:
    """Tell whether no import but this run's own chunk before has made or changed a card."""
    now = read_basis(company_id, run_id, basis.first_id)
    if basis.done_rows == now.done_rows:  # the chunk before, if any, stood in the base already
        return basis.written == now.written
    if before is None or basis.done_rows + len(before.outcomes) != now.done_rows:
        return False
    return basis.written + before.count("made") + before.count("updated") == now.written


def _is_new_card(company_id: int, first_id: int) -> bool:
    """Tell whether a lead, a person or a program made a card meanwhile; those of this chunk are not written yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM people_client"
            " WHERE company_id = %s AND id >= %s AND id < (SELECT nextval('people_client_id_seq')))",
            [company_id, first_id],
        )
        return bool(cursor.fetchone()[0])


def _cards_as_known(company_id: int, chunk: Chunk) -> bool:
    """Hold the cards of the base that the chunk changes or names; tell whether all are there, the first unchanged."""
    known = {one.id: one.known_version for one in chunk.changed.values()}
    made = {one.id for one in chunk.made}
    named = {one.card.id for one in chunk.outcomes if one.card}
    named |= {one.candidate_id for one in chunk.outcomes if one.candidate_id}
    with connection.cursor() as cursor:
        held = _held(cursor, company_id, sorted(known), "FOR NO KEY UPDATE")
        if held != known:
            return False
        others = sorted(named - made - known.keys())
        return len(_held(cursor, company_id, others, "FOR KEY SHARE")) == len(others)


def _held(cursor: CursorWrapper, company_id: int, ids: Sequence[int], lock: LiteralString) -> dict[int, int]:
    """Return the versions of those of the cards that are there, which the lock now holds, by id."""
    if not ids:
        return {}
    cursor.execute(
        "SELECT id, version FROM people_client"  # noqa: S608 - a literal of ours
        f" WHERE company_id = %s AND id = ANY(%s) AND binned_at IS NULL ORDER BY id {lock}",
        [company_id, list(ids)],
    )
    return dict(cursor.fetchall())
