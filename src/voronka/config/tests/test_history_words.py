"""Every record and field that the history of changes may show has a Russian name."""

import re

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from voronka.accounts.testing import sign_in
from voronka.config.history_words import HISTORY_WORDS
from voronka.deals.models import Deal
from voronka.deals.testing import make_client, make_deal, make_shop
from voronka.kit import history
from voronka.kit.secrecy import secret_columns
from voronka.kit.tenancy import walls

RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
KNOWN = frozenset({"VIP"})  # said so in Russian too


def test_the_history_names_every_record_and_field_in_russian() -> None:
    with translation.override("ru"):
        tables = [table for table, _kind in history.known_tables()]
        names = {(table, column): history.name_of(table, column)
                 for table in tables for column in ("", *history.shown_columns(table))}  # fmt: skip
        foreign = {place: name for place, name in names.items() if not RUSSIAN.search(name) and name not in KNOWN}
    assert foreign == {}, "add them to config/history_words.py and to the catalogue"
    assert len(tables) > 90
    assert len({str(word) for word in HISTORY_WORDS}) == len(HISTORY_WORDS)


def test_what_the_program_keeps_for_itself_is_not_shown() -> None:
    shown = {column for table, _kind in history.known_tables() for column in history.shown_columns(table)}
    assert (
        shown & {"public_id", "version", "hash", "sort_key", "open_task_id", "operation", "last_operation"} == set()
    )
    assert "cause" not in history.shown_columns("billing_payment"), "the event behind it"


def test_no_page_of_history_tells_a_secret() -> None:
    shown = {(table, column) for table, _kind in history.known_tables() for column in history.shown_columns(table)}
    secret = {(name, column) for name, model in walls.company_tables().items() for column in secret_columns(model)}
    assert {
        ("billing_provider", "secret"),
        ("orders_ordermailbox", "password"),
        ("orders_order", "link_hash"),
    } <= secret
    assert shown & secret == set()


def test_what_people_read_elsewhere_is_shown() -> None:
    assert "hint" in history.shown_columns("messaging_blockedaddress"), "a part of the address"
    assert "beginning" in history.shown_columns("connect_apikey"), "by which people tell keys apart"
    assert "cause" in history.shown_columns("orders_orderpart"), "in words"


@pytest.mark.django_db
def test_a_person_in_a_field_is_shown_by_his_name() -> None:
    shop = make_shop()
    owner, colleague = shop.cast.owner, shop.cast.colleague
    with shop.as_(owner):
        deal = make_deal(owner, client=make_client("Anna Smirnova"), responsible_id=owner.employee_id)
        Deal.objects.filter(pk=deal.pk).update(responsible_id=colleague.employee_id)
        [change] = history.list_changes(actor=owner, table="deals_deal", row_id=deal.pk)[:1]
        assert [(field.column, field.points_at) for field in change.fields] == [
            ("responsible_id", "accounts_employee")
        ]
    shown = sign_in(Browser(), owner).get(reverse("accounts:history"), {"table": "deals_deal"}).content.decode()
    told = re.findall(r"<td>([^<>]+)</td>", shown)
    assert not any(text.strip().isdecimal() for text in told), "names, not numbers of rows"
