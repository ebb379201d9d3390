from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voronka.kit.clocks import wall
from voronka.kit.moments import Moment, Unread, parse_moment

ZONES = sorted(zone for zone in available_timezones() if zone not in {"localtime", "Factory"})
KRASNOYARSK = "Asia/Krasnoyarsk"
# A Thursday, four minutes past noon, by the client's clock (UTC+7); it is 8:04 in Moscow.
NOW = datetime(2026, 3, 12, 5, 4, tzinfo=UTC)

RUSSIAN = {
    "завтра в 10": "13.03 10:00",
    "через 2 часа": "12.03 14:04",
    "через полчаса": "12.03 12:34",
    "через 5 мин": "12.03 12:09",
    "через час": "12.03 13:04",
    "через полтора часа": "12.03 13:34",
    "через час с половиной": "12.03 13:34",
    "через 1,5 часа": "12.03 13:34",
    "через 1 час 20 минут": "12.03 13:24",
    "через пару часов": "12.03 14:04",
    "через двадцать пять минут": "12.03 12:29",
    "минут через 20": "12.03 12:24",
    "часа через два": "12.03 14:04",
    "20 минут": "12.03 12:24",
    "через 15": "12.03 12:19",
    "через четверть часа": "12.03 12:19",
    "через 3 дня утром": "15.03 10:00",
    "через сутки": "13.03 12:04",
    "завтра после 15:00": "13.03 15:00",
    "завтра в первой половине дня": "13.03 11:00",
    "во второй половине дня": "12.03 14:00",
    "часов в семь": "12.03 19:00",
    "послезавтра к 10 часам утра": "14.03 10:00",
    "завтра с 10-12": "13.03 10:00",
    "завтра 2 часа дня": "13.03 14:00",
    "в понедельник 16 марта": "16.03 10:00",
    "в середине апреля": "15.04 10:00",
    "завтра в 2 ночи": "13.03 02:00",
    "в 12 ночи": "13.03 00:00",
    "на 15.03": "15.03 10:00",
    "на 15:00": "12.03 15:00",
    "полчаса": "12.03 12:34",
    "в пятницу после обеда": "13.03 14:00",
    "послезавтра утром": "14.03 10:00",
    "понедельник 9:00": "16.03 09:00",
    "в пн в 9.30": "16.03 09:30",
    "пн 9-30": "16.03 09:30",
    "15 марта": "15.03 10:00",
    "15.03 в 14:00": "15.03 14:00",
    "15.03.2027": "15.03.2027 10:00",
    "15 марта 2027 в 9 утра": "15.03.2027 09:00",
    "5 февраля": "05.02.2027 10:00",  # this year's is past
    "29 февраля": "29.02.2028 10:00",
    "сегодня в 7 вечера": "12.03 19:00",
    "сегодня вечером": "12.03 18:00",
    "сегодня в 9": "12.03 21:00",
    "сегодня": "12.03 13:30",
    "завтра": "13.03 10:00",
    "в 7": "12.03 19:00",
    "в 9": "13.03 09:00",  # 21:00 is no hour to call at
    "в час": "12.03 13:00",
    "в 3 часа дня": "12.03 15:00",
    "в 14 часов 30 минут": "12.03 14:30",
    "14ч": "12.03 14:00",
    "к 17:15": "12.03 17:15",
    "после 18": "12.03 18:00",
    "через неделю": "19.03 12:04",
    "через 2 дня в 11": "14.03 11:00",
    "через неделю в понедельник": "16.03 10:00",
    "через месяц": "12.04 12:04",
    "через полгода": "12.09 12:04",
    "недели через две": "26.03 12:04",
    "в следующий вторник": "17.03 10:00",
    "в следующую пятницу в 16:00": "20.03 16:00",
    "в эту пятницу": "13.03 10:00",
    "в ближайший понедельник": "16.03 10:00",
    "в четверг": "19.03 10:00",  # today is Thursday: the next one is meant
    "в четверг в 18": "12.03 18:00",
    "на следующей неделе": "16.03 10:00",
    "на следующей неделе в среду": "18.03 10:00",
    "в среду на следующей неделе в 15:00": "18.03 15:00",
    "в конце недели": "13.03 10:00",
    "на выходных": "14.03 10:00",
    "в конце месяца": "31.03 10:00",
    "в конце марта": "31.03 10:00",
    "в начале апреля": "01.04 10:00",
    "в следующем месяце": "01.04 10:00",
    "первого числа": "01.04 10:00",
    "15-го числа в 12": "15.03 12:00",
    "31 числа": "31.03 10:00",
    "завтра после работы": "13.03 18:30",
    "завтра до обеда": "13.03 11:00",
    "завтра в обед": "13.03 13:00",
    "завтра с утра": "13.03 10:00",
    "завтра рано утром": "13.03 08:00",
    "завтра в полдень": "13.03 12:00",
    "в конце дня": "12.03 17:00",
    "вечером": "12.03 18:00",
    "утром": "13.03 10:00",
    "утром в 9": "13.03 09:00",
    "завтра вечером в 7": "13.03 19:00",
    "завтра в полвосьмого": "13.03 19:30",
    "в половине шестого": "12.03 17:30",
    "без четверти шесть": "12.03 17:45",
    "без десяти 5": "12.03 16:50",
    "четверть шестого": "12.03 17:15",
    "в два часа дня": "12.03 14:00",
    "завтра 10-00": "13.03 10:00",
    "перезвоните, пожалуйста, завтра в 11:30": "13.03 11:30",
    "Завтра, ровно в 10!": "13.03 10:00",
    "ЗАВТРА В 10": "13.03 10:00",
    "завтар в 10": "13.03 10:00",
    "чрез час": "12.03 13:04",
    "в понидельник": "16.03 10:00",
    "послезавтро в 9": "14.03 09:00",
    "через 10-15 минут": "12.03 12:19",
    "минут через 10–15": "12.03 12:19",
    "завтра с 10 до 12": "13.03 10:00",
    "завтра между 14:00 и 16:00": "13.03 14:00",
    "завтра в десять тридцать": "13.03 10:30",
    "в девятнадцать сорок пять": "12.03 19:45",
    "завтра в 1730": "13.03 17:30",
    "pfdnhf d 10": "13.03 10:00",  # the English layout was on
}
ENGLISH = {
    "tomorrow at 10": "13.03 10:00",
    "in 2 hours": "12.03 14:04",
    "in half an hour": "12.03 12:34",
    "in an hour": "12.03 13:04",
    "in an hour and a half": "12.03 13:34",
    "in 1.5 hours": "12.03 13:34",
    "in a couple of hours": "12.03 14:04",
    "in twenty five minutes": "12.03 12:29",
    "45 min": "12.03 12:49",
    "in 15": "12.03 12:19",
    "this evening": "12.03 18:00",
    "at half 5": "12.03 17:30",
    "7 in the morning": "13.03 07:00",
    "twelve o'clock tomorrow": "13.03 12:00",
    "2026/04/01": "01.04 10:00",
    "monday 16 march 10am": "16.03 10:00",
    "2 hours from now": "12.03 14:04",
    "2h": "12.03 14:04",
    "in 1 hour 20 minutes": "12.03 13:24",
    "next friday afternoon": "20.03 14:00",
    "this friday": "13.03 10:00",
    "friday": "13.03 10:00",
    "mon 9am": "16.03 09:00",
    "monday at 9:30": "16.03 09:30",
    "half past 5": "12.03 17:30",
    "quarter to six": "12.03 17:45",
    "quarter past 3": "12.03 15:15",
    "ten to 4": "12.03 15:50",
    "5 o'clock": "12.03 17:00",
    "5pm": "12.03 17:00",
    "5:30 p.m.": "12.03 17:30",
    "in a week": "19.03 12:04",
    "in a month": "12.04 12:04",
    "in 3 days at 11": "15.03 11:00",
    "next week": "16.03 10:00",
    "next month": "01.04 10:00",
    "end of month": "31.03 10:00",
    "end of the week": "13.03 10:00",
    "end of day": "12.03 17:00",
    "the day after tomorrow": "14.03 10:00",
    "tonight": "12.03 18:00",
    "tonight at 8": "12.03 20:00",
    "tomorrow morning": "13.03 10:00",
    "tomorrow after lunch": "13.03 14:00",
    "tomorrow after work": "13.03 18:30",
    "in the evening": "12.03 18:00",
    "first thing tomorrow": "13.03 10:00",
    "noon tomorrow": "13.03 12:00",
    "march 15": "15.03 10:00",
    "15th of march at 2pm": "15.03 14:00",
    "March 15th, 2027": "15.03.2027 10:00",
    "2026-04-01 15:00": "01.04 15:00",
    "3/20": "20.03 10:00",
    "on the 20th": "20.03 10:00",
    "weekend": "14.03 10:00",
    "in april": "01.04 10:00",
    "call back tomorrow at 11": "13.03 11:00",
    "tomorow at 10": "13.03 10:00",
    "wendsday at 3": "18.03 15:00",
    "today at 6": "12.03 18:00",
    "after 6pm": "12.03 18:00",
    "tomorrow between 10 and 12": "13.03 10:00",
    "tomorrow from 10 to 12": "13.03 10:00",
    "tomorrow at ten thirty": "13.03 10:30",
    "1h 30m": "12.03 13:34",
}


