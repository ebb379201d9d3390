"""The desk behind the chat: departments, turns, times to answer, notices, macros, files, ratings, the module."""

import base64
import io
import uuid
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from voronka.accounts import queries as accounts
from voronka.accounts import services as staff
from voronka.accounts.models import Notice
from voronka.accounts.testing import Cast, add_person, make_company, sign_in
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import RecordedEvent, listeners
from voronka.kit.notices import NoticeSeed, tell_notices
from voronka.kit.tenancy import company_context
from voronka.messaging.models import ChannelAccount, ChatDepartment, OutsideLine, Talk, TalkLine
from voronka.messaging.ports import Came
from voronka.messaging.queries import talks as queries
from voronka.messaging.queries.talk_report import talk_report
from voronka.messaging.rules.waiting import due_after, next_in_turn, working_seconds
from voronka.messaging.services import channels as outside
from voronka.messaging.services import chat as services
from voronka.messaging.services.chat import tending
from voronka.messaging.views import chat as view
from voronka.people.models import Consent
from voronka.work.rules.hours import Span

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 26, 9, tzinfo=UTC)  # a Thursday, noon in Moscow
NIGHT = datetime(2026, 11, 26, 20, tzinfo=UTC)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@pytest.fixture
def cast():
    cache.clear()
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        switch(made)
        yield made


def switch(cast: Cast, **how: object) -> None:
    services.save_chat(actor=cast.owner, draft=services.ChatDraft(**({"is_on": True} | how)))  # type: ignore[arg-type]


def visitor(text: str = "Стол есть?", talk: Talk | None = None, *, at: datetime = NOON, **who: object) -> Talk:
    return services.write(talk=talk, written=services.Written(uuid.uuid4(), text, **who), now=at)  # type: ignore[arg-type]


def answer(actor, talk: Talk, *, at: datetime = NOON) -> Talk:
    draft = services.Reply(key=uuid.uuid4(), text="Есть", anyway=True)
    return services.reply(actor=actor, public_id=talk.public_id, draft=draft, now=at)


def tend(talk: Talk, at: datetime = NOON) -> Talk:
    tending.tend(talk.pk, number=talk.last_number, now=at)
    return Talk.objects.get(pk=talk.pk)


def code_of(actor) -> str:
    return accounts.public_ids_of_employees([actor.person_id])[actor.person_id]


def department(cast: Cast, name: str, *people) -> ChatDepartment:
    codes = [code_of(one) for one in people]
    return services.save_department(actor=cast.owner, name=name, is_offered=True, members=codes)


def listed(actor, **how: object) -> list[str]:
    return [one.talk.public_id for one in queries.list_talks(actor, "all", now=NOON, **how).rows]


def told(code: str) -> set[int]:
    return set(Notice.objects.filter(code=code).values_list("employee_id", flat=True))


def test_times_are_reckoned_in_working_time_and_turns_by_load() -> None:
    day = [Span(NOON, NOON + timedelta(hours=1)), Span(NOON + timedelta(hours=15), NOON + timedelta(hours=24))]
    assert due_after(day, NOON + timedelta(minutes=50), 5) == NOON + timedelta(minutes=55)
    assert due_after(day, NOON + timedelta(minutes=50), 30) == NOON + timedelta(hours=15, minutes=20)
    assert (due_after(day, NOON, 0), due_after([], NOON, 5)) == (None, None)
    assert working_seconds(day, NOON + timedelta(minutes=50), NOON + timedelta(hours=15, minutes=1)) == 11 * 60
    assert next_in_turn([(1, 2, NOON), (2, 1, NOON), (3, 1, NOON - timedelta(hours=1))], 3) == 3
    assert next_in_turn([(1, 1, None), (2, 1, NOON)], 3) == 1
    assert next_in_turn([(1, 3, None)], 3) is None


def test_a_department_has_its_own_queue_and_takes_talks_handed_to_it_with_a_note(cast: Cast) -> None:
    rival = add_person(cast.owner, "manager")
    sales, care = department(cast, "Продажи", cast.colleague), department(cast, "Забота", rival)
    with pytest.raises(Invalid):
        department(cast, "Забота")
    talk = visitor(department=sales.public_id)
    everybodys = visitor("Алло")
    assert set(listed(cast.colleague)) == {talk.public_id, everybodys.public_id}
    assert listed(rival) == [everybodys.public_id]
    assert listed(cast.owner, department=sales.public_id) == [talk.public_id]
    answer(cast.colleague, talk)
    services.pass_on(actor=cast.colleague, public_id=talk.public_id, to=care.public_id, why="Про возврат", now=NOON)
    assert talk.public_id in listed(rival)
    assert talk.public_id not in listed(cast.colleague)
    said = [(one.by, one.code or one.text) for one in queries.list_lines(talk)]
    assert said[-2:] == [("note", "Про возврат"), ("event", "moved")]
    services.drop_department(actor=cast.owner, public_id=care.public_id)
    assert talk.public_id in listed(cast.colleague)


