"""Sample data of whole pages other than the workplace: client, button editor, import."""

from collections.abc import Mapping

from voronka.kit import pieces
from voronka.kit.samples.today import html

CLIENT: Mapping[str, object] = {
    "tags": ["«Золото»", "семья, 2 детей"],
    "lead": "С марта 2021 года · Ольга Ветрова",
    "share": 86,
    "ask": "Спросите: «Когда вас поздравить?»",
    "about": [
        pieces.Fact("Откуда", "Яндекс, «кухня лофт»"),
        pieces.Fact("Стиль", "лофт, тёплое дерево"),
        pieces.Fact("Бюджет", "до 200 000 ₽"),
        pieces.Fact("Родилась", "не указано", "empty"),
    ],
    "money": [
        pieces.Fact("Всего, 4 заказа", "612 400 ₽"),
        pieces.Fact("Средний чек", "153 100 ₽"),
        pieces.Fact("Последняя", "114 дней назад"),
        pieces.Fact("Обычный промежуток", "18 месяцев"),
    ],
    "dues": [
        pieces.Fact("Ждём до 20 марта, счёт № 902", "34 250 ₽"),
        pieces.Fact("Возврат по заказу № 2640", "−4 800 ₽", "spend"),
        pieces.Fact("Просроченный долг", "нет"),
    ],
}

EDITOR: Mapping[str, object] = {
    "stages": [
        pieces.Stage("Новая", "6 кнопок"),
        pieces.Stage("Квалиф.", "6 кнопок"),
        pieces.Stage("Замер", "6 кнопок"),
        pieces.Stage("КП", "5 кнопок"),
        pieces.Stage("Договор", "4 кнопки"),
        pieces.Stage("Оплата", "3 кнопки"),
    ],
    "presses": [
        pieces.Press("Недозвон", "phone-x", "1-й из 5: 5 мин", menu="#"),
        pieces.Press("Перезвонить", "clock", "спросит когда"),
        pieces.Press("Замер назначен", "ruler-measure", "спросит дату", "next"),
        pieces.Press("КП отправлено", "file-text", "звонок завтра"),
        pieces.Press("Оплачено", "currency-ruble", "сумма, успех", "gain"),
        pieces.Press("Отказ", "x", "спросит причину", "late", menu="#"),
    ],
    "rungs": [
        {"name": "1-й", "text": "через 5 мин"},
        {"name": "2-й", "text": "через 30 мин"},
        {"name": "3-й", "text": "через 3 часа"},
        {"name": "4-й", "text": "через 1 день"},
        {"name": "5-й", "text": "в архив", "is_end": True},
    ],
    "dry": [
        {"time": "12:04", "text": html("счёт недозвонов <b>1 → 2</b>")},
        {"time": "12:04", "text": html("задача <b>Перезвонить</b> на 16:34 у клиента, 12:34 у вас")},
        {"time": "12:04", "text": html("через 10 с SMS «Анна, звонили вам…», <b>9,30 ₽</b>")},
        {"text": "шаги 4 и 5 не сработают: недозвон 2-й", "skip": True},
    ],
    "more_steps": [
        "сменить этап",
        "поставить задачу",
        "спросить поле",
        "написать клиенту",
        "назначить сотрудника",
        "ещё 9",
    ],
}

_NO = pieces.Cell("")
_WORDS = {
    "ok": ("check", "gain", "готова"),
    "twin": ("copy", "heed", "двойник"),
    "inn": ("id", "heed", "без ИНН"),
    "phone": ("phone-off", "heed", "без телефона"),
    "no": ("x", "late", "не пройдёт"),
}


def _row(number: int, state: str, *cells: pieces.Cell | str) -> pieces.CheckRow:
    icon, tone, word = _WORDS[state]
    made = [cell if isinstance(cell, pieces.Cell) else pieces.Cell(cell) for cell in cells]
    return pieces.CheckRow(number, icon, tone, word, made)