def shown(found: Moment | Unread, zone: str = KRASNOYARSK) -> str:
    if isinstance(found, Unread):
        return found.reason
    clock = wall(found.at, zone)
    return f"{clock:%d.%m.%Y %H:%M}".replace(".2026", "")


@pytest.mark.parametrize(("phrase", "moment"), [*RUSSIAN.items(), *ENGLISH.items()])
def test_a_phrase_means_a_moment(phrase: str, moment: str) -> None:
    assert shown(parse_moment(phrase, NOW, KRASNOYARSK)) == moment


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("", "empty"),
        ("  \u200b\u00a0 ", "empty"),
        ("завтра " * 20, "too_long"),
        ("абракадабра", "not_understood"),
        ("завтра завтра", "not_understood"),
        ("в 9 в 10", "not_understood"),
        ("завтрак", "not_understood"),
        ("никогда", "not_understood"),
        ("как-нибудь потом", "not_understood"),
        ("через", "not_understood"),
        ("a week from monday", "not_understood"),  # it was this Monday: a week too early
        ("2 weeks from tomorrow", "not_understood"),
        ("завтра с 10 до 25", "no_such_time"),
        ("в", "not_understood"),
        ("завтра через 2 часа в среду", "not_understood"),
        ("через 5 минут в 10", "not_understood"),
        ("через 2", "not_understood"),
        ("в марте", "not_understood"),
        ("на этой неделе", "not_understood"),
        ("в понедельник 17 марта", "no_such_date"),
        ("tomorrow pm", "not_understood"),
        ("завтра в 25", "no_such_time"),
        ("завтра в 10:75", "no_such_time"),
        ("13pm", "no_such_time"),
        ("31.02.2027", "no_such_date"),
        ("31 февраля", "no_such_date"),
        ("2026-13-01", "no_such_date"),
        ("32.03.2026", "no_such_date"),
        ("45-го", "no_such_date"),
        ("вчера", "past"),
        ("час назад", "past"),
        ("last friday", "past"),
        ("сегодня в 9:00 утра", "past"),
        ("11.03.2026", "past"),
        ("2026-03-12 12:04", "past"),
        ("через 0 минут", "past"),
        ("через 99 лет", "too_far"),
        ("15.03.2099", "too_far"),
        ("через 9999 месяцев", "too_far"),
        ("<script>alert(1)</script>", "not_understood"),
        ("завтра; DROP TABLE", "not_understood"),
        ("завтра 😀", "not_understood"),
    ],
)
def test_a_phrase_that_is_not_taken_says_why(phrase: str, reason: str) -> None:
    assert parse_moment(phrase, NOW, KRASNOYARSK) == Unread(reason)


