"""Made-up goods of five trades, and how dealers would write them: the right answer is known for each.

Nothing here comes from anybody's price list: brands are made of syllables, goods of their kind's words and sizes. The
dealers do what dealers do: turn words about, cut them short, write the brand in the other alphabet, litres for
millilitres, run words together, leave out, misspell, put in words of their own.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Line(NamedTuple):
    """A name and the article it stands for (empty: none of ours)."""

    name: str
    sku: str


@dataclass(frozen=True, slots=True)
class Trade:
    """How goods of a trade are called: kinds with what they are for, series, marks, sizes."""

    kinds: Sequence[tuple[str, Sequence[str]]]
    series: Sequence[str]
    marks: Sequence[Sequence[str]]
    sizes: Sequence[str]
    packs: Sequence[str] = ("",)


_COLOURS = (
    "белый",
    "чёрный",
    "серый",
    "красный",
    "синий",
    "зелёный",
    "бежевый",
    "коричневый",
    "графит",
    "слоновая кость",
)
TRADES = (
    Trade(
        (
            ("Саморез", ("по дереву", "по металлу", "кровельный", "с прессшайбой", "для гипсокартона")),
            ("Болт", ("с полной резьбой", "мебельный", "с шестигранной головкой", "высокопрочный")),
            ("Дюбель", ("распорный", "фасадный", "для теплоизоляции", "универсальный")),
            ("Анкер", ("клиновой", "с гайкой", "химический", "рамный")),
        ),
        ("Standard", "Profi", "Maxi", "Titan", "Eco"),
        (
            ("оцинкованный", "жёлтый цинк", "нержавеющий А2", "чёрный фосфатированный"),
            ("потай", "полусфера", "цилиндр"),
        ),
        ("3x20", "3,5x25", "3,5x35", "4x40", "4,2x51", "5x60", "6x80", "8x100", "10x120", "12x150"),
        ("", "", "100 шт", "200 шт", "500 шт"),
    ),
    Trade(
        (
            ("Краска", ("для стен и потолков", "фасадная", "резиновая", "для радиаторов", "моющаяся")),
            ("Эмаль", ("универсальная", "для пола", "термостойкая", "по ржавчине")),
            ("Грунтовка", ("глубокого проникновения", "укрепляющая", "антикоррозийная")),
            ("Лак", ("паркетный", "яхтный", "для камня", "мебельный")),
        ),
        ("Classic", "Aqua", "Premium", "Expert", "Bio"),
        (_COLOURS, ("матовая", "глянцевая", "полуматовая")),
        ("0,4 л", "0,9 л", "1 л", "2,5 л", "5 л", "9 л", "10 л", "1,2 кг", "3 кг", "14 кг"),
    ),
    Trade(
        (
            ("Чай", ("чёрный листовой", "зелёный листовой", "травяной", "чёрный с бергамотом", "в пакетиках чёрный")),
            ("Кофе", ("в зёрнах", "молотый", "растворимый сублимированный", "в капсулах")),
            ("Печенье", ("сахарное", "овсяное", "с шоколадной крошкой", "затяжное")),
            ("Шоколад", ("молочный", "горький", "с фундуком", "белый пористый")),
        ),
        ("Gold", "Morning", "Royal", "Family", "Intense"),
        (("ваниль", "имбирь", "лесные ягоды", "апельсин", "мята", "карамель"), ("подарочный", "эконом", "крафт")),
        ("50 г", "90 г", "100 г", "180 г", "200 г", "250 г", "400 г", "500 г", "1 кг"),
        ("", "", "", "6 шт", "12 шт"),
    ),
    Trade(
        (
            ("Кабель", ("силовой медный", "для передачи данных", "зарядный магнитный", "удлинитель")),
            ("Наушники", ("беспроводные", "вкладыши проводные", "полноразмерные с микрофоном")),
            ("Лампа светодиодная", ("груша", "свеча", "шар", "рефлектор")),
            ("Зарядное устройство", ("сетевое", "автомобильное", "беспроводное")),
        ),
        ("Air", "Nova", "Pulse", "Link", "Power"),
        (("белый", "чёрный", "серебристый", "розовый"), ("тёплый свет", "холодный свет", "дневной свет")),
        ("1 м", "1,5 м", "2 м", "3 м", "5 Вт", "7 Вт", "9 Вт", "12 Вт", "20 Вт", "10 м"),
    ),
    Trade(
        (
            ("Шампунь", ("для сухих волос", "от перхоти", "для окрашенных волос", "детский")),
            ("Гель для душа", ("увлажняющий", "освежающий", "мужской", "с маслом арганы")),
            ("Крем для рук", ("питательный", "защитный", "ночной восстанавливающий")),
            ("Зубная паста", ("отбеливающая", "для чувствительных зубов", "детская с фруктовым вкусом")),
        ),
        ("Nature", "Silk", "Fresh", "Active", "Care"),
        (
            ("ромашка", "алоэ", "морские минералы", "лаванда", "зелёный чай", "мёд"),
            ("дой-пак", "с дозатором", "туба"),
        ),
        ("50 мл", "75 мл", "100 мл", "200 мл", "250 мл", "400 мл", "500 мл", "1 л", "5 л"),
        ("", "", "", "2 шт"),
    ),
)
_BEGINNINGS = (
    "Vel",
    "Kar",
    "Nor",
    "Tem",
    "Lis",
    "Bra",
    "Ost",
    "Fin",
    "Gar",
    "Mil",
    "Ser",
    "Dol",
    "Rav",
    "Pol",
    "Ker",
)
_ENDINGS = ("tek", "ona", "gard", "max", "lin", "vita", "stor", "mir", "land", "eks", "ura", "dom")
_LATIN = "abdefgiklmnoprstuvxychw"
_SAID = dict(zip(_LATIN, [*"абдефгиклмнопрсту", "в", "кс", "и", "к", "х", "в"], strict=True))
_KEYS = {"а": "п", "о": "л", "е": "н", "и": "т", "р": "о", "н": "г", "т": "ь", "с": "м"}
_EXTRAS = (
    "новинка",
    "акция",
    "хит продаж",
    "опт",
    "в ассортименте",
    "шк",
    "арт",
    "(Россия)",
    "оригинал",
    "нов.дизайн",
)


def catalogue(size: int, seed: int = 1, trades: Sequence[Trade] = TRADES) -> list[Line]:
    """Return so many different goods with articles."""
    chance = random.Random(seed)  # noqa: S311 - invented data
    brands = [beginning + ending for beginning in _BEGINNINGS for ending in _ENDINGS]
    chance.shuffle(brands)
    found: dict[str, str] = {}
    while len(found) < size:
        trade = chance.choice(trades)
        kind, uses = chance.choice(trade.kinds)
        words = [kind, chance.choice(uses), chance.choice(brands[: max(6, size // 400)])]
        if chance.random() < 0.7:
            words.append(chance.choice(trade.series))
        words += [chance.choice(marks) for marks in trade.marks if chance.random() < 0.75]
        sized = ", ".join(part for part in (chance.choice(trade.sizes), chance.choice(trade.packs)) if part)
        name = f"{' '.join(words)}, {sized}"
        if name not in found:
            found[name] = f"{chance.randint(100, 999)}-{len(found):05d}"
    return [Line(name, sku) for name, sku in found.items()]


def offers(goods: Sequence[Line], size: int, seed: int = 2, *, strange: float = 0.05) -> list[Line]:
    """Return so many names as one dealer writes them; a share of `strange` ones is of goods that are not in `goods`."""
    chance = random.Random(seed)  # noqa: S311 - invented data
    own = catalogue(max(200, size // 10), seed=seed + 1000)
    names = {one.name for one in goods}
    others = [one for one in own if one.name not in names]
    habits = [habit for habit in _HABITS if chance.random() < 0.75]
    found = []
    for _number in range(size):
        if others and chance.random() < strange:
            found.append(Line(_written(chance.choice(others).name, habits, chance), ""))
        else:
            one = chance.choice(goods)
            found.append(Line(_written(one.name, habits, chance), one.sku))
    return found


Habit = Callable[[list[str], random.Random], list[str]]


def _written(name: str, habits: Sequence[Habit], chance: random.Random) -> str:
    body, _comma, tail = name.partition(", ")
    words = body.split()
    for habit in habits:
        if chance.random() < 0.45:
            words = habit(words, chance)
    sized = ", ".join(_size_of(part, chance) for part in tail.split(", "))
    glue = chance.choice((", ", " ", " / ", " "))
    return f"{' '.join(words)}{glue}{sized}"


def _size_of(text: str, chance: random.Random) -> str:
    number, _space, unit = text.partition(" ")
    value = number.replace(",", ".")
    turned = chance.random() < 0.35
    if turned and unit == "мл":
        return f"{float(value) / 1000:g}{chance.choice(('л', ' л'))}".replace(".", chance.choice(",."))
    if turned and unit == "л" and float(value) < 2:
        return f"{float(value) * 1000:g} мл"
    if turned and unit == "кг":
        return f"{float(value) * 1000:g} г"
    if turned and unit == "г":
        return f"{float(value) / 1000:g} кг"
    if "x" in number:
        return number.replace("x", chance.choice(("x", "х", "*", "×")))
    return f"{number}{chance.choice(('', ' '))}{unit}" if unit else number


def _cyrillic_brand(words: list[str], _chance: random.Random) -> list[str]:
    return [
        "".join(_SAID.get(sign, sign) for sign in word.lower()).title() if word.isascii() else word for word in words
    ]


def _loud(words: list[str], chance: random.Random) -> list[str]:
    return [word.upper() if word.isascii() or chance.random() < 0.3 else word for word in words]


def _cut_short(words: list[str], chance: random.Random) -> list[str]:
    return [
        f"{word[:5]}." if len(word) > 8 and chance.random() < 0.5 and not word.isascii() else word for word in words
    ]


def _turned_about(words: list[str], chance: random.Random) -> list[str]:
    at = chance.randrange(1, len(words)) if len(words) > 1 else 0
    return words[at:] + words[:at]


def _left_out(words: list[str], chance: random.Random) -> list[str]:
    inner = [number for number, word in enumerate(words) if number and not word.isascii()]
    if not inner:
        return words
    gone = chance.choice(inner)
    return [word for number, word in enumerate(words) if number != gone]


def _run_together(words: list[str], chance: random.Random) -> list[str]:
    if len(words) < 3:
        return words
    at = chance.randrange(len(words) - 1)
    return [*words[:at], words[at] + words[at + 1], *words[at + 2 :]]


def _misspelt(words: list[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(words))
    word = words[at]
    if len(word) < 6:
        return words
    place = chance.randrange(2, len(word) - 1)
    wrong = (
        word[:place] + chance.choice(("", _KEYS.get(word[place], word[place]), word[place] * 2)) + word[place + 1 :]
    )
    return [*words[:at], wrong, *words[at + 1 :]]


def _put_in(words: list[str], chance: random.Random) -> list[str]:
    return [*words, chance.choice(_EXTRAS)]


_HABITS: tuple[Habit, ...] = (
    _cyrillic_brand, _loud, _cut_short, _turned_about, _left_out, _run_together, _misspelt, _put_in,
)  # fmt: skip