def test_talks_are_given_by_turn_to_those_who_are_in_and_have_not_too_many(cast: Cast) -> None:
    switch(cast, most_talks=1)
    rival = add_person(cast.owner, "manager")
    assert tend(visitor()).owner_id is None  # nobody is in
    for one in (cast.colleague, rival):
        services.say_in(actor=one, is_in=True, now=NOON)
    given = [tend(visitor(str(number))).owner_id for number in range(3)]
    assert sorted(one for one in given[:2] if one) == sorted([cast.colleague.person_id, rival.person_id])
    assert given[2] is None  # both have enough
    assert TalkLine.objects.filter(code="given").count() == 2
    services.close(actor=cast.owner, public_id=Talk.objects.get(owner_id=rival.person_id).public_id, now=NOON)
    assert tend(visitor("5")).owner_id == rival.person_id
    later = NOON + timedelta(hours=1)  # their desks have long been closed
    held = Talk.objects.get(owner_id=rival.person_id, state="open")
    services.close(actor=cast.owner, public_id=held.public_id, now=NOON)
    assert tend(visitor("6", at=later), later).owner_id is None


def test_whose_time_is_near_stands_first_and_when_it_is_over_people_are_told_once(cast: Cast) -> None:
    early = visitor("раньше")
    switch(cast, first_minutes=5, next_minutes=10)
    late = tend(visitor("позже", at=NOON + timedelta(minutes=1)), NOON)
    assert late.due_at == NOON + timedelta(minutes=6)
    assert listed(cast.owner) == [late.public_id, early.public_id]
    services.take(actor=cast.colleague, public_id=late.public_id, now=NOON)
    assert tending.warn_late(now=NOON + timedelta(minutes=5)) == 0
    assert tending.companies_late(NOON + timedelta(minutes=6)) == [cast.company_id]
    assert [tending.warn_late(now=NOON + timedelta(minutes=7)) for _again in range(2)] == [1, 0]
    assert told("talk_late") >= {cast.owner.person_id, cast.colleague.person_id}
    answer(cast.colleague, late, at=NOON + timedelta(minutes=8))
    tending.count_first(late.pk)
    row = Talk.objects.get(pk=late.pk)
    assert (row.due_at, row.warned_at, row.first_seconds) == (None, None, 7 * 60)
    again = tend(visitor("ещё", row, at=NOON + timedelta(minutes=20)))
    assert again.due_at == NOON + timedelta(minutes=30)  # the next answer has its own time
    page = sign_in(Browser(), cast.owner).get(f"/talk/{late.public_id}/?tab=all", headers={"Accept-Language": "ru"})
    assert "v-talk-due" in page.content.decode()


def test_a_visitor_who_waits_reaches_people_and_at_night_by_a_letter(
    cast: Cast, settings, django_capture_on_commit_callbacks
) -> None:
    talk = tend(visitor())
    assert told("talk_new") >= {cast.owner.person_id, cast.colleague.person_id}
    count = Notice.objects.count()
    tend(visitor("Вы тут?", talk))
    assert Notice.objects.count() == count  # one wait is told once
    answer(cast.colleague, talk)
    tend(visitor("А стул?", talk, at=NOON + timedelta(minutes=1)))
    assert told("talk_said") == {cast.colleague.person_id}
    notice = Notice.objects.get(code="talk_said")
    seed = NoticeSeed(notice.pk, notice.subject_id, notice.detail_id, "", NOON)
    assert talk.public_id in tell_notices("talk_said", [seed], cast.colleague)[notice.pk].url
    assert tell_notices("talk_said", [seed], add_person(cast.owner, "manager")) == {}  # it is not his
    night = tend(visitor("Ночью", at=NIGHT), NIGHT)
    assert tending.send_letter(talk_id=night.pk, employee_id=cast.owner.person_id, site="https://crm.example.com")
    assert f"https://crm.example.com/talk/{night.public_id}/" in mail.outbox[-1].body
    assert "Ночью" not in mail.outbox[-1].body
    answer(cast.owner, night)
    assert not tending.send_letter(talk_id=night.pk, employee_id=cast.owner.person_id, site="https://crm.example.com")


