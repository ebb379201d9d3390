"""How figures, moments and sentences read: tables in both languages, and properties of the typographic rules."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.kit import wording as w

MOSCOW, KRASNOYARSK, KAMCHATKA, KOLKATA = "Europe/Moscow", "Asia/Krasnoyarsk", "Asia/Kamchatka", "Asia/Kolkata"
NOW = datetime(2026, 3, 12, 9, 4, tzinfo=UTC)


def spaces(text: str) -> str:
    """Make special spaces visible as plain ones."""
    return text.replace(w.NB, " ").replace(w.THIN, "'")


@pytest.mark.parametrize(
    ("value", "lang", "text"),
    [
        (0, "ru", "0"),
        (999, "ru", "999"),
        (3120, "ru", "3'120"),
        (1284900, "ru", "1'284'900"),
        (-4800, "ru", "−4'800"),
        (Decimal("2.40"), "ru", "2,40"),
        (Decimal("1234.5"), "en", "1'234.5"),
        (float("nan"), "ru", "—"),
    ],
)
def test_number(value, lang, text):
    assert spaces(w.number(value, lang)) == text


@pytest.mark.parametrize(
    ("value", "currency", "signed", "text"),
    [
        (184000, "RUB", False, "184'000 ₽"),
        (Decimal("9.30"), "RUB", False, "9,30 ₽"),
        (Decimal(-4800), "RUB", True, "−4'800 ₽"),
        (96400, "RUB", True, "+96'400 ₽"),
        (0, "RUB", True, "0 ₽"),
        (12, "XTS", False, "12 XTS"),
        (Decimal("0.004"), "RUB", False, "0 ₽"),
    ],
)
def test_money(value, currency, signed, text):
    assert spaces(w.money(value, currency, "ru", signed=signed)) == text


@pytest.mark.parametrize(
    ("e164", "text"),
    [
        ("+73912000001", "+7 391 200-00-01"),
        ("+78002000418", "+7 800 200-04-18"),
        ("+375291234567", "+375 29 123-45-67"),
        ("no number", "no number"),
    ],
)
def test_phone(e164, text):
    assert spaces(w.phone(e164)) == text


FORMS = ("клиент", "клиента", "клиентов")


@pytest.mark.parametrize(
    ("n", "form"),
    [
        (0, 2),
        (1, 0),
        (2, 1),
        (4, 1),
        (5, 2),
        (11, 2),
        (14, 2),
        (21, 0),
        (22, 1),
        (111, 2),
        (1001, 0),
        (Decimal("2.5"), 1),
    ],
)
def test_plural_in_russian(n, form):
    assert w.plural(n, FORMS) == FORMS[form]


@pytest.mark.parametrize(("n", "word"), [(0, "calls"), (1, "call"), (2, "calls"), (21, "calls")])
def test_plural_in_english(n, word):
    assert w.plural(n, ("call", "calls"), "en") == word


def test_clock_has_a_zero_on_a_face_only():
    at = datetime(2026, 3, 12, 6, 5, tzinfo=UTC)
    assert w.clock(at, MOSCOW) == "9:05"
    assert w.clock(at, MOSCOW, face=True) == "09:05"


@pytest.mark.parametrize(
    ("zone", "mine", "text"),
    [
        (KRASNOYARSK, MOSCOW, "+4 ч"),
        (MOSCOW, KRASNOYARSK, "−4 ч"),
        (MOSCOW, MOSCOW, ""),
        (KOLKATA, MOSCOW, "+2:30 ч"),
    ],
)
def test_offset(zone, mine, text):
    assert spaces(w.offset(NOW, zone, mine)) == text


@pytest.mark.parametrize(
    ("day", "lang", "words", "head"),
    [
        (date(2026, 3, 12), "ru", "сегодня", "Сегодня, 12 марта"),
        (date(2026, 3, 11), "ru", "вчера", "Вчера"),
        (date(2026, 3, 13), "ru", "завтра", "Завтра"),
        (date(2026, 3, 10), "ru", "10 марта", "Вторник, 10 марта"),
        (date(2025, 11, 18), "ru", "18 ноября 2025", "18 ноября 2025"),
        (date(2026, 3, 10), "en", "10 March", "Tuesday, 10 March"),
        (date(2026, 3, 13), "en", "tomorrow", "Tomorrow"),
    ],
)
def test_days(day, lang, words, head):
    today = date(2026, 3, 12)
    assert spaces(w.day(day, today, lang)) == words
    assert spaces(w.day_head(day, today, lang)) == head


@pytest.mark.parametrize(
    ("at", "client", "lang", "text"),
    [
        (datetime(2026, 3, 12, 9, 34, tzinfo=UTC), KRASNOYARSK, "ru", "в 16:34 у клиента, 12:34 у вас"),
        (datetime(2026, 3, 13, 6, 0, tzinfo=UTC), KRASNOYARSK, "ru", "завтра в 13:00 у клиента, 9:00 у вас"),
        (datetime(2026, 3, 16, 6, 0, tzinfo=UTC), KRASNOYARSK, "ru", "пн в 13:00 у клиента, 9:00 у вас"),
        (datetime(2026, 3, 12, 9, 34, tzinfo=UTC), MOSCOW, "ru", "в 12:34 у клиента"),
        (datetime(2026, 3, 12, 21, 5, tzinfo=UTC), KAMCHATKA, "ru", "завтра в 9:05 у клиента, 0:05 у вас"),
        (datetime(2026, 3, 12, 14, 30, tzinfo=UTC), KAMCHATKA, "en", "Fri at 2:30 client's time, Thu at 17:30 yours"),
    ],
)
def test_two_clocks(at, client, lang, text):
    assert spaces(w.two_clocks(at, client, MOSCOW, NOW, lang)) == text


def test_tomorrow_is_never_said_where_the_dates_differ():
    evening = datetime(2026, 3, 12, 14, 48, tzinfo=UTC)
    said = w.two_clocks(datetime(2026, 3, 12, 16, 0, tzinfo=UTC), KAMCHATKA, MOSCOW, evening)
    assert "завтра" not in said
    assert "пт" in said
    assert "чт" in said


@pytest.mark.parametrize(
    ("seconds", "lang", "text"),
    [
        (0, "ru", "0 с"),
        (59, "ru", "59 с"),
        (240, "ru", "4 мин"),
        (14160, "ru", "3 ч 56 мин"),
        (93600, "ru", "1 день 2 ч"),
        (2 * 86400, "ru", "2 дня"),
        (11 * 86400, "ru", "11 дней"),
        (86400, "en", "1 day"),
        (-5, "ru", "0 с"),
    ],
)
def test_duration(seconds, lang, text):
    assert spaces(w.duration(seconds, lang)) == text


@pytest.mark.parametrize(
    ("name", "letters", "short"),
    [
        ("Смирнова Анна Петровна", "СА", "Смирнова А. П."),
        ("Ольга Ветрова", "ОВ", "Ольга В."),
        ("ООО «Таёжный двор»", "ОТ", "ООО «Таёжный двор»"),
        ("Ким", "К", "Ким"),
        ("", "", ""),
        ("смирнова а.п.", "СА", "смирнова а.п."),
    ],
)
def test_names(name, letters, short):
    assert w.initials(name) == letters
    assert spaces(w.short_name(name)) == short


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Можно звонить до 20 часов", "Можно звонить до 20 часов"),
        ("184 000 ₽", "184'000 ₽"),
        ("2,4 х 3,1 м", "2,4 × 3,1 м"),
        ("он - она", "он — она"),
        ('КП "Кухня" готово', "КП «Кухня» готово"),
        ("+7 391 200-00-01", "+7 391 200-00-01"),
    ],
)
def test_typo_reads_as_wanted(text, after):
    assert spaces(w.typo(text)) == after


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("через 5 мин", f"5{w.NB}мин"),
        ("№ 418", f"№{w.NB}418"),
        ("решают по замеру", f"по{w.NB}замеру"),
        ("и в дом", f"и{w.NB}в{w.NB}дом"),
        ("дома — решают", f"дома{w.NB}—"),
        ("12 марта", f"12{w.NB}марта"),
    ],
)
def test_typo_keeps_together(text, kept):
    assert kept in w.typo(text)


@given(st.text(alphabet='абв гд 0123456789 «»"-—х№+7.,мин', max_size=80))
def test_typo_is_idempotent_and_changes_no_letters(text):
    once = w.typo(text)
    assert w.typo(once) == once
    letters = [sign for sign in text if sign.isalnum() and sign != "х"]
    assert letters == [sign for sign in once if sign.isalnum() and sign != "х"]


@given(st.integers(-(10**12), 10**12), st.sampled_from(["ru", "en"]))
def test_number_can_be_read_back(value, lang):
    assert int(w.number(value, lang).replace(w.THIN, "").replace(w.MINUS, "-")) == value


def test_typo_html_leaves_tags_alone():
    assert w.typo_html('<a href="/x - y">дома - да</a>') == f'<a href="/x - y">дома{w.NB}— да</a>'


@pytest.mark.parametrize(
    ("zone", "lang", "place"),
    [
        (MOSCOW, "ru", "Москва"),
        (MOSCOW, "en", "Moscow"),
        ("America/New_York", "ru", "Нью-Йорк"),
        ("UTC", "ru", "UTC"),
    ],
)
def test_place_of(zone, lang, place):
    assert w.place_of(zone, lang) == place
