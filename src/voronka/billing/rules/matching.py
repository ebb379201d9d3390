"""Which invoices a payment is for, and how certain that is."""

import re
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from voronka.billing.rules.numbers import number_key
from voronka.billing.rules.shares import KOPECK

# From this certainty on a payment is bound without a person: number, payer and sum all agree.
SURE = 0.95
MOST_NEAR, MOST_OF_PAYER = 200, 500
_NUMBER = r"(?:№|#|n|no\.?)?\s*([0-9a-zа-я]{0,4}[-/]?\d{1,10}(?:[-/][0-9a-zа-я]{1,8}){0,2})(?![0-9.,]*\d)"
_BILL = re.compile(
    r"(?:сч[её]т\w*|сч\.?|invoice|inv\.?|заказ\w*|договор\w*|дог\.?)\s*(?:на\s+оплату\s*)?"
    rf"{_NUMBER}((?:\s*(?:,|;|и|and)\s*(?:сч[её]т\w*|сч\.?)?\s*{_NUMBER})*)",
    re.IGNORECASE,
)
_MORE = re.compile(rf"(?:,|;|и|and)\s*(?:сч[её]т\w*|сч\.?)?\s*{_NUMBER}", re.IGNORECASE)
_DATED = re.compile(
    r"\bот\s*\d{1,2}[./]\d{1,2}[./]\d{2,4}|\b\d{1,2}\.\d{1,2}\.\d{2,4}\b|ндс[^,;]*?\d+[.,-]\d{2}", re.IGNORECASE
)
_WORD = re.compile(r"[а-яёa-z]{2,}", re.IGNORECASE)
_FORMS = {"ооо", "ао", "пао", "зао", "ип", "оао", "гбу", "мбу", "фгуп", "индивидуальный", "предприниматель", "общество",
          "ограниченной", "ответственностью", "акционерное"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Open:
    """An invoice that waits for money: `left` is what is not paid of it."""

    id: int
    number: str
    day: date
    left: Decimal
    name: str = ""
    inn: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A payment as it came."""

    amount: Decimal
    day: date
    purpose: str
    name: str = ""
    inn: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the payment for one invoice."""

    id: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a payment seems to be for. `signs` tell why: number, inn, other_inn, name, other_name, sum, part, excess,
    several, likely. `over` is what is left of the payment; `alike` are invoices that may be meant when none is certain.
    """

    parts: tuple[Part, ...]
    certainty: float
    signs: tuple[str, ...]
    over: Decimal
    alike: tuple[int, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether it may be bound without a person."""
        return self.certainty >= SURE


def numbers_in(purpose: str) -> list[str]:
    """Return the keys of the numbers that a purpose names: "Оплата по сч. 874 и 881" gives 874 and 881, no dates."""
    text = _DATED.sub(" ", purpose)
    found: list[str] = []
    for match in _BILL.finditer(text):
        found.append(number_key(match[1]))
        found += [number_key(more[1]) for more in _MORE.finditer(match[2] or "")]
    return list(dict.fromkeys(found))


class Ledger:
    """Open invoices, found by number, payer and sum without going through all of them for each payment."""

    def __init__(self, invoices: Sequence[Open]) -> None:
        self._open = {one.id: one for one in invoices}
        self._by_key: dict[str, list[int]] = {}
        self._by_inn: dict[str, list[int]] = {}
        self._by_word: dict[str, list[int]] = {}
        self._by_sum = sorted((one.left, one.id) for one in invoices)
        for one in invoices:
            self._by_key.setdefault(number_key(one.number), []).append(one.id)
            if one.inn:
                self._by_inn.setdefault(one.inn, []).append(one.id)
            for word in name_words(one.name):
                self._by_word.setdefault(word, []).append(one.id)

    def likely(self, payment: Incoming) -> list[Open]:
        """Return the invoices that a payment may be for."""
        lists = [self._by_key.get(key, []) for key in numbers_in(payment.purpose)]
        lists.append(self._by_inn.get(payment.inn, []) if payment.inn else [])
        lists += [self._by_word.get(word, []) for word in name_words(payment.name)]
        least, most = near_sums(payment.amount)
        first = bisect_left(self._by_sum, (least, 0))
        last = min(bisect_left(self._by_sum, (most + KOPECK, 0)), first + MOST_NEAR)
        lists.append([pk for _left, pk in self._by_sum[first:last]])
        found = {pk: self._open[pk] for rows in lists for pk in rows[:MOST_OF_PAYER] if pk in self._open}
        return sorted(found.values(), key=lambda one: (one.day, one.id))

    def took(self, parts: Sequence[Part]) -> None:
        """Let what a payment filled be no longer open, for the payments after it."""
        for part in parts:
            one = self._open.pop(part.id)
            del self._by_sum[bisect_left(self._by_sum, (one.left, one.id))]
            if one.left > part.amount:
                self._open[one.id] = left = replace(one, left=one.left - part.amount)
                insort(self._by_sum, (left.left, left.id))


def near_sums(amount: Decimal) -> tuple[Decimal, Decimal]:
    """Return between which sums an invoice is alike to a payment: a twentieth up and down."""
    return amount - amount / 20, amount + amount / 20


def propose(payment: Incoming, invoices: Sequence[Open]) -> Proposal:
    """Find the invoices of a payment: by numbers in its purpose, else by payer and sum."""
    named = numbers_in(payment.purpose)
    by_number = [one for one in invoices if number_key(one.number) in named]
    if by_number:
        own = [one for one in by_number if _payer(payment, one) != "other_inn"]
        if own and len(own) < len(by_number):  # numbers begin anew each year: the payer's own are meant
            by_number = own
        return _by_numbers(payment, sorted(by_number, key=lambda one: (named.index(number_key(one.number)), one.day)))
    return _by_payer(payment, invoices)


def _by_numbers(payment: Incoming, invoices: Sequence[Open]) -> Proposal:
    parts, left = _spread(payment.amount, invoices)
    payers = {_payer(payment, one) for one in invoices}
    signs = ["number", *sorted(payers - {""})]
    keys = [number_key(one.number) for one in invoices]
    certainty = 0.98
    if len(set(keys)) < len(keys):
        signs.append("several")
        certainty = 0.6
    if "other_inn" in payers:
        certainty = min(certainty, 0.6)
    elif not payers & {"inn", "name"}:
        certainty = min(certainty, 0.96 if sum(one.left for one in invoices) == payment.amount else 0.8)
    if left:
        signs.append("excess")
        certainty = min(certainty, 0.75)
    elif sum(one.left for one in invoices) == payment.amount:
        signs.append("sum")
    else:
        signs.append("part")
    return Proposal(parts, certainty, tuple(signs), left)


def _by_payer(payment: Incoming, invoices: Sequence[Open]) -> Proposal:
    own = [(one, _payer(payment, one)) for one in invoices]
    known = [one for one, sign in own if sign in ("inn", "name")]
    exact = [one for one in known if one.left == payment.amount]
    sign = "inn" if any(sign == "inn" for _one, sign in own) else "name"
    if len(exact) == 1:
        return Proposal((Part(exact[0].id, payment.amount),), 0.85, (sign, "sum"), Decimal("0.00"))
    candidates = exact or known
    if len(candidates) == 1:
        parts, left = _spread(payment.amount, candidates)
        return Proposal(parts, 0.6, (sign, "excess" if left else "part"), left)
    if candidates:
        alike = sorted(candidates, key=lambda one: abs(one.left - payment.amount))[:3]
        return Proposal((), 0.3, (sign, "several"), payment.amount, tuple(one.id for one in alike))
    near = [one for one in invoices if abs(one.left - payment.amount) * 20 <= payment.amount]
    near.sort(key=lambda one: (abs(one.left - payment.amount), one.day))
    signs = ("likely",) if near else ()
    return Proposal((), 0.1 if near else 0.0, signs, payment.amount, tuple(one.id for one in near[:3]))


def _spread(amount: Decimal, invoices: Sequence[Open]) -> tuple[tuple[Part, ...], Decimal]:
    """Give the money to the invoices in their order; return the parts and what is left over."""
    parts = []
    for one in invoices:
        part = min(amount, one.left)
        if part > 0:
            parts.append(Part(one.id, part))
            amount -= part
    return tuple(parts), amount


def _payer(payment: Incoming, invoice: Open) -> str:
    """Tell by what the payer is the invoice's client: inn, name, other_inn, other_name or "" where nothing is known."""
    if payment.inn and invoice.inn and payment.inn.strip("0"):
        if payment.inn == invoice.inn:
            return "inn"
        return "other_inn"
    one, other = name_words(payment.name), name_words(invoice.name)
    if not one or not other:
        return ""
    common = len(one & other)
    return "name" if common and common >= min(2, len(one), len(other)) else "other_name"


def name_words(name: str) -> set[str]:
    """Return the words by which a name is known: in small letters, without the forms of organisations."""
    return {word for word in _WORD.findall(name.lower().replace("ё", "е")) if word not in _FORMS}
