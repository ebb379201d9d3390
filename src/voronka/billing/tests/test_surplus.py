"""A paid order costs less, since it was changed, cancelled or goods came back: its invoice follows. What was paid
beyond that is the client's again: it is given back, left to him, or pays another invoice.
"""

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts import services as accounts
from voronka.accounts.models import Notice
from voronka.accounts.testing import add_person, sign_in
from voronka.billing import services
from voronka.billing.models import Document, OnlinePayment, OnlineRefund, Requisites, Surplus
from voronka.billing.queries.surplus import asked_of, credit_of, surpluses_of, to_give
from voronka.billing.rules.asking import asked_anew
from voronka.billing.services import giving_back, online
from voronka.billing.services.notices import tell_of_surplus
from voronka.billing.services.subjects import draft_about
from voronka.billing.testing import DAY, NOW, make_invoice, make_payment
from voronka.billing.tests import test_online
from voronka.billing.tests.test_exchange import all_agree, come_back, debt, invoiced, read, sold, written_anew
from voronka.kit.errors import Conflict, Denied
from voronka.kit.events.listeners import number_events
from voronka.kit.notices import NoticeSeed, tell_notices
from voronka.kit.subjects import Subject
from voronka.kit.timeline import read_told
from voronka.orders import services as orders
from voronka.orders.services import Back, drafts
from voronka.orders.testing import make_order, make_shop

D = Decimal
peer = test_online.peer


@pytest.fixture
def shop(inside):
    return make_shop(inside.owner)


def paid_for(inside, shop, *lines, amount=None, **more):
    """Return an order that waits to be sent, its invoice, and the payment of it."""
    order, paper = invoiced(inside, shop, *lines)
    payment = make_payment(inside.owner, str(amount or order.total), client_id=shop.client.pk, **more)
    give(inside, payment, paper, amount or order.total)
    return order, paper, payment


def give(inside, payment, paper, amount):
    parts = [(paper.public_id, D(amount))]
    services.allocate(actor=inside.owner, public_id=payment.public_id, parts=parts, now=NOW)
    read("billing.tell_paid")


def tables(shop, many):
    return [drafts.LineDraft(D(many), shop.table.pk, price=D(1000), discount=D(0), position=1)]


def heard():
    """Let all that keeps money in step read what happened, twice over."""
    for _turn in range(2):
        for name in ("billing.follow", "billing.lessen", "billing.tell_paid", "billing.tell_back"):
            read(name)


def back(inside, order, **more):
    (row,) = surpluses_of(order.pk)
    return services.give_surplus_back(
        **{"actor": inside.owner, "public_id": row.public_id, "day": DAY, "now": NOW, "operation": uuid.uuid4()}
        | more
    )


def told(*rows):
    for row in rows:
        row.refresh_from_db()


def test_a_paid_order_made_smaller_frees_what_was_paid_beyond_it(inside, shop):
    order, paper, payment = paid_for(inside, shop, (shop.table, 3))
    written_anew(inside, order, lines=tables(shop, 1))
    heard()
    told(order, paper, payment)
    assert (paper.amount, paper.paid, paper.version, paper.state) == (1000, 1000, 2, "issued")
    assert (order.total, order.paid, to_give(order.pk)) == (1000, 1000, 2000)
    assert (payment.allocated, payment.settled, credit_of(shop.client.pk), debt(shop)) == (1000, "", 2000, 0)
    read("billing.tell_surplus")
    assert Notice.objects.get(code="billing_surplus").subject_id == order.pk
    operation = uuid.uuid4()
    with pytest.raises(Conflict):
        back(inside, order, amount=D("2000.01"))
    with pytest.raises(Denied):
        back(inside, order, actor=add_person(inside.owner, "storekeeper"))
    first = back(inside, order, amount=D(500), operation=operation)
    assert back(inside, order, amount=D(500), operation=operation).pk == first.pk, "pressed twice it is one"
    assert (first.amount, first.method, to_give(order.pk)) == (500, "bank", 1500)
    row = Surplus.objects.get()
    assert back(inside, order).amount == 1500
    with pytest.raises(Conflict) as refused:
        services.give_surplus_back(
            actor=inside.owner, public_id=row.public_id, day=DAY, now=NOW, operation=uuid.uuid4()
        )
    assert refused.value.code == "nothing"
    told(payment)
    assert (payment.refunded, payment.settled, credit_of(shop.client.pk), to_give(order.pk)) == (2000, "all", 0, 0)
    all_agree(order)


