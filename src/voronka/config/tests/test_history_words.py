"""Every record, field and state that the history of changes may show has a Russian name."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from voronka.accounts.testing import sign_in, user_of
from voronka.config.history_values import HISTORY_VALUES
from voronka.config.history_words import HISTORY_WORDS
from voronka.deals.models import Deal, Stage
from voronka.deals.testing import make_client, make_deal, make_shop
from voronka.kit import history, wording
from voronka.kit.actors import Access
from voronka.kit.secrecy import secret_columns
from voronka.kit.tenancy import walls
from voronka.people.models import Client

RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
KNOWN = frozenset({"VIP"})  # said so in Russian too
KNOWN_VALUES = frozenset({
    "API", "CSV", "JSON", "YML", "EAN-13", "EAN-8", "UPC-A", "ITF-14", "Code 128", "MAX", "Telegram", "WhatsApp",
})  # fmt: skip


def cells_of(page: str) -> set[str]:
    return {text.strip() for text in re.findall(r"<td[^>]*>([^<>]+)</td>", page)}


def test_the_history_names_every_record_and_field_in_russian() -> None:
    with translation.override("ru"):
        tables = [table for table, _kind in history.known_tables()]
        names = {(table, column): history.name_of(table, column)
                 for table in tables for column in ("", *history.shown_columns(table))}  # fmt: skip
        foreign = {place: name for place, name in names.items() if not RUSSIAN.search(name) and name not in KNOWN}
    assert foreign == {}, "add them to config/history_words.py and to the catalogue"
    assert len(tables) > 90
    assert len({str(word) for word in HISTORY_WORDS}) == len(HISTORY_WORDS)


def test_the_history_says_every_state_and_kind_in_russian() -> None:
    told: dict[tuple[str, str, object], str] = {}
    with translation.override("ru"):
        for table, _kind in history.known_tables():
            fields = walls.company_tables()[table]._meta.concrete_fields
            shown = history.shown_columns(table)
            for field in fields:
                if field.column in shown:
                    values = [value for value in dict(field.flatchoices) if value]
                    told |= {(table, field.column, one): history.word_of(table, field.column, one) for one in values}
    told_abroad = {place: word for place, word in told.items() if word not in KNOWN_VALUES}
    foreign = {place: word for place, word in told_abroad.items() if not RUSSIAN.search(word)}
    assert foreign == {}, "add them to config/history_values.py and to the catalogue"
    assert told["orders_order", "phase", "shipping"] == "в доставке"
    assert len({str(word) for word in HISTORY_VALUES}) == len(HISTORY_VALUES)
    assert history.word_of("deals_deal", "title", "won") == "", "a text is no state"
    assert history.word_of("people_client", "fields", {"size": 1}) == history.word_of("deals_deal", "tags", [1]) == ""
    assert history.word_of("deals_deal", "state", "nothing of the kind") == ""


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
    told = cells_of(shown)
    assert {"Olga Orlova", "Maxim Manager"} <= told
    assert not any(text.isdecimal() for text in told), "names, not numbers of rows"


@pytest.mark.django_db
def test_stages_and_states_are_shown_in_words(django_assert_max_num_queries: Any) -> None:
    shop = make_shop()
    owner = shop.cast.owner
    with shop.as_(owner):
        deal = make_deal(owner, client=make_client("Anna Smirnova"), responsible_id=owner.employee_id)
        first, second = Stage.objects.filter(pipeline_id=deal.pipeline_id).order_by("position")[:2]
        Deal.objects.filter(pk=deal.pk).update(stage=first)
        Deal.objects.filter(pk=deal.pk).update(stage=second)
        Client.objects.filter(pk=deal.client_id).update(kind="organisation")
        for amount in ("1214680", "1214680.5"):
            Deal.objects.filter(pk=deal.pk).update(sum=amount)
    browser = sign_in(Browser(), owner)
    reader = user_of(owner)
    reader.language = "ru"
    reader.save(update_fields=["language"])
    with django_assert_max_num_queries(16):
        page = browser.get(reverse("accounts:history"))
    shown = cells_of(page.content.decode())
    assert {first.name, second.name, "человек", "организация"} <= shown
    assert {wording.number(1214680), wording.number(1214680.5)} <= shown, "sums as people write them"
    assert not any(text.isdecimal() for text in shown), "names, not numbers of rows"


@pytest.mark.django_db
def test_a_client_who_is_called_by_a_phone_is_not_told_to_whom_it_is_hidden() -> None:
    shop = make_shop()
    owner = shop.cast.owner
    with shop.as_(owner):
        deal = make_deal(owner, client=make_client("+7 913 555-12-34"), responsible_id=owner.employee_id)
        Deal.objects.filter(pk=deal.pk).update(client_id=make_client("Anna Smirnova").pk)
        changes = history.list_changes(actor=owner, table="deals_deal", row_id=deal.pk)
        place = ("people_client", deal.client_id)
        assert history.names_of(changes, actor=owner)[place] == "+7 913 555-12-34"
        told = history.names_of(changes, actor=replace(owner, limits={"client.phone": Access.HIDDEN}))
        assert "555" not in told.get(place, "")
