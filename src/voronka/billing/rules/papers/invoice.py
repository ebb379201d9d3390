"""Счёт на оплату, with the code of its payment."""

from voronka.billing.rules.papers.blocks import (
    Block,
    Box,
    Cell,
    Form,
    Picture,
    Qr,
    Rich,
    Row,
    Rule,
    Sign,
    Space,
    Table,
    Text,
)
from voronka.billing.rules.papers.paper import (
    CURRENCIES,
    Paper,
    count_cell,
    long_day,
    money,
    short_day,
    sum_cell,
)
from voronka.billing.rules.totals import ZERO, percent_words
from voronka.billing.rules.words import sum_in_words


def invoice(paper: Paper) -> Form:
    """Return the form. A discount column stands there only where a line has one."""
    blocks: list[Block] = []
    if "logo" in paper.pictures:
        blocks += [Picture("logo", 40), Space(3)]
    if paper.warning:
        blocks.append(Text(paper.warning, 7.5, align="center", muted=True, below=3))
    blocks += [
        *_bank(paper),
        Text(f"Счёт на оплату № {paper.number} от {long_day(paper.day)}", 14, bold=True, above=5, below=1.5),
        Rule(1.2, 0, 3),
        *_parties(paper),
        Space(1.5),
        _lines(paper),
        *_sums(paper),
        Rule(1.2, 2, 3),
        _foot(paper),
    ]
    return Form(
        f"Счёт № {paper.number}",
        tuple(blocks),
        author=paper.seller.name,
        font="Golos Text",
        size=8.5,
        margins=(18, 14, 14, 16),
        foot=f"Счёт № {paper.number} от {short_day(paper.day)}",
    )


def _bank(paper: Paper) -> list[Block]:
    """The payee's side of a payment order, for whoever types it off."""
    seller = paper.seller
    rows = (
        (
            Cell(seller.bank, span=2, rows=2, align="left", bold=True, note="Банк получателя"),
            Cell("БИК", align="left"),
            Cell(seller.bik, align="left"),
        ),
        (Cell("Сч. №", align="left"), Cell(seller.corr_account, align="left")),
        (
            Cell(f"ИНН {seller.inn}", align="left"),
            Cell(f"КПП {seller.kpp}" if seller.kpp else "", align="left"),
            Cell("Сч. №", align="left", rows=2),
            Cell(seller.account, align="left", rows=2),
        ),
        (Cell(seller.name, span=2, align="left", bold=True, note="Получатель"),),
    )
    return [Table((28, 29, 9, 34), rows, stroke=0.6, inset=2)]


def _parties(paper: Paper) -> list[Block]:
    named = [
        ("Поставщик\n(Исполнитель):", paper.seller.spelled()),
        ("Покупатель\n(Заказчик):", paper.buyer.spelled()),
    ]
    if paper.consignee is not None and paper.consignee != paper.buyer:
        named.append(("Грузополучатель:", paper.consignee.spelled()))
    if paper.basis:
        named.append(("Основание:", paper.basis))
    return [
        Row(((Text(label, muted=True),), (Text(value, bold=True),)), (17, 83), gap=0, below=2.6)
        for label, value in named
    ]


def _lines(paper: Paper) -> Table:
    has_discount = any(line.discount for line in paper.lines)
    titles = ["№", "Товары (работы, услуги)", "Кол-во", "Ед.", "Цена", *(["Скидка"] if has_discount else []), "Сумма"]
    widths = (5, 51, 9.5, 7, 13, *((11,) if has_discount else ()), 13.5)
    rows = []
    for place, line in enumerate(paper.lines, 1):
        amount = line.amount if paper.included else line.net
        rows.append((
            Cell(str(place)),
            Cell(line.name if not line.code else f"{line.name}\n{line.code}", align="left"),
            count_cell(line.quantity),
            Cell(line.unit_word, align="left"),
            sum_cell(line.price),
            *((sum_cell(line.discount),) if has_discount else ()),
            sum_cell(amount),
        ))  # fmt: skip
    heads = tuple(Cell(title, bold=True, align="center") for title in titles)
    return Table(widths, tuple(rows), head=(heads,), stroke=0.6, outline=1.3, inset=2.4)


def _sums(paper: Paper) -> list[Block]:
    totals = paper.totals
    rows = [("Итого:", totals.amount if paper.included else totals.net)]
    for percent, _amount, tax in totals.by_percent:
        if percent:
            rows.append((f"{'В том числе ' if paper.included else ''}НДС {percent_words(percent)}:", tax))
    if totals.tax == ZERO:
        rows.append(("Без налога (НДС)", None))  # type: ignore[arg-type]  # a line without a sum
    rows.append(("Всего к оплате:", totals.amount))
    cells = tuple(
        (Cell(label, align="right", bold=True, bare=True), Cell("" if amount is None else money(amount), align="right",
                                                               bold=True, bare=True, value=amount))
        for label, amount in rows
    )  # fmt: skip
    unit = CURRENCIES.get(paper.currency, ("", "", paper.currency))[2]
    return [
        Table((80, 20), cells, stroke=0, inset=1.3),
        Text(f"Всего наименований {len(paper.lines)}, на сумму {money(totals.amount)} {unit}", above=1, below=2),
        Text(sum_in_words(totals.amount, paper.currency), bold=True),
    ]


def _foot(paper: Paper) -> Box:
    terms = list(paper.terms)
    if paper.due is not None:
        terms.insert(0, f"Оплатить не позднее {long_day(paper.due)}")
    left = tuple(Rich(((term, ""),), below=2, marker=f"{place}.") for place, term in enumerate(terms, 1)) or (
        Space(1),
    )
    right: tuple[Block, ...] = ()
    if paper.qr:
        right = (
            Row(((Qr(paper.qr, 32),), (Space(11), Text("Оплата по QR-коду\nв приложении банка", 7.5, muted=True))),
                (54, 46), gap=1),
        )  # fmt: skip
    seller = paper.seller
    director = "Предприниматель" if seller.is_trader else "Руководитель"
    signs: tuple[Block, ...] = (
        Sign(director, seller.director, picture="sign_director" if "sign_director" in paper.pictures else "",
             captions=False, role_width=0.75),
    )  # fmt: skip
    others: tuple[Block, ...] = ()
    if not seller.is_trader:
        others = (
            Sign("Главный бухгалтер", seller.accountant, captions=False, role_width=1.1,
                 picture="sign_accountant" if "sign_accountant" in paper.pictures else ""),
        )  # fmt: skip
    stamp: tuple[Block, ...] = (Picture("stamp", 36, over=True, dx=14, dy=-9),) if "stamp" in paper.pictures else ()
    return Box((
        Row((left, right), (56, 44), gap=6),
        Space(10),
        Row((signs, others), (50, 50), gap=5),
        *stamp,
        Text("М. П.", above=5, indent=6, muted=True),
        Space(14 if stamp else 1),
    ))  # fmt: skip
