"""Talks by the API: files of letters and Telegram as the screen gives them, a thread begun by a letter, once."""

import importlib.util
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from voronka.accounts.testing import add_person, make_company
from voronka.connect.rules import scopes
from voronka.connect.testing import Program
from voronka.kit.tenancy import company_context
from voronka.messaging.models import ChannelAccount, OutsideLine, Talk, TalkLine
from voronka.messaging.ports import Came, CameFile
from voronka.messaging.services import channels, chat
from voronka.messaging.testing import Post, channel
from voronka.orders.testing import make_shop
from voronka.people.models import Client
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


@pytest.fixture
def cast():
    made = make_company()
    with company_context(made.company_id, employee_id=made.owner.employee_id), channel("email", Post()):
        yield made


def wrote(text: str, place: str, account: ChannelAccount, *files: CameFile) -> Talk:
    return channels.receive(account, "telegram", Came(place, f"m{uuid.uuid4()}", text, "Анна", files=files), now=NOW)


def mailbox(cast, name: str = "Продажи", **more) -> ChannelAccount:
    settings = {"mode": "sandbox", "address": f"{len(name)}@ours.test", "security": "tls"}
    return ChannelAccount.objects.create(kind="email", name=name, settings=settings, **more)


def test_files_of_a_line_are_listed_and_taken_by_who_sees_the_talk(cast) -> None:
    bot = ChannelAccount.objects.create(kind="telegram", name="Бот", settings={"mode": "sandbox"})
    program = Program.of(cast.owner, scopes.TALKS_READ)
    sent = CameFile("паспорт.txt", body=b"4510 123456"), CameFile("кино.mp4", 99_000_000, why="the file is too large")
    talk, other = wrote("Вот", "501", bot, *sent), wrote("Алло", "502", bot, CameFile("чужой.txt", body=b"x"))
    told = program.get(f"talks/{talk.public_id}").json()
    assert (told["channel"], [one["id"] for one in program.get("talks", channel="email").json()["items"]]) == (
        "telegram", [],
    )  # fmt: skip
    kept, large = told["lines"][0]["files"]
    assert (kept["name"], kept["size"], kept["why"]) == ("паспорт.txt", 11, "")
    assert (large["id"], large["why"]) == (None, "the file is too large")
    path = f"talks/{talk.public_id}/files"
    answer = program.get(f"{path}/{kept['id']}")
    assert b"".join(answer.streaming_content) == b"4510 123456"
    assert answer["Content-Disposition"].startswith("attachment")
    [foreign] = program.get(f"talks/{other.public_id}").json()["lines"][0]["files"]
    assert program.get(f"{path}/{foreign['id']}").status_code == 404, "it is another talk's"
    # A bot that is not for all is looked at by its seers alone, its files too.
    bot.for_all = False
    bot.save()
    hidden = Program.of(add_person(cast.owner, "manager"), scopes.TALKS_READ)
    assert {hidden.get(f"{path}/{kept['id']}").status_code, hidden.get(f"talks/{talk.public_id}").status_code} == {
        404
    }
    assert Program.of(cast.stranger, scopes.TALKS_READ).get(f"{path}/{kept['id']}").status_code == 404


def test_a_letter_begins_a_thread_once_and_what_the_screen_refuses_is_refused(cast) -> None:
    box, hidden = mailbox(cast), mailbox(cast, "Директор", for_all=False)
    off = mailbox(cast, "Старый", is_on=False)
    client = make_client(cast.owner, "Анна Ли", email="anna@client-zavod.ru")
    program = Program.of(cast.owner, scopes.TALKS_READ, scopes.TALKS_WRITE)
    # Its maker sets up the chat and sees all of them; that a key does not give.
    [shown] = program.get("talks/mailboxes").json()["items"]
    assert (shown["id"], shown["name"], shown["address"]) == (box.public_id, "Продажи", "7@ours.test")
    letter = {"client": client.public_id, "mailbox": box.public_id, "subject": "Заказ",
              "body": "{{ client.name }}, готово"}  # fmt: skip
    token = str(uuid.uuid4())
    made = [program.post("talks", letter, token=token) for _twice in range(2)]
    assert [one.status_code for one in made] == [201, 201], made[0].content
    told = made[0].json()
    assert (told["subject"], told["client"], told["owner"]["name"]) == ("Заказ", client.public_id, "Olga Orlova")
    assert (Talk.objects.count(), OutsideLine.objects.get().state) == (1, "waiting")
    assert TalkLine.objects.get(by="operator").text == "Анна Ли, готово"
    assert program.get(made[0]["Location"]).json()["id"] == told["id"]
    for wrong, place in (
        ({"mailbox": off.public_id}, "mailbox"), ({"mailbox": "nothing"}, "mailbox"),
        ({"mailbox": hidden.public_id}, "mailbox"), ({"address": "other@client-zavod.ru"}, "address"),
    ):  # fmt: skip
        refused = program.post("talks", letter | wrong)
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {place})
    assert program.post("talks", letter | {"body": "{{ client.nam }}"}).status_code in (409, 422)
    silent = make_client(cast.owner, "Без почты")
    refused = program.post("talks", letter | {"client": silent.public_id})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_address")
    Client.objects.update(responsible_id=cast.owner.employee_id)
    manager = Program.of(add_person(cast.owner, "manager"), scopes.TALKS_READ, scopes.TALKS_WRITE)
    assert [one["name"] for one in manager.get("talks/mailboxes").json()["items"]] == ["Продажи"]
    assert manager.post("talks", letter).status_code in (403, 404), "the client is not his"
    assert Program.of(cast.owner, scopes.TALKS_READ).post("talks", letter).status_code == 403
    assert Program.of(cast.stranger, scopes.TALKS_WRITE).post("talks", letter).status_code == 404
    assert Talk.objects.count() == 1


