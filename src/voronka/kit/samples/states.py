"""Other states of the workplace: the next client, night at the client's, the day that is done."""

from collections.abc import Mapping
from datetime import UTC, datetime

from voronka.kit import pieces
from voronka.kit.samples.today import (
    ANNA,
    ANNA_CLOCK,
    ANNA_FEED,
    ANNA_TABS,
    DO,
    EVENING,
    KITCHEN,
    MY_DAY,
    NEEDED,
    NOON,
    PRESSES,
    PROMISED,
    TALK,
    TALLY,
    TOAST,
    by_hour,
    html,
    tabs,
)

# --- The next client, while the toast of the last press is still there ---------------------------------------

LONG: dict[str, object] = {
    "name": "Константинопольская-Задунайская Елизавета Вячеславовна",
    "number": "+73432001118",
    "share": 41,
    "tags": html('<span class="v-chip">новый клиент</span>'),
    "facts": "Екатеринбург · первое обращение · с сайта: Яндекс, «мебель на заказ в квартиру»",
    "missing": "не хватает адреса",
    "ask": "В каком районе будет доставка?",
    "write_url": "#write",
}
WARDROBE: dict[str, object] = {
    "name": "Мебель в шесть комнат: шкафы «Терра» с зеркалами и подсветкой, вишня, подъём на этаж",
    "sum": 1284900,
    "facts": "вероятность 20 %",
    "now": 0,
    "stages": [
        pieces.Stage("Новая", "6 мин, норма 10"),
        *(pieces.Stage(name) for name in ("Квалификация", "Замер", "КП", "Договор", "Оплата")),
    ],
}
FRESH: dict[str, object] = {
    "what": "Новая заявка, ждёт 6 минут.",
    "more": "Обещанных звонков до 12:10 нет, по правилу ответ — за 10 минут.",
    "rule_url": "#order",
    "icon": "bolt",
}
LONG_FEED = [
    pieces.FeedDay(
        "Сегодня, 12 марта",
        [
            pieces.Entry(
                "11:59",
                "forms",
                html("<b>Заявка с сайта</b> · форма «Рассчитать квартиру»"),
                "client",
                "страница «Терра»",
                "«Нужны шкафы и гардеробные в новую квартиру, шесть комнат, две стенки зеркальные. Важно успеть "
                "до 20 апреля: заканчивается ремонт. Звоните после обеда, если можно».",
            ),
            pieces.Entry(
                "11:59",
                "user-check",
                "Карточка создана, двойников нет. Назначена Ольге Ветровой по нагрузке",
                "thin",
            ),
            pieces.Entry(
                "11:52",
                "world",
                html("<b>На сайте 7 минут:</b> «Терра», «Зеркала и подсветка», «Сроки», «Отзывы»"),
                "client",
                "сейчас на странице «Сроки»",
            ),
            pieces.Entry(
                "11:52",
                "ad-2",
                "Пришла из Яндекса по запросу «мебель на заказ в квартиру», объявление 3",
                "thin",
            ),
        ],
    )
]
FRESH_PRESSES = [
    pieces.Press("Недозвон", "phone-x", "1-й из 5: 5 мин", do=DO, menu="/components/ask/outcomes"),
    pieces.Press("Перезвонить", "clock", "спросит когда", ask="/components/ask/time"),
    pieces.Press("Заинтересован", "thumb-up", "квалификация", "next", do=DO),
    pieces.Press("Сразу на замер", "ruler-measure", "спросит дату", ask="/components/ask/field"),
    pieces.Press("Думает", "hourglass", "звонок через 3 дня", do=DO),
    pieces.Press(
        "Отказ", "x", "спросит причину", "late", ask="/components/ask/reasons", menu="/components/ask/reasons"
    ),
]

# --- Night at the client's ---------------------------------------------------------------------------------

