"""Signs of spam in what a public form sends. They are shown beside a lead; nothing is thrown away for them."""

import re

from voronka.people.rules.texts import clean_text

_LINK = re.compile(r"https?://|www\.[a-z]|\[url|<a\s", re.IGNORECASE)
_MARKUP = re.compile(
    r"<\s*/?\s*(?:script|iframe|img|svg|a|object|form|style|div|b|i)\b|\[/?(?:url|b|img|link)\b|javascript:",
    re.IGNORECASE,
)
_INJECTION = re.compile(
    r"\bunion\s+(?:all\s+)?select\b|\bdrop\s+table\b|\bor\s+1\s*=\s*1\b|;\s*--|\bsleep\s*\(|\{\{[^}]*\}\}|\$\{[^}]*\}"
    r"|\.\./\.\./|etc/passwd",
    re.IGNORECASE,
)
_OFFERS = re.compile(
    r"продвижени\w+ сайт|раскрут\w+|\bseo\b|вывод\w* в топ|база (?:клиентов|email)|рассылк\w+ по|casino|казино"
    r"|viagra|виагр|crypto|биткоин|bitcoin|forex|форекс|займ\w* без|кредит\w* без отказ|заработ\w+ в интернет"
    r"|подписчик\w+ за|накрутк|\bporn|эскорт|backlink|guest post|earn money|make money|weight loss|loan offer"
    r"|ставк\w+ на спорт|1xbet|пинап",
    re.IGNORECASE,
)
_REPEATED = re.compile(r"(\S)\1{9,}")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxzбвгджзклмнпрстфхцчшщ]{7,}", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LONGEST = 20_000  # signs that are looked through


def spam_signs(text: str) -> list[str]:
    """Return codes of what looks like spam in a message or a field, each once; none for a usual text.

    links, many_links, markup, injection, offer, repeated, gibberish, shouting, hidden_signs, foreign, too_long.
    """
    signs: list[str] = []
    if len(text) > _LONGEST:
        signs.append("too_long")
        text = text[:_LONGEST]
    links = len(_LINK.findall(text))
    found = (
        ("many_links" if links > 2 else "links", links > 0),
        ("markup", _MARKUP.search(text) is not None),
        ("injection", _INJECTION.search(text) is not None),
        ("offer", _OFFERS.search(text) is not None),
        ("repeated", _REPEATED.search(text) is not None),
        ("gibberish", _CONSONANTS.search(text) is not None),
        ("shouting", _shouts(text)),
        ("hidden_signs", _hides(text)),
        ("foreign", _is_foreign(text)),
    )
    return signs + [code for code, seen in found if seen]


def _shouts(text: str) -> bool:
    """Tell a long message all in capitals."""
    letters = _LETTER.findall(text)
    return len(letters) > 40 and sum(letter.isupper() for letter in letters) > 0.8 * len(letters)


def _hides(text: str) -> bool:
    """Tell a text that holds several signs nobody types: zero-width ones, marks of direction, control signs."""
    bare = "".join(text.split())
    return len(bare) - len("".join(clean_text(text, _LONGEST).text.split())) >= 3


def _is_foreign(text: str) -> bool:
    """Tell a long message without a single Russian letter."""
    return len(_LETTER.findall(text)) > 60 and not _CYRILLIC.search(text)
