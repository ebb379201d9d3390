"""An address by which another program brings a client in: its own key, renewed, bounded, and deaf to garbage."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from voronka.accounts.testing import Cast, add_person, make_company, sign_in
from voronka.flows.models import Automation, Run
from voronka.flows.services import hooks, switch
from voronka.flows.testing import make_automation, node
from voronka.kit.errors import Conflict, Denied
from voronka.kit.tenancy import company_context
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db
BEGUN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
WAIT = node(1, "wait", {"minutes": 600})


@pytest.fixture
def cast() -> Cast:
    cache.clear()
    return make_company(now=BEGUN)


@pytest.fixture(autouse=True)
def inside(cast: Cast) -> Any:
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield


def by_program(cast: Cast, **how: Any) -> Automation:
    row = make_automation(cast.owner, {"kind": "people.by_hand"}, WAIT, now=BEGUN, **how)
    return hooks.renew_hook(actor=cast.owner, public_id=row.public_id)


def post(row: Automation, said: object, *, token: str = "", kind: str = "application/json") -> HttpResponse:
    body = said if isinstance(said, bytes | str) else json.dumps(said)
    address = reverse("flows:hook", args=[token or hooks.token_of(row)])
    return Browser(enforce_csrf_checks=True).post(address, body, content_type=kind)


def test_a_program_brings_in_whom_it_names_once_and_nobody_else(cast: Cast) -> None:
    row = by_program(cast)
    anna = make_client(cast.owner, "Анна", phone="+79161112233", email="anna@client-zavod.ru")
    petr, oleg = (make_client(cast.owner, name, email="two@client-zavod.ru") for name in ("Пётр", "Олег"))
    answer = post(row, {"phone": "8 (916) 111-22-33", "name": "Аня", "more": [1]})
    assert (answer.status_code, answer["Cache-Control"].split(",")[0]) == (200, "max-age=0")
    run = Run.objects.get()
    assert answer.json() == {"entered": True, "walk": run.public_id}
    assert (run.subject_id, run.automation_id) == (anna.pk, row.pk)
    assert post(row, {"email": "Anna@Client-Zavod.ru"}).json() == {"entered": False, "walk": None}, "he is inside"
    assert post(row, f"client={petr.public_id}", kind="application/x-www-form-urlencoded").json()["entered"]
    two, no_one = {"email": "two@client-zavod.ru"}, {"email": "x@client-zavod.ru"}
    for unknown in (two, no_one, {"client": "none", "phone": "1"}, {}):
        answer = post(row, unknown)
        assert (answer.status_code, answer.json()) == (404, {"entered": False, "code": "nobody"}), unknown
    assert not Run.objects.filter(subject_id=oleg.pk).exists()
    other = make_client(cast.owner, "Вера", phone="+79160000000")
    assert post(row, {"phone": 79160000000}).json()["entered"], "a number may come as one"
    assert Run.objects.filter(subject_id=other.pk).count() == 1


def test_an_address_that_is_renewed_taken_away_or_forged_opens_nothing(cast: Cast) -> None:
    row = by_program(cast)
    anna = make_client(cast.owner, "Анна")
    old = hooks.token_of(row)
    row = hooks.renew_hook(actor=cast.owner, public_id=row.public_id)
    new = hooks.token_of(row)
    number = f"{row.public_id}-3-"
    with CaptureQueriesContext(connection) as asked:
        for forged in (
            new[:-1] + ("0" if new[-1] != "0" else "1"),
            new[:-1],
            number + new[-32:],
            "x",
            f"{number}-",
        ):
            assert post(row, {"client": anna.public_id}, token=forged).status_code == 404
    assert not [one for one in asked if "flows_" in one["sql"]], "forged ones cost no statement"
    assert post(row, {"client": anna.public_id}, token=old).status_code == 404
    hooks.drop_hook(actor=cast.owner, public_id=row.public_id)
    assert post(row, {"client": anna.public_id}, token=new).status_code == 404
    again = hooks.renew_hook(actor=cast.owner, public_id=row.public_id)
    assert hooks.token_of(again) not in (old, new)
    assert post(row, {"client": anna.public_id}, token=new).status_code == 404
    assert Run.objects.count() == 0
    assert post(again, {"client": anna.public_id}).json()["entered"]
    with company_context(cast.other_company_id):
        stranger = make_client(cast.stranger, "Чужая")
    assert post(again, {"client": stranger.public_id}).status_code == 404, "another company's"


def test_garbage_is_refused_what_is_too_large_too_and_so_many_come_in_a_minute(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = by_program(cast)
    for garbage in (b"", b"[]", b"null", b"{", b"[" * 5000, b"\xff\xfe", b'{"phone":' + b"9" * 5000 + b"}"):
        assert post(row, garbage).status_code == 400, garbage[:20]
    assert post(row, b" " * 70_000).status_code == 413
    for odd in ({"client": "\0"}, {"phone": ["8"]}, {"email": {"a": 1}}, {"client": True}, {"phone": 10**30},
                {"client": "\ud800"}, {"email": "a" * 9_000}):  # fmt: skip
        assert post(row, odd).status_code == 404, odd
    assert post(row, b"a=%FF%00&client=%00", kind="application/x-www-form-urlencoded").status_code == 404
    assert Browser().get(reverse("flows:hook", args=[hooks.token_of(row)])).status_code == 405
    monkeypatch.setattr(hooks, "MOST", ((60, 3),))
    cache.clear()
    anna = make_client(cast.owner, "Анна")
    told = [post(row, {"client": anna.public_id}) for _turn in range(5)]
    assert [one.status_code for one in told] == [200, 200, 200, 429, 429]
    assert told[-1]["Retry-After"] == "60"


def test_only_an_automation_that_begins_by_a_program_and_is_on_lets_in(cast: Cast) -> None:
    row, anna = by_program(cast), make_client(cast.owner, "Анна")
    switch(actor=cast.owner, public_id=row.public_id, is_on=False, now=BEGUN)
    answer = post(row, {"client": anna.public_id})
    assert (answer.status_code, answer.json()["code"]) == (409, "automation_off")
    lead = make_automation(cast.owner, {"kind": "people.lead"}, WAIT, now=BEGUN)
    with pytest.raises(Conflict):
        hooks.renew_hook(actor=cast.owner, public_id=lead.public_id)
    with pytest.raises(Denied):
        hooks.renew_hook(actor=add_person(cast.owner, "reader"), public_id=row.public_id)
    assert Automation.objects.get(pk=row.pk).hook == row.hook


def test_the_editor_shows_the_address_to_who_may_change_the_automation(cast: Cast) -> None:
    row = make_automation(cast.owner, {"kind": "people.by_hand"}, WAIT, now=BEGUN)
    owner, reader = sign_in(Browser(), cast.owner), sign_in(Browser(), add_person(cast.owner, "reader"))
    page = reverse("flows:automation", args=[row.public_id])
    change = reverse("flows:automation-change", args=[row.public_id])
    shown = owner.get(page, {"node": "start"}).content.decode()
    assert 'value="hook"' in shown
    assert "/automations/in/" not in shown
    assert owner.post(change, {"do": "hook"}).status_code == 302
    row.refresh_from_db()
    address = f"http://testserver{reverse('flows:hook', args=[hooks.token_of(row)])}"
    assert address in owner.get(page, {"node": "start"}).content.decode()
    assert "/automations/in/" not in reader.get(page, {"node": "start"}).content.decode()
    assert reader.post(change, {"do": "hook"}).status_code == 403
    assert owner.post(change, {"do": "unhook"}).status_code == 302
    assert "/automations/in/" not in owner.get(page, {"node": "start"}).content.decode()
    lead = make_automation(cast.owner, {"kind": "people.lead"}, WAIT, now=BEGUN)
    other = owner.get(reverse("flows:automation", args=[lead.public_id]), {"node": "start"}).content.decode()
    assert 'value="hook"' not in other
