"""Steps that an administrator adds to buttons: what a press of them does, and that all of it happens or nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from voronka.accounts.queries import list_employees
from voronka.deals import services
from voronka.deals.models import ButtonSet, Deal, Press
from voronka.deals.testing import NOON, Shop, make_deal, make_shop, press
from voronka.kit.errors import Refusal
from voronka.kit.models import EventRow, OutgoingItem
from voronka.work.models import Task

pytestmark = pytest.mark.django_db

WEBHOOK = {"kind": "messaging.call_webhook", "url": "https://example.com/hook"}


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def put_steps(deal: Deal, *steps: dict[str, object]) -> None:
    """Let the button "think" of the deal's stage do nothing but these steps."""
    live = ButtonSet.objects.get(stage_id=deal.stage_id, state="live")
    for one in live.buttons:
        if one["key"] == "think":
            one["outcomes"][0]["steps"] = list(steps)
    live.save(update_fields=["buttons"])


def state_of(deal: Deal) -> tuple[object, ...]:
    row = Deal.objects.filter(pk=deal.pk).values().get()
    return row, Task.objects.filter(pk=row["open_task_id"]).values().get()


def test_tags_owner_webhook_and_morning_come_by_one_press_and_go_by_its_undo(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as me:
        colleague = next(one for one in list_employees() if one.pk == shop.cast.colleague.employee_id)
        deal = make_deal(me)
        Deal.objects.filter(pk=deal.pk).update(tags=["старый", "опт"])
        put_steps(
            deal,
            {"kind": "deals.add_tag", "tag": "тёплый"},
            {"kind": "deals.remove_tag", "tag": "старый"},
            {"kind": "deals.assign", "employee": colleague.public_id},
            WEBHOOK,
            {"kind": "deals.set_task", "task": "letter", "when": "client_morning"},
        )
        before = state_of(deal)
        done = press(me, deal, "think")
        after = Deal.objects.select_related("open_task").get(pk=deal.pk)
        assert (after.tags, after.responsible_id) == (["опт", "тёплый"], colleague.pk)
        assert after.open_task is not None
        # It is 16:00 of a Monday in Krasnoyarsk; his next morning is Tuesday, 9:00 there.
        assert after.open_task.ready_at == datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
        assert after.open_task.employee_id == colleague.pk
        item = OutgoingItem.objects.get()
        assert (item.channel, item.state, item.send_after) == ("webhook", "waiting", NOON + timedelta(seconds=10))
        services.undo(actor=me, press_id=done.press_id, now=NOON + timedelta(seconds=5))
        assert state_of(deal) == before
        assert OutgoingItem.objects.get().state == "cancelled"


def test_a_press_whose_last_step_refuses_leaves_nothing_behind(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as me:
        deal = make_deal(me)
        put_steps(
            deal,
            {"kind": "deals.add_tag", "tag": "тёплый"},
            {"kind": "deals.set_task", "when": "in", "minutes": 5},
            WEBHOOK,
            {"kind": "messaging.send_letter", "template": "gone"},
        )
        before, told = state_of(deal), EventRow.objects.count()
        with pytest.raises(Refusal):
            press(me, deal, "think")
        assert state_of(deal) == before
        assert (Press.objects.count(), OutgoingItem.objects.count(), EventRow.objects.count()) == (0, 0, told)


@pytest.mark.parametrize(("employee", "whose"), [("me", "presser"), ("pool", "nobody"), ("ask", "picked")])
def test_a_person_is_the_presser_nobody_or_the_one_who_is_picked(shop: Shop, employee: str, whose: str) -> None:
    with shop.as_(shop.cast.owner) as me:
        colleague = next(one for one in list_employees() if one.pk == shop.cast.colleague.employee_id)
        deal = make_deal(me, responsible_id=colleague.pk if whose != "picked" else me.employee_id)
        put_steps(
            deal,
            {"kind": "deals.assign", "employee": employee},
            {"kind": "deals.set_task", "when": "in", "minutes": 5},
        )
        press(me, deal, "think", **({"employee": colleague.public_id} if whose == "picked" else {}))
        wanted = {"presser": me.employee_id, "nobody": None, "picked": colleague.pk}[whose]
        assert Deal.objects.get(pk=deal.pk).responsible_id == wanted
