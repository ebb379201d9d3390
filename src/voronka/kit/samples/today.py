"""The manager, the client on the line and what a press asks."""

from datetime import UTC, datetime

from django.utils.safestring import SafeString, mark_safe

from voronka.kit import pieces

MOSCOW = "Europe/Moscow"
NOON = datetime(2026, 3, 12, 9, 4, tzinfo=UTC)
EVENING = datetime(2026, 3, 12, 14, 48, tzinfo=UTC)


def html(text: str) -> SafeString:
    """Own literals of this module only."""
    return mark_safe(text)  # noqa: S308  literals of this file


NAV = [
    pieces.NavItem("Работа", "/components/workplace", active=True),
    pieces.NavItem("Сделки", "/components/"),
    pieces.NavItem("Клиенты", "/components/client"),
    pieces.NavItem("Планер", "/components/"),
    pieces.NavItem("Чаты", "/components/", count=3),
    pieces.NavItem("Отчёты", "/components/"),
    pieces.NavItem("Настройка", "/components/editor"),
]


def frame(now: datetime = NOON, theme: str = "auto", language: str = "ru") -> pieces.Frame:
    """The top bar of the sample manager; clocks stand still."""
    return pieces.Frame(
        me="Ольга Ветрова",
        email="vetrova@ladkuhnya.example",
        company="Ладная кухня",
        theme=theme,
        language=language,
        home_url="/components/workplace",
        now=now,
        my_place="Москва" if language == "ru" else "Moscow",
        still=True,
        search_url="/components/found",
        bell_url="/components/",
        unread=1,
        theme_url="/components/theme",
        language_url="/components/language",
        sign_out_url="/components/",
        links=[
            pieces.Link("Мой профиль", "/components/", "user"),
            pieces.Link("Сеансы", "/components/", "device-laptop"),
        ],
    )


def by_hour(done: str, plan: str) -> list[tuple[int, int, int]]:
    """Load from nine o'clock on: done and planned, hour by hour."""
    pairs = zip(done.split(), plan.split(), strict=True)
    return [(hour, int(a), int(b)) for hour, (a, b) in enumerate(pairs, start=9)]


ANNA: dict[str, object] = {
    "name": "Смирнова Анна Петровна",
    "vip": True,
    "number": "+73912000001",
    "share": 86,
    "facts": html(
        "Красноярск · покупает с 2021 года · <b>4 заказа на 612 400 ₽</b> · уровень «Золото», 3 120 баллов"
    ),
    "missing": "не хватает дня рождения",
    "ask": "Когда вас поздравить?",
    "write_url": "#write",
}
KITCHEN: dict[str, object] = {
    "name": "Кухня «Лофт», угловая, дуб",
    "sum": 184000,
    "facts": "вероятность 60 % · с сайта, повторная",
    "more": "Ещё 1 сделка",
    "now": 2,
    "stages": [
        pieces.Stage("Новая", "8 мин"),
        pieces.Stage("Квалификация", "1 день"),
        pieces.Stage("Замер", "3-й день, норма 4"),
        pieces.Stage("КП"),
        pieces.Stage("Договор"),
        pieces.Stage("Оплата"),
    ],
}
PROMISED: dict[str, object] = {
    "what": "Обещан звонок в 16:00 у клиента.",
    "more": "Прошло 4 минуты, муж уже дома — решают по замеру.",
    "rule_url": "#order",
}

