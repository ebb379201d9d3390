"""Clients who would wait for nobody: dismissed people, hours changed, requests that meet a press, stages deleted."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, DataError, connection, transaction
from django.test import Client as Browser

from voronka.accounts import services as accounts
from voronka.accounts.testing import add_person, sign_in
from voronka.deals import services
from voronka.deals.models import Deal, Pipeline, PipelineMember, Stage
from voronka.deals.services import following, handovers, opening, pipelines
from voronka.deals.stakes import erase
from voronka.deals.testing import NOON, Shop, make_client, make_deal, make_shop, press
from voronka.kit.actors import Actor
from voronka.kit.clocks import known_zones
from voronka.kit.errors import Conflict, Invalid, Refusal
from voronka.kit.events import listeners
from voronka.kit.models import EventRow
from voronka.people import services as people

pytestmark = pytest.mark.django_db
PROMISED = "2026-11-03T10:00:00+03:00"


@pytest.fixture
def shop() -> Shop:
    return make_shop()


def hear(shop: Shop, *names: str) -> None:
    """Let listeners hear what has happened."""
    while listeners.number_events():
        pass
    for one in listeners.all_listeners():
        if one.name in names:
            listeners.drain(one, shop.cast.company_id)


def jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def member(actor: Actor) -> Actor:
    """Let the actor work in every pipeline's common pool."""
    for pipeline in Pipeline.objects.all():
        PipelineMember.objects.get_or_create(pipeline=pipeline, employee_id=actor.employee_id)
    return actor


def fresh(deal: Deal) -> Deal:
    return Deal.objects.select_related("open_task", "open_task__window", "open_task__pool").get(pk=deal.pk)


def window(deal: Deal) -> tuple[str, int, int]:
    task = fresh(deal).open_task
    assert task is not None
    return task.window.zone, task.window.opens_minute, task.window.closes_minute


class TestSomebodyIsDismissed:
    """What he had promised is done by others, at the time that was promised."""

    def dismiss(self, shop: Shop, who: Actor) -> None:
        assert who.employee_id is not None
        with shop.as_(shop.cast.owner):
            accounts.dismiss_employee(actor=shop.cast.owner, employee_id=who.employee_id)

    def test_his_open_deals_go_to_the_common_pool_and_a_colleague_gets_the_promised_call(self, shop):
        gone, other = add_person(shop.cast.owner, "manager"), add_person(shop.cast.owner, "manager")
        with shop.as_(gone):
            deal = make_deal(gone, responsible_id=gone.employee_id)
            won = make_deal(gone, client=make_client("Igor"), responsible_id=gone.employee_id)
            press(gone, deal, "back", at=PROMISED)
            press(gone, won, "paid", sum="5")
        at = NOON + timedelta(hours=22)  # 10:00 in Moscow
        self.dismiss(shop, gone)
        hear(shop, "deals.hand_over")
        assert jobs().count("deals.hand_over") == 1
        with shop.as_(shop.cast.owner):
            member(other)
            assert services.take_next(actor=other, now=at) is None
            assert handovers.after_dismissal(gone.employee_id, now=NOON) == 1
            assert handovers.after_dismissal(gone.employee_id, now=NOON) == 0
            assert Deal.objects.get(pk=won.pk).responsible_id == gone.employee_id
            told = EventRow.objects.filter(name="deals.ResponsibleChanged").order_by("-id")[0].payload
            assert (told["from_employee_id"], told["to_employee_id"]) == (gone.employee_id, None)
        with shop.as_(other):
            turn = services.take_next(actor=other, now=at)
            assert turn is not None
            assert (turn.deal_id, turn.taken.band) == (deal.pk, 0)

    def test_who_works_here_again_meanwhile_keeps_his_deals(self, shop):
        gone = add_person(shop.cast.owner, "manager")
        with shop.as_(gone):
            deal = make_deal(gone, responsible_id=gone.employee_id)
        self.dismiss(shop, gone)
        with shop.as_(shop.cast.owner):
            accounts.return_employee(actor=shop.cast.owner, employee_id=gone.employee_id, now=NOON)
            assert handovers.after_dismissal(gone.employee_id, now=NOON) == 0
            assert fresh(deal).responsible_id == gone.employee_id

    def test_a_press_of_his_that_is_taken_back_returns_no_task_to_him(self, shop):
        gone = add_person(shop.cast.owner, "manager")
        with shop.as_(gone):
            deal = make_deal(gone, responsible_id=gone.employee_id)
            done = press(gone, deal, "miss")
            closing = make_deal(gone, client=make_client("Igor"), responsible_id=gone.employee_id)
            closed = press(gone, closing, "refuse", "refuse", reason="price")
        self.dismiss(shop, gone)
        with shop.as_(shop.cast.owner) as owner:
            handovers.after_dismissal(gone.employee_id, now=NOON)
            for one in (done, closed):
                services.undo(actor=owner, press_id=one.press_id, now=NOON + timedelta(hours=1))
            for one in (deal, closing):
                left = fresh(one)
                assert left.open_task is not None
                assert (left.state, left.responsible_id, left.open_task.employee_id) == ("open", None, None)
                assert left.open_task.pool.key == f"pipeline:{left.pipeline_id}"


