"""Payments by link against the sandbox as a real HTTP peer: once, whatever the provider and the network do."""

import json
import threading
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from voronka.accounts.testing import make_company
from voronka.billing import ports, services
from voronka.billing.gateways.sandbox import SandboxGateway
from voronka.billing.gateways.transport import over_http
from voronka.billing.models import Document, OnlinePayment, OnlineRefund, Payment, Provider
from voronka.billing.services import giving_back, links, online
from voronka.billing.services.checking import compare_with_ledger
from voronka.billing.testing import DAY, NOW, make_invoice, make_requisites
from voronka.billing.tests.provider_peer import SECRET, SHOP, provider_peer
from voronka.billing.tests.test_money import at_once
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.tenancy import company_context

D = Decimal
BACK = "https://shop.example.com/pay/x"


@pytest.fixture
def peer(monkeypatch):
    with provider_peer() as found:

        def open_peer(keys):
            return SandboxGateway(keys, over_http(found.base, allow_private=["127.0.0.0/8"], seconds=0.4))

        monkeypatch.setitem(
            ports._kinds, "sandbox", ports.GatewayKind("sandbox", "Sandbox", open_peer, is_real=False)
        )
        yield found


@pytest.fixture
def shop(inside, peer):
    add_provider(inside.owner)
    row = make_invoice(inside.owner, "118000")
    link = services.make_link(actor=inside.owner, public_id=row.public_id, now=NOW)
    return inside, peer, row, link


def add_provider(actor):
    draft = services.ProviderDraft("sandbox", "Песочница", shop_id=SHOP, secret=SECRET)
    return services.save_provider(actor=actor, draft=draft, now=NOW)


def begin(link, now=NOW):
    return online.start(link_id=link.pk, back_url=BACK, now=now)


def notice(peer, outer_id, now=NOW, **more):
    headers, body = peer.sandbox.notice(peer.shelf.take(outer_id), now=now.timestamp())
    return headers | more, body


def paid_one(shop, now=NOW):
    """Begin and pay; return the row as it is known then."""
    _cast, peer, _row, link = shop
    begin(link, now)
    one = OnlinePayment.objects.get()
    peer.sandbox.press(one.outer_id, is_paid=True)
    return online.ask(one.pk, now=now)


def test_from_link_to_money(shop):
    _cast, peer, row, link = shop
    address = begin(link)
    one = OnlinePayment.objects.get()
    assert (address, one.state, one.amount) == (f"https://pay.example.com/{one.outer_id}", "waiting", 118000)
    assert begin(link) == address  # gone on with, not made again
    assert online.ask(one.pk, now=NOW).state == "waiting"
    peer.sandbox.press(one.outer_id, is_paid=True)
    assert online.ask(one.pk, now=NOW).state == "paid"
    payment = Payment.objects.get()
    row.refresh_from_db()
    assert (payment.method, payment.amount, payment.settled, row.paid) == ("online", 118000, "all", 118000)
    with pytest.raises(Conflict) as caught:
        begin(link)
    assert caught.value.code == "paid"
    assert len(peer.shelf.rows) == 1
    assert compare_with_ledger() == []


def test_what_is_asked_again_and_said_again_is_recorded_once(shop):
    one = paid_one(shop)
    for _again in range(3):
        assert online.ask(one.pk, now=NOW).state == "paid"
    assert Payment.objects.count() == 1
    told = ports.Told(one.outer_id, "waiting", one.amount, "RUB")
    assert online.note(one.pk, told, now=NOW).state == "paid"  # late words undo nothing
    assert online.note(one.pk, ports.Told(one.outer_id, "declined", one.amount, "RUB"), now=NOW).state == "paid"


@pytest.mark.parametrize("trouble", ["silent", "lost", "broken", "junk", "busy"])
def test_silence_leaves_it_unknown_and_the_same_operation_is_asked_again(shop, trouble):
    _cast, peer, _row, link = shop
    peer.troubles = [trouble]
    with pytest.raises(online.NotNow):
        begin(link)
    one = OnlinePayment.objects.get()
    assert (one.state, one.outer_id) == ("unknown", None)
    assert one.next_at > NOW
    assert begin(link).startswith("https://pay.example.com/")
    assert OnlinePayment.objects.count() == len(peer.shelf.rows) == 1  # also where the first one had been made


