from datetime import date
from decimal import Decimal

import pytest
import segno
import zxingcpp
from hypothesis import assume, given
from hypothesis import strategies as st

from voronka.billing.rules.ageing import age_of, aged
from voronka.billing.rules.numbers import number_key, pattern_problem, written
from voronka.billing.rules.payment_qr import QrProblem, payment_text, read_payment_text

PAYEE = {
    "Name": "ООО «Ладная кухня»",
    "PersonalAcc": "40702810500000004821",
    "BankName": "АО «Банк Полевой», г. Москва",
    "BIC": "044525000",
    "CorrespAcc": "30101810000000000000",
    "PayeeINN": "7719402184",
    "KPP": "771901001",
}


def looked_at(body):
    """Draw the code and read the picture with somebody else's reader."""
    code = segno.make(body, error="m", micro=False)
    rows = [bytes(0 if dark else 255 for dark in row) for row in code.matrix_iter(scale=4, border=4)]
    picture = memoryview(b"".join(rows)).cast("B", (len(rows), len(rows[0])))
    return zxingcpp.read_barcodes(picture)[0].bytes


@pytest.mark.parametrize("encoding", ["1", "2", "3"])
def test_a_code_is_read_back_by_another_reader(encoding):
    fields = PAYEE | {"Purpose": "Оплата по счёту № 874 от 03.03.2026 | мебель"}
    if encoding == "3":
        fields["Name"] = "ООО Ладная кухня"
        fields["BankName"] = "АО Банк Полевой"
        fields["Purpose"] = "Оплата по счету 874 | мебель"
    body = payment_text(fields, amount=Decimal("118000.05"), encoding=encoding)
    assert body.startswith(b"ST0001" + encoding.encode() + b"~")  # the bar stands in the purpose
    assert read_payment_text(looked_at(body)) == fields | {"Sum": "11800005"}


def test_the_order_and_the_head_are_the_standards():
    text = payment_text(PAYEE, amount=Decimal(1)).decode()
    assert text.startswith("ST00012|Name=ООО «Ладная кухня»|PersonalAcc=40702810500000004821|BankName=")
    assert text.endswith("|Sum=100|PayeeINN=7719402184|KPP=771901001")


def test_a_payee_without_a_correspondent_account_says_nought():
    assert b"CorrespAcc=0|" in payment_text(PAYEE | {"CorrespAcc": ""}, amount=Decimal(1))


@pytest.mark.parametrize(
    ("change", "amount", "code", "field"),
    [
        ({"Name": " "}, "1", "missing", "Name"),
        ({"BIC": "0445"}, "1", "digits", "BIC"),
        ({"PersonalAcc": "4070281050000000482"}, "1", "digits", "PersonalAcc"),
        ({"Colour": "red"}, "1", "unknown", "Colour"),
        ({}, "0", "sum", "Sum"),
        ({}, "0.001", "sum", "Sum"),
        ({"Purpose": "|~^_#$;&"}, "1", "no_separator", ""),
    ],
)
def test_what_no_bank_would_read_is_refused(change, amount, code, field):
    with pytest.raises(QrProblem) as caught:
        payment_text(PAYEE | change, amount=Decimal(amount))
    assert (caught.value.code, caught.value.field) == (code, field)


@given(st.text(max_size=300).map(lambda text: "".join(one for one in text if one.isprintable())))
def test_any_purpose_comes_back_or_is_refused(purpose):
    assume(any(sign not in purpose for sign in "|~^_#$;&"))
    body = payment_text(PAYEE | {"Purpose": purpose}, amount=Decimal(1))
    told = " ".join(purpose.split())[:210].rstrip()
    assert read_payment_text(body).get("Purpose", "") == told


def test_numbers_of_a_series():
    day = date(2026, 3, 3)
    assert written("{n}", 874, day) == "874"
    assert written("А-{yy}/{n:5}", 874, day) == "А-26/00874"
    assert written("{n}-{mm}.{yyyy}", 7, day) == "7-03.2026"
    assert [pattern_problem(one) for one in ("{n}", "А-{yy}", "{n}{x}", "{n}" + "x" * 40)] == [
        "",
        "no_number",
        "unknown",
        "too_long",
    ]
    assert pattern_problem("{n:9}" * 6) == ""
    assert pattern_problem("{n:9}" * 8) == "too_long"  # 40 signs that write 80


@pytest.mark.parametrize(
    ("one", "other"),
    [("№ 00874", "874"), ("N874", "874"), ("A-012", "А-12"), ("26-00874", "26-874"), ("УТ-5 ", "ут-5")],
)
def test_numbers_that_are_one(one, other):
    assert number_key(one) == number_key(other)
    assert number_key("874") != number_key("8740")


@pytest.mark.parametrize(
    ("late", "age"),
    [
        (-5, "due"),
        (0, "due"),
        (1, "7"),
        (7, "7"),
        (8, "30"),
        (30, "30"),
        (31, "60"),
        (60, "60"),
        (61, "90"),
        (90, "90"),
        (91, "older"),
    ],
)
def test_debts_by_age(late, age):
    today = date(2026, 5, 1)
    due = date.fromordinal(today.toordinal() - late)
    assert age_of(due, today) == age
    assert aged([(due, Decimal(5)), (due, Decimal(7))], today)[age] == 12
