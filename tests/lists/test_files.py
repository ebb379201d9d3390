"""Lists that leave as files: all by one way, with one right, one log, and no more in them than on their pages."""

import csv
from io import BytesIO, StringIO

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from openpyxl import load_workbook

from voronka.accounts.models import ListExport, Role
from voronka.accounts.services import list_exports
from voronka.accounts.testing import add_person, sign_in
from voronka.deals.testing import NOON, Shop, make_deal, make_shop
from voronka.people.models import Client, ContactPoint, InboxLead, LikelyPair
from voronka.people.services import bin_client
from voronka.work import services as work
from voronka.work.services import TaskDraft

pytestmark = pytest.mark.django_db

FORMULA = "=HYPERLINK(1)"
PHONE = "+79131234567"
LISTS = {
    "people:client-export": ("", "client"),
    "deals:deal-export": ("", "deal"),
    "work:task-export": ("?tab=mine", "task"),
    "deals:inbox-export": ("", "lead"),
    "people:double-export": ("", "double"),
    "people:bin-export": ("", "bin"),
}
NEW = [name for name in LISTS if name not in ("people:client-export", "deals:deal-export")]
PAGES = {
    "work:task-export": "/tasks/?tab=mine",
    "deals:inbox-export": "/inbox/",
    "people:double-export": "/clients/duplicates/",
    "people:bin-export": "/clients/bin/",
    "deals:deal-export": "/deals/",
    "people:client-export": "/clients/",
}


@pytest.fixture
def shop() -> Shop:
    """Make one row in every list; each holds a formula, and a phone where the list shows phones."""
    shop = make_shop()
    owner = shop.cast.owner
    with shop.as_(owner), transaction.atomic():
        one, other, gone = (
            Client.objects.create(name=f"{FORMULA}{n}", zone="Europe/Moscow", city="Омск") for n in "123"
        )
        ContactPoint.objects.create(client=one, kind="phone", value=PHONE)
        make_deal(owner, client=one, title=FORMULA)
        LikelyPair.objects.create(one=one, other=other, score=90, signs=["phone", "city"])
        bin_client(actor=owner, client_id=gone.pk, now=NOON)
        sent = {"name": FORMULA, "phones": [PHONE], "message": "Перезвоните"}
        InboxLead.objects.create(at=NOON, due_at=NOON, channel="form", sent=sent, state="waiting")
        draft = TaskDraft(FORMULA, owner.person_id, NOON.replace(hour=20), about=f"client:{one.public_id}")
        work.set_task(actor=owner, draft=draft, now=NOON)
    return shop


def exports(shop: Shop) -> list[ListExport]:
    with shop.as_(shop.cast.owner), transaction.atomic():
        return list(ListExport.objects.all())


def read(answer) -> list[list[str]]:  # type: ignore[no-untyped-def]  # of the test client
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


def address(name: str, code: str = "csv") -> str:
    return f"{reverse(name, args=[code])}{LISTS[name][0]}"


@pytest.mark.parametrize("name", LISTS)
def test_a_file_holds_the_list_under_its_heads_and_no_formula(shop: Shop, name: str) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    assert f"{reverse(name, args=['csv'])}" in browser.get(PAGES[name]).content.decode(), (
        "the page has no way to its file"
    )
    answer = browser.get(address(name))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    heads, *rows = read(answer)
    assert all(heads)
    assert rows
    assert {len(row) for row in rows} == {len(heads)}
    cells = [cell for row in rows for cell in row]
    assert any(cell.startswith(f"'{FORMULA}") for cell in cells)
    assert not any(cell.startswith("=") for cell in cells)
    (line,) = exports(shop)
    assert (line.what, line.rows, line.columns) == (LISTS[name][1], len(rows), ", ".join(heads))
    log = browser.get(reverse("accounts:exports")).content.decode()
    assert f"<td>{line.what} <" not in log, "the log has no word for this list"


@pytest.mark.parametrize("name", NEW)
def test_a_workbook_holds_the_same(shop: Shop, name: str) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    heads, *rows = read(browser.get(address(name)))
    book = load_workbook(BytesIO(b"".join(browser.get(address(name, "xlsx")).streaming_content)))
    sheet = [list(row) for row in book.active.iter_rows()]
    assert [cell.value for cell in sheet[0]] == heads
    assert len(sheet) == 1 + len(rows)
    assert all(cell.data_type != "f" for row in sheet for cell in row)


