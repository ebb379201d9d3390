"""Operators take talks, answer, note, hand over, put off, close; of two at once one is told."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts import queries as accounts
from voronka.accounts.testing import Cast, add_person, make_company, sign_in
from voronka.kit import timeline
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.kit.tenancy import company_context
from voronka.messaging.models import CannedAnswer, Talk, TalkLine
from voronka.messaging.queries import talks as queries
from voronka.messaging.services import chat as services
from voronka.people.models import Client
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        services.save_chat(actor=made.owner, draft=services.ChatDraft(is_on=True))
    return made


@pytest.fixture(autouse=True)
def inside(request: pytest.FixtureRequest):
    if "cast" not in request.fixturenames:
        yield
        return
    made = request.getfixturevalue("cast")
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield


def visitor(text: str = "Стол есть?", talk: Talk | None = None, *, at: datetime = NOW, **who: str) -> Talk:
    return services.write(talk=talk, written=services.Written(uuid.uuid4(), text, **who), now=at)


def answer(actor, talk: Talk, text: str = "Есть", **how: object) -> Talk:
    draft = services.Reply(key=uuid.uuid4(), text=text, **how)  # type: ignore[arg-type]  # a test's own fields
    return services.reply(actor=actor, public_id=talk.public_id, draft=draft, now=NOW)


def tab(actor, name: str, now: datetime = NOW) -> list[str]:
    return [row.talk.public_id for row in queries.list_talks(actor, name, now=now).rows]


def test_who_answers_a_talk_that_is_nobodys_has_it_and_the_visitor_waits_no_more(cast: Cast) -> None:
    talk = visitor()
    assert tab(cast.colleague, "free") == [talk.public_id]
    answer(cast.colleague, talk)
    row = Talk.objects.get()
    assert (row.owner_id, row.waits_since, row.last_by) == (cast.colleague.employee_id, None, "operator")
    assert (tab(cast.colleague, "free"), tab(cast.colleague, "mine")) == ([], [talk.public_id])
    assert [one.by for one in queries.list_lines(row)] == ["visitor", "event", "operator"]


def test_an_answer_sent_again_is_there_once(cast: Cast) -> None:
    talk, draft = visitor(), services.Reply(key=uuid.uuid4(), text="Есть")
    for _attempt in range(3):
        services.reply(actor=cast.owner, public_id=talk.public_id, draft=draft, now=NOW)
        services.note(actor=cast.owner, public_id=talk.public_id, draft=draft, now=NOW)
    assert TalkLine.objects.filter(by__in=["operator", "note"]).count() == 1


def test_what_a_colleague_has_answered_meanwhile_is_shown_before_the_second_answer_goes(cast: Cast) -> None:
    talk = visitor()
    head = add_person(cast.owner, "head")
    answer(cast.owner, talk, "Есть, дубовый", seen=1)
    with pytest.raises(Conflict) as told:
        answer(head, talk, "Нет", seen=1)
    assert "Есть, дубовый" in told.value.message
    answer(head, talk, "Есть и берёзовый", seen=1, anyway=True)
    answer(cast.owner, talk, "Именно", seen=9)
    assert TalkLine.objects.filter(by="operator").count() == 3


def test_a_manager_reaches_his_own_talks_and_nobodys(cast: Cast) -> None:
    talk, other = visitor(), visitor("Алло")
    services.take(actor=cast.owner, public_id=talk.public_id, now=NOW)
    assert tab(cast.colleague, "all") == [other.public_id]
    with pytest.raises(NotFound):
        answer(cast.colleague, talk)
    with pytest.raises(Denied):
        queries.list_talks(add_person(cast.owner, "storekeeper"), "all", now=NOW)
    assert not TalkLine.objects.filter(by="operator").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_at_once_one_has_it_and_the_other_is_told_by_whom() -> None:
    made = make_company()
    rival = add_person(made.owner, "head")
    with company_context(made.company_id, employee_id=made.owner.employee_id), transaction.atomic():
        services.save_chat(actor=made.owner, draft=services.ChatDraft(is_on=True))
        talk = visitor()
    ready, said = threading.Barrier(2), []

    def take(actor) -> None:
        try:
            with company_context(made.company_id, employee_id=actor.employee_id):
                ready.wait(20)
                with transaction.atomic():
                    services.take(actor=actor, public_id=talk.public_id, now=NOW)
            said.append("taken")
        except Conflict as refusal:
            said.append(refusal.code)
        finally:
            connections.close_all()

    both = [threading.Thread(target=take, args=[actor]) for actor in (made.owner, rival)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert sorted(said) == ["taken", "taken_already"]
    with company_context(made.company_id), transaction.atomic():
        assert TalkLine.objects.filter(code="taken").count() == 1


def test_a_talk_is_handed_over_to_who_may_answer(cast: Cast) -> None:
    talk = visitor()
    codes = accounts.public_ids_of_employees([cast.colleague.person_id])
    keeper = add_person(cast.owner, "storekeeper")
    keeper_id = accounts.public_ids_of_employees([keeper.person_id])[keeper.person_id]
    with pytest.raises(Invalid):
        services.pass_on(actor=cast.owner, public_id=talk.public_id, to=keeper_id, now=NOW)
    services.pass_on(actor=cast.owner, public_id=talk.public_id, to=codes[cast.colleague.person_id], now=NOW)
    assert tab(cast.colleague, "mine") == [talk.public_id]


def test_what_is_put_off_wakes_by_its_hour_or_by_the_visitor(cast: Cast) -> None:
    talk = visitor()
    with pytest.raises(Invalid):
        services.snooze(actor=cast.owner, public_id=talk.public_id, until=NOW, now=NOW)
    hour = NOW + timedelta(hours=1)
    services.snooze(actor=cast.owner, public_id=talk.public_id, until=hour, now=NOW)
    assert (tab(cast.owner, "all"), tab(cast.owner, "snoozed")) == ([], [talk.public_id])
    assert (tab(cast.owner, "all", hour), tab(cast.owner, "snoozed", hour)) == ([talk.public_id], [])
    visitor("Ау", talk)
    assert tab(cast.owner, "all") == [talk.public_id]


def test_a_closed_talk_opens_again_when_its_visitor_writes(cast: Cast) -> None:
    talk = visitor()
    services.close(actor=cast.owner, public_id=talk.public_id, now=NOW)
    assert (tab(cast.owner, "all"), tab(cast.owner, "closed")) == ([], [talk.public_id])
    visitor("Ещё вопрос", talk)
    assert (tab(cast.owner, "all"), tab(cast.owner, "closed")) == ([talk.public_id], [])
    assert "reopened" in TalkLine.objects.values_list("code", flat=True)


def test_a_blocked_visitor_writes_no_more_until_he_is_let(cast: Cast) -> None:
    talk = visitor()
    services.block(actor=cast.owner, public_id=talk.public_id, is_blocked=True, now=NOW)
    with pytest.raises(Denied):
        visitor("Ещё", talk)
    services.block(actor=cast.owner, public_id=talk.public_id, is_blocked=False, now=NOW)
    visitor("Спасибо", talk)


def test_a_visitor_becomes_a_client_and_stands_on_his_timeline_once(cast: Cast) -> None:
    known = make_client(cast.owner, "Дарья Соколова", phone="+79122004317")
    talk = visitor(contact="8 912 200-43-17", name="Дарья")
    likely = services.likely_clients(cast.owner, Talk.objects.get())
    assert [one.public_id for one in likely] == [known.public_id]  # type: ignore[attr-defined]  # cards
    for _attempt in range(2):
        services.bind(actor=cast.owner, public_id=talk.public_id, client=known.public_id, now=NOW)
    page = timeline.read(known.pk, actor=cast.owner, now=NOW, tab="chats")
    assert [entry.text for day in page.days for entry in day.entries] == ["Стол есть?"]
    other = visitor(contact="ivan@mail.ru", name="Иван")
    services.make_client(actor=cast.owner, public_id=other.public_id, now=NOW)
    services.make_client(actor=cast.owner, public_id=other.public_id, now=NOW)
    assert Client.objects.filter(name="Иван").count() == 1


def test_a_note_is_for_colleagues_only(cast: Cast) -> None:
    talk = visitor()
    draft = services.Reply(key=uuid.uuid4(), text="Скидку не давать")
    services.note(actor=cast.owner, public_id=talk.public_id, draft=draft, now=NOW)
    page = Browser()
    key = accounts.get_company_rules().form_key
    page.cookies["voronka_chat"] = services.talk_token(talk)
    assert "Скидку не давать" not in page.get(f"/chat/{key}/").content.decode()
    assert "Скидку не давать" not in page.post(f"/chat/{key}/lines", {"after": "0"}).json()["html"]
    assert "Скидку не давать" in sign_in(Browser(), cast.owner).get(f"/talk/{talk.public_id}/").content.decode()
    assert Talk.objects.get().last_text == "Стол есть?"


def test_who_else_is_at_a_talk_and_writes_is_seen(cast: Cast) -> None:
    talk, mine, his = visitor(), sign_in(Browser(), cast.owner), sign_in(Browser(), cast.colleague)
    his.post(f"/talk/{talk.public_id}/here", {"after": "0", "types": "1"})
    seen = mine.post(f"/talk/{talk.public_id}/here", {"after": "0"}).json()
    assert "Maxim Manager" in seen["beside"]
    assert "<b>" in seen["beside"]
    assert "Стол есть?" in seen["html"]
    assert mine.post(f"/talk/{talk.public_id}/here", {"after": str(seen["last"])}).json()["html"].strip() == ""


def test_marks_of_new_go_when_it_is_read(cast: Cast) -> None:
    talk = visitor()
    assert [row.is_new for row in queries.list_talks(cast.owner, "all", now=NOW).rows] == [True]
    sign_in(Browser(), cast.owner).get(f"/talk/{talk.public_id}/")
    assert [row.is_new for row in queries.list_talks(cast.owner, "all", now=NOW).rows] == [False]
    assert [row.is_new for row in queries.list_talks(cast.colleague, "all", now=NOW).rows] == [True]
    visitor("Ау", talk)
    assert [row.is_new for row in queries.list_talks(cast.owner, "all", now=NOW).rows] == [True]


def test_a_text_is_filled_for_the_talk(cast: Cast) -> None:
    draft = {"code": "привет", "text": "Здравствуйте, {{ client.first_name }}! {{ manager.name }}"}
    made = services.save_canned(actor=cast.owner, **draft)
    talk = visitor(name="Дарья Соколова")
    assert services.fill_canned(actor=cast.owner, public_id=made.public_id, talk=talk).startswith(
        "Здравствуйте, Дарья!"
    )
    for wrong in (
        {"code": "a", "text": "{{ deal.sum }}"},
        {"code": "b", "text": "{% if %}"},
        draft,
        {"code": "", "text": ""},
    ):
        with pytest.raises(Invalid):
            services.save_canned(actor=cast.owner, **wrong)
    with pytest.raises(Denied):
        services.save_canned(actor=cast.colleague, code="c", text="c")
    owner = sign_in(Browser(), cast.owner)
    assert owner.get(f"/talk/{talk.public_id}/texts/{made.public_id}").json()["text"].startswith("Здравствуйте")
    assert owner.post("/settings/chat/texts/", {"id": made.public_id, "what": "delete"}).status_code == 302
    assert not CannedAnswer.objects.exists()


def test_the_desk_by_forms_alone(cast: Cast) -> None:
    owner, talk = sign_in(Browser(), cast.owner), visitor()
    page = f"/talk/{talk.public_id}/"
    for sent in ({"what": "take"}, {"what": "block"}, {"what": "free"}, {"what": "make"}, {"what": "close"},
                 {"what": "reopen"}, {"what": "snooze", "until": "2099-01-01"}):  # fmt: skip
        assert owner.post(page + "act", sent).status_code == (422 if "until" in sent else 302)
    assert owner.post(page + "act", {"what": "else"}).status_code == 404
    assert owner.post(page + "say", {"text": "Добрый день", "after": "99"}).status_code == 302
    empty = owner.post(page + "say", {"text": " ", "after": "99"})
    assert empty.status_code == 422
    shown = owner.get(page, headers={"Accept-Language": "en"}).content.decode()
    assert "Добрый день" in shown
    assert "data-list" not in owner.get(page + "?part=list").content.decode()


def test_the_list_asks_the_same_however_many_talks_there_are(cast: Cast) -> None:
    owner, counts = sign_in(Browser(), cast.owner), []
    talk = visitor()
    for more in (0, 15):
        for _number in range(more):
            answer(cast.colleague, visitor())
        owner.get(f"/talk/{talk.public_id}/?tab=all")
        with CaptureQueriesContext(connection) as asked:
            owner.get(f"/talk/{talk.public_id}/?tab=all")
        counts.append(len(asked))
    assert counts[0] == counts[1]
