"""Pipelines, stages, reasons, sharing, own fields, kinds of tasks and the company, set up by a program."""

from datetime import UTC, datetime

import pytest

from voronka.accounts import queries as accounts
from voronka.accounts import services as account_services
from voronka.accounts.testing import add_person
from voronka.connect.testing import Program
from voronka.deals.models import PipelineMember, Stage
from voronka.deals.testing import Shop, make_client, make_deal, make_shop
from voronka.people.models import Client, CustomField
from voronka.work.queries.reminders import overdue_hours

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def program(shop: Shop) -> Program:
    """Act as the head of sales: he sets selling up, though not the company."""
    return Program.of(add_person(shop.cast.owner, "head"))


def me(actor) -> str:
    return Program.of(actor).get("me").json()["employee"]["id"]


def names(pipeline: dict) -> list[str]:
    return [one["name"] for one in pipeline["stages"]]


def test_a_pipeline_is_built_stage_by_stage(shop, program):
    mate = me(shop.cast.colleague)
    made = program.post("pipelines", {"name": "Кухни", "answer_minutes": 5, "members": [mate]})
    assert made.status_code == 201
    way = made.json()
    path = f"pipelines/{way['id']}"
    assert (way["answer_minutes"], [one["id"] for one in way["members"]]) == (5, [mate])
    assert (len(way["stages"]), way["stages"][0]["place"]) == (1, 0)
    assert way["stages"][0]["buttons"] > 3  # a stage begins with the usual buttons of a call
    measure = {"name": "Замер", "probability": 40, "norm_days": 3, "required_fields": ["deal.sum"]}
    stage = program.post(f"{path}/stages", measure).json()
    assert {name: stage[name] for name in measure} == measure
    program.post(f"{path}/stages", {"name": "Разговор", "place": 1})
    assert names(program.get(path).json()) == [way["stages"][0]["name"], "Разговор", "Замер"]
    moved = program.call("PATCH", f"stages/{stage['id']}", {"place": 0, "norm_days": None, "name": "Обмер"}).json()
    assert (moved["place"], moved["norm_days"], moved["probability"]) == (0, None, 40)
    assert program.get(f"stages/{stage['id']}").json() == moved
    changed = program.call("PATCH", path, {"place": 0, "members": [], "is_active": False}).json()
    assert (changed["place"], changed["members"], changed["is_active"]) == (0, [], False)
    assert program.get("pipelines").json()["items"][0]["id"] == way["id"]
    gone = program.post(f"stages/{stage['id']}/delete", {})
    assert gone.json() == {"is_gone": True}
    assert program.get(f"stages/{stage['id']}").status_code == 404
    with shop.as_(shop.cast.owner):
        assert not PipelineMember.objects.filter(pipeline__public_id=way["id"]).exists()


def test_a_stage_with_deals_goes_when_they_have_a_place(shop, program):
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner)
    stage, way = deal.stage.public_id, deal.pipeline.public_id
    # Buttons of other stages lead to the shipped ones: a stage of one's own takes the deal.
    own = program.post(f"pipelines/{way}/stages", {"name": "Запас"}).json()["id"]
    with shop.as_(shop.cast.owner):
        type(deal).objects.filter(pk=deal.pk).update(stage=Stage.objects.get(public_id=own))
    refused = program.post(f"stages/{own}/delete", {})
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"move_to"})
    assert program.post(f"stages/{own}/delete", {"move_to": stage}).json() == {"is_gone": True}
    with shop.as_(shop.cast.owner):
        deal.refresh_from_db()
        assert deal.stage.public_id == stage


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"name": " "}, "name"),
        ({"name": None}, "name"),
        ({"answer_minutes": 0}, "answer_minutes"),
        ({"members": ["nobody"]}, "members"),
        ({"is_active": None}, "is_active"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_what_a_pipeline_cannot_be_is_refused_and_nothing_is_half_done(program, sent, place):
    way = program.get("pipelines").json()["items"][0]
    answer = program.call("PATCH", f"pipelines/{way['id']}", {"name": "Иначе", **sent})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {place}), answer.content
    assert program.get("pipelines").json()["items"][0]["name"] == way["name"]


