"""Rules of scenarios: every map ends for every message; the editor tries a draft out and publishes it."""

import random
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from hypothesis import given, settings
from hypothesis import strategies as st

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.flows.models import Automation, Run
from voronka.flows.rules.layout import draw, outline
from voronka.flows.rules.scenes import MOST_AT_ONCE, Scene, chosen, compares, has_word, idle_circles, read_answer
from voronka.flows.services import ready
from voronka.flows.services.drawing import drawn_of
from voronka.flows.services.scenes.engine import State, Walker
from voronka.flows.services.scenes.trying import TriedConversation
from voronka.flows.testing import node
from voronka.kit.actors import Actor
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Talk, TalkLine
from voronka.people.models import Client, InboxLead, Touch

NOON = datetime(2026, 11, 26, 9, tzinfo=UTC)


def random_scene(seed: int) -> Scene:
    """Return a map of up to twelve nodes whose exits lead anywhere, circles without a question among them."""
    chance = random.Random(seed)
    size = chance.randint(1, 12)
    nodes = []
    for number in range(1, size + 1):
        kind = chance.choice(["say", "say", "ask", "ask", "fork", "keep", "person"])
        held = {
            "say": {"text": f"т{number}"},
            "ask": {"text": f"в{number}?", "about": chance.choice(["text", "phone", "number"]), "name": "answer"},
            "fork": {"what": "answer", "name": "answer", "how": "has", "value": "а"},
            "keep": {"where": "value", "name": "answer", "text": "а"},
            "person": {"text": "зову"},
        }[kind]
        ways = {"ask": ["next", "wrong"], "fork": ["yes", "no"], "person": []}.get(kind, ["next"])
        exits = {one: f"n{chance.randint(1, size)}" for one in ways if chance.random() < 0.9}
        nodes.append(node(number, kind, held, **exits))
    return Scene.model_validate({"first": "n1", "nodes": nodes})


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), said=st.lists(st.sampled_from(["а", "+79123456789", "", "7"]), max_size=8))
def test_whatever_the_map_a_message_brings_few_and_the_silence_ends_it(seed: int, said: list[str]) -> None:
    held = random_scene(seed)
    sheet = draw(held)
    begun = [(sheet.boxes[one.place[0]].row if one.place[0] else -1, one.column) for one in sheet.edges]
    assert len(set(begun)) == len(begun), "two pluses lie on each other"
    outline(held)
    state = State()
    actor = Actor.system(1)
    turn = None
    for at, text in enumerate(["", *said]):
        conversation = TriedConversation("ru", away=False)
        walker = Walker(held, state, conversation, actor=actor, now=NOON, name="Проба")
        turn = walker.begin() if at == 0 else walker.hear(text)
        assert len(conversation.said) <= MOST_AT_ONCE + 2
        assert len(turn.lines) <= MOST_AT_ONCE + 3
        assert turn.over or conversation.said or conversation.handed  # nobody is left without an answer
        if turn.over == "limit":
            assert idle_circles(held)  # only what could not be published goes on and on
        if turn.over:
            return
    for _time in range(2):  # it reminds once at most, then it is over
        turn = Walker(held, state, TriedConversation("ru", away=False), actor=actor, now=NOON, name="Проба").silence()
        if turn.over:
            return
    raise AssertionError("the silence had no end")


@pytest.mark.parametrize(
    ("about", "text", "kept"),
    [
        ("phone", "8 (912) 345-67-89", "+79123456789"), ("phone", "9123456789", "+79123456789"),
        ("phone", "+375 29 123-45-67", "+375291234567"), ("phone", "12345", None), ("phone", "нет телефона", None),
        ("email", "anna@example.com", "anna@example.com"), ("email", "anna@", None), ("number", "1 250,50", "1250.5"),
        ("number", "100", "100"), ("number", "сто", None), ("date", "25.12.2026", "2026-12-25"),
        ("date", "31.02.2026", None),
        ("text", "  да  ", "да"), ("text", "   ", None),
        ("phone", "Анна +79160000011", "+79160000011"),
        ("phone", "+79160000011 или +79160000012", None),
    ],
)  # fmt: skip
def test_answers_are_read_by_their_kind(about: str, text: str, kept: str | None) -> None:
    assert read_answer(about, text) == kept