def as_form(program: Program, path: str, fields: dict[str, object], *files: tuple[str, bytes], token: str = ""):
    """Send a form as our Python client does."""
    source = Path(__file__).resolve().parents[4] / "clients" / "python" / "voronka_api.py"
    spec = importlib.util.spec_from_file_location("voronka_api_of_talks", source)
    client = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)
    kind, body = client._multipart(fields, files)
    headers = {"Authorization": f"Bearer {program.key}", "Idempotency-Key": token or str(uuid.uuid4())}
    return program.client.post(f"/api/v1/{path}", body, content_type=kind, headers=headers)


def test_a_letter_with_files_begins_a_thread_once_and_another_file_is_another_request(cast) -> None:
    box = mailbox(cast)
    client = make_client(cast.owner, "Анна Ли", email="anna@client-zavod.ru")
    program = Program.of(cast.owner, scopes.TALKS_READ, scopes.TALKS_WRITE)
    letter = {"client": client.public_id, "mailbox": box.public_id, "subject": "План", "body": "Вот он"}
    files = [('план "А".txt', "План".encode()), ("смета.txt", b"1000")]
    token = str(uuid.uuid4())
    made = [as_form(program, "talks/letters", letter, *files, token=token) for _twice in range(2)]
    assert [one.status_code for one in made] == [201, 201], made[0].content
    assert Talk.objects.count() == 1
    told = made[0].json()["lines"][0]
    assert [(one["name"], one["size"]) for one in told["files"]] == [("план А.txt", 8), ("смета.txt", 4)]
    path = f"talks/{made[0].json()['id']}/files/{told['files'][1]['id']}"
    assert b"".join(program.get(path).streaming_content) == b"1000"
    other = [("план.txt", b"another"), files[1]]
    assert as_form(program, "talks/letters", letter, *other, token=token).status_code == 422, "the same token"
    for wrong, place in (
        ([("вирус.exe", b"MZ" + b"\0" * 200)], "file"), ([("a.txt", b"a")] * 6, "file"), ([], "file"),
    ):  # fmt: skip
        refused = as_form(program, "talks/letters", letter, *wrong)
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {place})
    for wrong, place in (({"subject": ""}, "subject"), ({"subject": "\0"}, "subject"), ({"more": 1}, "more")):
        refused = as_form(program, "talks/letters", letter | wrong, *files)
        assert (refused.status_code, set(refused.json()["fields"])) == (422, {place})
    assert as_form(Program.of(cast.owner, scopes.TALKS_READ), "talks/letters", letter, *files).status_code == 403
    assert Talk.objects.count() == 1


def test_an_answer_is_a_file_or_goods_on_sale_once_each(cast) -> None:
    shop = make_shop(cast.owner)
    chat.save_chat(actor=cast.owner, draft=chat.ChatDraft(is_on=True))
    talk = chat.write(talk=None, written=chat.Written(uuid.uuid4(), "Есть стол?"), now=NOW)
    program = Program.of(cast.owner, scopes.TALKS_READ, scopes.TALKS_WRITE)
    path, token = f"talks/{talk.public_id}", str(uuid.uuid4())
    said = {"text": "План этажа", "seen": 1, "anyway": False}
    for _twice in range(2):
        answer = as_form(program, f"{path}/file", said, ("план.txt", "План".encode()), token=token)
        assert answer.status_code == 201, answer.content
    [line] = [one for one in answer.json()["lines"] if one["by"] == "operator"]
    assert (line["text"], line["file"]["name"], line["author"]["name"]) == ("План этажа", "план.txt", "Olga Orlova")
    head = Program.of(add_person(cast.owner, "head"), scopes.TALKS_WRITE)
    late = as_form(head, f"{path}/file", {}, ("план.txt", b"x"))
    assert (late.status_code, late.json()["code"]) == (409, "answered"), "a colleague has answered since"
    for _twice in range(2):
        goods = {"variant": shop.table.public_id, "text": "Вот такой:", "seen": line["number"]}
        answer = program.post(f"{path}/goods", goods, token=token)
        assert answer.status_code == 200, answer.content
    [shown] = [one for one in answer.json()["lines"] if one["by"] == "operator"]
    assert shown["text"].replace("\xa0", " ") == "Вот такой:\nСтол обеденный — 1 000 ₽"
    assert TalkLine.objects.filter(talk=talk, goods__variant=shop.table.public_id).count() == 1
    assert program.post(f"{path}/goods", goods | {"variant": "none", "anyway": True}).status_code == 404
    bare = as_form(program, f"{path}/file", {"anyway": True}, ("\0.txt", b"x"))
    assert bare.status_code in (201, 422)
    assert TalkLine.objects.filter(talk=talk, by="operator").count() == 2 + (bare.status_code == 201)
    sms = Talk.objects.create(key=uuid.uuid4(), channel="sms", last_at=NOW, begun_at=NOW)
    refused = as_form(program, f"talks/{sms.public_id}/file", {"text": "План"}, ("план.txt", b"x"))
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"file"})
    silent = Program.of(cast.owner, scopes.TALKS_READ)
    assert silent.post(f"{path}/goods", goods).status_code == 403
    assert as_form(silent, f"{path}/file", said, ("план.txt", b"x")).status_code == 403
    assert Program.of(cast.stranger, scopes.TALKS_WRITE).post(f"{path}/goods", goods).status_code == 404