IMPORT: Mapping[str, object] = {
    "stages": [
        pieces.Stage("Файл", "12 480 строк"),
        pieces.Stage("Колонки", "8 из 11"),
        pieces.Stage("Проверка", "66 замечаний"),
        pieces.Stage("Загрузка"),
        pieces.Stage("Итог"),
    ],
    "running": [
        pieces.Stage("Файл", "12 480 строк"),
        pieces.Stage("Колонки", "8 из 11"),
        pieces.Stage("Проверка", "всё решено"),
        pieces.Stage("Загрузка", "58 %"),
        pieces.Stage("Итог"),
    ],
    "columns": [
        pieces.Column("Имя или название", "A · «ФИО»"),
        pieces.Column("Телефон", "B · «тел»"),
        pieces.Column("Почта", "C · «e-mail»"),
        pieces.Column("Город", "D · «город»"),
        pieces.Column("ИНН", "F · «инн»"),
        pieces.Column("Сумма покупок", "H · «итого»", is_number=True),
    ],
    "rows": [
        _row(
            2, "ok", "Смирнова Анна Петровна", pieces.Cell("8(391)200-00-01", "→ +7 391 200-00-01", "fix"),
            "anna.smirnova@example.ru", "Красноярск", _NO, "612 400",
        ),
        _row(
            3, "twin", pieces.Cell("смирнова а.п.", "двойник строки 2", "heed"), "+7 391 200-00-01", _NO,
            pieces.Cell("Красноярс", "→ Красноярск?", "fix"), _NO, "96 400",
        ),
        _row(
            4, "ok", "ООО «Таёжный двор»", "+7 391 220-14-70", "zakaz@taiga.example.ru", "Красноярск", "2463118402",
            "418 000",
        ),
        _row(
            5, "inn", "ИП Сомов Илья Олегович", "+7 342 211-08-90", "somov@example.ru", "Пермь",
            pieces.Cell("590211840", "9 цифр из 10", "heed"), "486 000",
        ),
        _row(
            6, "ok", "Константинопольская-Задунайская Елизавета",
            pieces.Cell("343 200 11 18", "→ +7 343 200-11-18", "fix"), _NO, "Екатеринбург", _NO, "1 284 900",
        ),
        _row(
            7, "ok", pieces.Cell("КИМ ЕВГЕНИЙ", "→ Ким Евгений", "fix"), "+7 423 240-55-12", "kim.e@example.ru",
            "Владивосток", _NO, "146 000",
        ),
        _row(
            8, "no", pieces.Cell("—", "нет имени и телефона", "late"), _NO,
            pieces.Cell("info@", "адрес не полный", "late"), _NO, _NO, "0",
        ),
        _row(
            9, "ok", "Абдрахманова Гульнара Ильдаровна", "+7 347 246-31-05", "gulnara@example.ru", "Уфа", _NO,
            pieces.Cell("203.000,00", "→ 203 000", "fix"),
        ),
        _row(
            10, "phone", "Лаптев Роман", pieces.Cell("+7 495 120-00", "не хватает 2 цифр", "heed"),
            "laptev@example.ru", "Москва", _NO, "241 300",
        ),
        _row(
            11, "ok", "Школа № 12", "+7 385 236-12-12", "school12@example.ru", "Барнаул", "2224031172", "690 000"
        ),
    ],
    "twins": [
        pieces.Way("update", "обновить карточку", chosen=True),
        pieces.Way("skip", "пропустить"),
        pieces.Way("make", "создать вторую"),
    ],
    "phones": [pieces.Way("without", "загрузить без телефона", chosen=True), pieces.Way("no", "не загружать")],
    "inns": [pieces.Way("without", "загрузить без ИНН", chosen=True), pieces.Way("no", "не загружать")],
    "nobody": [pieces.Way("no", "не загружать", chosen=True)],
    "late": [0, 38],
    "stats": [
        pieces.Stat("Новых", "7 210", "карточек создано"),
        pieces.Stat("Обновлено", "29", "двойники по телефону"),
        pieces.Stat("Не прошли", "2", "строки 8 и 4 812", "late"),
        pieces.Stat("Скорость", "43 в секунду", "пауз не было"),
    ],
    "log": [
        ("7 241", "Рогова Вера Николаевна", "новая, Чита"),
        ("7 240", "ООО «Северный лес»", "новая, Архангельск"),
        ("7 239", "Хасанов Тимур", "обновлён телефон"),
    ],
}  # fmt: skip
