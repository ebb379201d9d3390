"""Messages by the API: a letter sent once, its fate read page by page, called back in time."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from voronka.accounts import services as accounts
from voronka.accounts.testing import add_person
from voronka.connect.testing import Program
from voronka.deals.testing import make_client, make_shop
from voronka.kit.actors import Access
from voronka.kit.models import EventRow
from voronka.messaging import services
from voronka.messaging.models import Message, MessageTouch
from voronka.messaging.testing import Post, channel
from voronka.people.models import ContactPoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def program(shop):
    with channel("email", Post()):
        yield Program.of(shop.cast.owner)


@pytest.fixture
def anna(shop):
    with shop.as_(shop.cast.owner):
        client = make_client("Анна Смирнова", first_name="Анна")
        ContactPoint.objects.create(client=client, kind="email", value="anna@example.com")
        return client


def letter(anna, **more):
    return {"client": anna.public_id, "subject": "Для {{ client.first_name }}", "text": "Готово."} | more


def send_due(shop):
    with shop.as_(shop.cast.owner):
        services.send_due("email", now=datetime.now(UTC) + timedelta(seconds=11))


def test_a_letter_goes_once_under_its_key_and_its_steps_are_told(shop, program, anna):
    token = str(uuid.uuid4())
    made = [program.call("POST", "messages", letter(anna), token=token) for _time in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    one = made[0].json()
    assert made[1].json()["id"] == one["id"]
    assert made[0]["Location"] == f"/api/v1/messages/{one['id']}"
    assert (one["state"], one["subject"], one["address"]) == ("planned", "Для Анна", "anna@example.com")
    send_due(shop)
    told = program.get(f"messages/{one['id']}").json()
    assert [step["state"] for step in told["steps"]] == ["planned", "claimed", "handed", "accepted"]
    assert told["touches"] == []
    with shop.as_(shop.cast.owner):
        row, at = Message.objects.get(), datetime.now(UTC)
        for kind, link, human, reason in (
            ("open", 0, False, "scanner"),
            ("click", 1, True, ""),
            ("trap", 0, None, ""),
        ):
            MessageTouch.objects.create(message=row, kind=kind, link=link, at=at, is_human=human, reason=reason)
    touched = program.get(f"messages/{one['id']}").json()["touches"]
    assert [(each["kind"], each["by_person"], each["reason"]) for each in touched] == [
        ("open", False, "scanner"), ("click", True, ""),
    ]  # fmt: skip
    assert told["why"].startswith("Went")
    with shop.as_(shop.cast.owner):
        assert Message.objects.count() == 1
        names = set(EventRow.objects.filter(name__startswith="messaging.").values_list("name", flat=True))
        assert names == {"messaging.MessagePlanned", "messaging.MessageHanded", "messaging.MessageAccepted"}


def test_what_the_gate_refuses_says_why(program, anna):
    one = program.post("messages", letter(anna, traffic="advertising")).json()
    assert (one["state"], one["code"]) == ("refused", "no_consent")
    assert one["why"] == "Did not go: the client never agreed to advertising."


def test_a_client_is_read_page_by_page_and_filtered(program, anna):
    for n in range(5):
        program.post("messages", letter(anna, subject=f"№ {n}", traffic="advertising" if n == 2 else "service"))
    asked = {"client": anna.public_id, "limit": 2}
    seen, page = [], program.get("messages", **asked).json()
    while True:
        seen += [one["subject"] for one in page["items"]]
        if page["next"] is None:
            break
        page = program.get("messages", **asked, cursor=page["next"]).json()
    assert seen == ["№ 4", "№ 3", "№ 2", "№ 1", "№ 0"]
    (refused,) = program.get("messages", client=anna.public_id, state="refused").json()["items"]
    assert refused["subject"] == "№ 2"
    assert len(program.get("messages", client=anna.public_id, traffic="service").json()["items"]) == 4
    assert program.get("messages", client=anna.public_id, channel="sms").json()["items"] == []
    assert program.get("messages", client=anna.public_id, state="gone").status_code == 422
    assert program.get("messages", **asked, cursor="x").status_code == 422


def test_it_is_called_back_before_it_leaves(shop, program, anna):
    first, second = (program.post("messages", letter(anna)).json()["id"] for _time in range(2))
    assert program.post(f"messages/{first}/call-back").json()["state"] == "cancelled"
    send_due(shop)
    late = program.post(f"messages/{second}/call-back")
    assert (late.status_code, late.json()["code"]) == (409, "gone_already")


def test_what_is_wrong_stands_at_its_field(program, anna):
    bad = program.post("messages", letter(anna, subject=" "))
    assert (bad.status_code, set(bad.json()["fields"])) == (422, {"subject"})
    broken = program.post("messages", letter(anna, text="{{ client."))
    assert (broken.status_code, broken.json()["code"]) == (409, "bad_template")
    assert program.call("POST", "messages", letter(anna), token="").status_code == 400


def test_keys_without_the_right_and_those_of_others_read_nothing(shop, program, anna):
    one = program.post("messages", letter(anna)).json()["id"]
    reader = Program.of(shop.cast.owner, "messages:read")
    assert reader.get(f"messages/{one}").status_code == 200
    assert reader.post("messages", letter(anna)).status_code == 403
    assert Program.of(shop.cast.owner, "clients:read").get("messages", client=anna.public_id).status_code == 403
    stranger = Program.of(make_shop().cast.owner)
    assert stranger.get(f"messages/{one}").status_code == 404
    assert stranger.get("messages", client=anna.public_id).status_code == 404
    assert stranger.post("messages", letter(anna)).status_code == 404


def test_a_text_may_tell_what_the_reader_may_not_see(shop, program, anna):
    one = program.post("messages", letter(anna)).json()["id"]
    with shop.as_(shop.cast.owner) as owner:
        role = accounts.make_role(actor=owner, name="Слепой", like="head")
        wanted = accounts.RoleChoices(fields={"client.email": Access.HIDDEN})
        accounts.change_role(actor=owner, role_id=role.pk, wanted=wanted)
        blind = add_person(owner, role.code)
    told = Program.of(blind).get(f"messages/{one}").json()
    assert (told["subject"], told["text"], told["address"]) == ("", "", "")