@pytest.mark.parametrize("name", LISTS)
def test_without_the_right_there_is_no_file_no_way_to_it_and_no_line(shop: Shop, name: str) -> None:
    with shop.as_(shop.cast.owner), transaction.atomic():
        role = Role.objects.get(code="manager")
        role.rights |= {"people.delete_clients": 3}
        role.save()
    browser = sign_in(Browser(), shop.cast.colleague)
    assert browser.get(address(name)).status_code == 403
    assert "export" not in browser.get(PAGES[name]).content.decode()
    assert exports(shop) == []


@pytest.mark.parametrize("name", NEW)
def test_an_unknown_format_and_too_long_a_list_are_refused(
    shop: Shop, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    assert browser.get(address(name, "exe")).status_code == 404
    monkeypatch.setattr(list_exports, "MOST_ROWS", 0)
    answer = browser.get(address(name))
    assert answer.status_code == 409
    assert exports(shop) == []


@pytest.mark.parametrize("name", LISTS)
def test_what_a_role_does_not_see_is_in_no_file(shop: Shop, name: str) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    seen = {"people:client-export", "deals:inbox-export", "people:double-export"}
    before = b"".join(browser.get(address(name)).streaming_content).decode()
    assert (PHONE in before) == (name in seen)
    with shop.as_(shop.cast.owner), transaction.atomic():
        head = Role.objects.get(code="head")
        Role.objects.filter(pk=head.pk).update(fields={"client.phone": 0, "client.city": 0})
    blind = sign_in(Browser(), add_person(shop.cast.owner, "head"))
    answer = blind.get(address(name))
    text = b"".join(answer.streaming_content).decode()
    assert PHONE not in text
    assert "Омск" not in text
    assert "Перезвоните" not in text, "a message may hold what is hidden"


def test_the_tabs_of_tasks_and_requests_leave_each_by_itself(shop: Shop) -> None:
    browser = sign_in(Browser(), shop.cast.owner)
    for tab, count in (("focus", 1), ("mine", 1), ("set", 0), ("team", 1)):
        assert len(read(browser.get(f"/tasks/export.csv?tab={tab}"))) == 1 + count, tab
    assert len(read(browser.get("/tasks/export.csv?tab=mine&state=closed"))) == 1
    for tab, count in (("waiting", 1), ("spam", 0), ("accepted", 0), ("nonsense", 1)):
        assert len(read(browser.get(f"/inbox/export.csv?tab={tab}"))) == 1 + count, tab


def test_long_lists_are_walked_whole_and_in_their_order(shop: Shop, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    from voronka.people.queries.bin import walk_bin
    from voronka.people.queries.doubles import walk_doubles
    from voronka.people.queries.inbox import walk_leads
    from voronka.work.queries.tasks import list_tasks, walk_tasks

    owner = shop.cast.owner
    with shop.as_(owner), transaction.atomic():
        clients = [Client.objects.create(name=f"К{n}", zone="Europe/Moscow") for n in range(7)]
        for n, client in enumerate(clients[1:]):
            LikelyPair.objects.create(one=clients[0], other=client, score=n)
            InboxLead.objects.create(at=NOON, due_at=NOON, channel="form", sent={"name": f"З{n}"}, state="waiting")
            draft = TaskDraft(f"Дело {n}", owner.person_id, NOON.replace(hour=13 + n % 3, minute=n))
            work.set_task(actor=owner, draft=draft, now=NOON)
        tasks = [
            one.pk
            for chunk in walk_tasks(owner, whose="mine", state="open", employee_id=None, chunk=2)
            for one in chunk
        ]
        assert tasks == [one.pk for one in list_tasks(owner, whose="mine")]
        assert len(tasks) == 7
        leads = [one.pk for one in walk_leads(owner, state="waiting", chunk=2)]
        assert leads == sorted(InboxLead.objects.values_list("pk", flat=True))
        scores = [one.score for chunk in walk_doubles(owner, chunk=2) for one in chunk]
        assert scores == [90, 5, 4, 3, 2, 1, 0]
        for client in clients[1:]:
            bin_client(actor=owner, client_id=client.pk, now=NOON.replace(hour=12, minute=client.pk % 50))
        binned = [one.at for chunk in walk_bin(owner, now=NOON, chunk=2) for one in chunk]
        assert len(binned) == 7
        assert binned == sorted(binned, reverse=True)
