"""A survey from the delivered order to the task: asked once, by the gate, answered on a page, changed, kept."""

import re
import socket
import threading
import uuid
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from io import BytesIO

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client as Browser
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from voronka.accounts import services as staff
from voronka.accounts.testing import add_person, make_company, sign_in
from voronka.care import services
from voronka.care.facets import match_rating
from voronka.care.models import CareSettings, Invitation, Response, SurveyVersion
from voronka.care.queries import results
from voronka.care.queries.results import Ask
from voronka.care.queries.surveys import version_of
from voronka.care.rules.questions import Question
from voronka.care.services import asking
from voronka.care.services.answering import get_page
from voronka.care.services.asking import About
from voronka.care.services.links import token_of
from voronka.care.testing import make_left_survey, make_survey
from voronka.care.triggers import ask_left
from voronka.flows.models import Run
from voronka.flows.testing import hear as hear_automations
from voronka.flows.testing import make_automation, node
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events.listeners import all_listeners, drain, number_events
from voronka.kit.stakes import stakes_in
from voronka.kit.tenancy import company_context
from voronka.kit.timeline import read
from voronka.messaging import services as messaging
from voronka.messaging.models import BlockedAddress, Message
from voronka.messaging.queries.facts import address_key
from voronka.messaging.services.leaving import leave_token
from voronka.messaging.testing import Post, channel
from voronka.orders import services as orders
from voronka.orders.services import client_acts
from voronka.orders.testing import make_order, make_shop
from voronka.people import services as people
from voronka.people.models import Consent, ContactPoint
from voronka.people.testing import make_client
from voronka.work.models import Assignment, Task

pytestmark = pytest.mark.django_db
# Events are announced at the moment they happen; clients are asked by day, so a noon of Moscow behind the delay.
PLACED = timezone.now() - timedelta(hours=1)
NOON = (PLACED + timedelta(days=4)).replace(hour=9, minute=0, second=0, microsecond=0)


