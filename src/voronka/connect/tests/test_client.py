"""The generated Python client: up to date, and tried against the running API."""

import importlib.util
import sys
from pathlib import Path

import pytest

from voronka.connect.testing import make_key
from voronka.deals.testing import make_shop

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
