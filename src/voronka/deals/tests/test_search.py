"""The palette: who is found, what is marked, and that nothing of others shows."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from django.utils.safestring import SafeString

from voronka.billing.testing import make_invoice, make_payment, make_requisites
from voronka.deals.testing import NOON, make_client, make_deal, make_shop
from voronka.deals.views.search import MOST_PAPERS, find_groups, marked
from voronka.kit.screens import quick_for
from voronka.kit.wording import short_name
from voronka.work import services as work

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db):
    return make_shop()


def names(groups, of):
    return [str(row.name_html) for group in groups if group.name == of for row in group.rows]


def test_a_client_is_found_with_his_deals(shop):
    with shop.as_(shop.cast.owner) as owner:
        client = make_client("Smirnova Anna")
        make_deal(owner, client=client, title="Kitchen Smirn")
        groups = find_groups("smirn", owner, now=NOON)
    assert names(groups, "Clients") == ["<b>Smirn</b>ova Anna"]
    assert names(groups, "Deals") == ["Kitchen <b>Smirn</b>"]
    facts = next(group.rows[0].facts_html for group in groups if group.name == "Deals")
    assert isinstance(facts, SafeString), "the marks would show as letters"


def test_pages_and_actions_are_found_by_name(shop):
    with shop.as_(shop.cast.owner) as owner:
        groups = find_groups(">order", owner, now=NOON)
    assert "<b>Order</b> of the queue" in names(groups, "Actions")
    assert not names(groups, "Clients")


@pytest.mark.parametrize(
    ("text", "wanted", "said"),
    [
        ("<script>alert(1)</script>", "script", "&lt;<b>script</b>&gt;alert(1)&lt;/<b>script</b>&gt;"),
        ("A & B", "", "A &amp; B"),
        ("a.c abc", "a.c", "<b>a.c</b> abc"),
    ],
)
def test_marks_are_the_only_markup(text, wanted, said):
    assert str(marked(text, wanted)) == said


@pytest.mark.parametrize(
    ("text", "field"), [("Новиков Олег", "name"), ("+7 916 123-45-67", "phone"), ("R2-D2", "name")]
)
def test_who_is_not_found_can_be_added_without_typing_again(shop, text, field):
    with shop.as_(shop.cast.owner) as owner:
        groups = find_groups(text, owner, now=NOON)
    url = next(row.url for group in groups for row in group.rows if row.icon == "user-plus")
    assert parse_qs(urlsplit(url).query) == {field: [text]}


def set_task(actor, title, days=1, **more):
    draft = work.TaskDraft(title=title, employee_id=actor.person_id, due_at=NOON + timedelta(days=days), **more)
    return work.set_task(actor=actor, draft=draft, now=NOON)


def test_a_task_is_found_by_its_words_in_any_order_the_soonest_first(shop):
    with shop.as_(shop.cast.owner) as owner:
        set_task(owner, "Отправить договор Ивановым", days=3)
        soon = set_task(owner, "Договор проверить и отправить")
        done = set_task(owner, "Старый договор отправить", days=2)
        work.finish_task(actor=owner, public_id=done.public_id, result="готово", now=NOON)
        set_task(owner, "Позвонить в банк")
        groups = find_groups("отправить договор", owner, now=NOON + timedelta(days=2))
        found = next(group.rows for group in groups if group.name == "Tasks")
    assert [str(row.name_html) for row in found] == [
        "<b>Договор</b> проверить и <b>отправить</b>", "<b>Отправить</b> <b>договор</b> Ивановым"
    ]  # fmt: skip
    assert found[0].url == f"/tasks/{soon.public_id}/"
    assert found[0].end.startswith("overdue since")
    assert not found[1].end.startswith("overdue")


def test_tasks_of_others_are_found_by_those_only_who_see_them(shop):
    with shop.as_(shop.cast.owner) as owner:
        set_task(owner, "Тайный договор")
    with shop.as_(shop.cast.colleague) as colleague:
        assert names(find_groups("договор", colleague, now=NOON), "Tasks") == []
        set_task(colleague, "Свой договор")
        assert names(find_groups("договор", colleague, now=NOON), "Tasks") == ["Свой <b>договор</b>"]
        assert names(find_groups("д", colleague, now=NOON), "Tasks") == []
    with shop.as_(shop.cast.owner) as owner:
        rows = next(group.rows for group in find_groups("свой", owner, now=NOON) if group.name == "Tasks")
        assert rows[0].facts_html == escape(short_name(shop.cast.colleague.name))


def test_a_task_begins_with_what_was_typed_where_one_may_set_tasks(shop):
    with shop.as_(shop.cast.owner) as owner:
        groups = find_groups("Заказать доставку", owner, now=NOON)
        url = next(row.url for group in groups for row in group.rows if row.icon == "checklist")
        assert parse_qs(urlsplit(url).query) == {"title": ["Заказать доставку"]}
        reader = replace(owner, rights={k: v for k, v in owner.rights.items() if k != "work.set_tasks"})
        groups = find_groups("Заказать доставку", reader, now=NOON)
        assert not [row for group in groups for row in group.rows if row.icon == "checklist"]
        assert "KeyT" not in [key for _title, _url, key in quick_for(reader)]
        assert ("/tasks/new/", "KeyT") in [(url, key) for _title, url, key in quick_for(owner)]


def test_papers_and_payments_are_found_by_number_client_and_sum(shop):
    with shop.as_(shop.cast.owner) as owner:
        make_requisites(owner)
        client = make_client("Smirnova Anna")
        row = make_invoice(owner, "4321.50", client_id=client.pk)
        other = make_invoice(owner, "77")
        make_payment(owner, "4321.50", method="cash", number="512", client_id=client.pk)
        for text in ("smirn", "4 321,50"):
            groups = find_groups(text, owner, now=NOON)
            assert urls(groups, "Documents") == [f"/money/documents/{row.public_id}/"]
            assert len(names(groups, "Payments")) == 1
        assert urls(find_groups("№ 00002", owner, now=NOON), "Documents") == [f"/money/documents/{other.public_id}/"]
        assert len(names(find_groups("512", owner, now=NOON), "Payments")) == 1
        with CaptureQueriesContext(connection) as few:
            find_groups("4321.50", owner, now=NOON)
        for _n in range(5):
            make_invoice(owner, "4321.50", client_id=make_client("Other").pk)
            make_payment(owner, "4321.50", method="cash")
        with CaptureQueriesContext(connection) as many:
            assert len(names(find_groups("4321.50", owner, now=NOON), "Documents")) == MOST_PAPERS
        assert len(many) == len(few)
        manager = replace(owner, rights={k: v for k, v in owner.rights.items() if k != "billing.see_money"})
        assert not names(find_groups("smirn", manager, now=NOON), "Payments")
        nobody = replace(manager, rights={k: v for k, v in manager.rights.items() if k != "billing.see_documents"})
        assert not names(find_groups("smirn", nobody, now=NOON), "Documents")


def urls(groups, of):
    return [row.url for group in groups if group.name == of for row in group.rows]
