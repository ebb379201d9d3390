"""Requests sorted by the keyboard alone, and a press that asks for the fields its stage demands."""

from datetime import UTC, datetime, timedelta

import pytest
from browsing import QUIET, settled, until
from django.db import transaction

from voronka.accounts.models import Company
from voronka.deals.models import Deal, Stage
from voronka.deals.testing import make_client, make_deal, make_shop
from voronka.kit.actors import Actor
from voronka.people import services as people
from voronka.people.models import Client, CustomField, InboxLead
from voronka.people.services import TouchData

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ASKING = """[...document.querySelectorAll('.v-press')]
    .find((one) => one.textContent.includes('asks for'))?.dataset.press"""
PICKED = "document.querySelector('.v-inbox-lead h2')?.textContent"


@pytest.fixture
def shop():
    shop = make_shop()
    with shop.as_(shop.cast.owner), transaction.atomic():
        Company.objects.update(call_opens_minute=0, call_closes_minute=1440)
    return shop


def send(shop, *names):
    """Leave suspicious requests in the inbox, an hour old and younger."""
    now = datetime.now(UTC) - timedelta(hours=1)
    with shop.as_(shop.cast.owner), transaction.atomic():
        for number, name in enumerate(names):
            touch = TouchData(channel="form", name=name, phones=(f"+7916000000{number}",), signs=("links",))
            moment = now + timedelta(minutes=number)
            people.receive(actor=Actor.system(shop.cast.company_id), touch=touch, now=moment)


def states(shop):
    with shop.as_(shop.cast.owner), transaction.atomic():
        return dict(InboxLead.objects.values_list("name", "state"))


def test_three_requests_are_sorted_without_the_mouse(shop, visit):
    with shop.as_(shop.cast.owner), transaction.atomic():
        client = make_client("Clara Known", zone="Europe/Moscow")
        people.update_client(
            actor=shop.cast.owner,
            client_id=client.pk,
            changes={"contacts": (people.ContactDraft(kind="phone", value="+79160000002"),)},
            version=client.version,
            now=datetime.now(UTC),
        )
    send(shop, "Ann First", "Bob Second", "Clara Known")
    page = visit(shop.cast.colleague)
    page.goto("/inbox/")
    settled(page)
    until(page, f"{PICKED} === 'Ann First'")
    page.keyboard.press("ArrowDown")
    until(page, f"{PICKED} === 'Bob Second'")
    page.keyboard.press("s")
    until(page, f"{PICKED} === 'Clara Known' && {QUIET}")
    page.keyboard.press("z")
    until(page, "document.querySelectorAll('.v-inbox-row').length === 3")
    assert states(shop)["Bob Second"] == "waiting"
    page.goto("/inbox/")
    settled(page)
    page.keyboard.press("a")
    until(page, f"{PICKED} === 'Bob Second' && {QUIET}")
    page.keyboard.press("s")
    until(page, f"{PICKED} === 'Clara Known' && {QUIET}")
    page.keyboard.press("j")
    until(page, "!document.querySelector('.v-inbox-lead') && !!document.querySelector('.v-inbox .v-empty')")
    assert states(shop) == {"Ann First": "accepted", "Bob Second": "spam", "Clara Known": "attached"}
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert Deal.objects.count() == 2
        assert Client.objects.count() == 2


def test_a_press_asks_for_the_demanded_field_in_place_and_goes_on(shop, visit):
    with shop.as_(shop.cast.owner), transaction.atomic():
        CustomField.objects.create(code="top", name="Worktop", kind="choice", options=["oak", "ash"])
        CustomField.objects.create(code="size", name="Size", kind="text", position=1)
        Stage.objects.filter(pipeline__code="new_lead", position=1).update(required_fields=["top", "size"])
        me = shop.cast.colleague
        deal = make_deal(me, client=make_client("Ann Smith", zone="Europe/Moscow"), responsible_id=me.employee_id)
    page = visit(shop.cast.colleague)
    page.goto(f"/deals/{deal.public_id}/")
    settled(page)
    page.click(".v-field:nth-of-type(2) .v-field-fill")
    until(page, "document.activeElement?.name === 'value' || !!document.querySelector('#v-field-open')")
    page.fill("#v-field-open [name=value]", "2.4 m")
    page.click("#v-field-open button")
    until(page, f"document.querySelector('#v-fields').textContent.includes('2.4') && {QUIET}")
    number = page.evaluate(ASKING)
    page.keyboard.press(number)
    # One field that is a choice is asked as a menu: a digit answers it.
    until(page, "document.querySelector('.v-ask .v-menu')?.textContent.includes('ash')")
    assert page.query_selector(".v-ask [name=custom_size]") is None
    page.keyboard.press("1")
    until(page, "!!document.querySelector('.v-toast')")
    with shop.as_(shop.cast.owner), transaction.atomic():
        moved = Deal.objects.select_related("stage", "client").get(pk=deal.pk)
        assert moved.stage.position == 1
        assert moved.client.fields == {"top": "oak", "size": "2.4 m"}
