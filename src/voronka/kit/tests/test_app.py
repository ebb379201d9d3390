"""The installable application: manifest, worker, the page without connection."""

import json
import re

import pytest
from django.test import Client

from voronka.kit import app

pytestmark = pytest.mark.django_db


def test_the_manifest_names_the_application_in_the_language_asked_for(client: Client) -> None:
    answer = client.get("/manifest.webmanifest", {"lang": "en"})
    assert answer["Content-Type"] == "application/manifest+json"
    told = json.loads(answer.content)
    assert (told["name"], told["start_url"], told["scope"], told["display"]) == ("Voronka", "/", "/", "standalone")
    assert {(one["sizes"], one["purpose"]) for one in told["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    assert all(one["url"].startswith("/") and one["name"] for one in told["shortcuts"])
    assert json.loads(client.get("/manifest.webmanifest", {"lang": "ru"}).content)["lang"] == "ru"
    assert json.loads(client.get("/manifest.webmanifest", {"lang": "<script>"}).content)["lang"] in ("ru", "en")


def test_the_worker_comes_from_the_root_and_is_asked_for_anew(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Service-Worker-Allowed"] == "/"
    assert answer["Content-Type"].startswith("text/javascript")
    held = json.loads(re.match(r"const APP = (\{.*\});", answer.content.decode())[1])  # type: ignore[index]
    assert "/offline/?lang=ru" in held["shell"]
    assert all(one.startswith(("/static/", "/offline/")) for one in held["shell"])
    assert any("voronka" in one and one.endswith(".css") for one in held["shell"])


def test_the_version_changes_with_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    app.worker_text.cache_clear()
    before = app.worker_text()
    app.worker_text.cache_clear()
    monkeypatch.setattr(app, "shell_addresses", lambda: ["/static/other.css"])
    after = app.worker_text()
    app.worker_text.cache_clear()
    assert before.split('"version": ')[1][:14] != after.split('"version": ')[1][:14]


@pytest.mark.parametrize(("language", "words"), [("ru", "Нет связи с Воронкой"), ("en", "No connection to Voronka")])
def test_the_page_without_connection_is_nobodys(client: Client, language: str, words: str) -> None:
    text = client.get("/offline/", {"lang": language}).content.decode()
    assert words in text
    assert "csrf" not in text.lower()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert 'style="' not in text