def test_a_cancelled_order_leaves_its_money_to_what_the_client_buys_next(inside, shop):
    order, paper, payment = paid_for(inside, shop, (shop.table, 2))
    orders.cancel(order.public_id, "Передумал", actor=inside.owner, now=NOW)
    heard()
    told(order, paper)
    assert (paper.state, paper.paid, order.paid, to_give(order.pk), debt(shop)) == ("void", 0, 0, 2000, 0)
    (row,) = surpluses_of(order.pk)
    for _turn in range(2):
        services.keep_surplus(actor=inside.owner, public_id=row.public_id, now=NOW)
    told(payment)
    assert (payment.settled, to_give(order.pk), credit_of(shop.client.pk)) == ("advance", 0, 2000)
    new, asked = invoiced(inside, shop, (shop.table, 1), (shop.chair, 6))
    paid = services.pay_from_credit(actor=inside.owner, public_id=asked.public_id, now=NOW)
    assert (paid.paid, credit_of(shop.client.pk), debt(shop)) == (2000, 0, 500)
    with pytest.raises(Conflict):
        services.pay_from_credit(actor=inside.owner, public_id=asked.public_id, now=NOW)
    heard()
    all_agree(order, new)


def test_what_waits_to_go_back_pays_what_the_order_costs_more(inside, shop):
    order, paper, _payment = paid_for(inside, shop, (shop.table, 3))
    written_anew(inside, order, lines=tables(shop, 1))
    written_anew(inside, order, lines=tables(shop, 2))
    heard()
    told(paper, order)
    assert (paper.amount, paper.paid, order.paid, to_give(order.pk)) == (2000, 2000, 2000, 1000)
    all_agree(order)


def test_an_order_that_cost_nothing_by_then_and_costs_more_again_is_asked_for_again(inside, shop):
    order, paper, payment = paid_for(inside, shop, (shop.table, 1))
    written_anew(inside, order, lines=[replace(tables(shop, 1)[0], discount=D(1000))])
    heard()
    told(paper)
    assert (order.total, paper.state, to_give(order.pk)) == (0, "void", 1000)
    written_anew(inside, order, lines=[replace(tables(shop, 1)[0], discount=D(400))])
    heard()
    told(order, payment)
    (new,) = Document.objects.filter(kind="invoice", state="issued")
    assert (new.amount, new.paid, new.subject_id, new.requisites_id) == (600, 600, order.pk, paper.requisites_id)
    assert (order.paid, to_give(order.pk), payment.allocated) == (600, 400, 600)
    services.keep_surplus(actor=inside.owner, public_id=surpluses_of(order.pk)[0].public_id, now=NOW)
    services.take_back(actor=inside.owner, allocation_id=payment.allocations.last().public_id, now=NOW)
    services.void_document(actor=inside.owner, public_id=new.public_id, now=NOW)
    written_anew(inside, order, lines=tables(shop, 1))
    heard()
    assert not Document.objects.filter(kind="invoice", state="issued"), "nothing waited: a person asks"
    all_agree(order)


def test_all_came_back_and_more_is_ordered_is_asked_for_without_what_came_back(inside, shop):
    order, paper = sold(inside, shop, (shop.table, 2), paid="1999")
    come_back(inside, shop, order, (1, 2))
    read("billing.lessen")
    order.refresh_from_db()
    draft = drafts.draft_of(order, list(order.lines.order_by("position")))
    chairs = drafts.LineDraft(D(10), shop.chair.pk, price=D(250), discount=D(0))
    written_anew(inside, order, lines=[*draft.lines, chairs])
    heard()
    told(order, paper)
    new = Document.objects.get(kind="invoice", state="issued")
    assert (paper.state, order.total, new.amount, new.paid, to_give(order.pk)) == ("void", 4500, 2500, 1999, 0)
    assert debt(shop) == 501
    all_agree(order)


