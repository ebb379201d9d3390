"""Saved lists: kept, shared, changed, taken back; their counts."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser

from voronka.accounts import services
from voronka.accounts.models import SavedView
from voronka.accounts.queries.views import COUNT_LIMIT, view_bar
from voronka.accounts.testing import NOW, Cast, add_person, make_company, sign_in
from voronka.kit import lists
from voronka.kit.errors import Denied, Invalid, NotFound
from voronka.kit.tenancy import company_context
from voronka.people.testing import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_company()


def save(actor, name="Омичи", query="f.city=Омск", **more) -> SavedView:
    return services.save_view(actor=actor, subject="client", name=name, query=query, now=NOW, **more)


def test_what_is_kept_is_the_state_of_the_list_in_one_order(cast: Cast) -> None:
    with company_context(cast.company_id):
        view = save(cast.owner, query="sort=name&after=zzz&f.city=Омск&add=sum&view=x&f.sum=1..5&csrf=1")
        same = save(cast.owner, "Другое", query="f.sum=1..5&f.city=Омск&sort=name")
    assert view.query == same.query
    assert "after" not in view.query


def test_own_lists_are_ones_own_and_shared_ones_everybodys(cast: Cast) -> None:
    with company_context(cast.company_id):
        save(cast.owner, "Мои")
        shared = save(cast.owner, "Общие", is_shared=True)
        assert [tab.name for tab in view_bar(cast.colleague, "client", "").tabs] == ["Общие"]
        with pytest.raises(Denied):
            save(cast.colleague, "Тоже общие", is_shared=True)
        with pytest.raises(Denied):
            services.change_view(actor=cast.colleague, public_id=shared.public_id, name="Чужие")
        head = add_person(cast.owner, "head")
        assert services.change_view(actor=head, public_id=shared.public_id, name="Наши").name == "Наши"
        own = SavedView.objects.get(name="Мои")
        for act in (services.restore_view, services.change_view):
            with pytest.raises(NotFound):
                act(actor=head, public_id=own.public_id)
    with company_context(cast.other_company_id), pytest.raises(NotFound):
        services.change_view(actor=cast.stranger, public_id=shared.public_id, name="x")


@pytest.mark.parametrize("name", ["", "  ", "\n\t", "я" * 61])
def test_a_list_needs_a_name(cast: Cast, name: str) -> None:
    with company_context(cast.company_id), pytest.raises(Invalid):
        save(cast.owner, name)


def test_neither_renaming_nor_taking_back_gives_one_person_two_lists_of_a_name(cast: Cast) -> None:
    with company_context(cast.company_id):
        first, second = save(cast.owner, "Омичи"), save(cast.owner, "Томичи")
        with pytest.raises(Invalid) as refused:
            services.change_view(actor=cast.owner, public_id=second.public_id, name="ОМИЧИ")
        assert set(refused.value.fields) == {"name"}
        second.refresh_from_db()
        assert second.name == "Томичи"
        assert services.change_view(actor=cast.owner, public_id=first.public_id, name="омичи").name == "омичи"
        services.drop_view(actor=cast.owner, public_id=first.public_id, now=NOW)
        services.change_view(actor=cast.owner, public_id=second.public_id, name="Омичи")
        with pytest.raises(Invalid):
            services.restore_view(actor=cast.owner, public_id=first.public_id)
        assert [one.name for one in SavedView.objects.filter(dropped_at=None)] == ["Омичи"]
        # Of another person, and of another kind of list, it may be the same.
        assert save(cast.colleague, "Омичи").name == "Омичи"
        assert (
            services.save_view(actor=cast.owner, subject="deal", name="Омичи", query="q=x", now=NOW).name == "Омичи"
        )


def test_the_database_holds_that_a_name_stands_once(cast: Cast) -> None:
    with company_context(cast.company_id):
        view = save(cast.owner, "Омичи")
        twin = SavedView(owner_id=view.owner_id, subject="client", name="оМИЧИ", query="", made_at=NOW)
        with pytest.raises(IntegrityError, match="accounts_view_name"), transaction.atomic():
            twin.save()
        twin.dropped_at = NOW
        twin.save()


def test_lists_of_one_name_are_told_apart_by_the_migration() -> None:
    """Run on a table of the same name and columns that lives for this test."""
    rename = import_module("voronka.accounts.migrations.0005_view_names").RENAME
    rows = [(1, 1, 1, "client", "Омичи"), (2, 1, 1, "client", "омичи"), (3, 1, 1, "client", "Омичи (2)"),
            (4, 1, 1, "client", "ОМИЧИ"), (5, 1, 1, "deal", "Омичи"), (6, 1, 2, "client", "Омичи"),
            (7, 2, 1, "client", "Омичи")]  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE accounts_savedview (id bigint, company_id bigint, owner_id bigint, subject text,"
            " name varchar(60), position int DEFAULT 0, dropped_at timestamptz) ON COMMIT DROP"
        )
        cursor.executemany(
            "INSERT INTO accounts_savedview (id, company_id, owner_id, subject, name) VALUES (%s, %s, %s, %s, %s)",
            [*rows, (8, 1, 1, "client", "я" * 60), (9, 1, 1, "client", "Я" * 60)],
        )
        cursor.execute("INSERT INTO accounts_savedview VALUES (10, 1, 1, 'client', 'Омичи', 0, now())")
        cursor.execute(rename)
        cursor.execute("SELECT id, name FROM accounts_savedview ORDER BY id")
        names = dict(cursor.fetchall())
        transaction.set_rollback(True)
    assert (names[1], names[3], names[10]) == ("Омичи", "Омичи (2)", "Омичи")
    assert {names[2], names[4]} == {"омичи (3)", "ОМИЧИ (4)"}
    assert (names[5], names[6], names[7]) == ("Омичи", "Омичи", "Омичи")
    assert names[9] == "Я" * 54 + " (2)"


def test_a_name_stands_once_and_there_is_an_end_to_lists(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voronka.accounts.services.views.VIEWS_LIMIT", 2)
    with company_context(cast.company_id):
        save(cast.owner, "Омичи")
        with pytest.raises(Invalid):
            save(cast.owner, "ОМИЧИ")
        save(cast.owner, "Томичи")
        with pytest.raises(Invalid):
            save(cast.owner, "Прочие")
        assert SavedView.objects.count() == 2


def test_the_bar_counts_and_marks_what_is_broken(cast: Cast) -> None:
    with company_context(cast.company_id):
        for city in ("Омск", "Омск", "Томск"):
            make_client(cast.owner, "Аня", city=city)
        save(cast.owner, "Омичи")
        save(cast.owner, "Пропавшее", query="f.custom.nothing=1")
        tabs = view_bar(cast.owner, "client", "f.city=Омск", counted=True).tabs
        assert [(tab.count, tab.is_broken, tab.is_active) for tab in tabs] == [(2, False, True), (None, True, False)]


def test_a_slow_count_leaves_its_place_empty_and_the_page_whole(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    def slow(actor, query: str, most: int) -> int:
        assert most == COUNT_LIMIT
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(3)")
        return 1

    kind = lists.find_list("client")
    assert kind is not None
    slow_kind = lists.ListKind(kind.subject, kind.page, kind.right, kind.names, slow)
    monkeypatch.setitem(lists._kinds, "client", slow_kind)
    with company_context(cast.company_id):
        save(cast.owner)
        tab = view_bar(cast.owner, "client", "", counted=True).tabs[0]
        assert (tab.count, tab.is_broken) == (None, False)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            assert cursor.fetchone() == ("0",)


def test_deleting_can_be_taken_back(cast: Cast) -> None:
    browser = sign_in(Browser(), cast.owner)
    answer = browser.post("/views/client/save/", {"name": "Омичи", "query": "f.city=Омск", "q": "Аня"})
    with company_context(cast.company_id):
        view = SavedView.objects.get()
    assert answer.status_code == 302
    assert f"view={view.public_id}" in answer.headers["Location"]
    assert "q=%D0%90" in view.query
    dropped = browser.post(f"/view/{view.public_id}/delete/", follow=True)
    assert f"/view/{view.public_id}/restore/" in dropped.content.decode()
    assert browser.get(f"/view/{view.public_id}/").status_code == 404
    back = browser.post(f"/view/{view.public_id}/restore/", headers={"HX-Request": "true"})
    assert back.headers["HX-Redirect"].startswith("/clients/?")
    assert browser.get(f"/view/{view.public_id}/").status_code == 302
