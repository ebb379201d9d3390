"""Every setting is documented, and a wrong one ends in a sentence."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from voronka.config import env

SOURCE = Path(__file__).resolve().parents[3]
TABLE = (SOURCE.parent / "docs" / "install.md").read_text("utf-8")


def names_in_code() -> set[str]:
    found = set()
    for path in (SOURCE / "voronka").rglob("*.py"):
        if "tests" not in path.parts:
            named = r"\b(?:VORONKA_[A-Z_]+|DATABASE_URL|SHOP_PORT|PORT)\b(?=\")"
            found |= set(re.findall(named, path.read_text("utf-8")))
    return found


def test_every_variable_that_the_code_reads_stands_in_the_table() -> None:
    known = names_in_code()
    assert {"PORT", "DATABASE_URL", "VORONKA_HOME"} <= known
    assert {name for name in known if f"`{name}`" not in TABLE} == set()


def test_every_variable_of_the_table_is_read() -> None:
    rows = set(re.findall(r"^\| `([A-Z_]+)`", TABLE, re.MULTILINE))
    assert rows - names_in_code() == set()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("VORONKA_DEBUG", "maybe", "VORONKA_DEBUG='maybe': expected yes or no"),
        ("VORONKA_SECRET_KEY", "short", "at least 32 signs"),
        ("VORONKA_TRUSTED_PROXIES", "-1", "whole number"),
        ("VORONKA_HOME", __file__, "this is a file"),
        ("VORONKA_HOME", "/proc/nowhere", "cannot be written"),
        ("DATABASE_URL", "postgresql://user@host", "name of the database is missing"),
    ],
)
def test_a_wrong_setting_ends_the_command_with_one_sentence(
    name: str, value: str, sentence: str, tmp_path: Path
) -> None:
    variables = {key: kept for key, kept in os.environ.items() if not key.startswith(("VORONKA_", "DATABASE_URL"))}
    variables.update(
        {
            "VORONKA_HOME": str(tmp_path),
            "PYTHONPATH": str(SOURCE),
            "DJANGO_SETTINGS_MODULE": "voronka.config.settings",
            "VORONKA_DB_APP_URL": "postgresql:///none?host=/nowhere",
            name: value,
        }
    )
    if name in {"VORONKA_HOME", "DATABASE_URL"}:
        del variables["VORONKA_DB_APP_URL"]
    done = subprocess.run(
        [sys.executable, "-m", "voronka.config.cli", "migrate"],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("postgresql://u:p%40s@h:5433/n", {"NAME": "n", "USER": "u", "PASSWORD": "p@s", "HOST": "h", "PORT": "5433"}),
        ("postgres:///n?host=/run/pg", {"NAME": "n", "USER": "", "PASSWORD": "", "HOST": "/run/pg", "PORT": ""}),
        ("postgresql://u@/n?host=%2Frun", {"NAME": "n", "USER": "u", "PASSWORD": "", "HOST": "/run", "PORT": ""}),
    ],
)
def test_addresses_of_databases_are_taken_apart(raw: str, expected: dict[str, str]) -> None:
    assert env.postgres_url(raw) == expected