def test_a_payment_of_part_stays_with_what_is_still_owed(inside, shop):
    order, paper, payment = paid_for(inside, shop, (shop.table, 3), amount=D("1500.50"))
    written_anew(inside, order, lines=tables(shop, 2))
    heard()
    told(paper)
    assert (paper.amount, paper.paid, to_give(order.pk), debt(shop)) == (2000, D("1500.50"), 0, D("499.50"))
    more = make_payment(inside.owner, "499.50", client_id=shop.client.pk)
    give(inside, more, paper, "499.50")
    written_anew(inside, order, lines=tables(shop, 1))
    heard()
    told(payment, more, paper)
    assert (payment.allocated, more.allocated, paper.paid) == (1000, 0, 1000), "the last to come is the first to go"
    assert to_give(order.pk) == 1000
    all_agree(order)


def test_a_return_waits_for_its_money_till_it_is_given_back_or_left(inside, shop):
    order, paper = sold(inside, shop, (shop.table, 3), discount=D("1000.01"))
    first = come_back(inside, shop, order, (1, 1))
    heard()
    told(first, paper, order)
    assert (first.state, to_give(order.pk), paper.paid) == ("received", first.sum, order.total - first.sum)
    assert paper.amount == paper.paid == order.paid
    back(inside, order)
    heard()
    told(first)
    assert (first.state, to_give(order.pk), debt(shop)) == ("refunded", 0, 0)
    second = come_back(inside, shop, order, (1, 2))
    heard()
    told(second, paper)
    assert (second.state, paper.state, to_give(order.pk)) == ("received", "void", second.sum)
    services.keep_surplus(actor=inside.owner, public_id=surpluses_of(order.pk)[0].public_id, now=NOW)
    heard()
    told(second)
    assert (second.state, credit_of(shop.client.pk)) == ("refunded", second.sum)
    all_agree(order)


@pytest.mark.parametrize(("chairs", "due"), [(1, 2250), (12, 5000)])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_change_and_a_return_of_which_nobody_had_heard_are_settled_together(inside, shop, chairs, due, is_first):
    order, paper = sold(inside, shop, (shop.table, 3), paid="2900")

    def change(many):
        order.refresh_from_db()
        draft = drafts.draft_of(order, list(order.lines.order_by("position")))
        chair = drafts.LineDraft(
            D(many), shop.chair.pk, price=D(250), discount=D(0), position=2 if draft.lines[1:] else None
        )
        draft = replace(draft, lines=[draft.lines[0], chair])
        orders.change(order.public_id, draft, actor=inside.owner, version=order.version, now=NOW)

    change(4)
    heard()
    if not is_first:
        come_back(inside, shop, order, (1, 1))
        heard()
    change(chairs)
    come_back(inside, shop, order, (1, 1))
    heard()
    told(paper, order)
    due -= 0 if is_first else 1000
    assert (paper.amount, paper.paid, to_give(order.pk)) == (due, min(due, D(2900)), max(D(2900) - due, 0))
    all_agree(order)


def test_a_return_of_what_was_not_paid_waits_for_nothing(inside, shop):
    order, _paper = sold(inside, shop, (shop.table, 2), paid="1000")
    came = come_back(inside, shop, order, (1, 1))
    heard()
    told(came, order)
    assert (came.state, to_give(order.pk), order.paid, debt(shop)) == ("refunded", 0, 1000, 0)


def test_a_transfer_document_does_not_keep_an_invoice_alive_that_nobody_owes(inside, shop):
    order, paper = sold(inside, shop, (shop.table, 1))
    draft = services.make_from(actor=inside.owner, public_id=paper.public_id, kind="upd", day=DAY, now=NOW)
    upd = services.issue(actor=inside.owner, public_id=draft.public_id, now=NOW)
    come_back(inside, shop, order, (1, 1))
    heard()
    told(paper, upd)
    assert (paper.state, upd.state, to_give(order.pk), debt(shop)) == ("void", "issued", 1000, 0)


def test_several_invoices_give_way_the_newest_first_and_share_their_money(inside, shop):
    order = make_order(inside.owner, shop, (shop.table, 3))
    whole = draft_about(Subject("order", order.pk), kind="invoice", day=DAY)
    papers = [
        services.issue_new(
            actor=inside.owner, draft=replace(whole, lines=[replace(whole.lines[0], quantity=D(many))]), now=NOW
        )
        for many in (1, 2)
    ]
    payment = make_payment(inside.owner, "2000", client_id=shop.client.pk)
    give(inside, payment, papers[1], 2000)
    written_anew(inside, order, lines=tables(shop, 1))
    heard()
    told(*papers)
    assert [(one.state, one.amount, one.paid) for one in papers] == [("issued", 1000, 1000), ("void", 2000, 0)]
    assert (to_give(order.pk), debt(shop)) == (1000, 0)
    all_agree(order)


