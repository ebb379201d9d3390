"""The help says what the screens say: it names buttons and pages as they are written there, a thing by one word."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .extraction import SOURCE, parts, texts
from .test_words import catalog_of

QUOTED = {"ru": re.compile("«([А-ЯЁ][^»]+)»"), "en": re.compile("“([A-Z][^”]+)”")}
# Names in another case of the word, pages of other companies, and lines that people type.
NOT_OURS = {
    "Автоворонка магазина", "Брошенная корзина", "В корзину", "Деньгах", "Домой", "Забирает другая программа",
    "Задержанных ценах", "Картой", "Настройки → Заказы", "Настройки, чат на сайте", "Опросах", "Промокодах",
    "Позвонить в банк @Олег завтра в 15", "Auto-funnel of a shop", "Call the bank @Oleg tomorrow at 15",
}  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").strip().rstrip("….").casefold()


def on_screens(language: str) -> set[str]:
    """Return the texts of all parts as the screens show them in the language."""
    said: set[str] = set()
    for part in parts():
        if language == "en":
            said |= {plain(form) for text in texts(part) for form in text.forms}
        else:
            for entry in catalog_of(part):
                said |= {plain(form) for form in ([entry.string] if isinstance(entry.string, str) else entry.string)}
    return said


def helps(language: str) -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.glob(f"*/help/{language}/*.txt")):
        yield str(Path(*path.parts[-4:])), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_the_help_names_is_written_on_a_screen(language: str) -> None:
    said = on_screens(language)
    lost = [
        f"{place}: {label}"
        for place, text in helps(language)
        for label in QUOTED[language].findall(text)
        if label not in NOT_OURS and not any(one.startswith(plain(label)) for one in said)
    ]
    assert lost == [], "\n" + "\n".join(lost)


def test_a_thing_has_one_word() -> None:
    """A stage is «этап»; «лента» is what has happened to a client, and the clients to come are «очередь»."""
    told = [(place, text) for place, text in helps("ru")]
    said = [(part, str(entry.string)) for part in parts() for entry in catalog_of(part) if entry.id]
    assert [place for place, text in told + said if re.search(r"\bстади[яиюейх]", text.casefold())] == []
    queue = [text for part, text in said if part in ("accounts", "deals") and re.search(r"\bлент", text.casefold())]
    assert queue == []
