"""What nobody of the base has said has an end, and goes with whose phone, mail or nick it bears; an erased talk too."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.test import Client as Browser

from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.flows.models import Run, RunStep
from voronka.flows.testing import make_scene, node
from voronka.kit.errors import Invalid
from voronka.kit.models import StoredFile
from voronka.kit.stakes import stakes_in
from voronka.kit.tenancy import company_context
from voronka.messaging import jobs
from voronka.messaging.models import ChatSettings, OutsideLine, SmsAnswer, SmsProvider, Talk, TalkLine
from voronka.messaging.ports import Came, CameFile, Incoming
from voronka.messaging.services import channels as outside
from voronka.messaging.services import chat as services
from voronka.messaging.services.chat import forgetting
from voronka.messaging.services.sms_answers import take_answer
from voronka.people.models import ContactPoint
from voronka.people.testing import make_client

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=31)
PHONE, MAIL = "+79160000011", "anna@client-zavod.ru"


@pytest.fixture
def cast(db: None) -> Cast:
    cache.clear()
    return make_company()


@pytest.fixture(autouse=True)
def inside(cast: Cast) -> Iterator[None]:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        services.save_chat(actor=cast.owner, draft=services.ChatDraft(is_on=True, unbound_days=30))
        yield


def ask(text: str, talk: Talk | None = None, *, at: datetime = NOW, phone: str = "", email: str = "") -> Talk:
    row = services.write(talk=talk, written=services.Written(uuid.uuid4(), text), now=at)
    if phone or email:
        Talk.objects.filter(pk=row.pk).update(phone=phone, email=email, name="Анна")
    return row


def told(text: str, place: str = "501", *, at: datetime = NOW, channel: str = "telegram", **more: object) -> Talk:
    came = Came(place, f"m{uuid.uuid4()}", text, "Анна", **more)  # type: ignore[arg-type]  # of a test
    return outside.receive(None, channel, came, now=at)


def erase(client_id: int) -> None:
    """Do what erasing a card does, upper parts first."""
    for stake in stakes_in("client"):
        if stake.part in ("messaging", "flows"):
            stake.erase([client_id])


def said() -> str:
    return " ".join(TalkLine.objects.exclude(by="event").values_list("text", flat=True))


def test_talks_of_nobody_are_dropped_with_all_that_was_said_and_others_stay(cast: Cast) -> None:
    make_scene(cast.owner, node(1, "ask", {"text": "Ваш город?", "name": "город"}, next="n2"),
               node(2, "ask", {"text": "Улица?", "name": "улица"}), now=NOW)  # fmt: skip
    old = ask("Привет")
    ask("Омск", old)
    file = told("Паспорт", files=(CameFile("паспорт.txt", 6, body=b"secret"),))
    young, blocked, bound = ask("Новый", at=LATER), told("Дурак", "502"), told("Я Анна", "503")
    services.block(actor=cast.owner, public_id=blocked.public_id, is_blocked=True, now=NOW)
    client = make_client(cast.owner, phone=PHONE)
    services.bind(actor=cast.owner, public_id=bound.public_id, client=client.public_id, now=NOW)
    kept = StoredFile.objects.get()
    assert default_storage.exists(kept.key)
    assert forgetting.companies_with_old(NOW + timedelta(days=29)) == []
    assert forgetting.companies_with_old(LATER) == [cast.company_id]
    assert forgetting.drop_old(now=LATER) == 3
    assert (forgetting.drop_old(now=LATER), forgetting.companies_with_old(LATER)) == (0, [])
    assert set(Talk.objects.values_list("id", flat=True)) == {young.pk, blocked.pk, bound.pk}
    assert set(said().split()) >= {"Новый", "Я", "Анна"}
    assert not {"Омск", "Паспорт", "Дурак"} & set(said().split())
    assert not StoredFile.objects.exists()
    assert not OutsideLine.objects.filter(talk__in=[file.pk, blocked.pk]).exists()
    run = Run.objects.get(subject_id=old.pk)
    assert (run.state, run.kept) == ("left", {})
    assert "Омск" not in str(list(RunStep.objects.filter(run=run).values_list("about", flat=True)))
    assert told("Ещё раз", "502", at=LATER).pk == blocked.pk, "who is blocked stays so"
    assert "Ещё" not in said()
    begun = told("Опять я", at=LATER)
    assert begun.pk != file.pk, "who writes again begins anew"


def test_the_company_says_for_how_long_and_the_job_does_it(cast: Cast) -> None:
    with pytest.raises(Invalid) as wrong:
        services.save_chat(actor=cast.owner, draft=services.ChatDraft(is_on=True, unbound_days=0))
    assert set(wrong.value.fields) == {"unbound_days"}
    page = sign_in(Browser(), cast.owner)
    form = {"is_on": "on", "bot": "never", "unbound_days": "2", "first_minutes": "0", "next_minutes": "0",
            "most_talks": "0"}  # fmt: skip
    assert page.post("/settings/chat/", form).status_code == 302
    assert 'value="2"' in page.get("/settings/chat/").content.decode()
    ask("Давно", at=datetime.now(UTC) - timedelta(days=3))
    ask("Вчера", at=datetime.now(UTC) - timedelta(days=1))
    jobs.old_talks_job(of_company=cast.company_id)
    assert said() == "Вчера"
    ChatSettings.objects.all().delete()  # of whoever set up no chat the usual time holds
    told("Год назад", at=datetime.now(UTC) - timedelta(days=366))
    jobs.old_talks_job(of_company=cast.company_id)
    assert said() == "Вчера"


def test_with_a_person_go_talks_of_nobody_that_bear_his_phone_mail_or_nick(cast: Cast) -> None:
    client = make_client(cast.owner, phone=PHONE, email=MAIL)
    shared = make_client(cast.owner, "Смирнов Пётр", phone="+79160000099")
    for owner, kind, value in ((client, "telegram", "@anna_s"), (client, "phone", "+79160000099")):
        ContactPoint.objects.create(client=owner, kind=kind, value=value)
    ask("чат восьмёркой", phone="8 (916) 000-00-11")
    shown = ask("чат почтой", email="Anna@Client-Zavod.ru")
    TalkLine.objects.filter(talk=shown).update(goods={"name": "Стол", "price": "1.00", "said": "Стол"})
    Talk.objects.filter(pk=shown.pk).update(move_key="k", move_till=NOW)
    told("нет карточки", "601", address="@Anna_S")
    told("письмо", "thread", channel="email", email=MAIL)
    ask("общий телефон", phone="89160000099")
    ask("чужой", phone="+79160000012")
    told("чужой ник", "602", address="@anna")
    row = SmsProvider.objects.create(kind="sandbox", name="Песочница", secret="-")
    answer = take_answer(row, Incoming("79160000012", "чужая смс", "Shop"), now=NOW)
    own = take_answer(row, Incoming(PHONE[1:], "смс Анны", "Shop"), now=NOW)
    assert own is not None
    assert answer is not None
    SmsAnswer.objects.filter(pk=own.pk).update(client_id=None)
    Talk.objects.filter(channel="sms", outside=PHONE).update(client=None)
    erase(client.pk)
    left = set(TalkLine.objects.exclude(text="").exclude(by="event").values_list("text", flat=True))
    assert left == {"общий телефон", "чужой", "чужой ник", "чужая смс"}
    assert set(SmsAnswer.objects.values_list("text", flat=True)) == {"", "чужая смс"}
    assert not TalkLine.objects.filter(goods__isnull=False).exists(), "what he was shown was said as well"
    assert Talk.objects.get(pk=shown.pk).move_key == "", "nobody goes on with it elsewhere"
    erase(shared.pk)
    assert "общий телефон" in said(), "it is on a card that stays"
    assert not Talk.objects.filter(phone__contains="000-00-11").exists()
    assert not Talk.objects.filter(email__iexact=MAIL).exists()


def test_what_is_said_in_an_old_talk_after_the_erasing_is_nobodys_and_goes_in_time(cast: Cast) -> None:
    make_scene(cast.owner, node(1, "ask", {"text": "Город?", "name": "city"}, next="n2"),
               node(2, "ask", {"text": "Улица?", "name": "street"}), now=NOW, words="заново", first=False)  # fmt: skip
    client = make_client(cast.owner, phone=PHONE)
    talk = ask("Добрый день")
    services.bind(actor=cast.owner, public_id=talk.public_id, client=client.public_id, now=NOW)
    erase(client.pk)
    assert Talk.objects.get().client_id is None
    Talk.objects.update(with_bot=True)
    ask("заново", Talk.objects.get())
    ask("Омск", Talk.objects.get())
    run = Run.objects.get()
    assert (run.kept["values"], run.client_id) == ({"city": "Омск"}, None)
    assert forgetting.drop_old(now=LATER) == 1
    run.refresh_from_db()
    assert (run.state, run.kept) == ("left", {})
    assert "Омск" not in str(list(RunStep.objects.values_list("about", flat=True)))
