"""The API as a program sees it: cards, deals, presses, the queue, pages and refusals."""

import pytest

from voronka.connect.testing import Program
from voronka.deals.testing import make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def program(shop):
    return Program.of(shop.cast.owner)


def test_who_acts(shop, program):
    told = program.get("me").json()
    assert told["company"]["name"] == "Bellwether"
    assert told["employee"]["name"] == "Olga Orlova"
    assert told["rights"]["people.see_clients"] == "all"
    assert "connect.manage_keys" not in told["rights"]


def test_a_card_is_made_read_changed(program):
    made = program.post(
        "clients",
        {
            "name": "Смирнова Анна Петровна",
            "contacts": [{"kind": "phone", "value": "8 916 123-45-67"}],
            "city": "Омск",
        },
    )
    assert made.status_code == 201, made.content
    card = made.json()["client"]
    assert card["last_name"] == "Смирнова"
    assert card["contacts"] == [{"kind": "phone", "value": "+79161234567", "extension": "", "label": ""}]
    read = program.get(f"clients/{card['id']}")
    assert made["Location"] == f"/api/v1/clients/{card['id']}"
    changed = program.call("PATCH", f"clients/{card['id']}", {"city": "Томск"}, If_Match=read["ETag"])
    assert changed.status_code == 200, changed.content
    assert changed.json()["city"] == "Томск"
    stale = program.call("PATCH", f"clients/{card['id']}", {"city": "Тула"}, If_Match=read["ETag"])
    assert stale.status_code == 412
    assert (
        stale.json()["changed"] == ["city", "zone", "zone_source", "zone_sure"] or "city" in stale.json()["changed"]
    )
    assert program.get(f"clients/{card['id']}").json()["city"] == "Томск"
    assert program.call("PATCH", f"clients/{card['id']}", {"city": "Тула"}).status_code == 428


def test_lists_come_in_pages_by_facets_and_orders_of_the_screen(shop, program):
    for number in range(7):
        program.post("clients", {"name": f"Иванова Анна {number}", "city": "Омск" if number % 2 else "Тула"})
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get("clients", sort="name", limit=3, cursor=cursor).json()
        seen += [one["name"] for one in page["items"]]
        cursor = page["next"]
    assert seen == [f"Иванова Анна {number}" for number in range(7)]
    found = program.get("clients", **{"f.city": "Омск"}).json()["items"]
    assert {one["city"] for one in found} == {"Омск"}
    assert len(found) == 3
    first = program.get("clients", sort="name", limit=3).json()["next"]
    other = program.get("clients", sort="-name", limit=3, cursor=first)
    assert (other.status_code, other.json()["code"]) == (422, "bad_cursor")
    for wrong in ({"f.colour": "red"}, {"sort": "colour"}, {"limit": 1000}, {"city": "Омск"}, {"f.made_at": "soon"}):
        answer = program.get("clients", **wrong)
        assert answer.status_code == 422
        assert set(answer.json()["fields"]) == set(wrong)


def test_a_filter_of_an_own_field(program):
    program.post("fields", {"name": "Длина", "kind": "number"})
    code = program.get("fields").json()["items"][0]["code"]
    program.post("clients", {"name": "Анна", "fields": {code: "3,5"}})
    program.post("clients", {"name": "Ольга", "fields": {code: 7}})
    found = program.get("clients", **{f"f.custom.{code}": "5..9"}).json()["items"]
    assert [one["name"] for one in found] == ["Ольга"]
    assert f"custom.{code}" in [one["code"] for one in program.get("facets/client").json()["items"]]
    wrong = program.post("clients", {"name": "Зоя", "fields": {code: "длинная"}})
    assert set(wrong.json()["fields"]) == {f"fields.{code}"}


