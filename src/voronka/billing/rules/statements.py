"""Statements of banks in the exchange format of 1C ("1CClientBankExchange", versions 1.01 to 1.03)."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation

FIRST_LINE = "1CClientBankExchange"
MOST_BYTES = 32 * 1024 * 1024
MOST_MOVES = 200_000
_SUM = re.compile(r"\d{1,14}([.,]\d{1,2})?$")
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})$")
_INN_WORD = re.compile(r"^ИНН\s*\d{10,12}\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Move:
    """One movement of money on an own account. `key` is the same whenever the same movement is read again."""

    account: str
    is_income: bool
    day: date
    amount: Decimal
    number: str
    name: str
    inn: str
    other_account: str
    purpose: str
    line: int
    kind: str = ""
    bank: str = ""
    bik: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be taken, by the number of its line in the file (0: the whole file) and a code for words.

    Codes: not_a_statement, too_big, encoding, no_accounts, no_end, cut, day, amount, strange_account, not_done,
    too_many, balance (the sums do not make the closing balance), turnover (movements do not make what the bank says
    came or went). `detail` is what was found there.
    """

    line: int
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AccountPart:
    """What the file says of one own account over its days."""

    account: str
    opening: Decimal | None = None
    closing: Decimal | None = None
    income: Decimal | None = None
    outgo: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it was read: movements that are whole, and what is wrong with the others."""

    since: date | None
    until: date | None
    accounts: tuple[AccountPart, ...]
    moves: tuple[Move, ...]
    problems: tuple[Problem, ...]
    encoding: str = ""
    sender: str = ""


def is_exchange(body: bytes) -> bool:
    """Tell whether the file calls itself a statement of this format."""
    return FIRST_LINE.encode() in body[:200]


def read_exchange(body: bytes) -> Statement:
    """Read a statement. A broken document is told by its line and leaves the others whole; nothing is raised."""
    if len(body) > MOST_BYTES:
        return _nothing(Problem(0, "too_big"))
    text, encoding = _decoded(body)
    lines = text.splitlines()
    if not lines or lines[0].strip().lstrip("\ufeff") != FIRST_LINE:
        return _nothing(Problem(1, "not_a_statement"))
    file = _File()
    file.read(lines)
    moves = _numbered(file.moves())
    problems = [*file.problems, *_unbalanced(file.accounts, moves, complete=not file.problems)]
    head = file.head
    return Statement(
        since=_day(head.get("ДатаНачала", "")),
        until=_day(head.get("ДатаКонца", "")),
        accounts=tuple(file.accounts.values()),
        moves=tuple(moves),
        problems=tuple(sorted(problems, key=lambda one: one.line)),
        encoding=encoding,
        sender=head.get("Отправитель", "")[:100],
    )


def _nothing(problem: Problem) -> Statement:
    return Statement(None, None, (), (), (problem,))


def _decoded(body: bytes) -> tuple[str, str]:
    """Return the text and its encoding: the one in which the format's own words can be read."""
    for encoding in ("utf-8-sig", "cp1251", "cp866"):
        try:
            text = body.decode(encoding).replace("\0", "")
        except UnicodeError:
            continue
        if "ВерсияФормата" in text or "Секция" in text or "КонецФайла" in text:
            return text, encoding
    return body.decode("cp1251", "replace").replace("\0", ""), "cp1251"


@dataclass(slots=True)
class _Paper:
    line: int
    kind: str
    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)