class Sink:
    """A mail server that keeps what it takes."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (aiosmtpd's name)
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def sink():
    keeper = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    controller.start()
    address = {"MAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_FROM": "Shop <shop@example.com>"}
    with override_settings(**address, MAIL_TLS=False, SITE="https://shop.example.com"):
        yield keeper
    controller.stop()


@pytest.fixture
def cast():
    cache.clear()
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


@pytest.fixture
def shop(cast):
    made = make_shop(cast.owner, now=PLACED)
    type(made.client).objects.filter(pk=made.client.pk).update(
        responsible_id=cast.colleague.employee_id, zone="Europe/Moscow", zone_sure=True
    )
    ContactPoint.objects.create(client=made.client, kind="email", value="anna@example.com", position=1)
    return made


def hear(cast):
    while number_events():
        pass
    for one in all_listeners():
        if one.name.startswith("care."):
            drain(one, cast.company_id)


def delivered(cast, shop, at=PLACED, *, hears=True):
    """Place an order and bring it to the client."""
    order = make_order(cast.owner, shop, (shop.table, 1), now=at)
    [shipment] = orders.start_picking(order.public_id, actor=cast.owner, now=at, operation=uuid.uuid4())
    orders.set_picked(shipment.public_id, actor=cast.owner, now=at)
    orders.ship(shipment.public_id, actor=cast.owner, now=at, operation=uuid.uuid4())
    orders.deliver(shipment.public_id, actor=cast.owner, now=at + timedelta(hours=1))
    if hears:
        hear(cast)
    return order


def asked(cast, shop, *, now=NOON):
    """Deliver an order and ask about it; return the invitation."""
    order = delivered(cast, shop)
    services.ask_due(now=now)
    return Invitation.objects.get(subject_id=order.pk)


def page(row, *, query="", language="ru", **sent):
    browser = Browser(headers={"Accept-Language": language})
    address = f"/s/{token_of(row.public_id)}/{query}"
    return browser.post(address, sent) if sent else browser.get(address)


def system(cast):
    return Actor.system(cast.company_id, origin="survey page")


def test_a_bad_rating_of_a_letter_is_one_task_with_the_answers(cast, shop, sink):
    make_survey(cast.owner, now=PLACED)
    order = delivered(cast, shop)
    assert services.companies_due(NOON - timedelta(days=3)) == []
    assert services.ask_due(now=PLACED + timedelta(hours=48)) == 0, "an hour to go"
    assert services.companies_due(NOON) == [cast.company_id]
    services.ask_due(now=NOON)
    services.ask_due(now=NOON)
    messaging.send_due("email", now=NOON)
    [letter] = sink.letters
    assert letter["Subject"] == f"Заказ № {order.number}: как он вам?"
    assert letter["List-Unsubscribe"] is None, "about the client's own order: no advertising"
    plain, rich = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    links = re.findall(r"https://shop\.example\.com(/s/[a-z0-9]+/\?r=(\d))", plain)
    assert [rating for _link, rating in links] == ["5", "4", "3", "2", "1"]
    assert all(link in rich for link, _rating in links)

    one = links[4][0]
    looked = Browser().get(one)
    assert (looked.status_code, "checked" in looked.content.decode()) == (200, True)
    assert Browser().head(one).status_code == 200
    assert not Response.objects.exists(), "who looks at a link rates nothing"
    assert Invitation.objects.get().opened_at is None

    bare = one.partition("?")[0]
    for _press in range(2):
        assert Browser().post(bare, {"rating": "1"}).status_code == 303
    [task] = Task.objects.filter(kind="hand")
    assert (task.employee_id, task.priority, task.subject_kind) == (cast.colleague.employee_id, 1, "order")
    shown = Browser(headers={"Accept-Language": "ru"}).get(bare).content.decode().replace("\xa0", " ")
    assert "Что пошло не так?" in shown
    assert "Что понравилось?" not in shown

    wrong, _good, free = SurveyVersion.objects.get().questions
    said = {f"a-{wrong['key']}": ["0", "1", "77"], f"a-{free['key']}": "<b>Где</b> стулья?", "what": "answers"}
    assert Browser().post(bare, said).status_code == 303
    assert "<b>Где" not in Browser().get(bare).content.decode()
    row = Response.objects.get()
    assert (row.rating, row.is_bad, row.answers[wrong["key"]]) == (1, True, ["Опоздали", "Повреждено"])
    why = Assignment.objects.get(task=task).why
    assert "Что пошло не так? — Опоздали, Повреждено" in why
    assert "Где</b> стулья?" in why

    assert Browser().post(bare, {"rating": "5"}).status_code == 303
    row.refresh_from_db()
    assert (row.rating, row.is_bad, list(row.answers)) == (5, False, [free["key"]])
    assert Browser().post(bare, {"rating": "2"}).status_code == 303
    assert Task.objects.filter(kind="hand").count() == 1, "whatever is changed, there is one task"
    told = str(read(shop.client.pk, actor=cast.owner, now=timezone.now()))
    assert "После заказа" in told


def test_a_client_is_asked_once_in_so_many_days_and_told_so_on_his_timeline(cast, shop):
    make_survey(cast.owner, now=PLACED)
    with channel("email", Post()):
        first = asked(cast, shop)
        second = delivered(cast, shop)
        services.ask_due(now=NOON + timedelta(hours=1))
    row = Invitation.objects.get(subject_id=second.pk)
    assert (first.state, row.state, row.code) == ("asked", "skipped", "recently")
    assert "30" in str(read(shop.client.pk, actor=cast.owner, now=timezone.now()))
    services.save_rules(actor=cast.owner, draft=services.RulesDraft(0, 30, 14))
    third = delivered(cast, shop)
    with channel("email", Post()):
        services.ask_due(now=NOON + timedelta(hours=2))
    assert Invitation.objects.get(subject_id=third.pk).state == "asked"


def test_who_rated_his_order_by_himself_or_cancelled_it_is_not_asked(cast, shop):
    make_survey(cast.owner, now=PLACED)
    rated = delivered(cast, shop)
    client_acts.rate(rated.public_id, 4, "", actor=system(cast), now=PLACED + timedelta(hours=2))
    with channel("email", Post()):
        services.ask_due(now=NOON)
    assert Invitation.objects.get(subject_id=rated.pk).code == "rated"
    assert not Message.objects.exists()


def test_night_waits_by_the_clients_clock_and_one_switched_off_asks_nobody(cast, shop):
    survey = make_survey(cast.owner, now=PLACED)
    night = (NOON - timedelta(days=1)).replace(hour=22)  # one o'clock in Moscow
    with channel("email", Post()):
        row = asked(cast, shop, now=night)
        assert (row.state, row.due_at) == ("waiting", NOON.replace(hour=5))
        services.switch_survey(actor=cast.owner, public_id=survey.public_id, is_on=False, now=NOON)
        services.ask_due(now=NOON)
        row.refresh_from_db()
        assert (row.state, row.code) == ("skipped", "off")
        services.switch_survey(actor=cast.owner, public_id=survey.public_id, is_on=True, now=NOON)
        late = asked(cast, shop, now=NOON + timedelta(days=8))
        assert (late.state, late.code) == ("skipped", "late"), "the system was off for a week"


def test_who_cannot_be_asked_keeps_nobody_waiting_and_is_given_up_after_a_week(cast, shop, monkeypatch):
    make_survey(cast.owner, now=PLACED)
    first, second = delivered(cast, shop), delivered(cast, shop)
    CareSettings.objects.create(again_days=0)
    usual = asking.manager_of

    def breaks_of_the_first(row):
        if row.subject_id == first.pk:
            raise ZeroDivisionError
        return usual(row)

    monkeypatch.setattr(asking, "manager_of", breaks_of_the_first)
    with channel("email", Post()):
        services.ask_due(now=NOON)
        rows = {one.subject_id: one for one in Invitation.objects.all()}
        assert rows[second.pk].state == "asked", "whoever stands behind him is asked"
        assert (rows[first.pk].state, rows[first.pk].due_at) == ("waiting", NOON + asking.AGAIN)
        for day in range(1, 9):
            services.ask_due(now=NOON + timedelta(days=day))
    rows[first.pk].refresh_from_db()
    assert (rows[first.pk].state, rows[first.pk].code) == ("skipped", "late")


def test_who_has_no_letter_box_is_asked_by_sms_and_so_is_he_whose_letter_came_back(cast, shop):
    make_survey(cast.owner, now=PLACED)
    key = address_key("email", "anna@example.com")
    BlockedAddress.objects.create(channel="email", key=key, hint="a…", reason="bounce", at=PLACED)
    with channel("email", Post()), channel("sms", Post()):
        row = asked(cast, shop)
        assert (row.state, row.channel) == ("asked", "sms")
        text = Message.objects.get(pk=row.message_id)
        assert (text.traffic, f"/s/{token_of(row.public_id)}/" in text.body) == ("service", True)
        BlockedAddress.objects.all().delete()
        CareSettings.objects.create(again_days=0)
        other = asked(cast, shop, now=NOON + timedelta(hours=1))
        assert other.channel == "email"
        # Between the planning and the hour of sending the address turns out to be dead.
        BlockedAddress.objects.create(channel="email", key=key, hint="a…", reason="bounce", at=NOON)
        messaging.send_due("email", now=NOON + timedelta(hours=1))
        for _time in range(2):
            hear(cast)
    other.refresh_from_db()
    assert other.channel == "sms"
    assert Message.objects.filter(channel="sms").count() == 2


def test_the_gate_refuses_in_words_whom_nothing_reaches(cast, shop):
    make_survey(cast.owner, now=PLACED, by_sms=False, sms="")
    ContactPoint.objects.filter(kind="email").delete()
    with channel("email", Post()):
        row = asked(cast, shop)
    assert (row.state, row.code) == ("skipped", "no_address")
    assert not Message.objects.exists()
    assert "После заказа" in str(read(shop.client.pk, actor=cast.owner, now=timezone.now()))


def test_who_was_asked_by_an_older_version_answers_that_one(cast, shop):
    survey = make_survey(cast.owner, now=PLACED)
    with channel("email", Post()):
        row = asked(cast, shop)
    draft = services.SurveyDraft(
        name="После заказа", moment="delivered", subject="s", body="b", sms="s", by_sms=True, ask="Иначе?",
        bad_upto=1, questions=[Question("", "Другой вопрос", "text")],
    )  # fmt: skip
    services.save_survey(actor=cast.owner, draft=draft, now=NOON, public_id=survey.public_id, version=2)
    with pytest.raises(Conflict):
        services.save_survey(actor=cast.owner, draft=draft, now=NOON, public_id=survey.public_id, version=2)
    shown = page(row).content.decode().replace("\xa0", " ")
    assert "Как вам заказ?" in shown
    assert "Иначе?" not in shown
    page(row, rating="3")
    assert Response.objects.get().is_bad, "three is bad by the version that asked"
    assert "Другой вопрос" not in page(row).content.decode()
    assert SurveyVersion.objects.count() == 2


def test_old_forged_and_broken_links_are_answered_in_words(cast, shop):
    make_survey(cast.owner, now=PLACED)
    with channel("email", Post()):
        row = asked(cast, shop)
    for token in ("0" * 32, token_of(row.public_id)[:-1] + "x", "a", "%00", "я" * 32, token_of("222222222222")):
        answer = Browser(headers={"Accept-Language": "ru"}).get(f"/s/{token}/")
        assert answer.status_code == 404
        assert "Ссылка неверна" in answer.content.decode()
    for wrong in ({"rating": "9"}, {"rating": ""}, {"what": "answers"}, {"rating": "1" * 5_000}):
        assert page(row, **wrong).status_code == 422
    assert not Response.objects.exists()
    Invitation.objects.update(asked_at=timezone.now() - timedelta(days=31))
    assert page(row, rating="1").status_code == 409
    assert "Время ответа истекло" in page(row).content.decode()
    Invitation.objects.update(asked_at=timezone.now())
    page(row, rating="4")
    Response.objects.update(at=timezone.now() - timedelta(days=15))
    assert page(row, rating="1").status_code == 409
    assert (Response.objects.get().rating, Task.objects.filter(kind="hand").exists()) == (4, False)


def test_a_flood_from_one_address_is_turned_away(cast, shop):
    make_survey(cast.owner, now=PLACED)
    with channel("email", Post()):
        row = asked(cast, shop)
    codes = [page(row, rating="5").status_code for _press in range(25)]
    assert codes.count(303) == 20
    assert set(codes[20:]) == {429}
    cache.clear()
    assert [Browser().get(f"/s/{'0' * 32}/").status_code for _look in range(31)][-1] == 429


def test_who_leaves_is_asked_why_on_that_very_page_and_by_nothing_else(cast, shop):
    make_left_survey(cast.owner, now=PLACED)
    draft = messaging.Draft("email", "advertising", shop.client.pk, "anna@example.com", "Скидки", NOON)
    [pk] = messaging.plan([draft], now=NOON)
    letter = Message.objects.get(pk=pk)
    Message.objects.filter(pk=pk).update(state="accepted")
    Consent.objects.create(
        client=shop.client, purpose="advertising", channel="any", given=True, at=PLACED, source="x"
    )
    address = reverse("messaging:leave", args=[leave_token(letter.public_id)])
    assert "Почему?" not in Browser().get(address).content.decode()
    assert "Почему?" not in Browser().post(address, {"List-Unsubscribe": "One-Click"}).content.decode()
    assert not Invitation.objects.exists(), "a mail program shows the page to nobody"
    shown = Browser().post(address).content.decode()
    assert "Неинтересно" in shown
    action = re.search(r'action="https?://[^/]+(/s/[^"]+)"', shown).group(1)
    name = re.search(r'name="(a-\w+)"', shown).group(1)
    assert not Response.objects.exists()
    assert "Неинтересно" in Browser().get(address).content.decode(), "still asked when the page is opened again"
    assert Browser().post(action, {name: "1"}).status_code == 303
    [row] = Response.objects.all()
    assert (row.rating, list(row.answers.values())) == (None, ["Неинтересно"])
    assert "Неинтересно" not in Browser().get(address).content.decode()
    assert "Ещё?" in Browser().get(action).content.decode()
    assert Message.objects.count() == 1, "he is written nothing"


def test_cancelled_orders_have_their_own_survey(cast, shop):
    make_survey(cast.owner, now=PLACED, name="Отмена", moment="cancelled", delay_hours=0)
    order = make_order(cast.owner, shop, (shop.table, 1), now=PLACED)
    orders.cancel(order.public_id, "Передумал", actor=cast.owner, now=PLACED)
    hear(cast)
    with channel("email", Post()):
        services.ask_due(now=NOON)
    assert Invitation.objects.get().state == "asked"


def test_without_a_responsible_the_task_goes_to_who_heads(cast, shop):
    type(shop.client).objects.update(responsible=None)
    make_survey(cast.owner, now=PLACED)
    with channel("email", Post()):
        row = asked(cast, shop)
    type(shop.client).objects.update(responsible=None)
    services.respond(row.pk, now=NOON, rating=1)
    task = Task.objects.get(kind="hand")
    assert task.employee_id == cast.owner.employee_id


def test_figures_are_those_of_the_rows_within_reach(cast, shop):
    survey = make_survey(cast.owner, now=PLACED)
    CareSettings.objects.create(again_days=0)
    with channel("email", Post()):
        for rating in (1, 5, 5, 0):
            row = asked(cast, shop, now=NOON)
            if rating:
                services.respond(row.pk, now=NOON, rating=rating, answers={"q1": ["0", "2"], "q2": ["1"]})
    chosen = dict(results.options_of(cast.owner, survey, version_of(survey), Ask()))
    assert chosen["Что пошло не так?"] == [("Опоздали", 1), ("Повреждено", 0), ("Другое", 1)]
    assert chosen["Что понравилось?"] == [("Товар", 0), ("Цена", 2)]
    found = [type(shop.client).objects.filter(match_rating(text)).count() for text in ("4..5", "1..3")]
    assert found == [1, 0], "the list of clients asks for the newest rating"
    for actor in (cast.owner, cast.colleague):
        found = results.figures_of(actor, [survey.pk], Ask())[survey.pk]
        assert (found.invited, found.answered, found.bad, found.stars) == (4, 3, 1, (1, 0, 0, 0, 2))
        assert (str(found.mean), str(found.share)) == ("3.67", "75")
    assert (
        results.figures_of(cast.owner, [survey.pk], Ask(since=NOON.date() + timedelta(days=1)))[survey.pk].invited
        == 0
    )
    [(manager, one)] = results.by_manager(cast.owner, survey, Ask())
    assert (manager, one.invited) == (cast.colleague.employee_id, 4)
    page_one, after = results.read_page(cast.owner, survey, Ask(), size=2)
    page_two, end = results.read_page(cast.owner, survey, Ask(), before=after, size=2)
    assert ([one.rating for one in page_one + page_two], end) == ([5, 5, 1], None)
    assert [one.rating for one in results.read_page(cast.owner, survey, Ask(only_bad=True))[0]] == [1]


def test_who_is_erased_takes_his_words_and_the_rating_stays_in_the_figures(cast, shop):
    survey = make_survey(cast.owner, now=PLACED)
    with channel("email", Post()):
        row = asked(cast, shop)
    free = SurveyVersion.objects.get().questions[2]["key"]
    services.respond(row.pk, now=NOON, rating=1, answers={free: ["Позвоните жене"]})
    waits = make_order(cast.owner, shop, (shop.table, 1))
    services.invite("delivered", About(shop.client.pk, "order", waits.pk), at=PLACED)
    [stake] = [one for one in stakes_in("client") if one.part == "care"]
    assert "Позвоните жене" in str(list(stake.export([shop.client.pk])))
    assert stake.touched([shop.client.pk]) == {shop.client.pk}
    stake.erase([shop.client.pk])
    answer = Response.objects.get()
    assert (answer.rating, answer.answers, list(stake.export([shop.client.pk]))) == (1, {}, [])
    assert results.figures_of(cast.owner, [survey.pk], Ask())[survey.pk].bad == 1
    assert results.figures_of(cast.colleague, [survey.pk], Ask())[survey.pk].invited == 0
    assert services.ask_due(now=NOON + timedelta(days=1)) == 0
    with pytest.raises(Conflict):
        services.respond(row.pk, now=NOON, rating=5)


def test_wrong_surveys_are_refused_at_their_places(cast):
    draft = services.SurveyDraft(
        name="", moment="delivered", body="{{ client.shoe }}", subject="{% if %}", by_sms=True, ask="",
        delay_hours=-1, bad_upto=5, questions=[Question("", "", "one", "always", ("да",))],
    )  # fmt: skip
    with pytest.raises(Invalid) as caught:
        services.save_survey(actor=cast.owner, draft=draft, now=NOON)
    assert set(caught.value.fields) == {"name", "body", "subject", "sms", "ask", "delay", "bad_upto", "q0"}
    assert [one.moment for one in services.add_ready(actor=cast.owner, now=NOON)] == [
        "delivered",
        "cancelled",
        "left",
        "site",
        "site",
    ]
    assert services.add_ready(actor=cast.owner, now=NOON) == []


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_response_and_one_task():
    cache.clear()
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        shop = make_shop(cast.owner, now=PLACED)
        ContactPoint.objects.create(client=shop.client, kind="email", value="anna@example.com", position=1)
        make_survey(cast.owner, now=PLACED)
        order = make_order(cast.owner, shop, (shop.table, 1), now=PLACED)
        services.invite("delivered", About(shop.client.pk, "order", order.pk), at=PLACED)
    with company_context(cast.company_id, origin="job care.ask"), channel("email", Post()):
        services.ask_due(now=NOON)
        with transaction.atomic():
            row = Invitation.objects.get()
    failures, gate = [], threading.Barrier(6)

    def press(rating):
        try:
            with company_context(cast.company_id, origin="survey page"):
                gate.wait(10)
                services.respond(row.pk, now=NOON, rating=rating)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(1 + number % 2,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        assert failures == []
        assert Response.objects.count() == 1
        assert Task.objects.filter(kind="hand").count() == 1
        assert get_page(row.pk, now=NOON).response.rating in (1, 2)


def test_the_clients_own_words_are_given_to_none_who_may_not_see_all_of_his_card(cast, shop):
    survey = make_survey(cast.owner, now=PLACED)
    with channel("email", Post()):
        row = asked(cast, shop)
    free = version_of(survey).questions[2]["key"]
    words = "=HYPERLINK(1)\x01 звоните +79135550011\u202e"
    services.respond(row.pk, now=NOON, rating=2, answers={"q1": ["0", "1"], free: [words]})
    role = staff.make_role(actor=cast.owner, name="Без телефонов", like="marketer")
    staff.change_role(actor=cast.owner, role_id=role.pk, wanted=staff.RoleChoices(fields={"client.phone": 0}))
    narrow = add_person(cast.owner, role.code)
    address = f"/surveys/{survey.public_id}/"
    for actor, sees in ((cast.owner, True), (narrow, False)):
        browser = sign_in(Browser(), actor)
        # The widest days that a calendar has are days as well.
        shown = browser.get(f"{address}?since=0001-01-01&until=9999-12-31")
        assert (shown.status_code, "5550011" in shown.content.decode()) == (200, sees)
        assert "Повреждено" in shown.content.decode()
        found = browser.get(f"{address}answers.xlsx")
        head, line = load_workbook(BytesIO(b"".join(found.streaming_content))).active.iter_rows()
        told = {title.value: cell for title, cell in zip(head, line, strict=True)}
        assert (told["Оценка"].value, told["Что пошло не так?"].value) == (2, "Опоздали, Повреждено")
        assert ("Что добавить?" in told) is sees
        if sees:
            cell = told["Что добавить?"]
            assert (cell.data_type, cell.quotePrefix, "+79135550011" in cell.value) == ("s", True, True)
        with company_context(cast.company_id, employee_id=actor.employee_id):
            assert ("5550011" in str(read(shop.client.pk, actor=actor, now=timezone.now()))) is sees


def test_the_task_tells_the_clients_own_words_to_none_who_may_not_see_all_of_his_card(cast, shop):
    role = staff.make_role(actor=cast.owner, name="Без телефонов", like="manager")
    staff.change_role(actor=cast.owner, role_id=role.pk, wanted=staff.RoleChoices(fields={"client.phone": 0}))
    narrow = add_person(cast.owner, role.code)
    type(shop.client).objects.update(responsible_id=narrow.employee_id)
    survey = make_survey(cast.owner, now=PLACED)
    with channel("email", Post()):
        row = asked(cast, shop)
    free = version_of(survey).questions[2]["key"]
    services.respond(row.pk, now=NOON, rating=2, answers={"q1": ["0"], free: ["звоните +79135550011"]})
    task = Assignment.objects.get(task__employee_id=narrow.employee_id)
    assert "5550011" not in task.why
    assert "Опоздали" in task.why
    assert "своими словами" in task.why
    # Whoever may see it all, and changes nothing of it but the executor, gets the words with the next answer.
    Task.objects.filter(pk=task.task_id).update(employee_id=cast.owner.employee_id)
    services.respond(row.pk, now=NOON, rating=1)
    task.refresh_from_db()
    assert "звоните +79135550011" in task.why


@pytest.mark.django_db(transaction=True)
def test_at_once_two_of_one_name_are_refused_in_words_two_rules_are_one_and_nobody_is_asked_twice():
    cache.clear()
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        shop = make_shop(cast.owner, now=PLACED)
        ContactPoint.objects.create(client=shop.client, kind="email", value="anna@example.com", position=1)
        make_survey(cast.owner, now=PLACED, name="Первый")
        for _n in range(4):
            order = make_order(cast.owner, shop, (shop.table, 1), now=PLACED)
            services.invite("delivered", About(shop.client.pk, "order", order.pk), at=PLACED)

    def at_once(*acts):
        failures, gate = [], threading.Barrier(len(acts))

        def work(act):
            try:
                with company_context(cast.company_id, employee_id=cast.owner.employee_id):
                    gate.wait(10)
                    act()
            except BaseException as error:
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=work, args=(act,)) for act in acts]
        for one in threads:
            one.start()
        for one in threads:
            one.join(60)
        return failures

    failures = at_once(*[lambda: make_survey(cast.owner, now=PLACED, name="Двое")] * 4)
    assert [type(one) for one in failures] == [Invalid] * 3
    assert all(one.fields["name"] for one in failures)
    rules = [services.RulesDraft(again_days=days, link_days=30, change_days=14) for days in (10, 20, 30, 40)]
    assert at_once(*[lambda one=one: services.save_rules(actor=cast.owner, draft=one) for one in rules]) == []
    with channel("email", Post()):
        assert at_once(*[lambda: services.ask_due(now=NOON)] * 4) == []
    with company_context(cast.company_id, employee_id=cast.owner.employee_id), transaction.atomic():
        assert CareSettings.objects.get().again_days in (10, 20, 30, 40)
        assert (
            sorted(Invitation.objects.values_list("state", "code")) == [("asked", "")] + [("skipped", "recently")] * 3
        )


def test_a_question_that_becomes_one_to_choose_from_has_no_words_of_clients_among_its_answers(cast, shop):
    survey = make_survey(cast.owner, now=PLACED)
    with channel("email", Post()):
        row = asked(cast, shop)
    services.respond(row.pk, now=NOON, rating=5, answers={"q3": ["Позвоните жене"]})
    draft = services.SurveyDraft(
        name="После заказа", moment="delivered", subject="s", body="b", ask="Как?",
        questions=[Question("q3", "Что добавить?", "one", "always", ("Ничего", "Цвета")), Question("q1", "А?")],
    )  # fmt: skip
    services.save_survey(actor=cast.owner, draft=draft, now=NOON, public_id=survey.public_id)
    survey.refresh_from_db()
    assert [one["key"] for one in version_of(survey).questions] == ["q4", "q5"]
    [(_text, counts)] = results.options_of(cast.owner, survey, version_of(survey), Ask())
    assert counts == [("Ничего", 0), ("Цвета", 0)]


def test_a_rating_begins_an_automation(cast, shop):
    make_survey(cast.owner, now=PLACED)
    CareSettings.objects.create(again_days=0)
    begins = {"kind": "care.rated", "how": "bad"}
    make_automation(cast.owner, begins, node(1, "wait", {"minutes": 60}), now=timezone.now())
    for rating, changed, runs in ((5, 5, 0), (5, 2, 1), (1, 1, 2)):
        with channel("email", Post()):
            row = asked(cast, shop)
        for one in (rating, changed):
            services.respond(row.pk, now=timezone.now(), rating=one, answers={"q1": ["0"]})
        hear_automations(cast.company_id)
        Run.objects.update(state="done")
        assert Run.objects.count() == runs
    assert set(Run.objects.values_list("client_id", flat=True)) == {shop.client.pk}


def test_a_company_without_the_module_asks_nobody_and_what_it_has_asked_is_still_answered(cast, shop):
    survey = make_survey(cast.owner, now=PLACED)
    make_left_survey(cast.owner, now=PLACED)
    CareSettings.objects.create(again_days=0)
    key = address_key("email", "anna@example.com")
    with channel("email", Post()), channel("sms", Post()):
        row, waits = asked(cast, shop), delivered(cast, shop)
        staff.switch_modules(actor=cast.owner, off=["surveys"])
        # The letter comes back meanwhile: no SMS goes in its place.
        BlockedAddress.objects.create(channel="email", key=key, hint="a…", reason="bounce", at=NOON)
        messaging.send_due("email", now=NOON)
        hear(cast)
        late = delivered(cast, shop)
        services.ask_due(now=NOON + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.channel, Message.objects.filter(channel="sms").exists()) == ("email", False)
    assert Invitation.objects.get(subject_id=waits.pk).code == "off"
    assert not Invitation.objects.filter(subject_id=late.pk).exists()
    assert ask_left(1, shop.client.pk, NOON, writes=True) is None
    browser = sign_in(Browser(), cast.owner)
    assert {browser.get(f"/surveys/{end}").status_code for end in ("", f"{survey.public_id}/", "new/")} == {404}
    Invitation.objects.filter(pk=row.pk).update(asked_at=timezone.now())
    assert page(row, rating="5").status_code == 303
    staff.switch_modules(actor=cast.owner, off=[])
    assert sign_in(Browser(), cast.owner).get(f"/surveys/{survey.public_id}/").status_code == 200


def test_whose_card_was_merged_before_the_delivery_was_heard_of_is_asked_on_the_card_that_stays(cast, shop):
    make_survey(cast.owner, now=PLACED)
    order = delivered(cast, shop, hears=False)
    stays = people.merge_clients(
        actor=cast.owner, survivor_id=make_client(cast.owner, "Борис").pk, other_ids=[shop.client.pk], chosen={},
        now=timezone.now(),
    ).survivor_id  # fmt: skip
    hear(cast)
    row = Invitation.objects.get()
    assert (row.client_id, row.subject_id) == (stays, order.pk)
    with channel("email", Post()):
        services.ask_due(now=NOON)
    row.refresh_from_db()
    assert row.state == "asked"


def test_the_look_of_a_survey_is_its_letter_in_a_frame_from_which_nothing_leads_out(cast, shop):
    survey = make_survey(cast.owner, now=NOON, body="Здравствуйте, {{ client.first_name }} <b>!")
    type(shop.client).objects.filter(pk=shop.client.pk).update(name="Анна <i>Ли", first_name="")
    browser, url = sign_in(Browser(), cast.owner), f"/surveys/{survey.public_id}/edit/"
    assert 'src="?look=1"' in browser.get(url).content.decode()
    saved = browser.get(url, {"look": "1"})
    page = saved.content.decode()
    assert page.count("&#9733;") == 5
    assert "Анна &lt;i&gt;Ли" in page
    assert "<b>!" not in page
    assert set(re.findall(r'href="([^"]*)"', page)) == {"#"}
    assert "sandbox" in saved["Content-Security-Policy"]
    assert (saved["X-Frame-Options"], saved["Cache-Control"]) == ("SAMEORIGIN", "no-store")
    typed = {"what": "look", "body": "Ещё не сохранено", "sms": "Как вам?", "by_email": "yes", "by_sms": "yes"}
    page = browser.post(url, typed).content.decode()
    assert "Ещё не сохранено" in page
    assert "Как вам? http" in page
    only_sms = browser.post(url, typed | {"by_email": ""}).content.decode()
    assert "&#9733;" not in only_sms
    assert "Как вам? http" in only_sms
    assert "никто не найден" in browser.post(url, typed | {"who": "нет такого"}).content.decode()