def test_own_fields_of_deals_by_the_api(shop, program):
    for name, kind, options in (("Доставка", "choice", ["курьер", "самовывоз"]), ("Монтажник", "person", [])):
        made = program.post("fields", {"name": name, "kind": kind, "options": options, "subject": "deal"})
        assert made.json()["subject"] == "deal"
    delivery, fitter = (one["code"] for one in program.get("fields", subject="deal").json()["items"])
    assert program.get("fields").json()["items"] == [], "those of clients are listed unless others are asked for"
    me = program.get("employees").json()["items"][0]["id"]
    client = program.post("clients", {"name": "Анна"}).json()["client"]["id"]
    wrong = program.post("deals", {"client": client, "title": "Кухня", "fields": {delivery: "голубем"}})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (422, {f"fields.{delivery}"})
    deal = program.post(
        "deals", {"client": client, "title": "Кухня", "fields": {delivery: "курьер", fitter: me}}
    ).json()
    assert deal["fields"] == {delivery: "курьер", fitter: me}
    changed = program.call("PATCH", f"deals/{deal['id']}", {"fields": {delivery: "самовывоз", fitter: None}})
    assert changed.json()["fields"] == {delivery: "самовывоз"}
    assert program.get(f"deals/{deal['id']}").json()["fields"] == {delivery: "самовывоз"}
    refused = program.call("PATCH", f"deals/{deal['id']}", {"fields": {"nothing": 1}})
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"fields.nothing"})
    program.post("deals", {"client": client, "title": "Шкаф"})
    for asked, titles in (("самовывоз", ["Кухня"]), ("курьер", [])):
        found = program.get("deals", **{f"f.custom.{delivery}": asked}).json()["items"]
        assert [one["title"] for one in found] == titles
    assert f"custom.{delivery}" in {one["code"] for one in program.get("facets/deal").json()["items"]}


