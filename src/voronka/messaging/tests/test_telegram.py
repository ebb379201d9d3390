"""Talks by Telegram, against a server that behaves as the Bot API: once each, in order, honest where nobody knows."""

import io
import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts import queries as accounts
from voronka.accounts.testing import Cast, add_person, make_company, sign_in
from voronka.kit import stakes, timeline
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound, Refusal
from voronka.kit.files import delete_file
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import company_context
from voronka.messaging import jobs
from voronka.messaging.channels.telegram import standin
from voronka.messaging.channels.telegram.updates import news_of
from voronka.messaging.models import ChannelAccount, ChannelNews, ChannelState, OutsideLine, Talk, TalkLine
from voronka.messaging.ports import LineSent, Refused
from voronka.messaging.queries import channels as told
from voronka.messaging.queries import talks as desk
from voronka.messaging.rules.channels import cut, units
from voronka.messaging.services import channels as services
from voronka.messaging.services import chat
from voronka.messaging.services.answers import ArticleDraft, save_article
from voronka.messaging.services.channels import going, polling
from voronka.messaging.services.channels.polling import Fetcher
from voronka.people.models import ContactPoint
from voronka.people.testing import make_client

NOW = datetime.now(UTC) + timedelta(hours=1)  # what is brought bears the true hour, so it is due by then
TOKEN = "700:" + "A" * 35


@pytest.fixture
def api(settings, transactional_db: None) -> Iterator[standin.Server]:
    cache.clear()
    with standin.running() as server:
        settings.TELEGRAM_API = server.url
        settings.ALLOW_PRIVATE_WEBHOOKS = ["127.0.0.0/8"]
        settings.SITE = "https://crm.example"
        yield server


@pytest.fixture
def cast(api: standin.Server) -> Cast:
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id), transaction.atomic():
        chat.save_chat(actor=made.owner, draft=chat.ChatDraft(is_on=False, bot="always"))
    return made


@pytest.fixture(autouse=True)
def inside(request: pytest.FixtureRequest) -> Iterator[None]:
    if "cast" not in request.fixturenames:
        yield
        return
    made = request.getfixturevalue("cast")
    with company_context(made.company_id, employee_id=made.owner.employee_id):
        yield


def bot(cast: Cast, mode: str = "webhook", *, with_bot: bool = False, **more: object) -> ChannelAccount:
    draft = services.AccountDraft("telegram", f"Shop {mode}", {"mode": mode}, TOKEN, with_bot=with_bot, **more)  # type: ignore[arg-type]  # a test's own fields
    with transaction.atomic():
        row = services.save_account(actor=cast.owner, draft=draft, now=NOW)
    services.connect(actor=cast.owner, public_id=row.public_id, now=NOW)
    return row


def bring(account: ChannelAccount, update: object, *, secret: str | None = None, token: str = "") -> int:
    headings = {
        "x-telegram-bot-api-secret-token": services.hook_secret(account.public_id) if secret is None else secret
    }
    url = reverse("messaging:telegram-hook", args=[token or services.hook_token(account.public_id)])
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    return Browser().post(url, body, content_type="application/json", headers=headings).status_code


def lines() -> list[tuple[str, str]]:
    with transaction.atomic():
        return list(TalkLine.objects.exclude(by="event").order_by("talk_id", "number").values_list("by", "text"))


def talk() -> Talk:
    with transaction.atomic():
        return Talk.objects.select_related("account", "client", "owner").get()


def answer(cast: Cast, text: str, at: datetime = NOW) -> None:
    draft = chat.Reply(key=uuid.uuid4(), text=text)
    with transaction.atomic():
        chat.reply(actor=cast.owner, public_id=Talk.objects.get().public_id, draft=draft, now=at)


def send(at: datetime = NOW) -> int:
    count = 0
    while services.send_due(now=at):
        count += 1
    return count


def states() -> list[tuple[str, str]]:
    with transaction.atomic():
        rows = OutsideLine.objects.exclude(state="came").order_by("line_id", "part")
        return list(rows.values_list("state", "code"))


