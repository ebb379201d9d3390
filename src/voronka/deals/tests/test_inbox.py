"""The inbox: what waits, how it is sorted, and that nothing is sorted twice."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from voronka.accounts.queries import get_company_rules
from voronka.accounts.testing import add_person, sign_in
from voronka.deals.models import Deal
from voronka.deals.queries.inbox import likely_clients
from voronka.deals.services import escalating, inbox
from voronka.deals.subscribers import lead_sorted, open_for_lead
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.actors import Access, Actor
from voronka.kit.errors import Conflict, Denied, NotFound
from voronka.kit.events import RecordedEvent
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.people import services as people
from voronka.people.models import Blocked, Client, ContactPoint, InboxLead, Touch
from voronka.people.services import TouchData
from voronka.work.models import Reminder

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def receive(shop: Shop, *, address: str = "203.0.113.7", now: datetime = NOON, **more: Any) -> InboxLead | None:
    """Send a suspicious request, or whatever `more` says; return the row of the inbox it made."""
    touch = TouchData(
        **{"channel": "form", "name": "Анна", "phones": ("+7 913 000-00-01",), "signs": ("links",), **more}
    )
    people.receive(actor=Actor.system(shop.cast.company_id, origin="form"), touch=touch, now=now, address=address)
    return InboxLead.objects.order_by("-id").first()


def waiting(shop: Shop, **more: Any) -> InboxLead:
    lead = receive(shop, **more)
    assert lead is not None
    assert lead.state == "waiting"
    return lead


def test_only_the_suspicious_wait_unless_the_channel_is_sorted(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        assert receive(shop, signs=()) is None
        assert Client.objects.count() == Touch.objects.count() == 1
        assert waiting(shop, phones=("+79130000002",)).signs == ["links"]
        assert Client.objects.count() == 1  # nothing of it is a card
        people.set_channel(actor=owner, channel="form", is_sorted=True)
        assert waiting(shop, signs=(), phones=("+79130000003",)).signs == []
        with pytest.raises(Denied):
            people.set_channel(actor=shop.cast.colleague, channel="form", is_sorted=False)


def test_a_repeated_delivery_waits_once_and_makes_nothing_after_it_was_sorted(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        lead = waiting(shop, request_id="r-1")
        receive(shop, request_id="r-1")
        assert InboxLead.objects.count() == 1
        inbox.accept(actor=owner, public_id=lead.public_id, now=NOON)
        receive(shop, request_id="r-1", signs=())
        assert (InboxLead.objects.count(), Touch.objects.count(), Deal.objects.count()) == (1, 1, 1)


def test_accepting_opens_one_deal_with_all_that_came(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        lead = waiting(shop, message="Кухня", extra={"цвет": "дуб"}, source="vk")
        done = inbox.accept(actor=me, public_id=lead.public_id, now=NOON)
        deal = Deal.objects.get()
        assert (done.deal_public_id, done.is_new_deal, deal.source) == (deal.public_id, True, "form")
        touch = Touch.objects.get()
        assert (touch.message, touch.extra, touch.source) == ("Кухня", {"цвет": "дуб"}, "vk")
        again = inbox.accept(actor=me, public_id=lead.public_id, now=NOON)
        assert (again.deal_public_id, again.was_repeated) == (deal.public_id, True)
        assert Deal.objects.count() == 1
        received = EventRow.objects.get(name="people.LeadReceived")
        assert received.payload["by_hand"] is True


def test_the_listener_leaves_a_sorted_request_alone(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        done = inbox.accept(actor=me, public_id=waiting(shop).public_id, now=NOON)
        deal = Deal.objects.get(public_id=done.deal_public_id)
        press(me, deal, "miss", "busy")
        before = Deal.objects.select_related("open_task").get().open_task
        row = EventRow.objects.get(name="people.LeadReceived")
        open_for_lead(
            RecordedEvent(
                seq=row.pk,
                company_id=me.company_id,
                name=row.name,
                at=row.at,
                employee_id=None,
                cause=row.cause,
                subject_kind="client",
                subject_id=row.subject_id,
                client_id=row.client_id,
                payload=row.payload,
            )
        )
        assert Deal.objects.select_related("open_task").get().open_task == before


def test_attaching_joins_the_named_client_and_his_open_deal(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        client = make_client("Пётр Ильин", zone="Europe/Moscow")
        deal = make_deal(owner, client=client)
        lead = waiting(shop, phones=("+79990000000",))
        done = inbox.attach(actor=owner, public_id=lead.public_id, client=client.public_id, now=NOON)
        assert (done.deal_public_id, done.is_new_deal) == (deal.public_id, False)
        assert (Client.objects.count(), Deal.objects.count()) == (1, 1)
        assert ContactPoint.objects.get().value == "+79990000000"
        with pytest.raises(NotFound):
            inbox.attach(actor=owner, public_id=waiting(shop).public_id, client="nobody", now=NOON)


def test_spam_leaves_no_client_and_the_blocked_are_not_heard_again(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        first, second = waiting(shop), waiting(shop, phones=("+79130000009",), emails=("x@bulkmail.ru",))
        gone = people.reject(actor=me, public_ids=[first.public_id, second.public_id, "nobody"], now=NOON, block=True)
        assert set(gone) == {first.public_id, second.public_id}
        assert people.reject(actor=me, public_ids=gone, now=NOON) == []
        assert Blocked.objects.count() == 3
        with pytest.raises(Conflict):
            inbox.accept(actor=me, public_id=first.public_id, now=NOON)
        again = receive(shop, phones=(), emails=("X@bulkmail.ru",), signs=())
        assert again is not None
        assert (again.state, again.signs) == ("spam", ["blocked"])
        assert Client.objects.count() == 0
        people.unblock(actor=me, public_id=Blocked.objects.get(kind="email").public_id, now=NOON)
        receive(shop, phones=(), emails=("x@bulkmail.ru",), signs=())
        assert Client.objects.count() == 1


def test_a_sender_without_contacts_is_blocked_by_his_address(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        lead = waiting(shop, phones=(), external_id="web-1")
        people.reject(actor=me, public_ids=[lead.public_id], now=NOON, block=True)
        assert Blocked.objects.get().value == "203.0.113.7"
        other = receive(shop, signs=(), address="203.0.113.8")
        assert other is None or other.state == "spam"
        assert Client.objects.count() == 1


def test_taking_back_archives_an_untouched_deal_and_the_next_acceptance_makes_no_second_touch(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        lead = waiting(shop)
        first = inbox.accept(actor=me, public_id=lead.public_id, now=NOON)
        assert inbox.take_back(actor=me, public_id=lead.public_id, now=NOON)
        assert not inbox.take_back(actor=me, public_id=lead.public_id, now=NOON)
        assert Deal.objects.get(public_id=first.deal_public_id).state == "archived"
        second = inbox.accept(actor=me, public_id=lead.public_id, now=NOON)
        assert second.deal_public_id != first.deal_public_id
        assert (Touch.objects.count(), Client.objects.count()) == (1, 1)
        press(me, Deal.objects.get(public_id=second.deal_public_id), "miss", "busy")
        with pytest.raises(Conflict):
            inbox.take_back(actor=me, public_id=lead.public_id, now=NOON)


def test_who_it_may_be_is_said_with_the_reason_and_hidden_fields_tell_nothing(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        client = make_client("Анна Смирнова", zone="Europe/Moscow", city="Омск")
        people.update_client(
            actor=owner,
            client_id=client.pk,
            changes={"contacts": (people.ContactDraft(kind="phone", value="+79130000001"),)},
            version=client.version,
            now=NOON,
        )
        deal = make_deal(owner, client=client, title="Кухня")
        lead = waiting(shop, name="Смирнова Анна")
        [found] = likely_clients(owner, lead.public_id)
        assert (found.public_id, found.deals[0].pk) == (client.public_id, deal.pk)
        assert "phone" in found.signs
        blind = replace(owner, limits={"client.phone": Access.HIDDEN})
        assert all("phone" not in one.signs for one in likely_clients(blind, lead.public_id))


def test_nothing_waits_unseen(shop: Shop) -> None:
    head = add_person(shop.cast.owner, "head")
    with shop.as_(shop.cast.owner) as owner:
        waiting(shop)
        late = NOON + timedelta(minutes=16)
        assert owner.company_id in escalating.companies_late(late)
        for _again in range(2):
            escalating.escalate_company(owner.company_id, now=late)
        assert Reminder.objects.filter(kind="answer", employee_id=head.employee_id).count() == 1
        assert owner.company_id not in escalating.companies_late(late)


def test_what_was_sorted_is_spoken_of_no_more(shop: Shop) -> None:
    head = add_person(shop.cast.owner, "head")
    with shop.as_(shop.cast.owner) as owner:
        lead, other = waiting(shop), waiting(shop, phones=("+79130000002",))
        escalating.escalate_company(owner.company_id, now=NOON + timedelta(minutes=16))
        told = Reminder.objects.filter(kind="answer", employee_id=head.employee_id)
        assert told.count() == 2
        inbox.accept(actor=owner, public_id=lead.public_id, now=NOON)
        lead_sorted(recorded("people.LeadSorted"))
        assert [one.key for one in told] == [f"inbox:{other.pk}:late"]


def recorded(name: str) -> RecordedEvent:
    """Return the newest event of a name as listeners get it."""
    row = EventRow.objects.filter(name=name).latest("id")
    return RecordedEvent(
        seq=row.pk, company_id=row.company_id, name=row.name, at=row.at, employee_id=row.employee_id, cause=row.cause,
        subject_kind=row.subject_kind, subject_id=row.subject_id, client_id=row.client_id, payload=row.payload,
    )  # fmt: skip


def test_the_page_sorts_one_after_another(shop: Shop, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner):
        first = waiting(shop, name="Первый Иван", now=now - timedelta(hours=1), extra={"размер": "дубовый"})
        second = waiting(shop, name="Второй Олег", phones=("+79130000002",), now=now)
        third = waiting(shop, name="Третий Лев", phones=("+79130000003",), now=now)
    browser = sign_in(Browser(), shop.cast.colleague)
    browser.get("/inbox/")
    with django_assert_max_num_queries(26):
        page = browser.get("/inbox/").content.decode()
    for text in (
        "Первый Иван",
        "Второй Олег",
        "размер",
        "дубовый",
        'aria-current="page"',
        "+7\u00a0913\u00a0000-00-01",
    ):
        assert text in page
    answer = browser.post(f"/inbox/{first.public_id}/accept", {"next": second.public_id}, **HX).content.decode()
    assert "v-toast" in answer
    assert f"/inbox/{second.public_id}/accept" in answer
    spam = {"lead": [second.public_id, third.public_id]}
    gone = browser.post("/inbox/spam", spam, **HX).content.decode()
    assert "v-empty" in gone
    assert "Второй Олег" in browser.get("/inbox/?tab=spam").content.decode()
    ids = ",".join([second.public_id, third.public_id])
    assert "Второй Олег" in browser.post("/inbox/unspam", {"ids": ids}, **HX).content.decode()
    back = browser.post(f"/inbox/{first.public_id}/back", **HX).content.decode()
    assert "Первый Иван" in back
    assert browser.post(f"/inbox/{first.public_id}/accept").status_code == 302
    repeated = browser.post(f"/inbox/{first.public_id}/accept", **HX)
    assert repeated.status_code == 200
    with shop.as_(shop.cast.owner):
        assert Deal.objects.filter(state="open").count() == 1


def test_another_client_is_found_and_attached_by_the_page(shop: Shop) -> None:
    with shop.as_(shop.cast.owner):
        lead = waiting(shop)
        client = make_client("Громов Павел", zone="Europe/Moscow")
    browser = sign_in(Browser(), shop.cast.colleague)
    found = browser.get(f"/inbox/{lead.public_id}/find", {"q": "Громов"}, **HX).content.decode()
    assert client.public_id in found
    assert browser.get(f"/inbox/{lead.public_id}/find", {"q": "Громов"}).status_code == 200
    assert browser.post(f"/inbox/{lead.public_id}/attach", {"client": client.public_id}).status_code == 302
    with shop.as_(shop.cast.owner):
        assert Deal.objects.get().client_id == client.pk


def test_the_form_sends_the_suspicious_to_the_inbox_with_everything_kept(shop: Shop) -> None:
    with company_context(shop.cast.company_id):
        key = get_company_rules().form_key
    body = {"name": "Иван", "phone": "+79130000005", "message": "see https://a.example", "размер": "3 м"}
    answer = Browser().post(f"/f/{key}", json.dumps(body), content_type="application/json")
    assert answer.status_code == 201, answer.content
    with shop.as_(shop.cast.owner):
        lead = InboxLead.objects.get()
        assert lead.sent["extra"] == {"размер": "3 м"}
        assert "links" in lead.signs
    settings = sign_in(Browser(), shop.cast.owner)
    assert settings.post("/settings/inbox/", {"way_form": "inbox"}).status_code == 302
    assert settings.get("/settings/inbox/").status_code == 200
    Browser().post(f"/f/{key}", json.dumps({"name": "Лев", "phone": "+79130000006"}), content_type="application/json")
    with shop.as_(shop.cast.owner):
        assert InboxLead.objects.filter(state="waiting").count() == 2
