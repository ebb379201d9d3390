"""Numbers of papers: how a series writes them, and how they are compared when people write them."""

import re
from datetime import date

MOST_NUMBER = 2_147_483_647
MOST_PATTERN, MOST_WRITTEN = 40, 60
_PLACE = re.compile(r"\{(n|yy|yyyy|mm)(?::(\d))?\}")
_BARE = re.compile(r"[^0-9a-zа-я/-]+")
_ALIKE = str.maketrans("abcehkmoptxy", "авсенкмортху")


def pattern_problem(pattern: str) -> str:
    """Return what is wrong with a series' pattern: "", no_number, unknown or too_long."""
    rest = _PLACE.sub("", pattern)
    if "{" in rest or "}" in rest:
        return "unknown"
    if not any(match[1] == "n" for match in _PLACE.finditer(pattern)):
        return "no_number"
    longest = written(pattern, MOST_NUMBER, date(2026, 12, 31)) if len(pattern) <= MOST_PATTERN else ""
    return "" if longest and len(longest) <= MOST_WRITTEN else "too_long"


def written(pattern: str, number: int, day: date) -> str:
    """Return a number as its series writes it: "{n}" 874, "{yy}-{n:5}" 26-00874, "А-{n}/{yyyy}" А-874/2026."""

    def put(match: re.Match[str]) -> str:
        width = int(match[2] or 0)
        if match[1] == "n":
            return str(number).zfill(width)
        return {"yy": f"{day:%y}", "yyyy": f"{day:%Y}", "mm": f"{day:%m}"}[match[1]]

    return _PLACE.sub(put, pattern)


def number_key(text: str) -> str:
    """Return a number as it is compared: no blanks or signs, leading zeros of each group dropped, letters alike folded.

    "№ 00874", "874" and "N874" are one; "А-12" in Cyrillic and "A-12" in Latin too.
    """
    bare = _BARE.sub("", text.lower().replace("ё", "е").replace("№", "")).translate(_ALIKE)
    bare = re.sub(r"^n(?=\d)", "", bare)
    return re.sub(r"(?<![0-9])0+(?=\d)", "", bare).strip("/-")
