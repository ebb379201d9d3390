"""Fields that a role may not see or change: a mark in every one of them, looked for on every page, file and answer.

The role may do everything else, so nothing but the limits of its fields stands between it and the marks.
"""

import html
import json
import re
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse
from hidden_marks import DAY, INN, MAIL, MARK, PHONE, SUM, mark_everything, told
from isolation_table import all_rows, body_of, make_world, signed

from voronka.accounts import services as accounts
from voronka.accounts.models import Role
from voronka.accounts.testing import actor_of, add_person
from voronka.deals.models import Deal
from voronka.deals.testing import press
from voronka.kit.errors import Denied, Invalid
from voronka.kit.limits import EmptiedError, limited_fields
from voronka.kit.tables import open_table
from voronka.people import queries as people
from voronka.people import services as clients
from voronka.people.models import Client, ContactPoint
from voronka.people.services import ContactDraft, imports

ROWS = [row for row in all_rows() if row.method == "GET"]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Build the world once, with the marks in it and a person of the narrowed role."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        with made.inside():
            mark_everything()
            role = accounts.make_role(actor=made.owner, name="Стажёр", like="owner")
            wanted = accounts.RoleChoices(fields={one.code: 0 for one in limited_fields()})
            accounts.change_role(actor=made.owner, role_id=role.pk, wanted=wanted)
        made.kept["narrow"] = add_person(made.owner, role.code)
        made.kept["role"] = role
        yield made
        transaction.set_rollback(True)


def asked(world, actor, row, **more):
    """Ask an address as somebody, as a page and as a fragment, and return both answers as one text."""
    texts = []
    for headers in ({}, {"HTTP_HX_REQUEST": "true"}):
        client = world.client(actor)
        with transaction.atomic():
            client.defaults.update(headers)
            answer = row.ask(client, world, more)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.streaming:
                answer.streaming_content = [content]
            body = body_of(answer)
            if "spreadsheet" in answer.headers.get("Content-Type", ""):
                body = sheet_text(content)
            texts.append(body if answer.headers.get("Content-Type", "").startswith(("text", "application")) else "")
            assert answer.status_code < 500 or answer.status_code in row.answer, (row, answer.status_code)
            transaction.set_rollback(True)
    return "\n".join(texts)


