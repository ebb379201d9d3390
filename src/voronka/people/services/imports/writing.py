"""What one chunk came to, written by a handful of statements."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING

from django.db import connection
from django.db.backends.utils import CursorWrapper

from voronka.kit.events import publish
from voronka.kit.ids import PUBLIC_ID_LENGTH
from voronka.people.events import ClientChanged, ClientCreated
from voronka.people.services.imports.cards import COLUMNS, Card
from voronka.people.services.imports.staging import Stage, next_ids

if TYPE_CHECKING:
    from voronka.people.services.imports.ahead import Basis

CLIENTS = Stage("people_client", ("id", "public_id", "version", *COLUMNS), ("company_id", "made_at"))
CHANGED = Stage("people_client", ("id", "version", *COLUMNS))
# A new card has neither contacts nor signs yet: asking the index first whether there are would cost a third more.
CONTACTS = Stage(
    "people_contactpoint", ("client_id", "kind", "value", "raw", "extension", "position"), ("company_id", "label")
)
MORE_CONTACTS = replace(CONTACTS, on_conflict="ON CONFLICT DO NOTHING")
ADDRESSES = Stage(
    "people_address",
    ("client_id", "public_id", "label", "line", "position"),
    ("company_id", "city", "postcode", "version"),
    on_conflict="ON CONFLICT DO NOTHING",
)
KEYS = Stage("people_matchkey", ("client_id", "key"))
MORE_KEYS = replace(KEYS, on_conflict="ON CONFLICT DO NOTHING")
TOUCHES = Stage(
    "people_touch",
    ("client_id", "source"),
    (
        *("company_id", "at", "channel", "medium", "campaign", "term", "content", "referrer", "page"),
        *("extra", "message", "signs", "request_id"),
    ),
)
CONSENTS = Stage(
    "people_consent",
    ("id", "client_id", "purpose", "channel", "given"),
    ("company_id", "at", "text_version", "source"),
)
ROWS = Stage(
    "people_importrow",
    ("number", "outcome", "client_id", "candidate_id", "reason", "cells", "before", "written"),
    ("company_id", "run_id", "undone"),
)
Line = tuple[object, ...]
_ALPHABET = b"23456789abcdefghjkmnpqrstuvwxyz"
# Bytes above the largest multiple of the alphabet are thrown away, so that each sign is as likely.
_UNUSABLE = bytes(range(256 - 256 % len(_ALPHABET), 256))
_SIGN_OF_BYTE = bytes(_ALPHABET[one % len(_ALPHABET)] for one in range(256))
_values = itemgetter(*COLUMNS[:-1])


@dataclass(slots=True)
class Outcome:
    """What became of one row, as a row of ImportRow."""

    number: int
    outcome: str
    card: Card | None = None
    candidate_id: int | None = None
    reason: str = ""
    cells: object = None
    before: dict[str, object] | None = None
    written: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows of a chunk's cards as they are written: of new ones, of those that were changed."""

    made: list[Line]
    changed: list[Line]
    contacts: list[Line]
    more_contacts: list[Line]
    addresses: list[Line]
    keys: list[Line]
    more_keys: list[Line]
    touches: list[Line]


@dataclass(slots=True)
class Chunk:
    """All that one chunk writes.

    `pending` are its cards by the signs it gave them; `basis` is what it was judged by, None where that was under
    the locks of its writing; `lines` are made beside the writing of the chunk before, None where there was none.
    """

    made: list[Card] = field(default_factory=list)
    changed: dict[int, Card] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    # (outcome of the row, card, purpose, channel, given)
    consents: list[tuple[Outcome, Card, str, str, bool]] = field(default_factory=list)
    skipped: int = 0
    pending: dict[str, list[Card]] = field(default_factory=dict)
    basis: "Basis | None" = None
    lines: Lines | None = None

    def count(self, outcome: str) -> int:
        """Return how many rows came to this."""
        return sum(one.outcome == outcome for one in self.outcomes)


