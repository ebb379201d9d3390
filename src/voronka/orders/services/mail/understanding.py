"""A letter understood: its lines of goods, what each means, and why a person has to look; nothing is written."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any

from django.db import transaction

from voronka.catalogue import queries as catalogue
from voronka.catalogue.services.recognising import Named, Recognised, recognise
from voronka.kit.letter import LetterFile, ReadLetter
from voronka.kit.tables import Limits, TableError, open_table
from voronka.orders.models import ClientWord
from voronka.orders.rules.letters import MOST_SAID, Said, read_rows, read_text
from voronka.people import queries as people

TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods")
LIMITS = Limits(
    file_mib=10, unpacked_mib=100, rows=5_000, columns=60, cell_chars=2_000, memory_mib=400, cpu_seconds=20,
    silent_seconds=20.0,
)  # fmt: skip
MOST_TABLES = 3


@dataclass(frozen=True, slots=True)
class Understood:
    """What a letter comes to. `lines` as OrderLetter keeps them, `reasons` codes of why a person has to look."""

    sender: str
    sender_name: str
    subject: str
    text: str
    files: Sequence[str]
    lines: Sequence[dict[str, Any]]
    reasons: Sequence[str]
    client_id: int | None = None


@dataclass(slots=True)
class _Gathered:
    """Lines as they were said, and reasons, while a letter is read."""

    said: list[Said] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, *reasons: str) -> None:
        """Note reasons, each once."""
        self.reasons += [one for one in reasons if one not in self.reasons]


def nothing_of(sender: str, subject: str, code: str) -> Understood:
    """Return what is told of a letter that could not be read: who sent it, and why not."""
    address = sender.rpartition("<")[2].rstrip("> ").lower()[:254]
    return Understood(address, "", subject[:500], "", (), (), (code,))


def understand(read: ReadLetter) -> Understood:
    """Read the order out of a letter; each statement stands in a transaction."""
    gathered = _Gathered()
    gathered.add(*read.problems)
    _add_blocks(read, gathered)
    _add_files(read.files, gathered)
    if read.is_reply:
        gathered.add("reply")
    if read.is_doubtful:
        gathered.add("doubtful")
    if not gathered.said:
        gathered.add("empty")
    with transaction.atomic():
        client_id = _client_of(read.sender, gathered)
        known = _words_of(client_id)
    lines = _recognised(gathered.said[:MOST_SAID], known, gathered)
    if len(gathered.said) > MOST_SAID:
        gathered.add("long")
    return Understood(
        read.sender[:254], read.sender_name[:200], read.subject[:500], read.text,
        [one.name for one in read.files if not one.is_inline], lines, tuple(gathered.reasons), client_id,
    )  # fmt: skip


def _add_blocks(read: ReadLetter, gathered: _Gathered) -> None:
    """Read texts and tables; a table without headings is read as lines of text."""
    texts: list[str] = []
    for block in read.blocks:
        found = None if isinstance(block, str) else read_rows(block)
        if found is not None:
            gathered.said += found[0]
            if found[1]:
                gathered.add("unclear")
        else:
            texts.append(block if isinstance(block, str) else "\n".join("\t".join(row) for row in block))
    text = read_text("\n".join(texts))
    if gathered.said and any(not one.is_weak for one in text.lines):
        gathered.add("twice")  # a table and lines beside it: whether they say the same, only a person can tell
    gathered.said += [one for one in text.lines if not (gathered.said and one.is_weak)]
    asked = read_text(read.subject)
    if text.unclear:
        gathered.add("unclear")
    if text.is_otherwise or asked.is_otherwise:
        gathered.add("otherwise")
    if not text.is_whole:
        gathered.add("long")


def _add_files(files: Sequence[LetterFile], gathered: _Gathered) -> None:
    tables = [one for one in files if PurePath(one.name).suffix.lower() in TABLES]
    if any(not one.is_inline and one not in tables for one in files):
        gathered.add("files")
    if len(tables) > MOST_TABLES:
        gathered.add("files")
    for one in tables[:MOST_TABLES]:
        rows = _rows_of(one)
        found = read_rows(rows) if rows is not None else None
        if found is None:
            gathered.add("file_unread")
            continue
        if gathered.said:
            gathered.add("twice")
        gathered.said += found[0]
        if found[1]:
            gathered.add("unclear")


def _rows_of(one: LetterFile) -> list[list[Any]] | None:  # cells of any kind
    with tempfile.NamedTemporaryFile(suffix=PurePath(one.name).suffix) as kept:
        kept.write(one.body)
        kept.flush()
        try:
            with open_table(Path(kept.name), limits=LIMITS) as table:
                return [list(row.cells) for row in table.rows()]
        except TableError:
            return None


def _client_of(sender: str, gathered: _Gathered) -> int | None:
    """Return the client who writes from an address: the only one who has it, and nobody that is blocked."""
    if not sender:
        gathered.add("stranger")
        return None
    if people.is_blocked(sender):
        gathered.add("blocked")
        return None
    found = people.clients_of_email(sender)
    if len(found) != 1:
        gathered.add("several" if found else "stranger")
        return None
    return found[0]


def word_key(name: str) -> str:
    """Return by which a client's name of goods is remembered."""
    return " ".join(name.casefold().replace("ё", "е").split())[:300]