def sheet_text(content: bytes) -> str:
    """Return the cells of a workbook as text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        path.write_bytes(content)
        with open_table(path) as table:
            return "\n".join(str(one.cells) for one in table.rows())


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_no_page_tells_a_hidden_field(world, row):
    text = asked(world, world.kept["narrow"], row)
    assert told(text) == [], text[: text.lower().find(MARK.lower()) + 200][-500:]


def test_no_page_calls_a_client_by_a_hidden_phone(world):
    """A card that was made of a phone alone is called by it."""
    with world.inside():
        names = dict(Client.objects.values_list("id", "name"))
        Client.objects.update(name=f"+{PHONE}")
    texts = {str(row): asked(world, world.kept["narrow"], row) for row in ROWS}
    with world.inside():
        for pk, name in names.items():
            Client.objects.filter(pk=pk).update(name=name)
    assert [row for row, text in texts.items() if told(text)] == []


SEEN = (
    "people:client-list",
    "people:client-detail",
    "people:client-edit",
    "people:client-history",
    "people:client-export",
    "deals:deal-detail",
    "deals:deal-list",
    "deals:deal-export",
    "deals:press-detail",
    "accounts:history",
)


@pytest.mark.parametrize("name", SEEN)
def test_control_the_owner_does_see_the_marks(world, name):
    rows = [one for one in ROWS if one.name == name]
    assert any(told(asked(world, world.owner, row)) for row in rows)


ASKED = [
    *({f"f.{code}": value} for code, value in (
        ("phone", PHONE[-4:]), ("email", MAIL), ("city", MARK), ("addresses", MARK), ("source", MARK),
        ("sum", f"{SUM}..{SUM}9"),
    )),
    *({"sort": code} for code in ("city", "-sum", "source")),
    {"columns": "phone,email,city,addresses,source,sum"},
]  # fmt: skip


@pytest.mark.parametrize("query", ASKED, ids=str)
def test_lists_cannot_be_asked_about_a_hidden_field(world, query):
    (row,) = [one for one in ROWS if one.name == "people:client-list"]
    rows = reverse("people:client-list")
    with transaction.atomic():
        owner, narrow = signed(world.owner).get(rows, query), signed(world.kept["narrow"]).get(rows, query)
        transaction.set_rollback(True)
    assert owner.status_code == 200
    assert told(body_of(narrow)) in ([], told(str(query)))  # what he typed himself may come back
    if "columns" not in query and "sort" not in query:
        assert narrow.status_code == 422
        assert "client-rows" not in body_of(narrow) or "/clients/" + world.kept["card"] not in body_of(narrow)
    assert row is not None


@pytest.mark.parametrize("text", [PHONE[-7:], MAIL, INN[:6]])
def test_search_finds_nobody_by_a_hidden_field(world, text):
    with world.inside():
        assert people.search_clients(world.owner, text)
        assert people.search_clients(world.kept["narrow"], text) == []


def test_a_palette_and_a_list_of_deals_find_nobody_by_phone(world):
    with transaction.atomic():
        client = signed(world.kept["narrow"])
        palette = body_of(client.get(reverse("deals:search"), {"q": PHONE[-7:]}, headers={"HX-Request": "true"}))
        deals = body_of(client.get(reverse("deals:deal-list"), {"q": PHONE[-7:]}))
        tagged = body_of(client.get(reverse("deals:deal-list"), {"tag": f"{MARK}2"}))
        transaction.set_rollback(True)
    assert world.kept["client"] not in palette
    assert world.kept["deal"] not in deals
    assert world.kept["deal"] not in tagged


def test_the_hint_of_duplicates_does_not_answer_who_has_a_phone(world):
    typed = {"kind": "person", "name": "Кто-то Другой", "contact_0_kind": "phone", "contact_0": f"+{PHONE}"}
    with transaction.atomic():
        seen = body_of(signed(world.owner).post(reverse("people:duplicates"), typed))
        narrow = body_of(signed(world.kept["narrow"]).post(reverse("people:duplicates"), typed))
        transaction.set_rollback(True)
    assert "/clients/" in seen
    assert "/clients/" not in narrow


def test_a_preview_of_a_letter_leaves_hidden_fields_empty(world):
    draft = {
        "act": "preview",
        "name": "n",
        "subject": "s",
        "body": "<{{ client.city }}>",
        "client": world.kept["card"],
    }
    with transaction.atomic():
        seen = body_of(signed(world.owner).post(reverse("messaging:template-new"), draft))
        narrow = body_of(signed(world.kept["narrow"]).post(reverse("messaging:template-new"), draft))
        transaction.set_rollback(True)
    assert set(told(seen)) >= {MARK.lower(), "zq7hidden"}
    assert told(narrow) == []


def card_of(world) -> Client:
    return Client.objects.get(public_id=world.kept["card"])


@pytest.mark.parametrize(
    "changes",
    [
        {"city": "Омск"},
        {"comment": ""},
        {"inn": "7707083893"},
        {"fields": "own"},
        {"contacts": (ContactDraft(kind="phone", value="+7 913 123-45-67"),)},
        {"contacts": (ContactDraft(kind="whatsapp", value="+7 913 123-45-67"),)},
    ],
    ids=str,
)
def test_a_closed_field_takes_nothing(world, changes):
    narrow = world.kept["narrow"]
    with world.inside(), transaction.atomic():
        card = card_of(world)
        if changes == {"fields": "own"}:
            changes = {"fields": {next(iter(card.fields)): "другое"}}
        before = list(ContactPoint.objects.filter(client=card).values_list("kind", "value"))
        with pytest.raises(Denied) as refusal:
            clients.update_client(
                actor=narrow, client_id=card.pk, changes=changes, version=card.version, now=world_now()
            )
        assert "не может" in refusal.value.message or "may not" in refusal.value.message
        assert card_of(world).city == f"{MARK}2"
        assert list(ContactPoint.objects.filter(client=card).values_list("kind", "value")) == before
        transaction.set_rollback(True)


def world_now() -> datetime:
    """Return the moment: the world itself is made by the clock."""
    return datetime.now(UTC)


def test_editing_what_is_open_keeps_what_is_closed(world):
    """The form of a narrowed person holds no closed input, and saving it empties none of them."""
    url = reverse("people:client-edit", args=[world.kept["card"]])
    with world.inside(), transaction.atomic():
        browser = signed(world.kept["narrow"])
        page = body_of(browser.get(url))
        for name in ("city", "comment", "inn", "birthday", "external_id", "source", "contact_0", "address"):
            assert f'name="{name}"' not in page
        base = html.unescape(re.search(r'name="base" value="([^"]*)"', page)[1])
        sent = {
            **json.loads(base),
            "kind": "person",
            "name": "Новое Имя",
            "version": str(card_of(world).version),
            "base": base,
        }
        forged = {"city": "Омск", "contact_0": "+79131234567", "comment": "нет", "inn": "7707083893"}
        answer = browser.post(url, {**sent, **forged})
        assert answer.status_code == 302, re.findall(r"v-banner.*?<p>(.*?)</p>", body_of(answer), re.DOTALL)
        card = card_of(world)
        assert card.name == "Новое Имя"
        assert (card.city, card.comment, card.inn, card.birthday) == (f"{MARK}2", f"{MARK}2", INN, DAY)
        assert set(ContactPoint.objects.filter(client=card).values_list("kind", flat=True)) >= {"phone", "email"}
        transaction.set_rollback(True)


def test_a_field_that_is_only_seen_shows_and_takes_nothing(world):
    with world.inside(), transaction.atomic():
        role = Role.objects.get(pk=world.kept["role"].pk)
        wanted = accounts.RoleChoices(fields={"client.city": 1, "client.phone": 1})
        accounts.change_role(actor=world.owner, role_id=role.pk, wanted=wanted)
        reader = actor_of(world.company_id, world.kept["narrow"].employee_id)
        browser = signed(reader)
        card = body_of(browser.get(reverse("people:client-detail", args=[world.kept["card"]])))
        assert {MARK.lower(), PHONE[1:]} <= set(told(card))
        assert MAIL not in card
        page = body_of(browser.get(reverse("people:client-edit", args=[world.kept["card"]])))
        assert 'name="city"' not in page
        with pytest.raises(Denied):
            clients.update_client(
                actor=reader,
                client_id=card_of(world).pk,
                changes={"city": "Омск"},
                version=card_of(world).version,
                now=world_now(),
            )
        transaction.set_rollback(True)


def test_a_file_cannot_fill_a_closed_field(world):
    with world.inside(), transaction.atomic():
        narrow = world.kept["narrow"]
        file = BytesIO("Имя;Телефон\nПётр Новый;+7 913 123-45-67\n".encode())
        run = imports.start_import(actor=narrow, source=file, name="a.csv", now=world_now())
        with pytest.raises(Invalid) as refusal:
            imports.choose_columns(
                actor=narrow,
                public_id=run.public_id,
                mapping=[{"target": "name"}, {"target": "phone"}],
                options={},
                in_background=False,
            )
        assert set(refusal.value.fields) == {"column_1"}
        transaction.set_rollback(True)


def test_a_press_neither_asks_nor_takes_a_closed_sum(world):
    with world.inside(), transaction.atomic():
        narrow = world.kept["narrow"]
        deal = Deal.objects.get(public_id=world.kept["deal"])
        browser = signed(narrow)
        question = body_of(browser.get(reverse("deals:press-ask", args=[deal.public_id, "paid"])))
        assert 'name="sum"' not in question
        done = press(narrow, deal, "paid", sum="5", now=world_now())
        assert done.press_id
        deal.refresh_from_db()
        assert (deal.state, deal.sum) == ("won", Decimal(f"{SUM}.21"))
        transaction.set_rollback(True)


def test_an_emptied_card_cannot_be_saved(world):
    with world.inside():
        card = people.get_client(world.kept["narrow"], world.kept["card"])
        assert card.city == ""
        with pytest.raises(EmptiedError):
            card.save()
