"""Saved lists: kept, shared, changed, taken back; their counts."""

import pytest
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
