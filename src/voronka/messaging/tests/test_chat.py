"""A visitor writes to the company's chat without an account: once, in order, seen by himself only."""

import threading
import uuid
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import connections, transaction
from django.test import Client as Browser

from voronka.accounts import queries as accounts
from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.errors import Denied, Invalid, TooMany
from voronka.kit.tenancy import company_context
from voronka.messaging.models import ChatSettings, Talk, TalkLine
from voronka.messaging.queries.chat import hours_now
from voronka.messaging.rules.chat import MOST_A_MINUTE, bot_speaks, pieces
from voronka.messaging.services import chat as services
from voronka.messaging.views import chat as view
from voronka.people.models import Client

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 26, 9, tzinfo=UTC)  # a Thursday, noon in Moscow
NIGHT = datetime(2026, 11, 26, 20, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    made = make_company()
    switch(made, greeting="Добрый день!")
    return made


def switch(cast: Cast, **how: object) -> None:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        draft = services.ChatDraft(**({"is_on": True} | how))  # type: ignore[arg-type]  # a test's own fields
        services.save_chat(actor=cast.owner, draft=draft)


def address_of(cast: Cast) -> str:
    with company_context(cast.company_id):
        return f"/chat/{accounts.get_company_rules().form_key}/"


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view.timezone, "now", lambda: NOON)


def said(cast: Cast) -> list[tuple[str, str]]:
    with company_context(cast.company_id):
        return list(TalkLine.objects.order_by("talk_id", "number").values_list("by", "text"))


JSON = {"Accept": "application/json"}


def test_a_form_without_script_writes_and_shows_the_talk(cast: Cast) -> None:
    visitor = Browser()
    page = visitor.get(address_of(cast), headers={"Accept-Language": "ru"})
    assert page.status_code == 200
    assert "Добрый день!" in page.content.decode()
    assert view.COOKIE not in visitor.cookies  # nothing is kept of who only looks
    answer = visitor.post(address_of(cast), {"text": "Стол есть?\nhttps://example.com/a", "key": str(uuid.uuid4())})
    assert (answer.status_code, answer["Location"]) == (303, address_of(cast) + "#end")
    cookie = visitor.cookies[view.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", address_of(cast))
    shown = visitor.get(address_of(cast)).content.decode()
    assert "Стол есть?" in shown
    link = shown[shown.index('href="https://example.com/a"') :]
    assert 'rel="noopener noreferrer nofollow ugc"' in link[: link.index("</a>")]


def test_a_message_sent_again_is_there_once_even_when_the_answer_with_the_cookie_was_lost(cast: Cast) -> None:
    key, address = str(uuid.uuid4()), address_of(cast)
    for _attempt in range(2):
        lost = Browser()  # its answer never came, so it has no cookie
        assert lost.post(address, {"text": "Алло", "key": key}, headers=JSON).status_code == 200
    visitor = Browser()
    first = visitor.post(address, {"text": "Алло", "key": key}, headers=JSON).json()
    for _attempt in range(3):
        again = visitor.post(address, {"text": "Второе", "key": "0" * 31 + "1"}, headers=JSON).json()
    assert first["last"] == 1
    assert again["last"] == 2
    assert said(cast) == [("visitor", "Алло"), ("visitor", "Второе")]


@pytest.mark.django_db(transaction=True)
def test_sent_by_many_connections_at_once_it_is_one_talk_with_one_line_each_in_its_place() -> None:
    made = make_company()
    with transaction.atomic():
        switch(made)
    keys, ready = [uuid.uuid4() for _line in range(3)], threading.Barrier(6)

    def send(number: int) -> None:
        try:
            ready.wait(20)
            for key in keys:
                with company_context(made.company_id), transaction.atomic():
                    talk = Talk.objects.first() if key != keys[0] else None
                    written = services.Written(key, f"{keys.index(key)}")
                    services.write(talk=talk, written=written, now=NOON)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[number]) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    with company_context(made.company_id), transaction.atomic():
        assert Talk.objects.get().last_number == 3
        lines = TalkLine.objects.order_by("number").values_list("number", "text")
        assert list(lines) == [(1, "0"), (2, "1"), (3, "2")]


