"""Openings and clicks: signed addresses, people and machines told apart, nobody counted who refused."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client as Browser
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.models import Notice
from voronka.accounts.testing import Cast, make_company, sign_in
from voronka.kit.models import EventRow
from voronka.kit.tenancy import company_context
from voronka.messaging import jobs, services
from voronka.messaging.models import Message, MessageTouch, ReturnsState
from voronka.messaging.queries import touches
from voronka.messaging.rules.touches import Seen, judge, named
from voronka.messaging.services import returning, tracking
from voronka.messaging.services.leaving import leave_token
from voronka.messaging.testing import draft, make_reader
from voronka.messaging.tests.test_blocks import Seen as Page
from voronka.messaging.tests.test_email import Sink, sink  # noqa: F401  (a fixture)
from voronka.people.models import Consent

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LETTER = (
    '<html><body><a href="https://shop.example.com/a?x=1&amp;y=2">A</a> <a href="https://shop.example.com/b">B</a>'
    '<!--leave--><a href="voronka:leave">leave</a><!--/leave--></body></html>'
)
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


@pytest.fixture
def cast() -> Cast:
    return make_company()


@pytest.fixture
def owner(cast: Cast):
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast.owner


def went(sink: Sink, **more) -> tuple[Message, Page]:  # noqa: F811
    """Send a letter at noon of yesterday; return it and its page as it came."""
    at = datetime.now(UTC).replace(hour=9) - timedelta(days=1)
    client = make_reader("Анна", at=at)
    more = {"body_html": LETTER, "subject": "Осень", **more}
    services.plan([draft(client, at, **more)], now=at)
    services.send_due("email", now=at)
    return Message.objects.latest("id"), Page(sink.read()[-1].get_body(["html"]).get_content())


def ask(address: str, agent: str = PERSON, method: str = "get", **headers: str):
    parts = urlsplit(address)
    return getattr(Browser(headers={"user-agent": agent, **headers}), method)(f"{parts.path}?{parts.query}")


def settled() -> list[tuple[str, bool | None, str]]:
    """Let the touches lie and be judged; return them."""
    MessageTouch.objects.filter(is_human=None).update(at=datetime.now(UTC) - timedelta(minutes=5))
    tracking.judge_touches(now=datetime.now(UTC))
    return list(MessageTouch.objects.order_by("id").values_list("kind", "is_human", "reason"))


def events() -> list[str]:
    return list(
        EventRow.objects.filter(name__startswith="messaging.Letter").order_by("id").values_list("name", flat=True)
    )


def test_a_person_opens_and_follows_and_it_is_told_once(owner, cast: Cast, sink: Sink) -> None:  # noqa: F811
    message, page = went(sink)
    trap, first, second = page.links[3], page.links[0], page.links[1]
    assert page.links[2].endswith(f"/u/{leave_token(message.public_id)}/"), "the way out is never counted"
    assert "display:none" in sink.read()[-1].get_body(["html"]).get_content()
    answer = ask(page.sources[0])
    assert answer["Content-Type"] == "image/gif"
    assert answer["Cache-Control"] == "no-store"
    answer = ask(first)
    assert (answer.status_code, answer["Location"]) == (302, "https://shop.example.com/a?x=1&y=2")
    assert answer["Referrer-Policy"] == "no-referrer"
    ask(page.sources[0])
    assert settled() == [("open", True, ""), ("click", True, ""), ("open", True, "")]
    assert events() == ["messaging.LetterOpened", "messaging.LetterClicked"]
    assert settled()
    assert len(events()) == 2
    # A machine beside him is counted apart and announced nowhere.
    ask(page.sources[0], "Mozilla/5.0")
    ask(page.sources[0], "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)")
    ask(second, "Barracuda Sentinel (EE)")
    ask(trap, PHONE)
    assert settled()[3:] == [
        ("open", False, "apple"), ("open", False, "google"), ("click", False, "scanner"), ("trap", False, "trap"),
    ]  # fmt: skip
    assert len(events()) == 2
    counted = touches.by_message([message.pk])[message.pk]
    assert (counted.opened.raw, counted.opened.machine, counted.opened.human) == (4, 2, 2)
    assert (counted.clicked.raw, counted.clicked.machine, counted.clicked.human) == (2, 1, 1)
    assert counted.reasons == {"apple": 1, "google": 1, "scanner": 1}
    Message.objects.filter(pk=message.pk).update(cause_kind="campaign", cause_id=7)
    by_cause = touches.by_cause("campaign", [7, 8])
    assert (by_cause[7].opened.raw, by_cause[7].opened.machine, by_cause[7].opened.human) == (1, 1, 1)
    assert by_cause[8].opened.raw == 0
    # The card tells it in words.
    client = make_reader("x", at=NOON)
    Message.objects.filter(pk=message.pk).update(client_id=client.pk)
    card = sign_in(Browser(), cast.owner).get(f"/clients/{client.public_id}/messages/").content.decode()
    assert "переход по ссылке: shop.example.com" in card
    assert "открыто, робот: защита приватности Apple" in card


def test_head_prefetch_and_forged_addresses_change_nothing(owner, sink: Sink, django_assert_num_queries) -> None:  # noqa: F811
    message, page = went(sink)
    for address in (page.sources[0], page.links[0], page.links[3]):
        assert ask(address, method="head").status_code < 400
        assert ask(address, method="post").status_code == 405
    assert not MessageTouch.objects.exists()
    link = urlsplit(page.links[0])
    given = {name: value[0] for name, value in parse_qs(link.query).items()}
    last = "0" if link.path[-1] != "0" else "1"
    forged = [
        f"{link.path}?{urlencode(given | {'to': 'https://evil.example.com/'})}",
        f"{link.path}?{urlencode(given | {'n': '2'})}",
        f"{link.path}?{urlencode(given | {'n': '٣'})}",
        f"{link.path[:-1]}{last}?{link.query}",
        link.path,
        f"/l/{message.public_id}?to=https://evil.example.com/&n=1",
        f"/i/{message.public_id}" + "0" * 24,
        page.sources[0].replace("/i/", "/l/").partition(".com")[2] + "?" + link.query,
    ]
    for address in forged:
        with django_assert_num_queries(0):
            answer = ask(address)
        assert answer.status_code == 404, address
        assert "evil" not in answer.get("Location", "")
    ask(page.links[0], **{"sec-purpose": "prefetch;prerender"})
    assert settled() == [("click", False, "ahead")]
    assert events() == []
    assert Consent.objects.filter(given=False).count() == 0, "nothing unsubscribes but a press"


def test_what_is_counted_is_the_companys_setting_and_the_clients_word(owner, cast: Cast, sink: Sink) -> None:  # noqa: F811
    _message, page = went(sink, traffic="service")
    assert page.links[0] == "https://shop.example.com/a?x=1&y=2"
    assert page.sources == []
    gate = services.GateDraft(True, 1320, 480, 2, 7, tracks_service=True, tracks_advertising=False)
    services.save_rules(actor=owner, gate=gate, channels=[])
    service, page = went(sink, traffic="service")
    assert page.sources
    assert went(sink)[1].sources == []
    # He refuses on the page of leaving: neither later letters nor this one tell of him.
    leave = f"/u/{leave_token(service.public_id)}/"
    assert "Мои не считать" in Browser().get(leave).content.decode()
    for _time in range(2):
        assert Browser().post(leave, {"what": "tracking"}).status_code == 200
    assert Consent.objects.filter(purpose="tracking", given=False).count() == 1
    assert not Consent.objects.filter(purpose="advertising", given=False).exists()
    assert ask(page.sources[0]).status_code == 200
    assert ask(page.links[0]).status_code == 302
    assert not MessageTouch.objects.exists()
    services.plan([draft(make_reader(at=NOON), NOON)], now=NOON)
    Message.objects.filter(state="planned").update(client_id=service.client_id, body_html=LETTER, traffic="service")
    services.send_due("email", now=datetime.now(UTC))
    assert "/i/" not in sink.read()[-1].as_string()


def test_a_flood_writes_so_many_rows_at_most(owner, sink: Sink, monkeypatch, django_assert_max_num_queries) -> None:  # noqa: F811
    monkeypatch.setattr(tracking, "MOST", 3)
    _message, page = went(sink)
    for _time in range(6):
        with django_assert_max_num_queries(24):
            assert ask(page.sources[0]).status_code == 200
    assert MessageTouch.objects.count() == 3


# --- Rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        (PERSON, ""),
        (PHONE, ""),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0 YaBrowser/25.6 Safari/537.36",
            "",
        ),
        ("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Microsoft Outlook 16.0)", ""),
        ("Mozilla/5.0", "apple"),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", "proxy"),
        ("Mozilla/5.0 (compatible; YandexImageResizer/2.0; +http://yandex.com/bots)", "yandex"),
        ("Mozilla/5.0 (compatible; Linux x86_64; Mail.RU_Bot/Img/2.0; +https://help.mail.ru/webmaster/)", "mailru"),
        ("BarracudaCentral", "scanner"),
        ("Mozilla/5.0 SafeLinks", "scanner"),
        ("Microsoft Office Existence Discovery", "scanner"),
        ("python-requests/2.32", "program"),
        ("Googlebot/2.1", "program"),
        ("", "program"),
    ],
)
def test_programs_are_known_by_what_they_call_themselves(agent: str, reason: str) -> None:
    assert named(agent) == reason


def seen(pk: int, kind: str, second: float, link: int = 0, agent: str = PERSON) -> Seen:
    return Seen(pk, kind, NOON + timedelta(seconds=second), link, agent)


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        ([seen(1, "open", 60), seen(2, "click", 70, 1), seen(3, "click", 95, 2)], ["", "", ""]),
        ([seen(1, "open", 3)], ["soon"]),
        ([seen(1, "click", 60, 1), seen(2, "click", 60.5, 2)], ["at_once", "at_once"]),
        ([seen(1, "click", 60, 1), seen(2, "click", 64, 2), seen(3, "click", 69, 3)], ["at_once"] * 3),
        ([seen(1, "click", 60, 1), seen(2, "click", 61, 1)], ["", ""]),
        ([seen(1, "open", 58), seen(2, "click", 60, 1), seen(3, "trap", 61)], ["trap"] * 3),
        ([seen(1, "trap", 60), seen(2, "click", 80, 1, PHONE)], ["trap", ""]),
    ],
)
def test_what_comes_beside_tells_a_machine(rows: list[Seen], reasons: list[str]) -> None:
    assert list(judge(rows, handed_at=NOON).values()) == reasons


@given(
    kind=st.sampled_from(["open", "click", "trap"]),
    number=st.integers(0, 3),
    url=st.text(max_size=20),
    other=st.tuples(st.sampled_from(["open", "click", "trap"]), st.integers(0, 3), st.text(max_size=20)),
    sign=st.text(alphabet="0123456789abcdefй", max_size=26),
)
def test_a_signature_is_good_for_its_kind_letter_link_and_target_only(kind, number, url, other, sign) -> None:
    token = "abcdefghijkm" + tracking._sign(kind, "abcdefghijkm", number, url)
    assert tracking.is_ours(kind, token, number, url)
    assert tracking.is_ours(other[0], token, other[1], other[2]) == (other == (kind, number, url))
    assert tracking.is_ours(kind, "abcdefghijkm" + sign, number, url) == ("abcdefghijkm" + sign == token)
    assert not tracking.is_ours(kind, "abcdefghijkn" + token[12:], number, url)


# --- The mailbox of returns ---------------------------------------------------------------------------------------


def test_a_mailbox_that_is_not_read_is_told_once_and_shown(owner, cast: Cast, sink: Sink) -> None:  # noqa: F811
    went(sink)
    box = {"MAIL_RETURN": "back@example.com", "MAIL_RETURN_BOX": "imaps://back:x@127.0.0.1:9/INBOX"}
    with override_settings(**box, ALLOW_PRIVATE_WEBHOOKS=["127.0.0.0/8"]):
        for _time in range(4):
            jobs.returns_job()
        state = ReturnsState.objects.get()
        assert state.failures == 4
        assert state.words
        assert Notice.objects.filter(code="returns").count() == 1
        browser = sign_in(Browser(), cast.owner)
        page = browser.get("/settings/sending/").content.decode()
        assert "Не читается 4 раз" in page
        returning.note_look(taken=2, is_read=True, now=datetime.now(UTC))
        page = browser.get("/settings/sending/").content.decode()
        assert "разобрано писем: 2" in page
        assert "Не читается" not in page
