"""The API under fire from its own document: every operation is reached with success, none answers with a fault of ours.

Schemathesis makes requests from the OpenAPI document, good ones and spoilt ones; half of them with ids of real records.
"""

import dataclasses
import json
import os
import urllib.parse

import pytest
from api_table import ROWS, build
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, seed, settings
from isolation_table import Walker, body_of, make_world, state_of

from voronka.connect.api.document import document
from voronka.connect.testing import make_key

schemathesis = pytest.importorskip("schemathesis")
EXAMPLES = 14 if os.environ.get("VORONKA_TESTS") == "deep" else 6
TOKEN = "7b3ef2f0-6b1e-4b0e-9b8a-0c9d3f0e5a21"
NAUGHTY = [
    "'",
    '"',
    "\\",
    "';--",
    "{}",
    "[]",
    "$ne",
    "__class__",
    "%00",
    "\u0000",
    "f.x",
    "-",
    "--id",
    "../",
    "1e999",
]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        made.kept["key"] = make_key(made.owner)
        with made.inside():
            from voronka.accounts import queries

            made.kept["employee_id"] = queries.public_ids_of_employees([made.owner.person_id])[made.owner.person_id]
        build(made)
        yield dataclasses.replace(made, before=(state_of(made.company_id), {}))
        transaction.set_rollback(True)


def operations():
    with translation.override("en"):
        found = schemathesis.openapi.from_dict(document())
    return {one.definition.raw["operationId"]: one for one in (result.ok() for result in found.get_all_operations())}


OPERATIONS = operations()


def documented(name):
    return {int(code) for code in OPERATIONS[name].definition.raw["responses"] if code.isdigit()}


@pytest.fixture(autouse=True)
def no_limit(settings):
    settings.API_PER_MINUTE = 10**6


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_operation_is_reached_and_none_fails(world, row):
    operation = OPERATIONS[row.name]
    with transaction.atomic():
        reached = row.ask(world.kept["key"], world)
        said = body_of(reached)  # to its end, so that a file is closed
        assert reached.status_code == row.about.status, said[:500]
        transaction.set_rollback(True)
    turn = iter(range(10**6))

    @seed(20261125)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def fire(case):
        number = next(turn)
        answer = ask(world, row, case, number)
        text = body_of(answer)
        assert answer.status_code < 500, (row.name, case.path_parameters, case.query, case.body, text[:500])
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json", text[:200]
            assert {"type", "title", "status", "detail", "code"} <= set(json.loads(text))
        assert answer.status_code in documented(row.name) | {404, 405}, (answer.status_code, text[:300])

    fire()


def ask(world, row, case, number):
    """Send a case with the real key; every other one with the ids of real records, some with naughty words."""
    args = row.args(world) if number % 2 else {name: str(value) for name, value in case.path_parameters.items()}
    address = row.about.path
    whole = str(OPERATIONS[row.name].path)
    prefix = whole.removesuffix(address) if address else whole
    for name, value in args.items():
        address = address.replace("{" + name + "}", urllib.parse.quote(urllib.parse.unquote(str(value)), safe=""))
    query = dict(case.query or {})
    if number % 4 == 3 and not row.about.is_writing:
        words = ["cursor", "sort", "f.zone", "f.made_at", "f.name", "f.custom.length", "types", "since", "limit"]
        query[words[number % len(words)]] = NAUGHTY[number % len(NAUGHTY)]
    headers = {"Authorization": f"Bearer {world.kept['key']}", "Idempotency-Key": f"{TOKEN}-{number}"}
    if "If-Match" in (case.headers or {}):
        headers["If-Match"] = str(case.headers["If-Match"]).encode("latin-1", "replace").decode("latin-1")
    target = f"{prefix}{address}?{urllib.parse.urlencode(query, doseq=True)}"
    with transaction.atomic():
        client = Walker()
        if row.file is not None:
            answer = client.post(target, {"file": row.file(world), "x": str(case.body)[:200]}, headers=headers)
        else:
            answer = client.generic(row.about.method, target, body(case), "application/json", headers=headers)
        if answer.streaming:
            answer.content_read = b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer


def body(case):
    try:
        return json.dumps(case.body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except TypeError:
        return b"" if not isinstance(case.body, bytes) else case.body


BODIES = [
    b"{", b"\xff\xfe", b"null", b"[]", b'"x"', b"NaN", b'{"name": NaN}', b'{"name": "\\ud800"}',
    b'{"name": "a\\u0000b"}', b'{"fields": ' + b'{"a":' * 60 + b"1" + b"}" * 60 + b"}", b"[" * 5000,
    b'{"name": 1e400}', b'{"name": {"$ne": 1}}', b'{"name": "x", "name": "y"}', b'{"__class__": "x"}', b"x" * 3_000_000,
]  # fmt: skip


@pytest.mark.parametrize("sent", BODIES, ids=range(len(BODIES)))
def test_bodies_that_are_no_json_of_ours_are_refused(world, sent):
    headers = {"Authorization": f"Bearer {world.kept['key']}", "Idempotency-Key": TOKEN}
    with transaction.atomic():
        client = Walker()
        answer = client.post("/api/v1/clients", sent, "application/json", headers=headers)
        assert answer.status_code in (400, 413, 422) or b'"y"' in sent, answer.content[:300]
        assert state_of(world.company_id).keys() == world.before[0].keys()
        transaction.set_rollback(True)
