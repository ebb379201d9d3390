"""Papers of money: приходный кассовый ордер КО-1 (ОКУД 0310001) and the receipt of private persons, ПД-4."""

from decimal import Decimal

from voronka.billing.rules.papers.blocks import Block, Cell, Form, Lined, Qr, Row, Rule, Sign, Space, Table, Text
from voronka.billing.rules.papers.paper import Paper, long_day, money, short_day
from voronka.billing.rules.words import sum_in_words


def cash_order(paper: Paper) -> Form:
    """Return КО-1 with its receipt, cut along the dashed line: Goskomstat's resolution of 18 August 1998, 88."""
    return Form(
        f"Приходный кассовый ордер № {paper.number}",
        (Row((_order(paper), _stub(paper)), (66, 34), gap=2, rules="dashed"),),
        author=paper.seller.name,
        size=8,
        margins=(14, 10, 10, 10),
    )


def _order(paper: Paper) -> tuple[Block, ...]:
    codes = Table(
        (62, 38),
        (
            (Cell("", bare=True), Cell("Коды")),
            (Cell("Форма по ОКУД", bare=True, align="right"), Cell("0310001")),
            (Cell("по ОКПО", bare=True, align="right"), Cell(paper.seller.okpo or " ")),
        ),
        size=7,
    )
    box = Table(
        (50, 50),
        (
            (Cell("Номер документа"), Cell("Дата составления")),
            (Cell(paper.number, bold=True), Cell(short_day(paper.day), bold=True)),
        ),
        size=7,
    )
    accounts = Table(
        (9, 17, 20, 17, 19, 18),
        ((Cell("50"), Cell(""), Cell("62"), Cell(""), Cell(money(paper.sum), value=paper.sum), Cell("")),),
        head=(
            (Cell("Дебет", rows=2), Cell("Кредит", span=3), Cell("Сумма, руб. коп.", rows=2), Cell("Код целевого назначения", rows=2)),
            (Cell("код структурного подразделения"), Cell("корреспондирующий счет, субсчет"), Cell("код аналитического учета")),
        ),
        size=6.5,
    )  # fmt: skip
    return (
        Text("Унифицированная форма № КО-1\nУтверждена постановлением Госкомстата России от 18.08.98 № 88", 5.5, align="right"),
        Row(((Space(6), Lined("", paper.seller.name, "организация"), Lined("", "", "структурное подразделение")), (codes,)), (64, 36)),
        Row(((Text("ПРИХОДНЫЙ КАССОВЫЙ ОРДЕР", 10, bold=True, above=3),), (box,)), (52, 48), below=2),
        accounts,
        Space(1),
        Lined("Принято от", _payer(paper)),
        Lined("Основание:", paper.basis or paper.purpose),
        Lined("Сумма", sum_in_words(paper.sum, paper.currency), "прописью", bold=True),
        Lined("В том числе", _tax(paper)),
        Lined("Приложение", ""),
        Space(3),
        Sign("Главный бухгалтер", paper.seller.accountant or paper.seller.director,
             picture="sign_accountant" if "sign_accountant" in paper.pictures else ""),
        Sign("Получил кассир", paper.cashier),
    )  # fmt: skip


def _stub(paper: Paper) -> tuple[Block, ...]:
    return (
        Lined("", paper.seller.name, "организация"),
        Space(1),
        Text("КВИТАНЦИЯ", 10, bold=True, align="center", below=1.5),
        Lined("к приходному кассовому ордеру №", paper.number),
        Lined("от", long_day(paper.day)),
        Lined("Принято от", _payer(paper)),
        Lined("Основание:", paper.basis or paper.purpose),
        Lined("Сумма", f"{money(paper.sum)} руб.", "цифрами"),
        Lined("", sum_in_words(paper.sum, paper.currency), "прописью"),
        Lined("В том числе", _tax(paper)),
        Text(long_day(paper.day), above=2, below=2),
        Text("М. П. (штампа)", below=3),
        Sign("Главный бухгалтер", paper.seller.accountant or paper.seller.director),
        Sign("Кассир", paper.cashier),
    )


def _payer(paper: Paper) -> str:
    return paper.buyer.name


def _tax(paper: Paper) -> str:
    if paper.lines:
        tax = paper.totals.tax
        return f"НДС {money(tax)} руб." if tax else "без НДС"
    if not paper.tax_words:
        return "без НДС"
    percent = Decimal(paper.tax_words)
    tax = (paper.amount * percent / (100 + percent)).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    return f"НДС {percent.normalize():f}% {money(tax)} руб."


def receipt(paper: Paper) -> Form:
    """Return ПД-4: the notice and the receipt, one above the other, with the code that a bank's application reads."""
    return Form(
        f"Квитанция № {paper.number}",
        (
            Row(
                (_edge("Извещение", paper, with_code=True), _payment(paper)), (30, 70), gap=2, rules="solid", below=0
            ),
            Rule(0.8, 1, 1, dashed=True),
            Row(
                (_edge("Квитанция", paper, with_code=False), _payment(paper)), (30, 70), gap=2, rules="solid", below=0
            ),
        ),
        author=paper.seller.name,
        size=8,
        margins=(14, 10, 14, 10),
    )


def _edge(title: str, paper: Paper, *, with_code: bool) -> tuple[Block, ...]:
    code: tuple[Block, ...] = (Qr(paper.qr, 34), Space(2)) if with_code and paper.qr else (Space(30),)
    return (Text(title, 9, bold=True, below=3), *code, Text("Кассир", 9, bold=True, above=4))


def _payment(paper: Paper) -> tuple[Block, ...]:
    seller = paper.seller
    roubles, kopecks = divmod(int(paper.sum * 100), 100)
    return (
        Text("Форма № ПД-4", 7, align="right"),
        Lined("", seller.name, "(наименование получателя платежа)", align="center"),
        Row((
            (Lined("", seller.inn_kpp, "(ИНН / КПП получателя платежа)", align="center"),),
            (Lined("", seller.account, "(номер счета получателя платежа)", align="center"),),
        ), (40, 60)),
        Row(((Lined("в", seller.bank, "(наименование банка получателя платежа)"),), (Lined("БИК", seller.bik),)), (68, 32)),
        Lined("Номер кор./сч. банка получателя платежа", seller.corr_account),
        Row((
            (Lined("", paper.purpose or f"Оплата по счёту № {paper.number} от {short_day(paper.day)}",
                   "(наименование платежа)"),),
            (Lined("", "", "(номер лицевого счета (код) плательщика)"),),
        ), (60, 40)),
        Lined("Ф.И.О. плательщика", paper.buyer.name),
        Lined("Адрес плательщика", paper.buyer.address),
        Text(f"Сумма платежа  {money(Decimal(roubles), 0)} руб. {kopecks:02d} коп.      Сумма платы за услуги  ______ руб. ____ коп.",
             above=1, below=1.5),
        Text(f"Итого  {'__________'} руб. ____ коп.          {'«____» ______________ 20___ г.'}", below=1.5),
        Text("С условиями приема указанной в платежном документе суммы, в т. ч. с суммой взимаемой платы за услуги банка, "
             "ознакомлен и согласен.", 6.5, below=2),
        Row(((), (Lined("Подпись плательщика", "", bold=True),)), (40, 60), below=0.5),
    )  # fmt: skip
