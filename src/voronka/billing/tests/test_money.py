import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voronka.accounts.testing import make_company
from voronka.billing import services
from voronka.billing.models import Account, Allocation, Document, Payment, SeriesYear, Statement
from voronka.billing.queries.debts import debts, debts_of
from voronka.billing.queries.money import allocations_of, proposals, waiting
from voronka.billing.services import numbering, payments
from voronka.billing.testing import DAY, NOW, OWN_ACCOUNT, make_invoice, make_payment, make_requisites
from voronka.billing.tests.test_rules_statements import file, paper, part
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.tenancy import company_context
from voronka.people.testing import make_client

D = Decimal


def give(actor, payment, *parts):
    return services.allocate(
        actor=actor, public_id=payment.public_id, parts=[(row.public_id, D(part)) for row, part in parts], now=NOW
    )


def test_a_payment_in_parts(inside):
    one, two = make_invoice(inside.owner), make_invoice(inside.owner, "96400")
    payment = make_payment(inside.owner, "150000")
    payment = give(inside.owner, payment, (one, 118000), (two, 32000))
    assert payment.settled == "all"
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.paid, two.paid) == (118000, 32000)
    with pytest.raises(Conflict) as caught:
        give(inside.owner, make_payment(inside.owner, "1", method="cash"), (one, 1))
    assert caught.value.code == "too_much"
    with pytest.raises(Conflict):
        give(inside.owner, payment, (two, 1))


def test_two_parts_for_one_invoice_are_one(inside):
    row = make_invoice(inside.owner, "100")
    payment = make_payment(inside.owner, "150", method="cash")
    with pytest.raises(Conflict):
        give(inside.owner, payment, (row, 60), (row, 60))
    row.refresh_from_db()
    assert row.paid == 0


@pytest.mark.parametrize("amount", ["0", "-5", "NaN", "0.001", "Infinity"])
def test_sums_that_are_none_are_refused(inside, amount):
    row, payment = make_invoice(inside.owner), make_payment(inside.owner)
    with pytest.raises(Invalid):
        give(inside.owner, payment, (row, amount))
    if amount != "0.001":
        with pytest.raises(Invalid):
            make_payment(inside.owner, amount)


def test_money_goes_to_invoices_that_hold(inside):
    payment = make_payment(inside.owner)
    void = make_invoice(inside.owner)
    services.void_document(actor=inside.owner, public_id=void.public_id, now=NOW)
    for row in (void, make_invoice(inside.owner, kind="upd")):
        with pytest.raises(Conflict) as caught:
            give(inside.owner, payment, (row, 1))
        assert caught.value.code == "not_payable"


def test_taking_back_is_a_counter_entry(inside):
    row, payment = make_invoice(inside.owner), make_payment(inside.owner)
    give(inside.owner, payment, (row, 118000))
    (held,) = allocations_of([payment])[payment.pk]
    for _twice in range(2):
        services.take_back(actor=inside.owner, allocation_id=held.public_id, now=NOW)
    row.refresh_from_db()
    payment.refresh_from_db()
    assert (row.paid, payment.allocated, payment.settled) == (0, 0, "")
    assert sorted(Allocation.objects.values_list("amount", flat=True)) == [-118000, 118000]
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Allocation.objects.update(amount=1)