def test_a_lost_notice_is_made_up_for_by_asking(shop):
    _cast, peer, row, link = shop
    begin(link)
    one = OnlinePayment.objects.get()
    peer.sandbox.press(one.outer_id, is_paid=True)
    assert [found[1:] for found in online.due(NOW)] == []
    assert [found[1:] for found in online.due(NOW + timedelta(hours=2))] == [(one.pk, 0)]
    peer.troubles = ["silent", "broken"]
    for minute in (1, 2, 3):
        state = online.ask(one.pk, now=NOW + timedelta(minutes=minute)).state
    row.refresh_from_db()
    assert (state, row.paid) == ("paid", 118000)


def test_declined_is_told_and_may_be_tried_again(shop):
    _cast, peer, _row, link = shop
    begin(link)
    first = OnlinePayment.objects.get()
    peer.sandbox.press(first.outer_id, is_paid=False)
    assert online.ask(first.pk, now=NOW).state == "declined"
    begin(link)
    assert OnlinePayment.objects.count() == 2
    assert not Payment.objects.exists()


def test_notices_make_us_ask_and_forged_ones_do_nothing(shop, monkeypatch):
    _cast, peer, row, link = shop
    provider, asked = Provider.objects.get(), []
    monkeypatch.setattr(online, "ask_soon", asked.append)
    begin(link)
    one = OnlinePayment.objects.get()

    def take(headers, body, now=NOW):
        return online.take_notice(provider_id=provider.pk, headers=headers, body=body, now=now)

    peer.sandbox.press(one.outer_id, is_paid=True)
    good = notice(peer, one.outer_id)
    assert [take(*good), take(*good)] == [True, True]
    assert asked == [one.pk, one.pk]
    row.refresh_from_db()
    assert row.paid == 0  # a notice says that something happened, never what
    sign = next(iter(set(good[0]) - {"content-type"}))
    bad = [
        ({}, good[1]),
        ({sign: "junk"}, good[1]),
        ({sign: "9" * 13 + ".00"}, good[1]),
        ({sign: good[0][sign][:-1] + ("0" if good[0][sign][-1] != "0" else "1")}, good[1]),
        (good[0], good[1].replace(b"118000.00", b"118.00")),
        (good[0], b"{}"),
    ]
    for headers, body in bad:
        with pytest.raises(ports.Forged):
            take(headers, body)
    with pytest.raises(ports.Forged):
        take(*good, now=NOW + timedelta(hours=1))  # replayed much later
    other = json.dumps({"type": "notification", "event": "payment.succeeded", "object": {"id": "strange"}}).encode()
    from voronka.billing.rules.sandbox import SIGN, signed

    assert take({SIGN: signed(SECRET, other, now=NOW.timestamp())}, other) is False
    assert len(asked) == 2


@pytest.mark.parametrize(
    "told", [("other", D(118000), "RUB"), (None, D(1), "RUB"), (None, D(118000), "USD")]
)  # fmt: skip
def test_words_about_another_payment_are_not_taken(shop, told):
    begin(shop[3])
    one = OnlinePayment.objects.get()
    number, amount, currency = told
    found = online.note(one.pk, ports.Told(number or one.outer_id, "paid", amount, currency), now=NOW)
    assert (found.state, found.why) == ("waiting", "strange_answer")
    assert not Payment.objects.exists()


def test_what_came_meanwhile_otherwise_leaves_the_money_to_a_person(shop):
    cast, peer, row, link = shop
    begin(link)
    one = OnlinePayment.objects.get()
    peer.sandbox.press(one.outer_id, is_paid=True)
    cash = services.PaymentDraft(day=DAY, amount=D(100000), method="cash")
    services.record_payment(actor=cast.owner, draft=cash, documents=[(row.public_id, D(100000))], now=NOW)
    online.ask(one.pk, now=NOW)
    payment = Payment.objects.get(method="online")
    assert (payment.allocated, payment.settled) == (18000, "")
    row.refresh_from_db()
    assert row.paid == row.amount


def test_money_for_a_void_invoice_waits_for_a_person(shop):
    cast, peer, row, link = shop
    begin(link)
    one = OnlinePayment.objects.get()
    services.void_document(actor=cast.owner, public_id=row.public_id, now=NOW)
    peer.sandbox.press(one.outer_id, is_paid=True)
    assert online.ask(one.pk, now=NOW).state == "paid"
    assert Payment.objects.get().settled == ""
    with pytest.raises(Conflict):
        begin(link)