GROMOV: dict[str, object] = {
    "name": "Громов Павел Андреевич",
    "number": "+74152203044",
    "share": 72,
    "quiet": True,
    "facts": html("Петропавловск-Камчатский · покупает с 2024 года · <b>1 заказ на 58 300 ₽</b>"),
    "missing": "не хватает почты",
    "ask": "Куда прислать расчёт?",
    "write_url": "#write",
}
FAR: dict[str, object] = {
    "name": "Гардеробная «Норд»",
    "sum": 327600,
    "facts": "вероятность 45 % · по рекомендации",
    "now": 3,
    "stages": [
        pieces.Stage("Новая", "3 мин"),
        pieces.Stage("Квалификация", "2 дня"),
        pieces.Stage("Замер", "1 день"),
        pieces.Stage("КП", "2-й день, норма 3"),
        pieces.Stage("Договор"),
        pieces.Stage("Оплата"),
    ],
}
QUIET: dict[str, object] = {
    "tone": "heed",
    "icon": "moon",
    "label": "У клиента ночь",
    "what": "Лучше в пятницу в 18:05 у клиента — 9:05 у вас.",
    "more": "В начале вашего дня.",
    "acts": True,
}
GROMOV_FEED = [
    pieces.FeedDay(
        "Сегодня, 12 марта",
        [
            pieces.Entry(
                "17:46",
                "hand-click",
                "Вы открыли карточку из поиска: очередь предложит её в пятницу в 9:05",
                "thin",
            ),
            pieces.Entry(
                "10:12",
                "mail-opened",
                html("<b>Письмо открыто:</b> КП № 433 «Гардеробная „Норд“»"),
                "client",
                "19:12 у клиента",
            ),
            pieces.Entry(
                "9:31",
                "phone-outgoing",
                html("<b>Разговор</b> · Ольга Ветрова"),
                "",
                "18:31 у клиента",
                "КП получил, смотрит с женой. Просит скидку за самовывоз из порта, готов подписать до пятницы.",
            ),
        ],
    ),
    pieces.FeedDay(
        "Среда, 11 марта",
        [
            pieces.Entry(
                "9:40",
                "file-text",
                html("<b>КП № 433 отправлено</b> · Ольга Ветрова"),
                "",
                "327 600 ₽",
            ),
            pieces.Entry(
                "9:02",
                "ruler-measure",
                html("<b>Замер выполнен</b> · Артём Ли, 14 фотографий"),
                "gain",
                "",
                "Ниша 3,4 × 1,9 м, потолок 2,6 м. Стены под углом 88°, нужна подрезка боковин.",
            ),
        ],
    ),
]
FAR_PRESSES = [
    pieces.Press("Недозвон", "phone-x", "1-й из 5: завтра", do=DO, menu="/components/ask/outcomes"),
    pieces.Press("Перезвонить", "clock", "спросит когда", "next", ask="/components/ask/time"),
    pieces.Press("КП обсудили", "messages", "договор завтра", do=DO),
    pieces.Press("На договор", "signature", "документы уйдут", do=DO),
    pieces.Press("Оплачено", "currency-ruble", "327 600 ₽, успех", "gain", do=DO),
    pieces.Press(
        "Отказ", "x", "спросит причину", "late", ask="/components/ask/reasons", menu="/components/ask/reasons"
    ),
]


def _state(**values: object) -> dict[str, object]:
    return values


STATES: Mapping[str, dict[str, object]] = {
    "normal": _state(
        client=ANNA, deal=KITCHEN, why=PROMISED, days=ANNA_FEED, tabs=ANNA_TABS, clock=ANNA_CLOCK, load=MY_DAY,
        script=TALK, fields=NEEDED, presses=PRESSES, queue=TALLY, now=NOON,
    ),
    "toast": _state(
        client=LONG, deal=WARDROBE, why=FRESH, days=LONG_FEED, toast=TOAST, now=datetime(2026, 3, 12, 9, 5, tzinfo=UTC),
        tabs=tabs(
            ("Всё", None), ("Звонки", None), ("Чат и письма", None), ("Заявки", 1), ("Сайт", 4), ("Заметки", None)
        ),
        clock={**ANNA_CLOCK, "zone": "Asia/Yekaterinburg", "place": "Екатеринбург", "work": (11, 20)},
        load={
            **MY_DAY, "facts": "сделано 22, по времени ещё 11",
            "hours": by_hour("8 7 5 2 0 0 0 0 0 0", "0 0 0 2 1 4 0 1 3 0"),
        },
        script={
            "name": "«Новая заявка»", "step": "шаг 1 из 6",
            "say": "Елизавета Вячеславовна, добрый день! Ольга, «Ладная кухня». Вы рассчитывали мебель на квартиру — "
            "подскажите, размеры уже снимали?",
            "ways": [("Д", "Да, есть"), ("Н", "Нет"), ("О", "Ошиблись номером")],
        },
        fields={
            "of": "«Новая»", "end": "1 из 3",
            "facts": [
                pieces.Fact("Что нужно", "мебель, шесть комнат"),
                pieces.Fact("К какому сроку", "не указано", "empty"),
                pieces.Fact("Район", "не указано", "empty"),
            ],
        },
        presses=FRESH_PRESSES,
        queue={"done": 22, "left": 36, "promised": 4, "next": "Дальше: Ким Евгений, обещан звонок в 12:10"},
    ),
    "night": _state(
        client=GROMOV, deal=FAR, why=QUIET, days=GROMOV_FEED, now=EVENING,
        tabs=tabs(("Всё", None), ("Звонки", 3), ("Чат и письма", 2), ("Заказы", 1), ("Сайт", 5), ("Заметки", 1)),
        clock={
            "zone": "Asia/Kamchatka", "place": "Петропавловск-К.", "call": (9, 20), "work": (18, 27), "meet": (18, 20),
            "more": "общие часы 18–20", "label": "",
        },
        load={
            "now": 17, "facts": "сделано 56, по времени ещё 2", "label": "Сделано 56, запланировано 2",
            "hours": by_hour("8 7 5 6 4 8 7 6 5 0", "0 0 0 0 0 0 0 0 2 0"),
        },
        script={
            "name": "«После КП»", "step": "на пятницу",
            "say": "Павел Андреевич, добрый вечер! Это Ольга, «Ладная кухня». "
            "Удалось посмотреть расчёт по гардеробной?",
            "ways": [("П", "Посмотрел"), ("Е", "Ещё нет"), ("Д", "Дорого")],
        },
        fields={
            "of": "«КП»", "end": "2 из 3",
            "facts": [
                pieces.Fact("КП", "№ 433 от 11 марта"),
                pieces.Fact("Скидка", "не указано", "empty"),
                pieces.Fact("Доставка", "самовывоз, порт"),
            ],
        },
        presses=FAR_PRESSES,
        queue={"done": 56, "left": 2, "promised": 0, "next": "Дальше: Орлов Денис, звонок до 18:00"},
    ),
}  # fmt: skip


