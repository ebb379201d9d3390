"""Names of people and organisations, recognised in any order, case and alphabet.

A full name comes in one cell or in three, "Сомов Илья Олегович" or "Илья Сомов Олегович", КАПИТАЛЬНЫМИ, with initials
or in Latin letters. Words are told apart by a register of first names and by the endings of patronymics and surnames;
where that leaves a doubt, the usual Russian order (surname, name, patronymic) is taken and marked unsure.
"""

import re
from dataclasses import dataclass, replace

from voronka.people.rules.letters import fold
from voronka.people.rules.organisations import legal_form, without_form, without_sole
from voronka.people.rules.reading import says_nothing
from voronka.people.rules.texts import clean_text
from voronka.people.rules.wordings import KIN, MALE_KIN, PARTICLES, Wording, wording

NAME_LIMIT = 300


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name taken apart.

    `name` is the whole for people: "Сомов Илья Олегович", "ООО «Ромашка»". `kind` is person or organisation; a sole
    trader (`form` "ИП") is an organisation that has the parts of a person's name too. `gender` is m, f or "".
    `reason` tells why the text is no name: empty, no_letters, markup, formula, broken_text, test, not_a_name, too_long.
    """

    name: str = ""
    last: str = ""
    first: str = ""
    middle: str = ""
    gender: str = ""
    kind: str = "person"
    form: str = ""
    sure: bool = True
    reason: str = ""


_LETTER = re.compile(r"[^\W\d_]")
_USUAL = re.compile(r"[А-яЁёA-Za-z]+(?:[ \-][А-яЁёA-Za-z]+)*")
_MARKUP = re.compile(r"<\s*[/!a-zA-Z]|&(?:#\d+|[a-z]+);|\{\{|\$\{|javascript:", re.IGNORECASE)
_FORMULA = re.compile(r"^\s*[=@+]|\|'|^-\d")
_BROKEN = re.compile(
    "\ufffd|[^\\W\\d_]\\?+(?:[^\\W\\d_]|$)|\\?{3,}|(?:[РС][\u0080-\u00bf\u0400-\u040f\u0452-\u045f°±µ]){2}"
)
_NOT_NAME = re.compile(r"https?:|www\.|\S@\S|\d{4,}")
_TEST = re.compile(
    r"(?:тест\w{0,3}|test\w{0,3}|проба|проверка|asdf\w*|qwe\w*|йцу\w*|фыв\w*|xxx+|ааа+|aaa+|abc|абв|имя|фио|name)"
    r"(?:[ \-.]+(?:тест\w{0,3}|test\w{0,3}|проба|asdf\w*|qwe\w*|йцу\w*|фыв\w*|ааа+|abc|абв|фамилия|\d+))*",
    re.IGNORECASE,
)
_APART = re.compile(r"[\s,;/|]+")
_APART_FOR_KEY = re.compile(r"[\s\-.,]+")
_INITIALS = re.compile(r"(?<![^\W\d_])([^\W\d_])\.\s*")
_TRIM = " .,;:-–—_*\"'«»()[]"
_CYRILLIC, _LATIN = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z]", re.IGNORECASE)
_LOOKALIKE = str.maketrans("ABCEHKMOPTXaceopxyuk", "АВСЕНКМОРТХасеорхуик")


def parse_name(
    text: object = "", *, last: object = "", first: object = "", middle: object = "", gender: str = ""
) -> PersonName:
    """Take a name apart: one text, or the cells of surname, name and patronymic, whatever their order is in truth.

    `gender` (m, f) is what is known from elsewhere and goes before a guess. Never raises: see PersonName.reason.
    """
    if last or first or middle:
        cells = [_tidy(cell) for cell in (last, first, middle)]
        if any(cells):
            return _from_cells(cells, _tidy(text), gender)
    cleaned = clean_text(text, NAME_LIMIT)
    if cleaned.reason:
        return PersonName(cleaned.text, reason=cleaned.reason, sure=False)
    if reason := _why_not(cleaned.text):
        return PersonName(cleaned.text, reason=reason, sure=False)
    form = legal_form(cleaned.text)
    if form and form != "ИП":
        return PersonName(cleaned.text, kind="organisation", form=form.strip("-"))
    if form == "ИП":
        person = _person(without_sole(cleaned.text), gender)
        return replace(person, name=f"ИП {person.name}".strip(), kind="organisation", form="ИП")
    return _person(cleaned.text, gender)


def name_key(text: str) -> str:
    """Return the name for comparing: one alphabet, no legal form, words in order of the alphabet."""
    text = text[:NAME_LIMIT]
    bare = without_form(text) if legal_form(text) else text
    words = sorted(filter(None, (fold(word) for word in _APART_FOR_KEY.split(bare))))
    return " ".join(words)[:NAME_LIMIT]


def _tidy(cell: object) -> str:
    text = clean_text(cell, NAME_LIMIT).text
    return "" if says_nothing(text) else text


def _why_not(text: str) -> str:
    if says_nothing(text):
        return "empty"
    if _USUAL.fullmatch(text):
        return "test" if _TEST.fullmatch(text) else ""
    if _MARKUP.search(text):
        return "markup"
    if _FORMULA.search(text):
        return "formula"
    if not _LETTER.search(text):
        return "no_letters"
    if _BROKEN.search(text):
        return "broken_text"
    if _NOT_NAME.search(text) and not legal_form(text):
        return "not_a_name"
    return "test" if _TEST.fullmatch(text) else ""


def _from_cells(cells: list[str], whole: str, gender: str) -> PersonName:
    """Read three cells; a single one that holds all is taken apart, and two that changed places change back."""
    last, first, middle = cells
    joined = " ".join(filter(None, cells))
    if reason := _why_not(joined):
        return PersonName(joined, reason=reason, sure=False)
    filled = [cell for cell in cells if cell]
    if len(filled) == 1 or legal_form(joined):
        return parse_name(joined if len(filled) > 1 or not whole else max(joined, whole, key=len), gender=gender)
    last, first, middle = (_cased(_one_alphabet(cell)) for cell in (last, first, middle))
    in_last, in_first = wording(last), wording(first)
    swapped = bool(in_last.first and not in_first.first and first and not in_last.patronymic)
    if swapped:
        last, first = first, last
    if wording(first).patronymic and middle and wording(middle).first and not wording(middle).patronymic:
        first, middle = middle, first
    sure = bool(wording(first).first or not first)
    return _gendered(PersonName("", last, first, middle, sure=sure), gender)


def _person(text: str, gender: str) -> PersonName:
    words = _words(text)
    if not words:
        return PersonName(text, reason="no_letters", sure=False)
    if len(words) > 5:  # a sentence, not a name
        return PersonName(text, gender=gender if gender in ("m", "f") else "", sure=False)
    name = _arranged(words)
    if not _USUAL.fullmatch(text) and any(sign.isdigit() for sign in text):
        name = replace(name, sure=False)
    return _gendered(name, gender)


def _words(text: str) -> list[str]:
    """Split into words of right case; initials stand alone, particles and "оглы" join their neighbour."""
    if "." in text:
        text = _INITIALS.sub(r" \1. ", text)
    words: list[str] = []
    for raw in _APART.split(text):
        word = raw if len(raw) == 2 and raw.endswith(".") else raw.strip(_TRIM)
        if not _LETTER.search(word):
            continue
        word = _cased(_one_alphabet(word))
        low = word.lower()
        if low in KIN and words:
            words[-1] += " " + low
        elif words and words[-1].lower().rpartition(" ")[2] in PARTICLES:
            words[-1] += " " + word
        else:
            words.append(word)
    return words


def _arranged(words: list[str]) -> PersonName:
    """Give each word its role."""
    if len(words) == 1:
        return _single(words[0])
    initials = [word for word in words if wording(word).initial]
    if initials:
        return _with_initials([word for word in words if not wording(word).initial], initials)
    if len(words) == 2:
        return _pair(words[0], words[1])
    place = _patronymic_place(words)
    if place < 0:
        return _foreign(words)
    middle = words[place]
    rest = words[:place] + words[place + 1 :]
    if len(rest) > 2:  # a surname of two words stands on one side of name and patronymic
        first = words[place - 1] if place > 0 else rest[0]
        last = " ".join(word for word in rest if word is not first)
        return PersonName("", last, first, middle, sure=bool(wording(first).first))
    if place == 1 and wording(rest[0]).first and not (wording(rest[1]).first and not wording(rest[1]).surname):
        return PersonName("", rest[1], rest[0], middle)
    pair = _pair(rest[0], rest[1])
    if pair.middle:  # a surname that ends like a patronymic: Абрамович Роман Аркадьевич
        pair = PersonName("", pair.middle, pair.first, sure=True)
    return PersonName("", pair.last, pair.first, middle, sure=pair.sure or bool(wording(pair.first).first))


def _patronymic_place(words: list[str]) -> int:
    """Return where the patronymic stands, -1 where none is seen; at the end when several words look like one."""
    places = [place for place, word in enumerate(words) if wording(word).patronymic or _kin(word)]
    if not places:
        return -1
    if len(words) == 3 and places == [1, 2] and wording(words[0]).first and not wording(words[1]).first:
        return 1  # Роман Аркадьевич Абрамович
    return places[-1]


def _kin(word: str) -> bool:
    return " " in word and word.rpartition(" ")[2] in KIN


def _single(word: str) -> PersonName:
    known = wording(word)
    if known.first or not known.surname:
        return PersonName("", first=word, sure=bool(known.first))
    return PersonName("", last=word, sure=False)


def _pair(one: str, two: str) -> PersonName:
    """Tell name from surname, or name from patronymic."""
    in_one, in_two = wording(one), wording(two)
    if in_two.patronymic and in_one.first and in_one.first in (in_two.patronymic, "u"):
        return PersonName("", first=one, middle=two, sure=in_two.patronymic == "f")
    if _particled(two) or (one.isascii() and two.isascii() and not (in_one.first or in_two.first or in_one.surname)):
        return PersonName("", two, one, sure=False)  # western order: Ludwig van Beethoven
    score_one, score_two = _as_first(in_one), _as_first(in_two)
    if score_one > score_two:
        return PersonName("", two, one, sure=bool(in_one.first))
    return PersonName("", one, two, sure=bool(in_two.first) and score_two > score_one)


def _as_first(known: Wording) -> int:
    """Weigh how likely a word is a first name."""
    if known.first:
        return 3 if known.common else 2
    return -1 if known.surname else 0


def _particled(word: str) -> bool:
    return word.lower().partition(" ")[0] in PARTICLES and " " in word


def _foreign(words: list[str]) -> PersonName:
    """Arrange three words or more without a patronymic, by where a known first name stands."""
    known = [place for place, word in enumerate(words) if wording(word).first]
    if len(words) == 3 and 1 in known and 0 not in known:
        return PersonName("", words[0], words[1], words[2], sure=False)
    if known and known[0] == len(words) - 1:
        return PersonName("", " ".join(words[:-1]), words[-1], sure=False)
    if known or len(words) > 3:
        return PersonName("", " ".join(words[1:]), words[0], sure=False)
    return PersonName("", words[0], words[1], words[2], sure=False)


def _with_initials(words: list[str], initials: list[str]) -> PersonName:
    letters = [letter.rstrip(".").upper() + "." for letter in initials]
    if not words:
        return PersonName("", first=letters[0], middle=" ".join(letters[1:2]), sure=False)
    if len(words) == 1:
        return PersonName("", words[0], letters[0], " ".join(letters[1:2]))
    pair = _pair(words[0], words[1])
    return replace(pair, middle=pair.middle or letters[0])


def _gendered(name: PersonName, gender: str) -> PersonName:
    """Add the gender, by what is surest: patronymic, first name, surname; and the whole name."""
    found = gender if gender in ("m", "f") else _gender(name)
    whole = " ".join(filter(None, (name.last, name.first, name.middle)))
    return PersonName(whole, name.last, name.first, name.middle, found, name.kind, name.form, name.sure, name.reason)


def _gender(name: PersonName) -> str:
    if name.middle:
        if _kin(name.middle):
            return "m" if name.middle.rpartition(" ")[2] in MALE_KIN else "f"
        if by_middle := wording(name.middle).patronymic:
            return by_middle
    by_first = wording(name.first).first if name.first else ""
    if by_first in ("m", "f"):
        return by_first
    by_last = wording(name.last).surname if name.last else ""
    return by_last if by_last in ("m", "f") else ""


def _one_alphabet(word: str) -> str:
    """Bring Latin letters that look like Russian ones among Russian ones back: Иванoв with a Latin o."""
    if word.isascii() or not _LATIN.search(word):
        return word
    if len(_CYRILLIC.findall(word)) > len(_LATIN.findall(word)):
        return word.translate(_LOOKALIKE)
    return word


def _cased(word: str) -> str:
    """Write a word in the case of names where it is all capitals, all small or turned over."""
    if len(word) < 2:
        return word.upper()
    if word[0].isupper() and not word.isupper() and "-" not in word:
        return word
    if word.lower() in PARTICLES:
        return word.lower()
    return "-".join(_cased_part(part) for part in word.split("-"))


def _cased_part(part: str) -> str:
    if part.isupper() or part.islower() or (part[:1].islower() and part[1:].isupper()):
        head, mark, tail = part.partition("'")
        if mark and len(head) == 1 and tail:
            return f"{head.upper()}'{tail.capitalize()}"
        return part.capitalize()
    return part