def test_a_stage_demands_only_fields_that_there_are(program):
    stage = program.get("pipelines").json()["items"][0]["stages"][0]["id"]
    length = program.post("fields", {"name": "Длина", "kind": "number"}).json()["code"]
    way = program.post("fields", {"name": "Доставка", "kind": "text", "subject": "deal"}).json()["code"]
    wanted = [length, f"deal.custom.{way}", "deal.sum"]
    sent = {"required_fields": wanted}
    assert program.call("PATCH", f"stages/{stage}", sent).json()["required_fields"] == wanted
    answer = program.call("PATCH", f"stages/{stage}", {"required_fields": ["nonsense"]})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"required_fields"})


def test_reasons_are_added_renamed_and_put_away(program):
    made = program.post("loss-reasons", {"name": "Нет бюджета"}).json()
    assert program.post("loss-reasons", {"name": " "}).json()["fields"].keys() == {"name"}
    assert program.call("PATCH", f"loss-reasons/{made['code']}", {"name": "Нет денег"}).json()["name"] == "Нет денег"
    program.call("PATCH", f"loss-reasons/{made['code']}", {"is_active": False})
    offered = [one["code"] for one in program.get("loss-reasons").json()["items"]]
    everything = {one["code"]: one for one in program.get("loss-reasons", state="all").json()["items"]}
    assert made["code"] not in offered
    assert everything[made["code"]] == {"code": made["code"], "name": "Нет денег", "is_active": False}
    for code in offered[:-1]:
        program.call("PATCH", f"loss-reasons/{code}", {"is_active": False})
    last = program.call("PATCH", f"loss-reasons/{offered[-1]}", {"is_active": False})
    assert (last.status_code, last.json()["code"]) == (409, "last_reason")
    assert program.call("PATCH", "loss-reasons/nonsense", {"name": "x"}).status_code == 404


def test_rules_of_sharing_are_set_put_in_order_and_tried(shop, program):
    mate, way = me(shop.cast.colleague), program.get("pipelines").json()["items"][0]["id"]
    with shop.as_(shop.cast.owner):
        omsk = make_client("Иванов", city="Омск").public_id
        tula = make_client("Петров", city="Тула").public_id
    sent = {"name": "Сибирь", "way": "turn", "employees": [mate], "asked": {"city": "Омск"}, "sum_from": "1000.00"}
    rule = program.post(f"pipelines/{way}/sharing", sent).json()
    assert ([one["id"] for one in rule["employees"]], rule["asked"]) == ([mate], {"city": "Омск"})
    assert "Омск" in rule["when"]
    pool = program.post(f"pipelines/{way}/sharing", {"way": "pool", "channels": ["import"], "place": 0}).json()
    assert [one["id"] for one in program.get(f"pipelines/{way}/sharing").json()["items"]] == [pool["id"], rule["id"]]

    def tried(client: str, **more: str) -> tuple[str | None, str | None]:
        told = program.post(f"pipelines/{way}/sharing/try", {"client": client, **more}).json()
        assert told["why"]
        return told["employee"] and told["employee"]["id"], told["rule"]

    assert tried(omsk, sum="5000") == (mate, rule["id"])
    assert tried(omsk, sum="10") == (None, None)
    assert tried(omsk, sum="5000", channel="import") == (None, pool["id"])
    assert tried(tula, sum="5000") == (None, None)
    changed = program.call("PATCH", f"share-rules/{rule['id']}", {"sum_from": None, "place": 0}).json()
    assert (changed["sum_from"], changed["name"], changed["asked"], changed["place"]) == (
        None, "Сибирь", {"city": "Омск"}, 0,
    )  # fmt: skip
    assert tried(omsk, sum="10") == (mate, rule["id"])
    assert program.get(f"share-rules/{rule['id']}").json() == changed
    assert program.call("DELETE", f"share-rules/{rule['id']}").status_code == 204
    assert tried(omsk, sum="5000") == (None, None)


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"way": "magic"}, "way"),
        ({"asked": {"nonsense": "1"}}, "asked.nonsense"),
        ({"employees": ["nobody"]}, "employees"),
        ({"sum_from": "10", "sum_to": "5"}, "sum_to"),
        ({"asked": {"city": "a", "name": "b", "zone": "c", "inn": "d"}}, "asked"),
    ],
)
def test_what_a_rule_cannot_be_is_told_at_its_place(program, sent, place):
    way = program.get("pipelines").json()["items"][0]["id"]
    answer = program.post(f"pipelines/{way}/sharing", {"way": "turn", **sent})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {place}), answer.content
    assert program.get(f"pipelines/{way}/sharing").json() == {"items": []}


