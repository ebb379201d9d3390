from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voronka.billing.rules.statement_rows import find_columns, read_rows
from voronka.billing.rules.statements import read_exchange

OWN = "40702810500000004821"
SECOND = "40702810900000001111"


def paper(number="212", amount="150000.00", to=OWN, by="40702810700000000099", came="11.03.2026", went="", extra=()):
    return [
        "СекцияДокумент=Платежное поручение", f"Номер={number}", "Дата=10.03.2026", f"Сумма={amount}",
        f"ПлательщикСчет={by}", f"ДатаСписано={went}", "Плательщик=ИНН 2463118405 ООО \"Таёжный двор\"",
        "ПлательщикИНН=2463118405", f"ПолучательСчет={to}", f"ДатаПоступило={came}", "Получатель1=ООО Ладная кухня",
        "ПолучательИНН=7719402184", "НазначениеПлатежа=Оплата по сч. 874 и 881 = мебель, в т. ч. НДС 22 %", *extra,
        "КонецДокумента",
    ]  # fmt: skip


def part(account=OWN, opening="1000.00", came="150000.00", went="0.00", closing="151000.00"):
    return [
        "СекцияРасчСчет", "ДатаНачала=11.03.2026", "ДатаКонца=11.03.2026", f"РасчСчет={account}",
        f"НачальныйОстаток={opening}", f"ВсегоПоступило={came}", f"ВсегоСписано={went}", f"КонечныйОстаток={closing}",
        "КонецРасчСчет",
    ]  # fmt: skip


def file(*sections, version="1.03", accounts=(OWN,), coding="Windows", end=("КонецФайла",)):
    head = ["1CClientBankExchange", f"ВерсияФормата={version}", f"Кодировка={coding}", "Отправитель=Клиент-банк",
            "ДатаНачала=11.03.2026", "ДатаКонца=11.03.2026", *(f"РасчСчет={one}" for one in accounts)]  # fmt: skip
    return "\r\n".join([*head, *(line for section in sections for line in section), *end, ""])


@pytest.mark.parametrize("version", ["1.01", "1.02", "1.03"])
@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-8-sig", "cp866"])
def test_a_statement_is_read_in_its_encodings(encoding, version):
    found = read_exchange(file(part(), paper(), version=version).encode(encoding))
    assert found.problems == ()
    assert (found.since, found.until, found.sender) == (date(2026, 3, 11), date(2026, 3, 11), "Клиент-банк")
    (move,) = found.moves
    assert (move.is_income, move.day, move.amount, move.number) == (
        True,
        date(2026, 3, 11),
        Decimal("150000.00"),
        "212",
    )
    assert (move.name, move.inn) == ('ООО "Таёжный двор"', "2463118405")
    assert move.purpose == "Оплата по сч. 874 и 881 = мебель, в т. ч. НДС 22 %"


def test_the_same_file_gives_the_same_keys_and_equal_payments_are_two():
    text = file(part(came="300000.00", closing="301000.00"), paper(), paper())
    one, two = read_exchange(text.encode("cp1251")).moves
    assert one.key != two.key
    assert [move.key for move in read_exchange(text.encode("utf-8")).moves] == [one.key, two.key]


def test_a_transfer_between_own_accounts_moves_both():
    text = file(
        part(OWN, "0.00", "0.00", "500.00", "-500.00"), part(SECOND, "0.00", "500.00", "0.00", "500.00"),
        paper(amount="500.00", by=OWN, to=SECOND, went="11.03.2026"), accounts=(OWN, SECOND),
    )  # fmt: skip
    found = read_exchange(text.encode("cp1251"))
    assert {(move.account, move.is_income) for move in found.moves} == {(OWN, False), (SECOND, True)}
    assert found.problems == ()


def test_days_of_one_account_add_up():
    text = file(
        part(closing="151000.00"), part(opening="151000.00", came="10.00", closing="151010.00"),
        paper(), paper("213", "10,00"),
    )  # fmt: skip
    found = read_exchange(text.encode("cp1251"))
    assert found.problems == ()
    assert (found.accounts[0].opening, found.accounts[0].closing) == (Decimal(1000), Decimal(151010))


