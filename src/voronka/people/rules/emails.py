"""E-mail addresses read from messy cells.

Source of the syntax: RFC 5321, 4.1.2 and 4.5.3.1 (lengths), RFC 6531 (names in other alphabets), RFC 2606 (reserved
domains); quoted local parts and addresses of bare hosts are refused on purpose.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from voronka.people.rules.reading import says_nothing
from voronka.people.rules.registers import disposable_domains

MOST_EMAILS = 10  # in one cell
_LONGEST = 2000  # signs of a cell that are read


@dataclass(frozen=True, slots=True)
class Email:
    """An address from a cell, in small letters, its domain as people write it (кириллица.рф).

    `address` is empty when it cannot be one; `reason` then tells why: no_at, two_ats, local_part, domain,
    reserved_domain, too_long, formula, too_many. `hint` is the whole address with the domain that was probably meant.
    `disposable` marks domains that live for minutes, `role` shared boxes (info@, sales@).
    """

    address: str
    raw: str = ""
    reason: str = ""
    hint: str = ""
    disposable: bool = False
    role: bool = False


_USUAL = re.compile(
    r"[a-z0-9_][a-z0-9_+\-]*(?:\.[a-z0-9_+\-]+)*@(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
_LOCAL = re.compile(r"[^\s@.()<>\[\]\\,;:\"|=]+(?:\.[^\s@.()<>\[\]\\,;:\"|=]+)*")
_LABEL = re.compile(r"[^\W_](?:[\w\-]{0,61}[^\W_])?")
_SPLIT = re.compile(r"[\s,;|]+|/(?=\S*@)")
_BRACKETS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_LABELS = re.compile(r"(?:e-?mail|почта|эл\.? ?почта|mailto)\s*[:\-]?\s*", re.IGNORECASE)
_AT_WORD = re.compile(r"\s*(?:\(at\)|\[at\]|\(собака\)|\[собака\]| собака )\s*", re.IGNORECASE)
_TRIM = " .,;:<>()[]{}\"'«»!?*"
_RESERVED = frozenset(("example", "test", "invalid", "localhost", "local", "localdomain"))
_RESERVED_DOMAINS = frozenset(("example.com", "example.net", "example.org"))
_ROLES = frozenset(
    (
        *(
            "info",
            "sales",
            "office",
            "admin",
            "support",
            "mail",
            "contact",
            "shop",
            "order",
            "orders",
            "zakaz",
            "hr",
            "job",
        ),
        *(
            "buh",
            "buhgalter",
            "noreply",
            "no-reply",
            "postmaster",
            "webmaster",
            "abuse",
            "marketing",
            "reklama",
            "opt",
        ),
    )
)
# Most used by the people of the sellers that Voronka serves.
_GREAT_DOMAINS = (
    *("mail.ru", "yandex.ru", "gmail.com", "bk.ru", "inbox.ru", "list.ru", "rambler.ru", "ya.ru", "icloud.com"),
    *(
        "hotmail.com",
        "outlook.com",
        "yahoo.com",
        "internet.ru",
        "vk.com",
        "live.com",
        "yandex.com",
        "mail.com",
        "me.com",
    ),
    *(
        "proton.me",
        "protonmail.com",
        "ukr.net",
        "tut.by",
        "yandex.by",
        "yandex.kz",
        "googlemail.com",
        "gmx.de",
        "gmx.net",
    ),
    *("lenta.ru", "autorambler.ru", "myrambler.ru", "ro.ru", "r0.ru", "xmail.ru", "narod.ru", "pochta.ru", "e1.ru"),
)
_MISTYPED = {
    **dict.fromkeys(("gmail.ru", "gmail.com.ru", "gmail.cm", "gmail.con", "gmail.co", "gmail"), "gmail.com"),
    **dict.fromkeys(("mail.com.ru", "mail.ry", "mail.r", "meil.ru", "maill.ru", "mail.tu", "mail"), "mail.ru"),
    **dict.fromkeys(("yandex", "yandex.ry", "jandex.ru", "yandeks.ru", "iandex.ru"), "yandex.ru"),
    "icloud.ru": "icloud.com",
    "outlook.ru": "outlook.com",
    "hotmail.ru": "hotmail.com",
    "rambler.com": "rambler.ru",
}


def parse_emails(text: object) -> list[Email]:
    """Return the addresses of a cell in their order, each once; what is meant as one but is none comes with a reason.

    An empty cell, a dash or "нет" give an empty list.
    """
    cell = text if isinstance(text, str) else "" if text is None else str(text)
    low = cell.strip().lower()
    if len(low) <= 254 and _USUAL.fullmatch(low):
        return [_email(low, cell.strip())]
    if says_nothing(low):
        return []
    if len(cell) > _LONGEST:
        return [Email("", cell[:100], "too_long")]
    found: list[Email] = []
    for piece in _pieces(cell):
        one = _read(piece)
        if one.address and any(one.address == known.address for known in found):
            continue
        if len(found) == MOST_EMAILS:
            found.append(Email("", cell[:100], "too_many"))
            break
        found.append(one)
    return found


def _pieces(cell: str) -> list[str]:
    """Part a cell into what may be addresses; words beside an address are its owner's name or a note."""
    if cell.lstrip().startswith(("=", "@", "+=")):
        return [cell.strip()]
    cell = _AT_WORD.sub("@", _LABELS.sub(" ", cell))
    inside = _BRACKETS.findall(cell)
    if inside:
        return [str(piece) for piece in inside]
    pieces = [piece for piece in _SPLIT.split(cell) if piece.strip(_TRIM)]
    with_at = [piece for piece in pieces if "@" in piece]
    if with_at and any(piece.strip(_TRIM) == "@" for piece in with_at):
        return ["".join(pieces)]  # "ivan @ mail.ru"
    if with_at:
        return with_at
    return [" ".join(pieces)] if pieces else []


