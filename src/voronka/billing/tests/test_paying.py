"""The pages of a secret link and of the sandbox, where notices come, the settings: as people and providers see them."""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import make_company, sign_in
from voronka.billing import services
from voronka.billing.models import OnlinePayment, PayLink, Payment, Provider
from voronka.billing.rules.sandbox import SIGN, signed
from voronka.billing.services import links, online
from voronka.billing.testing import NOW, make_invoice, make_requisites
from voronka.billing.tests.test_operations import field
from voronka.billing.tests.test_pages import said
from voronka.kit.tenancy import company_context


@pytest.fixture
def world(db):
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        make_requisites(cast.owner)
        yield cast, sign_in(Browser(), cast.owner)


@pytest.fixture
def linked(world):
    cast, browser = world
    services.save_provider(actor=cast.owner, draft=services.ProviderDraft("sandbox", ""), now=NOW)
    row = make_invoice(cast.owner)
    assert browser.post(f"/money/documents/{row.public_id}/link/open").status_code == 302
    sign = links.sign_of(PayLink.objects.get())
    assert f"/pay/{sign}" in said(browser.get(f"/money/documents/{row.public_id}/"))
    return cast, browser, row, f"/pay/{sign}"


def ask_due():
    """Do what the worker does: ask about what is open."""
    for one in OnlinePayment.objects.filter(state__in=online.OPEN):
        online.ask(one.pk, now=datetime.now(UTC))


def test_a_stranger_pays_by_the_link_and_the_invoice_is_paid(linked):
    _cast, _browser, row, link = linked
    stranger = Browser()
    page = stranger.get(link)
    assert "118 000" in said(page)
    assert "Кухня «Лофт»" in said(page)
    assert (page.headers["Cache-Control"], page.headers["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")
    away = stranger.post(link)
    assert (away.status_code, away.url[:13]) == (302, "/pay/sandbox/")
    assert "118 000" in said(stranger.get(away.url))
    assert stranger.post(away.url, {"act": "pay"}).url.endswith(link)
    assert stranger.get(link).headers["Refresh"] == "5"
    ask_due()
    row.refresh_from_db()
    assert row.paid == row.amount
    assert "Refresh" not in stranger.get(link).headers
    assert stranger.post(link).status_code == 409
    payment = Payment.objects.get()
    assert (payment.method, payment.settled) == ("online", "all")


def test_declined_is_said_and_a_lost_notice_harms_nothing(linked):
    _cast, _browser, row, link = linked
    stranger = Browser(headers={"Accept-Language": "en"})
    stranger.post(stranger.post(link).url, {"act": "decline"})
    ask_due()
    assert "try again" in said(stranger.get(link))
    stranger.post(stranger.post(link).url, {"act": "quiet"})
    ask_due()
    row.refresh_from_db()
    assert row.paid == row.amount


def test_links_that_lead_nowhere(linked):
    _cast, browser, row, link = linked
    for place in ("/pay/" + "0" * 40, "/pay/x", "/pay/sandbox/x", f"{link}x", f"{link}/invoice.pdf"):
        assert Browser().get(place).status_code == 404, place
    browser.post(f"/money/documents/{row.public_id}/link/anew")
    assert Browser().get(link).status_code == 404
    newer = f"/pay/{links.sign_of(PayLink.objects.get())}"
    assert Browser().get(newer).status_code == 200
    browser.post(f"/money/documents/{row.public_id}/link/close")
    assert Browser().get(newer).status_code == 404
    assert Browser().post(newer).status_code == 404


def test_notices_are_taken_signed_only(linked):
    _cast, _browser, _row, link = linked
    Browser().post(link)
    provider, one = Provider.objects.get(), OnlinePayment.objects.get()
    place = f"/pay/notices/{provider.hook}"
    body = json.dumps({"type": "notification", "event": "payment.succeeded", "object": {"id": one.outer_id}}).encode()

    def send(sign, told=body, where=place):
        return Browser().post(where, told, content_type="application/json", headers={SIGN: sign}).status_code

    now = datetime.now(UTC).timestamp()
    assert send(signed(provider.secret, body, now=now)) == 200
    assert send("") == 400
    assert send(signed("other", body, now=now)) == 400
    assert send(signed(provider.secret, b"[]", now=now), b"[]") == 400
    assert send(signed(provider.secret, b"x" * 70_000, now=now), b"x" * 70_000) == 413
    assert send("", where="/pay/notices/nobody") == 404
    assert Browser().get(place).status_code == 405
    assert not Payment.objects.exists()  # what a notice says is not believed: the provider says it is not paid
    ask_due()
    assert not Payment.objects.exists()


def test_money_goes_back_by_the_page_of_the_payment(linked):
    cast, browser, _row, link = linked
    stranger = Browser()
    stranger.post(stranger.post(link).url, {"act": "pay"})
    ask_due()
    payment = Payment.objects.get()
    given = payment.allocations.get()
    browser.post(f"/money/payments/{payment.public_id}/act/take-back", {"allocation": given.public_id})
    page = browser.get(f"/money/payments/{payment.public_id}/")
    place = f"/money/payments/{payment.public_id}/refund-by-provider"
    assert place in said(page)
    sent = {"amount": "18000", "operation": field(page, "operation")}
    assert [browser.post(place, sent).status_code for _twice in range(2)] == [302, 302]
    payment.refresh_from_db()
    assert payment.refunded == 18000
    assert browser.post(place, {"amount": "5"}).status_code == 409  # without an operation
    assert sign_in(Browser(), cast.colleague).post(place, sent).status_code == 403


def test_providers_are_set_up_and_keys_are_not_shown(world):
    _cast, browser = world
    sent = {"kind": "yookassa", "name": "Касса", "shop_id": "100500", "secret": "live_very_secret", "is_on": "1"}
    answer = browser.post("/settings/providers/new/", sent)
    assert answer.status_code == 302
    page = said(browser.get(answer.url))
    assert "live_very_secret" not in page
    assert Provider.objects.get().hook in page
    assert browser.post("/settings/providers/new/", {"kind": "yookassa"}).status_code == 422
    assert browser.post("/settings/providers/new/", {"kind": "nobody"}).status_code == 422
    assert browser.post(answer.url, {"name": "Иначе", "shop_id": "100500", "is_on": "1"}).status_code == 302
    assert Provider.objects.get().secret == "live_very_secret"
    assert "Иначе" in said(browser.get("/settings/providers/"))