def test_what_is_written_in_telegram_is_answered_there(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    assert (api.hook["secret_token"], api.hook["url"][:36]) == (
        services.hook_secret(account.public_id), "https://crm.example/telegram/" + account.public_id[:7]
    )  # fmt: skip
    assert bring(account, api.say("Стол <b>есть</b>?")) == 200
    row = talk()
    assert (row.channel, row.outside, row.name, row.address, row.with_bot) == (
        "telegram",
        "501",
        "Анна Ли",
        "@p501",
        False,
    )
    answer(cast, "Есть & <дубовый> *такой* _и_ `другой`")
    assert (send(), api.sent[0]["text"], api.sent[0].get("parse_mode")) == (
        1,
        "Есть & <дубовый> *такой* _и_ `другой`",
        None,
    )
    assert states() == [("sent", "")]
    with transaction.atomic():
        assert desk.list_talks(cast.owner, "all", now=NOW, channel="telegram").rows
        assert not desk.list_talks(cast.owner, "all", now=NOW, channel="chat").rows


def test_a_talk_of_the_site_goes_on_in_telegram_by_a_key_that_is_used_once(cast: Cast, api: standin.Server) -> None:
    with transaction.atomic():
        chat.save_chat(actor=cast.owner, draft=chat.ChatDraft(is_on=True, bot="always"))

    def began(who: str) -> Talk:
        with transaction.atomic():
            row = chat.write(talk=None, written=chat.Written(uuid.uuid4(), "Есть стол?", visitor=who), now=NOW)
            Talk.objects.filter(pk=row.pk).update(phone="+79161112233")
            return row

    def moves(row: Talk, at: datetime = NOW) -> str:
        with transaction.atomic():
            return chat.offer_move(talk=row, now=at).rpartition("start=")[2]

    site = began("1:" + "a" * 32)
    with pytest.raises(Conflict), transaction.atomic():
        chat.offer_move(talk=site, now=NOW)  # there is no bot yet
    account = bot(cast, with_bot=True)
    with transaction.atomic():
        client = make_client(cast.owner, name="Анна")
        chat.bind(actor=cast.owner, public_id=site.public_id, client=client.public_id, now=NOW)
        chat.take(actor=cast.owner, public_id=site.public_id, now=NOW)
    old, key = moves(site), moves(site)
    assert len(key) == 32
    for wrong in (old, "x" * 32, moves(began(""), NOW - timedelta(hours=2))):
        bring(account, api.say(f"/start {wrong}", who=600))
    bring(account, api.say(f"/start {key}"))
    bring(account, api.say(f"/start {key}", who=700))  # he has sent his address on
    with transaction.atomic():
        there = Talk.objects.get(outside="501")
        assert (there.owner_id, there.visitor) == (cast.owner.employee_id, site.visitor)
        assert there.client_id is None, "whoever was sent the address may have opened it"
        assert [one.pk for one in chat.likely_clients(cast.owner, there)] == [client.pk], "a colleague says who it is"
        assert (there.phone, there.with_bot) == ("+79161112233", False)
        assert not Talk.objects.filter(outside__in=["600", "700"]).exclude(client=None, visitor="").exists()
        crossed = dict(TalkLine.objects.filter(code="crossed").values_list("talk__public_id", "text"))
        assert crossed == {site.public_id: there.public_id, there.public_id: site.public_id}
        texts = list(TalkLine.objects.filter(talk=there).exclude(by="event").values_list("by", "text"))
        assert texts == [("visitor", "/start"), ("bot", "Продолжаем разговор здесь. Пишите.")]
        assert not TalkLine.objects.filter(text__contains=key).exists()


def test_the_page_of_the_chat_leads_on_to_telegram_with_script_and_without(cast: Cast, api: standin.Server) -> None:
    with transaction.atomic():
        chat.save_chat(actor=cast.owner, draft=chat.ChatDraft(is_on=True, bot="always"))
        page = f"/chat/{accounts.get_company_rules().form_key}/"
    visitor, words = Browser(headers={"Accept-Language": "ru"}), "Продолжить в Telegram"
    assert visitor.post(f"{page}move").status_code == 404, "he has no talk yet"
    visitor.post(page, {"text": "Есть стол?", "key": str(uuid.uuid4())})
    assert words not in visitor.get(page).content.decode(), "there is no bot yet"
    assert visitor.post(f"{page}move", headers={"Accept": "application/json"}).status_code == 409
    account = bot(cast, with_bot=True)
    newcomer = Browser(headers={"Accept-Language": "ru"}).get(page).content.decode()
    assert "data-move" in newcomer
    assert "hidden" in newcomer[newcomer.index("data-move") :][:40], "till he has written"
    assert words in visitor.get(page).content.decode()
    shown = visitor.post(f"{page}move").content.decode()
    old = re.search(r'href="https://t\.me/[A-Za-z_]+\?start=([\w-]{32})"', shown)
    assert old is not None
    assert words not in shown
    answer = visitor.post(f"{page}move", headers={"Accept": "application/json"})
    assert answer["Cache-Control"] == "private, no-store"
    key = answer.json()["url"].rpartition("start=")[2]
    bring(account, api.say(f"/start {old[1]}", who=600))
    bring(account, api.say(f"/start {key}"))
    with transaction.atomic():
        crossed = TalkLine.objects.filter(code="crossed", talk__channel="telegram")
        assert list(crossed.values_list("talk__outside", flat=True)) == ["501"]


def test_whoever_sends_his_address_to_a_client_writes_nothing_about_himself_into_the_clients_talk(
    cast: Cast, api: standin.Server
) -> None:
    account = bot(cast)
    bring(account, api.say("Где мой заказ?"))
    with transaction.atomic():
        chat.save_chat(actor=cast.owner, draft=chat.ChatDraft(is_on=True))
        theirs, anna = talk(), make_client(cast.owner, name="Анна")
        chat.bind(actor=cast.owner, public_id=theirs.public_id, client=anna.public_id, now=NOW)
        said = chat.Written(uuid.uuid4(), "Есть стол?", visitor="1:" + "b" * 32)
        his = chat.write(talk=None, written=said, now=NOW)
        Talk.objects.filter(pk=his.pk).update(phone="+79169998877", email="forger@example.com")
        key = chat.offer_move(talk=his, now=NOW).rpartition("start=")[2]
    bring(account, api.say(f"/start {key}"))
    with transaction.atomic():
        theirs.refresh_from_db()
        assert (theirs.client_id, theirs.visitor, theirs.phone, theirs.email) == (anna.pk, "", "", "")
        assert TalkLine.objects.filter(talk=theirs, code="crossed", text=his.public_id).count() == 1


def test_the_page_of_a_bot_names_the_groups_in_which_nothing_is_taken(cast: Cast, api: standin.Server) -> None:
    account, owner = bot(cast), sign_in(Browser(), cast.owner)
    page = reverse("messaging:telegram-bot", args=[account.public_id])
    yard, news = {"id": -100_500, "type": "supergroup", "title": "Двор <b>"}, {"id": -7, "type": "channel"}
    status = {"from": {"id": 501}, "new_chat_member": {"status": "administrator", "user": {"id": 700}}}

    def crowds() -> dict[str, str]:
        with transaction.atomic():
            return dict(ChannelState.objects.get(account=account).crowds)

    assert "стоит в группах" not in owner.get(page).content.decode()
    bring(account, api.say("Где мой заказ?", chat=yard))  # it stood there before we looked
    bring(account, api.tell({"my_chat_member": status | {"chat": news}}))
    assert crowds() == {"-100500": "Двор <b>", "-7": ""}
    shown = owner.get(page).content.decode()
    assert "Бот стоит в группах: Двор &lt;b&gt;, без имени. " in shown
    with CaptureQueriesContext(connection) as asked:
        bring(account, api.say("И мой?", chat=yard))
    assert not [one for one in asked if "UPDATE" in one["sql"] and "channelstate" in one["sql"]], (
        "a group talks all day"
    )
    bring(account, api.say("Переименовали", chat=yard | {"title": "Дом"}))
    assert crowds()["-100500"] == "Дом"
    bring(account, api.say("", chat=yard, migrate_to_chat_id=-100_501))
    gone = {"from": {"id": 501}, "new_chat_member": {"status": "left", "user": {"id": 700}}}
    bring(account, api.tell({"my_chat_member": gone | {"chat": news}}))
    assert crowds() == {}
    for one in range(25):
        bring(account, api.say("Привет", chat={"id": -1000 - one, "type": "group", "title": "ч" * 5000}))
    assert (len(crowds()), {len(one) for one in crowds().values()}) == (20, {100})
    assert (lines(), api.sent) == ([], [])


def test_replayed_updates_add_nothing_and_lower_numbers_are_news(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    update = api.say("Раз")
    for _attempt in range(3):
        assert bring(account, update) == 200
    api.next_update = 12  # a week without news: numbers begin anew anywhere
    assert bring(account, api.say("Два")) == 200
    assert lines() == [("visitor", "Раз"), ("visitor", "Два")]


def test_a_forged_update_costs_no_statement_and_garbage_changes_nothing(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    right = services.hook_token(account.public_id)
    with CaptureQueriesContext(connection) as asked:
        assert bring(account, api.say("Раз"), secret="x") == 404
        assert bring(account, api.say("Раз"), secret="") == 404
        assert bring(account, api.say("Раз"), token=right[:-1] + ("0" if right[-1] != "0" else "1")) == 404
        assert bring(account, api.say("Раз"), token="z" * 44) == 404
    assert [one["sql"] for one in asked if "messaging_" in one["sql"]] == []
    for garbage in (b"", b"[]", b"null", b"{", b'{"update_id":"1"}', b'{"update_id":true}', b"[" * 5000, b"\xff\xfe"):
        assert bring(account, garbage) == 400
    assert bring(account, b" " * 300_000) == 413
    group = api.say("Всем привет", chat={"id": -5, "type": "group"})
    channel_post = api.tell({"channel_post": {"message_id": 3, "chat": {"id": -7, "type": "channel"}, "text": "x"}})
    assert (bring(account, group), bring(account, channel_post), lines()) == (200, 200, [])


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_a_bot_that_somebody_adds_to_a_group_opens_no_talk_and_says_nothing_there(
    cast: Cast, api: standin.Server, kind: str
) -> None:
    """A group is strangers among themselves: neither is a person made of them, nor are they answered by surprise."""
    account, crowd = bot(cast), {"id": -100_500, "type": kind, "title": "Двор"}
    added = {"chat": crowd, "from": {"id": 501}, "new_chat_member": {"status": "member", "user": {"id": 700}}}
    press = {
        "id": "9",
        "from": {"id": 501, "first_name": "Анна"},
        "data": "a1",
        "message": {"message_id": 1, "chat": crowd},
    }
    contact = {"phone_number": "79160000001", "user_id": 501, "first_name": "Анна"}
    for news in (
        api.tell({"my_chat_member": added}), api.say("/start", chat=crowd), api.say("Где мой заказ?", chat=crowd),
        api.say("Где?", kind="edited_message", chat=crowd, edit_date=1), api.tell({"callback_query": press}),
        api.say("", chat=crowd, contact=contact), api.say("", chat=crowd, migrate_to_who=-100_501),
        api.say("", chat=crowd, new_chat_members=[{"id": 700, "is_bot": True}]),
        api.tell({"my_chat_member": added | {"new_chat_member": {"status": "kicked", "user": {"id": 700}}}}),
    ):  # fmt: skip
        assert bring(account, news) == 200
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        going.send_due(now=NOW)
        assert (lines(), Talk.objects.count()) == ([], 0)
        with transaction.atomic():
            assert account.states.get().crowds == {}, "it was taken out again"
    assert api.sent == []
    # With the very person, by himself, it talks as ever.
    assert bring(account, api.say("Где мой заказ?")) == 200
    assert len(lines()) == 1


WEIRD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["message", "chat", "from", "id", "type", "text", "message_id", "contact", "photo", "document",
                         "new_chat_member", "status", "data", "user_id", "phone_number", "file_name", "edit_date"]),
        inner, max_size=6,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "poll"]), WEIRD)
