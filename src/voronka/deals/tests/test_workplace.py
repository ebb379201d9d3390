"""The desk as the browser sees it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser

from voronka.accounts import services as accounts
from voronka.accounts.testing import sign_in
from voronka.deals.models import Deal, Press
from voronka.deals.queries.desk import read_story
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.people.models import Client, ContactPoint
from voronka.work import queries as queue
from voronka.work.models import Lease, Task

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def browser(shop: Shop) -> Browser:
    return sign_in(Browser(), shop.cast.colleague)


def lead(shop: Shop, name: str = "Анна Смирнова") -> Deal:
    """A fresh lead whose client may be called at any time, so that the test runs at night too."""
    with shop.as_(shop.cast.owner) as owner:
        client = make_client(name, zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        ContactPoint.objects.create(client=client, kind="phone", value="+79161234567")
        return make_deal(owner, client=client, now=datetime.now(UTC))


def test_the_feed_shows_the_one_next_client_and_why(shop: Shop, browser: Browser) -> None:
    lead(shop)
    page = browser.get("/work/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Анна Смирнова" in text
    assert "v-why" in text
    assert "+7" in text


def test_an_empty_feed_says_so(shop: Shop, browser: Browser) -> None:
    page = browser.get("/work/")
    assert page.status_code == 200
    assert "v-done" in page.content.decode()


def test_a_press_answers_with_a_toast_and_undo_brings_the_client_back(shop: Shop, browser: Browser) -> None:
    deal = lead(shop)
    browser.get("/work/")
    answer = browser.post(f"/deals/{deal.public_id}/press/miss", {"outcome": "busy"}, **HX)
    assert answer.status_code == 200, answer.content.decode()[:500]
    assert "voronka:pressed" in answer.headers["HX-Trigger"]
    assert b"v-toast" in answer.content
    with shop.as_(shop.cast.owner):
        press = Press.objects.get()
        assert Deal.objects.get(pk=deal.pk).misses == 1
    back = browser.post(f"/presses/{press.pk}/undo", **HX)
    assert deal.public_id in back.headers["HX-Location"]
    with shop.as_(shop.cast.owner):
        assert Deal.objects.get(pk=deal.pk).misses == 0


@pytest.mark.parametrize(
    ("button", "shown"),
    [("back", "v-strip"), ("meet", "v-strip"), ("paid", "v-strip v-strip--ask"), ("refuse", "v-menu")],
)
def test_a_press_asks_in_place(shop: Shop, browser: Browser, button: str, shown: str) -> None:
    deal = lead(shop)
    question = browser.get(f"/deals/{deal.public_id}/ask/{button}", **HX)
    assert question.status_code == 200
    assert re.search(f'class="{shown}', question.content.decode())
    page = browser.get(f"/deals/{deal.public_id}/ask/{button}")
    assert page.status_code == 200


def test_outcomes_say_what_would_happen(shop: Shop, browser: Browser) -> None:
    deal = lead(shop)
    menu = browser.get(f"/deals/{deal.public_id}/menu/miss", **HX).content.decode()
    assert menu.count('role="menuitem"') == 3


def test_a_wrong_answer_comes_back_at_its_field_with_what_was_typed(shop: Shop, browser: Browser) -> None:
    deal = lead(shop)
    answer = browser.post(f"/deals/{deal.public_id}/press/paid", {"sum": "две тысячи"}, **HX)
    assert answer.status_code == 422
    assert "две тысячи" in answer.content.decode()


def test_a_typed_time_is_understood(shop: Shop, browser: Browser) -> None:
    deal = lead(shop)
    good = browser.get(f"/deals/{deal.public_id}/phrase", {"q": "завтра в 10"}).json()
    assert good["ok"]
    assert not browser.get(f"/deals/{deal.public_id}/phrase", {"q": "абракадабра"}).json()["ok"]


def test_a_stranger_finds_nothing(shop: Shop) -> None:
    deal = lead(shop)
    stranger = sign_in(Browser(), shop.cast.stranger)
    for path in (f"/deals/{deal.public_id}/", f"/deals/{deal.public_id}/ask/paid", f"/deals/{deal.public_id}/feed"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"/deals/{deal.public_id}/press/miss", **HX).status_code == 404
    with shop.as_(shop.cast.owner):
        assert Deal.objects.get(pk=deal.pk).misses == 0


def test_in_strict_mode_the_feed_alone_chooses(shop: Shop, browser: Browser) -> None:
    first, other = lead(shop), lead(shop, "Игорь")
    with shop.as_(shop.cast.owner) as owner:
        accounts.change_company(actor=owner, changes={"strict_feed": True})
    browser.get("/work/")
    assert browser.get(f"/deals/{other.public_id}/").status_code == 200
    refused = browser.post(f"/deals/{other.public_id}/press/miss", **HX)
    assert refused.status_code == 403
    assert browser.post(f"/deals/{first.public_id}/press/miss", **HX).status_code == 200
    with shop.as_(shop.cast.owner):
        assert Deal.objects.get(pk=other.pk).misses == 0


def test_the_head_takes_a_press_back_from_history(shop: Shop, browser: Browser) -> None:
    deal = lead(shop)
    browser.get("/work/")
    browser.post(f"/deals/{deal.public_id}/press/miss", **HX)
    with shop.as_(shop.cast.owner):
        Press.objects.update(at=datetime.now(UTC) - timedelta(hours=1))
        press = Press.objects.get()
    page = f"/presses/{press.pk}/"
    assert f"{page}undo" not in browser.get(page).content.decode()
    head = sign_in(Browser(), shop.cast.owner)
    assert f"{page}undo" in head.get(page).content.decode()
    with shop.as_(shop.cast.owner):
        assert Press.objects.get().undone_at is None, "looking took the press back"
    assert head.post(f"{page}undo").status_code == 302
    with shop.as_(shop.cast.owner):
        assert Deal.objects.get(pk=deal.pk).misses == 0


def test_who_comes_next_is_shown_but_not_taken(shop: Shop, browser: Browser) -> None:
    lead(shop)
    other = lead(shop, "Игорь Панов")
    in_hand = browser.get("/work/").context["deal"]
    ahead = browser.get("/work/ahead", {"besides": in_hand.open_task_id})
    text = ahead.content.decode()
    assert other.public_id in text
    assert "v-lease" not in text
    assert "v-ahead" not in text
    with shop.as_(shop.cast.owner):
        assert list(Lease.objects.values_list("client_id", flat=True)) == [in_hand.client_id]
    browser.post(f"/deals/{in_hand.public_id}/press/miss", {"outcome": "busy"}, **HX)
    assert browser.get("/work/").context["deal"].public_id == other.public_id


def test_nobody_comes_next_when_one_is_left(shop: Shop, browser: Browser) -> None:
    lead(shop)
    task = browser.get("/work/").context["deal"].open_task_id
    assert browser.get("/work/ahead", {"besides": task}).status_code == 204
    assert browser.get("/work/ahead", {"besides": "9" * 40}).status_code == 200


def test_the_track_tells_how_long_past_stages_took_and_why_what_was_written(shop: Shop) -> None:
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner:
        client = make_client("Анна Смирнова", zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        deal = make_deal(owner, client=client, now=now - timedelta(days=3))
        press(owner, deal, "next", now=now - timedelta(days=1))
        story = read_story(Deal.objects.get(pk=deal.pk))
        assert story.spent == {deal.stage_id: 2 * 86400}
        Press.objects.update(comment="Муж вернётся в четверг\nи решит")
        deal = Deal.objects.get(pk=deal.pk)
        assert read_story(deal).comment.startswith("Муж")
    page = sign_in(Browser(), shop.cast.owner).get(f"/deals/{deal.public_id}/").content.decode()
    assert "2\u00a0дня" in page
    assert "Муж вернётся" in page


def test_the_desk_asks_the_same_number_of_questions_however_long_the_queue(
    shop: Shop,
    browser: Browser,
    django_assert_num_queries,  # type: ignore[no-untyped-def]
) -> None:
    lead(shop)
    browser.get("/work/")
    lead(shop, "Игорь Панов")
    lead(shop, "Вера Титова")
    with django_assert_num_queries(27):
        page = browser.get("/work/")
    with django_assert_num_queries(23):
        browser.get("/work/ahead", {"besides": page.context["deal"].open_task_id})


def test_a_finished_day_says_how_many_clients_it_had_and_who_was_the_last(shop: Shop, browser: Browser) -> None:
    deal = lead(shop, 'Петров "Лис" <Иван>')
    browser.post(f"/deals/{deal.public_id}/press/next", **HX)
    text = browser.get("/work/").content.decode()
    assert "1 клиент за день." in text.replace("\u00a0", " ")
    assert "&lt;Иван&gt;" in text
    assert "&amp;lt;" not in text
    assert "<Иван>" not in text


def test_the_figures_of_the_desk_are_those_of_the_tasks(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        clients = [make_client(f"К{n}") for n in range(5)]
        tasks = [make_deal(me, client=one).open_task_id for one in clients]
        moments = [NOON + timedelta(hours=n) for n in (-2, -1, 3, 30, 5)]
        for task, band, at in zip(tasks, (1, 3, 0, 0, 2), moments, strict=True):
            Task.objects.filter(pk=task).update(band=band, ready_at=at, employee_id=me.employee_id)
        pools = list(Task.objects.filter(pk__in=tasks).values_list("pool_id", flat=True).distinct())
        Lease.objects.create(
            client_id=clients[0].pk,
            task_id=tasks[0],
            employee_id=shop.cast.owner.employee_id,
            until=NOON + timedelta(minutes=1),
        )

        def figures(client: Client | None) -> queue.Figures:
            until = NOON + timedelta(hours=4)
            return queue.read_figures(
                me.person_id, pools, client_id=client.pk if client else None, until=until, now=NOON
            )

        found = figures(clients[0])
        assert (found.waiting, found.promised, found.planned) == ({1: 1, 3: 1}, 1, [moments[2]])
        assert found.holder == shop.cast.owner.employee_id
        assert found.ahead == queue.Ahead(clients[2].pk, 0, moments[2])
        assert figures(clients[2]).ahead == queue.Ahead(clients[0].pk, 1, moments[0])
        assert figures(None).holder is None
