"""Nothing typed is ever lost: drafts come back after a reload, a lost session and a lost server, and go when saved."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from browsing import eventually, settled, until
from django.db import transaction

from voronka.accounts.testing import PASSWORD, user_of
from voronka.deals.models import Deal
from voronka.deals.testing import make_client, make_deal, make_shop
from voronka.messaging.models import Template
from voronka.messaging.services import save_template
from voronka.people.models import Client, Note

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TYPED = "Перезвонить, сказала «да»"


@dataclass
class Desk:
    """A company with a client, his deal and a template of a letter."""

    shop: object
    client: Client
    deal: Deal
    template: Template

    @property
    def owner(self):
        return self.shop.cast.owner

    def ask(self, question):
        with self.shop.as_(self.owner), transaction.atomic():
            return question()


@pytest.fixture
def desk():
    shop = make_shop()
    owner = shop.cast.owner
    with shop.as_(owner), transaction.atomic():
        client = make_client("Anna Smirnova", city="Tomsk")
        deal = make_deal(owner, client=client, now=datetime.now(UTC) - timedelta(hours=1))
        template = save_template(actor=owner, name="Thanks", subject="Thanks", body="Hello, {{ client.name }}")
    return Desk(shop, client, deal, template)


@dataclass(frozen=True)
class Form:
    """A form: its address, the field that is typed into, what is typed, and what has come of it in the end."""

    address: object
    field: str
    saved: object
    typed: str = TYPED
    also: tuple[tuple[str, str], ...] = ()

    def open(self, page, desk) -> str:
        address = self.address(desk)
        page.goto(address)
        settled(page)
        return address

    def send(self, page) -> None:
        page.focus(f"{self.field}")
        page.keyboard.press("Control+Enter" if "textarea" in self.field else "Enter")


def notes() -> bool:
    return Note.objects.filter(text=TYPED).count() == 1


def clients() -> bool:
    return Client.objects.filter(name=TYPED).count() == 1


def deals() -> bool:
    return Deal.objects.filter(title=TYPED).count() == 1


def templates() -> bool:
    return Template.objects.filter(name=TYPED).count() == 1


FORMS = {
    "note at the desk": Form(lambda d: f"/deals/{d.deal.public_id}/", "#v-note", notes),
    "note on the card": Form(lambda d: f"/clients/{d.client.public_id}/", "#v-note", notes),
    "card": Form(lambda d: f"/clients/{d.client.public_id}/edit/", "form [name=name]", clients),
    "new client": Form(lambda d: "/clients/add/", "form [name=name]", clients),
    "template": Form(lambda d: f"/settings/letters/{d.template.public_id}/", "[name=name]", templates),
    "new template": Form(
        lambda d: "/settings/letters/new/",
        "[name=name]",
        templates,
        also=(("[name=subject]", "S"), ("[name=body]", "B")),
    ),
    "new deal": Form(
        lambda d: f"/deals/new/?client={d.client.public_id}",
        "[name=title]",
        deals,
    ),
}


def value(page, form: Form) -> str:
    return str(page.input_value(form.field))


@pytest.mark.parametrize("name", FORMS)
def test_a_draft_outlives_a_reload_and_goes_when_it_is_saved(visit, desk, name):
    form = FORMS[name]
    page = visit(desk.owner)
    address = form.open(page, desk)
    before = value(page, form)
    for field, text in form.also:
        page.fill(field, text)
    page.fill(form.field, form.typed)
    page.reload()
    until(page, f"document.querySelector({form.field!r})?.value === {form.typed!r}")
    settled(page)
    assert desk.ask(lambda: not form.saved())
    form.send(page)
    eventually(lambda: desk.ask(form.saved))
    if "note" not in name:
        page.wait_for_url(lambda there: not there.endswith(address))
    settled(page)
    page.goto(address)
    settled(page)
    assert value(page, form) == (form.typed if name in ("card", "template") else before)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('v-draft:'))") == []


@pytest.mark.parametrize("name", FORMS)
def test_a_draft_outlives_a_lost_session(visit, desk, name):
    form = FORMS[name]
    page = visit(desk.owner)
    address = form.open(page, desk)
    for field, text in form.also:
        page.fill(field, text)
    page.fill(form.field, form.typed)
    page.context.clear_cookies(name="sessionid")
    form.send(page)
    page.wait_for_url(re.compile("/account/login/"))
    settled(page)
    page.fill("[name=login]", user_of(desk.owner).email)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda there: there.endswith(address))
    until(page, f"document.querySelector({form.field!r})?.value === {form.typed!r}")
    settled(page)
    form.send(page)
    eventually(lambda: desk.ask(form.saved))


def test_a_draft_outlives_a_server_that_was_away(visit, desk):
    form = FORMS["card"]
    page = visit(desk.owner, service_workers="block")  # one would answer in place of the server that is away
    address = form.open(page, desk)
    page.fill(form.field, form.typed)
    page.route("**/edit/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    with page.expect_event("requestfailed"):
        form.send(page)
    until(page, "location.protocol === 'chrome-error:'")
    page.goto(address)
    until(page, f"document.querySelector({form.field!r})?.value === {form.typed!r}")
    assert desk.ask(lambda: not form.saved())


def test_words_that_came_back_with_an_error_are_not_lost_either(visit, desk):
    page = visit(desk.owner)
    address = FORMS["card"].open(page, desk)
    page.fill("[name=name]", "")
    page.fill("[name=city]", "Omsk")
    page.focus("[name=city]")
    page.keyboard.press("Enter")
    until(page, "!!document.querySelector('[name=name][aria-invalid]')")
    settled(page)
    page.goto(address)
    until(page, "document.querySelector('[name=city]').value === 'Omsk'")
    assert page.input_value("[name=name]") == ""
    assert "is not saved yet" in page.inner_text("form.v-form")


def test_an_old_draft_writes_nothing_over_what_a_colleague_saved(visit, desk):
    page = visit(desk.owner)
    address = FORMS["card"].open(page, desk)
    page.fill("[name=name]", TYPED)
    page.goto("/clients/")
    settled(page)
    desk.ask(lambda: Client.objects.filter(pk=desk.client.pk).update(city="Omsk"))
    page.goto(address)
    until(page, f"document.querySelector('[name=name]').value === {TYPED!r}")
    settled(page)
    assert page.input_value("[name=city]") == "Omsk"
    FORMS["card"].send(page)
    eventually(lambda: desk.ask(FORMS["card"].saved))
    assert desk.ask(lambda: Client.objects.get(pk=desk.client.pk).city) == "Omsk"


def test_cancel_forgets_and_another_person_sees_nothing(visit, desk):
    page = visit(desk.owner)
    address = FORMS["card"].open(page, desk)
    page.fill("[name=name]", TYPED)
    page.click(".v-form-acts a")
    settled(page)
    page.goto(address)
    settled(page)
    assert page.input_value("[name=name]") == "Anna Smirnova"
    page.fill("[name=name]", TYPED)
    page.reload()
    until(page, f"document.querySelector('[name=name]').value === {TYPED!r}")
    colleague = visit(desk.shop.cast.colleague)
    page.context.add_cookies(colleague.context.cookies())
    page.goto(address)
    settled(page)
    assert page.input_value("[name=name]") == "Anna Smirnova", "a draft is of one person"