def _read(piece: str) -> Email:
    raw = piece[:254]
    if piece.startswith(("=", "@", "+=")):
        return Email("", raw, "formula")
    address = piece.strip(_TRIM).lower()
    local, at, domain = address.partition("@")
    if not at:
        return Email("", raw, "no_at")
    if "@" in domain:
        return Email("", raw, "two_ats")
    if not _LOCAL.fullmatch(local) or len(local.encode("utf-8", "replace")) > 64 or not local.isprintable():
        return Email("", raw, "local_part")
    domain = domain.rstrip(".")
    if domain in _MISTYPED and "." not in domain:
        return Email("", raw, "domain", hint=f"{local}@{_MISTYPED[domain]}")
    shown = _domain(domain)
    if not shown:
        return Email("", raw, "domain")
    if len(local) + 1 + len(shown) > 254:
        return Email("", raw, "too_long")
    return _email(f"{local}@{shown}", raw)


@lru_cache(maxsize=8192)
def _domain(domain: str) -> str:
    """Return a domain as people write it; empty when it can be none."""
    if domain.startswith("xn--") or ".xn--" in domain:
        try:
            domain = domain.encode("ascii").decode("idna")
        except UnicodeError:
            return ""
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdecimal():
        return ""
    if len(labels[-1]) < 2:
        return ""
    try:
        wire = domain.encode("idna")
    except UnicodeError:
        return ""
    return domain if len(wire) <= 253 and wire.decode("ascii").isprintable() else ""


def _email(address: str, raw: str) -> Email:
    """Add what is known of the domain."""
    local, _, domain = address.rpartition("@")
    if len(local) > 64:
        return Email("", raw, "local_part")
    standing = _standing(domain)
    if standing.reserved:
        return Email("", raw, "reserved_domain")
    hint = f"{local}@{standing.meant}" if standing.meant else ""
    return Email(address, raw, "", hint, standing.disposable, local in _ROLES)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is known of a domain; `meant` is the great one it is a mistyping of."""

    reserved: bool = False
    disposable: bool = False
    meant: str = ""


@lru_cache(maxsize=8192)
def _standing(domain: str) -> _Standing:
    if domain in _GREAT_DOMAINS:
        return _Standing()
    labels = domain.split(".")
    if labels[-1] in _RESERVED or ".".join(labels[-2:]) in _RESERVED_DOMAINS:
        return _Standing(reserved=True)
    blocked = disposable_domains()
    disposable = any(".".join(labels[place:]) in blocked for place in range(len(labels) - 1))
    near = (great for great in _GREAT_DOMAINS if len(great) >= 7 and OSA.distance(domain, great, score_cutoff=1) == 1)
    return _Standing(disposable=disposable, meant=_MISTYPED.get(domain) or next(near, ""))
