"""A scenario in the chat: it asks, branches, hands over with all that was said; a person silences it, or the switch."""

import json
import os
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client as Browser
from django.urls import reverse
from pydantic import ValidationError

from voronka.accounts import queries as accounts
from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.flows import services as flows
from voronka.flows.models import Automation, Run, RunStep
from voronka.flows.services import drawing, scenes, words
from voronka.flows.services.drawing import drawn_of
from voronka.flows.services.scenes.setups import AskNode, text_problems
from voronka.flows.testing import make_scene, node, talk_step
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.stakes import stakes_in
from voronka.kit.tenancy import company_context
from voronka.messaging.channels.telegram import standin
from voronka.messaging.models import ChatDepartment, Talk, TalkLine
from voronka.messaging.services import answers
from voronka.messaging.services import channels as outside
from voronka.messaging.services import chat as services
from voronka.messaging.services.answers import ArticleDraft
from voronka.people import services as people
from voronka.people.models import Consent, InboxLead, Touch
from voronka.people.services.fields import add_field, change_field
from voronka.people.testing import make_client

NOON = datetime(2026, 11, 26, 9, tzinfo=UTC)  # a Thursday, noon in Moscow
NIGHT = datetime(2026, 11, 26, 20, tzinfo=UTC)
MENU = ["Оставить заявку", "Спросить человека"]


@pytest.fixture
def cast(db: None) -> Cast:
    cache.clear()
    return make_company()


@pytest.fixture(autouse=True)
def inside(request: pytest.FixtureRequest) -> Iterator[None]:
    if "transactional_db" in request.fixturenames:  # it makes a company of its own
        yield
        return
    cast = request.getfixturevalue("cast")
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        services.save_chat(actor=cast.owner, draft=services.ChatDraft(is_on=True, bot="never"))
        yield


def menu(*, name: str = "menu", **more: object) -> dict[str, object]:
    return {"text": "Чем помочь?", "about": "choice", "buttons": MENU, "name": name, **more}


def lead_scene(cast: Cast, **start: object) -> Automation:
    """Ask for a name and a phone, make a request; or call a person."""
    return make_scene(
        cast.owner,
        node(1, "ask", menu(), **{"0": "n2", "1": "n7", "wrong": "n7"}),
        node(2, "ask", {"text": "Как вас зовут?", "name": "name"}, next="n3"),
        node(3, "ask", {"text": "{{ answers.name }}, ваш телефон?", "about": "phone", "name": "phone"},
             next="n4", wrong="n7"),
        talk_step(4, "messaging.talk_lead", {}, made="n5", refused="n6", wrong="n7"),
        node(5, "say", {"text": "Спасибо! Перезвоним."}),
        node(6, "say", {"text": "Хорошо, ничего не храним."}),
        node(7, "person", {"text": ""}),
        now=NOON, **start,
    )  # fmt: skip


def ask(text: str, talk: Talk | None = None, *, choice: str = "", at: datetime = NOON) -> Talk:
    return services.write(talk=talk, written=services.Written(uuid.uuid4(), text, choice=choice), now=at)


def press(talk: Talk, title: str, *, at: datetime = NOON) -> Talk:
    line = TalkLine.objects.filter(talk=talk, by="bot").exclude(choices=[]).order_by("-number").first()
    assert line is not None
    return ask("", talk, choice=next(one["id"] for one in line.choices if one["title"] == title), at=at)


def said(by: str = "bot") -> list[str]:
    return list(TalkLine.objects.filter(by=by).order_by("talk_id", "number").values_list("text", flat=True))


def codes(run: Run) -> list[str]:
    return list(RunStep.objects.filter(run=run).order_by("number").values_list("code", flat=True))