def test_the_listener_looks_after_what_was_said(cast: Cast) -> None:
    switch(cast, first_minutes=5)
    talk = visitor()
    said = next(one for one in listeners.all_listeners() if one.name == "messaging.tend_talks")
    event = RecordedEvent(
        seq=1, company_id=cast.company_id, name="messaging.TalkSaid", at=NOON, employee_id=None, cause=None,
        subject_kind="talk", subject_id=talk.pk, client_id=None,
        payload={"talk": talk.public_id, "number": 1, "by": "visitor"},
    )  # fmt: skip
    for _again in range(2):
        said.handle(event)
    assert Talk.objects.get().due_at is not None


def test_a_macro_answers_tags_and_closes_at_one_press_and_once(cast: Cast) -> None:
    does = services.MacroDraft(tag="возврат", closes=True)
    macro = services.save_canned(actor=cast.owner, code="возврат", text="Вернём, {{ manager.name }}", does=does)
    with pytest.raises(Invalid):
        services.save_canned(actor=cast.owner, code="ничего", text="", does=services.MacroDraft())
    talk, key = visitor(), uuid.uuid4()
    for _again in range(2):
        services.run_macro(
            actor=cast.colleague, public_id=talk.public_id, macro=macro.public_id, key=key, seen=1, now=NOON
        )
    row = Talk.objects.get()
    assert (row.state, row.tags, row.owner_id) == ("closed", ["возврат"], cast.colleague.person_id)
    assert TalkLine.objects.filter(by="operator").count() == 1
    page = sign_in(Browser(), cast.colleague).get("/talk/?tab=closed&tag=возврат").content.decode()
    assert talk.public_id in page
    services.tag(actor=cast.colleague, public_id=talk.public_id, name="возврат", is_on=False, now=NOON)
    assert Talk.objects.get().tags == []


def standing() -> tuple[object, ...]:
    row = Talk.objects.get()
    return (row.state, row.owner_id, row.department_id, row.tags, row.waits_since, row.answered_at, row.closed_at)


def run_macro(cast: Cast, talk: Talk, text: str, *, at: datetime = NOON, **does: object) -> uuid.UUID:
    macro = services.save_canned(
        actor=cast.owner, code=f"м{uuid.uuid4()}", text=text, does=services.MacroDraft(**does)
    )  # type: ignore[arg-type]  # of a test
    key = uuid.uuid4()
    services.run_macro(actor=cast.colleague, public_id=talk.public_id, macro=macro.public_id, key=key, seen=9, now=at)
    return key


def test_a_macro_is_taken_back_by_one_press_and_what_has_left_stays_said(cast: Cast) -> None:
    sales = services.save_department(actor=cast.owner, name="Продажи", is_offered=False, members=[])
    talk = visitor()
    before = standing()
    # Without an answer nothing has left: the visitor waits as he did, and the talk is nobody's again.
    key = run_macro(cast, talk, "", tag="возврат", closes=True, department=sales.public_id)
    assert standing()[:4] == ("closed", None, sales.pk, ["возврат"])
    with pytest.raises(NotFound):  # it is undone by who ran it
        services.undo_macro(actor=cast.owner, public_id=talk.public_id, key=key, now=NOON)
    desk = sign_in(Browser(), cast.colleague)
    for _twice in range(2):
        services.undo_macro(actor=cast.colleague, public_id=talk.public_id, key=key, now=NOON)
    assert standing() == before
    assert TalkLine.objects.filter(code="undone").count() == 1
    # Said in the chat of the site it is read at once: the rest comes back, the answer is told to stay.
    key = run_macro(cast, talk, "Вернём", closes=True, tag="возврат")
    undone = services.undo_macro(actor=cast.colleague, public_id=talk.public_id, key=key, now=NOON)
    assert undone.is_answered
    assert standing() == ("open", cast.colleague.person_id, None, [], None, NOON, None)
    # What somebody has changed since stays as he wants it.
    key = run_macro(cast, talk, "", closes=True, tag="жалоба")
    services.reopen(actor=cast.colleague, public_id=talk.public_id, now=NOON)
    services.snooze(actor=cast.colleague, public_id=talk.public_id, until=NOON + timedelta(days=1), now=NOON)
    services.undo_macro(actor=cast.colleague, public_id=talk.public_id, key=key, now=NOON)
    assert (Talk.objects.get().state, Talk.objects.get().tags) == ("snoozed", [])
    key = run_macro(cast, talk, "", tag="жалоба")
    with pytest.raises(Conflict) as late:
        services.undo_macro(actor=cast.colleague, public_id=talk.public_id, key=key, now=NOON + timedelta(minutes=16))
    assert late.value.code == "too_late"
    assert desk.post(f"/talk/{talk.public_id}/macro/{uuid.uuid4()}/undo").status_code == 404