ANNA_FEED = [
    pieces.FeedDay(
        "Сегодня, 12 марта",
        [
            pieces.Entry(
                "11:58",
                "world",
                html("<b>На сайте 6 минут:</b> «Столешница дуб, 38 мм», «Рассрочка», «Доставка по Красноярску»"),
                "client",
                "ушла 4 мин назад",
            ),
            pieces.Entry(
                "9:12", "device-mobile", "SMS «Анна Петровна, позвоним сегодня в 16:00» — доставлено", "thin"
            ),
        ],
    ),
    pieces.FeedDay(
        "Вчера",
        [
            pieces.Entry(
                "14:20",
                "phone-outgoing",
                html("<b>Разговор</b> · Ольга Ветрова"),
                "",
                "скрипт «Перед замером», до шага 3",
                "Попросила перезвонить в четверг в 16:00: муж вернётся с вахты, решат по замеру. "
                "Размеры 2,4 × 3,1 м, вытяжка остаётся старая.",
            ),
            pieces.Entry(
                "11:06",
                "message-circle",
                html("<b>Чат на сайте</b> · 2 сообщения"),
                "client",
                "ответ через 3 мин",
                talk=[
                    ("Анна", "Можно столешницу из дуба, а не из ДСП? И сколько выйдет в рассрочку на полгода?"),
                    ("Ольга", "Да, дуб 38 мм: +21 500 ₽. Рассрочка на 6 месяцев без переплаты — по 34 250 ₽."),
                ],
            ),
        ],
    ),
    pieces.FeedDay(
        "Вторник, 10 марта",
        [
            pieces.Entry(
                "16:40",
                "mail-opened",
                html("<b>Письмо открыто 2 раза:</b> КП № 418 «Кухня „Лофт“, три варианта фасадов»"),
                "client",
                "последний — вчера в 22:14",
            ),
            pieces.Entry(
                "13:30", "phone-x", html("<b>Недозвон, 1-й</b> · не отвечает"), "late", "повторили через 5 мин"
            ),
            pieces.Entry(
                "9:05",
                "pin",
                html("<b>Заметка</b> · Ольга Ветрова"),
                "pin",
                "",
                "Не звонить до 10 утра: маленький ребёнок. Решение принимают вдвоём с мужем, Дмитрием.",
            ),
        ],
    ),
    pieces.FeedDay(
        "2025 год",
        [
            pieces.Entry(
                "18.11",
                "currency-ruble",
                html("<b>Заказ № 2914 оплачен:</b> шкаф-купе «Терра», 3 двери"),
                "gain",
                html('<b class="v-gain">+96 400 ₽</b>'),
            ),
            pieces.Entry("02.11", "arrow-right", "Этап: «Договор» → «Оплата» · автоматически по счёту № 731", "thin"),
        ],
    ),
]


def tabs(*pairs: tuple[str, int | None]) -> list[pieces.Tab]:
    """Tabs with the first one chosen."""
    return [pieces.Tab(name, "#", count, active=index == 0) for index, (name, count) in enumerate(pairs)]