class _File:
    """The sections of a file, taken apart line by line."""

    def __init__(self) -> None:
        self.head: dict[str, str] = {}
        self.accounts: dict[str, AccountPart] = {}
        self.papers: list[_Paper] = []
        self.problems: list[Problem] = []

    def read(self, lines: list[str]) -> None:
        """Take all lines; a section that does not end is told and dropped."""
        paper: _Paper | None = None
        part: dict[str, str] | None = None
        ended = False
        for at, line in enumerate(lines[1:], 2):
            name, _sign, value = (piece.strip() for piece in line.partition("="))
            if name == "СекцияДокумент":
                self._cut(paper)
                paper = _Paper(at, value[:60])
            elif name == "КонецДокумента" and paper is not None:
                self.papers.append(paper)
                paper = None
            elif name == "СекцияРасчСчет":
                part = {}
            elif name == "КонецРасчСчет" and part is not None:
                self._account(part, at)
                part = None
            elif name == "КонецФайла":
                ended = True
            elif name:
                values = paper.values if paper is not None else part if part is not None else self.head
                if paper is not None:
                    paper.places.setdefault(name, at)
                if name == "РасчСчет" and values is self.head:
                    self.accounts.setdefault(value, AccountPart(value))
                values.setdefault(name, value)
        self._cut(paper)
        if not ended:
            self.problems.append(Problem(len(lines), "no_end"))
        if not self.accounts:
            self.problems.append(Problem(0, "no_accounts"))

    def _cut(self, paper: _Paper | None) -> None:
        if paper is not None:
            self.problems.append(Problem(paper.line, "cut"))

    def _account(self, values: Mapping[str, str], at: int) -> None:
        """Put a section to its account; several sections of one account, day after day, add up."""
        number = values.get("РасчСчет", "")
        known = self.accounts.get(number, AccountPart(number))
        sums = {name: _amount(values[name]) for name in values if name in _PART_WORDS and values[name]}
        wrong = [name for name, amount in sums.items() if amount is None]
        if wrong:
            self.problems.append(Problem(at, "amount", values[wrong[0]][:40]))
        self.accounts[number] = AccountPart(
            number,
            opening=known.opening if known.opening is not None else sums.get("НачальныйОстаток"),
            closing=sums.get("КонечныйОстаток", known.closing),
            income=_plus(known.income, sums.get("ВсегоПоступило")),
            outgo=_plus(known.outgo, sums.get("ВсегоСписано")),
        )

    def moves(self) -> Iterator[Move]:
        """Give the movements of the own accounts; a transfer between two of them moves both."""
        carried_out = any(one.values.get("ДатаПоступило") or one.values.get("ДатаСписано") for one in self.papers)
        count = 0
        for paper in self.papers:
            if count >= MOST_MOVES:
                self.problems.append(Problem(paper.line, "too_many"))
                return
            try:
                for move in self._moves_of(paper, carried_out):
                    count += 1
                    yield move
            except _Bad as error:
                self.problems.append(error.problem)

    def _moves_of(self, paper: _Paper, carried_out: bool) -> Iterator[Move]:
        values = paper.values
        amount = _amount(values.get("Сумма", ""))
        if amount is None or amount <= 0:
            raise _Bad(Problem(paper.places.get("Сумма", paper.line), "amount", values.get("Сумма", "")[:40]))
        to = values.get("ПолучательСчет") or values.get("ПолучательРасчСчет", "")
        by = values.get("ПлательщикСчет") or values.get("ПлательщикРасчСчет", "")
        sides = [(True, to, "Плательщик", "ДатаПоступило"), (False, by, "Получатель", "ДатаСписано")]
        own = [side for side in sides if side[1] in self.accounts]
        if not own:
            raise _Bad(Problem(paper.line, "strange_account", (to or by)[:20]))
        for is_income, account, other, day_name in own:
            raw = values.get(day_name, "")
            if not raw and carried_out and not (values.get("ДатаПоступило") or values.get("ДатаСписано")):
                raise _Bad(Problem(paper.line, "not_done", values.get("Номер", "")[:20]))
            raw = raw or values.get("ДатаПоступило") or values.get("ДатаСписано") or values.get("Дата", "")
            day = _day(raw)
            if day is None:
                raise _Bad(Problem(paper.places.get(day_name, paper.line), "day", raw[:20]))
            yield _move(paper, account, is_income, day, amount, other)


_PART_WORDS = {"НачальныйОстаток", "ВсегоПоступило", "ВсегоСписано", "КонечныйОстаток"}


class _Bad(Exception):
    """A document that cannot be taken."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def _move(paper: _Paper, account: str, is_income: bool, day: date, amount: Decimal, other: str) -> Move:
    values = paper.values
    purpose = values.get("НазначениеПлатежа", "") or " ".join(
        values[name] for name in (f"НазначениеПлатежа{at}" for at in range(1, 7)) if values.get(name)
    )
    return Move(
        account=account,
        is_income=is_income,
        day=day,
        amount=amount,
        number=values.get("Номер", "")[:20],
        name=(values.get(f"{other}1") or _INN_WORD.sub("", values.get(other, "")))[:200],
        inn=values.get(f"{other}ИНН", "")[:12],
        other_account=(values.get(f"{other}РасчСчет") or values.get(f"{other}Счет", ""))[:34],
        purpose=purpose[:500],
        line=paper.line,
        kind=paper.kind,
        bank=values.get(f"{other}Банк1", "")[:100],
        bik=values.get(f"{other}БИК", "")[:9],
    )


def _numbered(moves: Iterator[Move]) -> list[Move]:
    """Give each movement its key; equal movements of one file are told apart by their order."""
    return with_keys(moves)


def with_keys(moves: Iterator[Move]) -> list[Move]:
    """Return movements with keys that are the same whenever the same movements are read, from whatever file."""
    seen: Counter[str] = Counter()
    found = []
    for move in moves:
        signs = (move.account, move.is_income, move.day, move.amount, move.number, move.inn, move.other_account)
        words = "".join(move.purpose.split()).lower()
        base = hashlib.sha256("\n".join([*map(str, signs), words]).encode()).hexdigest()[:40]
        seen[base] += 1
        found.append(replace(move, key=base if seen[base] == 1 else f"{base}-{seen[base]}"))
    return found


def _unbalanced(accounts: Mapping[str, AccountPart], moves: list[Move], *, complete: bool) -> Iterator[Problem]:
    for part in accounts.values():
        own = [move for move in moves if move.account == part.account]
        income = sum((move.amount for move in own if move.is_income), Decimal(0))
        outgo = sum((move.amount for move in own if not move.is_income), Decimal(0))
        came, went = part.income, part.outgo
        if part.opening is not None and part.closing is not None:
            ends = part.opening + (income if came is None else came) - (outgo if went is None else went)
            if ends != part.closing:
                yield Problem(0, "balance", f"{part.account}: {ends - part.closing:+}")
        if complete and ((came is not None and came != income) or (went is not None and went != outgo)):
            yield Problem(0, "turnover", part.account)


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


def _amount(text: str) -> Decimal | None:
    bare = re.sub(r"[\s\u00a0']", "", text)
    sign, bare = (-1, bare[1:]) if bare.startswith("-") else (1, bare)
    if not _SUM.match(bare):
        return None
    try:
        return sign * Decimal(bare.replace(",", ".")).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None


def _day(text: str) -> date | None:
    found = _DAY.match(text.strip())
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None
