"""Imports against the real base: the labelled file, doubles, going on after a kill, two at once, taking back."""

import csv
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction

from voronka.accounts.testing import make_company
from voronka.kit.tenancy import company_context
from voronka.people.models import ImportRow
from voronka.people.services import imports

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DATA = Path(__file__).parent / "data" / "contacts_messy"


@pytest.fixture(autouse=True)
def storage(tmp_path, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "base_url": None},
        },
    }


def truth() -> dict[int, int]:
    with (DATA / "truth.csv").open() as file:
        return {int(row["row"]): int(row["person"]) for row in csv.DictReader(file)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["clients_cp1251.csv", "clients.xlsx"])
def test_the_labelled_file(name):
    cast = make_company()
    run = imports.import_file(actor=cast.owner, path=DATA / name, now=NOW)
    persons = truth()
    with company_context(cast.company_id), transaction.atomic():
        header = run.layout["header_row"]
        rows = {row.number - header: row for row in ImportRow.objects.filter(run=run)}
    assert run.state == "done"
    assert sorted(rows) == sorted(persons), "each row of the file has a fate"
    junk = {number for number, person in persons.items() if person == -1}
    rejected = {number for number, row in rows.items() if row.outcome == "rejected"}
    assert {rows[number].number for number in rejected ^ junk} == set()
    assert all(rows[number].reason for number in junk)
    joined: dict[int, set[int]] = defaultdict(set)
    for number, row in rows.items():
        if row.outcome in ("made", "updated", "skipped"):
            joined[row.client_id].add(persons[number])
    assert [one for one in joined.values() if len(one) > 1] == [], "no two persons on one card"
    first: dict[int, int] = {}
    doubles = found = 0
    for number in sorted(persons):
        person = persons[number]
        if person == -1:
            continue
        if person in first:
            doubles += 1
            found += rows[number].outcome in ("updated", "skipped", "asked")
        first.setdefault(person, number)
    asked = sum(row.outcome == "asked" for row in rows.values())
    assert found >= 0.9 * doubles
    assert asked <= 0.05 * len(rows)