def test_from_the_first_message_to_a_request_by_http(cast: Cast) -> None:
    lead_scene(cast)
    visitor = Browser(headers={"Accept-Language": "ru"})
    address = f"/chat/{accounts.get_company_rules().form_key}/"

    def say(text: str = "", choice: str = "") -> str:
        answer = visitor.post(address, {"text": text, "choice": choice, "key": str(uuid.uuid4())})
        assert answer.status_code == 303
        return visitor.get(address).content.decode()

    page = say("Здравствуйте")
    assert "Чем помочь?" in page
    assert 'value="b:2-0"' in page
    assert "Как вас зовут?" in say(choice="b:2-0")
    assert "Анна, ваш телефон?" in say("Анна")
    assert "Это не номер телефона" in say("не скажу")
    say("8 (912) 345-67-89")
    assert Touch.objects.count() == 0  # nothing is kept without his consent
    page = say("да")
    assert "Спасибо! Перезвоним." in page
    assert Touch.objects.count() + InboxLead.objects.count() == 1
    talk, run = Talk.objects.get(), Run.objects.get()
    assert (talk.name, talk.phone, talk.client_id, talk.waits_since) == ("Анна", "+79123456789", None, None)
    assert (run.state, run.why, run.kept["values"]["name"]) == ("done", "end", "Анна")
    assert codes(run)[:5] == ["entered", "asked", "answered", "asked", "answered"]
    before = said()
    say("и ещё вопрос")  # the first message is over: people answer
    assert said() == before
    assert Talk.objects.get().waits_since is not None


def test_an_answer_is_named_as_people_write(cast: Cast) -> None:
    # As the editor keeps what was typed: one word of small letters, whatever its alphabet.
    typed = {"text": "Ваш город?", "name": "  Ваш город "}
    kept = AskNode.model_validate(typed)
    assert kept.name == "ваш_город"
    assert AskNode.model_validate(typed | {"name": "Город доставки"}).name == "город_доставки"
    for wrong in ("", "2-й город", "город!", "answers.city", "и" * 31, "город}}", "{{"):
        with pytest.raises(ValidationError):
            AskNode.model_validate(typed | {"name": wrong})
    make_scene(
        cast.owner,
        node(1, "ask", {"text": "Ваш город?", "name": kept.name}, next="n2"),
        node(2, "fork", {"what": "answer", "name": kept.name, "how": "is", "value": "омск"}, yes="n3", no="n4"),
        node(3, "keep", {"where": "value", "name": "итог", "text": "{{ answers.ваш_город }}, рядом"}, next="n5"),
        node(4, "say", {"text": "Не там"}),
        node(5, "say", {"text": "Едем: {{ answers.итог }}{% if answers.ваш_город == 'Омск' %}!{% endif %}"}),
        now=NOON,
    )
    ask("Омск", ask("Привет"))
    assert said() == ["Ваш город?", "Едем: Омск, рядом!"]
    assert Run.objects.get().kept["values"] == {"ваш_город": "Омск", "итог": "Омск, рядом"}
    assert text_problems("{{ answers.ваш_город }}", ["ваш_город"]) == []
    assert text_problems("{{ answers.ваш_горд }}", ["ваш_город"]), "a name that nobody answers is told"


def test_a_person_is_called_with_all_that_was_said(cast: Cast) -> None:
    sales = services.save_department(actor=cast.owner, name="Продажи", is_offered=False, members=[])
    make_scene(
        cast.owner,
        node(1, "ask", {"text": "{{ company.name }}: ваш город?", "name": "city"}, next="n2"),
        node(2, "person", {"text": "Зову, {{ answers.city }}!", "department": sales.public_id}),
        now=NOON,
    )
    talk = ask("Привет")
    assert Talk.objects.get().with_bot
    assert Talk.objects.get().waits_since is None  # nobody is disturbed while the scenario asks
    ask("Омск", talk)
    row = Talk.objects.get()
    assert (row.with_bot, row.waits_since, row.department_id) == (False, NOON, sales.pk)
    assert said()[-1] == "Зову, Омск!"
    assert "Bellwether: ваш город?: Омск" in said("note")[0]
    page = sign_in(Browser(), cast.owner).get(f"/talk/{talk.public_id}/").content.decode()
    assert "ваш город?: Омск" in page
    assert ChatDepartment.objects.get().name in page


