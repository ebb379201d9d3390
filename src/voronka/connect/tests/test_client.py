"""The generated Python client: up to date, and tried against the running API."""

import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from voronka.connect.testing import make_key
from voronka.deals.testing import make_shop
from voronka.people.models import BulkRun
from voronka.people.services import bulk

ROOT = Path(__file__).resolve().parents[4]
pytestmark = pytest.mark.django_db(transaction=True)


def loaded(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def test_it_is_up_to_date():
    tool = loaded(ROOT / "tools" / "api_client.py")
    assert tool.TARGET.read_text("utf-8") == tool.written(tool.document()), "run python tools/api_client.py"


def test_it_works_against_the_running_api(live_server):
    made = loaded(ROOT / "clients" / "python" / "voronka_api.py")
    shop = make_shop()
    voronka = made.Voronka(live_server.url, make_key(shop.cast.owner))
    card = voronka.create_client({"name": "Смирнова Анна", "contacts": [{"kind": "phone", "value": "+79161234567"}]})
    client = card["client"]["id"]
    assert voronka.get_client(client)["last_name"] == "Смирнова"
    kitchen = {"client": client, "title": "Кухня", "sum": "1000.00"}
    deal = voronka.open_deal(kitchen, token="kitchen")
    assert voronka.open_deal(kitchen, token="kitchen")["id"] == deal["id"]
    pressed = voronka.press_button(deal["id"], {"button": "miss", "outcome": "busy"})
    assert voronka.undo_press(pressed["id"], {})["deal"]["id"] == deal["id"]
    for number in range(5):
        voronka.create_client({"name": f"Анна {number}", "city": "Омск"})
    found = list(made.each(voronka.list_clients, limit=2, filters={"city": "Омск"}))
    assert len(found) == 5
    assert voronka.add_note(client, {"text": "Утром"})["text"] == "Утром"
    run = voronka.upload_import(("clients.csv", "Имя;Телефон\nАнна;+79161230009\n".encode()))
    assert [one["target"] for one in run["columns"]] == ["name", "phone"]
    voronka.drop_import(run["id"])
    with pytest.raises(made.Refused) as refused:
        voronka.get_client("nobody")
    assert (refused.value.status, refused.value.code) == (404, "not_found")
    with pytest.raises(made.Refused) as refused:
        voronka.create_client({"gender": "x"})
    assert set(refused.value.fields) == {"gender"}
    assert voronka.get_me()["employee"]["name"] == "Olga Orlova"


def do(shop, job) -> None:
    """Run the job of the only change of many clients, as the worker does."""
    with shop.as_(shop.cast.owner):
        with transaction.atomic():
            run_id = BulkRun.objects.get().pk
        job(run_id)


def test_a_day_of_a_program(live_server):
    """One story over the working day: from the day's reminders to the bin, all by the generated client."""
    made = loaded(ROOT / "clients" / "python" / "voronka_api.py")
    shop = make_shop()
    voronka = made.Voronka(live_server.url, make_key(shop.cast.owner))
    later = (datetime.now(UTC) + timedelta(hours=30)).isoformat()
    # Reminders, and how one likes them.
    reminder = voronka.add_reminder({"text": "Позвонить перевозчику", "at": later})
    assert voronka.change_habits({"sound": False})["sound"] is voronka.get_habits()["sound"] is False
    assert [one["id"] for one in made.each(voronka.list_reminders, state="ahead")] == [reminder["id"]]
    voronka.snooze_reminder(reminder["id"], {"by": "1h"})
    assert voronka.settle_reminder(reminder["id"]) is None
    assert voronka.settle_reminders() == {"count": 0}
    assert voronka.mark_read({})["count"] == len(voronka.list_notices()["items"]) == 0
    # Clients come, with a file in a field of the company's own; many are changed at once, and put back.
    always = {"call_opens_minute": 0, "call_closes_minute": 1440, "zone": "Europe/Moscow"}
    cards = [voronka.create_client({"name": f"Анна {one}", "city": "Омск", **always})["client"] for one in range(3)]
    field = voronka.add_field({"name": "Договор", "kind": "file"})["code"]
    card = voronka.fill_file(cards[0]["id"], field, ("договор.pdf", b"%PDF-1"))
    assert voronka.get_client_attachment(card["id"], card["fields"][field]) == b"%PDF-1"
    change = voronka.choose_clients({"query": "f.city=Омск"})
    vip = {"action": "vip", "value": True}
    assert voronka.preview_change(change["id"], vip)["will_change"] == 3
    assert voronka.start_change(change["id"], vip)["state"] == "running"
    do(shop, bulk.run)
    assert voronka.get_change(change["id"])["changed"] == 3
    assert voronka.undo_change(change["id"])["state"] == "undoing"
    do(shop, bulk.undo)
    history = list(made.each(voronka.read_history, card["id"], limit=1))
    assert [one["field"] for one in history[0]["fields"]] == ["is_vip"]
    # A list is kept and called through; the client in hand is held and let go.
    saved = voronka.save_list({"subject": "client", "name": "Омичи", "query": "f.city=Омск"})
    assert voronka.change_saved(saved["id"], {"is_shared": True})["is_shared"]
    voronka.drop_saved(saved["id"])
    assert voronka.restore_saved(saved["id"])["name"] == "Омичи"
    walk = voronka.start_walk({"subject": "client", "query": saved["query"], "name": saved["name"]})
    step = voronka.take_of_walk(walk["id"])
    pipeline = voronka.list_pipelines()["items"][0]["id"]
    deal = voronka.open_of_walk(walk["id"], step["position"], {"pipeline": pipeline})
    assert voronka.hold_deal(deal["id"])["until"]
    voronka.press_button(deal["id"], {"button": "miss", "outcome": "busy"})
    voronka.release_deal(deal["id"])
    voronka.skip_of_walk(walk["id"], voronka.take_of_walk(walk["id"])["position"])
    assert voronka.stop_walk(walk["id"])["ended_at"]
    assert [one["count"] for one in voronka.get_walk(walk["id"])["outcomes"]] == [1]
    assert [one["id"] for one in made.each(voronka.list_walks)] == [walk["id"]]
    assert [one["deal"] for one in voronka.list_waiting()["items"]] in ([], [deal["id"]])
    # Tasks with their files, their times; whose turn it is.
    task = voronka.set_task({"title": "Счёт", "due_at": later, "client": card["id"]})
    file = voronka.attach_file(task["id"], ("счёт.pdf", b"%PDF-2"))
    assert voronka.get_task_attachment(task["id"], file["id"]) == b"%PDF-2"
    voronka.detach_file(task["id"], file["id"])
    step_id = voronka.get_deal(deal["id"])["next_step"]["id"]
    moved = voronka.move_task(step_id, {"at": later})
    assert voronka.undo_move({"undo": moved["undo"]})["id"] == step_id
    assert voronka.get_day(on=later[:10])["on"] == later[:10]
    assert task["id"] in [one["id"] for one in voronka.list_loose()["items"]]
    assert voronka.list_mates()["items"][0]["employee"] == voronka.get_me()["employee"]
    assert voronka.take_next(anyway=True)["is_day_off"] is False
    # Letters.
    template = voronka.add_template({"name": "Оферта", "body": "Здравствуйте, {{ client.first_name }}!"})
    assert voronka.preview_letter({"client": card["id"], "body": template["body"]})["body"].startswith("Здравствуйте")
    voronka.drop_template(template["id"])
    # One who wants no calls any more lies in the bin, and comes back.
    voronka.bin_client(cards[1]["id"])
    assert [one["client"]["id"] for one in made.each(voronka.list_binned)] == [cards[1]["id"]]
    assert voronka.restore_clients({"clients": [cards[1]["id"]]}) == {"clients": [cards[1]["id"]]}


def test_it_knows_a_genuine_message():
    import time

    from voronka.connect.rules.signing import new_secret, signatures

    made = loaded(ROOT / "clients" / "python" / "voronka_api.py")
    secret, body, now = new_secret(), b'{"type": "x"}', int(time.time())
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(now),
        "Webhook-Signature": signatures([new_secret(), secret], "msg_1", now, body),
    }
    assert made.is_genuine(secret, headers, body)
    assert not made.is_genuine(secret, headers, body + b" ")
    assert not made.is_genuine(secret, {**headers, "Webhook-Id": "msg_2"}, body)
    old = {**headers, "Webhook-Timestamp": str(now - 301)}
    old["Webhook-Signature"] = signatures([secret], "msg_1", now - 301, body)
    assert not made.is_genuine(secret, old, body)