class TestHoursAreChanged:
    """The queue follows at once: nobody is called at a time that is no longer allowed."""

    def test_the_companys_hours_reach_the_tasks_that_wait(self, shop):
        with shop.as_(shop.cast.owner) as owner:
            usual = make_deal(owner, client=make_client(zone="Europe/Moscow"))
            own = make_deal(owner, client=make_client("Igor", call_opens_minute=600, call_closes_minute=660))
            promised = make_deal(owner, client=make_client("Pavel", zone="Europe/Moscow"))
            press(owner, promised, "back", at="2026-11-03T19:30:00+03:00")
            accounts.change_company(actor=owner, changes={"call_opens_minute": 600, "call_closes_minute": 1080})
        hear(shop, "deals.follow_company")
        assert jobs().count("deals.follow_company") == 1
        with shop.as_(shop.cast.owner):
            assert following.follow_company() == 2
            assert window(usual) == ("Europe/Moscow", 600, 1080)
            assert window(own) == ("Asia/Krasnoyarsk", 600, 660)
            # He was promised 19:30 and gets his call, though others are no longer called then.
            assert window(promised) == ("UTC", 0, 1440)

    def test_other_settings_move_nothing(self, shop):
        with shop.as_(shop.cast.owner) as owner:
            accounts.change_company(actor=owner, changes={"name": "Bellwether & Co"})
        hear(shop, "deals.follow_company")
        assert "deals.follow_company" not in jobs()

    def test_an_old_step_that_comes_back_has_the_hours_of_today(self, shop):
        with shop.as_(shop.cast.owner) as owner:
            deal = make_deal(owner)
            done = press(owner, deal, "miss")
            client = deal.client
            client.zone, client.is_vip = "Asia/Vladivostok", True
            client.save(update_fields=["zone", "is_vip"])
            following.follow_client(client.pk)
            services.undo(actor=owner, press_id=done.press_id, now=NOON + timedelta(seconds=5))
            left = fresh(deal).open_task
            assert left is not None
            assert (window(deal)[0], left.priority) == ("Asia/Vladivostok", 0)


class TestWhatCannotBeGivenBackIsSaid:
    """An undo that would point at nothing is refused in words."""

    def test_after_the_stage_was_deleted(self, shop):
        with shop.as_(shop.cast.owner) as owner:
            deal = make_deal(owner)
            first = deal.stage
            done = press(owner, deal, "next")
            assert fresh(deal).stage_id != first.pk
            second = Stage.objects.get(pk=fresh(deal).stage_id)
            pipelines.delete_stage(actor=owner, stage_id=first.public_id, move_to=second.public_id, now=NOON)
            assert not Stage.objects.filter(pk=first.pk).exists()
            with pytest.raises(Conflict) as refused, transaction.atomic():
                services.undo(actor=owner, press_id=done.press_id, now=NOON + timedelta(seconds=5))
            assert refused.value.code == "stage_gone"
            assert services.why_not_undone(actor=owner, press_id=done.press_id, now=NOON)[0]
            assert fresh(deal).stage_id == second.pk
        browser = sign_in(Browser(), shop.cast.owner)
        assert browser.get(f"/presses/{done.press_id}/").status_code == 200

    def test_after_the_client_was_erased(self, shop):
        with shop.as_(shop.cast.owner) as owner:
            deal = make_deal(owner)
            done = press(owner, deal, "miss")
            erase([deal.client_id])
            with pytest.raises(Conflict) as refused, transaction.atomic():
                services.undo(actor=owner, press_id=done.press_id, now=NOON + timedelta(seconds=5))
            assert refused.value.code == "erased"


