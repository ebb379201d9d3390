"""What the columns of a client list mean, by their names and by what stands in them.

A usual name decides unless the cells clearly hold something else; cells decide where there is no name. What has no
meaning of a client's own gets the kind of values it holds, so that it may become a custom field.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from voronka.kit.requisites import parse_inn, parse_ogrn
from voronka.people.rules import headings, values
from voronka.people.rules.emails import parse_emails
from voronka.people.rules.names import parse_name
from voronka.people.rules.organisations import legal_form
from voronka.people.rules.phones import parse_phones
from voronka.people.rules.places import find_place
from voronka.people.rules.reading import says_nothing
from voronka.people.rules.wordings import wording

MOST_SAMPLES = 60  # cells of a column that are looked at
# Meanings that several columns may have at once.
SEVERAL = frozenset(("phone", "email", "telegram", "whatsapp", "vk", "max", "site", "comment"))
_CLEAR, _SOME, _HARDLY = 0.7, 0.4, 0.15


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """The meaning of a column: `target` as the import names it, "" when unknown.

    `kind` is what its cells hold: text, number, money, date, yes_no, choice, link. `by` tells what decided: name,
    content, or "". `sure` is False for a guess that a person should look at.
    """

    target: str = ""
    kind: str = "text"
    sure: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column's filled cells, and how large a part of them reads as each meaning."""

    cells: tuple[object, ...]
    shares: dict[str, float]

    def share(self, target: str) -> float:
        return self.shares.get(target, 0.0)


def recognise_columns(header: Sequence[object], sample_rows: Sequence[Sequence[object]]) -> list[ColumnGuess]:
    """Guess the meaning of each column, left to right. Never raises.

    `header` may be empty (no row of names), `sample_rows` too (then names alone decide). A meaning that only one
    column can have goes to the surest one.
    """
    width = max([len(header), *(len(row) for row in sample_rows)], default=0)
    columns = [_column([row[place] for row in sample_rows if place < len(row)]) for place in range(width)]
    guesses = []
    for place, column in enumerate(columns):
        heading = header[place] if place < len(header) else ""
        name = heading if isinstance(heading, str) else ""
        guesses.append(_guess(name, column))
    return _names_settled(_each_once(guesses, columns), columns)


def _guess(name: str, column: _Column) -> ColumnGuess:
    kind = _kind(column.cells)
    target, usual = headings.target_of(name)
    best, share = max(column.shares.items(), key=lambda one: one[1], default=("", 0.0))
    if target:
        held = column.share(target)
        checked = target in column.shares
        if column.cells and checked and held < _HARDLY and best and share >= _CLEAR and best != target:
            return ColumnGuess(best, kind, sure=False, by="content")  # e-mails under "Телефон"
        agrees = not column.cells or not checked or held >= _SOME
        return ColumnGuess(target, kind, sure=usual and agrees, by="name")
    if best and share >= _CLEAR and not name.strip():
        return ColumnGuess(best, kind, sure=best in ("email", "phone"), by="content")
    if best in ("email", "phone", "inn") and share >= _CLEAR:
        return ColumnGuess(best, kind, sure=False, by="content")
    return ColumnGuess("", kind)


def _each_once(guesses: list[ColumnGuess], columns: list[_Column]) -> list[ColumnGuess]:
    """Leave each single meaning to its surest column; the others keep their kind."""
    found: list[ColumnGuess] = []
    for place, guess in enumerate(guesses):
        rivals = [other for other, one in enumerate(guesses) if one.target == guess.target]
        first = max(rivals, key=lambda other: (*_rank(guesses[other], columns[other]), -other))
        lost = guess.target and guess.target not in SEVERAL and first != place
        found.append(ColumnGuess("", guess.kind) if lost else guess)
    return found


def _rank(guess: ColumnGuess, column: _Column) -> tuple[bool, bool, float]:
    return guess.by == "name", guess.sure, column.share(guess.target)


def _names_settled(guesses: list[ColumnGuess], columns: list[_Column]) -> list[ColumnGuess]:
    """Take "Имя" for the whole name where the cells hold more than a first name, or no surname stands beside it."""
    targets = {guess.target for guess in guesses}
    found = list(guesses)
    for place, guess in enumerate(guesses):
        whole = columns[place].share("name") > columns[place].share("first_name")
        alone = "last_name" not in targets
        if guess.target == "first_name" and "name" not in targets and (alone or whole):
            found[place] = ColumnGuess("name", guess.kind, guess.sure, guess.by)
    return found


# --- content -------------------------------------------------------------------------------------------------------