@pytest.mark.parametrize("act", ["take", "reply", "close", "move"])
def test_it_is_over_at_once_when_a_person_takes_over(cast: Cast, act: str) -> None:
    lead_scene(cast)
    talk = press(ask("Привет"), MENU[0])
    public_id = talk.public_id
    if act == "take":
        services.take(actor=cast.owner, public_id=public_id, now=NOON)
    elif act == "reply":
        draft = services.Reply(key=uuid.uuid4(), text="Здравствуйте, это Ольга", seen=9)
        services.reply(actor=cast.owner, public_id=public_id, draft=draft, now=NOON)
    elif act == "close":
        services.close(actor=cast.owner, public_id=public_id, now=NOON)
    else:
        other = services.save_department(actor=cast.owner, name="Склад", is_offered=False, members=[])
        services.pass_on(actor=cast.owner, public_id=public_id, to=other.public_id, now=NOON)
    run = Run.objects.get()
    assert (run.state, run.why) == ("left", "closed" if act == "close" else "taken")
    before = said()
    scenes.wake(now=NOON + timedelta(days=1))
    if act != "close":
        ask("Анна", Talk.objects.get())
        assert Talk.objects.get().waits_since is not None
    assert said() == before


def test_switched_off_between_a_question_and_its_answer_it_says_nothing_more(cast: Cast) -> None:
    row = lead_scene(cast)
    talk = press(ask("Привет"), MENU[0])
    flows.switch(actor=cast.owner, public_id=row.public_id, is_on=False, now=NOON)
    assert (Run.objects.get().state, Run.objects.get().why) == ("left", "off")
    before = said()
    ask("Анна", talk)
    assert said()[: len(before)] == before
    assert said()[len(before) :] == ["Позвал человека: ответ придёт сюда."]
    assert Talk.objects.get().waits_since == NOON
    other = ask("Здравствуйте")
    assert TalkLine.objects.filter(talk=other, by="bot").count() == 0
    flows.switch(actor=cast.owner, public_id=row.public_id, is_on=True, now=NOON)
    Run.objects.create(  # one that was not let out: the switch and its message were at once
        automation=row, version=drawn_of(row).version, subject_kind="talk", subject_id=other.pk, node="n2",
        entered_at=NOON, moved_at=NOON, due_at=NOON,
    )  # fmt: skip
    Automation.objects.update(is_on=False)
    assert scenes.wake(now=NOON + timedelta(hours=9)) == 0
    ask("Анна", other)
    assert not TalkLine.objects.filter(talk=other, by="bot", text__startswith="Анна").exists()
    assert not Run.objects.filter(state="running").exists()


@pytest.mark.parametrize(
    ("silence", "reminders", "why", "waits"), [("remind", 1, "silence", False), ("person", 0, "silence", True)]
)
def test_silence_is_met_once_and_never_again(cast: Cast, silence: str, reminders: int, why: str, waits: bool) -> None:
    setup = {"text": "Ваш город?", "name": "city", "minutes": 10, "silence": silence, "reminder": "Вы ещё здесь?"}
    make_scene(cast.owner, node(1, "ask", setup), now=NOON)
    ask("Привет")
    assert scenes.wake(now=NOON + timedelta(minutes=9)) == 0
    for hour in range(1, 12):
        scenes.wake(now=NOON + timedelta(hours=hour))
    assert said().count("Вы ещё здесь?") == reminders
    assert (Run.objects.get().state, Run.objects.get().why) == ("left", why)
    assert (Talk.objects.get().waits_since is not None) == waits
    assert len(said()) == 2  # the question, and one more


def test_a_reminded_one_may_still_answer_and_is_asked_on(cast: Cast) -> None:
    setup = {"text": "Ваш город?", "name": "city", "minutes": 10, "silence": "remind", "reminder": "Вы ещё здесь?"}
    make_scene(cast.owner, node(1, "ask", setup, next="n2"), node(2, "ask", {**setup, "text": "Улица?"}), now=NOON)
    talk = ask("Привет")
    scenes.wake(now=NOON + timedelta(minutes=11))
    ask("Омск", talk, at=NOON + timedelta(minutes=12))
    scenes.wake(now=NOON + timedelta(minutes=30))
    assert said() == ["Ваш город?", "Вы ещё здесь?", "Улица?", "Вы ещё здесь?"]  # once for each question