def back(cast, payment, amount, operation=None):
    return giving_back.give_back(
        actor=cast.owner, public_id=payment.public_id, amount=D(amount), day=DAY, now=NOW,
        operation=operation or uuid.uuid4(),
    )  # fmt: skip


def freed(shop):
    """Pay, and take the money off the invoice, so that it may go back."""
    one = paid_one(shop)
    payment = Payment.objects.get()
    (given,) = payment.allocations.all()
    services.take_back(actor=shop[0].owner, allocation_id=given.public_id, now=NOW)
    return one, payment


def test_a_part_goes_back_once_and_no_more_than_came(shop):
    cast, peer, _row, _link = shop
    one, payment = freed(shop)
    operation = uuid.uuid4()
    assert [back(cast, payment, 18000, operation).state for _twice in range(2)] == ["done", "done"]
    with pytest.raises(Conflict, match="changed since"):
        back(cast, payment, 17000, operation)
    with pytest.raises(Conflict):
        back(cast, payment, 100001)
    assert peer.shelf.rows[one.outer_id].refunded == 18000
    assert back(cast, payment, 100000).state == "done"
    one.refresh_from_db()
    payment.refresh_from_db()
    assert (one.state, one.refunded, payment.refunded) == ("refunded", 118000, 118000)
    assert online.ask(one.pk, now=NOW).state == "refunded"
    assert compare_with_ledger() == []


def test_money_on_an_invoice_does_not_go_back(shop):
    paid_one(shop)
    with pytest.raises(Conflict) as caught:
        back(shop[0], Payment.objects.get(), 5)
    assert caught.value.code == "too_much"
    assert not OnlineRefund.objects.exists()


@pytest.mark.parametrize("trouble", ["silent", "lost", "broken"])
def test_a_refund_without_an_answer_holds_its_money_and_is_asked_again(shop, trouble):
    cast, peer, _row, _link = shop
    one, payment = freed(shop)
    peer.troubles = [trouble]
    row = back(cast, payment, 18000)
    payment.refresh_from_db()
    assert (row.state, payment.refunded) == ("unknown", 18000)  # nothing else can spend it meanwhile
    due = [found[1:] for found in online.due(NOW + timedelta(hours=1))]
    assert (one.pk, row.pk) in due
    assert giving_back.ask_refund(row.pk, now=NOW).state == "done"
    assert peer.shelf.rows[one.outer_id].refunded == 18000
    assert Payment.objects.filter(is_income=False).count() == 1


def test_a_refund_that_is_refused_puts_its_money_back(shop):
    cast, peer, _row, _link = shop
    one, payment = freed(shop)
    peer.shelf.rows[one.outer_id].refunded = D(110000)  # the provider has given it back already
    row = back(cast, payment, 18000)
    payment.refresh_from_db()
    one.refresh_from_db()
    assert (row.state, payment.refunded, payment.settled, one.refunded) == ("refused", 0, "", 0)
    assert compare_with_ledger() == []


def test_what_the_provider_gave_back_by_himself_leaves_the_invoice(shop):
    _cast, peer, row, _link = shop
    one = paid_one(shop)
    peer.shelf.rows[one.outer_id].refunded = D(18000)
    for _again in range(2):
        assert online.ask(one.pk, now=NOW).state == "paid"
    payment = Payment.objects.get(is_income=True)
    row.refresh_from_db()
    assert (payment.refunded, payment.allocated, row.paid) == (18000, 100000, 100000)
    peer.shelf.rows[one.outer_id].refunded = D(118000)
    assert online.ask(one.pk, now=NOW).state == "refunded"
    row.refresh_from_db()
    assert row.paid == 0
    assert compare_with_ledger() == []


