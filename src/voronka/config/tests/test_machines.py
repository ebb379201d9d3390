"""The command that makes a key, run as an administrator runs it."""

from contextlib import nullcontext

import pytest

from voronka.accounts.testing import make_company, user_of
from voronka.config import cli
from voronka.connect.testing import Program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def here(monkeypatch):
    from voronka.config import machines

    monkeypatch.setattr(machines, "reach_database", nullcontext)


def test_a_key_is_made_and_opens_in_the_name_of_its_employee(capsys):
    cast = make_company()
    words = [
        "apikey",
        "Shop",
        "--as",
        user_of(cast.colleague).email.upper(),
        "--scope",
        "company:read",
        "--days",
        "9",
    ]
    assert cli.main(words) == 0
    key = capsys.readouterr().out.strip()
    told = Program(key).get("me").json()
    assert told["employee"]["name"] == "Maxim Manager"
    assert told["scopes"] == ["company:read"]
    assert told["rights"] == {}
    assert Program(key).get("clients").status_code == 403


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--as", "nobody@example.com"], "nobody works here"),
        (["--as", "OWNER", "--scope", "all"], "no such scope"),
        (["--as", "OWNER", "--days", "0"], "3660"),
        (["--as", "OWNER", "--company", "Other"], "--company"),
    ],
)
def test_mistakes_end_in_one_sentence(words, said, capsys):
    cast = make_company()
    words = [user_of(cast.owner).email if word == "OWNER" else word for word in words]
    assert cli.main(["apikey", "Shop", *words]) == 2
    assert said in capsys.readouterr().err
