"""Акт об оказании услуг, and the contract of sale."""

from voronka.billing.rules.papers.blocks import (
    Block,
    Box,
    Cell,
    Form,
    Lined,
    PageBreak,
    Picture,
    Rich,
    Row,
    Rule,
    Space,
    Table,
    Text,
)
from voronka.billing.rules.papers.paper import (
    CURRENCIES,
    Paper,
    Party,
    count_cell,
    long_day,
    money,
    quoted_day,
    short_day,
    sum_cell,
    tied,
)
from voronka.billing.rules.totals import percent_words
from voronka.billing.rules.words import sum_in_words


def act(paper: Paper) -> Form:
    """Return the act: what was done, for how much, and that nobody has claims."""
    totals = paper.totals
    unit = CURRENCIES.get(paper.currency, ("", "", paper.currency))[2]
    blocks: list[Block] = [
        Text(f"Акт № {paper.number} от {long_day(paper.day)}", 14, bold=True, below=1.5),
        Rule(1.2, 0, 3),
        named("Исполнитель:", paper.seller.spelled(bank=True)),
        named("Заказчик:", paper.buyer.spelled(bank=True)),
        *([named("Основание:", paper.basis)] if paper.basis else []),
        Space(1.5),
        sold_table(paper),
        *sums_table(paper),
        Text(f"Всего оказано услуг {len(paper.lines)}, на сумму {money(totals.amount)} {unit}", above=1, below=1.6),
        Text(sum_in_words(totals.amount, paper.currency), bold=True, below=3),
        Text(
            "Вышеперечисленные услуги (работы) выполнены полностью и в срок. Заказчик претензий по объёму, качеству "
            "и срокам оказания услуг не имеет.",
            below=2,
        ),
        Rule(1.2, 2, 4),
        Box(
            (
                Row(
                    (_side("ИСПОЛНИТЕЛЬ", paper.seller, paper), _side("ЗАКАЗЧИК", paper.buyer, None)),
                    (50, 50),
                    gap=10,
                ),
            )
        ),
    ]
    return Form(
        f"Акт № {paper.number}",
        tuple(blocks),
        author=paper.seller.name,
        font="Golos Text",
        size=8.5,
        margins=(18, 14, 14, 16),
        foot=f"Акт № {paper.number} от {short_day(paper.day)}",
    )


def named(label: str, value: str) -> Row:
    """Return a line of a name and what is named."""
    return Row(((Text(label, muted=True),), (Text(value, bold=True),)), (15, 85), gap=0, below=2.4)


def sold_table(paper: Paper, title: str = "Наименование работ, услуг") -> Table:
    """Return the table of what was sold, done or given back."""
    titles = ("№", title, "Кол-во", "Ед.", "Цена", "Сумма")
    rows = tuple(
        (Cell(str(place)), Cell(line.name, align="left"), count_cell(line.quantity), Cell(line.unit_word, align="left"),
         sum_cell(line.price), sum_cell(line.amount if paper.included else line.net))
        for place, line in enumerate(paper.lines, 1)
    )  # fmt: skip
    heads = (tuple(Cell(title, bold=True) for title in titles),)
    return Table((5, 52, 9.5, 7, 13, 13.5), rows, head=heads, stroke=0.6, outline=1.3, inset=2.2)


def sums_table(paper: Paper) -> list[Block]:
    """Return the sums below such a table, with the taxes in them."""
    totals = paper.totals
    rows = [("Итого:", totals.amount if paper.included else totals.net)]
    rows += [
        (f"{'В том числе ' if paper.included else ''}НДС {percent_words(percent)}:", tax)
        for percent, _amount, tax in totals.by_percent
        if percent
    ]
    if len(rows) == 1:
        rows[0] = ("Итого (без налога НДС):", totals.amount)
    elif not paper.included:
        rows.append(("Всего:", totals.amount))
    cells = tuple(
        (Cell(label, align="right", bold=True, bare=True),
         Cell(money(amount), align="right", bold=True, bare=True, value=amount))
        for label, amount in rows
    )  # fmt: skip
    return [Table((80, 20), cells, stroke=0, inset=1.3)]


def parties(paper: Paper, buyer: str, seller: str) -> Box:
    """Return where both sides sign, the buyer first."""
    sides = (_side(buyer, paper.buyer, None), _side(seller, paper.seller, paper))
    return Box((Row(sides, (50, 50), gap=10),))


def _side(title: str, party: Party, paper: Paper | None) -> tuple[Block, ...]:
    pictures: list[Block] = []
    post = "Руководитель" if party.kpp or party.director else ""  # a private person signs for himself
    if paper is not None and "sign_director" in paper.pictures:
        pictures.append(Picture("sign_director", 22, over=True, dx=10, dy=4))
    if paper is not None and "stamp" in paper.pictures:
        pictures.append(Picture("stamp", 34, over=True, dx=30, dy=-4))
    return (
        Text(title, bold=True, below=2.5),
        Text(f"{party.director_post or post} {party.name}".strip(), below=7),
        *pictures,
        Lined("", "", "подпись", f"/ {party.director or '____________________'} /"),
        Text("М. П.", above=4, muted=True),
    )