def test_what_is_beyond_the_last_line_is_given_and_nothing_before_it(cast: Cast) -> None:
    visitor, address = Browser(), address_of(cast)
    for text in ("Раз", "Два", "Три"):
        visitor.post(address, {"text": text, "key": str(uuid.uuid4())}, headers=JSON)
    answer = visitor.post(address + "lines", {"after": "1", "seen": "1"}).json()
    assert answer["last"] == 3
    assert "Раз" not in answer["html"]
    assert answer["html"].index("Два") < answer["html"].index("Три")
    nothing = visitor.post(address + "lines", {"after": "3", "seen": "3"}).json()
    assert (nothing["html"].strip(), nothing["last"]) == ("", 3)
    with company_context(cast.company_id):
        assert Talk.objects.get().seen_number == 3
    visitor.post(address + "lines", {"after": "0", "seen": "1"})  # a late look
    with company_context(cast.company_id):
        assert Talk.objects.get().seen_number == 3


def test_a_talk_is_open_to_its_own_cookie_only(cast: Cast) -> None:
    address, other = address_of(cast), Browser()
    visitor = Browser()
    visitor.post(address, {"text": "Тайна", "key": str(uuid.uuid4())}, headers=JSON)
    token = visitor.cookies[view.COOKIE].value
    for forged in ("", token[:-1] + ("0" if token[-1] != "0" else "1"), token[:12], "y" * 44):
        other.cookies[view.COOKIE] = forged
        assert other.post(address + "lines", {"after": "0"}).status_code == 404
        assert other.post(address + "ticket").status_code == 404
        assert "Тайна" not in other.get(address).content.decode()
    strange = make_company(name="Другая")
    switch(strange)
    other.cookies[view.COOKIE] = token  # of another company: there is no such talk
    assert "Тайна" not in other.get(address_of(strange)).content.decode()
    assert other.post(address_of(strange) + "lines", {"after": "0"}).status_code == 404
    assert visitor.post(address + "ticket").json()["names"] == ["talk"]


def test_too_long_too_many_and_empty_messages_are_told_at_their_place(cast: Cast) -> None:
    visitor, address = Browser(), address_of(cast)
    empty = visitor.post(address, {"text": " \n ", "key": str(uuid.uuid4())}, headers=JSON)
    assert (empty.status_code, list(empty.json()["fields"])) == (422, ["text"])
    long = visitor.post(address, {"text": "я" * 2_001, "key": str(uuid.uuid4())})
    assert long.status_code == 422
    assert "я" * 2_001 in long.content.decode()  # what was typed is still there
    for number in range(MOST_A_MINUTE):
        assert visitor.post(address, {"text": f"{number}", "key": str(uuid.uuid4())}, headers=JSON).status_code == 200
    over = visitor.post(address, {"text": "Ещё", "key": str(uuid.uuid4())}, headers=JSON)
    assert over.status_code == 429
    assert len(said(cast)) == MOST_A_MINUTE


