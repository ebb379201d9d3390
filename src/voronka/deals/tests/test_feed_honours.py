"""Whom the feed gives nobody, and what the desk says when a client's clock is shut."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser

from voronka.accounts.testing import add_person, sign_in
from voronka.deals import services
from voronka.deals.models import Deal, PipelineMember
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop
from voronka.kit.errors import Denied
from voronka.work.models import DayOff, Lease, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def test_a_manager_is_given_clients_of_his_pipelines_only_and_a_reader_none(shop: Shop) -> None:
    other, reader = add_person(shop.cast.owner, "manager"), add_person(shop.cast.owner, "reader")
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, client=make_client(zone="Europe/Moscow"))
        back = make_deal(owner, client=make_client("Igor", zone="Europe/Moscow"), pipeline_code="win_back")
    with shop.as_(other):
        assert services.take_next(actor=other, now=NOON) is None
        PipelineMember.objects.create(pipeline_id=back.pipeline_id, employee_id=other.person_id)
        turn = services.take_next(actor=other, now=NOON)
        assert turn is not None
        assert turn.deal_id == back.pk
    with shop.as_(reader):
        PipelineMember.objects.create(pipeline_id=deal.pipeline_id, employee_id=reader.person_id)
        with pytest.raises(Denied):
            services.take_next(actor=reader, now=NOON)


def test_on_a_day_off_the_feed_rests_until_the_manager_says_otherwise(shop: Shop) -> None:
    now = datetime.now(UTC)
    with shop.as_(shop.cast.owner) as owner:
        make_deal(owner, client=make_client("Анна", call_opens_minute=0, call_closes_minute=1440), now=now)
        day = now.astimezone(shop.cast.colleague.zone).date()
        DayOff.objects.create(on=day, employee_id=shop.cast.colleague.employee_id)
    browser = sign_in(Browser(), shop.cast.colleague)
    page = browser.get("/work/").content.decode()
    assert "выходной" in page
    assert "v-client-name" not in page
    with shop.as_(shop.cast.owner):
        assert not Lease.objects.exists()
    assert "v-client-name" in browser.get("/work/?anyway=1").content.decode()


def test_a_client_whose_clock_is_shut_is_warned_about_with_a_good_moment_that_one_press_sets(shop: Shop) -> None:
    now = datetime.now(UTC)
    zones = [f"Etc/GMT{offset:+}" for offset in range(-13, 13)]
    zone = next(one for one in zones if now.astimezone(ZoneInfo(one)).hour == 3)
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, client=make_client("Анна", zone=zone), now=now)
    browser = sign_in(Browser(), shop.cast.colleague)
    page = browser.get(f"/deals/{deal.public_id}/").content.decode()
    assert "У клиента ночь" in page.replace("\u00a0", " ")
    form = re.search(r'action="(/deals/\w+/press/back)".*?name="at" value="([^"]+)"', page, re.DOTALL)
    assert form is not None
    good = datetime.fromisoformat(form[2])
    assert good > now
    assert 9 <= good.astimezone(ZoneInfo(zone)).hour < 20
    assert browser.post(form[1], {"at": form[2]}).status_code == 302
    with shop.as_(shop.cast.owner):
        step = Task.objects.get(pk=Deal.objects.get(pk=deal.pk).open_task_id)
        assert (step.band, step.ready_at) == (0, good)