def test_no_update_of_a_stranger_breaks_the_reader(kind: str, body: object) -> None:
    found = news_of({"update_id": 5, kind: body})
    assert found is not None
    assert found.sign == "u5"
    assert news_of(body) is None or isinstance(body, dict)


@given(st.text(alphabet="аб \n😀", max_size=60), st.integers(min_value=2, max_value=9))
def test_a_long_text_is_cut_within_the_limit_and_loses_only_spaces(text: str, most: int) -> None:
    pieces = cut(text, most)
    assert all(0 < units(one) <= most for one in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_long_answer_goes_in_parts_in_their_order(cast: Cast, api: standin.Server) -> None:
    account = bot(cast, with_bot=True)
    with transaction.atomic():
        save_article(
            actor=cast.owner, draft=ArticleDraft(title="Сколько стоит доставка?", answer="😀😀 " * 1300), now=NOW
        )
    bring(account, api.say("Сколько стоит доставка?"))
    send()
    assert [units(one["text"]) <= 4096 for one in api.sent] == [True] * 3
    assert api.sent[0]["text"].startswith("Здравствуйте, я бот")
    assert " ".join(one["text"] for one in api.sent[1:]) == ("😀😀 " * 1300).strip()


def test_several_deliveries_at_once_open_one_talk_and_each_line_is_there_once(
    cast: Cast, api: standin.Server
) -> None:
    account, updates = bot(cast), [api.say(f"Строка {n}") for n in range(4)]
    ready, codes = threading.Barrier(8), []

    def deliver(update: object) -> None:
        try:
            ready.wait(20)
            codes.append(bring(account, update))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=deliver, args=[one]) for one in [*updates, *updates]]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert codes == [200] * 8
    assert (sorted(lines()), talk().last_number) == ([("visitor", f"Строка {n}") for n in range(4)], 4)


