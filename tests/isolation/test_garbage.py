"""Garbage in every field of every address: a clear answer, never 5xx, nothing half-saved."""

import json
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from isolation_table import all_rows, make_world

from voronka.config.testing import part_of

ROWS = all_rows()
NAUGHTY = json.loads((Path(__file__).parent / "blns.json").read_text("utf-8"))
# The list of naughty strings (MIT, github:minimaxir/big-list-of-naughty-strings), and what it lacks.
GARBAGE = [
    *NAUGHTY[::130],
    "",
    "0",
    "-1",
    "9" * 40,
    "1,5,5",
    "31.02.2026",
    "\x00",
    "a\x00b",
    "\u202eevil\u202c",
    "\u200b\ufeff",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "' OR 1=1 --",
    "=1+1",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "x" * 100_000,
    "null",
    "true",
    "[]",
    '{"a": {"b": []}}',
    "2026-11-23T25:61:00Z",
]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Build the world once; every attempt is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def ask(world, row, data, address):
    """Ask as the owner of company A, in a savepoint that is rolled back."""
    client = world.client(world.owner)  # a new one: a form that signs out must not leave nobody for those behind it
    with transaction.atomic():
        send = client.get if row.method == "GET" else client.post
        answer = send(address, data, headers=row.headers)
        if answer.streaming:
            b"".join(answer.streaming_content)  # to its end, so that its file is closed
        transaction.set_rollback(True)
    return answer


def is_answered(answer, row):
    """Whether it is no fault of ours: a file that is still being made says 503, which its row tells."""
    return answer.status_code < 500 or answer.status_code in row.answer


def fields_of(row, world):
    """The fields that the row sends, and names that every list understands."""
    named = list(row.data(world))
    common = ["q", "sort", "after", "tab", "day"]
    return named + [name for name in common if row.method == "GET" and name not in named]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_garbage_in_each_field_is_answered(world, row):
    """Kinds of garbage, some for each address, in all fields at once, then each field alone with kinds in turn."""
    good, address = row.data(world), reverse(row.name, kwargs=row.args(world))
    fields = fields_of(row, world)
    if not fields:
        return
    for number, garbage in enumerate(part_of(GARBAGE, 5 if good else 10, ROWS.index(row))):
        answer = ask(world, row, {**good, **dict.fromkeys(fields, garbage)}, address)
        assert is_answered(answer, row), (garbage[:60], answer.status_code)
        name = fields[number % len(fields)]
        if len(good) > 1:
            answer = ask(world, row, {**good, name: garbage}, address)
            assert is_answered(answer, row), (name, garbage[:60], answer.status_code)


@pytest.mark.parametrize("row", [row for row in ROWS if row.data], ids=str)
def test_absent_and_doubled_fields_are_answered(world, row):
    good, address = row.data(world), reverse(row.name, kwargs=row.args(world))
    for name in good:
        without = {key: value for key, value in good.items() if key != name}
        assert is_answered(ask(world, row, without, address), row), f"without {name}"
        assert is_answered(ask(world, row, {**good, name: [good[name], "second"]}, address), row), f"doubled {name}"
    many = {**good, **{f"field{number}": "x" for number in range(300)}}
    assert is_answered(ask(world, row, many, address), row)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_garbage_in_the_address_is_not_found(world, row):
    for garbage in ("zzzzzzzzzzzz", "0", "-", "9999999999999999999", "a" * 300):
        try:
            address = reverse(row.name, kwargs={key: _like(value, garbage) for key, value in row.args(world).items()})
        except NoReverseMatch:
            continue
        if row.args(world):
            assert ask(world, row, row.data(world), address).status_code < 500, garbage


def _like(value, garbage):
    if isinstance(value, int):
        return int(garbage) if garbage.isdigit() else 0
    return garbage