class TestARequestOfAClient:
    """Whoever asks to be called is called, whatever happens to his deal at that moment."""

    def test_it_finds_a_pipeline_though_the_usual_one_is_switched_off(self, shop):
        with shop.as_(shop.cast.owner) as owner:
            usual = Pipeline.objects.get(code="new_lead")
            pipelines.change_pipeline(actor=owner, pipeline_id=usual.public_id, changes={"is_active": False})
            deal = opening.open_for_lead(
                actor=owner, client_id=make_client().pk, source="form", asked_at=NOON, now=NOON
            )
            assert deal is not None
            assert deal.pipeline.is_active
            assert deal.pipeline_id != usual.pk

    def test_deals_of_a_pipeline_that_is_switched_off_are_still_worked_on(self, shop):
        with shop.as_(shop.cast.owner) as owner:
            member(owner)
            deal = make_deal(owner)
            usual = Pipeline.objects.get(code="new_lead")
            pipelines.change_pipeline(actor=owner, pipeline_id=usual.public_id, changes={"is_active": False})
            turn = services.take_next(actor=owner, now=NOON)
            assert turn is not None
            assert turn.deal_id == deal.pk


@pytest.mark.django_db(transaction=True)
class TestARequestMeetsAPress:
    """The request waits for the press and goes by what it left."""

    def meet(self, shop: Shop, deal: Deal, pressing: Callable[[Actor], object]) -> None:
        """Send the request while the press is under way, and let the press go on when the request waits for it."""
        holds, failures = threading.Event(), []

        def ask() -> None:
            try:
                holds.wait(20)
                with shop.as_(shop.cast.owner) as owner:
                    opening.open_for_lead(
                        actor=owner, client_id=deal.client_id, source="form", asked_at=NOON, now=NOON
                    )
            except BaseException as error:
                failures.append(error)
            finally:
                connection.close()

        asking = threading.Thread(target=ask)
        asking.start()
        with shop.as_(shop.cast.owner) as owner, transaction.atomic():
            pressing(owner)
            holds.set()
            asking.join(1)  # it cannot end before the press is written
        asking.join(20)
        assert not failures, failures

    def make(self, shop: Shop) -> Deal:
        with shop.as_(shop.cast.owner) as owner, transaction.atomic():
            deal = make_deal(owner)
            press(owner, deal, "miss")
            return fresh(deal)

    def test_that_closes_the_deal_and_opens_another(self, shop):
        deal = self.make(shop)
        self.meet(shop, deal, lambda owner: press(owner, deal, "refuse", "refuse", reason="price"))
        with shop.as_(shop.cast.owner), transaction.atomic():
            left = Deal.objects.get(client_id=deal.client_id, state="open")
            assert left.pk != deal.pk

    def test_that_sets_another_step_and_makes_that_one_fresh(self, shop):
        deal = self.make(shop)
        self.meet(shop, deal, lambda owner: press(owner, deal, "miss", "busy"))
        with shop.as_(shop.cast.owner), transaction.atomic():
            task = fresh(deal).open_task
            assert task is not None
            assert (task.band, task.ready_at) == (1, NOON)

    def test_hours_changed_during_a_press_reach_its_new_step(self, shop):
        deal, done = self.make(shop), threading.Event()

        def follow() -> None:
            try:
                with shop.as_(shop.cast.owner):
                    following.follow_client(deal.client_id)
                done.set()
            finally:
                connection.close()

        with shop.as_(shop.cast.owner) as owner:
            with transaction.atomic():
                press(owner, deal, "miss", "busy")
                change_zone_elsewhere(shop, deal)
                other = threading.Thread(target=follow)
                other.start()
                other.join(1)
            other.join(20)
            assert done.is_set()
            with transaction.atomic():
                assert window(deal)[0] == "Asia/Vladivostok"


def change_zone_elsewhere(shop: Shop, deal: Deal) -> None:
    """Change the client's zone on a connection of its own, as his card does."""

    def run() -> None:
        try:
            with shop.as_(shop.cast.owner), transaction.atomic():
                client = type(deal.client).objects.get(pk=deal.client_id)
                client.zone = "Asia/Vladivostok"
                client.save(update_fields=["zone"])
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


