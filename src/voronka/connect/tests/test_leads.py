"""Leads by the API: taken as the form's are, waiting where the company sorts them, told as they stand."""

import pytest
from django.db import transaction
from django.test import Client as Browser

from voronka.accounts import queries as accounts
from voronka.accounts.testing import sign_in
from voronka.connect.testing import Program
from voronka.deals.models import AnswerWatch, Deal, Pipeline
from voronka.deals.services import inbox, share_rules
from voronka.deals.services.share_rules import RuleDraft
from voronka.deals.testing import NOON, Shop, make_client, make_shop
from voronka.kit.errors import Denied, Invalid
from voronka.kit.events import listeners
from voronka.people import services
from voronka.people.models import Client, ContactPoint, InboxLead, Touch

pytestmark = pytest.mark.django_db(transaction=True)
ANNA = {"name": "Анна", "phones": ["+79161234567"], "source": "Yandex"}


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def program(shop: Shop) -> Program:
    return Program.of(shop.cast.owner)


def listen(shop: Shop) -> None:
    listeners.number_events()
    for one in listeners.all_listeners():
        listeners.drain(one, shop.cast.company_id)


def test_a_lead_becomes_a_shared_and_watched_deal_as_the_forms_do(shop: Shop, program: Program) -> None:
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        mine = {one.pk: one.public_id for one in accounts.list_employees()}[shop.cast.colleague.person_id]
        pipeline = Pipeline.objects.get(code="new_lead")
        share_rules.add_rule(
            actor=owner, pipeline_id=pipeline.public_id, draft=RuleDraft(name="All", way="turn", people=[mine])
        )
    answer = program.post("leads", ANNA)
    assert answer.status_code == 201
    assert (answer.json()["state"], answer.json()["lead"], answer.json()["is_new_client"]) == ("taken", None, True)
    listen(shop)
    with shop.as_(shop.cast.owner), transaction.atomic():
        deal = Deal.objects.get()
        assert (deal.source, deal.responsible_id) == ("api", shop.cast.colleague.employee_id)
        assert AnswerWatch.objects.get().deal_id == deal.pk
        assert Client.objects.get().public_id == answer.json()["client"]


def test_the_same_person_lands_on_his_card_whether_he_comes_by_form_or_program(shop: Shop, program: Program) -> None:
    with shop.as_(shop.cast.owner), transaction.atomic():
        client = make_client("Анна Смирнова")
        ContactPoint.objects.create(client=client, kind="phone", value="+79161234567", raw="+79161234567")
    answer = program.post("leads", {**ANNA, "emails": ["anna@yandex.ru"]}).json()
    assert (answer["client"], answer["is_new_client"]) == (client.public_id, False)


def test_what_the_company_sorts_waits_and_makes_nothing_until_it_is_sorted(shop: Shop, program: Program) -> None:
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        services.set_channel(actor=owner, channel="api", is_sorted=True)
    first = program.post("leads", ANNA, token="a-token")
    told = first.json()
    assert (first.status_code, told["state"], told["client"], told["is_new_client"]) == (201, "waiting", None, False)
    assert program.post("leads", ANNA, token="a-token").json() == told
    # Who asks for nothing does not wait: there is nothing to sort.
    quiet = {"phones": ["+79161230000"], "wants_contact": False}
    assert program.post("leads", quiet).json()["state"] == "taken"
    listen(shop)
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        assert Deal.objects.count() == 0
        lead = InboxLead.objects.get()
        assert (lead.public_id, lead.channel, lead.sent["source"]) == (told["lead"], "api", "Yandex")
        done = inbox.accept(actor=owner, public_id=lead.public_id, now=NOON)
        assert Deal.objects.get().public_id == done.deal_public_id
        assert Touch.objects.filter(channel="api").count() == 2
    events = program.get("events", types="people.LeadWaits").json()["items"]
    assert [one["data"]["lead"] for one in events if one["type"] == "people.LeadWaits"] == [told["lead"]]


def test_one_source_may_wait_while_all_else_is_taken(shop: Shop, program: Program) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    browser.post("/settings/inbox/", {"way_form": "deal", "way_api": "deal", "sources": " YANDEX \nавито, вк;вк"})
    text = browser.get("/settings/inbox/").content.decode()
    assert "yandex\nавито\nвк</textarea>" in text
    assert program.post("leads", ANNA).json()["state"] == "waiting"
    assert program.post("leads", {**ANNA, "source": ""}).json()["state"] == "taken"
    browser.post("/settings/inbox/", {"way_form": "deal", "way_api": "deal", "sources": ""})
    assert program.post("leads", ANNA).json()["state"] == "taken"
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        with pytest.raises(Invalid):
            services.set_sources(actor=owner, sources=[f"s{n}" for n in range(51)])
        with pytest.raises(Denied):
            services.set_sources(actor=shop.cast.colleague, sources=["vk"])


def test_spam_waits_and_a_blocked_sender_is_told(shop: Shop, program: Program) -> None:
    spam = {**ANNA, "message": "Продвижение сайтов https://a.example https://b.example https://c.example"}
    told = program.post("leads", spam).json()
    assert told["state"] == "waiting"
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        services.reject(actor=owner, public_ids=[told["lead"]], now=NOON, block=True)
    again = program.post("leads", ANNA).json()
    assert (again["state"], again["client"]) == ("spam", None)
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert Client.objects.count() == 0


def test_what_could_never_be_a_card_is_refused_before_it_waits(shop: Shop, program: Program) -> None:
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        services.set_channel(actor=owner, channel="api", is_sorted=True)
        field = services.add_field(actor=owner, name="Length", kind="number")
    answer = program.post("leads", {**ANNA, "fields": {field.code: "many"}})
    assert answer.status_code == 422
    assert f"fields.{field.code}" in answer.json()["fields"]
    assert program.post("leads", {**ANNA, "fields": {field.code: "3.5"}}).json()["state"] == "waiting"
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        inbox.accept(actor=owner, public_id=InboxLead.objects.get().public_id, now=NOON)
        assert Client.objects.get().fields == {field.code: "3.5"}
