"""What a printed paper is made from: parties, lines, links to other papers."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from voronka.billing.rules.papers.blocks import Cell
from voronka.billing.rules.totals import Line, Totals, totals_of

MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
          "декабря")  # fmt: skip
CURRENCIES = {
    "RUB": ("Российский рубль", "643", "руб."), "USD": ("Доллар США", "840", "долл. США"),
    "EUR": ("Евро", "978", "евро"), "KZT": ("Тенге", "398", "тенге"), "BYN": ("Белорусский рубль", "933", "бел. руб."),
    "CNY": ("Юань", "156", "юаней"), "UAH": ("Гривна", "980", "грн."), "GBP": ("Фунт стерлингов", "826", "ф. ст."),
}  # fmt: skip
DASH = "—"
THIN = "\u202f"


@dataclass(frozen=True, slots=True)
class Party:
    """A side of a paper. `name` is as it is printed; a sole trader has `is_trader`, a private person no INN at all. `acting` is who
    signs contracts, as they say it: генерального директора Ладного К. С., действующего на основании Устава.
    """

    name: str
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    ogrn_day: date | None = None
    okpo: str = ""
    address: str = ""
    phone: str = ""
    bank: str = ""
    bik: str = ""
    account: str = ""
    corr_account: str = ""
    director: str = ""
    director_post: str = ""
    acting: str = ""
    accountant: str = ""
    is_trader: bool = False
    email: str = ""

    def spelled(self, *, bank: bool = False, phone: bool = True, ids: bool = True) -> str:
        """Return the party in one line, as papers name it: name, numbers, address, phone, bank."""
        parts = [self.name]
        if ids and self.inn:
            parts.append(f"ИНН {self.inn}")
        if ids and self.kpp:
            parts.append(f"КПП {self.kpp}")
        parts += [self.address, f"тел. {self.phone}" if phone and self.phone else ""]
        if bank and self.account:
            parts += [f"р/с {self.account}", f"в банке {self.bank}", f"БИК {self.bik}"]
            parts.append(f"к/с {self.corr_account}" if self.corr_account else "")
        return tied(", ".join(part for part in parts if part))

    @property
    def inn_kpp(self) -> str:
        """Return ИНН/КПП as the tax law's papers print them."""
        return f"{self.inn}/{self.kpp}" if self.kpp else self.inn or DASH


@dataclass(frozen=True, slots=True)
class Reference:
    """Another paper named in this one."""

    number: str
    day: date | None = None
    name: str = ""

    @property
    def words(self) -> str:
        """Return "№ 12 от 03.03.2026", its name before it where there is one."""
        dated = f" от {short_day(self.day)}" if self.day else ""
        return f"{self.name + ' ' if self.name else ''}№ {self.number}{dated}"


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything a printed form may say. Lines are counted (`rules.totals.counted`): sums are taken, never made here.

    `before` are the lines of the paper that is corrected. `amount` is the sum of papers without lines (cash orders,
    receipts, advances). `qr` is the SVG of a payment's code, `pictures` the keys of those that there are: logo, stamp,
    sign_director, sign_accountant.
    """

    number: str
    day: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...] = ()
    currency: str = "RUB"
    shipper: Party | None = None
    consignee: Party | None = None
    basis: str = ""
    due: date | None = None
    terms: tuple[str, ...] = ()
    warning: str = ""
    payments: tuple[Reference, ...] = ()
    advances: tuple[Reference, ...] = ()
    shipment: str = ""
    correction: Reference | None = None
    corrected: Reference | None = None
    before: tuple[Line, ...] = ()
    contract_id: str = ""
    amount: Decimal = Decimal("0.00")
    tax_words: str = ""
    purpose: str = ""
    cashier: str = ""
    transport: "Transport | None" = None
    text: tuple[str, ...] = ()
    qr: str = ""
    pictures: frozenset[str] = frozenset()
    included: bool = True
    city: str = ""
    status: str = "1"

    @property
    def totals(self) -> Totals:
        """What the lines come to."""
        return totals_of(self.lines)

    @property
    def sum(self) -> Decimal:
        """The sum of the paper: of its lines where it has some."""
        return self.totals.amount if self.lines else self.amount


@dataclass(frozen=True, slots=True)
class Transport:
    """What a transport note says beyond sides and lines."""

    carrier: Party | None = None
    driver: str = ""
    driver_licence: str = ""
    car: str = ""
    car_number: str = ""
    ownership: str = "1"
    loading_address: str = ""
    unloading_address: str = ""
    loading_at: str = ""
    unloading_at: str = ""
    places: str = ""
    packing: str = ""
    gross_kg: str = ""
    net_kg: str = ""
    value: str = ""
    papers: str = ""
    orders: str = ""
    request: Reference | None = None
    fee: str = ""
    pages: str = field(default="")


_SHORT = re.compile(
    r"(?<![\w-])(г|д|ул|пр|пр-т|пер|пл|стр|кв|оф|офис|помещ|пом|корп|к|обл|р-н|тел|ИНН|КПП|БИК|р/с|к/с|№|в|и|с|от|по)(\.?) "
)


def tied(text: str) -> str:
    """Return a text whose short words stay with what follows them: no line ends with "ул." or "№"."""
    return _SHORT.sub("\\1\\2\u00a0", text).replace("р/с", "р/\u2060с").replace("к/с", "к/\u2060с")


def short_day(day: date) -> str:
    """Return 03.03.2026."""
    return f"{day:%d.%m.%Y}"


def long_day(day: date) -> str:
    """Return 3 марта 2026 г."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year} г."


def quoted_day(day: date | None) -> str:
    """Return «03» марта 2026 г., or the places to write one in."""
    return f"«{day.day:02d}» {MONTHS[day.month - 1]} {day.year} г." if day else "«___» ______________ 20___ г."


def money(amount: Decimal, places: int = 2) -> str:
    """Return a sum as papers print it: 118 000,00 with thin spaces that do not break."""
    text = f"{abs(amount):,.{places}f}".replace(",", THIN).replace(".", ",")
    return f"-{text}" if amount < 0 else text


def count(quantity: Decimal) -> str:
    """Return a quantity without idle noughts."""
    text = f"{quantity:,.3f}".rstrip("0").rstrip(".")
    return text.replace(",", THIN).replace(".", ",")


def sum_cell(amount: Decimal, *, bold: bool = False, span: int = 1) -> Cell:
    """Return a cell with a sum."""
    return Cell(money(amount), align="right", value=amount, bold=bold, span=span)


def count_cell(quantity: Decimal) -> Cell:
    """Return a cell with a quantity."""
    return Cell(count(quantity), align="right", value=quantity, places=3)


def head(*texts: str | Cell, size: float = 0) -> tuple[Cell, ...]:
    """Return a row of headings."""
    return tuple(one if isinstance(one, Cell) else Cell(one, align="center", size=size) for one in texts)
