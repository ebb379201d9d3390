"""The bot of the chat: sure it answers, unsure it offers and calls a person, then it is silent."""

import uuid
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from voronka.accounts import queries as accounts
from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.tenancy import company_context
from voronka.messaging.models import ChatSettings, Talk, TalkLine, Unanswered
from voronka.messaging.services import answers
from voronka.messaging.services import chat as services
from voronka.messaging.services.answers import ArticleDraft

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 26, 9, tzinfo=UTC)  # a Thursday, noon in Moscow
NIGHT = datetime(2026, 11, 26, 20, tzinfo=UTC)
ARTICLES = (
    ("Сколько стоит доставка?", "350 рублей."),
    ("Как вернуть товар?", "За 14 дней."),
    ("Из какого дерева столешница?", "Цельный дуб."),
    ("Есть ли сборка на дому?", "Да, 5 процентов."),
)


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return make_company()


@pytest.fixture(autouse=True)
def inside(cast: Cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        for title, text in ARTICLES:
            answers.save_article(actor=cast.owner, draft=ArticleDraft(title, text), now=NOON)
        bot(cast, "always")
        yield


def bot(cast: Cast, when: str) -> None:
    services.save_chat(actor=cast.owner, draft=services.ChatDraft(is_on=True, bot=when))


def ask(text: str, talk: Talk | None = None, *, choice: str = "", at: datetime = NOON) -> Talk:
    return services.write(talk=talk, written=services.Written(uuid.uuid4(), text, choice=choice), now=at)


def lines(by: str = "") -> list[str]:
    rows = TalkLine.objects.order_by("number")
    return list((rows.filter(by=by) if by else rows.exclude(by="event")).values_list("text", flat=True))


def test_a_sure_answer_comes_at_once_from_who_says_that_it_is_a_bot() -> None:
    ask("скока стоит доставка")
    hello, question, said = lines()
    assert ("бот" in hello.lower(), question, said) == (True, "скока стоит доставка", "350 рублей.")
    talk = Talk.objects.get()
    assert (talk.with_bot, talk.waits_since, talk.last_by) == (True, None, "bot")
    assert TalkLine.objects.get(text="350 рублей.").article is not None


def test_unsure_it_offers_the_nearest_and_a_person_and_the_question_is_reported() -> None:
    ask("а дерево у стола и доставка какие")
    offered = TalkLine.objects.filter(by="bot").latest("number").choices
    assert offered[-1]["id"] == "person"
    assert 1 <= len(offered) - 1 <= 3
    assert Unanswered.objects.count() == 1
    talk = Talk.objects.get()
    assert talk.waits_since == NOON  # people see that he waits
    ask("", talk, choice=offered[0]["id"])
    title, text = next(one for one in ARTICLES if one[0] == offered[0]["title"])
    assert lines()[-2:] == [title, text]


def test_a_person_who_is_called_has_the_whole_talk_and_the_bot_is_silent(cast: Cast) -> None:
    talk = ask("скока стоит доставка")
    ask("", talk, choice="person")
    row = Talk.objects.get()
    assert (row.with_bot, row.waits_since, row.owner_id) == (False, NOON, None)
    before = lines("bot")
    ask("как вернуть товар", row)
    assert lines("bot") == before
    page = sign_in(Browser(), cast.owner).get(f"/talk/{talk.public_id}/").content.decode()
    for text in ("скока стоит доставка", "350 рублей.", "как вернуть товар"):
        assert text in page


@pytest.mark.parametrize("act", ["take", "reply"])
def test_it_is_silent_once_a_person_has_taken_over(cast: Cast, act: str) -> None:
    talk = ask("скока стоит доставка")
    if act == "take":
        services.take(actor=cast.owner, public_id=talk.public_id, now=NOON)
    else:
        draft = services.Reply(key=uuid.uuid4(), text="Здравствуйте, это Ольга", seen=9)
        services.reply(actor=cast.owner, public_id=talk.public_id, draft=draft, now=NOON)
    before = lines("bot")
    ask("как вернуть товар", Talk.objects.get())
    assert lines("bot") == before
    assert Talk.objects.get().waits_since == NOON


def test_switched_off_it_hands_over_what_it_had_and_begins_nothing(cast: Cast) -> None:
    talk = ask("скока стоит доставка")
    bot(cast, "never")
    ask("как вернуть товар", talk)
    assert "За 14 дней." not in lines("bot")
    assert not Talk.objects.get().with_bot
    before = lines("bot")
    ask("как вернуть товар")
    assert lines("bot") == before


def test_it_keeps_its_hours(cast: Cast) -> None:
    bot(cast, "away")
    ask("скока стоит доставка")
    assert lines("bot") == []
    ask("скока стоит доставка", at=NIGHT)
    assert lines("bot")[-1] == "350 рублей."


def test_at_night_who_calls_a_person_is_asked_for_a_contact() -> None:
    talk = ask("скока стоит доставка", at=NIGHT)
    ask("", talk, choice="person", at=NIGHT)
    assert "телефон" in lines("bot")[-1]


def test_a_question_sent_again_is_answered_once() -> None:
    written = services.Written(uuid.uuid4(), "скока стоит доставка")
    for _attempt in range(3):
        services.write(talk=None, written=written, now=NOON)
    assert lines("bot").count("350 рублей.") == 1


def test_buttons_are_pressed_without_script_too() -> None:
    visitor = Browser()
    address = f"/chat/{accounts.get_company_rules().form_key}/"
    assert "бот" in visitor.get(address, headers={"Accept-Language": "ru"}).content.decode()
    visitor.post(address, {"text": "а дерево у стола и доставка какие", "key": str(uuid.uuid4())})
    page = visitor.get(address).content.decode()
    assert 'form="v-chat-form"' in page
    assert 'value="person"' in page
    assert visitor.post(address, {"text": "", "choice": "person", "key": str(uuid.uuid4())}).status_code == 303
    assert not Talk.objects.get().with_bot
    wrong = visitor.post(address, {"text": "", "choice": "nowhere", "key": str(uuid.uuid4())})
    assert wrong.status_code == 422


def test_the_settings_say_when_it_speaks(cast: Cast) -> None:
    owner = sign_in(Browser(), cast.owner)
    assert owner.post("/settings/chat/", {"is_on": "on", "bot": "open"}).status_code == 302
    assert ChatSettings.objects.get().bot == "open"
    assert owner.post("/settings/chat/", {"is_on": "on", "bot": "sometimes"}).status_code == 422
