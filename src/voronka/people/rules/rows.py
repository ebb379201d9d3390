"""One row of a foreign list read into typed values, with everything that is wrong with it.

A row is turned away when a filled cell of a known meaning cannot be read (so that nothing is lost in silence) or when
it names nobody: no name, no phone, no e-mail. Cells that hold several values may hold a bad one beside a good one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from voronka.people.rules import values
from voronka.people.rules.duplicates import Card, card
from voronka.people.rules.emails import Email, parse_emails
from voronka.people.rules.names import PersonName, parse_name
from voronka.people.rules.phones import Phone, parse_phones
from voronka.people.rules.reading import says_nothing
from voronka.people.rules.requisites import Requisite, parse_account, parse_bik, parse_inn, parse_kpp, parse_ogrn

# Longest texts of a card by target, in signs.
LIMITS = {
    "city": 120,
    "address": 500,
    "region": 120,
    "comment": 10_000,
    "position": 200,
    "organisation": 300,
    "source": 200,
    "external_id": 100,
}
EXTRA_LIMIT = 2_000  # signs of a cell without a known meaning


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: the target of the cell ("row" for the whole) and the code of the reason."""

    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row's values; empty where the row has none. `problems` turn it away, `doubts` are only worth a look.

    `texts` holds what has no type of its own, by target; `extra` cells of columns without a known meaning, by their
    key. `name` is empty with reason "empty" when the row gives none.
    """

    name: PersonName
    phones: tuple[Phone, ...] = ()
    emails: tuple[Email, ...] = ()
    birthday: date | None = None
    sum: Decimal | None = None
    vip: bool | None = None
    consent: bool | None = None
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    bik: str = ""
    account: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Problem, ...] = ()

    def card(self) -> Card:
        """Return what of the row takes part in the search for duplicates."""
        return card(
            name=self.name.name,
            last=self.name.last,
            first=self.name.first,
            middle=self.name.middle,
            gender=self.name.gender,
            organisation=self.name.kind == "organisation",
            phones=(one.e164 for one in self.phones),
            emails=(one.address for one in self.emails),
            inn=self.inn,
            kpp=self.kpp,
            city=self.texts.get("city", ""),
            birthday=self.birthday,
        )


NOBODY = Problem("row", "nobody")


class _Reader:
    """Collects the values and faults of one row."""

    def __init__(self, today: date, default_region: str, epoch_1904: bool) -> None:
        self.today, self.default_region, self.epoch_1904 = today, default_region, epoch_1904
        self.problems: list[Problem] = []
        self.doubts: list[Problem] = []
        self.cells: dict[str, list[object]] = {}
        self.extra: dict[str, str] = {}

    def take(self, cells: Sequence[object], targets: Sequence[str]) -> None:
        """Sort cells by target; "skip" is left out, "extra:KEY" kept as it is."""
        for cell, target in zip(cells, targets, strict=False):
            if cell is None or cell == "" or target == "skip":
                continue
            if target.startswith("extra:"):
                self.keep_extra(target, cell)
            else:
                self.cells.setdefault(target, []).append(cell)

    def keep_extra(self, target: str, cell: object) -> None:
        cleaned = values.clean_text(cell, EXTRA_LIMIT, lines=True)
        if cleaned.reason:
            self.problems.append(Problem(target, cleaned.reason))
        elif cleaned.text:
            self.extra[target.removeprefix("extra:")] = cleaned.text

    def first(self, target: str) -> object:
        """Return the first filled cell of a target."""
        return self.cells.get(target, ("",))[0]

    def fault(self, target: str, reason: str) -> None:
        if reason:
            self.problems.append(Problem(target, reason))

    def name(self) -> PersonName:
        cells = {part: self.first(part) for part in ("last", "first", "middle")}
        whole = self.first("full_name")
        organisation = values.clean_text(self.first("organisation"), 300).text
        gender = _gender(self.first("gender"))
        if any(cells.values()):
            found = parse_name(whole, gender=gender, **cells)
        else:
            found = parse_name(whole or organisation, gender=gender)
            if not whole and organisation and found.reason in ("", "empty"):
                found = PersonName(organisation, kind="organisation", form=found.form)
        if found.reason not in ("", "empty"):
            self.fault("full_name", found.reason)
        return found

    def phones(self) -> tuple[Phone, ...]:
        found = [one for cell in self.cells.get("phone", ()) for one in parse_phones(cell, self.default_region)]
        good = {one.e164: one for one in reversed(found) if one.e164}
        self._several("phone", bool(good), [one.reason for one in found if one.reason])
        return tuple(reversed(good.values()))

    def emails(self) -> tuple[Email, ...]:
        found = [one for cell in self.cells.get("email", ()) for one in parse_emails(cell)]
        good = {one.address: one for one in reversed(found) if one.address}
        self._several("email", bool(good), [one.reason for one in found if one.reason])
        return tuple(reversed(good.values()))

    def _several(self, target: str, has_good: bool, reasons: list[str]) -> None:
        """A bad value is a doubt beside a good one, a problem alone."""
        (self.doubts if has_good else self.problems).extend(Problem(target, reason) for reason in reasons[:1])

    def birthday(self) -> date | None:
        read = values.parse_date(self.first("birthday"), latest=self.today, epoch_1904=self.epoch_1904)
        self.fault("birthday", read.reason)
        return read.value

    def money(self) -> Decimal | None:
        read = values.parse_money(self.first("sum"))
        self.fault("sum", read.reason)
        if read.value is not None and not read.sure:
            self.doubts.append(Problem("sum", "unsure"))
        return read.value

    def answer(self, target: str) -> bool | None:
        read = values.parse_bool(self.first(target))
        self.fault(target, read.reason)
        return read.value

    def requisite(self, target: str, found: Requisite) -> str:
        self.fault(target, found.reason)
        return found.value

    def texts(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for target, limit in LIMITS.items():
            if target not in self.cells:
                continue
            joined = "\n".join(str(cell) for cell in self.cells[target])
            cleaned = values.clean_text(joined, limit, lines=target == "comment")
            self.fault(target, cleaned.reason)
            if cleaned.text and not (target == "city" and says_nothing(cleaned.text)):
                found[target] = cleaned.text
        return found


def read_row(
    cells: Sequence[object],
    targets: Sequence[str],
    *,
    today: date,
    default_region: str = "RU",
    epoch_1904: bool = False,
) -> ReadRow:
    """Read a row by the meaning of its columns (columns.TARGETS, "skip", or "extra:KEY" for what is only kept).

    `today` bounds birthdays. Several columns of phones, e-mails and comments are put together; of other targets the
    first filled cell counts. Never raises.
    """
    reader = _Reader(today, default_region, epoch_1904)
    reader.take(cells, targets)
    name, phones, emails = reader.name(), reader.phones(), reader.emails()
    if not (phones or emails or name.name) and not reader.problems:
        reader.problems.append(NOBODY)
    bik = reader.requisite("bik", parse_bik(reader.first("bik"))) if "bik" in reader.cells else ""
    account = parse_account(reader.first("account"), bik) if "account" in reader.cells else Requisite("")
    return ReadRow(
        name,
        phones,
        emails,
        reader.birthday() if "birthday" in reader.cells else None,
        reader.money() if "sum" in reader.cells else None,
        reader.answer("vip") if "vip" in reader.cells else None,
        reader.answer("consent") if "consent" in reader.cells else None,
        reader.requisite("inn", parse_inn(reader.first("inn"))) if "inn" in reader.cells else "",
        reader.requisite("kpp", parse_kpp(reader.first("kpp"))) if "kpp" in reader.cells else "",
        reader.requisite("ogrn", parse_ogrn(reader.first("ogrn"))) if "ogrn" in reader.cells else "",
        bik,
        reader.requisite("account", account),
        reader.texts(),
        reader.extra,
        tuple(reader.problems),
        tuple(reader.doubts),
    )


def _gender(cell: object) -> str:
    """Read м, муж, женский, f and the like."""
    text = str(cell).strip().lower()[:10]
    if text.startswith(("м", "m")):
        return "m"
    return "f" if text.startswith(("ж", "f", "w")) else ""
