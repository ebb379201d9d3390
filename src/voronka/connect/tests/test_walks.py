"""Lists called through, deals that wait, letter templates: as a program works with them."""

from datetime import UTC, datetime, timedelta

import pytest

from voronka.connect.testing import Program
from voronka.deals.models import AnswerWatch, Deal
from voronka.deals.testing import make_client, make_deal, make_shop
from voronka.messaging.models import Message

pytestmark = pytest.mark.django_db
ALWAYS = {"zone": "Europe/Moscow", "call_opens_minute": 0, "call_closes_minute": 1440}


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def program(shop):
    return Program.of(shop.cast.owner)


def test_a_list_of_deals_is_called_through_to_its_report(shop, program):
    with shop.as_(shop.cast.owner) as owner:
        for number in range(3):
            client = make_client(f"Клиент {number}", city="Омск", **ALWAYS)
            make_deal(owner, client=client, now=datetime.now(UTC), responsible_id=owner.employee_id)
    begun = program.post("walks", {"subject": "deal", "query": "f.client.city=Омск", "name": "Омичи"})
    assert begun.status_code == 201, begun.content
    walk = begun.json()
    assert (walk["total"], walk["done"], walk["left"], walk["is_mine"]) == (3, 0, 3, True)
    path = f"walks/{walk['id']}"
    first = program.post(f"{path}/next").json()
    assert (first["position"], first["client"]["name"]) == (0, "Клиент 0")
    assert program.post(f"{path}/next").json()["deal"]["id"] == first["deal"]["id"]
    program.post(f"deals/{first['deal']['id']}/press", {"button": "miss", "outcome": "busy"})
    second = program.post(f"{path}/next").json()
    assert (second["position"], second["walk"]["done"]) == (1, 1)
    assert program.post(f"{path}/items/1/skip").json()["done"] == 2
    again = program.post(f"{path}/items/1/skip")
    assert (again.status_code, again.json()["code"]) == (409, "lease_lost")
    third = program.post(f"{path}/next").json()
    program.post(f"deals/{third['deal']['id']}/press", {"button": "miss", "outcome": "busy"})
    end = program.post(f"{path}/next").json()
    assert (end["position"], end["client"], end["deal"]) == (None, None, None)
    assert end["walk"]["ended_at"] is not None
    told = program.get(path).json()
    assert [one["count"] for one in told["outcomes"]] == [2]
    assert [(one["position"], one["state"]) for one in told["unreached"]] == [(1, "skipped")]
    assert [one["id"] for one in program.get("walks").json()["items"]] == [walk["id"]]
    assert Program.of(shop.cast.colleague).get(path).status_code == 404


def test_a_client_without_a_deal_gets_one_and_the_author_alone_ends_the_list(shop, program):
    with shop.as_(shop.cast.owner):
        make_client("Анна", city="Тула", **ALWAYS)
    sent = {"subject": "client", "query": "f.city=Тула", "name": "Тула", "is_shared": True}
    path = f"walks/{program.post('walks', sent).json()['id']}"
    step = program.post(f"{path}/next").json()
    assert (step["client"]["name"], step["deal"]) == ("Анна", None)
    wrong = program.post(f"{path}/items/0/open", {"pipeline": "nothing"})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {"pipeline"})
    pipeline = program.get("pipelines").json()["items"][0]["id"]
    deal = program.post(f"{path}/items/0/open", {"pipeline": pipeline}).json()
    assert (deal["client"]["name"], deal["source"]) == ("Анна", "list")
    assert program.post(f"{path}/items/0/open", {"pipeline": pipeline}).json()["id"] == deal["id"]
    mate = Program.of(shop.cast.colleague)
    assert [one["is_mine"] for one in mate.get("walks").json()["items"]] == [False]
    assert mate.post(f"{path}/stop").status_code == 403
    assert program.post(f"{path}/stop").json()["ended_at"] is not None