def test_the_database_holds_the_sums_whatever_the_code_does(inside):
    row, payment = make_invoice(inside.owner, "100"), make_payment(inside.owner, "100")
    for act in (
        lambda: Document.objects.filter(pk=row.pk).update(paid=D("100.01")),
        lambda: Payment.objects.filter(pk=payment.pk).update(allocated=60, refunded=41),
        lambda: Payment.objects.filter(pk=payment.pk).update(allocated=-1),
        lambda: Allocation.objects.create(payment=payment, document=row, amount=-1, at=NOW),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_excess_becomes_an_advance_or_goes_back(inside):
    client = make_client(inside.owner, "ИП Сомов")
    row = make_invoice(inside.owner, "486000", client_id=client.pk)
    payment = give(inside.owner, make_payment(inside.owner, "490500"), (row, 486000))
    assert (payment.settled, payment.client_id) == ("", client.pk)
    assert services.settle(actor=inside.owner, public_id=payment.public_id, way="advance").settled == "advance"
    assert debts_of(client.pk, DAY).advance == 4500
    out = services.refund(
        actor=inside.owner, public_id=payment.public_id, amount=D(4500), method="bank", day=DAY, now=NOW
    )
    payment.refresh_from_db()
    assert (out.is_income, out.refund_of_id, payment.refunded, payment.settled) == (False, payment.pk, 4500, "all")
    with pytest.raises(Conflict):
        services.refund(
            actor=inside.owner, public_id=payment.public_id, amount=D("0.01"), method="bank", day=DAY, now=NOW
        )
    assert debts_of(client.pk, DAY).advance == 0


def test_a_mistake_is_voided_and_the_banks_word_is_not(inside):
    row, payment = make_invoice(inside.owner), make_payment(inside.owner)
    give(inside.owner, payment, (row, 118000))
    assert services.void_payment(actor=inside.owner, public_id=payment.public_id, now=NOW).settled == "void"
    row.refresh_from_db()
    assert row.paid == 0
    Payment.objects.filter(pk=payment.pk).update(settled="", key="x")
    with pytest.raises(Conflict):
        services.void_payment(actor=inside.owner, public_id=payment.public_id, now=NOW)


def test_one_payment_is_not_entered_twice(inside):
    make_payment(inside.owner, "5", number="212")
    with pytest.raises(Conflict) as caught:
        make_payment(inside.owner, "5", number="212")
    assert caught.value.code == "twice"
    make_payment(inside.owner, "6", number="212")
    assert Payment.objects.count() == 2


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["give", "back", "refund", "void"]),
            st.integers(0, 2),
            st.integers(0, 2),
            st.integers(1, 120),
        ),
        max_size=25,
    )
)
def test_sums_agree_after_any_sequence(inside, acts):
    """Whatever is given, taken back, refunded and voided, both sums are those of the rows."""
    with transaction.atomic():
        rows = [make_invoice(inside.owner, "100") for _n in range(3)]
        held = [make_payment(inside.owner, "100", method="cash") for _n in range(3)]
        for act, row, payment, amount in acts:
            try:
                with transaction.atomic():
                    if act == "give":
                        give(inside.owner, held[payment], (rows[row], amount))
                    elif act == "back":
                        one = allocations_of([held[payment]]).get(held[payment].pk, [])
                        if one:
                            services.take_back(
                                actor=inside.owner, allocation_id=one[row % len(one)].public_id, now=NOW
                            )
                    elif act == "refund":
                        services.refund(
                            actor=inside.owner,
                            public_id=held[payment].public_id,
                            amount=D(amount),
                            method="cash",
                            day=DAY,
                            now=NOW,
                        )
                    else:
                        services.void_payment(actor=inside.owner, public_id=held[payment].public_id, now=NOW)
            except Conflict:
                continue
        for one in Document.objects.filter(pk__in=[row.pk for row in rows]):
            assert one.paid == sum(one.allocations.values_list("amount", flat=True))
        for one in Payment.objects.filter(pk__in=[payment.pk for payment in held]):
            assert one.allocated == sum(one.allocations.values_list("amount", flat=True))
            assert one.amount >= one.allocated + one.refunded
        transaction.set_rollback(True)


# --- statements ------------------------------------------------------------------------------------------------------


def body(*papers, came):
    return file(part(OWN_ACCOUNT, "0.00", came, "0.00", came), *papers, accounts=(OWN_ACCOUNT,)).encode("cp1251")


def load(actor, text, **more):
    return services.load_statement(actor=actor, name="kl_to_1c.txt", body=text, now=NOW, **more)


def test_a_statement_loaded_twice_adds_nothing(inside):
    client = make_client(inside.owner, "ООО «Таёжный двор»", inn="2463118405")
    services.save_series(actor=inside.owner, kind="invoice", pattern="{n}", is_yearly=True, last=873, day=DAY)
    one = make_invoice(inside.owner, "118000", client_id=client.pk)
    text = body(paper("212", "118000.00", OWN_ACCOUNT), paper("9", "37900.00", OWN_ACCOUNT), came="155900.00")
    first = load(inside.owner, text)
    assert (first.moves, first.added, first.bound, first.problems) == (2, 2, 1, [])
    one.refresh_from_db()
    assert one.paid == 118000
    again = load(inside.owner, text)
    assert (again.moves, again.added, again.bound) == (2, 0, 0)
    assert Payment.objects.count() == 2
    assert [payment.number for payment in waiting()] == ["9"]
    assert Payment.objects.get(number="9").client_id == client.pk  # known by the number of the taxpayer