def test_own_fields_of_both_subjects_and_their_order(shop, program):
    first = program.post("fields", {"name": "Длина", "kind": "number"}).json()
    second = program.post("fields", {"name": "Ширина", "kind": "number"}).json()
    of_deal = program.post(
        "fields", {"name": "Доставка", "kind": "choice", "options": ["Да"], "subject": "deal"}
    ).json()
    assert (first["subject"], of_deal["subject"]) == ("client", "deal")

    def order() -> list[str]:
        return [one["id"] for one in program.get("fields").json()["items"]]

    assert order() == [first["id"], second["id"]]
    program.call("PATCH", f"fields/{second['id']}", {"place": 0})
    assert order() == [second["id"], first["id"]]
    assert [one["id"] for one in program.get("fields", subject="deal").json()["items"]] == [of_deal["id"]]
    put_away = program.call("PATCH", f"fields/{of_deal['id']}", {"is_active": False}).json()
    assert (put_away["is_active"], put_away["options"]) == (False, ["Да"])
    with shop.as_(shop.cast.owner):
        assert not CustomField.objects.get(public_id=of_deal["id"]).is_active


def test_what_makes_a_card_complete(program):
    length = program.post("fields", {"name": "Длина", "kind": "number"}).json()["code"]
    held = {one["code"]: one for one in program.get("completeness").json()["items"]}
    assert held[f"custom.{length}"]["usual"] == "Длина?"
    sent = {"fields": {"city": {"weight": 50}, f"custom.{length}": {"question": "Какая длина?"}}}
    told = {one["code"]: one for one in program.call("PATCH", "completeness", sent).json()["items"]}
    assert (told["city"]["weight"], told["city"]["question"]) == (50, "")
    assert told[f"custom.{length}"] == {**held[f"custom.{length}"], "question": "Какая длина?"}
    assert told["phone"] == held["phone"]
    answer = program.call("PATCH", "completeness", {"fields": {"nonsense": {"weight": 1}}})
    assert answer.json()["fields"] == {"fields.nonsense": "There is no such field."}


def test_kinds_of_tasks_and_when_overdue_ones_are_told(shop, program):
    made = program.post("task-kinds", {"name": "Счёт", "requires": ["about"], "asks": ["Номер"]}).json()
    changed = program.call("PATCH", f"task-kinds/{made['id']}", {"asks": []}).json()
    assert (changed["name"], changed["requires"], changed["asks"]) == ("Счёт", ["about"], [])
    again = program.post("task-kinds", {"name": "Счёт"})
    assert (again.status_code, set(again.json()["fields"])) == (422, {"name"})
    program.call("PATCH", f"task-kinds/{made['id']}", {"is_active": False})
    assert made["id"] not in [one["id"] for one in program.get("task-kinds").json()["items"]]
    assert made["id"] in [one["id"] for one in program.get("task-kinds", state="all").json()["items"]]
    assert program.get("task-rules").json() == {"overdue_hours": 24}
    assert program.call("PATCH", "task-rules", {"overdue_hours": 6}).json() == {"overdue_hours": 6}
    assert program.call("PATCH", "task-rules", {"overdue_hours": 0}).json()["fields"].keys() == {"overdue_hours"}
    with shop.as_(shop.cast.owner):
        assert overdue_hours() == 6


def test_the_company_is_set_up_by_its_owner_only(shop, program):
    assert program.get("company").status_code == 403
    assert program.call("PATCH", "company", {"name": "Дуб"}).status_code == 403
    owner = Program.of(shop.cast.owner)
    before = owner.get("company").json()
    sent = {"name": "Дуб и сыновья", "zone": "Asia/Omsk", "call_opens_minute": 600, "is_led": True}
    changed = owner.call("PATCH", "company", sent).json()
    assert changed == {**before, **sent}
    hours = owner.call("PATCH", "company", {"call_closes_minute": 610})
    assert (hours.status_code, set(hours.json()["fields"])) == (422, {"call_closes_minute"})
    renewed = owner.post("company/form-key").json()["form_url"]
    assert renewed != before["form_url"]
    with shop.as_(shop.cast.owner):
        assert renewed.endswith(f"/f/{accounts.get_company_rules().form_key}")
    module = before["modules"][0]["code"]
    off = owner.call("PATCH", "company", {"modules_off": [module]}).json()
    assert [one["code"] for one in off["modules"] if not one["is_on"]] == [module]
    assert owner.call("PATCH", "company", {"unused": []}).json()["modules"] == off["modules"]
    wrong = owner.call("PATCH", "company", {"name": "Иначе", "modules_off": ["nonsense"]})
    assert wrong.json()["fields"] == {"modules_off": "There is no such code: nonsense."}
    assert owner.get("company").json()["name"] == "Дуб и сыновья"


