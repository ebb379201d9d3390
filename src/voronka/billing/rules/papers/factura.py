"""Счёт-фактура and the correction form: annexes 1 and 2 of the Government's resolution of 26 December 2011, 1137.

From 1 April 2026 (resolution of 23 January 2026, 26) line 5б, kopecks in column 14 and the number of a sole trader.
"""

from datetime import date
from decimal import Decimal

from voronka.billing.rules.papers.blocks import Block, Box, Cell, Form, Lined, Picture, Row, Sign, Space, Table, Text
from voronka.billing.rules.papers.paper import (
    CURRENCIES,
    DASH,
    Paper,
    Party,
    count_cell,
    long_day,
    money,
    short_day,
    sum_cell,
)
from voronka.billing.rules.totals import Line, percent_words

NEW_FORM = date(2026, 4, 1)
_SIZE = 5.6
WIDTHS = (2.4, 15, 3.6, 3, 4.4, 5, 6, 7, 4, 4.2, 6.2, 7.2, 3.4, 5, 7.4, 3, 4.2, 5, 5)
NUMBERS = ("1", "1а", "1б", "2", "2а", "3", "4", "5", "6", "7", "8", "9", "10", "10а", "11", "12", "12а", "13", "14")
_LINE_5B = (
    "К счету-фактуре (счетам-фактурам), выставленному (выставленным) при получении оплаты, частичной оплаты или иных "
    "платежей в счет предстоящих поставок товаров (выполнения работ, оказания услуг), передачи имущественных прав"
)


def factura(paper: Paper) -> Form:
    """Return счёт-фактура. `advance` papers have no lines but an amount and the words of their calculated rate."""
    edition = "от 23 января 2026 г. № 26" if paper.day >= NEW_FORM else "от 16 августа 2024 г. № 1096"
    blocks: tuple[Block, ...] = (
        Text(
            "Приложение № 1\nк постановлению Правительства Российской Федерации от 26 декабря 2011 г. № 1137\n"
            f"(в редакции постановления Правительства Российской Федерации {edition})",
            5.5,
            align="right",
            below=1,
        ),
        *title(paper),
        *sides(paper),
        Space(1.5),
        lines_table(paper),
        Box(signatures(paper)),
    )
    return Form(
        f"Счёт-фактура № {paper.number}",
        blocks,
        author=paper.seller.name,
        landscape=True,
        size=7.5,
        margins=(10, 8, 8, 10),
        foot=f"Счёт-фактура № {paper.number} от {short_day(paper.day)}",
    )


def title(paper: Paper) -> tuple[Block, ...]:
    """Return lines 1 and 1а."""
    mend = paper.correction
    return (
        Row(((Lined("СЧЕТ-ФАКТУРА №", paper.number, bold=True, size=9, align="center"),),
             (Lined("от", long_day(paper.day), number="(1)", bold=True, size=9, align="center"),), ()), (26, 24, 50)),
        Row(((Lined("ИСПРАВЛЕНИЕ №", mend.number if mend else DASH, align="center", size=9),),
             (Lined("от", long_day(mend.day) if mend and mend.day else DASH, number="(1а)", align="center", size=9),), ()),
            (26, 24, 50)),
    )  # fmt: skip


def sides(paper: Paper) -> tuple[Block, ...]:
    """Return lines 2 to 8."""
    goods = any(not line.is_service for line in paper.lines)
    shipper, consignee = paper.shipper, paper.consignee or paper.buyer
    sender = "он же" if shipper is None or shipper == paper.seller else _with_address(shipper)
    name, code, _short = CURRENCIES.get(paper.currency, (paper.currency, "", ""))
    left = 62.0
    lined = [
        ("Продавец", paper.seller.name, "(2)"),
        ("Адрес", paper.seller.address, "(2а)"),
        ("ИНН/КПП продавца", paper.seller.inn_kpp, "(2б)"),
        ("Грузоотправитель и его адрес", sender if goods else DASH, "(3)"),
        ("Грузополучатель и его адрес", _with_address(consignee) if goods else DASH, "(4)"),
        ("К платежно-расчетному документу", _named(paper.payments), "(5)"),
        ("Документ об отгрузке: наименование, №", paper.shipment or DASH, "(5а)"),
    ]
    later = [
        ("Покупатель", paper.buyer.name, "(6)"),
        ("Адрес", paper.buyer.address, "(6а)"),
        ("ИНН/КПП покупателя", paper.buyer.inn_kpp, "(6б)"),
        ("Валюта: наименование, код", f"{name}, {code}" if code else name, "(7)"),
        (
            "Идентификатор государственного контракта, договора (соглашения) (при наличии)",
            paper.contract_id or DASH,
            "(8)",
        ),
    ]
    new: list[Block] = []
    if paper.day >= NEW_FORM:
        new = [Lined(_LINE_5B, _named(paper.advances), number="(5б)", label_width=150, size=6.5)]
    return (
        *(
            Lined(label, value, number=number, label_width=left if len(label) < 50 else 0)
            for label, value, number in lined
        ),
        *new,
        *(
            Lined(label, value, number=number, label_width=left if len(label) < 50 else 0)
            for label, value, number in later
        ),
    )


