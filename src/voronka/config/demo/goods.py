"""What the demo shop sells, in words: kinds of things for a kitchen and a home, their series, sizes, colours."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of thing: where it lies, what it is called, in which sizes and colours, about what it costs.

    `sizes` name what tells products of a series apart and how their price differs; `size_mm` is the piece's own size.
    """

    path: tuple[str, str]
    noun: str
    series: str
    sizes: tuple[tuple[str, float], ...]
    colours: str
    price: int
    weight_g: int
    size_mm: tuple[int, int, int]
    brands: str
    material: str
    unit: str


SERIES = {
    "kitchen": (
        "Линия", "Норд", "Брусок", "Лофт", "Верона", "Прованс", "Сканди", "Классика", "Мята", "Графит", "Берег",
        "Олива", "Тоскана", "Ритм", "Версаль", "Мотив", "Рондо", "Сити",
    ),
    "rooms": (
        "Облако", "Линия", "Норд", "Тверь", "Сканди", "Орион", "Парус", "Роща", "Дюна", "Мелодия", "Онега", "Ладога",
        "Сенеж", "Марта", "Вега",
    ),
    "ware": (
        "Капля", "Берег", "Соль", "Туман", "Сосна", "Рябина", "Волна", "Шале", "Мох", "Рассвет", "Пряник", "Лагуна",
        "Уют", "Родник", "Полынь",
    ),
    "light": ("Сфера", "Луч", "Маяк", "Овал", "Контур", "Кольцо", "Призма", "Стрела", "Заря", "Нить", "Купол"),
}  # fmt: skip
COLOURS = {
    "wood": ("дуб натуральный", "дуб сонома", "орех", "ясень белый", "венге"),
    "paint": ("белый", "графит", "олива", "капучино", "синий"),
    "metal": ("хром", "чёрный", "бронза", "сатин"),
    "cloth": ("бежевый", "серый", "терракота", "изумруд"),
    "one": ("",),
    "ware": ("белый", "серый", "песочный"),
}
BRANDS = {
    "furniture": ("Ладная кухня", "Мебельград", "Брянский бук", "Северный дуб", "Фабрика Заря"),
    "metal": ("Сталь и форма", "Термет", "Ключ"),
    "ware": ("Дымов", "Псковская керамика", "Гусь", "Дом Лён"),
    "tech": ("Ветер", "Метель", "Искра"),
}
SERVICES = (
    ("Замер кухни", 0),
    ("Доставка по городу", 1_500),
    ("Подъём на этаж без лифта", 400),
    ("Сборка кухни за погонный метр", 3_900),
    ("Установка мойки", 2_500),
    ("Подключение вытяжки", 1_800),
    ("Сборка шкафа", 1_200),
)
SUPPLIERS = (
    ("Мебельград", "RUB", 7),
    ("Северный дуб", "RUB", 14),
    ("Сталь и форма", "RUB", 5),
    ("Псковская керамика", "RUB", 10),
    ("Light Contour Co.", "USD", 45),
    ("Ankara Hardware", "EUR", 30),
)


@cache
def families() -> tuple[Family, ...]:
    """Return the kinds of things of `goods.csv`."""
    with Path(__file__).with_name("goods.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_family(row) for row in csv.DictReader(file, delimiter=";"))


def _family(row: dict[str, str]) -> Family:
    sizes = [part.strip().rpartition("=") for part in row["sizes"].split("|")]
    length, width, height = map(int, row["size_mm"].split("x"))
    return Family(
        path=(row["top"], row["below"]),
        noun=row["noun"],
        series=row["series"],
        sizes=tuple((name, float(factor)) for name, _sign, factor in sizes),
        colours=row["colours"],
        price=int(row["price"]),
        weight_g=int(row["weight_g"]),
        size_mm=(length, width, height),
        brands=row["brands"],
        material=row["material"],
        unit=row["unit"],
    )