def test_what_cannot_be_issued_anew_is_left_whole_to_a_person(inside, shop):
    order, paper, payment = paid_for(inside, shop, (shop.table, 3))
    Requisites.objects.update(is_active=False)
    written_anew(inside, order, lines=tables(shop, 1))
    heard()
    told(paper, payment)
    assert (paper.amount, paper.paid, payment.allocated, to_give(order.pk)) == (3000, 3000, 3000, 0)
    other, extra = make_order(inside.owner, shop, (shop.chair, 2)), None
    Requisites.objects.update(is_active=True)
    extra = make_invoice(inside.owner, "700", client_id=shop.client.pk, subject=("order", other.pk))
    give(inside, make_payment(inside.owner, "700", client_id=shop.client.pk), extra, 700)
    line = drafts.LineDraft(D(1), shop.chair.pk, price=D(250), discount=D(0), position=1)
    written_anew(inside, other, lines=[line])
    heard()
    told(extra)
    assert (extra.amount, extra.paid) == (700, 700), "more was asked for on purpose"


def test_what_is_asked_for_on_purpose_after_the_goods_are_off_is_paid_and_stays(inside, shop):
    order, paper, _payment = paid_for(inside, shop, (shop.table, 3))
    orders.cancel(order.public_id, "Передумал", actor=inside.owner, now=NOW)
    heard()
    half, _paper = sold(inside, shop, (shop.table, 3))
    come_back(inside, shop, half, (1, 1))
    heard()
    for one, amount in ((order, 300), (half, 500)):
        fee = make_invoice(
            inside.owner,
            str(amount),
            client_id=shop.client.pk,
            subject=("order", one.pk),
            now=NOW + timedelta(hours=1),
        )
        services.pay_from_credit(actor=inside.owner, public_id=fee.public_id, now=NOW)
        orders.ask_return(half.public_id, [Back(1, D(1))], actor=inside.owner, now=NOW, operation=uuid.uuid4())
        heard()
        told(fee, one)
        assert (fee.state, fee.amount, fee.paid) == ("issued", amount, amount)
        all_agree(one)
    told(paper)
    assert (paper.state, order.paid, half.paid, debt(shop)) == ("void", 300, 2500, 0)


def test_other_acts_on_the_payment_leave_no_more_owed_than_is_left(inside, shop):
    order, _paper, payment = paid_for(inside, shop, (shop.table, 3))
    written_anew(inside, order, lines=tables(shop, 1))
    heard()
    other = make_invoice(inside.owner, "300", client_id=shop.client.pk)
    give(inside, payment, other, 300)
    assert to_give(order.pk) == 1700
    services.refund(actor=inside.owner, public_id=payment.public_id, amount=D(700), method="cash", day=DAY, now=NOW)
    assert to_give(order.pk) == 1000
    services.settle(actor=inside.owner, public_id=payment.public_id, way="advance")
    assert (to_give(order.pk), credit_of(shop.client.pk)) == (0, 1000)
    read("billing.debts")
    assert services.compare_with_ledger() == []
    Surplus.objects.update(amount=5000)
    assert "owed of it" in services.compare_with_ledger()[0]


def test_what_the_provider_does_not_give_back_is_owed_again(inside, shop, peer):
    test_online.add_provider(inside.owner)
    order, paper = invoiced(inside, shop, (shop.table, 2))
    link = services.make_link(actor=inside.owner, public_id=paper.public_id, now=NOW)
    row = test_online.paid_one((inside, peer, paper, link))
    heard()
    orders.cancel(order.public_id, "Передумал", actor=inside.owner, now=NOW)
    heard()
    assert to_give(order.pk) == 2000
    out = back(inside, order)
    asked = OnlineRefund.objects.get()
    assert (out.method, asked.state, to_give(order.pk)) == ("online", "unknown", 0)
    read("billing.tell_surplus")
    accounts.read_notices(actor=inside.owner, now=NOW)
    giving_back._ended(asked.pk, "refused", "insufficient_funds", NOW + timedelta(hours=1))
    assert to_give(order.pk) == 2000, "his money is here again, and owed to him"
    read("billing.tell_surplus")
    assert Notice.objects.get(code="billing_surplus").read_at is None, "somebody has to give it back by another way"
    back(inside, order)
    asked = OnlineRefund.objects.get(state="unknown")
    giving_back._ended(asked.pk, "done", "", NOW)
    row.refresh_from_db()
    assert (row.state, row.refunded, to_give(order.pk)) == (OnlinePayment.State.REFUNDED, 2000, 0)
    heard()
    all_agree(order)
    assert online.tries_of(paper.pk)