def test_deals_in_pages_newest_first(shop, program):
    client = program.post("clients", {"name": "Анна"}).json()["client"]["id"]
    made = [program.post("deals", {"client": client, "title": f"Deal {number}"}).json()["id"] for number in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get("deals", limit=2, cursor=cursor, client=client).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert seen == made[::-1]
    assert program.get("deals", state="won").json()["items"] == []


def test_deals_are_filtered_by_the_facets_of_the_screen(program):
    program.post("fields", {"name": "Длина", "kind": "number"})
    code = program.get("fields").json()["items"][0]["code"]
    for name, amount, city in (("Анна", "1000", "Омск"), ("Борис", "90000", "Тула")):
        client = program.post("clients", {"name": name, "city": city, "fields": {code: len(name) - 1}}).json()[
            "client"
        ]
        program.post("deals", {"client": client["id"], "title": name, "sum": amount})
    known = {one["code"] for one in program.get("facets/deal").json()["items"]}
    asked = {"f.sum": "50000..", "f.client.city": "Тула", "f.title": "Бор", f"f.client.custom.{code}": "4.."}
    for name, value in asked.items():
        assert name[2:] in known
        found = program.get("deals", **{name: value}).json()["items"]
        assert [one["title"] for one in found] == ["Борис"], name
    assert program.get("deals", **{"f.sum": "дорого"}).status_code == 422
    assert program.get("deals", **{"f.colour": "red"}).status_code == 422


def test_a_deal_is_opened_pressed_and_taken_back(shop, program):
    client = program.post("clients", {"name": "Анна", "contacts": [{"kind": "phone", "value": "+79161234567"}]})
    sent = {"client": client.json()["client"]["id"], "title": "Kitchen", "sum": "184000.50"}
    deal = program.post("deals", sent).json()
    assert (deal["sum"], deal["source"], deal["state"]) == ("184000.50", "api", "open")
    buttons = program.get(f"deals/{deal['id']}/buttons").json()
    assert buttons["step"] == deal["next_step"]["id"]
    by_key = {one["key"]: one for one in buttons["items"]}
    asks = {ask["kind"] for one in buttons["items"] for way in one["outcomes"] for ask in way["asks"]}
    assert "moment" in asks
    back = next(key for key, one in by_key.items() if any(a["kind"] == "moment" for a in one["outcomes"][0]["asks"]))
    needs = program.post(f"deals/{deal['id']}/press", {"button": back})
    assert (needs.status_code, needs.json()["code"]) == (422, "needs_answers")
    assert needs.json()["asks"][0]["kind"] == "moment"
    key = needs.json()["asks"][0]["key"]
    assert f"answers.{key}" in needs.json()["fields"]
    answers = {key: "2027-03-01T12:00:00+03:00"}
    pressed = program.post(f"deals/{deal['id']}/press", {"button": back, "answers": answers, "step": buttons["step"]})
    assert pressed.status_code == 200, pressed.content
    assert pressed.json()["deal"]["next_step"]["at"] == "2027-03-01T09:00:00Z"
    stale = program.post(f"deals/{deal['id']}/press", {"button": back, "answers": answers, "step": buttons["step"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "moved_on")
    undone = program.post(f"presses/{pressed.json()['id']}/undo", {})
    assert undone.json()["deal"]["next_step"]["id"] == buttons["step"]
    assert [one["undone_at"] is None for one in program.get(f"deals/{deal['id']}/presses").json()["items"]] == [False]


def test_the_next_client_of_the_feed(shop):
    program = Program.of(shop.cast.owner)
    nobody = {"deal": None, "band": None, "waiting_since": None, "is_day_off": False}
    assert program.post("tasks/next").json() == nobody


def test_a_duplicate_is_reported_or_refused(program):
    anna = {"name": "Смирнова Анна Петровна", "contacts": [{"kind": "phone", "value": "+79161234567"}]}
    first = program.post("clients", anna).json()["client"]["id"]
    reported = program.post("clients", anna)
    assert [one["client"]["id"] for one in reported.json()["duplicates"]] == [first]
    refused = program.post("clients", {**anna, "if_duplicate": "refuse"})
    assert (refused.status_code, refused.json()["code"]) == (409, "duplicate")
    assert first in refused.json()["duplicates"]


@pytest.mark.parametrize(("language", "words"), [("ru", "Заполните это поле."), ("en", "Fill this in.")])
def test_problems_speak_the_language_of_the_caller(shop, language, words):
    program = Program.of(shop.cast.owner, language=language)
    answer = program.post("fields", {"name": "x"})
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Content-Language"] == language
    assert answer.json()["fields"] == {"kind": words}
    contact = program.post("clients", {"contacts": [{"kind": "phone", "value": "12"}]})
    assert set(contact.json()["fields"]) >= {"contacts.0"}


def test_an_answer_that_is_known_is_not_sent_again(program):
    first = program.get("pipelines")
    again = program.call("GET", "pipelines", If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    program.post("clients", {"name": "Анна"})
    assert program.call("GET", "clients", If_None_Match=first["ETag"]).status_code == 200


def test_the_log_is_read_forwards_with_public_ids(program):
    from voronka.kit.events import listeners

    client = program.post("clients", {"name": "Анна"}).json()["client"]["id"]
    listeners.number_events()
    page = program.get("events", types="people.ClientCreated").json()
    assert [(one["type"], one["data"]["client"]) for one in page["items"]] == [("people.ClientCreated", client)]
    assert page["is_end"]
    program.post(f"clients/{client}/notes", {"text": "Утром"})
    other = program.post("clients", {"name": "Ольга"}).json()["client"]["id"]
    listeners.number_events()
    later = program.get("events", types="people.ClientCreated", cursor=page["next"]).json()
    assert [one["data"]["client"] for one in later["items"]] == [other]


def test_pages_take_few_statements(shop, program, django_assert_max_num_queries):
    for number in range(30):
        program.post("clients", {"name": f"Анна {number}"})
    with django_assert_max_num_queries(20):
        assert len(program.get("clients", limit=30).json()["items"]) == 30


def test_the_documentation_is_ours_alone(client):
    for language, words in (("ru", "Области ключей"), ("en", "Scopes of keys")):
        page = client.get("/api/", headers={"Accept-Language": language})
        text = page.content.decode()
        assert words in text
        assert "curl -X POST http://testserver/api/v1/leads" in text
        assert "<script>" not in text
        assert 'src="http' not in text
        assert 'href="http' not in text


def test_the_document_is_openapi_with_examples(client):
    found = client.get("/api/v1/openapi.json", headers={"Accept-Language": "en"}).json()
    assert found["openapi"] == "3.1.0"
    assert (
        found["paths"]["/api/v1/clients"]["get"]["summary"] == "List clients, by the filters and orders of the screen"
    )
    for path, ways in found["paths"].items():
        for method, one in ways.items():
            for content in one.get("requestBody", {}).get("content", {}).values():
                assert "example" in content or "file" in str(content), path
            good = next(answer for status, answer in one["responses"].items() if status.startswith("2"))
            for kind, content in good.get("content", {}).items():
                assert kind != "application/json" or "example" in content, (method, path)
            assert "429" in one["responses"]
    assert "deals.DealOpened" in found["webhooks"]