ANNA_TABS = tabs(("Всё", None), ("Звонки", 4), ("Чат и письма", 9), ("Заказы", 4), ("Сайт", 12), ("Заметки", 3))
ANNA_CLOCK: dict[str, object] = {
    "zone": "Asia/Krasnoyarsk",
    "place": "Красноярск",
    "call": (9, 20),
    "work": (13, 22),
    "meet": (),
    "more": "",
    "label": "",
}
MY_DAY: dict[str, object] = {
    "now": 12,
    "facts": "сделано 21, по времени ещё 10",
    "label": "Сделано: 9 часов — 8, 10 — 7, 11 — 5, 12 — 1. Запланировано: 12 — 1, 13 — 1, 14 — 4, 16 — 1, 17 — 3",
    "hours": by_hour("8 7 5 1 0 0 0 0 0 0", "0 0 0 1 1 4 0 1 3 0"),
}  # fmt: skip
TALK: dict[str, object] = {
    "name": "«Перед замером»",
    "step": "шаг 1 из 5",
    "say": "Анна Петровна, здравствуйте! Это Ольга, «Ладная кухня». Вчера договорились созвониться — удобно сейчас?",
    "ways": [("А", "Да, удобно"), ("С", "Позже"), ("В", "Передумали")],
}
NEEDED: dict[str, object] = {
    "of": "«Замер»",
    "end": "3 из 5",
    "facts": [
        pieces.Fact("Дата замера", "нужна для «Замер назначен»", "need"),
        pieces.Fact("Адрес", "ул. Ладо Кецховели, 22, кв. 84"),
        pieces.Fact("Размеры", "2,4 × 3,1 м, угол левый"),
        pieces.Fact("Столешница", "дуб, 38 мм"),
        pieces.Fact("Этаж и лифт", "не указано", "empty"),
    ],
}
DO = "/components/pressed"
WHY_NOT = "/components/ask/reasons"
REFUSAL = pieces.Press("Отказ", "x", "спросит причину", "late", ask=WHY_NOT, menu=WHY_NOT)
PRESSES = [
    pieces.Press("Недозвон", "phone-x", "2-й из 5: 30 мин", do=DO, menu="/components/ask/outcomes"),
    pieces.Press("Перезвонить", "clock", "спросит когда", ask="/components/ask/time"),
    pieces.Press("Замер назначен", "ruler-measure", "спросит дату", "next", ask="/components/ask/field"),
    pieces.Press("КП отправлено", "file-text", "звонок завтра", do=DO),
    pieces.Press("Оплачено", "currency-ruble", "184 000 ₽, успех", "gain", do=DO),
    pieces.Press(
        "Отказ", "x", "спросит причину", "late", ask="/components/ask/reasons", menu="/components/ask/reasons"
    ),
]
TALLY: dict[str, object] = {
    "done": 21, "left": 37, "promised": 4, "next": "Дальше: Ким Евгений, обещан звонок в 12:10",
}  # fmt: skip
MISSES: dict[str, object] = {
    "name": "Недозвон",
    "for": "1",
    "count": "второй из пяти",
    "rungs": ["5 мин", "30 мин", "3 часа", "1 день", "архив"],
    "rung": 1,
    "foot": html('<kbd class="v-key">1</kbd> ещё раз — «Не отвечает»'),
    "choices": [
        pieces.Choice("Не отвечает", "в 16:34 у клиента, 12:34 у вас", "no_answer", is_first=True),
        pieces.Choice("Недоступен", "в 16:34 и SMS «Не дозвонились»", "unavailable"),
        pieces.Choice("Занято", "через 5 мин, счёт не растёт", "busy"),
    ],
}
REASONS: dict[str, object] = {
    "name": "Отказ: почему?",
    "for": "6",
    "count": "",
    "rungs": [],
    "rung": 0,
    "foot": "",
    "choices": [
        pieces.Choice("Дорого", "можно предложить рассрочку", "price", is_first=True),
        pieces.Choice("Купили у других", "", "rival"),
        pieces.Choice("Не сейчас", "вернётся через полгода", "later"),
        pieces.Choice("Не наш товар", "", "wrong"),
    ],
}


def _hours() -> list[pieces.StripHour]:
    """Nineteen hours of both sides from Thursday 16:00 of the client's, the night folded."""
    rows: list[tuple[int, int, int, int, str, str, str]] = [
        # day, client's hour, my hour, tasks, kind, head of the day, saying
        (12, 16, 12, 1, "", "Сегодня, чт 12", ""), (12, 17, 13, 1, "", "", ""), (12, 18, 14, 4, "", "", ""),
        (12, 19, 15, 0, "", "", ""), (12, 20, 16, 1, "quiet", "", "не звонить"), (12, 21, 17, 3, "quiet", "", ""),
        (12, 22, 18, 0, "night", "", ""),
        (13, 9, 5, 0, "off", "Завтра, пт 13", "вы ещё не на работе"), (13, 10, 6, 0, "off", "", ""),
        (13, 11, 7, 0, "off", "", ""), (13, 12, 8, 0, "off", "", ""), (13, 13, 9, 3, "", "", ""),
        (13, 14, 10, 2, "", "", ""), (13, 15, 11, 1, "", "", ""), (13, 16, 12, 2, "", "", ""),
        (13, 17, 13, 0, "", "", ""), (13, 18, 14, 3, "", "", ""), (13, 19, 15, 1, "", "", ""),
        (13, 20, 16, 0, "quiet", "", ""),
    ]  # fmt: skip
    return [
        pieces.StripHour(
            client=str(theirs),
            mine=str(mine),
            at=datetime(2026, 3, day, mine - 3, tzinfo=UTC).isoformat(),
            tasks=tasks,
            kind=kind,
            first=first,
            say=say,
            text="22–8" if kind == "night" else "",
            day="Сегодня" if day == 12 else "Завтра",
            pick="19:00" if (day, theirs) == (12, 19) else "",
        )
        for day, theirs, mine, tasks, kind, first, say in rows
    ]


