"""One movement of the bank is one payment, in whatever files it comes; payments find invoices among those that fit."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from voronka.billing.models import Account, Payment
from voronka.billing.queries.debts import open_for
from voronka.billing.queries.money import proposals
from voronka.billing.rules.matching import Incoming, Ledger, Open, Part
from voronka.billing.rules.statements import Move
from voronka.billing.rules.twins import Known, find_twins
from voronka.billing.testing import OWN_ACCOUNT, make_invoice, make_payment
from voronka.billing.tests.test_money import body, load
from voronka.billing.tests.test_rules_statements import paper
from voronka.people.testing import make_client

DAY = date(2026, 3, 11)
POOR = "Дата;Номер;Сумма;Назначение\n11.03.2026;212;150 000,00;Оплата\n"


def move(**more):
    told = {"account": "1", "is_income": True, "day": DAY, "amount": Decimal(5), "number": "7", "name": "", "inn": "",
            "other_account": "", "purpose": "", "line": 1}  # fmt: skip
    return Move(**(told | more))


def known(**more):
    told = {"id": 1, "account": "1", "is_income": True, "day": DAY, "amount": Decimal(5), "number": "7"}
    return Known(**(told | more))


@pytest.mark.parametrize(
    ("came", "there", "same"),
    [
        ({"inn": "1"}, {}, True),
        ({}, {"inn": "1", "name": "ООО Ромашка"}, True),
        ({"inn": "1"}, {"inn": "2"}, False),
        ({"number": "8"}, {}, False),
        ({"account": "2"}, {}, False),
        ({"other_account": "3"}, {"other_account": "4"}, False),
        ({"name": "ООО Лютик"}, {"name": "ООО Ромашка"}, False),
        ({"number": "", "purpose": "За  стол"}, {"purpose": "за стол"}, True),
        ({"number": "", "purpose": ""}, {"purpose": ""}, False),
        ({"inn": "1", "purpose": "раз"}, {"inn": "1", "purpose": "два"}, False),
        ({"inn": "1"}, {"account": "", "inn": "1"}, True),
        ({"number": ""}, {"account": "", "number": ""}, False),
    ],
)
def test_what_is_the_same_movement(came, there, same):
    assert bool(find_twins([move(**came)], [known(**there)])) is same


def test_one_payment_is_one_movement_and_the_banks_own_comes_first():
    typed, loaded = known(id=1, account=""), known(id=2)
    found = find_twins([move(), move(), move()], [typed, loaded])
    assert [found[at].id if at in found else None for at in range(3)] == [2, 1, None]


@pytest.mark.parametrize("poor_first", [True, False])
def test_a_table_without_payer_and_the_banks_file_tell_of_one_payment(inside, poor_first):
    own = Account.objects.get()
    client = make_client(inside.owner, "ООО «Таёжный двор»", inn="2463118405")
    rich = body(paper(to=OWN_ACCOUNT), came="150000.00")
    loads = [lambda: load(inside.owner, POOR.encode(), account_id=own.public_id), lambda: load(inside.owner, rich)]
    first, second = loads if poor_first else reversed(loads)
    assert (first().added, second().added, first().added, second().added) == (1, 0, 0, 0)
    row = Payment.objects.get()
    assert (row.inn, row.client_id) == ("2463118405", client.pk)  # what the poorer file did not know is learnt


def test_two_like_payments_of_one_file_stay_two_when_the_other_file_comes(inside):
    own = Account.objects.get()
    twice = POOR + "11.03.2026;212;150 000,00;Оплата\n"
    assert load(inside.owner, twice.encode(), account_id=own.public_id).added == 2
    rich = body(paper(to=OWN_ACCOUNT), came="150000.00")
    assert load(inside.owner, rich).added == 0
    assert Payment.objects.count() == 2


def test_a_payer_learnt_later_finds_his_invoice(inside):
    own = Account.objects.get()
    client = make_client(inside.owner, "ООО «Таёжный двор»", inn="2463118405")
    row = make_invoice(inside.owner, "150000", client_id=client.pk)
    poor = f"Дата;Номер;Сумма;Назначение\n11.03.2026;212;150 000,00;Оплата по счёту {row.number} частью\n"
    loaded = load(inside.owner, poor.encode(), account_id=own.public_id)
    rich = "\n".join(paper(to=OWN_ACCOUNT)).replace("874 и 881", row.number)
    again = load(inside.owner, body(rich.split("\n"), came="150000.00"))
    row.refresh_from_db()
    assert (loaded.added, again.added) == (1, 0)
    assert loaded.bound + again.bound == 1
    assert row.paid == 150000


def test_invoices_are_weighed_among_those_that_fit(inside):
    client = make_client(inside.owner, "ООО «Таёжный двор»", inn="2463118405")
    named = make_invoice(inside.owner, "77", client_id=client.pk)
    likely = make_invoice(inside.owner, "5040")
    for amount in ("90000", "91000"):
        make_invoice(inside.owner, amount)

    def ids(**more):
        told = {"amount": Decimal(5), "day": DAY, "purpose": ""} | more
        return [one.id for one in open_for([Incoming(**told)])]

    assert ids(purpose=f"Оплата счёта № {named.number}") == [named.pk]
    assert ids(inn="2463118405") == [named.pk]
    assert ids(name="Таежный Двор ООО") == [named.pk]
    assert ids(amount=Decimal(5000)) == [likely.pk]
    assert ids() == []


def test_a_page_of_payments_asks_the_same_however_many_there_are(inside):
    make_invoice(inside.owner, "100")
    held = [make_payment(inside.owner, "100", method="cash") for _n in range(6)]
    with CaptureQueriesContext(connection) as few:
        proposals(held[:1])
    for _n in range(4):
        make_invoice(inside.owner, "100")
    with CaptureQueriesContext(connection) as many:
        proposals(held)
    assert len(few) == len(many) == 3


def test_what_is_filled_is_gone_and_what_is_left_is_smaller():
    rows = [Open(1, "1", DAY, Decimal(100)), Open(2, "2", DAY, Decimal(40))]
    ledger = Ledger(rows)
    ledger.took([Part(1, Decimal(60)), Part(2, Decimal(40))])
    assert [(one.id, one.left) for one in ledger.likely(Incoming(Decimal(40), DAY, ""))] == [(1, Decimal(40))]