def _column(cells: Sequence[object]) -> _Column:
    filled = tuple(cell for cell in cells if cell is not None and not says_nothing(str(cell)))[:MOST_SAMPLES]
    if not filled:
        return _Column((), {})
    texts = [str(cell)[:300].strip() for cell in filled]
    shares = {
        target: sum(map(fits, filled if target in ("phone", "birthday", "inn") else texts)) / len(filled)
        for target, fits in _FITS.items()
    }
    if shares["inn"] >= _CLEAR:  # ten digits with right control digits are no telephone
        shares["phone"] = 0.0
    return _Column(filled, shares)


def _is_phone(cell: object) -> bool:
    return any(one.e164 and one.kind for one in parse_phones(cell)) and not isinstance(cell, date)


def _is_email(cell: object) -> bool:
    return "@" in str(cell) and any(one.address for one in parse_emails(cell))


def _is_name(cell: object) -> bool:
    """Tell a full name: two known parts at least."""
    found = parse_name(cell)
    return not found.reason and found.sure and bool(found.first and (found.last or found.middle))


def _is_one_word(cell: object, fits: Callable[[str], bool]) -> bool:
    text = str(cell)
    return " " not in text and text[:1].isalpha() and fits(text)


def _is_first(cell: object) -> bool:
    return _is_one_word(cell, lambda text: bool(wording(text).first))


def _is_middle(cell: object) -> bool:
    return _is_one_word(cell, lambda text: bool(wording(text).patronymic))


def _is_last(cell: object) -> bool:
    return _is_one_word(
        cell,
        lambda text: wording(text).surname in ("m", "f") and not (wording(text).common or wording(text).patronymic),
    )


def _is_city(cell: object) -> bool:
    text = str(cell)
    if len(text) > 40 or any(sign.isdigit() for sign in text):
        return False
    place = find_place(text)
    return (
        place is not None
        and place.sure
        and place.name != ""
        and not text.lower().endswith(("обл", "обл.", "область"))
    )


def _is_address(cell: object) -> bool:
    text = str(cell)
    return "," in text and any(sign.isdigit() for sign in text) and find_place(text) is not None


def _is_birthday(cell: object) -> bool:
    """Tell a date on which a grown-up may have been born."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return False
    day = values.parse_date(cell).value
    return day is not None and 1925 <= day.year <= 2010


def _is_gender(cell: object) -> bool:
    return str(cell).lower().rstrip(".") in ("м", "ж", "муж", "жен", "мужской", "женский", "m", "f", "male", "female")


def _is_organisation(cell: object) -> bool:
    return bool(legal_form(str(cell)))


_FITS: dict[str, Callable[[object], bool]] = {
    "email": _is_email,
    "inn": lambda cell: bool(parse_inn(cell).value),
    "ogrn": lambda cell: bool(parse_ogrn(cell).value),
    "phone": _is_phone,
    "gender": _is_gender,
    "organisation": _is_organisation,
    "name": _is_name,
    "middle_name": _is_middle,
    "first_name": _is_first,
    "city": _is_city,
    "address": _is_address,
    "last_name": _is_last,
    "birthday": _is_birthday,
}


def _kind(cells: tuple[object, ...]) -> str:
    """Return what the cells hold."""
    if not cells:
        return "text"
    for kind, fits in _KINDS.items():
        if sum(map(fits, cells)) >= 0.9 * len(cells):
            # A column of sums mixes whole ones with ones that have cents.
            return "money" if kind == "number" and sum(map(_is_sum, cells)) >= 0.2 * len(cells) else kind
    distinct = Counter(str(cell).strip().lower() for cell in cells)
    few = len(cells) >= 12 and len(distinct) <= min(8, len(cells) // 4)
    return "choice" if few and max(map(len, distinct)) <= 40 else "text"


def _is_number(cell: object) -> bool:
    return not isinstance(cell, bool) and values.parse_money(cell).value is not None


def _is_sum(cell: object) -> bool:
    """Tell a number with cents or a currency."""
    if isinstance(cell, int | float):
        return cell != cell // 1
    return not str(cell).strip().lstrip("-").isdigit() and values.parse_money(cell).value is not None


def _is_link(cell: object) -> bool:
    return str(cell).strip().lower().startswith(("http://", "https://", "www."))


def _is_date(cell: object) -> bool:
    return not isinstance(cell, int | float) and len(str(cell)) > 5 and values.parse_date(cell).value is not None


_KINDS: dict[str, Callable[[object], bool]] = {
    "yes_no": lambda cell: values.parse_bool(cell).value is not None,
    "date": _is_date,
    "link": _is_link,
    "number": _is_number,
}