def test_an_answer_of_a_macro_that_waits_does_not_go(cast: Cast, noon: None) -> None:
    bot = ChannelAccount.objects.create(kind="telegram", name="Бот", settings={"mode": "sandbox"})
    talk = outside.receive(bot, "telegram", Came("501", "m1", "Верните деньги", "Анна"), now=NOON)
    before = standing()
    key = run_macro(cast, talk, "Вернём завтра", closes=True)
    assert OutsideLine.objects.get(state="waiting").due_at == NOON + timedelta(seconds=10)
    desk = sign_in(Browser(), cast.colleague)
    assert f"/macro/{key}/undo" in desk.get(f"/talk/{talk.public_id}/").content.decode()
    answer = desk.post(f"/talk/{talk.public_id}/macro/{key}/undo", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"].split("?")[0]) == (204, f"/talk/{talk.public_id}/")
    assert standing() == before
    row = OutsideLine.objects.exclude(state="came").get()
    assert (row.state, row.code, row.due_at) == ("failed", "undone", None)
    page = desk.get(f"/talk/{talk.public_id}/").content.decode()
    assert "отменено до отправки" in page
    assert f"/macro/{key}/undo" not in page
    # One that has begun to leave has left.
    key = run_macro(cast, talk, "Вернём", closes=True)
    OutsideLine.objects.filter(state="waiting").update(state="handed")
    assert services.undo_macro(actor=cast.colleague, public_id=talk.public_id, key=key, now=NOON).is_answered
    assert (Talk.objects.get().state, Talk.objects.get().waits_since) == ("open", None)


def test_before_the_chat_a_visitor_agrees_and_the_proof_goes_to_his_card(cast: Cast) -> None:
    switch(cast, asks_first=True)
    who = {"name": "Анна", "contact": "+7 912 200-43-17"}
    with pytest.raises(Invalid) as refused:
        visitor(**who)
    assert "consent" in refused.value.fields
    talk = visitor(consent=True, **who)
    services.make_client(actor=cast.owner, public_id=talk.public_id, now=NOON)
    proof = Consent.objects.get()
    assert (proof.purpose, proof.given, proof.at, proof.source) == ("personal_data", True, NOON, "chat")


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view.timezone, "now", lambda: NOON)


def address_of() -> str:
    return f"/chat/{accounts.get_company_rules().form_key}/"


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "a")
    return packed.getvalue()


def test_files_go_both_ways_and_only_to_those_who_see_the_talk(cast: Cast, noon: None) -> None:
    guest, here = Browser(), address_of()

    def send(name: str, body: bytes, key: str = ""):
        sent = {"file": SimpleUploadedFile(name, body), "key": key or str(uuid.uuid4())}
        return guest.post(here, sent, headers={"Accept": "application/json"})

    key = str(uuid.uuid4())
    for _again in range(2):
        assert send("стол.png", PNG, key).status_code == 200
    assert TalkLine.objects.filter(by="visitor").count() == 1
    for name, body in (
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), ("a.html", b"<script>1</script>"),
        ("a.zip", zipped()), ("a.exe", b"MZ\x90\x00aaaa"), ("empty.png", b""),
        ("стол.png", b"<html><script>1</script>"),
    ):  # fmt: skip
        assert send(name, body).status_code == 422, name
    talk = Talk.objects.get()
    file = TalkLine.objects.get(by="visitor").file
    assert (file["name"], file["picture"]) == ("стол.png", True)
    picture = guest.get(f"{here}files/{file['id']}")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert picture["Content-Disposition"].startswith("inline")
    assert "sandbox" in picture["Content-Security-Policy"]
    assert b"".join(picture.streaming_content) == PNG
    assert Browser().get(f"{here}files/{file['id']}").status_code == 404
    services.take(actor=cast.owner, public_id=talk.public_id, now=NOON)
    ours = f"/talk/{talk.public_id}/files/{file['id']}"
    seen = sign_in(Browser(), cast.owner).get(ours)
    assert (seen.status_code, b"".join(seen.streaming_content)) == (200, PNG)
    assert sign_in(Browser(), cast.colleague).get(ours).status_code == 404
    desk = sign_in(Browser(), cast.owner)
    sent = {"file": SimpleUploadedFile("счёт.txt", "итого".encode()), "key": str(uuid.uuid4()), "after": "9"}
    assert desk.post(f"/talk/{talk.public_id}/say", sent).status_code == 302
    line = TalkLine.objects.get(by="operator")
    paper = guest.get(f"{here}files/{line.file['id']}")
    assert paper["Content-Disposition"].startswith("attachment")
    assert b"".join(paper.streaming_content).decode() == "итого"
    assert line.file["id"] in guest.get(here).content.decode()


