"""Power mode: a list called through to its end, alone and by two; what the page of the end says."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import add_person, sign_in
from voronka.deals.models import Deal, Pipeline, Walk, WalkItem
from voronka.deals.queries import walks
from voronka.deals.services import undo, walking
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied, Invalid, NotFound
from voronka.people import services as people
from voronka.work import services as work
from voronka.work.models import Lease

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def begin(actor: Actor, deals: list[Deal], *, is_shared: bool = False) -> Walk:
    ids = [one.pk for one in deals]
    return walking.start(
        actor=actor, subject="deal", ids=ids, name="Зима", query="", is_shared=is_shared, now=NOON
    )  # fmt: skip


def take(actor: Actor, walk: Walk, now: datetime = NOON) -> str:
    """Take the next client and return his name, empty when nobody is given."""
    step = walking.take(actor=actor, walk_id=walk.public_id, now=now)
    return step.item.client.name if step is not None else ""


def test_a_list_is_walked_to_its_end_and_says_what_came_of_it(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deals = [make_deal(owner, client=make_client(name)) for name in ("Анна", "Борис", "Вера", "Глеб")]
        walk = begin(owner, deals)
        assert take(owner, walk) == "Анна"
        assert take(owner, walk) == "Анна"  # a reloaded page loses nothing
        press(owner, deals[0], "paid", sum="5000", now=NOON + timedelta(minutes=1))
        press(owner, deals[2], "refuse", reason="price", now=NOON)  # closed elsewhere before her turn
        assert take(owner, walk, NOON + timedelta(minutes=2)) == "Борис"
        walking.skip(actor=owner, walk_id=walk.public_id, position=1)
        assert take(owner, walk, NOON + timedelta(minutes=3)) == "Глеб"
        press(owner, deals[3], "miss", "busy", now=NOON + timedelta(minutes=4))
        assert take(owner, walk, NOON + timedelta(minutes=5)) == ""
        walk.refresh_from_db()
        assert walk.ended_at == NOON + timedelta(minutes=5)
        outcomes = {
            one.label: (one.count, [int(total) for _c, total in one.sums]) for one in walks.outcomes_of(walk, owner)
        }
        assert outcomes == {"Оплачено": (1, [5000]), "Недозвон: Занято": (1, [])}
        left = {one.client.name: one.state for one in walks.list_unreached(walk, owner)}
        assert left == {"Борис": "skipped", "Вера": "closed"}
        progress = walks.progress_of([walk])[walk.pk]
        assert (progress.done, progress.total, progress.left) == (4, 4, 0)


def test_who_may_not_be_called_now_waits_and_comes_in_his_hours(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        late = make_deal(owner, client=make_client("Камчатка", zone="Asia/Kamchatka"))  # 21:00 there
        here = make_deal(owner, client=make_client("Москва", zone="Europe/Moscow"))
        own = make_deal(
            owner, client=make_client("Сова", zone="Asia/Kamchatka", call_opens_minute=0, call_closes_minute=1440)
        )
        walk = begin(owner, [late, here, own])
        assert take(owner, walk) == "Москва"
        press(owner, here, "miss", "busy", now=NOON + timedelta(minutes=1))
        assert take(owner, walk, NOON + timedelta(minutes=2)) == "Сова"
        press(owner, own, "miss", "busy", now=NOON + timedelta(minutes=3))
        assert take(owner, walk, NOON + timedelta(minutes=4)) == ""
        walk.refresh_from_db()
        assert walk.ended_at is None
        assert take(owner, walk, NOON + timedelta(hours=13)) == "Камчатка"


def test_two_share_a_list_and_never_a_client(shop: Shop) -> None:
    other = add_person(shop.cast.owner, "manager")
    with shop.as_(shop.cast.owner) as owner:
        anna = make_client("Анна")
        deals = [make_deal(owner, client=one) for one in (anna, anna, make_client("Борис"), make_client("Вера"))]
        alone = begin(owner, deals)
        walk = begin(owner, deals, is_shared=True)
        assert take(owner, walk) == "Анна"
    with shop.as_(other):
        with pytest.raises(NotFound):
            take(other, alone)
        assert take(other, walk) == "Борис"  # the other deal of Anna waits too: she is on the line
        with pytest.raises(Denied):
            walking.stop(actor=other, walk_id=walk.public_id, now=NOON)
        with pytest.raises(Conflict):
            walking.skip(actor=other, walk_id=walk.public_id, position=0)
    with shop.as_(shop.cast.owner) as owner:
        later = NOON + timedelta(minutes=30)
        assert take(owner, walk, later) == "Анна"
        press(owner, deals[0], "miss", "busy", now=later)
        press(owner, deals[1], "miss", "busy", now=later)
        # Who has gone away without a word gives his client back.
        assert take(owner, walk, later + timedelta(minutes=1)) == "Анна"
        press(owner, deals[1], "miss", "busy", now=later + timedelta(minutes=1))
        assert take(owner, walk, later + timedelta(minutes=2)) == "Борис"


def test_a_press_taken_back_makes_its_client_wait_again(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, client=make_client("Анна"))
        walk = begin(owner, [deal, make_deal(owner, client=make_client("Борис"))])
        take(owner, walk)
        done = press(owner, deal, "miss", "busy", now=NOON + timedelta(seconds=1))
        assert take(owner, walk, NOON + timedelta(seconds=2)) == "Борис"
        undo(actor=owner, press_id=done.press_id, now=NOON + timedelta(seconds=3), agreed=False)
        walking.skip(actor=owner, walk_id=walk.public_id, position=1)
        assert take(owner, walk, NOON + timedelta(seconds=4)) == "Анна"


def test_a_client_without_a_deal_gets_one_by_a_press(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        anna, boris = make_client("Анна"), make_client("Борис")
        known = make_deal(owner, client=boris)
        walk = walking.start(
            actor=owner, subject="client", ids=[anna.pk, boris.pk], name="Старые", query="", is_shared=False, now=NOON
        )
        step = walking.take(actor=owner, walk_id=walk.public_id, now=NOON)
        assert step is not None
        assert (step.item.client_id, step.deal) == (anna.pk, None)
        with pytest.raises(Invalid):
            walking.open_for(actor=owner, walk_id=walk.public_id, position=0, pipeline="gone", now=NOON)
        win_back = Pipeline.objects.get(code="win_back")
        opened = [
            walking.open_for(actor=owner, walk_id=walk.public_id, position=0, pipeline=win_back.public_id, now=NOON)
            for _twice in range(2)
        ]
        assert opened[0].pk == opened[1].pk
        step = walking.take(actor=owner, walk_id=walk.public_id, now=NOON)
        assert step is not None
        assert step.deal is not None
        assert (step.deal.pk, step.deal.responsible_id, step.deal.pipeline_id) == (
            opened[0].pk, owner.employee_id, win_back.pk,
        )  # fmt: skip
        press(owner, opened[0], "miss", "busy", now=NOON + timedelta(seconds=1))
        step = walking.take(actor=owner, walk_id=walk.public_id, now=NOON + timedelta(seconds=2))
        assert step is not None
        assert step.deal is not None
        assert step.deal.pk == known.pk


def test_a_client_who_goes_out_of_sight_while_in_hand_holds_up_nobody(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        anna, boris = make_client("Анна"), make_client("Борис")
        walk = walking.start(
            actor=owner, subject="client", ids=[anna.pk, boris.pk], name="", query="", is_shared=False, now=NOON
        )
        assert take(owner, walk) == "Анна"
        people.bin_client(actor=owner, client_id=anna.pk, now=NOON)
        assert take(owner, walk) == "Борис"
        assert walk.items.get(position=0).state == "closed"


def test_however_many_were_closed_the_next_open_one_is_given(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "TRIES", 2)
    with shop.as_(shop.cast.owner) as owner:
        deals = [make_deal(owner, client=make_client(name)) for name in ("Анна", "Борис", "Вера", "Глеб")]
        walk = begin(owner, deals)
        for one in deals[:3]:
            press(owner, one, "refuse", reason="price", now=NOON)
        assert take(owner, walk) == "Глеб"


def test_who_may_begin(shop: Shop) -> None:
    reader = add_person(shop.cast.owner, "reader")
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner)
        with pytest.raises(Denied):
            begin(reader, [deal])
        with pytest.raises(Denied):
            begin(replace(owner, is_led=True), [deal])
        with pytest.raises(Invalid):
            begin(owner, [])
        assert not Walk.objects.exists()


def test_the_pages_from_the_list_to_the_end(shop: Shop, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    browser, now = sign_in(Browser(), shop.cast.owner), datetime.now(UTC)
    always = {"call_opens_minute": 0, "call_closes_minute": 1440}
    with shop.as_(shop.cast.owner) as owner:
        anna = make_deal(owner, client=make_client("Анна Смирнова", **always), amount=900, now=now)
        make_deal(owner, client=make_client("Борис Ким", **always), amount=100, now=now)
    link = re.search(r'href="(/walks/new/[^"]+)"', browser.get("/deals/?f.sum=500..").content.decode())
    assert link is not None
    text = browser.get(link[1].replace("&amp;", "&")).content.decode()
    assert "<b>1</b>" in text
    assert "от 500" in text
    answer = browser.post("/walks/new/", {"of": "deal", "query": "f.sum=500..", "name": "Крупные"})
    assert answer.status_code == 302
    with django_assert_max_num_queries(50):
        text = browser.get(answer.url).content.decode()
    assert "Анна Смирнова" in text
    assert f'data-url="{answer.url}"' in text
    with shop.as_(shop.cast.owner) as owner:
        press(owner, anna, "paid", sum="900", now=datetime.now(UTC))
    text = browser.get(answer.url).content.decode()
    assert "Список обзвонен" in text
    assert "900\u00a0₽" in text
    assert "Крупные" in browser.get("/walks/").content.decode()
    assert browser.post("/walks/new/", {"of": "deal", "query": "f.sum=5000.."}).status_code == 422
    assert browser.post("/walks/new/", {"of": "client", "query": "f.custom.gone=1"}).status_code == 422


def test_a_merged_client_stays_in_the_walk_and_an_erased_deal_leaves_it(shop: Shop) -> None:
    from voronka.deals import stakes

    with shop.as_(shop.cast.owner) as owner:
        anna, boris = make_client("Анна"), make_client("Борис")
        walk = walking.start(
            actor=owner, subject="client", ids=[anna.pk, boris.pk], name="", query="", is_shared=False, now=NOON
        )
        stakes.move([anna.pk], boris.pk)
        assert set(walk.items.values_list("client_id", flat=True)) == {boris.pk}
        stakes.withdraw([boris.pk])
        assert not WalkItem.objects.exists()


def test_the_lease_of_a_walk_is_that_of_the_feed(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, client=make_client("Анна"))
        walk = begin(owner, [deal])
        take(owner, walk)
    with shop.as_(shop.cast.colleague) as colleague:
        assert deal.open_task_id is not None
        assert not work.hold(actor=colleague, task_id=deal.open_task_id, client_id=deal.client_id, now=NOON)


def test_who_would_come_next_is_told_without_being_held(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deals = [make_deal(owner, client=make_client(name)) for name in ("Анна", "Борис", "Вера")]
        walk = begin(owner, deals)
        assert take(owner, walk) == "Анна"
        press(owner, deals[1], "refuse", reason="price", now=NOON)  # closed elsewhere: he will be passed
        before = list(WalkItem.objects.order_by("position").values("state", "employee_id", "taken_at"))
        step = walking.look_ahead(actor=owner, walk_id=walk.public_id, now=NOON)
        assert step is not None
        assert step.deal == deals[2]
        assert list(WalkItem.objects.order_by("position").values("state", "employee_id", "taken_at")) == before
        assert Lease.objects.count() == 1
        night = NOON + timedelta(hours=10)
        assert walking.look_ahead(actor=owner, walk_id=walk.public_id, now=night) is None
        walking.stop(actor=owner, walk_id=walk.public_id, now=NOON)
        assert walking.look_ahead(actor=owner, walk_id=walk.public_id, now=NOON) is None
    with shop.as_(shop.cast.colleague) as other, pytest.raises(NotFound):
        walking.look_ahead(actor=other, walk_id=walk.public_id, now=NOON)


def test_the_page_ahead_is_the_desk_of_the_next_one_in_the_list(shop: Shop) -> None:
    always = {"call_opens_minute": 0, "call_closes_minute": 1440}
    with shop.as_(shop.cast.owner) as owner:
        deals = [make_deal(owner, client=make_client(name, **always)) for name in ("Анна", "Борис")]
        walk = begin(owner, deals)
    browser = sign_in(Browser(), shop.cast.owner)
    text = browser.get(f"/walks/{walk.public_id}/next").content.decode()
    assert f'<v-ahead data-url="/walks/{walk.public_id}/ahead"' in text
    ahead = browser.get(f"/walks/{walk.public_id}/ahead").content.decode()
    assert "Борис" in ahead
    assert "v-ahead" not in ahead
    assert "v-lease" not in ahead
    with shop.as_(shop.cast.owner) as owner:
        press(owner, deals[1], "paid", sum="5", now=datetime.now(UTC))
    assert browser.get(f"/walks/{walk.public_id}/ahead").status_code == 204