def _named(papers: tuple[object, ...]) -> str:
    return "; ".join(paper.words for paper in papers) or DASH  # type: ignore[attr-defined]  # references, each with words


def _with_address(party: Party) -> str:
    return f"{party.name}, {party.address}" if party.address else party.name


def headings(day: date, *, code_column: bool = False) -> tuple[tuple[Cell, ...], ...]:
    """Return the three rows of headings; `code_column` puts the УПД's code of goods before them."""
    kopecks = " и копейках" if day >= NEW_FORM else ""
    first = [
        Cell("№\nп/п", rows=2),
        Cell("Наименование товара (описание выполненных работ, оказанных услуг), имущественного права", rows=2),
        Cell("Код вида товара", rows=2),
        Cell("Единица измерения", span=2),
        Cell("Коли-\nчество (объем)", rows=2),
        Cell("Цена (тариф) за единицу измерения", rows=2),
        Cell("Стоимость товаров (работ, услуг), имущест-\nвенных прав без налога - всего", rows=2),
        Cell("В том числе сумма акциза", rows=2),
        Cell("Нало-\nговая ставка", rows=2),
        Cell("Сумма налога, предъяв-\nляемая покупателю", rows=2),
        Cell("Стоимость товаров (работ, услуг), имущест-\nвенных прав с налогом - всего", rows=2),
        Cell("Страна происхождения товара", span=2),
        Cell("Регистрационный номер декларации на товары или регистрационный номер партии товара, подлежащего "
             "прослежи-\nваемости", rows=2),
        Cell("Количественная единица измерения товара, используемая в целях осуществления прослежи-\nваемости", span=2),
        Cell("Количество товара, подлежащего прослежи-\nваемости, в количест-\nвенной единице", rows=2),
        Cell(f"Стоимость товара, подлежащего прослежи-\nваемости, без НДС, в рублях{kopecks}", rows=2),
    ]  # fmt: skip
    second = [
        Cell("код"), Cell("условное обозна-\nчение (нацио-\nнальное)"), Cell("цифро-\nвой код"),
        Cell("краткое наимено-\nвание"), Cell("код"), Cell("условное обозна-\nчение"),
    ]  # fmt: skip
    numbers = [Cell(number) for number in NUMBERS]
    if code_column:
        first.insert(0, Cell("Код товара/ работ, услуг", rows=2))
        numbers.insert(0, Cell("А"))
    return tuple(first), tuple(second), tuple(numbers)


def line_cells(line: Line, place: int) -> tuple[Cell, ...]:
    """Return the nineteen cells of a line."""
    goods = not line.is_service
    untaxed = line.percent is None
    return (
        Cell(str(place)),
        Cell(line.name, align="left"),
        Cell(DASH),
        Cell(line.unit if goods else DASH),
        Cell(line.unit_word if goods else DASH),
        count_cell(line.quantity),
        sum_cell(line.net_price),
        sum_cell(line.net),
        Cell("без акциза"),
        Cell("без НДС" if untaxed else percent_words(line.percent)),
        Cell("без НДС") if untaxed else sum_cell(line.tax),
        sum_cell(line.amount),
        Cell(line.country_code or DASH),
        Cell(line.country or DASH),
        Cell(line.declaration or DASH),
        Cell(DASH),
        Cell(DASH),
        Cell(DASH),
        Cell(DASH),
    )


def _advance_cells(paper: Paper) -> tuple[Cell, ...]:
    """An advance: name, calculated rate, tax and the sum with it; dashes elsewhere (rules, paragraph 4)."""
    percent, tax = _calculated(paper)
    held = {1: Cell(paper.purpose or "Предварительная оплата", align="left"), 8: Cell("без акциза"), 9: Cell(percent),
            10: sum_cell(tax), 11: sum_cell(paper.amount), 0: Cell("1")}  # fmt: skip
    return tuple(held.get(column, Cell(DASH)) for column in range(len(WIDTHS)))


def _calculated(paper: Paper) -> tuple[str, Decimal]:
    percent = Decimal(paper.tax_words or "22")
    tax = (paper.amount * percent / (100 + percent)).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    return f"{percent.normalize():f}/{(100 + percent).normalize():f}", tax