def test_who_has_ended_a_talk_is_rated_by_its_visitor(cast: Cast, noon: None) -> None:
    guest, here = Browser(), address_of()
    guest.post(here, {"text": "Стол есть?", "key": str(uuid.uuid4())})
    talk = Talk.objects.get()
    with pytest.raises(Conflict):
        services.rate(talk=talk, rating=5, text="", now=NOON)
    answer(cast.owner, talk)
    services.close(actor=cast.owner, public_id=talk.public_id, now=NOON)
    assert 'name="rating"' in guest.get(here).content.decode()
    assert guest.post(f"{here}rate", {"rating": "7"}).status_code == 422
    assert guest.post(f"{here}rate", {"rating": "4", "rating_text": "Быстро"}).status_code == 303
    assert guest.post(f"{here}rate", {"rating": "4", "rating_text": "Быстро"}).status_code == 303
    row = Talk.objects.get()
    assert (row.rating, row.rating_text) == (4, "Быстро")
    assert TalkLine.objects.filter(code="rated").count() == 1
    assert "Быстро" in sign_in(Browser(), cast.owner).get(f"/talk/{talk.public_id}/").content.decode()
    assert Browser().post(f"{here}rate", {"rating": "5"}).status_code == 404

    # Whoever thinks better of it all day long has one line, with what he thinks last.
    for mark in (1, 5, 1, 5, 2):
        assert guest.post(f"{here}rate", {"rating": str(mark), "rating_text": f"№ {mark}"}).status_code == 303
    assert list(TalkLine.objects.filter(code="rated").values_list("text", flat=True)) == ["2"]
    row.refresh_from_db()
    assert (row.rating, row.rating_text) == (2, "№ 2")


def test_the_bar_counts_those_who_wait_for_the_reader(cast: Cast) -> None:
    talk, other = visitor(), visitor("Алло")
    services.take(actor=cast.owner, public_id=talk.public_id, now=NOON)
    owner, colleague = sign_in(Browser(), cast.owner), sign_in(Browser(), cast.colleague)
    assert owner.get("/talk/count").json() == {"count": 2}
    with CaptureQueriesContext(connection) as asked:
        assert colleague.get("/talk/count").json() == {"count": 1}
    assert sum("messaging_" in one["sql"] for one in asked) == 1
    assert 'data-url="/talk/count"' in colleague.get("/clients/").content.decode()
    answer(cast.colleague, other)
    assert colleague.get("/talk/count").json() == {"count": 0}


def test_the_desk_opens_with_talks_that_wait_for_somebody_where_one_has_none_of_his_own(cast: Cast) -> None:
    browser = sign_in(Browser(), cast.owner)
    nobodys = visitor("Есть дуб?")
    assert "Есть дуб?" in browser.get("/talk/").content.decode()
    assert "Есть дуб?" not in browser.get("/talk/?tab=mine").content.decode()
    own = answer(cast.owner, visitor("А ясень?"))
    page = browser.get("/talk/").content.decode()
    assert own.public_id in page
    assert nobodys.public_id not in page


def test_letters_switched_off_leave_the_chat_and_the_chat_switched_off_takes_all_of_itself(cast: Cast) -> None:
    desk, guest, here = sign_in(Browser(), cast.owner), Browser(), address_of()
    off = ["letters"]
    staff.switch_modules(actor=cast.owner, off=off)
    assert (desk.get("/talk/").status_code, guest.get(here).status_code) == (200, 200)
    assert desk.get("/settings/letters/").status_code == 404
    staff.switch_modules(actor=cast.owner, off=["chat"])
    for address in (
        "/talk/",
        "/talk/count",
        "/settings/chat/",
        "/settings/chat/texts/",
        "/settings/chat/departments/",
        "/settings/telegram/",
        "/settings/mailboxes/",
    ):
        assert desk.get(address).status_code == 404, address
    assert guest.get(here).status_code == 404
    assert "/talk/" not in desk.get("/clients/").content.decode().partition("</header>")[0]
    assert desk.get("/settings/letters/").status_code == 200
    with pytest.raises(Conflict):
        visitor()


