"""Fields that stages demand: asked at the press, refused without, filled in beside the deal."""

import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from voronka.accounts.testing import sign_in
from voronka.deals import services
from voronka.deals.models import Deal, Pipeline, Press, Stage
from voronka.deals.rules.required import passed
from voronka.deals.services import filling
from voronka.deals.services.required import FieldsNeeded
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.flows.models import Automation, Run
from voronka.flows.services import bring_in, try_again
from voronka.flows.testing import go, make_automation, step
from voronka.kit.actors import Access
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.models import EventRow
from voronka.people.models import Client, CustomField

HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def shop(db: None) -> Shop:
    """A shop whose second stage demands a day and a choice."""
    shop = make_shop()
    with shop.as_(shop.cast.owner):
        CustomField.objects.create(code="measured_on", name="Дата замера", kind="date", position=0)
        CustomField.objects.create(code="top", name="Столешница", kind="choice", options=["дуб", "ясень"], position=1)
        CustomField.objects.create(code="floor", name="Этаж", kind="number", position=2)
        demand(1, ["measured_on", "top"])
    return shop


def demand(position: int, codes: list[str]) -> None:
    Stage.objects.filter(pipeline__code="new_lead", position=position).update(required_fields=codes)


def lead(shop: Shop) -> Deal:
    with shop.as_(shop.cast.owner) as owner:
        client = make_client(zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        return make_deal(owner, client=client, now=datetime.now(UTC))


@given(st.lists(st.sets(st.sampled_from("abcd")), min_size=1, max_size=6), st.data())
def test_a_way_forward_owes_every_stage_it_passes(demands: list[set[str]], data: st.DataObject) -> None:
    stages = [(str(at), sorted(codes)) for at, codes in enumerate(demands)]
    place = st.integers(0, len(stages) - 1)
    start, end = data.draw(place), data.draw(place)
    owed = passed(stages, str(start), str(end), wins=False)
    assert len(owed) == len(set(owed))
    expected = set().union(*demands[start : end + 1]) if end > start else set()
    assert set(owed) == expected
    assert set(passed(stages, str(start), str(start), wins=True)) == demands[start]
    assert passed(stages, "gone", str(end), wins=True) == []


def test_a_press_into_a_stage_asks_for_what_is_missing_and_keeps_it(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        with pytest.raises(services.NeedsAnswers) as asked:
            press(me, deal, "next")
        assert set(asked.value.fields) == {"custom_measured_on", "custom_top"}
        assert Deal.objects.get(pk=deal.pk).stage.position == 0
        with pytest.raises(services.NeedsAnswers) as wrong:
            press(me, deal, "next", custom_measured_on="31.02.2027", custom_top="сосна")
        assert set(wrong.value.fields) == {"custom_measured_on", "custom_top"}
        done = press(me, deal, "next", custom_measured_on="03.12.2026", custom_top="дуб")
        assert any("Столешница: дуб" in effect.words for effect in done.effects)
        moved = Deal.objects.get(pk=deal.pk)
        assert moved.stage.position == 1
        assert moved.client.fields == {"measured_on": "2026-12-03", "top": "дуб"}
        services.undo(actor=me, press_id=done.press_id, now=NOON)
        back = Deal.objects.get(pk=deal.pk)
        assert (back.stage.position, back.client.fields) == (0, {})


def test_staying_losing_and_full_cards_are_asked_nothing(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        press(me, make_deal(me), "miss", "busy")
        press(me, make_deal(me), "refuse", reason="price")
        full = make_client(fields={"measured_on": "2026-12-03", "top": "ясень"})
        press(me, make_deal(me, client=full), "next")


def test_winning_owes_what_the_last_stage_demands_and_the_sum_counts_as_a_field(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        demand(0, ["floor", "deal.sum"])
        deal = make_deal(me)
        with pytest.raises(services.NeedsAnswers) as asked:
            press(me, deal, "paid", sum="1000")
        assert set(asked.value.fields) == {"custom_floor"}
        press(me, deal, "paid", sum="1000", custom_floor="3")
        won = Deal.objects.get(pk=deal.pk)
        assert (won.state, won.sum, won.client.fields) == ("won", Decimal(1000), {"floor": "3"})


def test_no_and_nought_are_answers(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        CustomField.objects.create(code="lift", name="Лифт", kind="yes_no", position=3)
        demand(1, ["lift", "floor"])
        deal = make_deal(me)
        press(me, deal, "next", custom_lift="no", custom_floor="0")
        assert Client.objects.get(pk=deal.client_id).fields == {"lift": False, "floor": "0"}


def test_who_may_not_fill_a_field_in_is_told_and_nothing_moves(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        reader = replace(me, limits={"client.custom.top": Access.READ})
        with pytest.raises(FieldsNeeded) as refused:
            press(reader, deal, "next", custom_measured_on="03.12.2026", custom_top="дуб")
        assert set(refused.value.fields) == {"top"}
        blind = replace(me, limits={"client.custom.top": Access.HIDDEN})
        with pytest.raises(FieldsNeeded) as silent:
            press(blind, deal, "next", custom_measured_on="03.12.2026")
        assert not silent.value.fields
        assert "Столешница" not in silent.value.message
        assert not Press.objects.exists()
        assert Client.objects.get(pk=deal.client_id).fields == {}


def test_the_bar_says_so_and_the_question_comes_before_a_vain_press(shop: Shop) -> None:
    deal = lead(shop)
    browser = sign_in(Browser(), shop.cast.colleague)
    page = browser.get(f"/deals/{deal.public_id}/").content.decode()
    assert "Дата замера" in page
    assert re.search(r'v-press-then">[^<]*2', page)
    assert f"/deals/{deal.public_id}/ask/next" in page
    question = browser.get(f"/deals/{deal.public_id}/ask/next", **HX).content.decode()
    assert 'name="custom_measured_on"' in question
    assert 'name="custom_top"' in question
    answer = browser.post(
        f"/deals/{deal.public_id}/press/next",
        {"custom_measured_on": "2026-12-03", "custom_top": "", "request_id": str(uuid.uuid4())},
        **HX,
    )
    assert answer.status_code == 422
    assert 'value="2026-12-03"' in answer.content.decode()


def test_fields_come_first_then_the_strip_with_the_answers_kept(shop: Shop) -> None:
    with shop.as_(shop.cast.owner):
        second = Stage.objects.get(pipeline__code="new_lead", position=1)
        buttons = second.pipeline.stages.get(position=0).button_sets.get(state="live")
        for one in buttons.buttons:
            if one["key"] == "back":
                one["outcomes"][0]["steps"].insert(0, {"kind": "deals.change_stage", "stage": second.public_id})
        buttons.save(update_fields=["buttons"])
    deal = lead(shop)
    browser = sign_in(Browser(), shop.cast.colleague)
    first = browser.get(f"/deals/{deal.public_id}/ask/back", **HX).content.decode()
    assert 'name="custom_top"' in first
    assert 'name="at"' not in first
    fields = {"custom_measured_on": "2026-12-03", "custom_top": "дуб"}
    second_page = browser.post(f"/deals/{deal.public_id}/press/back", fields, **HX).content.decode()
    assert 'name="at"' in second_page
    assert 'name="custom_top" value="дуб"' in second_page
    later = datetime.now(UTC).replace(microsecond=0).isoformat()
    done = browser.post(f"/deals/{deal.public_id}/press/back", {**fields, "at": later}, **HX)
    assert done.status_code == 200
    with shop.as_(shop.cast.owner):
        assert Deal.objects.get(pk=deal.pk).stage_id == second.pk


def test_a_field_is_filled_in_beside_the_deal(shop: Shop) -> None:
    deal = lead(shop)
    browser = sign_in(Browser(), shop.cast.colleague)
    address = f"/deals/{deal.public_id}/fields/top"
    assert 'name="value"' in browser.get(address, **HX).content.decode()
    assert browser.get(address).status_code == 200
    wrong = browser.post(address, {"value": "сосна", "seen": ""}, **HX)
    assert wrong.status_code == 422
    block = browser.post(address, {"value": "дуб", "seen": ""}, **HX).content.decode()
    assert "v-presses" in block
    assert "дуб" in block
    stale = browser.post(address, {"value": "ясень", "seen": ""}, **HX)
    assert stale.status_code == 422
    assert browser.post(address, {"value": "", "seen": "дуб"}).status_code == 302
    with shop.as_(shop.cast.owner):
        assert Client.objects.get(pk=deal.client_id).fields == {}


def test_the_sum_beside_the_deal_is_told_as_an_event(shop: Shop) -> None:
    with shop.as_(shop.cast.colleague) as me:
        deal = make_deal(me)
        fill = {"actor": me, "deal_public_id": deal.public_id, "code": "deal.sum", "now": NOON}
        filling.fill_in(**fill, text="184 000,50", seen="")
        assert Deal.objects.get(pk=deal.pk).sum == Decimal("184000.50")
        assert EventRow.objects.filter(name="deals.DealChanged", subject_id=deal.pk).count() == 1
        with pytest.raises(Conflict):
            filling.fill_in(**fill, text="1", seen="")
        with pytest.raises(Invalid):
            filling.fill_in(**fill, text="-1", seen=None)
        assert Deal.objects.get(pk=deal.pk).sum == Decimal("184000.50")


def test_the_settings_of_a_stage_take_the_demands(shop: Shop) -> None:
    with shop.as_(shop.cast.owner):
        stage = Pipeline.objects.get(code="new_lead").stages.get(position=2)
    browser = sign_in(Browser(), shop.cast.owner)
    posted = {"name": stage.name, "probability": "50", "norm_days": "", "required_fields": ["deal.sum", "top"]}
    assert browser.post(f"/settings/stages/{stage.public_id}/", posted).status_code == 302
    with shop.as_(shop.cast.owner):
        stage.refresh_from_db()
        assert stage.required_fields == ["deal.sum", "top"]


def test_an_automation_owes_what_a_press_owes_and_stands_still_in_words_till_it_is_filled_in(shop: Shop) -> None:
    deal, company = lead(shop), shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        second = Stage.objects.get(pipeline__code="new_lead", position=1)
        move = step(1, "deals.change_stage", "n2", stage=second.public_id)
        make_automation(
            owner, {"kind": "deals.opened"}, move, step(2, "deals.add_tag", tag="moved"), now=datetime.now(UTC)
        )
        row = Automation.objects.get()
        bring_in(actor=owner, automation=row.public_id, subject=deal.public_id, now=datetime.now(UTC))
        at = datetime.now(UTC)
        for _turn in range(5):
            go(company, at)
            at += timedelta(hours=11)
        run = Run.objects.get()
        deal.refresh_from_db()
        assert (run.state, deal.stage.position, deal.tags) == ("failed", 0, [])
        assert "Дата замера" in run.error
        assert "Столешница" in run.error
        Client.objects.filter(pk=deal.client_id).update(fields={"measured_on": "2026-11-30", "top": "дуб"})
        try_again(actor=owner, public_id=run.public_id, now=at)
        for _turn in range(2):
            go(company, at)
        deal.refresh_from_db()
        assert (Run.objects.get().state, deal.stage_id, deal.tags) == ("done", second.pk, ["moved"])