def test_what_went_back_from_the_page_of_the_payment_is_owed_again_as_well(inside, shop, peer):
    test_online.add_provider(inside.owner)
    order, paper = sold(inside, shop, (shop.table, 3), paid="0")
    link = services.make_link(actor=inside.owner, public_id=paper.public_id, now=NOW)
    row = test_online.paid_one((inside, peer, paper, link))
    heard()
    came = come_back(inside, shop, order, (1, 2))
    heard()
    assert (to_give(order.pk), came.state) == (2000, "received")
    for amount, how, owed in ((500, "refused", 2000), (500, "done", 1500), (1500, "refused", 1500)):
        refund = giving_back.begin(
            actor=inside.owner, public_id=row.payment.public_id, amount=D(amount), day=DAY, now=NOW,
            operation=uuid.uuid4(),
        )  # fmt: skip
        heard()
        told(came)
        assert (came.state, asked_of(order.pk)) == ("received", amount), "it may be refused"
        giving_back._ended(refund.pk, how, "", NOW)
        heard()
        told(came)
        assert (to_give(order.pk), asked_of(order.pk), came.state) == (owed, 0, "received")
        all_agree(order)
    services.keep_surplus(actor=inside.owner, public_id=surpluses_of(order.pk)[0].public_id, now=NOW)
    refund = giving_back.begin(
        actor=inside.owner, public_id=row.payment.public_id, amount=D(700), day=DAY, now=NOW, operation=uuid.uuid4()
    )
    giving_back._ended(refund.pk, "refused", "", NOW)
    assert to_give(order.pk) == 0, "what was left to the client is his advance, refused or not"


def test_a_return_waits_till_the_provider_has_given_its_money_back(inside, shop, peer):
    test_online.add_provider(inside.owner)
    order, paper = sold(inside, shop, (shop.table, 3), paid="0")
    link = services.make_link(actor=inside.owner, public_id=paper.public_id, now=NOW)
    test_online.paid_one((inside, peer, paper, link))
    heard()
    came = come_back(inside, shop, order, (1, 1))
    heard()
    for how, state in (("refused", "received"), ("done", "refunded")):
        back(inside, order)
        heard()
        told(came)
        assert (came.state, to_give(order.pk)) == ("received", 0), "it is asked for, and may be refused"
        giving_back._ended(OnlineRefund.objects.get(state="unknown").pk, how, "", NOW)
        heard()
        told(came)
        assert came.state == state
    assert to_give(order.pk) == 0
    all_agree(order)


def test_no_other_sum_goes_back_than_the_page_has_shown(inside, shop):
    order, _paper, payment = paid_for(inside, shop, (shop.table, 3))
    written_anew(inside, order, lines=tables(shop, 2))
    heard()
    page = sign_in(Browser(), inside.owner)

    def press():
        shown = page.get(reverse("billing:payment", args=[payment.public_id])).content.decode()
        form = shown[shown.index(act := reverse("billing:surplus-act", args=[row.public_id, "back"])) :]
        fields = dict(re.findall(r'name="(\w+)"\s+value="([^"]*)"', form[: form.index("</form>")]))
        return lambda: page.post(act, fields, follow=True).content.decode()

    (row,) = surpluses_of(order.pk)
    early, small = press(), press()
    written_anew(inside, order, lines=tables(shop, 1))
    heard()
    early()
    assert to_give(order.pk) == 1000, "what was shown went, what came free since waits"
    large = press()
    give(inside, payment, make_invoice(inside.owner, "300", client_id=shop.client.pk), 300)
    said = large()
    assert ("700.00" in said, to_give(order.pk)) == (True, 700)
    small()
    told(payment)
    assert (payment.refunded, to_give(order.pk)) == (1000, 700)