def lines_table(paper: Paper, *, code_column: bool = False) -> Table:
    """Return the table of lines with its total row."""
    rows: list[tuple[Cell, ...]] = [line_cells(line, place) for place, line in enumerate(paper.lines, 1)]
    if not rows:
        rows = [_advance_cells(paper)]
        net, tax, whole = None, _calculated(paper)[1], paper.amount
    else:
        totals = paper.totals
        net, tax, whole = totals.net, totals.tax, totals.amount
    if code_column:
        rows = [(Cell(line.code or DASH), *cells) for line, cells in zip(paper.lines, rows, strict=True)]
    lead = (Cell("", bare=True),) if code_column else ()
    untaxed = all(line.percent is None for line in paper.lines) and bool(paper.lines)
    rows.append((
        *lead,
        Cell("Всего к оплате (9)", span=7, align="right", bold=True),
        Cell(DASH) if net is None else sum_cell(net, bold=True),
        Cell("Х", span=2),
        Cell("без НДС") if untaxed else sum_cell(tax, bold=True),
        sum_cell(whole, bold=True),
        Cell("", span=7, bare=True),
    ))  # fmt: skip
    widths = (4.5, *WIDTHS) if code_column else WIDTHS
    return Table(widths, tuple(rows), head=headings(paper.day, code_column=code_column), size=_SIZE, inset=1, below=2)


def signatures(paper: Paper) -> tuple[Block, ...]:
    """Return who signs: a head and an accountant, or a sole trader with his number."""
    seller = paper.seller
    director = "sign_director" if "sign_director" in paper.pictures else ""
    accountant = "sign_accountant" if "sign_accountant" in paper.pictures else ""
    is_trader = seller.is_trader
    caption = (
        "(основной государственный регистрационный номер индивидуального предпринимателя и дата присвоения)"
        if paper.day >= NEW_FORM
        else "(реквизиты свидетельства о государственной регистрации индивидуального предпринимателя)"
    )
    number = ""
    if is_trader and seller.ogrn:
        number = seller.ogrn + (f" от {short_day(seller.ogrn_day)}" if seller.ogrn_day else "")
    return (
        Row((
            (Sign("Руководитель организации\nили иное уполномоченное лицо", "" if is_trader else seller.director,
                  picture="" if is_trader else director),),
            (Sign("Главный бухгалтер\nили иное уполномоченное лицо", "" if is_trader else seller.accountant,
                  picture="" if is_trader else accountant),),
        ), (50, 50), gap=6),
        Row((
            (Sign("Индивидуальный предприниматель\nили иное уполномоченное лицо", seller.director if is_trader else "",
                  picture=director if is_trader else ""),),
            (Space(2), Lined("", number, caption)),
        ), (50, 50), gap=6),
        *((Picture("stamp", 30, over=True, dx=40, dy=-18),) if "stamp" in paper.pictures else ()),
    )  # fmt: skip


# --- the correction form ---------------------------------------------------------------------------------------------

_FIX_WIDTHS = (2.6, 17, 11, 4, 3.4, 5, 6, 7, 8.5, 5, 5, 7.5, 8.5, 4, 5.5)


def correction(paper: Paper) -> Form:
    """Return корректировочный счёт-фактура: `before` and `lines` place by place, sums up and down told apart."""
    source = paper.corrected
    to = f"№ {source.number} от {long_day(source.day)}" if source and source.day else DASH
    name, code, _short = CURRENCIES.get(paper.currency, (paper.currency, "", ""))
    mend = paper.correction
    blocks: tuple[Block, ...] = (
        Text(
            "Приложение № 2\nк постановлению Правительства Российской Федерации от 26 декабря 2011 г. № 1137",
            5.5,
            align="right",
            below=1,
        ),
        Row(((Lined("КОРРЕКТИРОВОЧНЫЙ СЧЕТ-ФАКТУРА №", paper.number, bold=True, align="center"),),
             (Lined("от", long_day(paper.day), number="(1)", bold=True, align="center"),)), (55, 45)),
        Row(((Lined("ИСПРАВЛЕНИЕ КОРРЕКТИРОВОЧНОГО СЧЕТА-ФАКТУРЫ №", mend.number if mend else DASH, align="center"),),
             (Lined("от", long_day(mend.day) if mend and mend.day else DASH, number="(1а)", align="center"),)), (55, 45)),
        Lined("к СЧЕТУ-ФАКТУРЕ (счетам-фактурам)", f"{to}, с учетом исправления № {DASH} от {DASH}", number="(1б)"),
        Lined("Продавец", paper.seller.name, number="(2)"),
        Lined("Адрес", paper.seller.address, number="(2а)"),
        Lined("ИНН/КПП продавца", paper.seller.inn_kpp, number="(2б)"),
        Lined("Покупатель", paper.buyer.name, number="(3)"),
        Lined("Адрес", paper.buyer.address, number="(3а)"),
        Lined("ИНН/КПП покупателя", paper.buyer.inn_kpp, number="(3б)"),
        Lined("Валюта: наименование, код", f"{name}, {code}" if code else name, number="(4)"),
        Lined("Идентификатор государственного контракта, договора (соглашения) (при наличии)", paper.contract_id or DASH,
              number="(5)"),
        Space(1.5),
        _corrected(paper),
        Box(signatures(paper)),
    )  # fmt: skip
    return Form(
        f"Корректировочный счёт-фактура № {paper.number}",
        blocks,
        author=paper.seller.name,
        landscape=True,
        size=7.5,
        margins=(10, 8, 8, 10),
        foot=f"Корректировочный счёт-фактура № {paper.number} от {short_day(paper.day)}",
    )