def _day(label: str, number: str, tasks: int, state: str = "") -> pieces.StripDay:
    return pieces.StripDay(label, number, tasks, state, "/components/ask/time")


WHEN: dict[str, object] = {
    "title": "Когда перезвонить?",
    "for": "2",
    "hint": "по часам клиента, Красноярск",
    "zone": "Asia/Krasnoyarsk",
    "days": [
        _day("чт", "12", 10, "on"), _day("пт", "13", 12), _day("сб", "14", 0, "off"), _day("вс", "15", 0, "off"),
        _day("пн", "16", 17), _day("вт", "17", 6), _day("ср", "18", 3),
    ],
    "chips": [
        pieces.Quick("2026-03-12T09:09:00+00:00", "через 5 мин", "16:09 · 12:09 у вас"),
        pieces.Quick("2026-03-12T10:04:00+00:00", "через час", "17:04 · 13:04 у вас"),
        pieces.Quick("2026-03-12T11:00:00+00:00", "сегодня 18:00", "14:00 у вас, 4 задачи"),
        pieces.Quick("2026-03-13T06:00:00+00:00", "завтра 13:00", "9:00 у вас"),
        pieces.Quick("2026-03-16T06:00:00+00:00", "понедельник 13:00", "9:00 у вас"),
    ],
    "hours": _hours(),
    "phrase": "сегодня в 7 вечера",
    "picked": "2026-03-12T12:00:00+00:00",
    "result": html("<b>Сегодня в 19:00 у клиента — 15:00 у вас.</b> В этот час у вас свободно."),
    "commit": "Поставить на 19:00",
}  # fmt: skip

TOAST: dict[str, object] = {
    "icon": "phone-x",
    "what": "Смирнова А. П.: недоступна, второй раз",
    "more": "Вернётся в 16:34 по её часам, в 12:34 у вас. SMS «Не дозвонились» ещё не ушла.",
    "left": 8,
}

SEARCH = [
    pieces.FoundGroup(
        "Клиенты",
        [
            pieces.Found(
                "user", html("<mark>Смирн</mark>ова Анна Петровна"), "/components/client",
                "Красноярск · Кухня «Лофт», замер", "16:04 у клиента", "tel:+73912000001",
            ),
            pieces.Found(
                "user", html("<mark>Смирн</mark>ов Игорь"), "/components/client",
                "Пермь · без открытых сделок", "14:04 у клиента",
            ),
            pieces.Found(
                "building", html("ООО «<mark>Смирн</mark>ов и сыновья»"), "/components/client",
                "ИНН 5902118403 · договор до 31 декабря", "14:04 у клиента",
            ),
        ],
    ),
    pieces.FoundGroup(
        "Сделки и заказы",
        [
            pieces.Found(
                "layout-kanban", "Кухня «Лофт», угловая, дуб", "/components/workplace",
                html("<mark>Смирн</mark>ова А. П. · замер"), "184 000 ₽",
            ),
            pieces.Found(
                "package", "Заказ № 2914", "/components/workplace",
                html("<mark>Смирн</mark>ова А. П. · оплачен 18 ноября 2025"), "96 400 ₽",
            ),
        ],
    ),
    pieces.FoundGroup(
        "Действия",
        [
            pieces.Found(
                "user-plus", "Новый клиент «смирн»", "/components/client", "",
                html('<kbd class="v-key">Ctrl</kbd><kbd class="v-key">I</kbd>'),
            ),
            pieces.Found(
                "message", "Написать Смирновой Анне", "/components/client", "чат, SMS или письмо",
                html('<kbd class="v-key">9</kbd>'),
            ),
            pieces.Found("history", "Что сегодня изменилось у Смирновой Анны", "/components/client"),
        ],
    ),
]  # fmt: skip