def contract(paper: Paper) -> Form:
    """Return the contract: its text as the company wrote it (`paper.text`), else the usual terms of a sale."""
    clauses = paper.text or _usual(paper)
    blocks: list[Block] = [
        Text(f"ДОГОВОР № {paper.number}", 13, bold=True, align="center", below=3),
        Row(
            ((Text(f"г. {paper.city}" if paper.city else ""),), (Text(quoted_day(paper.day), align="right"),)),
            (50, 50),
        ),
        Space(3),
        Rich(((_preamble(paper), ""),), align="justify", below=3),
        *(_clause(text) for text in clauses),
        Text("Реквизиты и подписи сторон", bold=True, align="center", above=4, below=3),
        Box(
            (
                Row(
                    (_requisites("Продавец", paper.seller, paper), _requisites("Покупатель", paper.buyer, None)),
                    (50, 50),
                    gap=8,
                ),
            )
        ),
    ]
    if paper.lines:
        blocks += [
            PageBreak(),
            Text(f"Приложение № 1 к договору № {paper.number} от {long_day(paper.day)}", align="right", below=4),
            Text("Спецификация", 12, bold=True, align="center", below=3),
            sold_table(paper),
            *sums_table(paper),
            Text(sum_in_words(paper.totals.amount, paper.currency), bold=True, above=1),
        ]
    return Form(
        f"Договор № {paper.number}",
        tuple(blocks),
        author=paper.seller.name,
        font="Golos Text",
        size=9,
        margins=(22, 16, 14, 18),
        foot=f"Договор № {paper.number} от {short_day(paper.day)}",
    )


def _clause(text: str) -> Block:
    if text[:1].isdigit() and text.isupper():
        return Text(text, bold=True, align="center", above=3, below=2)
    return Rich(((tied(text), ""),), align="justify", below=1.8)


def _preamble(paper: Paper) -> str:
    return (
        f"{_acting(paper.seller, 'Продавец')}, с одной стороны, и {_acting(paper.buyer, 'Покупатель')}, с другой "
        "стороны, заключили настоящий договор о нижеследующем."
    )


def _acting(party: Party, role: str) -> str:
    if party.is_trader or (not party.kpp and not party.director):
        return f"{party.name}, именуемый(ая) в дальнейшем «{role}»"
    acting = party.acting or "______________________________, действующего на основании ____________________"
    return f"{party.name}, именуемое в дальнейшем «{role}», в лице {acting}"


def _usual(paper: Paper) -> tuple[str, ...]:
    amount = f"{money(paper.sum)} ({sum_in_words(paper.sum, paper.currency)})"
    tax = paper.totals.tax if paper.lines else None
    taxed = f", в том числе НДС {money(tax)}" if tax else ", НДС не облагается"
    due = (
        f"не позднее {long_day(paper.due)}" if paper.due else "в течение пяти рабочих дней со дня подписания договора"
    )
    return (
        "1. ПРЕДМЕТ ДОГОВОРА",
        "1.1. Продавец передаёт в собственность Покупателя товары (оказывает услуги, выполняет работы), а Покупатель "
        "принимает и оплачивает их. Наименование, количество и цена указаны в спецификации (приложение № 1).",
        "2. ЦЕНА И ПОРЯДОК РАСЧЁТОВ",
        f"2.1. Цена договора составляет {amount}{taxed}.",
        f"2.2. Покупатель оплачивает цену договора {due} на расчётный счёт Продавца.",
        "2.3. Обязанность по оплате исполнена в день зачисления денег на счёт банка Продавца.",
        "3. ПЕРЕДАЧА И ПРИЁМКА",
        "3.1. Товар передаётся по накладной или универсальному передаточному документу, услуги и работы по акту.",
        "3.2. Право собственности и риск случайной гибели переходят к Покупателю в момент передачи.",
        "4. ОТВЕТСТВЕННОСТЬ СТОРОН",
        "4.1. За просрочку оплаты или передачи виновная сторона уплачивает пени 0,1 % от суммы просрочки за каждый день, "
        "но не более 10 % этой суммы.",
        "4.2. Стороны освобождаются от ответственности, если исполнение стало невозможным вследствие непреодолимой силы.",
        "5. ПРОЧИЕ УСЛОВИЯ",
        "5.1. Споры решаются переговорами, а при недостижении согласия в суде по месту нахождения ответчика.",
        "5.2. Договор вступает в силу со дня подписания и действует до исполнения сторонами своих обязательств.",
        "5.3. Договор составлен в двух экземплярах, имеющих равную силу, по одному для каждой стороны.",
    )


def _requisites(role: str, party: Party, paper: Paper | None) -> tuple[Block, ...]:
    rows = [
        party.address,
        f"ИНН {party.inn}" + (f", КПП {party.kpp}" if party.kpp else "") if party.inn else "",
        f"{'ОГРНИП' if party.is_trader else 'ОГРН'} {party.ogrn}" if party.ogrn else "",
        f"р/с {party.account}" if party.account else "",
        f"в {party.bank}" if party.account else "",
        f"БИК {party.bik}" + (f", к/с {party.corr_account}" if party.corr_account else "") if party.bik else "",
        f"тел. {party.phone}" if party.phone else "",
    ]
    return (
        Text(role, bold=True, below=1.5),
        Text(party.name, bold=True, below=1.5),
        *(Text(row, below=1.2) for row in rows if row),
        Space(3),
        *_side("", party, paper)[1:],
    )
