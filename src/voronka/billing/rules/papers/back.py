"""Акт о возврате товара: what the buyer gave back and the seller took in, and for what sum."""

from voronka.billing.rules.papers.act import named, parties, sold_table, sums_table
from voronka.billing.rules.papers.blocks import Block, Form, Rule, Space, Text
from voronka.billing.rules.papers.paper import CURRENCIES, Paper, long_day, money, short_day
from voronka.billing.rules.words import sum_in_words


def back(paper: Paper) -> Form:
    """Return the act of a return. The law asks for no form of it: it has what a source document must have (article 9 of
    the law on accounting), and both sides sign it.
    """
    totals = paper.totals
    unit = CURRENCIES.get(paper.currency, ("", "", paper.currency))[2]
    blocks: list[Block] = [
        Text(f"Акт о возврате товара № {paper.number} от {long_day(paper.day)}", 14, bold=True, below=1.5),
        Rule(1.2, 0, 3),
        named("Продавец:", paper.seller.spelled(bank=True)),
        named("Покупатель:", paper.buyer.spelled(bank=False)),
        *([named("Основание:", paper.basis)] if paper.basis else []),
        Space(1.5),
        sold_table(paper, "Наименование товара"),
        *sums_table(paper),
        Text(f"Всего наименований {len(paper.lines)}, на сумму {money(totals.amount)} {unit}", above=1, below=1.6),
        Text(sum_in_words(totals.amount, paper.currency), bold=True, below=3),
        Text(
            "Покупатель возвратил, а продавец принял перечисленный товар. Уплаченная за него сумма подлежит возврату "
            "покупателю или зачёту по его заявлению.",
            below=2,
        ),
        *([named("Причина:", paper.purpose)] if paper.purpose else []),
        Rule(1.2, 2, 4),
        parties(paper, "ТОВАР СДАЛ (ПОКУПАТЕЛЬ)", "ТОВАР ПРИНЯЛ (ПРОДАВЕЦ)"),
    ]
    return Form(
        f"Акт о возврате товара № {paper.number}",
        tuple(blocks),
        author=paper.seller.name,
        font="Golos Text",
        size=8.5,
        margins=(18, 14, 14, 16),
        foot=f"Акт о возврате товара № {paper.number} от {short_day(paper.day)}",
    )
