"""A company set up from nothing by the generated client, to its first pressed button."""

import importlib.util
import sys
from pathlib import Path

import pytest

from voronka.accounts.testing import make_company
from voronka.connect.testing import make_key

CLIENT = Path(__file__).resolve().parents[4] / "clients" / "python" / "voronka_api.py"
pytestmark = pytest.mark.django_db(transaction=True)
DAY = {"opens_minute": 600, "closes_minute": 1140}


@pytest.fixture
def made():
    spec = importlib.util.spec_from_file_location(CLIENT.stem, CLIENT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[CLIENT.stem] = module
    spec.loader.exec_module(module)
    return module


def test_a_program_sets_a_company_up(made, live_server):
    cast = make_company()
    voronka = made.Voronka(live_server.url, make_key(cast.owner))
    pipeline = set_selling_up(made, voronka)
    manager = set_staff_up(voronka)
    voronka.change_pipeline(pipeline, {"members": [manager]})
    voronka.add_share_rule(pipeline, {"way": "turn", "employees": [manager], "asked": {"city": "Омск"}})
    set_the_rest_up(voronka)
    client = voronka.create_client({"name": "Смирнова Анна", "city": "Омск"})["client"]["id"]
    tried = voronka.try_sharing(pipeline, {"client": client, "channel": "api"})
    assert tried["employee"]["id"] == manager
    deal = voronka.open_deal({"client": client, "pipeline": pipeline, "title": "Кухня", "sum": "90000.00"})
    (button,) = voronka.list_buttons(deal["id"])["items"]
    assert button["label"] == "Замер"
    pressed = voronka.press_button(deal["id"], {"button": button["key"]})
    assert pressed["deal"]["stage"]["name"] == "Замер назначен"


def set_selling_up(made, voronka) -> str:
    """Choose a trade, then a pipeline of one's own with a stage that demands the sum and a button that leads there."""
    assert voronka.list_trades()["may_change"]
    voronka.choose_trade({"trade": "services"})
    assert [one["is_chosen"] for one in voronka.list_trades()["items"] if one["code"] == "services"] == [True]
    pipeline = voronka.add_pipeline({"name": "Кухни на заказ", "answer_minutes": 5})
    first = pipeline["stages"][0]["id"]
    measured = voronka.add_stage(pipeline["id"], {"name": "Замер назначен", "required_fields": ["deal.sum"]})
    kinds = {one["kind"]: one for one in voronka.list_step_kinds(first)["items"]}
    options = [one["value"] for one in kinds["deals.change_stage"]["settings"][0]["options"]]
    assert options == [first, measured["id"]]
    held = voronka.get_stage_buttons(first)
    forward = {"kind": "deals.change_stage", "stage": measured["id"]}
    task = {"kind": "deals.set_task", "when": "client_morning"}
    outcome = {"label": "Замер", "result": "meeting", "steps": [forward]}
    button = {"label": "Замер", "icon": "ruler-measure", "tone": "next", "outcomes": [outcome]}
    draft = voronka.put_button_draft(first, {"rev": held["rev"], "buttons": [button]})
    assert [one["place"] for one in draft["problems"]] == ["buttons.0.outcomes.0"]  # no next step yet
    with pytest.raises(made.Refused) as refused:
        voronka.enable_buttons(first, {"rev": draft["rev"]})
    assert (refused.value.code, set(refused.value.fields)) == ("not_ready", {"buttons.0.outcomes.0"})
    outcome["steps"].append(task)
    draft = voronka.put_button_draft(first, {"rev": draft["rev"], "buttons": [button]})
    assert voronka.enable_buttons(first, {"rev": draft["rev"]})["live_version"] == 2
    reason = voronka.add_loss_reason({"name": "Делают сами"})
    assert reason in voronka.list_loss_reasons()["items"]
    return pipeline["id"]


def set_staff_up(voronka) -> str:
    """Make a team, a role that sees no phones, invite somebody; return the manager who works here already."""
    voronka.add_team({"name": "Омск"})
    role = voronka.make_role({"name": "Стажёр", "like": "manager"})
    voronka.change_role(role["code"], {"fields": {"client.phone": "hidden"}})
    sent = {"email": "nina@example.com", "first_name": "Нина", "role": role["code"], "team": "Омск"}
    invited = voronka.invite_employee(sent)
    assert "/join/" in invited["link"]
    (manager,) = [one["id"] for one in voronka.list_employees()["items"] if one["role"] == "manager"]
    voronka.set_week("company", {"week": [DAY] * 6 + [None], "lunch": None})
    assert voronka.load_holidays({"year": 2027})["added"]
    leave = voronka.add_leave(invited["employee"]["id"], {"starts_on": "2027-07-01", "ends_on": "2027-07-14"})
    voronka.drop_leave(leave["id"])
    assert voronka.get_week(manager)["week"][5] == DAY
    return manager


def set_the_rest_up(voronka) -> None:
    """Own fields, the question for one, a kind of tasks, the company's own settings, a webhook."""
    length = voronka.add_field({"name": "Длина кухни", "kind": "number"})
    voronka.add_field({"name": "Доставка", "kind": "choice", "options": ["Сами", "Курьер"], "subject": "deal"})
    code = f"custom.{length['code']}"
    voronka.change_completeness({"fields": {code: {"weight": 10, "question": "Какая длина?"}}})
    voronka.add_task_kind({"name": "Счёт", "requires": ["about"], "asks": ["Номер заказа"]})
    voronka.change_task_rules({"overdue_hours": 8})
    company = voronka.change_company({"name": "Дуб", "zone": "Asia/Omsk", "call_opens_minute": 540})
    assert (company["name"], company["zone"]) == ("Дуб", "Asia/Omsk")
    voronka.change_inbox_settings({"channels": ["form"]})
    hook = voronka.add_webhook({"url": "https://example.com/hook", "events": ["deals.DealOpened"]})
    voronka.change_webhook(hook["id"], {"about": "Учёт"})
    assert voronka.rotate_secret(hook["id"])["secret"] != hook["secret"]
