"""Own fields of deals in a browser: filled in beside the deal, a file with them, found by the form of a filter."""

import time
from datetime import UTC, datetime

import pytest
from django.db import transaction

from voronka.deals.models import Deal
from voronka.deals.testing import Shop, make_client, make_deal, make_shop
from voronka.people import services as people
from voronka.people.models import ContactPoint

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop() -> Shop:
    """A shop with own fields of deals, and one of clients."""
    shop = make_shop()
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        for name, code, kind, options in (
            ("Доставка", "delivery", "choice", ("курьер", "самовывоз")),
            ("Договор", "contract", "file", ()),
            ("Готовность", "ready_on", "date", ()),
        ):
            people.add_field(actor=owner, name=name, kind=kind, options=options, subject="deal", code=code)
        people.add_field(actor=owner, name="Размер", kind="text", code="size")
    return shop


def until(page, expression: str, seconds: float = 15) -> None:  # type: ignore[no-untyped-def]
    ends = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < ends, expression
        page.wait_for_timeout(30)


def says(text: str) -> str:
    """The block is there anew, no row of it is open, and it says the text."""
    shut = "!document.querySelector('#v-field-open')"
    return f"{shut} && document.querySelector('#v-fields')?.innerText.includes('{text}')"


def test_fields_and_a_file_are_filled_in_beside_the_deal_and_the_deal_is_found_by_them(page, shop) -> None:  # type: ignore[no-untyped-def]
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        client = make_client("Анна", zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        ContactPoint.objects.create(client=client, kind="phone", value="+79161234567")
        deal = make_deal(owner, client=client, title="Кухня", now=datetime.now(UTC))
        make_deal(owner, client=make_client("Борис", zone="Europe/Moscow"), title="Шкаф", now=datetime.now(UTC))
    page.goto(f"/deals/{deal.public_id}/")
    page.click("#v-fields a[href*='deal.custom.delivery']")
    page.wait_for_selector("#v-field-open select")
    page.select_option("#v-field-open select", "курьер")
    page.click("#v-field-open button.v-act--main")
    until(page, says("курьер"))
    page.click("#v-fields a[href*='deal.custom.contract']")
    page.wait_for_selector("#v-field-open input[type=file]")
    paper = {"name": "Договор 7.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.set_input_files("#v-field-open input[type=file]", paper)
    page.click("#v-field-open button.v-act--main")
    until(page, says("Договор 7.pdf"))
    with shop.as_(shop.cast.owner), transaction.atomic():
        held = Deal.objects.get(pk=deal.pk).fields
    assert held["delivery"] == "курьер"
    assert set(held) == {"delivery", "contract"}
    page.goto("/deals/?add=custom.delivery&columns=custom.delivery")
    page.check("input[name=v][value='курьер']")
    page.click(".v-look-make button.v-act--main")
    until(page, "location.search.includes('f.custom.delivery')")
    rows = page.inner_text(".v-deals-table")
    assert "Анна" in rows
    assert "Борис" not in rows