def test_buttons_branches_and_words() -> None:
    titles = ["Да", "Нет, спасибо"]
    assert [chosen(one, titles) for one in ("да", "2", "2.", "нет, спасибо!", "3", "может")] == [
        0,
        1,
        1,
        1,
        None,
        None,
    ]
    assert compares("12", "more", "9,5")
    assert not compares("12", "less", "9")
    assert compares("2026-12-25", "more", "01.12.2026")
    assert compares("Омск", "is", " омск. ")
    assert has_word("Где мой ЗАКАЗ?", ["заказ"])
    assert not has_word("Заказать пиццу", ["заказ"])


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return make_company()


@pytest.mark.django_db
def test_drawn_tried_and_published_by_pages(cast: Cast) -> None:
    owner = sign_in(Browser(headers={"Accept-Language": "ru"}), cast.owner)
    answer = owner.post("/automations/scenarios/new/", {"name": "Анкета бота"})
    assert answer.status_code == 302
    with company_context(cast.company_id):
        row = Automation.objects.get()
        page = f"/automations/{row.public_id}/"

        def do(**sent: str) -> str:
            drawn = drawn_of(Automation.objects.get())
            answer = owner.post(f"{page}change/", {"rev": drawn.rev, **sent}, follow=True)
            return answer.content.decode()

        do(do="add", place=":next", kind="ask")
        shown = do(
            do="set", node="n1", text="Ваш город?", about="choice", buttons="Омск\nТверь", name="city", tries="2",
            minutes_amount="10", minutes_unit="minutes", silence="end",
        )  # fmt: skip
        assert "Ваш город?" in shown
        do(do="add", place="n1:0", kind="person")
        do(do="add", place="n1:1", kind="step:messaging.talk_lead")
        shown = owner.get(page + "?node=n3").content.decode()
        assert 'name="phone"' in shown
        wrong = do(do="set", node="n1", text="", about="text", name="Город", tries="9", minutes_amount="10",
                   minutes_unit="minutes", silence="end")  # fmt: skip
        assert 'aria-invalid="true"' in wrong

        def attempt(**sent: str) -> str:
            return owner.post(f"{page}try/", sent, headers={"HX-Request": "true"}).content.decode()

        def kept(html: str) -> str:
            return html.split('name="kept" value="')[1].split('"')[0]

        first = attempt(do="anew")
        assert "Ваш город?" in first
        assert 'value="Тверь"' in first
        ended = attempt(kept=kept(first), press="Омск")
        assert "Ваш город?: Омск" in ended  # what the operator would find
        assert Run.objects.count() == Talk.objects.count() == TalkLine.objects.count() == 0
        assert "Ваш город?" not in attempt(kept=kept(first) + "x", press="Омск").replace("Ваш город?", "", 1)
        do(do="publish")
        assert drawn_of(Automation.objects.get()).version.state == "live"
        listed = owner.get("/automations/scenarios/").content.decode()
        assert "Анкета бота" in listed
        assert "Анкета бота" not in owner.get("/automations/").content.decode()
        assert owner.post(f"{page}set-up/", {"do": "on"}).status_code == 302
        assert Automation.objects.get().is_on


@pytest.mark.django_db
def test_ready_scenarios_are_whole_and_a_try_makes_nothing(cast: Cast) -> None:
    owner = sign_in(Browser(headers={"Accept-Language": "ru"}), cast.owner)
    with company_context(cast.company_id):
        for code in ready.shipped_scenes("ru"):
            row = ready.take_scene(actor=cast.owner, code=code, now=NOON)
            assert (drawn_of(row).version.state, row.is_on) == ("live", False)
            assert ready.take_scene(actor=cast.owner, code=code, now=NOON).pk == row.pk
            assert owner.get(f"/automations/{row.public_id}/").status_code == 200
        for one in ready.shipped_scenes("en").values():
            Scene.model_validate({"first": "n1", "nodes": [ready._scene_node(each) for each in one["nodes"]]})
        page = f"/automations/{Automation.objects.get(ready='scene:qualify').public_id}/try/"
        html = owner.post(page, {"do": "anew"}, headers={"HX-Request": "true"}).content.decode()
        for said in ("Хочу заказать", "стол", "Анна", "+7 912 345-67-89", "да"):
            sign = html.split('name="kept" value="')[1].split('"')[0]
            html = owner.post(page, {"kept": sign, "text": said}, headers={"HX-Request": "true"}).content.decode()
        assert "Спасибо, Анна!" in html
        assert Touch.objects.count() == InboxLead.objects.count() == Client.objects.count() == 0