def test_a_department_is_set_up_on_its_page(cast: Cast) -> None:
    desk, here = sign_in(Browser(), cast.owner), "/settings/chat/departments/"
    sent = {"name": "Забота", "is_offered": "on", "members": [code_of(cast.colleague)]}
    assert desk.post(here, sent).status_code == 302
    assert desk.post(here, sent).status_code == 422
    row = ChatDepartment.objects.get()
    assert code_of(cast.colleague) in desk.get(f"{here}?id={row.public_id}").content.decode()
    talk = visitor()
    assert talk.department_id == row.pk  # the only one that is offered
    assert "Забота" in desk.get("/talk/?tab=all").content.decode()
    assert sign_in(Browser(), cast.colleague).post(here, sent).status_code == 403
    assert desk.post(here, {"id": row.public_id, "what": "delete"}).status_code == 302
    with pytest.raises(NotFound):
        services.get_department(row.public_id)


def test_the_report_tells_how_soon_and_by_whom_talks_were_answered(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = department(cast, "Забота", cast.colleague)
    for minutes, mark in ((1, 5), (3, 4)):
        talk = tend(visitor())
        answer(cast.colleague, talk, at=NOON + timedelta(minutes=minutes))
        tending.count_first(talk.pk)
        services.close(actor=cast.colleague, public_id=talk.public_id, now=NOON)
        services.rate(talk=talk, rating=mark, text="", now=NOON)
    tend(visitor("Ау"))
    found = talk_report(since=NOON - timedelta(days=1))
    whole = found.whole
    assert (whole.talks, whole.answered, whole.unanswered, whole.by_bot) == (3, 2, 1, 0)
    assert (whole.p50, whole.rated, float(whole.rating or 0)) == (120.0, 2, 4.5)
    assert [(one.name, one.talks) for one in found.operators] == [(cast.colleague.name, 2), ("", 1)]
    assert [(one.name, one.talks) for one in found.departments] == [(row.name, 3)]
    assert [one.talks for one in found.days] == [3]
    monkeypatch.setattr(view.timezone, "now", lambda: NOON + timedelta(days=1))
    desk = sign_in(Browser(), cast.owner)
    page = desk.get("/settings/chat/report/?days=7", headers={"Accept-Language": "ru"}).content.decode()
    assert cast.colleague.name in page
    assert "4,5" in page or "4.5" in page
    assert sign_in(Browser(), cast.colleague).get("/settings/chat/report/").status_code == 403


def test_the_desk_has_one_row_of_tabs_and_filters_that_keep_one_another(cast: Cast) -> None:
    sales, care = department(cast, "Продажи"), department(cast, "Забота")
    both = visitor("Диван в синем есть?", department=sales.public_id)
    other = visitor("Где заказ?", department=care.public_id)
    Talk.objects.filter(pk=both.pk).update(channel="telegram")
    desk, url = sign_in(Browser(), cast.owner), "/talk/"
    page = desk.get(url, {"tab": "all"}).content.decode()
    head = page[page.index('id="v-talks"') : page.index("data-list>")]
    assert head.count('class="v-seg"') == 1
    assert head.count("v-drop-list") == 1, "departments: of one channel there is nothing to choose"
    assert "Все каналы" not in head
    assert "Все отделы" in head
    assert f'href="?tab=all&amp;dep={sales.public_id}"' in head
    page = desk.get(url, {"tab": "all", "dep": sales.public_id, "channel": "telegram"}).content.decode()
    assert both.public_id in page
    assert other.public_id not in page.partition("data-list>")[2]
    # What is chosen stays when the other filter, the tab or a talk of the list is.
    assert f'href="?tab=all&amp;dep={care.public_id}&amp;channel=telegram"' in page
    assert f'href="?tab=all&amp;dep={sales.public_id}"' in page, "the way back to all channels keeps the department"
    assert f'href="?tab=mine&amp;dep={sales.public_id}&amp;channel=telegram"' in page
    assert f'{both.public_id}/?tab=all&amp;dep={sales.public_id}&amp;channel=telegram"' in page