def test_a_list_that_finds_nobody_or_is_misspelt_is_refused(shop, program):
    for sent, place in (
        ({"subject": "deal", "query": "f.custom.gone=1"}, {"f.custom.gone"}),
        ({"subject": "deal", "query": "stat=won"}, {"stat"}),
        ({"subject": "client", "query": "f.city=Омск"}, set()),
    ):
        refused = program.post("walks", {**sent, "name": "Никого"})
        assert (refused.status_code, set(refused.json().get("fields", {}))) == (422, place), refused.content
    assert program.get("walks").json()["items"] == []


def test_lists_come_page_by_page(shop, program):
    with shop.as_(shop.cast.owner):
        make_client("Анна", city="Тула", **ALWAYS)
    for number in range(3):
        program.post("walks", {"subject": "client", "query": "", "name": f"№ {number}"})
    first = program.get("walks", limit=2).json()
    rest = program.get("walks", limit=2, cursor=first["next"]).json()
    assert [one["name"] for one in first["items"] + rest["items"]] == ["№ 2", "№ 1", "№ 0"]
    assert rest["next"] is None


def test_new_deals_that_wait_are_listed_by_when_they_fall_due(shop, program):
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner:
        for number in range(3):
            deal = make_deal(owner, client=make_client(f"Клиент {number}"), now=now)
            AnswerWatch.objects.update_or_create(
                deal=deal,
                defaults={
                    "asked_at": now,
                    "starts_at": now,
                    "due_at": now + timedelta(minutes=5 - 5 * number),
                    "step": number == 2,
                },
            )
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get("waiting", limit=2, cursor=cursor).json()
        seen += page["items"]
        cursor = page["next"]
    assert [one["client"]["name"] for one in seen] == ["Клиент 2", "Клиент 1", "Клиент 0"]
    assert [(one["is_late"], one["step"]) for one in seen] == [(True, "told"), (True, "none"), (False, "none")]
    with shop.as_(shop.cast.owner):
        Deal.objects.update(responsible_id=shop.cast.owner.employee_id)
    assert Program.of(shop.cast.colleague).get("waiting").json()["items"] == []


def test_templates_of_letters_are_made_looked_at_changed_and_put_away(shop, program):
    made = program.post("letter-templates", {"name": "Оферта", "body": "Здравствуйте, {{ client.first_name }}!"})
    assert made.status_code == 201, made.content
    one = made.json()
    assert made["Location"] == f"/api/v1/letter-templates/{one['id']}"
    contacts = [{"kind": "email", "value": "anna@yandex.ru"}]
    client = program.post("clients", {"name": "Смирнова Анна", "contacts": contacts}).json()["client"]["id"]
    sent = {"client": client, "subject": "Для вас, {{ client.first_name }}", "body": one["body"]}
    shown = program.post("letter-templates/preview", sent).json()
    assert shown == {"address": "anna@yandex.ru", "subject": "Для вас, Анна", "body": "Здравствуйте, Анна!"}
    with shop.as_(shop.cast.owner):
        assert not Message.objects.exists()
    changed = program.call("PATCH", f"letter-templates/{one['id']}", {"subject": "Оферта для вас"}).json()
    assert (changed["subject"], changed["body"]) == ("Оферта для вас", one["body"])
    assert program.get(f"letter-templates/{one['id']}").json() == changed
    taken = program.post("letter-templates", {"name": "Оферта", "body": "Ещё"})
    assert (taken.status_code, set(taken.json()["fields"])) == (422, {"name"})
    broken = program.post("letter-templates", {"name": "Сломанное", "body": "{{ client.nothing }}"})
    assert (broken.status_code, set(broken.json()["fields"])) == (422, {"body"})
    code = program.post("fields", {"name": "Бюджет", "kind": "money"}).json()["code"]
    assert f"client.fields.{code} | money" in program.get("letter-templates/fields").json()["items"]
    assert program.call("DELETE", f"letter-templates/{one['id']}").status_code == 204
    assert program.call("DELETE", f"letter-templates/{one['id']}").status_code == 404
    assert one["id"] not in [it["id"] for it in program.get("letter-templates").json()["items"]]
    assert Program.of(shop.cast.colleague).get("letter-templates").status_code == 403
