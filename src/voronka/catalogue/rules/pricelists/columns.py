"""What columns of price lists are called, and what stands in them when they are called nothing."""

import re
from collections.abc import Sequence
from enum import StrEnum

from voronka.catalogue.rules.barcodes import control_digit

from .values import Cell, read_money, text_of


class Kind(StrEnum):
    """What a column means."""

    CODE = "code"
    NAME = "name"
    MAKER_CODE = "maker_code"
    BARCODE = "barcode"
    PRICE = "price"
    RETAIL = "retail"
    CURRENCY = "currency"
    QUANTITY = "quantity"
    UNIT = "unit"
    PACK = "pack"
    VAT = "vat"
    CATEGORY = "category"
    BRAND = "brand"


# The first that fits a tidy heading settles it: the narrower before the wider.
_HEADINGS: tuple[tuple[Kind | None, str], ...] = (
    (None,
     r"^(?:сумма|итого|(?:ваш |к )?заказу?|количество заказ\w*|фото|картинк\w*"
     r"|ссылк\w*|url|picture|oldprice|старая цена)$"),
    (None, r"^(?:п п|номер п п|n|categoryid|group id|bid|type)$"),
    (Kind.BARCODE, r"штрих|barcode|\bean\b|gtin|\bшк\b"),
    (Kind.MAKER_CODE,
     r"артикул (?:произв|изгот|завод|бренд)|арт произв|код (?:произв|изгот)|каталожн"
     r"|vendorcode|vendor code|mpn|oem|part ?n|парт ?номер"),
    (Kind.RETAIL, r"розниц|розн|\bррц\b|\bмрц\b|\bмрп\b|рекоменд|retail|\brrp\b|\bmsrp\b"),
    (Kind.VAT, r"^(?:ставка )?ндс(?: %)?$|^vat\b|^ставка ндс"),
    (Kind.CURRENCY, r"валют|currency"),
    (Kind.PRICE, r"цен[аы]|прайс|\bопт\b|стоимост|\bprice\b|закуп|дилер|\bcost\b"),
    (Kind.UNIT, r"^ед\b|единиц|ед ?изм|^unit"),
    (Kind.PACK, r"упаков|в коробк|кратност|фасов|\bmin ?quantity|\bpack"),
    (Kind.QUANTITY, r"остат|налич|кол ?во|количеств|склад|доступно|свободн|\bstock|\bqty|quantity|available|^count$"),
    (Kind.CATEGORY, r"категори|групп[аы]|раздел|рубрик|category|\bgroup"),
    (Kind.BRAND, r"бренд|торгов\w* марк|производител|марка|^тм$|brand|^vendor$|manufacturer|изготовител"),
    (Kind.NAME,
     r"наименован|названи|номенклатур|\bтовар|продукц|^name|\btitle|product name"
     r"|описани|description|позици"),
    (Kind.CODE, r"артикул|^арт\b|^код\b|^id$|\bsku\b|код товар|^code|номенклатурный номер|article"),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _HEADINGS)
_SIGNS = re.compile(r"[^a-zа-я0-9%]+")
_UNITS = frozenset(
    [
        "шт",
        "штука",
        "кг",
        "г",
        "л",
        "мл",
        "м",
        "м2",
        "м3",
        "уп",
        "упак",
        "пара",
        "пар",
        "компл",
        "комплект",
        "рул",
        "лист",
        "пог.м",
        "пм",
        "pcs",
        "kg",
    ]
)
_CURRENCIES = frozenset(["rub", "rur", "usd", "eur", "cny", "kzt", "byn", "руб", "р", "руб.", "₽", "$", "€", "у.е."])
LONGEST = 60


def tidy(heading: object) -> str:
    """Return a heading in small letters without signs."""
    text = str(heading).lower().replace("ё", "е").replace("№", " номер ")
    return _SIGNS.sub(" ", text).strip() if len(text) <= 2 * LONGEST else ""


def kind_of(heading: object) -> Kind | None:
    """Return what a column of this name means, None when the name says nothing (or that it is of no use)."""
    if not isinstance(heading, str) or not (name := tidy(heading)) or len(name) > LONGEST:
        return None
    for kind, pattern in _PATTERNS:
        if pattern.search(name):
            return kind
    return None


def is_barcode(text: str) -> bool:
    """Tell whether it is a number of GTIN with the right control digit."""
    return len(text) in (8, 12, 13, 14) and text.isascii() and text.isdigit() and control_digit(text[:-1]) == text[-1]


def share_fitting(kind: Kind, cells: Sequence[Cell]) -> float:
    """Return which share of the filled cells could be values of the kind; 1.0 where nothing is filled."""
    filled = [cell for cell in cells if text_of(cell)]
    if not filled:
        return 1.0
    return sum(_fits(kind, cell) for cell in filled) / len(filled)


def _fits(kind: Kind, cell: Cell) -> bool:
    text = text_of(cell)
    if kind in (Kind.PRICE, Kind.RETAIL):
        money = read_money(cell)
        return money.is_asked or not money.fault or money.fault in ("zero", "unclear")
    if kind is Kind.BARCODE:
        return text.isdigit() and 8 <= len(text) <= 14
    if kind is Kind.NAME:
        return len(text) >= 3 and any(sign.isalpha() for sign in text)
    if kind in (Kind.CODE, Kind.MAKER_CODE):
        return len(text) <= 40
    if kind is Kind.UNIT:
        return len(text) <= 12
    if kind is Kind.CURRENCY:
        return len(text) <= 8
    return True


def guess(cells: Sequence[Cell]) -> dict[Kind, float]:
    """Return what a column without a name may be by its values, with how likely."""
    texts = [text for cell in cells if (text := text_of(cell))]
    if not texts:
        return {}
    many = len(texts)
    different = len(set(texts)) / many
    words = sum(len(text) >= 12 and sum(map(str.isalpha, text)) * 2 > len(text) for text in texts) / many
    money = sum(read_money(text).amount is not None for text in texts) / many
    coded = sum(len(text) <= 20 and " " not in text and any(map(str.isdigit, text)) for text in texts) / many
    return {
        Kind.BARCODE: sum(map(is_barcode, texts)) / many,
        Kind.NAME: words * (0.5 + different / 2),
        Kind.UNIT: sum(text.lower().strip(".") in _UNITS for text in texts) / many,
        Kind.CURRENCY: sum(text.lower() in _CURRENCIES for text in texts) / many,
        Kind.PRICE: money * 0.9,
        Kind.CODE: coded * different * 0.95,
    }
