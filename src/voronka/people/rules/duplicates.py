"""Whether two cards are of one client: what the machine may join, what a person is asked about, what stays apart.

The rule. A telephone or an address is shared by families and offices, so it joins only where the names agree too; a
name is shared by strangers, so it needs one more sign. Joining by machine asks for proof: a shared number, address or
ИНН with names that agree up to a misspelling, or the full name with birthday and city and nothing against it. Where
signs are good but short of proof, or something contradicts, a person decides. Names that clash are different people.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from rapidfuzz.distance import OSA

from voronka.people.rules.letters import fold
from voronka.people.rules.likeness import NameParts, Relation, relation
from voronka.people.rules.names import name_key

KEY_LIMIT = 80  # signs of a blocking key
_MOST_KEYS = 12
_ROLES = frozenset(("info", "sales", "office", "admin", "support", "mail", "zakaz", "shop", "buh", "hr", "opt"))


class Verdict(Enum):
    """What to do with two cards."""

    SAME = "same"
    ASK = "ask"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Card:
    """What of a client takes part in the comparison; make it with `card`."""

    name: NameParts
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    inn: str = ""
    kpp: str = ""
    city: str = ""
    birthday: date | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two cards are: `score` 0-100 to sort by, `signs` codes for people, `verdict` what to do.

    Signs: phone, email, inn, name, name_close, name_part, surname_changed, birthday, city, email_local, phone_near;
    against: other_name, other_birthday, other_inn, other_kpp.
    """

    score: int
    signs: tuple[str, ...]
    verdict: Verdict


def card(
    *,
    name: str = "",
    key: str = "",
    last: str = "",
    first: str = "",
    middle: str = "",
    gender: str = "",
    organisation: bool = False,
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    inn: str = "",
    kpp: str = "",
    city: str = "",
    birthday: date | None = None,
) -> Card:
    """Prepare a client for comparing. Phones are E.164, e-mails in small letters, `gender` m, f or "".

    `key` is the name's comparison form where the caller has it already.
    """
    whole = key or name_key(name or f"{last} {first} {middle}")
    parts = NameParts(whole, fold(last), fold(first), fold(middle), gender, organisation and not first)
    return Card(parts, frozenset(phones), frozenset(emails), inn, kpp, fold(city), birthday)


def likeness(one: Card, other: Card) -> Likeness:
    """Compare two cards; the order does not matter."""
    names = relation(one.name, other.name)
    signs = _signs(one, other, names)
    if one.inn and other.inn and one.inn != other.inn:
        return _result(Verdict.DIFFERENT, names, (*signs, "other_inn"))
    if one.name.is_organisation != other.name.is_organisation and "inn" not in signs:
        return _result(Verdict.DIFFERENT, names, signs)  # a person and the organisation they answer for
    if "inn" in signs:
        return _result(_by_inn(one, other, names), names, signs)
    if "phone" in signs or "email" in signs:
        return _result(_by_contact(names, signs), names, signs)
    return _result(_by_name(one, other, names, signs), names, signs)


def _signs(one: Card, other: Card, names: Relation) -> tuple[str, ...]:
    signs: list[str] = []
    phone, email = bool(one.phones & other.phones), bool(one.emails & other.emails)
    if phone:
        signs.append("phone")
    if email:
        signs.append("email")
    if one.inn and one.inn == other.inn:
        signs.append("inn")
    if code := _NAME_SIGNS.get(names):
        signs.append(code)
    if one.birthday and other.birthday:
        signs.append("birthday" if one.birthday == other.birthday else "other_birthday")
    if one.city and one.city == other.city:
        signs.append("city")
    if not email and _locals(one) & _locals(other):
        signs.append("email_local")
    if not phone and _phone_near(one, other):
        signs.append("phone_near")
    if one.kpp and other.kpp and one.kpp != other.kpp:
        signs.append("other_kpp")
    return tuple(signs)


_NAME_SIGNS = {
    Relation.EQUAL: "name",
    Relation.PART: "name_part",
    Relation.CLOSE: "name_close",
    Relation.SURNAME_CHANGED: "surname_changed",
    Relation.KIN: "other_name",
    Relation.CLASH: "other_name",
}