class TestAStaleCard:
    """Who asks for a question on a card that a colleague has moved sees no question of another step."""

    def test_is_told_so(self, shop):
        me = sign_in(Browser(), shop.cast.colleague)
        with shop.as_(shop.cast.owner) as owner:
            deal = make_deal(owner)
            seen = deal.open_task_id
            press(owner, deal, "miss")
        for path in ("ask/back", "menu/miss"):
            address = f"/deals/{deal.public_id}/{path}"
            answer = me.get(address, {"seen_task": seen}, headers={"HX-Request": "true"})
            assert (answer.status_code, answer.headers["X-Refusal"]) == (409, "moved_on")
            assert me.get(address, {"seen_task": fresh_task(shop, deal)}).status_code == 200
            assert me.get(address).status_code == 200
            assert me.get(address, {"seen_task": "²"}).status_code == 200

    def test_every_question_of_the_card_names_its_step(self, shop):
        me = sign_in(Browser(), shop.cast.colleague)
        with shop.as_(shop.cast.owner) as owner:
            deal = make_deal(owner)
        page = me.get(f"/deals/{deal.public_id}/").content.decode()
        asked = [part.split('"')[0] for part in page.split('="') if "/ask/" in part[:40] or "/menu/" in part[:40]]
        assert len(asked) > 4
        assert all(f"seen_task={deal.open_task_id}" in address for address in asked), asked
        ask = next(address for address in asked if "/ask/" in address)  # by day the menu of a button stands first
        strip = me.get(ask.replace("&amp;", "&"), headers={"HX-Request": "true"}).content.decode()
        assert f"seen_task={deal.open_task_id}" in strip


def fresh_task(shop: Shop, deal: Deal) -> int:
    with shop.as_(shop.cast.owner):
        task_id = fresh(deal).open_task_id
    assert task_id is not None
    return task_id


def test_the_database_knows_every_zone_that_a_card_may_have(shop):
    """The feed asks the database for the clock of each window: one unknown zone would stop it for the whole company."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_timezone_names")
        known = {row[0] for row in cursor.fetchall()}
        unknown = []
        for zone in sorted(known_zones()):
            if zone in known:
                continue
            try:
                with transaction.atomic():
                    cursor.execute("SELECT now() AT TIME ZONE %s", [zone])
            except DatabaseError:
                unknown.append(zone)
    assert unknown == []


@pytest.mark.parametrize(("opens", "closes", "fits"), [(550, 560, False), (571, 629, False), (570, 600, True)])
def test_hours_that_hold_no_half_hour_are_refused_before_a_queue_stumbles_over_them(shop, opens, closes, fits):
    """They would stop the listener that moves tasks, and every page of the client."""
    hours = {"call_opens_minute": opens, "call_closes_minute": closes}
    with shop.as_(shop.cast.owner) as owner:
        client = make_deal(owner).client
        changes = [
            lambda: people.update_client(
                actor=owner, client_id=client.pk, changes=hours, version=client.version, now=NOON
            ),
            lambda: accounts.change_company(actor=owner, changes=hours),
        ]
        for change in changes:
            if fits:
                change()
                continue
            with pytest.raises(Invalid), transaction.atomic():
                change()
        assert following.follow_client(client.pk) == 1
        assert following.follow_company() == (0 if fits else 1)


def database_knows(zone: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT now() AT TIME ZONE %s", [zone])
    except DataError:
        return False
    return True


@pytest.mark.parametrize("zone", ["localtime", "Factory", "Mars/Olympus"])
def test_a_zone_that_the_database_has_no_clock_for_gets_into_no_window(shop, zone):
    with shop.as_(shop.cast.owner) as owner:
        with pytest.raises(Invalid), transaction.atomic():
            accounts.change_company(actor=owner, changes={"zone": zone})
        good = make_deal(owner)
        client = make_client("Igor")
        client.zone = zone
        # As if our list of zones were newer than that of the database; one that reads the system's files knows all.
        if zone == "localtime" and not database_knows(zone):
            client.save(update_fields=["zone"])
            with pytest.raises(Refusal) as refused, transaction.atomic():
                make_deal(owner, client=client)
            assert refused.value.code == "zone_unknown"
        turn = services.take_next(actor=member(owner), now=NOON)
        assert turn is not None
        assert turn.deal_id == good.pk