def test_a_wrong_answer_between_brings_no_second_reminder(cast: Cast) -> None:
    setup = {"text": "Сколько?", "about": "number", "minutes": 10, "silence": "remind", "reminder": "Вы ещё здесь?"}
    make_scene(cast.owner, node(1, "ask", setup), now=NOON)
    talk = ask("Привет")
    scenes.wake(now=NOON + timedelta(minutes=11))
    ask("много", talk, at=NOON + timedelta(minutes=12))
    for hour in range(1, 4):
        scenes.wake(now=NOON + timedelta(hours=hour))
    assert said() == ["Сколько?", "Вы ещё здесь?", "Напишите, пожалуйста, число.", "Сколько?"]
    assert (Run.objects.get().state, Run.objects.get().why) == ("left", "silence")


def test_after_days_without_a_worker_nobody_is_reminded(cast: Cast) -> None:
    setup = {"text": "Город?", "minutes": 10, "silence": "remind", "reminder": "Вы ещё здесь?"}
    make_scene(cast.owner, node(1, "ask", setup), now=NOON)
    ask("Привет")
    assert scenes.wake(now=NOON + timedelta(days=3)) == 1
    assert said() == ["Город?"]
    assert (Run.objects.get().state, Run.objects.get().why) == ("left", "silence")


def test_who_agreed_is_asked_once_and_who_was_not_asked_has_not_agreed(cast: Cast) -> None:
    make_scene(
        cast.owner,
        node(1, "ask", {"text": "Телефон?", "about": "phone", "name": "phone"}, next="n2"),
        talk_step(2, "messaging.talk_lead", {"consent": False}, made="n3"),
        node(3, "ask", {"text": "Другой телефон?", "about": "phone", "name": "phone"}, next="n4"),
        talk_step(4, "messaging.talk_lead", {}, made="n5"),
        node(5, "ask", {"text": "Третий?", "about": "phone", "name": "phone"}, next="n6"),
        talk_step(6, "messaging.talk_lead", {}),
        now=NOON,
    )
    talk = ask("Привет")
    ask("+79160000001", talk)
    assert not Consent.objects.exists()  # a law asks for proof: none is made up
    for text in ("+79160000002", "да", "+79160000003"):
        ask(text, talk)
    assert sum("согла" in one.lower() or "хранить" in one for one in said()) == 1
    assert Talk.objects.get().agreed_at == NOON
    assert Run.objects.get().why == "end"
    agreed = Consent.objects.filter(purpose="personal_data").values_list("client_id", flat=True)
    assert len(set(agreed)) == len(list(agreed)) == 2


def test_joined_cards_take_the_talk_along_and_erasing_reaches_what_was_answered(cast: Cast) -> None:
    first = make_client(cast.owner, "Смирнова Анна")
    second = make_client(cast.owner, "Смирнова А.")
    make_scene(
        cast.owner, node(1, "ask", {"text": "Город?", "name": "city"}, next="n2"),
        node(2, "ask", {"text": "{{ client.first_name }}, улица?", "name": "street"}, next="n3"),
        node(3, "ask", {"text": "{{ client.first_name }}, дом?", "name": "house"}), now=NOON,
    )  # fmt: skip
    talk = ask("Привет")
    services.bind(actor=cast.owner, public_id=talk.public_id, client=second.public_id, now=NOON)
    ask("Омск", talk)
    people.merge_clients(actor=cast.owner, survivor_id=first.pk, other_ids=[second.pk], chosen={}, now=NOON)
    ask("Ленина", talk)
    assert (said()[-1], Run.objects.get().client_id) == ("Анна, дом?", first.pk)
    for stake in stakes_in("client"):
        if stake.part in ("messaging", "flows"):
            stake.erase([first.pk])
    run = Run.objects.get()
    assert (run.state, run.kept) == ("left", {})
    assert not {"Омск", "Ленина"} & {word for one in RunStep.objects.all() for word in map(str, one.about.values())}
    assert "Омск" not in str(list(TalkLine.objects.values_list("text", flat=True)))


def test_a_card_in_the_bin_breaks_no_scenario(cast: Cast) -> None:
    client = make_client(cast.owner, "Смирнова Анна")
    code = people.add_field(actor=cast.owner, name="Город", kind="text").code
    make_scene(
        cast.owner, node(1, "ask", {"text": "Город?", "name": "city"}, next="n2"),
        node(2, "keep", {"where": f"client:{code}", "text": "{{ answers.city }}"}, next="n3"),
        node(3, "ask", {"text": "{{ client.name }}, улица?", "name": "street"}), now=NOON,
    )  # fmt: skip
    talk = ask("Привет")
    services.bind(actor=cast.owner, public_id=talk.public_id, client=client.public_id, now=NOON)
    people.bin_client(actor=cast.owner, client_id=client.pk, now=NOON)
    again = ask("Привет", talk)  # taking out lets him out of scenarios
    assert Run.objects.get().state == "left"
    services.close(actor=cast.owner, public_id=again.public_id, now=NOON)
    ask("Снова я", Talk.objects.get())
    ask("Омск", Talk.objects.get())
    assert said()[-1].endswith(", улица?")
    assert Run.objects.order_by("-id")[0].state == "running"