def test_wrong_keys_are_said_and_nothing_is_lost(shop):
    cast, _peer, _row, link = shop
    provider = Provider.objects.get()
    services.save_provider(
        actor=cast.owner, public_id=provider.public_id, now=NOW,
        draft=services.ProviderDraft("sandbox", "Песочница", shop_id=SHOP, secret="wrong"),
    )  # fmt: skip
    with pytest.raises(online.NotNow):
        begin(link)
    assert OnlinePayment.objects.get().why == "invalid_credentials"
    draft = services.ProviderDraft("sandbox", "Песочница", shop_id=SHOP, secret=SECRET)
    services.save_provider(actor=cast.owner, public_id=provider.public_id, draft=draft, now=NOW)
    assert begin(link).startswith("https://")


def test_keys_are_kept_encrypted_and_one_provider_is_on(inside):
    draft = services.ProviderDraft("yookassa", "", shop_id="1", secret="live_0123456789")
    row = services.save_provider(actor=inside.owner, draft=draft, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM billing_provider")
        assert "live_" not in cursor.fetchone()[0]
    kept = services.ProviderDraft("yookassa", "Касса", shop_id="1", secret="")
    services.save_provider(actor=inside.owner, draft=kept, public_id=row.public_id, now=NOW)
    assert Provider.objects.get().secret == "live_0123456789"
    services.save_provider(actor=inside.owner, draft=services.ProviderDraft("sandbox", ""), now=NOW)
    assert [one.kind for one in Provider.objects.filter(is_on=True)] == ["sandbox"]
    for bad in (("nobody", "1", "x"), ("yookassa", "", "x"), ("yookassa", "1", ""), ("yookassa", "a:b", "x")):
        with pytest.raises(Invalid):
            wrong = services.ProviderDraft(bad[0], "", shop_id=bad[1], secret=bad[2])
            services.save_provider(actor=inside.owner, draft=wrong, now=NOW)
    with pytest.raises(Denied):
        services.save_provider(actor=inside.colleague, draft=draft, now=NOW)


def test_links_are_changed_and_closed(shop):
    cast, _, row, link = shop
    old = links.sign_of(link)
    assert links.company_of(old) == (cast.company_id, link.pk)
    new = links.sign_of(services.make_link(actor=cast.owner, public_id=row.public_id, now=NOW, anew=True))
    assert (links.company_of(old), links.company_of(new)) == (None, (cast.company_id, link.pk))
    services.close_link(actor=cast.owner, public_id=row.public_id)
    with pytest.raises(NotFound):
        links.open_link(link.pk)


def test_no_inner_network_is_spoken_to(peer):
    with pytest.raises(ports.ProviderSilent) as caught:
        over_http(peer.base)("GET", "/payments/1", {}, b"")
    assert caught.value.code == "private"
    assert peer.asked == []


@pytest.mark.django_db(transaction=True)
def test_pressed_by_two_and_told_by_four_at_once_it_is_one_payment(peer):
    cast = make_company(now=datetime.now(UTC))
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        with transaction.atomic():
            make_requisites(cast.owner)
            add_provider(cast.owner)
            row = make_invoice(cast.owner)
            link = services.make_link(actor=cast.owner, public_id=row.public_id, now=NOW)
        opened = []

        def press():
            try:
                with company_context(cast.company_id):
                    opened.append(begin(link))
            finally:
                connection.close()

        threads = [threading.Thread(target=press) for _n in range(3)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(30)
        assert len(peer.shelf.rows) == len(set(opened)) == 1
        with transaction.atomic():
            known = OnlinePayment.objects.get()
        peer.sandbox.press(known.outer_id, is_paid=True)
    told = ports.Told(known.outer_id, "paid", known.amount, "RUB")
    at_once(cast, [lambda: online.note(known.pk, told, now=NOW) for _n in range(4)])
    with company_context(cast.company_id), transaction.atomic():
        assert Payment.objects.count() == 1
        assert Document.objects.get().paid == 118000


@pytest.mark.parametrize("trouble", ["silent", "lost"])
def test_a_refund_asked_about_after_the_provider_has_forgotten_its_key_goes_once(shop, trouble):
    cast, peer, _row, _link = shop
    one, payment = freed(shop)
    back(cast, payment, 5000)
    peer.troubles = [trouble]
    row = back(cast, payment, 18000)
    peer.shelf.rows[one.outer_id].refunds.clear()  # keys live for a day
    assert giving_back.ask_refund(row.pk, now=NOW + timedelta(days=2)).state == "done"
    assert peer.shelf.rows[one.outer_id].refunded == 23000
    one.refresh_from_db()
    assert one.refunded == 23000