@pytest.mark.parametrize(
    ("phrase", "utc", "zone"),
    [
        ("завтра в 10", "2026-03-13T03:00", KRASNOYARSK),
        ("завтра в 10 по моему времени", "2026-03-13T05:00", "Asia/Yekaterinburg"),
        ("завтра в 10 по моему", "2026-03-13T05:00", "Asia/Yekaterinburg"),
        ("tomorrow at 10 my time", "2026-03-13T05:00", "Asia/Yekaterinburg"),
        ("завтра в 10 мск", "2026-03-13T07:00", "Europe/Moscow"),
        ("в 10 по Москве", "2026-03-12T07:00", "Europe/Moscow"),
        ("10:30 MSK tomorrow", "2026-03-13T07:30", "Europe/Moscow"),
        ("завтра в 10 по времени клиента", "2026-03-13T03:00", KRASNOYARSK),
        ("tomorrow at 10 their time", "2026-03-13T03:00", KRASNOYARSK),
    ],
)
def test_whose_clock_is_meant(phrase: str, utc: str, zone: str) -> None:
    found = parse_moment(phrase, NOW, KRASNOYARSK, my_zone="Asia/Yekaterinburg")
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert found == Moment(expected, zone, assumed=False, moved=False)


def test_my_time_is_not_understood_when_mine_is_unknown() -> None:
    assert parse_moment("завтра в 10 по моему времени", NOW, KRASNOYARSK) == Unread("not_understood")