def test_which_requests_wait_to_be_sorted(shop):
    owner = Program.of(shop.cast.owner)
    sent = {"channels": ["api"], "sources": ["Yandex"]}
    told = owner.call("PATCH", "company/inbox", sent).json()
    assert told == {"channels": ["api"], "sources": ["yandex"], "blocked": []}
    lead = owner.post("leads", {"name": "Анна", "phones": ["+79161234567"]}).json()
    assert lead["state"] == "waiting"
    owner.post(f"leads/{lead['lead']}/reject", {"block": True})
    (blocked,) = owner.get("company/inbox").json()["blocked"]
    assert (blocked["kind"], blocked["value"]) == ("phone", "+79161234567")
    assert owner.call("DELETE", f"company/blocked/{blocked['id']}").status_code == 204
    assert owner.call("PATCH", "company/inbox", {"channels": []}).json() == {
        "channels": [], "sources": ["yandex"], "blocked": [],
    }  # fmt: skip


def test_what_left_as_files_is_told_page_by_page_and_filters_only_to_those_who_see_all(shop):
    with shop.as_(shop.cast.owner) as owner:
        for number in range(60):
            account_services.log_list_export(
                actor=owner, what="client", query=["город: Омск"], columns=["Имя", "Город"], rows=number,
                file_format="csv", now=datetime.now(UTC),
            )  # fmt: skip
        role = account_services.make_role(actor=owner, name="Проверяющий", like="owner")
        account_services.change_role(
            actor=owner, role_id=role.pk, wanted=account_services.RoleChoices(fields={"client.city": 0})
        )
        narrow = Program.of(add_person(owner, role.code))
    program = Program.of(shop.cast.owner)
    first = program.get("company/exports").json()
    rest = program.get("company/exports", cursor=first["next"]).json()
    assert [one["rows"] for one in [*first["items"], *rest["items"]]] == list(range(59, -1, -1))
    assert rest["next"] is None
    line = first["items"][0]
    assert (line["query"], line["columns"], line["employee"]["name"]) == (
        ["город: Омск"],
        "Имя, Город",
        "Olga Orlova",
    )
    assert {tuple(one["query"]) for one in narrow.get("company/exports").json()["items"]} == {()}


def test_a_trade_is_chosen_once_and_not_over_what_was_made(shop):
    program = Program.of(shop.cast.owner)
    assert program.post("company/trade", {"trade": "nonsense"}).json()["fields"].keys() == {"trade"}
    chosen = program.post("company/trade", {"trade": "shop"}).json()
    assert [one["code"] for one in chosen["items"] if one["is_chosen"]] == ["shop"]
    assert program.post("company/trade", {"trade": "services"}).json()["may_change"] is True
    with shop.as_(shop.cast.owner) as owner:
        make_deal(owner)
    late = program.post("company/trade", {"trade": "shop"})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert program.get("company/trades").json()["may_change"] is False


def test_settings_are_read_by_those_who_may_set_them_and_by_the_scope(shop, program):
    way = program.get("pipelines").json()["items"][0]["id"]
    manager = Program.of(shop.cast.colleague)
    assert manager.get(f"pipelines/{way}").status_code == 403
    reader = Program.of(shop.cast.owner, "settings:read")
    assert reader.get(f"pipelines/{way}").status_code == 200
    answer = reader.call("PATCH", f"pipelines/{way}", {"name": "Иначе"})
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")


def test_who_sees_no_clients_of_others_tries_nothing_on_them(shop):
    with shop.as_(shop.cast.owner) as owner:
        role = account_services.make_role(actor=owner, name="Настройщик", like="manager")
        rights = {"deals.edit_buttons": 3, "people.see_clients": 1}
        account_services.change_role_rights(actor=owner, role_id=role.pk, rights=rights)
        other = Client.objects.create(name="Чужой", responsible_id=owner.employee_id)
        way = Program.of(shop.cast.owner).get("pipelines").json()["items"][0]["id"]
        fitter = add_person(owner, role.code)
    answer = Program.of(fitter).post(f"pipelines/{way}/sharing/try", {"client": other.public_id})
    assert answer.status_code == 404