def test_what_was_entered_by_hand_is_the_banks_payment(inside):
    typed = services.record_payment(
        actor=inside.owner,
        draft=services.PaymentDraft(day=date(2026, 3, 11), amount=D(150000), number="212"),
        now=NOW,
    )
    assert load(inside.owner, body(paper(to=OWN_ACCOUNT), came="150000.00")).added == 0
    typed.refresh_from_db()
    assert typed.key is not None
    assert Payment.objects.count() == 1


def test_what_was_entered_by_hand_of_another_payer_is_another_payment(inside):
    typed = services.record_payment(
        actor=inside.owner,
        draft=services.PaymentDraft(day=date(2026, 3, 11), amount=D(150000), number="212"),
        now=NOW,
    )
    Payment.objects.filter(pk=typed.pk).update(inn="500100732259")
    assert load(inside.owner, body(paper(to=OWN_ACCOUNT), came="150000.00")).added == 1
    typed.refresh_from_db()
    assert typed.key is None


def test_a_zero_byte_in_a_statement_harms_nobody(inside):
    text = body(paper("21\x002", to=OWN_ACCOUNT), came="150000.00")
    assert load(inside.owner, text).added == 1
    assert Payment.objects.get().number == "212"


def test_one_broken_document_does_not_hold_the_others(inside):
    found = load(inside.owner, body(paper("1", "сто", OWN_ACCOUNT), paper("2", "5.00", OWN_ACCOUNT), came="5.00"))
    assert found.added == 1
    assert [code for _line, code, _detail in found.problems] == ["amount"]


def test_a_statement_of_somebody_elses_account_is_refused(inside):
    with pytest.raises(Invalid) as caught:
        load(inside.owner, file(part(), paper()).encode())
    assert caught.value.code == "unknown_account"
    assert not Statement.objects.exists()
    for garbage in (b"", b"PK\x03\x04", b"\xff\xfe\x00"):
        with pytest.raises(Invalid):
            load(inside.owner, garbage)


def test_a_table_is_loaded_too(inside):
    own = Account.objects.get()
    table = (
        "Дата;Номер;Контрагент;ИНН;Сумма;Назначение\n11.03.2026;7;ООО Ромашка;7707083893;1 500,50;Оплата\n".encode()
    )
    with pytest.raises(Invalid) as caught:
        load(inside.owner, table)
    assert caught.value.code == "no_account"
    assert load(inside.owner, table, account_id=own.public_id).added == 1
    assert load(inside.owner, table, account_id=own.public_id).added == 0
    assert Payment.objects.get().amount == D("1500.50")


def test_what_one_payment_fills_is_not_offered_to_the_next(inside):
    row = make_invoice(inside.owner, "100")
    purpose = f"Оплата счёта № {row.number}"
    held = [make_payment(inside.owner, "100", method="cash", purpose=purpose) for _n in range(2)]
    one, two = proposals(held)
    assert [document.pk for document, _sum in one.parts] == [row.pk]
    assert two.parts == []


def test_the_surest_payment_chooses_first(inside):
    client = make_client(inside.owner, "ООО «Таёжный двор»")
    row = make_invoice(inside.owner, "38900", client_id=client.pk)
    held = [
        make_payment(inside.owner, amount, method="cash", name="ТАЕЖНЫЙ ДВОР ООО") for amount in ("82750", "38900")
    ]
    vague, exact = proposals(held)
    assert [document.pk for document, _sum in exact.parts] == [row.pk]
    assert vague.parts == []


