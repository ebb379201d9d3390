"""The client's timeline tells of messages: each once, its steps and why, opened in place."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from voronka.accounts.testing import Cast, add_person, make_company, sign_in
from voronka.kit import timeline
from voronka.kit.events import publish
from voronka.kit.tenancy import company_context
from voronka.messaging import services
from voronka.messaging.events import LetterWritten
from voronka.messaging.models import Letter
from voronka.messaging.testing import Post, channel, draft, make_reader
from voronka.people import services as people

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def owner(cast: Cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), channel("email", Post()):
        yield cast.owner


def told(client, actor, **more):
    return [one for _event, one in timeline.read_told(client.pk, actor=actor, tab="messages", **more)[0]]


def test_a_message_is_told_once_with_its_steps_and_why(owner) -> None:
    client = make_reader("Анна", at=NOON)
    services.plan([draft(client, NOON, subject="Осень", body="Скидки до 20 %")], now=NOON)
    (planned,) = told(client, owner)
    assert planned.side == "planned"
    services.send_due("email", now=NOON + timedelta(minutes=3))
    (gone,) = told(client, owner)
    assert "Осень" in gone.head
    assert gone.side == "accepted"
    assert gone.text.startswith("Went")
    assert gone.inside[0] == ("", "Скидки до 20 %")
    assert [words for _at, words in gone.inside[1:]] == ["planned", "goes now", "being handed over", "accepted"]
    assert timeline.counts(client.pk)["messages"] >= 1


def test_what_is_told_late_stands_on_the_day_it_happened(owner) -> None:
    client, before = make_reader("Анна", at=NOON), NOON - timedelta(days=20)
    services.plan([draft(client, NOON, subject="Осень", body="Скидки до 20 %")], now=NOON)
    services.plan([draft(client, before, subject="Лето", body="Скидки до 10 %")], now=before)
    services.plan([draft(client, NOON, subject="Зима", body="Скидки до 30 %")], now=NOON)
    page = timeline.read(client.pk, actor=owner, now=NOON, tab="messages")
    heads = [[str(entry.head_html) for entry in day.entries] for day in page.days]
    assert [len(day) for day in heads] == [2, 1], "each day once, the newest above"
    assert "Зима" in heads[0][0]
    assert "Лето" in heads[1][0]


def test_what_did_not_go_says_why_and_a_text_is_found(owner) -> None:
    client = make_reader("Анна", at=NOON, agrees=None)
    services.plan([draft(client, NOON, body="Скидки на диваны")], now=NOON)
    (refused,) = told(client, owner)
    assert refused.text == "Did not go: the client never agreed to advertising."
    pairs, _after = timeline.find_told(client.pk, "на диваны", actor=owner)
    assert len(pairs) == 1


def test_refused_later_and_called_back_are_told_where_they_were_planned(owner) -> None:
    client, later = make_reader("Анна", at=NOON), NOON + timedelta(hours=1)
    cause = uuid.uuid4()
    services.plan([draft(client, later)], now=NOON)
    services.plan([draft(client, later, traffic="service", cause=cause)], now=NOON)
    services.block("email", f"c{client.pk}@example.com", "stop", at=NOON)
    services.call_back(cause, now=NOON)
    services.send_due("email", now=later)
    assert sorted(one.side for one in told(client, owner)) == ["cancelled", "did not go"]


def test_many_are_told_by_as_many_statements_as_one(owner) -> None:
    client = make_reader("Анна", at=NOON)
    counts = []
    for n in (1, 30):
        services.plan([draft(client, NOON, traffic="service") for _n in range(n)], now=NOON)
        services.send_due("email", now=NOON)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            told(client, owner, limit=200)
        counts.append(len(seen))
    assert len(told(client, owner, limit=200)) == 31
    assert counts[0] == counts[1] <= 5


def test_messages_of_a_joined_card_are_told_at_the_one_that_stays(owner) -> None:
    here, there = make_reader("Анна", at=NOON), make_reader("Анна С.", at=NOON)
    for client in (here, there):
        services.plan([draft(client, NOON, traffic="service", subject=client.name)], now=NOON)
    people.merge_clients(actor=owner, survivor_id=here.pk, other_ids=[there.pk], chosen={}, now=NOON)
    assert len(told(here, owner)) == 2


def test_who_may_not_read_messages_sees_none(cast: Cast, owner) -> None:
    client = make_reader("Анна", at=NOON)
    services.plan([draft(client, NOON)], now=NOON)
    nobody = add_person(cast.owner, "storekeeper")
    assert told(client, nobody) == []


def test_letters_of_the_time_before_messages_stay_readable(owner) -> None:
    client = make_reader("Анна", at=NOON)
    letter = Letter.objects.create(
        operation_id=uuid.uuid4(), client_id=client.pk, address="a@example.com", subject="Старое", body="Текст",
    )  # fmt: skip
    publish(LetterWritten(letter_id=letter.pk, client_id=client.pk, template_id=None), at=NOON)
    (old,) = told(client, owner)
    assert "Старое" in old.head
    assert old.inside == [("", "Текст")]


def test_the_page_opens_it_in_place_and_shows_a_text_as_text(owner) -> None:
    client = make_reader("Анна", at=NOON)
    services.plan([draft(client, NOON, subject="<b>x</b>", body="<script>1</script>")], now=NOON)
    page = reverse("people:client-feed", args=[client.public_id])
    html = sign_in(Browser(), owner).get(page, {"tab": "messages"}).content.decode()
    assert '<details class="v-entry-more">' in html
    assert "<script>1" not in html
    assert "&lt;script&gt;1" in html
    assert "&lt;b&gt;x" in html
