"""The commands about people, run as an administrator runs them."""

import io
import sys

import pytest
from django.test import Client

from voronka.accounts import queries
from voronka.accounts.models import User
from voronka.config import cli

pytestmark = pytest.mark.django_db
PASSWORD = "rowan-lantern-41-creek"


@pytest.fixture
def typed(monkeypatch):
    """Reach the base of the test, and type lines as the input."""
    from contextlib import nullcontext

    from voronka.config import people

    monkeypatch.setattr(people, "reach_database", nullcontext)
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_company_is_founded_and_its_owner_signs_in(typed):
    typed(PASSWORD + "\n")
    assert cli.main(["company", "Ладная кухня", "--owner", "Anna@Example.com", "--owner-name", "Анна Ветрова"]) == 0
    assert queries.any_company()
    client = Client()
    client.post("/account/login/", {"login": "anna@example.com", "password": PASSWORD})
    assert "Ветрова" in client.get("/me/").content.decode()
    assert cli.main(["company", "Вторая", "--owner", "anna@example.com"]) == 0
    assert len(queries.places_of_user(User.objects.get().pk)) == 2


def test_a_weak_password_founds_nothing(typed, capsys):
    typed("short\n")
    assert cli.main(["company", "A", "--owner", "anna@example.com"]) == 2
    assert "12" in capsys.readouterr().err
    assert not queries.any_company()


def test_a_link_for_a_new_password(typed, capsys):
    typed(PASSWORD + "\n")
    cli.main(["company", "A", "--owner", "anna@example.com"])
    capsys.readouterr()
    assert cli.main(["password", "anna@example.com"]) == 0
    link = capsys.readouterr().out.strip()
    path = "/" + link.split("/", 3)[3]
    client = Client()
    page = client.get(path)
    assert client.post(page.url, {"password1": PASSWORD + "x", "password2": PASSWORD + "x"}).status_code == 302
    assert User.objects.get().check_password(PASSWORD + "x")
    assert cli.main(["password", "nobody@example.com"]) == 2