def _corrected(paper: Paper) -> Table:
    heads = (
        (
            Cell("№\nп/п", rows=2), Cell("Наименование товара (описание выполненных работ, оказанных услуг), "
                                         "имущественного права", rows=2),
            Cell("Показатели в связи с изменением стоимости", rows=2), Cell("Код вида товара", rows=2),
            Cell("Единица измерения", span=2), Cell("Количество (объем)", rows=2),
            Cell("Цена (тариф) за единицу измерения", rows=2),
            Cell("Стоимость без налога - всего", rows=2), Cell("В том числе сумма акциза", rows=2),
            Cell("Налоговая ставка", rows=2), Cell("Сумма налога", rows=2), Cell("Стоимость с налогом - всего", rows=2),
            Cell("Страна происхождения товара", span=2),
        ),
        (Cell("код"), Cell("условное обозначение"), Cell("цифровой код"), Cell("краткое наименование")),
        tuple(Cell(one) for one in ("1", "1а", "", "1б", "2", "2а", "3", "4", "5", "6", "7", "8", "9", "10", "10а")),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    up, down = [Decimal(0)] * 3, [Decimal(0)] * 3
    for place, (old, new) in enumerate(zip(paper.before, paper.lines, strict=True), 1):
        if old == new:
            continue
        rows += _four(place, old, new)
        for at, change in enumerate((new.net - old.net, new.tax - old.tax, new.amount - old.amount)):
            (up if change > 0 else down)[at] += abs(change)
    for words, sums in (("Всего увеличение (сумма строк В)", up), ("Всего уменьшение (сумма строк Г)", down)):
        rows.append((
            Cell(words, span=8, align="right", bold=True), sum_cell(sums[0]), Cell("Х", span=2), sum_cell(sums[1]),
            sum_cell(sums[2]), Cell("Х", span=2),
        ))  # fmt: skip
    return Table(_FIX_WIDTHS, tuple(rows), head=heads, size=6, inset=1, below=2)


def _four(place: int, old: Line, new: Line) -> list[tuple[Cell, ...]]:
    """Return the rows А (before), Б (after), В (more), Г (less) of a line."""

    def state(words: str, line: Line) -> tuple[Cell, ...]:
        return (
            Cell(words, align="left"), Cell(DASH), Cell(line.unit), Cell(line.unit_word), count_cell(line.quantity),
            sum_cell(line.net_price), sum_cell(line.net), Cell("без акциза"), Cell(percent_words(line.percent)),
            sum_cell(line.tax), sum_cell(line.amount), Cell(line.country_code or DASH), Cell(line.country or DASH),
        )  # fmt: skip

    def change(words: str, sign: int) -> tuple[Cell, ...]:
        moved = [sign * (one - other) for one, other in
                 ((new.net, old.net), (new.tax, old.tax), (new.amount, old.amount))]  # fmt: skip
        net, tax, whole = (Cell(money(one), align="right", value=one) if one > 0 else Cell(DASH) for one in moved)
        return (Cell(words, align="left"), *(Cell("Х") for _at in range(5)), net, Cell(DASH), Cell("Х"), tax, whole,
                Cell("Х"), Cell("Х"))  # fmt: skip

    first = (Cell(str(place), rows=4), Cell(new.name, rows=4, align="left"))
    return [
        (*first, *state("А (до изменения)", old)),
        state("Б (после изменения)", new),
        change("В (увеличение)", 1),
        change("Г (уменьшение)", -1),
    ]