@pytest.mark.parametrize(
    ("sections", "line", "code"),
    [
        ([part(), paper(amount="сто")], 20, "amount"),
        ([part(), paper(amount="-5.00")], 20, "amount"),
        ([part(), paper(came="31.02.2026")], 26, "day"),
        ([part(), paper(to="40702810700000000098")], 17, "strange_account"),
        ([part(), paper()[:-1]], 17, "cut"),
    ],
)
def test_one_bad_document_leaves_the_others_whole(sections, line, code):
    found = read_exchange(file(*sections, paper("300", "7.00")).encode("cp1251"))
    assert [(one.line, one.code) for one in found.problems if one.line] == [(line, code)]
    assert [move.number for move in found.moves] == ["300"]


def test_sums_are_checked_against_the_balances():
    wrong = read_exchange(file(part(closing="151000.01"), paper()).encode("cp1251"))
    assert [(one.code, one.detail) for one in wrong.problems] == [("balance", f"{OWN}: -0.01")]
    missing = read_exchange(file(part(), paper(amount="149999.99")).encode("cp1251"))
    assert [one.code for one in missing.problems] == ["turnover"]


def test_orders_not_carried_out_are_no_money():
    found = read_exchange(file(part(), paper(), paper("9", "5.00", came="")).encode("cp1251"))
    assert [one.code for one in found.problems] == ["not_done"]
    assert [move.number for move in found.moves] == ["212"]


def test_what_is_no_statement_is_said_to_be_none():
    assert [one.code for one in read_exchange(b"PK\x03\x04").problems] == ["not_a_statement"]
    assert [one.code for one in read_exchange(b"").problems] == ["not_a_statement"]
    assert "no_end" in [one.code for one in read_exchange(file(part(), paper(), end=()).encode()).problems]
    assert "no_accounts" in [one.code for one in read_exchange(file(accounts=()).encode()).problems]


@settings(max_examples=200)
@given(st.binary(max_size=400), st.integers(0, 1500))
def test_garbage_raises_nothing(junk, at):
    body = file(part(), paper()).encode("cp1251")
    for move in read_exchange(body[:at] + junk + body[at:]).moves:
        assert move.amount > 0


ROWS = [
    ["Выписка по счёту", None, None, None, None, None],
    ["Дата операции", "№ док.", "Контрагент", "ИНН", "Кредит", "Дебет", "Назначение платежа"],
    ["11.03.2026", 212, "ООО Таёжный двор", 2463118405.0, "150 000,00", "", "Оплата по сч. 874"],
    ["11.03.2026", 213, "Аренда", "", "", "1 000,50", "за март"],
    ["нет", 214, "Кто-то", "", "5", "", "x"],
    ["12.03.2026", 215, "Кто-то", "", "", "", "x"],
    ["Итого", "", "", "", "150 005,00", "1 000,50", ""],
]


def test_a_table_is_read_by_its_headings():
    found = read_rows(ROWS, account=OWN)
    assert [(move.is_income, move.amount, move.number, move.inn) for move in found.moves] == [
        (True, Decimal("150000.00"), "212", "2463118405"),
        (False, Decimal("1000.50"), "213", ""),
    ]
    assert [(one.line, one.code) for one in found.problems] == [(5, "day"), (6, "amount")]


def test_one_column_of_signed_sums():
    rows = [
        ["Date", "Amount", "Payer", "Description"],
        ["2026-03-11", "-5.5", "A", "b"],
        ["2026-03-11", 7.25, "A", "b"],
    ]
    found = read_rows(rows, account=OWN)
    assert [(move.is_income, move.amount) for move in found.moves] == [
        (False, Decimal("5.50")),
        (True, Decimal("7.25")),
    ]


def test_a_table_of_something_else_is_refused():
    assert find_columns([["Артикул", "Цена"], ["1", "2"]]) is None
    assert [one.code for one in read_rows([["Артикул", "Цена"]], account=OWN).problems] == ["no_columns"]
