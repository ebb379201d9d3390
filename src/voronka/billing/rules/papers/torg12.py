"""Товарная накладная ТОРГ-12: ОКУД 0330212, Goskomstat's resolution of 25 December 1998, 132."""

from decimal import Decimal

from voronka.billing.rules.papers.blocks import (
    Block,
    Box,
    Cell,
    Form,
    Lined,
    PageSum,
    Picture,
    Row,
    Sign,
    Space,
    Table,
    Text,
)
from voronka.billing.rules.papers.paper import DASH, Paper, count, count_cell, quoted_day, short_day, sum_cell
from voronka.billing.rules.totals import percent_words
from voronka.billing.rules.words import number_in_words, sum_in_words

_WIDTHS = (3.4, 21.5, 6, 4.5, 4.5, 5, 4.5, 4.5, 5, 6.5, 7.5, 8.6, 4.6, 7.6, 9)
_SIZE = 6.2


def torg12(paper: Paper) -> Form:
    """Return the form. Services do not travel: lines of them are left out."""
    blocks: tuple[Block, ...] = (
        Text(
            "Унифицированная форма № ТОРГ-12\nУтверждена постановлением Госкомстата России от 25.12.98 № 132",
            5.5,
            align="right",
            below=1,
        ),
        Row((_sides(paper), (_codes(paper),)), (80, 20), gap=4),
        _title(paper),
        _lines(paper),
        _whole(paper),
        Box(_foot(paper)),
    )
    return Form(
        f"Товарная накладная № {paper.number}",
        blocks,
        author=paper.seller.name,
        landscape=True,
        size=7,
        margins=(10, 8, 8, 10),
        foot=f"Товарная накладная № {paper.number} от {short_day(paper.day)}",
    )


def _sides(paper: Paper) -> tuple[Block, ...]:
    shipper = paper.shipper or paper.seller
    consignee = paper.consignee or paper.buyer
    width = 24
    return (
        Lined("", shipper.spelled(bank=True), "организация-грузоотправитель, адрес, телефон, факс, банковские реквизиты"),
        Lined("", "", "структурное подразделение"),
        Lined("Грузополучатель", consignee.spelled(bank=True),
              "организация, адрес, телефон, факс, банковские реквизиты", label_width=width),
        Lined("Поставщик", paper.seller.spelled(bank=True),
              "организация, адрес, телефон, факс, банковские реквизиты", label_width=width),
        Lined("Плательщик", paper.buyer.spelled(bank=True),
              "организация, адрес, телефон, факс, банковские реквизиты", label_width=width),
        Lined("Основание", paper.basis, "договор, заказ-наряд", label_width=width),
    )  # fmt: skip


def _codes(paper: Paper) -> Table:
    request = paper.transport.request if paper.transport else None
    shipper, consignee = paper.shipper or paper.seller, paper.consignee or paper.buyer
    named = (
        ("", "Код"),
        ("Форма по ОКУД", "0330212"),
        ("по ОКПО", shipper.okpo),
        ("Вид деятельности по ОКДП", ""),
        ("по ОКПО", consignee.okpo),
        ("по ОКПО", paper.seller.okpo),
        ("по ОКПО", paper.buyer.okpo),
        ("номер", ""),
        ("дата", ""),
        ("Транспортная накладная  номер", request.number if request else ""),
        ("дата", short_day(request.day) if request and request.day else ""),
        ("Вид операции", ""),
    )
    rows = tuple((Cell(label, align="right", bare=True), Cell(value or " ")) for label, value in named)
    return Table((60, 40), rows, size=6, inset=0.9)


def _title(paper: Paper) -> Row:
    box = Table(
        (50, 50),
        ((Cell("Номер документа"), Cell("Дата составления")), (Cell(paper.number, bold=True), Cell(short_day(paper.day), bold=True))),
        size=7,
    )  # fmt: skip
    return Row(
        ((Text("ТОВАРНАЯ НАКЛАДНАЯ", 10, bold=True, align="right", above=2),), (box,), ()), (36, 24, 40), below=1.5
    )