def random_ids(count: int) -> list[str]:
    """Return public ids by the hundred: the same signs as `kit.ids.new_public_id`, one draw for all of them."""
    needed, signs = count * PUBLIC_ID_LENGTH, bytearray()
    while len(signs) < needed:
        signs += os.urandom((needed - len(signs)) * 5 // 4 + 16).translate(_SIGN_OF_BYTE, _UNUSABLE)
    text = signs.decode("ascii")
    return [text[at : at + PUBLIC_ID_LENGTH] for at in range(0, needed, PUBLIC_ID_LENGTH)]


def write_chunk(
    chunk: Chunk, *, company_id: int, run_id: int, consent_source: str, now: datetime, text_version: str = ""
) -> None:
    """Write the cards, contacts, addresses, signs, touches, consents, rows and events of a chunk."""
    with connection.cursor() as cursor:
        lines = chunk.lines or lines_of(chunk)
        CLIENTS.insert(cursor, lines.made, company_id, now)
        CHANGED.update(cursor, lines.changed)
        CONTACTS.insert(cursor, lines.contacts, company_id, "")
        MORE_CONTACTS.insert(cursor, lines.more_contacts, company_id, "")
        ADDRESSES.insert(cursor, lines.addresses, company_id, "", "", 0)
        KEYS.insert(cursor, lines.keys, company_id)
        MORE_KEYS.insert(cursor, lines.more_keys, company_id)
        TOUCHES.insert(cursor, lines.touches, company_id, now, "import", *[""] * 6, "{}", "", [], "")
        _write_consents(cursor, chunk, company_id, consent_source, text_version, now)
        _write_outcomes(cursor, chunk.outcomes, company_id, run_id)
    publish(
        *(ClientCreated(client_id=card.id, channel="import") for card in chunk.made),
        *(
            ClientChanged(client_id=card.id, fields=_codes(card), version=card.version)
            for card in chunk.changed.values()
        ),
    )


def lines_of(chunk: Chunk) -> Lines:
    """Return the rows of a chunk's cards; each call draws public ids anew."""
    changed = [card for _id, card in sorted(chunk.changed.items())]
    return Lines(
        made=[
            (card.id, public_id, card.version, *card_columns(card))
            for card, public_id in zip(chunk.made, random_ids(len(chunk.made)), strict=True)
        ],
        changed=[(card.id, card.version, *card_columns(card)) for card in changed],
        contacts=_contacts(chunk.made),
        more_contacts=_contacts(changed),
        addresses=_addresses([*chunk.made, *changed]),
        keys=_keys(chunk.made),
        more_keys=_keys(changed),
        touches=[(card.id, card.values["first_source"]) for card in chunk.made],
    )


def _contacts(cards: Iterable[Card]) -> list[Line]:
    return [
        (card.id, one.kind, one.value, one.raw, one.extension, place)
        for card in cards
        for place, one in enumerate(card.added_contacts, len(card.contacts) - len(card.added_contacts))
    ]


def _addresses(cards: Iterable[Card]) -> list[Line]:
    rows = [
        (card.id, label, line, place)
        for card in cards
        for place, (label, line) in enumerate(card.added_addresses, len(card.addresses) - len(card.added_addresses))
    ]
    drawn = random_ids(len(rows))
    return [(pk, public_id, *rest) for (pk, *rest), public_id in zip(rows, drawn, strict=True)]


def _keys(cards: Iterable[Card]) -> list[Line]:
    return [(card.id, key) for card in cards for key in sorted(card.added_keys)]


def _codes(card: Card) -> list[str]:
    contacts = ["contacts"] if card.added_contacts else []
    addresses = ["addresses"] if card.added_addresses else []
    return sorted({*card.changed, *contacts, *addresses} - {"name_key"})


def card_columns(card: Card) -> list[object]:
    """Return the values of cards.COLUMNS as they are written."""
    custom = card.values["fields"]
    return [*_values(card.values), json.dumps(custom, ensure_ascii=False) if custom else "{}"]


def _write_consents(
    cursor: CursorWrapper, chunk: Chunk, company_id: int, source: str, text_version: str, now: datetime
) -> None:
    if not chunk.consents:
        return
    ids = next_ids(cursor, "people_consent", len(chunk.consents))
    rows = []
    for consent_id, (outcome, card, purpose, channel, given) in zip(ids, chunk.consents, strict=True):
        rows.append((consent_id, card.id, purpose, channel, given))
        written = outcome.written = outcome.written or {}
        known = written.setdefault("consents", [])
        assert isinstance(known, list)
        known.append(consent_id)
    CONSENTS.insert(cursor, rows, company_id, now, text_version, source)


def _write_outcomes(cursor: CursorWrapper, outcomes: Sequence[Outcome], company_id: int, run_id: int) -> None:
    rows = [
        (
            one.number,
            one.outcome,
            one.card.id if one.card else None,
            one.candidate_id,
            one.reason,
            _json(one.cells),
            _json(one.before),
            _json(one.written),
        )
        for one in outcomes
    ]
    ROWS.insert(cursor, rows, company_id, run_id, "")


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
