"""Presses as an attacker or a clumsy person would send them: reused ids, forged buttons, another's undo, two tabs."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client as Browser

from voronka.accounts.testing import add_person, sign_in
from voronka.deals import services
from voronka.deals.models import ButtonSet, Deal, Press
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.errors import Conflict, Denied, NotFound
from voronka.people import services as people
from voronka.people.models import Client, ContactPoint
from voronka.people.queries import list_custom_fields

pytestmark = pytest.mark.django_db
SAME = uuid.UUID(int=41)


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def misses(deal: Deal) -> int:
    return Deal.objects.get(pk=deal.pk).misses


class TestAReusedRequestId:
    """The id of a press answers for one button of one deal by one person, and swallows nothing else."""

    def test_on_another_deal_it_is_refused_and_nothing_is_swallowed(self, shop):
        with shop.as_(shop.cast.colleague) as me:
            first, second = make_deal(me), make_deal(me, client=make_client("Igor"))
            press(me, first, "miss", request_id=SAME)
            with pytest.raises(Conflict) as refused, transaction.atomic():
                press(me, second, "miss", request_id=SAME)
            assert refused.value.code == "request_id_taken"
            assert (misses(first), misses(second)) == (1, 0)

    def test_on_another_button_it_is_refused(self, shop):
        with shop.as_(shop.cast.colleague) as me:
            deal = make_deal(me)
            press(me, deal, "miss", request_id=SAME)
            with pytest.raises(Conflict), transaction.atomic():
                press(me, deal, "think", request_id=SAME)

    @pytest.mark.parametrize("closed", [False, True])
    def test_a_colleague_learns_nothing_of_my_press(self, shop, closed):
        with shop.as_(shop.cast.owner) as owner:
            mine = make_deal(owner, responsible_id=owner.employee_id)
            press(owner, mine, "paid" if closed else "miss", request_id=SAME, sum="100")
        with shop.as_(shop.cast.colleague) as me:
            for deal, expected in ((mine, Denied), (make_deal(me, client=make_client("Igor")), Conflict)):
                with pytest.raises(expected) as refused, transaction.atomic():
                    press(me, deal, "miss", request_id=SAME)
                assert mine.public_id not in str(refused.value)

    def test_another_company_may_use_the_same_id(self, shop):
        with shop.as_(shop.cast.owner) as owner:
            deal = make_deal(owner)
            press(owner, deal, "miss", request_id=SAME)
        with shop.as_(shop.cast.stranger) as stranger:
            with pytest.raises(NotFound), transaction.atomic():
                press(stranger, deal, "miss", request_id=SAME)
            services.shipped.ship(actor=stranger, now=NOON)
            own = make_deal(stranger)
            assert not press(stranger, own, "miss", request_id=SAME).was_repeated
            assert misses(own) == 1


class TestUndo:
    """Taking back is for the presser, then for the head; nobody else even learns of a press."""

    def test_a_colleague_cannot_within_ten_seconds_nor_read_one_taken_back(self, shop):
        other = add_person(shop.cast.owner, "manager", now=NOON)
        with shop.as_(shop.cast.colleague) as me:
            deal = make_deal(me, responsible_id=me.employee_id)
            done = press(me, deal, "miss")
        soon = NOON + timedelta(seconds=3)
        with shop.as_(other), pytest.raises(Denied):
            services.undo(actor=other, press_id=done.press_id, now=soon)
        with shop.as_(shop.cast.colleague) as me:
            services.undo(actor=me, press_id=done.press_id, now=soon)
            again = services.undo(actor=me, press_id=done.press_id, now=NOON + timedelta(minutes=5))
            assert again.stays == []
        with shop.as_(other), pytest.raises(Denied):
            services.undo(actor=other, press_id=done.press_id, now=soon)
        with shop.as_(shop.cast.stranger) as stranger, pytest.raises(NotFound):
            services.undo(actor=stranger, press_id=done.press_id, now=soon)

    @pytest.mark.parametrize(("edited", "after"), [(None, "было"), ("поправил коллега", "поправил коллега")])
    def test_a_field_that_somebody_edited_since_keeps_his_text(self, shop, edited, after):
        with shop.as_(shop.cast.owner) as owner:
            people.add_field(actor=owner, name="Размер", kind="text")
            field = list_custom_fields()[0]
            client = make_client()
            people.set_custom_fields(actor=owner, client_id=client.pk, values={field.code: "было"}, now=NOON)
            deal = make_deal(owner, client=client)
            live = ButtonSet.objects.get(stage_id=deal.stage_id, state="live")
            asking = {"kind": "deals.ask", "what": "custom", "field": field.code}
            live.buttons[0]["outcomes"][0]["steps"].append(asking)
            live.save()
            done = press(owner, deal, live.buttons[0]["key"], **{f"custom_{field.code}": "стало"})
            assert Client.objects.get(pk=client.pk).fields == {field.code: "стало"}
            if edited:
                people.set_custom_fields(actor=owner, client_id=client.pk, values={field.code: edited}, now=NOON)
            services.undo(actor=owner, press_id=done.press_id, now=NOON + timedelta(seconds=5))
            assert Client.objects.get(pk=client.pk).fields == {field.code: after}


class TestOverTheWeb:
    """Two tabs, forged forms, odd digits."""

    @pytest.fixture
    def deal(self, shop):
        with shop.as_(shop.cast.owner) as owner:
            client = make_client("Анна", zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
            ContactPoint.objects.create(client=client, kind="phone", value="+79161234567")
            return make_deal(owner, client=client, now=datetime.now(UTC))

    @pytest.fixture
    def browser(self, shop):
        return sign_in(Browser(raise_request_exception=False), shop.cast.colleague)

    def test_the_second_of_two_tabs_does_not_press_on_what_it_does_not_show(self, shop, deal, browser):
        page = browser.get(f"/deals/{deal.public_id}/").content.decode()
        assert f'name="seen_task" value="{deal.open_task_id}"' in page
        seen = {"seen_task": deal.open_task_id}
        address = f"/deals/{deal.public_id}/press/miss"
        assert browser.post(address, {"request_id": str(uuid.uuid4()), **seen}).status_code == 302
        second = browser.post(address, {"request_id": str(uuid.uuid4()), **seen})
        assert (second.status_code, second.headers["X-Refusal"]) == (409, "moved_on")
        with shop.as_(shop.cast.owner):
            assert misses(deal) == 1

    def test_a_stale_card_of_a_client_that_a_colleague_has_worked_on(self, shop, deal, browser):
        seen = deal.open_task_id
        with shop.as_(shop.cast.owner) as owner:
            press(owner, deal, "miss", now=datetime.now(UTC))
        answer = browser.post(f"/deals/{deal.public_id}/press/miss", {"seen_task": seen})
        assert answer.status_code == 409
        with shop.as_(shop.cast.owner):
            assert misses(deal) == 1

    FORGED = [
        ("/press/none-such", {}, 409),
        ("/press/miss", {"outcome": "none-such"}, 409),
        ("/press/paid", {"sum": "1e999"}, 422),
        ("/press/paid", {"sum": "NaN"}, 422),
        ("/press/paid", {"sum": "-0"}, 422),
        ("/press/paid", {"sum": "9" * 60}, 422),
        ("/press/back", {"at": "0001-01-01T00:00:00+14:00"}, 422),
        ("/press/back", {"at": "9999-12-31T23:59:59-14:00"}, 422),
        ("/press/back", {"at": "2026-11-02"}, 422),
        ("/press/refuse", {"outcome": "refuse", "reason": "price' OR 1=1"}, 422),
        ("/press/miss", {"request_id": "x"}, 422),
    ]

    @pytest.mark.parametrize(("path", "data", "status"), FORGED)
    def test_forged_forms_are_told_and_change_nothing(self, shop, deal, browser, path, data, status):
        answer = browser.post(f"/deals/{deal.public_id}{path}", data)
        assert answer.status_code == status, answer.content.decode()[:400]
        with shop.as_(shop.cast.owner):
            assert Press.objects.count() == 0
            assert Deal.objects.get(pk=deal.pk).open_task_id == deal.open_task_id

    def test_settings_of_steps_are_nobodys_to_send(self, shop, deal, browser):
        sent = {"rungs": "1", "stage": "1", "steps": '[{"kind": "deals.mark_paid"}]', "sum": "5", "employee": "1"}
        assert browser.post(f"/deals/{deal.public_id}/press/miss", sent).status_code == 302
        with shop.as_(shop.cast.owner):
            after = Deal.objects.get(pk=deal.pk)
            assert (after.state, after.sum, after.stage_id) == ("open", None, deal.stage_id)

    @pytest.mark.parametrize("digits", ["²", "①", "٣", "9" * 30, "-1"])
    def test_what_only_looks_like_a_number_is_no_number(self, deal, browser, digits):
        assert browser.get("/work/", {"after": digits}).status_code == 200
        assert browser.get(f"/deals/{deal.public_id}/feed", {"before": digits}).status_code == 200
        assert browser.post(f"/deals/{deal.public_id}/press/miss", {"seen_task": digits}).status_code in (302, 409)

    def test_only_the_holder_renews_and_releases(self, shop, deal, browser):
        other = sign_in(Browser(), add_person(shop.cast.owner, "manager"))
        stranger = sign_in(Browser(), shop.cast.stranger)
        assert browser.get("/work/").status_code == 200
        lease, release = f"/deals/{deal.public_id}/lease", f"/deals/{deal.public_id}/release"
        assert other.post(lease).status_code == 409
        assert other.post(release).status_code == 204  # lets go of his own hold, of which there is none
        assert (stranger.post(lease).status_code, stranger.post(release).status_code) == (404, 404)
        assert browser.post(lease).status_code == 204