def _lines(paper: Paper) -> Table:
    goods = [line for line in paper.lines if not line.is_service]
    rows = tuple(
        (
            Cell(str(place)), Cell(line.name, align="left"), Cell(line.code), Cell(line.unit_word), Cell(line.unit),
            Cell(""), Cell(""), Cell(""), Cell(""), count_cell(line.quantity), sum_cell(line.net_price),
            sum_cell(line.net), Cell(percent_words(line.percent)), _tax(line.tax, line.percent), sum_cell(line.amount),
        )
        for place, line in enumerate(goods, 1)
    )  # fmt: skip
    top = (
        Cell("Но-\nмер\nпо по-\nрядку", rows=2), Cell("Товар", span=2), Cell("Единица измерения", span=2),
        Cell("Вид упа-\nковки", rows=2), Cell("Количество", span=2), Cell("Масса брутто", rows=2),
        Cell("Количество (масса нетто)", rows=2), Cell("Цена,\nруб. коп.", rows=2),
        Cell("Сумма без учета НДС,\nруб. коп.", rows=2), Cell("НДС", span=2),
        Cell("Сумма с учетом НДС,\nруб. коп.", rows=2),
    )  # fmt: skip
    second = (
        Cell("наименование, характеристика, сорт, артикул товара"), Cell("код"), Cell("наиме-\nнование"),
        Cell("код по ОКЕИ"), Cell("в одном месте"), Cell("мест,\nштук"), Cell("ставка, %"), Cell("сумма,\nруб. коп."),
    )  # fmt: skip
    numbers = tuple(Cell(str(number)) for number in range(1, 16))
    return Table(
        _WIDTHS, rows, head=(top, second, numbers), size=_SIZE, inset=1, below=0, page_label="Итого", page_span=7,
        page_sums=(PageSum(9, 3), PageSum(11), PageSum(13), PageSum(14)),
    )  # fmt: skip


def _tax(tax: Decimal, percent: Decimal | None) -> Cell:
    return Cell(DASH, align="right") if percent is None else sum_cell(tax)


def _whole(paper: Paper) -> Table:
    goods = [line for line in paper.lines if not line.is_service]
    net, tax = sum((line.net for line in goods), Decimal(0)), sum((line.tax for line in goods), Decimal(0))
    row = (
        Cell("Всего по накладной", span=7, align="right", bare=True), Cell("Х"), Cell("Х"),
        count_cell(sum((line.quantity for line in goods), Decimal(0))), Cell("Х"), sum_cell(net), Cell("Х"),
        sum_cell(tax), sum_cell(net + tax),
    )  # fmt: skip
    return Table(_WIDTHS, (row,), size=_SIZE, inset=1, below=2)


def _foot(paper: Paper) -> tuple[Block, ...]:
    goods = [line for line in paper.lines if not line.is_service]
    whole = sum((line.amount for line in goods), Decimal(0))
    transport = paper.transport
    rows = number_in_words(len(goods), gender="male")
    seller = paper.seller
    left: tuple[Block, ...] = (
        Lined("Приложение (паспорта, сертификаты и т. п.) на", "", "прописью", "листах"),
        Lined("Всего отпущено на сумму", sum_in_words(whole, paper.currency), "прописью", bold=True),
        Space(1),
        Sign(
            "Отпуск груза разрешил",
            seller.director,
            post=seller.director_post,
            picture=_picture(paper, "sign_director"),
        ),
        Sign("Главный (старший) бухгалтер", seller.accountant, picture=_picture(paper, "sign_accountant")),
        Sign("Отпуск груза произвел", "", post=""),
        *((Picture("stamp", 32, over=True, dx=6, dy=-8),) if "stamp" in paper.pictures else ()),
        Text(f"М. П.        {quoted_day(paper.day)}", above=3, indent=10),
    )
    right: tuple[Block, ...] = (
        Lined(
            "По доверенности №", "", "номер, дата, кем, кому (организация, место работы, должность, фамилия, и., о.)"
        ),
        Lined("выданной", ""),
        Space(3),
        Sign("Груз принял", "", post=""),
        Sign("Груз получил грузополучатель", "", post=""),
        Text(f"М. П.        {quoted_day(None)}", above=6, indent=10),
    )
    return (
        Row((
            (Lined("Товарная накладная имеет приложение на", "", "", "листах"),
             Lined("и содержит", f"{count(Decimal(len(goods)))} ({rows})", "прописью", "порядковых номеров записей"),
             Lined("Всего мест", transport.places if transport else "", "прописью")),
            (Lined("Масса груза (нетто)", transport.net_kg if transport else "", "прописью", "кг"),
             Lined("Масса груза (брутто)", transport.gross_kg if transport else "", "прописью", "кг")),
        ), (50, 50), gap=8),
        Row((left, right), (50, 50), gap=8),
    )  # fmt: skip


def _picture(paper: Paper, key: str) -> str:
    return key if key in paper.pictures else ""