def test_one_address_may_not_flood_by_many_talks(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(view.services.limits.LIMITS, "write", ((60, 3),))
    codes = [
        Browser().post(address_of(cast), {"text": "Реклама", "key": str(uuid.uuid4())}, headers=JSON).status_code
        for _talk in range(5)
    ]
    assert codes == [200, 200, 200, 429, 429]


def test_the_chat_that_is_off_says_so_and_takes_nothing(cast: Cast) -> None:
    switch(cast, is_on=False)
    visitor = Browser()
    assert visitor.get(address_of(cast)).status_code == 404
    assert visitor.post(address_of(cast), {"text": "Алло"}, headers=JSON).status_code == 409
    assert visitor.get("/chat/nowhere/").status_code == 404
    assert said(cast) == []


def test_who_is_asked_first_says_who_he_is(cast: Cast) -> None:
    switch(cast, asks_first=True)
    visitor, address = Browser(), address_of(cast)
    assert 'name="contact"' in visitor.get(address).content.decode()
    refused = visitor.post(address, {"text": "Алло", "name": "Дарья", "contact": "12"}, headers=JSON)
    assert list(refused.json()["fields"]) == ["contact"]
    who = {"text": "Алло", "name": "Дарья", "contact": "8 912 200-43-17"}
    assert list(visitor.post(address, who, headers=JSON).json()["fields"]) == ["consent"]
    visitor.post(address, who | {"consent": "yes"}, headers=JSON)
    with company_context(cast.company_id):
        talk = Talk.objects.get()
    assert (talk.name, talk.phone, talk.email) == ("Дарья", "8 912 200-43-17", "")
    assert 'name="contact"' not in visitor.get(address).content.decode()


def test_at_night_a_contact_is_left_and_becomes_a_request_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view.timezone, "now", lambda: NIGHT)
    visitor, address = Browser(), address_of(cast)
    page = visitor.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "nobody is here now" in page
    assert "we answer from 9:00" in page
    key = str(uuid.uuid4())
    sent = {"name": "Дарья", "contact": "dasha@mail.ru", "text": "Стол из дуба", "key": key}
    without = visitor.post(address + "leave", sent)
    assert without.status_code == 422
    assert "Стол из дуба" in without.content.decode()
    for _attempt in range(2):
        left = visitor.post(address + "leave", sent | {"consent": "yes"})
        assert left.status_code == 200, left.content.decode()
    wrong = visitor.post(address + "leave", sent | {"consent": "yes", "contact": "+7 123", "key": str(uuid.uuid4())})
    assert wrong.status_code == 422
    with company_context(cast.company_id):
        client = Client.objects.get()
    assert client.name == "Дарья"
    assert said(cast) == []


def test_settings_are_for_those_who_set_up_the_chat(cast: Cast) -> None:
    owner = sign_in(Browser(), cast.owner)
    typed = {"is_on": "on", "greeting": "Здравствуйте", "away": "Спим", "asks_first": "on", "version": "2"}
    assert owner.post("/settings/chat/", typed).status_code == 302
    with company_context(cast.company_id):
        row = ChatSettings.objects.get()
    assert (row.greeting, row.asks_first, row.version) == ("Здравствуйте", True, 3)
    assert owner.post("/settings/chat/", typed).status_code == 422  # somebody has saved since
    assert sign_in(Browser(), cast.colleague).get("/settings/chat/").status_code == 403


def test_services_refuse_what_the_pages_refuse(cast: Cast) -> None:
    def write(talk: Talk | None, text: str = "Алло", at: datetime = NOON, address: str = "192.0.2.1") -> Talk:
        written = services.Written(uuid.uuid4(), text, address=address)
        return services.write(talk=talk, written=written, now=at)

    with company_context(cast.company_id):
        talk = write(None)
        Talk.objects.update(blocked_at=NOON)
        with pytest.raises(Denied):
            write(talk)
        with pytest.raises(Denied):
            write(None)  # the same address begins another one
        assert write(None, address="192.0.2.2").pk != talk.pk
        with pytest.raises(Invalid):
            services.read_who({"name": "", "contact": "@" * 300}, is_needed=True)
        Talk.objects.update(blocked_at=None)
        with pytest.raises(TooMany):
            for _line in range(MOST_A_MINUTE + 1):
                write(talk)
        assert hours_now(NOON).is_open
        assert not hours_now(NIGHT).is_open


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("см. https://shop.ru/a?b=1&c=2.", ["https://shop.ru/a?b=1&c=2"]),
        ("javascript:alert(1) data:text/html,x ftp://a.b", []),
        ('<a href="https://x.y">', ["https://x.y"]),
        ("(https://ru.wikipedia.org/wiki/Дуб_(дерево))", ["https://ru.wikipedia.org/wiki/Дуб_(дерево)"]),
        ("HTTP://A.B и https://", ["HTTP://A.B"]),
    ],
)
def test_nothing_but_addresses_of_the_web_becomes_a_link(text: str, links: list[str]) -> None:
    found = list(pieces(text))
    assert "".join(one.text for one in found) == text
    assert [one.href for one in found if one.href] == links


def test_the_bot_keeps_its_hours() -> None:
    spoken = {(when, is_open): bot_speaks(when, is_open=is_open)
              for when in ("never", "always", "open", "away") for is_open in (True, False)}  # fmt: skip
    assert [key for key, speaks in spoken.items() if speaks] == [
        ("always", True), ("always", False), ("open", True), ("away", False),
    ]  # fmt: skip