def test_debts_by_age_and_limits(inside):
    client = make_client(inside.owner, "ООО «Должник»")
    make_invoice(inside.owner, "100", client_id=client.pk, due_on=date(2026, 11, 10))
    late = make_invoice(inside.owner, "200", client_id=client.pk, due_on=date(2026, 10, 1))
    give(inside.owner, make_payment(inside.owner, "50", method="cash"), (late, 50))
    (debt,) = debts(DAY)
    assert (debt.amount, debt.late, debt.count) == (250, 150, 2)
    assert debt.ages == {"due": 100, "7": 0, "30": 0, "60": 150, "90": 0, "older": 0}
    assert not debt.is_over(DAY)
    services.set_limit(actor=inside.owner, client_id=client.pk, amount=D(249))
    assert debts_of(client.pk, DAY).is_over(DAY)
    services.set_limit(actor=inside.owner, client_id=client.pk, amount=D(1000), days=10)
    assert debts_of(client.pk, DAY).is_over(DAY)
    services.set_limit(actor=inside.owner, client_id=client.pk, amount=None)
    assert debts_of(client.pk, DAY).limit is None
    with pytest.raises(Denied):
        services.set_limit(actor=inside.colleague, client_id=client.pk, amount=D(1))


# --- several at once -------------------------------------------------------------------------------------------------


def at_once(cast, acts):
    gate, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            gate.wait()
            with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
                found[place] = act()
        except BaseException as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return found


@pytest.fixture
def world(transactional_db):
    cast = make_company(now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        make_requisites(cast.owner)
    return cast


def within(cast, read):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        return read()


def test_numbers_have_no_gap_and_no_double_under_a_rush(world):
    def issue(fails):
        row = make_invoice(world.owner)
        if fails:
            raise ZeroDivisionError
        return row.count

    found = at_once(world, [lambda n=n: issue(n % 4 == 3) for n in range(12)])
    counts = sorted(one for one in found if isinstance(one, int))
    assert counts == list(range(1, 10)), found
    assert within(world, lambda: SeriesYear.objects.get().last) == 9


def test_control_numbers_without_the_row_double(world, monkeypatch):
    def careless(kind, day):
        series = numbering.series_of(kind)
        last = Document.objects.filter(series=series).order_by("-count").values_list("count", flat=True).first() or 0
        threading.Event().wait(0.2)
        return series, day.year, last + 1, str(last + 1)

    monkeypatch.setattr("voronka.billing.services.documents.next_number", careless)
    within(world, lambda: make_invoice(world.owner))
    found = at_once(world, [lambda: make_invoice(world.owner).count for _n in range(4)])
    assert any(isinstance(one, IntegrityError) for one in found), found  # the unique key stands behind the lock


def test_one_rouble_is_given_once(world):
    row, payment = within(world, lambda: (make_invoice(world.owner, "100"), make_payment(world.owner, "1000")))
    found = at_once(world, [lambda: give(world.owner, payment, (row, 100)) for _n in range(6)])
    assert sum(isinstance(one, Payment) for one in found) == 1
    assert {type(one) for one in found} == {Payment, Conflict}
    assert within(world, lambda: Document.objects.get().paid) == 100


def test_control_without_the_locks_only_the_database_stands(world, monkeypatch):
    row, payment = within(world, lambda: (make_invoice(world.owner, "100"), make_payment(world.owner, "1000")))
    gate = threading.Barrier(4)
    real = payments.require_payable

    def unlocked(public_id, lock=False):
        return Payment.objects.get(public_id=public_id)

    def stale(found):
        gate.wait(5)
        return real(usual.get(pk=row.pk))

    usual = Document.objects

    class Unlocked:
        def __getattr__(self, name):
            return getattr(usual, name)

        def select_for_update(self, **_more):
            return usual.all()

    monkeypatch.setattr(payments, "get_payment", unlocked)
    monkeypatch.setattr(payments, "require_payable", stale)
    monkeypatch.setattr(payments.Document, "objects", Unlocked())
    found = at_once(world, [lambda: give(world.owner, payment, (row, 100)) for _n in range(4)])
    assert any(isinstance(one, IntegrityError) for one in found), found


def test_a_statement_loaded_by_two_at_once_comes_in_once(world):
    text = body(paper("1", "5.00", OWN_ACCOUNT), paper("2", "7.00", OWN_ACCOUNT), came="12.00")
    found = at_once(world, [lambda: load(world.owner, text) for _n in range(4)])
    assert sum(one.added for one in found) == 2
    assert within(world, Payment.objects.count) == 2