def test_the_word_of_another_payment_gives_nothing_back(inside, shop):
    """A known operation answers for what it made and for nothing else: the provider would pay, the books stay still."""
    payment = make_payment(inside.owner, "5000", client_id=shop.client.pk)
    known, word = make_payment(inside.owner, "70", client_id=shop.client.pk), uuid.uuid4()

    def refund(row, many, method="cash"):
        return services.refund(
            actor=inside.owner, public_id=row.public_id, amount=Decimal(many), method=method, day=DAY, now=NOW,
            operation=word,
        )  # fmt: skip

    out = refund(known, 70)
    assert refund(known, 70).pk == out.pk
    for row, many, method in ((payment, 70, "cash"), (known, 1, "cash"), (known, 70, "card")):
        with pytest.raises(Conflict, match="changed since"):
            refund(row, many, method)
    told(payment, known)
    assert (payment.refunded, known.refunded) == (0, 70)


def test_no_other_sum_is_left_to_a_client_than_the_page_has_shown(inside, shop):
    order, _paper, _payment = paid_for(inside, shop, (shop.table, 3))
    written_anew(inside, order, lines=tables(shop, 2))
    heard()
    (row,) = surpluses_of(order.pk)
    written_anew(inside, order, lines=tables(shop, 1))
    heard()
    with pytest.raises(Conflict, match=r"2000\.00 is to be given back"):
        services.keep_surplus(actor=inside.owner, public_id=row.public_id, now=NOW, amount=Decimal(1000))
    assert to_give(order.pk) == 2000
    services.keep_surplus(actor=inside.owner, public_id=row.public_id, now=NOW, amount=Decimal(2000))
    assert to_give(order.pk) == 0


def test_what_is_left_to_a_client_decides_on_no_other_money_of_his_payment(inside, shop):
    order, paper = invoiced(inside, shop, (shop.table, 3))
    payment = make_payment(inside.owner, "3500", client_id=shop.client.pk)
    give(inside, payment, paper, 3000)

    def left_to_him(many):
        written_anew(inside, order, lines=tables(shop, many))
        heard()
        told(payment)
        was = payment.settled
        (row,) = surpluses_of(order.pk)
        services.keep_surplus(actor=inside.owner, public_id=row.public_id, now=NOW)
        told(payment)
        return was, payment.settled

    assert left_to_him(2) == ("", ""), "on the 500 that came for nothing nobody has decided"
    services.settle(actor=inside.owner, public_id=payment.public_id, way="advance")
    assert left_to_him(1) == ("advance", "advance"), "what was decided stays so when more comes free"
    assert (to_give(order.pk), credit_of(shop.client.pk)) == (0, 2500)
    all_agree(order)


def test_people_hear_anew_of_what_waits_anew(inside, shop):
    order, _paper, _payment = paid_for(inside, shop, (shop.table, 3))

    def hear():
        heard()
        for _turn in range(2):
            read("billing.tell_surplus")
        return Notice.objects.get(code="billing_surplus")

    written_anew(inside, order, lines=tables(shop, 2))
    first = hear()
    accounts.read_notices(actor=inside.owner, now=NOW)
    assert hear().pk == first.pk
    back(inside, order)
    Surplus.objects.update(made_at=NOW - timedelta(hours=1))  # what is told now comes an hour later
    Notice.objects.update(made_at=NOW - timedelta(hours=1))
    written_anew(inside, order, lines=tables(shop, 1))
    second = hear()
    assert (second.pk != first.pk, second.read_at) == (True, None)
    tell_of_surplus(Surplus.objects.get().payment_id, order.pk, now=NOW)
    assert Notice.objects.get(code="billing_surplus").pk == second.pk, "seen twice it is told once"


def test_what_no_provider_took_does_not_go_back_by_link(inside, shop):
    order, _paper, payment = paid_for(inside, shop, (shop.table, 3), method="online")
    other, _paper, _payment = paid_for(inside, shop, (shop.table, 2))
    for one in (order, other):
        written_anew(inside, one, lines=tables(shop, 1))
    heard()
    for one, method in ((order, ""), (order, "online"), (other, "online")):
        with pytest.raises(Conflict) as refused:
            back(inside, one, method=method)
        assert refused.value.code == "not_online"
    assert (to_give(order.pk), to_give(other.pk)) == (2000, 1000)
    page = sign_in(Browser(), inside.owner)
    offered = page.get(reverse("billing:payment", args=[payment.public_id])).context["surpluses"][0]["methods"]
    assert [code for code, _name in offered] == ["", "bank", "cash", "card", "other"]
    form = page.get(reverse("billing:payment", args=[payment.public_id])).context["methods"]
    assert [code for code, _name in form] == ["", "bank", "cash", "card", "other"]
    refund = reverse("billing:payment-act", args=[payment.public_id, "refund"])
    for method in ("", "online"):
        assert page.post(refund, {"amount": "5", "method": method}).status_code == 409
    assert back(inside, order, method="cash").method == "cash"
    told(payment)
    assert payment.refunded == 2000