def day_presses() -> list[tuple[float, str, str]]:
    """Fifty-eight presses of the sample day, spread by a fixed sequence."""
    seed = 42
    rows: list[tuple[float, str, str]] = []
    counts = (8, 7, 5, 6, 4, 8, 7, 6, 7)
    for hour, many in enumerate(counts, start=9):
        first, last = (35 if hour == 13 else 2), (42 if hour == 17 else 59)
        for index in range(many):
            seed = (seed * 16807) % 2147483647
            minute = hour * 60 + first + (last - first) * (index + seed / 2147483647 * 0.8) / many
            place = (len(rows) * 37) % 58
            kind = "miss" if place < 17 else "step" if place < 34 else "refuse" if place < 38 else "talk"
            rows.append((minute, kind, ""))
    for index, text in ((6, "+96 400 ₽"), (24, "+132 200 ₽"), (49, "+184 000 ₽")):
        rows[index] = (rows[index][0], "paid", text.replace(" ", "\u00a0"))
    return rows


DONE: dict[str, object] = {
    "lead": "58 человек за день, обещанное время соблюдено 9 раз из 9. Последний разговор — с Орловым в 17:38.",
    "presses": day_presses(),
    "now": 17 * 60 + 42,
    "stats": [
        pieces.Stat("Обработано", "58", "обычно 52"),
        pieces.Stat("Разговоров", "41", "2 ч 14 мин на линии"),
        pieces.Stat("Шагов вперёд", "17", "обычно 14"),
        pieces.Stat("Оплачено", "412 600 ₽", "3 заказа, день закрыт на 118 %", more_tone="gain"),
        pieces.Stat("Отказов", "4", "2 — «дорого»"),
    ],
    "paid": [
        ("Кухня «Лофт», угловая, дуб · Лебедева Н.", html('<span class="v-sum">184 000 ₽</span>')),
        ("Гостиная «Сканди» · Маслова Р.", html('<span class="v-sum">132 200 ₽</span>')),
        ("Шкаф-купе «Терра», 3 двери · Юсупов Р.", html('<span class="v-sum">96 400 ₽</span>')),
    ],
    "passed": [
        ("Замер, Лаптев Роман", "Артём Ли, сб 11:00"),
        ("Договор, ООО «Таёжный двор»", "юрист, до пт 12:00"),
        ("Доставка, Юсупов Ринат", "склад, вт 17 марта"),
    ],
    "tomorrow": {
        "facts": "пт, 13 марта: 12 задач",
        "label": "Завтра по часам: 9 — 3, 10 — 2, 11 — 1, 12 — 2, 14 — 3, 15 — 1",
        "hours": by_hour("0 0 0 0 0 0 0 0 0 0", "3 2 1 2 0 3 1 0 0 0"),
    },
    "first": [
        ("9:05", "Громов Павел Андреевич", "обещан · у него 18:05"),
        ("9:30", "ООО «Таёжный двор»", "договор на подпись · у них 13:30"),
        ("10:00", "Смирнова Анна Петровна", "подтвердить замер · у неё 14:00"),
    ],
    "acts": [
        pieces.Press("Взять из общего резерва", "users", "64 клиента ждут любого", "next", do=DO),
        pieces.Press("Пройти список", "list-check", "«Давно не покупали», 124", do=DO),
        pieces.Press("Закончить день", "door-exit", "итог увидит руководитель", do=DO),
    ],
    "queue": {"done": 58, "left": 0, "promised": 0, "next": "Новые заявки придут сюда сами"},
}  # fmt: skip