def _by_inn(one: Card, other: Card, names: Relation) -> Verdict:
    """One taxpayer. An organisation's branches share the number and differ by КПП."""
    if one.kpp and other.kpp and one.kpp != other.kpp:
        return Verdict.ASK
    return Verdict.ASK if names in (Relation.CLASH, Relation.KIN) else Verdict.SAME


def _by_contact(names: Relation, signs: tuple[str, ...]) -> Verdict:
    """A number or address in common."""
    if names in (Relation.CLASH, Relation.KIN):  # family, an office, a number given to the next owner
        return Verdict.ASK if "birthday" in signs else Verdict.DIFFERENT
    if names is Relation.SURNAME_CHANGED or "other_birthday" in signs:
        return Verdict.ASK
    return Verdict.SAME


def _by_name(one: Card, other: Card, names: Relation, signs: tuple[str, ...]) -> Verdict:
    """Nothing in common but a name, and perhaps one more sign."""
    if names not in (Relation.EQUAL, Relation.PART, Relation.CLOSE) or "other_birthday" in signs:
        return Verdict.DIFFERENT
    full = min(one.name.whole.count(" "), other.name.whole.count(" ")) >= 2  # patronymics and all
    against = bool(one.phones and other.phones) + bool(one.emails and other.emails)
    if full and names is Relation.EQUAL and "birthday" in signs and "city" in signs and not against:
        return Verdict.SAME
    if "birthday" in signs or "email_local" in signs or "phone_near" in signs:
        return Verdict.ASK
    if "city" not in signs:
        return Verdict.DIFFERENT
    # Strangers of one name live in one city. A full name may outweigh one changed contact; other contacts that do not
    # agree, or half a name, leave nothing to ask about.
    may_differ = 1 if full and names is Relation.EQUAL else 0
    return Verdict.ASK if against <= may_differ and (full or names is not Relation.CLOSE) else Verdict.DIFFERENT


_WEIGHTS = {
    "phone": 40,
    "email": 40,
    "inn": 50,
    "name": 35,
    "name_close": 25,
    "name_part": 25,
    "surname_changed": 10,
    "birthday": 20,
    "city": 8,
    "email_local": 12,
    "phone_near": 12,
    "other_name": -25,
    "other_birthday": -25,
    "other_inn": -60,
    "other_kpp": -15,
}


_SCORES = {Verdict.SAME: (70, 100), Verdict.ASK: (35, 69), Verdict.DIFFERENT: (0, 34)}


def _result(verdict: Verdict, names: Relation, signs: tuple[str, ...]) -> Likeness:
    score = sum(_WEIGHTS[sign] for sign in signs)
    lowest, highest = _SCORES[verdict]
    return Likeness(min(highest, max(lowest, score)), signs, verdict)


def _locals(one: Card) -> set[str]:
    """Return what stands before the @ where that tells a person."""
    found = {address.partition("@")[0] for address in one.emails}
    return {local for local in found if len(local) >= 5 and local not in _ROLES}


def _phone_near(one: Card, other: Card) -> bool:
    """Tell numbers that differ in one digit, or in the code only."""
    return any(
        mine[-7:] == theirs[-7:] or (len(mine) == len(theirs) and OSA.distance(mine, theirs, score_cutoff=1) == 1)
        for mine in one.phones
        for theirs in other.phones
    )


# --- candidates ----------------------------------------------------------------------------------------------------


def blocking_keys(one: Card) -> tuple[str, ...]:
    """Return the keys under which likely duplicates lie: cards without a common key are never alike enough to ask.

    The ends of numbers, what stands before the @, ИНН, surname with city, birthday with the first letter of the name:
    each is shared by few in a million, survives a misspelling, and is at most 80 signs long.
    """
    keys = {f"p{phone[-7:]}" for phone in one.phones}
    keys.update(f"e{email.partition('@')[0]}"[:KEY_LIMIT] for email in one.emails)
    if one.inn:
        keys.add(f"i{one.inn}")
    surname = one.name.last or ("" if one.name.first else one.name.whole)
    if surname and one.city:
        keys.add(f"c{_skeleton(surname)}.{one.name.first[:1]}.{one.city}"[:KEY_LIMIT])
    if one.birthday:
        keys.add(f"b{one.birthday:%Y%m%d}{one.name.first[:1]}")
    return tuple(sorted(keys)[:_MOST_KEYS])