def test_what_the_other_side_refuses_is_shown_and_may_be_sent_again(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    bring(account, api.say("Стол есть?"))
    public_id = talk().public_id
    answer(cast, "Раз")
    answer(cast, "Два")
    api.fail["sendMessage"] = [429]
    assert (send(), states()) == (1, [("waiting", "slow"), ("waiting", "")])
    assert send(NOW + timedelta(seconds=6)) == 0  # all of the bot waits as long as Telegram asked
    assert send(NOW + timedelta(seconds=8)) == 2
    assert [one["text"] for one in api.sent] == ["Раз", "Два"]
    api.turn("kicked")
    answer(cast, "Три")
    send(NOW + timedelta(seconds=8))
    assert (states()[-1], talk().gone_at is not None, talk().waits_since is not None) == (
        ("failed", "gone"),
        True,
        True,
    )
    api.turn("member")
    with transaction.atomic():
        number = TalkLine.objects.get(text="Три").number
        services.send_again(actor=cast.owner, public_id=public_id, number=number, now=NOW)
        with pytest.raises(Conflict):
            services.send_again(actor=cast.owner, public_id=public_id, number=number, now=NOW)
    send(NOW + timedelta(seconds=8))
    assert [one["text"] for one in api.sent] == ["Раз", "Два", "Три"]
    api.bots.clear()
    answer(cast, "Четыре")
    send(NOW + timedelta(seconds=8))
    assert states()[-1] == ("failed", "bad_token")
    with transaction.atomic():
        assert ChannelState.objects.get().state == "failed"
    with pytest.raises(Refusal):
        services.connect(actor=cast.owner, public_id=account.public_id, now=NOW)


@pytest.mark.parametrize("fault", ["break", "gateway", 500])
def test_a_hand_over_that_broke_is_unknown_and_never_repeated_by_itself(
    cast: Cast, api: standin.Server, fault: int | str
) -> None:
    account = bot(cast)
    bring(account, api.say("Стол есть?"))
    answer(cast, "Есть")
    api.fail["sendMessage"] = [fault]
    assert send() == 1
    assert states()[0][0] == "unknown"
    assert (send(NOW + timedelta(days=1)), len(api.sent)) == (0, 0 if fault == 500 else 1)
    with transaction.atomic():
        assert told.fates(talk())[3].is_bad


def test_a_sender_killed_in_the_middle_leaves_the_line_unknown(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    bring(account, api.say("Стол есть?"))
    answer(cast, "Есть")
    answer(cast, "И стул есть")
    taken = going._taken(NOW)  # the mark is there, and whoever made it is no more
    assert taken is not None
    assert (send(NOW + timedelta(minutes=1)), states()) == (0, [("handed", ""), ("waiting", "")])
    assert send(NOW + timedelta(minutes=4)) == 1
    assert (states(), [one["text"] for one in api.sent]) == ([("unknown", "broken"), ("sent", "")], ["И стул есть"])
    going.settle(taken.pk, LineSent("sent", outside_id="1"), now=NOW)  # it was not dead after all
    assert states()[0] == ("sent", "")


def test_the_bot_answers_says_what_it_is_and_is_silent_when_a_person_is_there(
    cast: Cast, api: standin.Server
) -> None:
    account = bot(cast, with_bot=True)
    with transaction.atomic():
        save_article(
            actor=cast.owner, draft=ArticleDraft(title="Сколько стоит доставка?", answer="Доставка 300 ₽"), now=NOW
        )
    bring(account, api.say("/start from_site"))
    bring(account, api.say("Сколько стоит доставка?"))
    bring(account, api.say("Абракадабра квазар"))
    send()
    hello, sure, unsure = (one["text"] for one in api.sent)
    assert ("я бот" in hello, sure, api.sent[0]["reply_markup"]["keyboard"][0][0]["request_contact"]) == (
        True, "Доставка 300 ₽", True
    )  # fmt: skip
    button = api.sent[2]["reply_markup"]["inline_keyboard"][-1][0]
    assert (button["callback_data"], "не уверен" in unsure.lower()) == ("person", True)
    update = api.press("person")
    assert bring(account, update) == 200
    assert not talk().with_bot
    assert talk().waits_since is not None
    answer(cast, "Я человек")
    bring(account, api.say("Сколько стоит доставка?"))
    assert lines()[-1] == ("visitor", "Сколько стоит доставка?")
    with transaction.atomic():
        ChannelAccount.objects.update(with_bot=False)
    bring(account, api.say("Сколько стоит доставка?", who=502))
    assert [by for by, _text in lines()][-1] == "visitor"


def test_what_is_no_text_is_told_and_a_press_is_said_to_have_arrived(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    bring(account, api.say(location={"latitude": 55.7, "longitude": 37.6}))
    assert lines() == [("visitor", "(сообщение, которое здесь не показать)")]
    url = reverse("messaging:telegram-hook", args=[services.hook_token(account.public_id)])
    heading = {"x-telegram-bot-api-secret-token": services.hook_secret(account.public_id)}
    update = api.press("person")
    told = Browser().post(url, json.dumps(update).encode(), content_type="application/json", headers=heading).json()
    assert told == {"method": "answerCallbackQuery", "callback_query_id": update["callback_query"]["id"]}
    bring(account, api.press("gone-article"))
    assert len(lines()) == 2


def test_a_shared_number_finds_the_client_and_anybody_elses_card_does_not(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    with transaction.atomic():
        client = make_client(cast.owner, name="Анна Ли", phone="+79160000011")
    bring(account, api.say(contact={"phone_number": "79160000011", "first_name": "Анна", "user_id": 999}))
    assert (talk().client_id, talk().phone) == (None, "")
    bring(account, api.say(contact={"phone_number": "+7 916 000-00-11", "first_name": "Анна", "user_id": 501}))
    assert (talk().client_id, talk().phone) == (client.pk, "+79160000011")
    assert lines()[0] == ("visitor", "Анна +79160000011")


def test_several_clients_with_one_number_are_for_a_person_to_choose(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    with transaction.atomic():
        one, two = make_client(cast.owner, name="Анна", phone="+79160000011"), make_client(cast.owner, name="Олег")
        ContactPoint.objects.create(client=two, kind="phone", value="+79160000011", position=0)
    bring(account, api.say(contact={"phone_number": "79160000011", "first_name": "Анна", "user_id": 501}))
    with transaction.atomic():
        likely = {row.pk for row in chat.likely_clients(cast.owner, talk())}
    assert (talk().client_id, likely) == (None, {one.pk, two.pk})


def test_a_file_of_an_operator_goes_once_with_its_words_or_after_them(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    bring(account, api.say("Пришлите счёт"))

    def attach(text: str, name: str, key: uuid.UUID) -> None:
        with transaction.atomic():
            draft = chat.Reply(key=key, text=text)
            source = io.BytesIO(b"%PDF-1.4 x")
            chat.send(actor=cast.owner, public_id=talk().public_id, draft=draft, source=source, name=name, now=NOW)

    key = uuid.uuid4()
    attach("Вот он", 'счёт "№1".pdf', key)
    attach("Вот он", 'счёт "№1".pdf', key)
    attach("", "план.pdf", uuid.uuid4())
    attach("я" * 1500, "акт.pdf", uuid.uuid4())
    assert send() == 4
    assert [(one.get("caption"), one.get("text"), one.get("document", (None,))[0]) for one in api.sent] == [
        ("Вот он", None, "счёт _№1_.pdf"), (None, None, "план.pdf"), (None, "я" * 1500, None), (None, None, "акт.pdf"),
    ]  # fmt: skip
    assert api.sent[0]["document"][1:] == ("application/pdf", b"%PDF-1.4 x")
    page = sign_in(Browser(), cast.owner).get(f"/talk/{talk().public_id}/").content.decode()
    assert page.count("акт.pdf") == 1
    with transaction.atomic(), pytest.raises(Invalid) as wrong:
        chat.send(
            actor=cast.owner, public_id=talk().public_id, draft=chat.Reply(key=uuid.uuid4(), text="x"),
            source=io.BytesIO(b"MZ\x90\x00" + b"0" * 50), name="virus.exe", now=NOW,
        )  # fmt: skip
    assert "file" in wrong.value.fields
    with transaction.atomic():
        for file in StoredFile.objects.filter(name="план.pdf"):
            delete_file(file)
        OutsideLine.objects.filter(files__0__name="план.pdf").update(state="waiting", due_at=NOW)
    assert send() == 1
    assert ("failed", "no_file") in states()


def test_files_edits_and_a_stopped_bot_are_told(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    first = api.say("Стол есть?")
    bring(account, first)
    bring(
        account,
        api.say(caption="Вот такой", photo=[{"file_id": "a", "file_size": 10}, {"file_id": "b", "file_size": 99}]),
    )
    bring(
        account,
        api.say(document={"file_id": "c", "file_name": "план.pdf", "mime_type": "application/pdf", "file_size": 5}),
    )
    api.files["c"] = b"%PDF-1.4 " + b"x" * 50
    with transaction.atomic():
        ids = list(TalkLine.objects.filter(by="visitor").order_by("number").values_list("pk", flat=True))
    for _attempt in range(2):
        for line_id in ids:
            jobs.talk_files_job(line_id=line_id)  # inside the company already, as the queue has it
    edited = first["message"] | {"text": "Стул есть?", "edit_date": 1_795_000_100}
    for _attempt in range(2):
        bring(account, api.tell({"edited_message": edited}))
    assert [text for _by, text in lines()] == ["Стол есть?", "Вот такой", "план.pdf", "Стул есть?"]
    with transaction.atomic():
        fates = told.fates(talk())
    assert (len(fates[2].outside.files), fates[3].outside.files[0]["name"], fates[4].outside.edits) == (
        1,
        "план.pdf",
        1,
    )
    held = fates[3].outside.files[0]
    given = sign_in(Browser(), cast.owner).get(f"/talk/attached/{held['id']}")
    assert (b"".join(given.streaming_content)[:5], given["Content-Disposition"][:10]) == (b"%PDF-", "attachment")
    assert fates[2].outside.files[0]["why"]  # the server knows no such file
    with transaction.atomic():
        stranger = add_person(cast.owner, "storekeeper")
    assert sign_in(Browser(), stranger).get(f"/talk/attached/{held['id']}").status_code in (403, 404)
    bring(account, api.turn("kicked"))
    assert talk().gone_at is not None
    page = sign_in(Browser(), cast.owner).get(f"/talk/{talk().public_id}/").content.decode()
    assert "план.pdf" in page
    assert "остановил бота" in page
    assert "Исправляет сообщение 1" in page
    bring(account, api.say("Я снова тут"))
    assert talk().gone_at is None


def test_news_are_fetched_by_one_at_a_time_and_kept_once(cast: Cast, api: standin.Server) -> None:
    account = bot(cast, "polling")
    assert api.hook == {}
    one, other = Fetcher(cast.company_id, account.pk), Fetcher(cast.company_id, account.pk)
    api.say("Раз")
    api.say("Два")
    assert one.once(now=NOW, seconds=0)
    assert (lines(), one.after, len(api.waiting)) == (
        [("visitor", "Раз"), ("visitor", "Два")],
        standin.FIRST_UPDATE + 1,
        2,
    )
    assert other.once(now=NOW, seconds=0)  # whoever died before the news were forgotten there has them again
    assert len(lines()) == 2
    api.say("Три")
    assert one.once(now=NOW, seconds=0)
    assert (len(lines()), len(api.waiting)) == (3, 1)
    assert one.once(now=NOW, seconds=0)
    assert (one.after, api.waiting) == (0, [])
    with transaction.atomic():
        ChannelState.objects.update(holder="another", lease_until=NOW + timedelta(seconds=30))
    assert not one.once(now=NOW, seconds=0)
    assert one.once(now=NOW + timedelta(seconds=31), seconds=0)  # the other died: its lease is over
    api.fail["getUpdates"] = [409]
    with pytest.raises(Refused):
        one.once(now=NOW + timedelta(minutes=2), seconds=0)
    with transaction.atomic():
        state = ChannelState.objects.get()
        assert (state.state, state.code) == ("failed", "rival")
        ChannelAccount.objects.update(is_on=False)
    assert not one.once(now=NOW + timedelta(minutes=4), seconds=0)


def test_a_process_keeps_fetching_till_the_bot_is_switched_off(cast: Cast, api: standin.Server) -> None:
    account = bot(cast, "polling")
    assert polling.keep() == 1
    _fetcher, thread = polling._threads[account.pk]
    api.say("Раз")
    wait_for(lambda: lines() == [("visitor", "Раз")])
    with transaction.atomic():
        ChannelAccount.objects.update(is_on=False)
    polling.keep()
    thread.join(20)
    assert not thread.is_alive()
    assert polling.keep() == 0


def wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_an_erased_client_leaves_nothing_of_what_he_wrote(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    with transaction.atomic():
        client = make_client(cast.owner, name="Анна Ли", phone="+79160000011")
    bring(account, api.say(contact={"phone_number": "79160000011", "first_name": "Анна", "user_id": 501}))
    bring(account, api.say(caption="Мой паспорт", document={"file_id": "c", "file_name": "паспорт.pdf"}))
    answer(cast, "Не надо паспорта")
    with transaction.atomic():
        [mine] = [one for one in stakes.stakes_in("client") if one.part == "messaging"]
        assert "паспорт" in str(list(mine.export([client.pk])))
        mine.erase([client.pk])
        kept = [
            *TalkLine.objects.values_list("text", flat=True),
            *OutsideLine.objects.values_list("text", "files", "quoted"),
        ]
    assert "паспорт" not in str(kept).lower()
    assert talk().outside == ""
    assert (send(), api.sent) == (0, [])
    bring(account, api.say("Я передумала"))
    assert (talk().outside, talk().name) == ("501", "Анна Ли")


def test_a_worker_sends_what_waits_and_looks_again_at_what_is_stuck(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    bring(account, api.say("Стол есть?"))
    answer(cast, "Есть", at=datetime.now(UTC))
    assert going.companies_due(NOW) == [cast.company_id]
    jobs.lines_job(of_company=cast.company_id)
    assert ([one["text"] for one in api.sent], going.companies_due(NOW)) == (["Есть"], [])


def test_a_bot_is_set_up_by_who_may_and_its_token_is_kept_to_itself(
    cast: Cast, api: standin.Server, settings
) -> None:
    with pytest.raises(Denied), transaction.atomic():
        services.save_account(
            actor=cast.colleague, draft=services.AccountDraft("telegram", "X", {"mode": "polling"}, TOKEN), now=NOW
        )
    settings.SITE = "http://crm.example"
    with pytest.raises(Invalid) as wrong, transaction.atomic():
        services.save_account(
            actor=cast.owner, draft=services.AccountDraft("telegram", "", {"mode": "webhook"}, "ключ"), now=NOW
        )
    assert set(wrong.value.fields) == {"name", "mode", "secret"}
    browser = sign_in(Browser(), cast.owner)
    sent = {"name": "Магазин", "mode": "polling", "secret": TOKEN, "is_on": "1", "for_all": "1"}
    done = browser.post("/settings/telegram/new/", sent, follow=True)
    page = done.content.decode()
    assert "@shop_bot" in page
    assert TOKEN not in page
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM messaging_channelaccount")
        assert TOKEN not in cursor.fetchone()[0]
    done = browser.post("/settings/telegram/new/", sent | {"name": "Чужой", "secret": "1:" + "B" * 35}, follow=True)
    assert "такого токена там не знают" in done.content.decode()
    assert browser.get("/settings/telegram/").status_code == 200
    with transaction.atomic():
        assert ChannelNews.objects.count() == 0


def test_talks_of_an_account_for_some_are_seen_by_them_and_nobody_else(cast: Cast, api: standin.Server) -> None:
    other = add_person(cast.owner, "manager")
    account = bot(cast, for_all=False, seers=[_public_id(cast)])
    bring(account, api.say("Стол есть?"))
    with transaction.atomic():
        assert [len(desk.list_talks(one, "all", now=NOW).rows) for one in (cast.owner, cast.colleague, other)] == [
            1,
            1,
            0,
        ]
        with pytest.raises(NotFound):
            desk.get_talk(other, talk().public_id)


def _public_id(cast: Cast) -> str:
    with transaction.atomic():
        return accounts.public_ids_of_employees([cast.colleague.person_id])[cast.colleague.person_id]


def test_the_timeline_tells_the_talk_with_its_channel(cast: Cast, api: standin.Server) -> None:
    account = bot(cast)
    with transaction.atomic():
        client = make_client(cast.owner, name="Анна Ли", phone="+79160000011")
    bring(account, api.say(contact={"phone_number": "79160000011", "first_name": "Анна", "user_id": 501}))
    with transaction.atomic():
        page = timeline.read(client.pk, actor=cast.owner, now=NOW, tab="chats")
    assert "Telegram" in str(page)
