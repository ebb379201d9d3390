"""Saved lists of deals: kept from the list, board or funnel, shown as each of them, called through under their name."""

import html
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest
from django.test import Client as Browser

from voronka.accounts import services as accounts
from voronka.accounts.models import SavedView
from voronka.accounts.queries.views import view_bar
from voronka.accounts.testing import sign_in
from voronka.deals.models import Pipeline, Walk
from voronka.deals.testing import Shop, make_client, make_deal, make_shop
from voronka.kit.actors import Actor
from voronka.people import services as people

pytestmark = pytest.mark.django_db
TAB = re.compile(
    r'<a href="([^"]+)"( aria-current="page")?[^>]*>(?:<svg.*?</svg>)?(?:<span class="v-hide">[^<]*</span>)?<span>'
)


@pytest.fixture
def shop() -> Shop:
    made = make_shop()
    with made.as_(made.cast.owner) as owner:
        for n, city in enumerate(("Омск", "Омск", "Томск")):
            client = make_client(f"Клиент {n}", city=city)
            make_deal(owner, client=client, amount=1000 * (n + 1), now=datetime.now(UTC))
    return made


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return sign_in(Browser(), shop.cast.owner)


def save(actor: Actor, query: str = "f.client.city=Омск", name: str = "Омичи") -> SavedView:
    return accounts.save_view(actor=actor, subject="deal", name=name, query=query, now=datetime.now(UTC))


def tabs(text: str) -> list[tuple[str, bool]]:
    bar = text.partition('class="v-views"')[2].partition("</nav>")[0]
    return [(html.unescape(url), bool(now)) for url, now in TAB.findall(bar)]


def who(text: str) -> set[str]:
    return set(re.findall(r"Клиент \d", text))


def test_a_saved_list_shows_as_list_board_and_funnel(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as owner:
        view = save(owner)
    for page in ("/deals/", "/deals/board/", "/deals/funnel/"):
        [(url, is_open)] = tabs(browser.get(page).content.decode())
        assert url.startswith(f"{page}?")
        assert not is_open
        answer = browser.get(url)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert tabs(text) == [(url, True)]
        if page != "/deals/funnel/":
            assert who(text) == {"Клиент 0", "Клиент 1"}
        # The board chooses a pipeline by itself: that changes nothing of what was kept.
        assert "Сохранить подборку" not in text
        others = re.findall(r'<div class="v-seg".*?</div>', text)[0]
        assert others.count(f"view={view.public_id}") == 3


def test_the_bar_counts_deals_and_marks_a_condition_that_is_none(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as owner:
        save(owner)
        save(owner, "f.client.custom.gone=1&state=all", "Пропавшее")
        save(owner, "state=won", "Оплаченные")
        bar = view_bar(owner, "deal", "f.client.city=Омск", counted=True, page="deals:board")
        assert [(one.name, one.count, one.is_broken) for one in bar.tabs] == [
            ("Омичи", 2, False), ("Пропавшее", None, True), ("Оплаченные", 0, False)
        ]  # fmt: skip
        assert {one.url.split("?")[0] for one in bar.tabs} == {"/deals/board/"}
        assert view_bar(owner, "deal", "", page="accounts:sign-in").all_url == "/deals/"
    piece = browser.get("/views/deal/?at=f.client.city%3DОмск&page=deals:funnel").content.decode()
    assert "<i>2</i>" in piece
    assert 'value="deals:funnel"' in piece


def test_what_is_kept_from_a_board_is_the_filter_as_it_was_asked(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner):
        pipeline = Pipeline.objects.get(code="new_lead").public_id
    text = browser.get("/deals/board/?f.sum=2000..").content.decode()
    query = html.unescape(re.findall(r'name="query" value="([^"]*)"', text)[0])
    answer = browser.post("/views/deal/save/", {"name": "Дорогие", "query": query, "page": "deals:board"})
    with shop.as_(shop.cast.owner):
        view = SavedView.objects.get()
    assert view.query == "f.sum=2000.."
    assert answer.headers["Location"] == f"/deals/board/?f.sum=2000..&view={view.public_id}"
    text = browser.get(f"/deals/board/?f.sum=2000..&pipeline={pipeline}&view={view.public_id}").content.decode()
    assert "Обновить «Дорогие»" in text  # a pipeline that was asked for is a change
    moved = browser.post(f"/view/{view.public_id}/delete/", {"page": "deals:funnel"})
    assert moved.headers["Location"] == "/deals/funnel/?f.sum=2000.."


def test_a_saved_list_is_called_through_under_its_name(shop: Shop, browser: Browser) -> None:
    with shop.as_(shop.cast.owner) as owner:
        save(owner)
    [(url, _is_open)] = tabs(browser.get("/deals/board/").content.decode())
    text = browser.get(url).content.decode()
    begin = html.unescape(re.findall(r'href="(/walks/new[^"]*)"', text)[0])
    asked = browser.get(begin).content.decode()
    assert 'value="Омичи"' in asked
    query = html.unescape(re.findall(r'name="query" value="([^"]*)"', asked)[0])
    browser.post("/walks/new/", {"of": "deal", "query": query, "name": "Омичи"})
    with shop.as_(shop.cast.owner):
        walk = Walk.objects.get()
        assert (walk.name, walk.total) == ("Омичи", 2)


def test_a_list_of_deals_is_for_those_who_see_deals(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        view = save(owner)
    stranger = sign_in(Browser(), shop.cast.stranger)
    assert stranger.get(f"/view/{view.public_id}/").status_code == 404
    assert tabs(stranger.get("/deals/").content.decode()) == []


def test_a_condition_on_a_field_that_was_put_away_is_told_by_its_name_and_loses_nothing(
    shop: Shop, browser: Browser
) -> None:
    with shop.as_(shop.cast.owner) as owner:
        field = people.add_field(actor=owner, name="Стиль", kind="text")
        query = f"f.client.custom.{field.code}=лофт&f.sum=1000.."
        save(owner, query, "Лофт")
        people.change_field(actor=owner, public_id=field.public_id, name="Стиль", is_active=False)
    for page in ("/deals/", "/deals/board/", "/deals/funnel/"):
        answer = browser.get(f"{page}?{query}")
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "Клиент: Стиль" in text
        assert "Поле убрано" in text or "убрано" in text
        assert "лофт" in text
        assert f"{page}?f.sum=1000.." in html.unescape(text)  # without the condition the other one stays
    assert "устарело" in browser.get("/walks/new/", {"of": "deal", "query": query}).content.decode()
    with shop.as_(shop.cast.owner) as owner:
        assert SavedView.objects.get().query == urlencode(sorted(parse_qsl(query)))
        people.change_field(actor=owner, public_id=field.public_id, name="Стиль", is_active=True)
    assert browser.get(f"/deals/?{query}").status_code == 200


def test_conditions_of_no_any_and_empty_read_as_words(shop: Shop, browser: Browser) -> None:
    text = browser.get("/deals/?f.client.city:not=Омск|Томск").content.decode()
    assert "не Омск или Томск" in text