def _words_of(client_id: int | None) -> dict[str, int]:
    if client_id is None:
        return {}
    return dict(ClientWord.objects.filter(client_id=client_id).values_list("key", "variant_id")[:5_000])


def _recognised(said: Sequence[Said], known: dict[str, int], gathered: _Gathered) -> list[dict[str, Any]]:
    """Return the lines as they are kept; each that is not sure is a reason."""
    if not said:
        return []
    told = recognise([Named(one.name, one.codes) for one in said])
    found = [
        Recognised(known[key], "taught", (known[key],)) if (key := word_key(one.name)) in known and not own.variant_id
        else own
        for one, own in zip(said, told, strict=True)
    ]  # fmt: skip
    ids = sorted({pk for one in found for pk in one.candidates})
    with transaction.atomic():
        cards = catalogue.variants_by_ids(ids)
    lines = []
    for one, meant in zip(said, found, strict=True):
        line = _line(one, meant, cards)
        if one.is_weak and not line["candidates"]:
            gathered.add("unclear")
            continue
        if line["why"]:
            gathered.add("lines")
        lines.append(line)
    return lines


def _line(one: Said, meant: Recognised, cards: dict[int, catalogue.VariantCard]) -> dict[str, Any]:
    card = cards.get(meant.variant_id) if meant.variant_id is not None else None
    why = _why(one, card)
    shown = [cards[pk].public_id for pk in meant.candidates if pk in cards]
    return {
        "text": one.text[:400], "name": one.name, "quantity": f"{one.quantity:f}" if one.quantity is not None else "",
        "unit": one.unit, "variant": card.public_id if card is not None and why != "off" else "",
        "how": meant.how, "candidates": shown, "why": why,
    }  # fmt: skip


def _why(one: Said, card: "catalogue.VariantCard | None") -> str:
    """Return why a line is not sure: unknown, off, quantity, unit, part, weak; empty where it is."""
    if card is None:
        return "unknown"
    if not card.is_on_sale:
        return "off"
    if one.quantity is None:
        return "quantity"
    if one.unit and one.unit != card.unit:
        return "unit"
    if catalogue.is_whole(card.unit) and one.quantity != one.quantity.to_integral_value():
        return "part"
    return "weak" if one.is_weak else ""


def sure_lines(lines: Sequence[dict[str, Any]]) -> list[tuple[str, Decimal]]:
    """Return public ids and quantities of kept lines that are all sure."""
    return [(str(one["variant"]), Decimal(str(one["quantity"]))) for one in lines]