def _skeleton(word: str) -> str:
    """Return the consonants in order of the alphabet: vowels and the order of letters are what people misspell."""
    return "".join(sorted({sign for sign in word if sign not in "aeiou "}))[:20]


@dataclass(frozen=True, slots=True)
class Question:
    """Two rows that may be one client; places in the given sequence, the earlier first."""

    one: int
    other: int
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows of one file sorted by client: `groups` are rows joined by machine, alone or together, in order.

    `questions` are for a person: at most one for each row, the likeliest.
    """

    groups: tuple[tuple[int, ...], ...]
    questions: tuple[Question, ...]


_MOST_IN_BLOCK = 50  # rows under one key that are compared each with each


def group_rows(cards: Sequence[Card]) -> Groups:
    """Find the rows of one file that are of one client."""
    pairs = _candidate_pairs(cards)
    same: list[tuple[int, int]] = []
    asked: list[Question] = []
    for one, other in sorted(pairs):
        found = likeness(cards[one], cards[other])
        if found.verdict is Verdict.SAME:
            same.append((one, other))
        elif found.verdict is Verdict.ASK:
            asked.append(Question(one, other, found))
    owner = list(range(len(cards)))
    members: dict[int, list[int]] = {place: [place] for place in owner}
    for one, other in same:
        left, right = owner[one], owner[other]
        if left == right:
            continue
        if not _agree(cards, members[left], members[right]):
            asked.append(Question(one, other, likeness(cards[one], cards[other])))
            continue
        first, second = min(left, right), max(left, right)
        members[first] += members.pop(second)
        for place in members[first]:
            owner[place] = first
    groups = tuple(tuple(sorted(members[place])) for place in sorted(members))
    return Groups(groups, _best_questions(asked, owner))


def _candidate_pairs(cards: Sequence[Card]) -> set[tuple[int, int]]:
    blocks: dict[str, list[int]] = {}
    for place, one in enumerate(cards):
        for key in blocking_keys(one):
            blocks.setdefault(key, []).append(place)
    pairs: set[tuple[int, int]] = set()
    for block in blocks.values():
        for part in _parts_of(cards, block):
            pairs.update((part[i], part[j]) for i in range(len(part)) for j in range(i + 1, len(part)))
    return pairs


def _parts_of(cards: Sequence[Card], block: list[int]) -> Iterable[list[int]]:
    """Split a crowded block (an office's number) by the first letters of the names, and cut what is crowded still."""
    if len(block) <= _MOST_IN_BLOCK:
        return [block]
    parts: dict[str, list[int]] = {}
    for place in block:
        parts.setdefault(cards[place].name.last[:2] + cards[place].name.first[:2], []).append(place)
    return [part[: 4 * _MOST_IN_BLOCK] for part in parts.values()]


def _agree(cards: Sequence[Card], left: list[int], right: list[int]) -> bool:
    """Tell whether no pair across two groups is of different people: likeness alone may lead from one to another."""
    return all(
        likeness(cards[one], cards[other]).verdict is not Verdict.DIFFERENT
        or not _both_named(cards[one], cards[other])
        for one in left
        for other in right
    )


def _both_named(one: Card, other: Card) -> bool:
    return relation(one.name, other.name) in (Relation.CLASH, Relation.KIN, Relation.SURNAME_CHANGED)


def _best_questions(asked: list[Question], owner: list[int]) -> tuple[Question, ...]:
    """Keep the likeliest question of each pair of groups and of each row."""
    best: list[Question] = []
    seen_pairs: set[tuple[int, int]] = set()
    seen_rows: set[int] = set()
    for one in sorted(asked, key=lambda question: -question.likeness.score):
        pair = tuple(sorted((owner[one.one], owner[one.other])))
        if pair[0] == pair[1] or pair in seen_pairs or one.other in seen_rows:
            continue
        seen_pairs.add((pair[0], pair[1]))
        seen_rows.add(one.other)
        best.append(one)
    return tuple(sorted(best, key=lambda question: (question.one, question.other)))
