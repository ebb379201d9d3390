"""The lease in browsers: one client is never in two hands, and a page that is left lets go."""

from datetime import UTC, datetime, timedelta

import pytest
from browsing import eventually, settled, until
from django.db import transaction

from voronka.accounts.models import Company
from voronka.deals.models import Pipeline, PipelineMember
from voronka.deals.testing import make_client, make_deal, make_shop
from voronka.work.models import Lease

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop():
    """Return a shop whose owner and manager both work the common pool, around the clock."""
    shop = make_shop()
    cast = shop.cast
    with shop.as_(cast.owner), transaction.atomic():
        Company.objects.update(call_opens_minute=0, call_closes_minute=1440)
        pipeline = Pipeline.objects.get(code="new_lead")
        for one in (cast.owner, cast.colleague):
            PipelineMember.objects.get_or_create(pipeline=pipeline, employee_id=one.employee_id)
    return shop


def fill(shop, count: int) -> None:
    """Put clients into the common pool, all to be called now."""
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner), transaction.atomic():
        for number in range(count):
            make_deal(shop.cast.owner, client=make_client(f"Client {number:02d}"), now=now - timedelta(hours=1))


def leases(shop) -> dict[int, datetime]:
    with shop.as_(shop.cast.owner), transaction.atomic():
        rows = Lease.objects.filter(until__gt=datetime.now(UTC))
        return dict(rows.values_list("employee_id", "until"))


def shown(page) -> str:
    """Return the client of a page, when his buttons act."""
    until(page, "!!document.querySelector('.v-press-do')")
    settled(page)
    return page.inner_text("h1")


def test_two_browsers_never_hold_one_client(visit, shop):
    fill(shop, 12)
    hands = [visit(shop.cast.owner), visit(shop.cast.colleague)]
    for page in hands:
        page.goto("/work/")
    worked: list[str] = []
    for turn in range(8):
        here, there = shown(hands[0]), shown(hands[1])
        assert here != there
        presser = hands[turn % 2]
        before = shown(presser)
        worked.append(before)
        presser.keyboard.press("5")
        until(
            presser,
            f"!!document.querySelector('h1') && !document.querySelector('h1').textContent.includes('{before}')",
        )
    assert len(set(worked)) == len(worked), "nobody was worked through twice"


def test_a_taken_client_is_shown_as_taken_and_not_given(visit, shop):
    fill(shop, 1)
    holder, other = visit(shop.cast.owner), visit(shop.cast.colleague)
    holder.goto("/work/")
    name = shown(holder)
    other.goto("/work/")
    assert "All clients are processed" in other.inner_text("h1")
    address = holder.evaluate("document.querySelector('v-lease').dataset.url").split("/lease")[0]
    other.goto(f"{address}/")
    assert other.inner_text("h1") == name
    assert "is talking to this client now" in other.inner_text("main")
    assert other.locator("v-lease").count() == 0
    assert list(leases(shop)) == [shop.cast.owner.employee_id]


@pytest.mark.parametrize("way", ["left", "closed"])
def test_a_page_that_is_gone_lets_go(visit, shop, way):
    fill(shop, 1)
    holder, other = visit(shop.cast.owner), visit(shop.cast.colleague)
    holder.goto("/work/")
    name = shown(holder)
    assert leases(shop)
    if way == "left":
        holder.goto("/clients/")
    else:
        holder.close(run_before_unload=True)
    eventually(lambda: not leases(shop))
    other.goto("/work/")
    assert shown(other) == name


def test_an_open_page_holds_on_and_tells_when_it_has_lost(visit, shop):
    fill(shop, 1)
    holder, other = visit(shop.cast.owner), visit(shop.cast.colleague)
    holder.clock.install()
    holder.goto("/work/")
    name = shown(holder)
    first = leases(shop)[shop.cast.owner.employee_id]
    holder.clock.fast_forward(31_000)
    eventually(lambda: leases(shop)[shop.cast.owner.employee_id] > first)
    # The connection was away for longer than the lease lives, and a colleague was given the client.
    with shop.as_(shop.cast.owner), transaction.atomic():
        Lease.objects.update(until=datetime.now(UTC) - timedelta(seconds=1))
    other.goto("/work/")
    assert shown(other) == name
    holder.clock.fast_forward(31_000)
    until(holder, "document.querySelector('#v-toasts').textContent.includes('no longer held by you')")
    assert list(leases(shop)) == [shop.cast.colleague.employee_id]