def test_a_deadlock_is_no_end_of_a_scenario(transactional_db: None) -> None:
    """Somebody has the walk for so long that the sweep gives up: it meets the silence the next time, once."""
    made = reminded_talk()
    with company_context(made.company_id, origin="job"):
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("SELECT set_config('app.company_id', %s, true)", [str(made.company_id)])
                cursor.execute("SELECT id FROM flows_run FOR UPDATE")
                assert cursor.fetchall()
                assert scenes.wake(now=NOON + timedelta(minutes=11)) == 0
                cursor.execute("ROLLBACK")
        finally:
            other.close()
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = 0")
        assert scenes.wake(now=NOON + timedelta(minutes=11)) == 1
        with transaction.atomic():
            assert (said(), Run.objects.get().state) == (["Город?", "Вы ещё здесь?"], "running")


@pytest.mark.slow
def test_a_worker_killed_while_it_reminds_has_said_nothing_and_the_next_one_says_it_once(
    transactional_db: None,
) -> None:
    made = reminded_talk()
    later = NOON + timedelta(minutes=11)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT set_config('app.company_id', %s, true)", [str(made.company_id)])
            cursor.execute("SELECT id FROM flows_run FOR UPDATE")
            assert cursor.fetchall()
            connections.close_all()
            child = os.fork()
            if child == 0:
                try:
                    with company_context(made.company_id, origin="job"):
                        scenes.wake(now=later)
                finally:
                    os._exit(0)
            stuck = (  # who waits for a row holds its place in the queue of this database's table
                "SELECT count(*) FROM pg_locks WHERE locktype = 'tuple' AND relation = 'flows_run'::regclass"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            until = time.monotonic() + 20
            while not cursor.execute(stuck).fetchone()[0]:  # the reminder is written, the walk not yet moved
                assert time.monotonic() < until
                time.sleep(0.05)
            os.kill(child, signal.SIGKILL)
            assert os.waitpid(child, 0)[1] & 0x7F == signal.SIGKILL
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    with company_context(made.company_id, origin="job"):
        with transaction.atomic():
            assert said() == ["Город?"]
        for minute in (11, 12, 40, 90):
            scenes.wake(now=NOON + timedelta(minutes=minute))
        with transaction.atomic():
            assert said() == ["Город?", "Вы ещё здесь?"]
            assert (Run.objects.get().state, Run.objects.get().why) == ("left", "silence")
            numbers = list(RunStep.objects.order_by("number").values_list("number", flat=True))
            assert numbers == list(range(1, len(numbers) + 1))


def reminded_talk() -> Cast:
    """Make a company with a talk in which a question waits for ten minutes, then reminds."""
    cache.clear()
    made = make_company()
    setup = {"text": "Город?", "minutes": 10, "silence": "remind", "reminder": "Вы ещё здесь?"}
    with company_context(made.company_id, employee_id=made.owner.employee_id), transaction.atomic():
        services.save_chat(actor=made.owner, draft=services.ChatDraft(is_on=True, bot="never"))
        make_scene(made.owner, node(1, "ask", setup), now=NOON)
        ask("Привет")
    return made


def test_who_is_inside_ends_by_the_map_he_came_by(cast: Cast) -> None:
    row = make_scene(
        cast.owner, node(1, "ask", {"text": "Город?"}, next="n2"), node(2, "say", {"text": "Старый конец"}), now=NOON
    )
    talk = ask("Привет")
    drawn = drawing.set_node(
        actor=cast.owner, public_id=row.public_id, rev=drawn_of(row).rev, node="n2",
        settings={"text": "Новый"}, now=NOON,
    )  # fmt: skip
    flows.publish_map(actor=cast.owner, public_id=row.public_id, rev=drawn.rev, now=NOON)
    ask("Омск", talk)
    assert said()[-1] == "Старый конец"
    ask("Омск", ask("Привет"))
    assert said()[-1] == "Новый"


def test_a_message_sent_again_is_answered_once(cast: Cast) -> None:
    lead_scene(cast)
    written = services.Written(uuid.uuid4(), "Привет")
    for _attempt in range(3):
        talk = services.write(talk=None, written=written, now=NOON)
    chosen = services.Written(uuid.uuid4(), "", choice="b:2-0")
    for _attempt in range(3):
        services.write(talk=talk, written=chosen, now=NOON)
    assert said() == ["Чем помочь?", "Как вас зовут?"]


def test_a_talk_has_one_scenario_at_a_time(cast: Cast) -> None:
    lead_scene(cast)
    other = make_scene(cast.owner, node(1, "ask", {"text": "Номер заказа?"}), now=NOON, first=False, words="заказ")
    talk = ask("Привет, где мой заказ?")  # a word comes before the first message
    assert said() == ["Номер заказа?"]
    run = Run.objects.get()
    assert run.automation_id == other.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(
            automation=lead_scene(cast), version=run.version, subject_kind="talk", subject_id=talk.pk,
            entered_at=NOON, moved_at=NOON,
        )  # fmt: skip


def test_hours_and_presence_say_whether_it_begins(cast: Cast) -> None:
    make_scene(cast.owner, node(1, "ask", {"text": "Ночь?"}), now=NOON, hours="away")
    ask("Привет")
    assert said() == []
    ask("Привет", at=NIGHT)
    assert said() == ["Ночь?"]
    services.say_in(actor=cast.owner, is_in=True, now=NOON)
    make_scene(cast.owner, node(1, "ask", {"text": "Никого?"}), now=NOON, alone=True)
    ask("Привет")
    assert said() == ["Ночь?"]
    ask("Привет", at=NOON + timedelta(hours=1))  # his desk has not been seen for an hour
    assert said() == ["Ночь?", "Никого?"]


def test_a_button_before_the_talk_begins_one(cast: Cast) -> None:
    row = make_scene(cast.owner, node(1, "ask", {"text": "Номер?"}), now=NOON, first=False, button="Где мой заказ?")
    address = f"/chat/{accounts.get_company_rules().form_key}/"
    page = Browser().get(address).content.decode()
    assert f'value="scene-{row.public_id}"' in page
    assert "Где мой заказ?" in page
    ask("", choice=f"scene-{row.public_id}")
    assert (said("visitor"), said()) == (["Где мой заказ?"], ["Номер?"])
    with pytest.raises(Invalid):
        ask("", choice="scene-nowhere")


def test_the_knowledge_base_answers_after_it_and_within_it(cast: Cast) -> None:
    for title, text in (("Сколько стоит доставка?", "350 рублей."), ("Как вернуть товар?", "За 14 дней."),
                        ("Из какого дерева столешница?", "Цельный дуб.")):  # fmt: skip
        answers.save_article(actor=cast.owner, draft=ArticleDraft(title, text), now=NOON)
    services.save_chat(actor=cast.owner, draft=services.ChatDraft(is_on=True, bot="always"))
    make_scene(
        cast.owner,
        node(1, "ask", {"text": "Спрашивайте", "name": "question"}, next="n2"),
        talk_step(2, "messaging.talk_answer", {}, sure="n3", unsure="n4"),
        node(3, "say", {"text": "Рад помочь"}),
        node(4, "person", {}),
        now=NOON,
    )
    talk = ask("Привет")
    ask("скока стоит доставка", talk)
    assert said()[-2:] == ["350 рублей.", "Рад помочь"]
    ask("как вернуть товар", Talk.objects.get())  # the scenario is over, the bot of the base speaks on
    assert said()[-1] == "За 14 дней."


def test_the_button_that_calls_a_person_is_no_answer(cast: Cast) -> None:
    services.save_chat(actor=cast.owner, draft=services.ChatDraft(is_on=True, bot="always"))
    make_scene(cast.owner, node(1, "ask", {"text": "Номер заказа?"}), now=NOON, first=False, words="заказ")
    talk = ask("Дирижабль есть?")
    ask("Где заказ?", talk)
    assert said()[-1] == "Номер заказа?"
    ask("", Talk.objects.get(), choice="person")  # of the bot's line before the scenario
    row = Talk.objects.get()
    assert (row.with_bot, row.waits_since) == (False, NOON)
    assert (Run.objects.get().state, Run.objects.get().why) == ("left", "taken")
    assert said()[-1] == "Позвал человека: ответ придёт сюда."


def test_what_breaks_calls_a_person_and_says_half_of_nothing(cast: Cast) -> None:
    row = lead_scene(cast)
    talk = ask("Привет")
    version = drawn_of(row).version
    version.map["nodes"][1] = node(2, "say", {"text": "{{ answers.name | nowhere }}"}, next="n3")
    version.save()
    press(talk, MENU[0])
    row_of = Talk.objects.get()
    assert (row_of.with_bot, row_of.waits_since) == (False, NOON)
    assert (Run.objects.get().state, Run.objects.get().why) == ("left", "broken")


def test_buttons_are_numbers_where_there_are_none_and_words_do_too(cast: Cast) -> None:
    lead_scene(cast)
    talk = ask("Привет")
    ask("1", talk)
    assert said()[-1] == "Как вас зовут?"
    other = ask("Привет")
    ask("  оставить заявку. ", other)
    assert said()[-1] == "Как вас зовут?"
    third = ask("Привет")
    ask("чего-нибудь", third)
    assert said()[-2:] == ["Выберите, пожалуйста, одно из этого.", "Чем помочь?"]
    ask("чего-нибудь", third)
    assert Talk.objects.get(pk=third.pk).waits_since == NOON  # asked twice, then a person


def test_a_circle_without_a_question_is_not_published(cast: Cast) -> None:
    with pytest.raises(Invalid):
        make_scene(
            cast.owner, node(1, "say", {"text": "а"}, next="n2"), node(2, "say", {"text": "б"}, next="n1"), now=NOON
        )
    make_scene(
        cast.owner, node(1, "ask", {"text": "Ещё?", "name": "more"}, next="n2"),
        node(2, "say", {"text": "Было: {{ answers.more }}"}, next="n1"), now=NOON,
    )  # fmt: skip
    talk = ask("Привет")
    for word in ("раз", "два", "три"):
        ask(word, talk)
    assert said()[-2:] == ["Было: три", "Ещё?"]


def test_nobody_is_brought_into_a_scenario_by_hand(cast: Cast) -> None:
    row, talk = lead_scene(cast), ask("Привет")
    with pytest.raises(Conflict):
        flows.bring_in(actor=cast.owner, automation=row.public_id, subject=talk.public_id, now=NOON)


def test_two_messages_at_once_are_taken_in_their_order(transactional_db: None) -> None:
    """Two connections write into one talk: each is answered once, and one question is left at the end."""
    cache.clear()
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        with transaction.atomic():
            services.save_chat(actor=made.owner, draft=services.ChatDraft(is_on=True, bot="never"))
            make_scene(
                made.owner, node(1, "ask", {"text": "Раз?", "name": "one"}, next="n2"),
                node(2, "ask", {"text": "Два?", "name": "two"}, next="n3"),
                node(3, "ask", {"text": "Три?", "name": "three"}), now=NOON,
            )  # fmt: skip
        with transaction.atomic():
            talk = ask("Привет")

    def say(text: str) -> None:
        try:
            with company_context(made.company_id, origin="chat"), transaction.atomic():
                ask(text, talk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=say, args=[text]) for text in ("а", "б")]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    with company_context(made.company_id), transaction.atomic():
        run = Run.objects.get()
        assert sorted(run.kept["values"].values()) == ["а", "б"]
        assert (run.node, said()) == ("n3", ["Раз?", "Два?", "Три?"])
        assert list(RunStep.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_a_check_of_a_field_that_was_put_away_calls_a_person(cast: Cast) -> None:
    """Neither "yes" nor "no" is an answer to a question that nobody can ask; what was said on the way is taken back."""
    field = add_field(actor=cast.owner, name="Size", kind="text", code="size")
    row = make_scene(
        cast.owner, node(1, "ask", {"text": "Что вас интересует?", "name": "what"}, next="n2"),
        node(2, "say", {"text": "Минутку."}, next="n3"),
        node(3, "check", {"of": "client", "filters": {"custom.size": "XL"}}, yes="n4", no="n5"),
        node(4, "say", {"text": "Ваш размер есть."}), node(5, "say", {"text": "Вашего размера нет."}), now=NOON,
    )  # fmt: skip
    client = make_client(cast.owner, name="Анна", phone="+79161234567")
    talk = ask("Здравствуйте")
    services.bind(actor=cast.owner, public_id=talk.public_id, client=client.public_id, now=NOON)
    change_field(actor=cast.owner, public_id=field.public_id, is_active=False)
    ask("Куртка", talk)
    run = Run.objects.get(automation=row)
    assert run.why == "senseless"
    assert not {"Минутку.", "Вашего размера нет.", "Ваш размер есть."} & set(said())
    assert any("поле, которое убрали" in one for one in said("note"))
    assert [
        words.line_words(one, {}, cast.owner, NOON) for one in RunStep.objects.filter(run=run, code="called")
    ] == ["It asks of a field that was put away: a person was called"]
    talk.refresh_from_db()
    assert (talk.with_bot, talk.waits_since is not None) == (False, True), "people see that he waits"


def test_in_telegram_it_begins_at_start_asks_by_buttons_and_once(settings, transactional_db: None) -> None:
    with standin.running() as api:
        settings.TELEGRAM_API, settings.ALLOW_PRIVATE_WEBHOOKS = api.url, ["127.0.0.0/8"]
        settings.SITE = "https://crm.example"
        made, later = make_company(), datetime.now(UTC) + timedelta(hours=1)
        with company_context(made.company_id, employee_id=made.owner.employee_id):
            draft = outside.AccountDraft("telegram", "Shop", {"mode": "webhook"}, "700:" + "A" * 35, with_bot=True)
            with transaction.atomic():
                account = outside.save_account(actor=made.owner, draft=draft, now=NOON)
                lead_scene(made, chat=False, telegram=True)
            outside.connect(actor=made.owner, public_id=account.public_id, now=NOON)

            def bring(update: object) -> None:
                url = reverse("messaging:telegram-hook", args=[outside.hook_token(account.public_id)])
                headings = {"x-telegram-bot-api-secret-token": outside.hook_secret(account.public_id)}
                for _again in range(2):  # the Bot API tells of it until it hears 200, and after it now and then
                    body = json.dumps(update).encode()
                    answer = Browser().post(url, body, content_type="application/json", headers=headings)
                    assert answer.status_code == 200
                while outside.send_due(now=later):
                    pass

            bring(api.say("/start"))
            assert [one["text"] for one in api.sent] == ["Чем помочь?"]
            keys = [row[0] for row in api.sent[0]["reply_markup"]["inline_keyboard"]]
            assert [one["text"] for one in keys] == MENU
            bring(api.press(keys[0]["callback_data"]))
            bring(api.say("Анна"))
            assert [one["text"] for one in api.sent][1:] == ["Как вас зовут?", "Анна, ваш телефон?"]
            plain, phone = (one.get("reply_markup") for one in api.sent[1:])
            assert plain is None, "the key that shares a phone goes with the question about it only"
            assert phone["keyboard"][0][0]["request_contact"] is True
            bring(api.press(keys[1]["callback_data"]))  # an old button is words, and no phone
            assert "Это не номер" in api.sent[3]["text"]
            assert "keyboard" in api.sent[-1]["reply_markup"]
            with transaction.atomic():
                assert (Talk.objects.get().channel, Talk.objects.get().waits_since) == ("telegram", None)
            bring(api.say(contact={"phone_number": "79160000011", "first_name": "Анна", "user_id": 501}))
            assert "сохранить" in api.sent[-1]["text"]  # his number, by the button that asks for it
            bring(api.say("/start"))  # begun anew
            with transaction.atomic():
                ends = list(Run.objects.order_by("id").values_list("state", "why"))
                assert ends == [("left", "anew"), ("running", "")]
                services.take(actor=made.owner, public_id=Talk.objects.get().public_id, now=NOON)
            count = len(api.sent)
            bring(api.say("Есть кто?"))
            bring(api.say("/start"))
            assert len(api.sent) == count  # a person has it