def test_it_is_seen_wherever_money_is_looked_for(inside, shop):
    order, _paper, payment = paid_for(inside, shop, (shop.table, 3))
    make_payment(inside.owner, "5", client_id=shop.client.pk)
    written_anew(inside, order, lines=tables(shop, 1))
    heard()
    (row,) = surpluses_of(order.pk)
    seeds = [NoticeSeed(1, order.pk, row.pk, "", NOW)]
    assert tell_notices("billing_surplus", seeds, inside.owner)[1].url == reverse(
        "orders:order", args=[order.public_id]
    )
    page = sign_in(Browser(), inside.owner)
    act = reverse("billing:surplus-act", args=[row.public_id, "back"])
    for name, args in (
        ("billing:client-documents", [shop.client.public_id]), ("billing:order-papers", [order.public_id]),
        ("billing:payment", [payment.public_id]), ("billing:debts", []),
    ):  # fmt: skip
        assert act in page.get(reverse(name, args=args)).content.decode(), name
    listed = page.get(reverse("billing:payments"), {"f.matched": "back"}).context["rows"]
    assert [one.pk for one, _cells in listed] == [payment.pk]
    sent = {"operation": str(uuid.uuid4()), "to": "order", "amount": str(row.amount)}
    assert page.post(act, sent).url.endswith(f"/{order.public_id}/")
    assert tell_notices("billing_surplus", seeds, inside.owner) == {}
    while number_events():
        pass
    said = [one.head for _event, one in read_told(shop.client.pk, actor=inside.owner, tab="documents")[0]]
    assert sum("2,000" in one or "2\u202f000" in one or "2\u00a0000" in one for one in said) >= 2, said
    seller = add_person(inside.owner, "manager")
    assert "given back" not in " ".join(one.head for _event, one in read_told(shop.client.pk, actor=seller)[0])
    assert page.get(reverse("billing:debts")).content.decode().count(act) == 0


def test_a_return_has_its_paper_for_the_sum_that_goes_back(inside, shop):
    order, _paper = sold(inside, shop, (shop.table, 3), discount=D("1000.01"))
    came = come_back(inside, shop, order, (1, 2))
    page = sign_in(Browser(), inside.owner)
    link = f"{reverse('billing:document-new')}?kind=back&amp;order={order.public_id}&amp;back={came.public_id}"
    assert link in page.get(reverse("orders:return", args=[came.public_id])).content.decode()
    shown = page.get(link.replace("&amp;", "&"))
    (line,) = [one for one, _problems in shown.context["lines"]]
    sent = {f"line_{name}": [value] for name, value in line.items()}
    done = page.post(reverse("billing:document-new"), {**shown.context["typed"], **sent, "act": "issue"})
    act = Document.objects.get(kind="back")
    assert done.url == reverse("billing:document", args=[act.public_id])
    assert (act.amount, act.client_id, act.subject_id) == (came.sum, shop.client.pk, order.pk)
    pdf = page.get(reverse("billing:document-file", args=[act.public_id, "pdf"]))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    heard()
    assert to_give(order.pk) == came.sum, "a paper moves no money"


@given(
    st.lists(st.integers(1, 500).map(lambda n: D(n) / 100), min_size=1, max_size=5),
    st.integers(0, 1500),
    st.booleans(),
)
def test_invoices_ask_for_no_more_than_is_due(amounts, due, follows):
    due = D(due) / 100
    found = asked_anew(amounts, due, follows=follows)
    if found is None:
        assert len(amounts) > 1
        assert sum(amounts) > due > 0
        return
    assert sum(found) == due or (sum(found) == sum(amounts) <= due)
    assert all(0 <= new <= max(old, due) for new, old in zip(found, amounts, strict=True))
    if len(amounts) == 1 and (follows or amounts[0] > due):
        assert found == [due]