@pytest.mark.parametrize(
    ("phrase", "utc", "moved"),
    [
        ("29.03 в 2:30", "2026-03-29T01:00", True),  # the hour from 2 is skipped
        ("29.03 в 3:30", "2026-03-29T01:30", False),
        ("25.10 в 2:30", "2026-10-25T00:30", False),  # comes twice: the first
        ("через 200 дней", "2026-09-28T04:04", False),  # the same hour by the clock
        ("через 24 часа", "2026-03-13T05:04", False),
    ],
)
def test_days_on_which_the_clock_is_moved(phrase: str, utc: str, moved: bool) -> None:
    found = parse_moment(phrase, NOW, "Europe/Berlin")
    assert isinstance(found, Moment)
    assert (found.at, found.moved) == (datetime.fromisoformat(utc).replace(tzinfo=UTC), moved)


@pytest.mark.parametrize(
    ("phrase", "assumed"),
    [("завтра", True), ("завтра утром", True), ("завтра в 10", False), ("15 марта", True), ("через час", False)],
)
def test_an_hour_that_was_not_said_is_marked(phrase: str, assumed: bool) -> None:
    found = parse_moment(phrase, NOW, KRASNOYARSK)
    assert isinstance(found, Moment)
    assert found.assumed is assumed


WORDS = sorted({word for phrase in [*RUSSIAN, *ENGLISH] for word in phrase.split()})
moments = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), moments, st.sampled_from(ZONES))
def test_any_words_give_a_later_moment_or_a_reason(phrase: str, now: datetime, zone: str) -> None:
    found = parse_moment(phrase, now, zone, my_zone="Europe/Moscow")
    if isinstance(found, Moment):
        assert now < found.at < now + timedelta(days=5 * 366 + 1)
    else:
        assert found.reason in {
            "empty",
            "too_long",
            "not_understood",
            "past",
            "no_such_date",
            "no_such_time",
            "too_far",
        }


@given(st.text(max_size=120))
@example("٣ марта")
@example("１０：３０")
@example("²")
@example("0.0.0")
@example("99.99")
@example("24:00")
@example("\x00")
def test_no_text_whatever_raises(text: str) -> None:
    found = parse_moment(text, NOW, KRASNOYARSK)
    assert isinstance(found, Unread) or found.at > NOW


@given(st.sampled_from([*RUSSIAN, *ENGLISH]), moments, st.sampled_from(ZONES))
def test_every_phrase_is_later_than_any_moment_it_is_typed_at(phrase: str, now: datetime, zone: str) -> None:
    found = parse_moment(phrase, now, zone)
    assert isinstance(found, Moment | Unread)
    if isinstance(found, Moment):
        assert found.at > now


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(ZONES))
def test_an_exact_hour_of_a_far_day_shows_on_the_clock(hour: int, minute: int, zone: str) -> None:
    found = parse_moment(f"17.06.2027 в {hour:02}:{minute:02}", NOW, zone)
    assert isinstance(found, Moment)
    if not found.moved:
        assert wall(found.at, zone).strftime("%d.%m.%Y %H:%M") == f"17.06.2027 {hour:02}:{minute:02}"
