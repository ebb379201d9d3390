"""The story of an automation: somebody comes in, walks, waits, is let out; what is kept out, what fails, what ends."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voronka.accounts.testing import sign_in
from voronka.config.backup import HOLD_WALKING
from voronka.deals.models import Deal
from voronka.deals.testing import Shop, make_client, make_deal, make_shop, press
from voronka.flows import services
from voronka.flows.models import Automation, Run, RunStep
from voronka.flows.ports import Act
from voronka.flows.rules.maps import Map
from voronka.flows.services import drawing, entering, offering, stopping, trying, walking
from voronka.flows.testing import go, hear, make_automation, node, step, told
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.models import EventRow
from voronka.people.services import merge_clients
from voronka.people.services.fields import add_field, change_field
from voronka.work.models import Task

pytestmark = pytest.mark.django_db
BEGUN = datetime.now(UTC).replace(microsecond=0)
OPENED = {"kind": "deals.opened"}


@pytest.fixture
def shop() -> Shop:
    return make_shop(BEGUN - timedelta(hours=1))


def ticking() -> datetime:
    """Return the present, by which the database stamps events too."""
    return datetime.now(UTC)


def later(**delta: float) -> datetime:
    return ticking() + timedelta(**delta)


def only_run() -> Run:
    return Run.objects.get()


def test_a_deal_walks_a_map_waits_and_is_told_of(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        make_automation(
            owner, OPENED, node(1, "wait", {"minutes": 60}, next="n2"),
            node(2, "check", {"of": "deal", "filters": {"tags": "hot"}}, yes="n3", no="n4"),
            step(3, "deals.add_tag", tag="first"), step(4, "deals.add_tag", tag="second"), now=BEGUN,
        )  # fmt: skip
        deal = make_deal(owner, now=ticking())
        go(company, ticking())
        run = only_run()
        assert (run.state, run.node, run.is_armed, run.client_id) == ("running", "n1", True, deal.client_id)
        assert go(company, later(minutes=59)) == 0, "not before its time"
        go(company, later(minutes=61))
        run = only_run()
        assert (run.state, run.why, run.node) == ("done", "end", "")
        assert Deal.objects.get(pk=deal.pk).tags == ["second"]
        assert told(run) == [
            ("", "entered", ""), ("n1", "waits", ""), ("n1", "waited", "next"), ("n2", "checked", "no"),
            ("n4", "did", "next"), ("", "end", ""),
        ]  # fmt: skip
        did = RunStep.objects.get(code="did")
        assert "second" in did.effects[0]["words"]
        assert [one.name for one in EventRow.objects.filter(name__startswith="flows.Run").order_by("id")] == [
            "flows.RunEntered", "flows.RunEnded",
        ]  # fmt: skip


def test_one_comes_in_once_at_a_time_and_again_only_as_it_is_set(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, now=ticking())
        row = make_automation(owner, OPENED, node(1, "wait", {"minutes": 60}), now=BEGUN, again="days")
        first = services.enter(row, deal.pk, now=ticking())
        assert first is not None
        assert services.enter(row, deal.pk, now=ticking()) is None, "he is inside"
        services.stop(actor=owner, public_id=first.public_id, now=ticking())
        assert services.enter(row, deal.pk, now=later(days=29)) is None
        assert services.enter(row, deal.pk, now=later(days=31)) is not None
        Automation.objects.update(again="never")
        Run.objects.update(state="done")
        row.refresh_from_db()
        assert services.enter(row, deal.pk, now=later(days=300)) is None
        by_hand = services.bring_in(
            actor=owner, automation=row.public_id, subject=deal.public_id, now=later(days=300)
        )
        assert by_hand.state == "running"
        with pytest.raises(NotFound):
            services.bring_in(actor=owner, automation=row.public_id, subject="nobody", now=ticking())


def test_an_event_ends_a_wait_and_the_clock_ends_it_else(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        waits = node(1, "await", {"event": "deals.closed", "minutes": 120}, came="n2", late="n3")
        make_automation(
            owner, OPENED, waits, step(2, "deals.add_tag", tag="bought"), step(3, "deals.add_tag", tag="silent"),
            now=BEGUN,
        )  # fmt: skip
        deal, other = make_deal(owner, now=ticking()), make_deal(owner, now=ticking())
        go(company, ticking())
        press(owner, deal, "paid", sum="100", now=ticking())
        go(company, ticking())
        assert Deal.objects.get(pk=deal.pk).tags == ["bought"]
        assert Deal.objects.get(pk=other.pk).tags == [], "the event was of another deal"
        go(company, later(hours=3))
        assert Deal.objects.get(pk=other.pk).tags == ["silent"]


def test_a_goal_lets_out_at_once_and_is_counted(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        make_automation(owner, OPENED, node(1, "wait", {"minutes": 9000}), now=BEGUN, goal="deals.closed")
        deal = make_deal(owner, now=ticking())
        go(company, ticking())
        press(owner, deal, "paid", sum="100", now=ticking())
        go(company, ticking())
        assert (only_run().state, only_run().why) == ("done", "goal")


def test_who_is_inside_ends_by_the_version_he_came_by(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        row = make_automation(
            owner, OPENED, node(1, "wait", {"minutes": 60}, next="n2"), step(2, "deals.add_tag", tag="old"), now=BEGUN
        )
        early = make_deal(owner, now=ticking())
        go(company, ticking())
        here = drawing.drawn_of(row)
        here = drawing.set_node(
            actor=owner, public_id=row.public_id, rev=here.rev, node="n2", now=ticking(),
            settings={"tag": "new"},
        )  # fmt: skip
        with pytest.raises(Conflict):
            drawing.remove_node(actor=owner, public_id=row.public_id, rev="1.1", node="n2", now=ticking())
        services.publish_map(actor=owner, public_id=row.public_id, rev=here.rev, now=ticking())
        late = make_deal(owner, now=ticking())
        go(company, ticking())
        go(company, later(hours=2))
        assert Deal.objects.get(pk=early.pk).tags == ["old"]
        assert Deal.objects.get(pk=late.pk).tags == ["new"]


def test_a_broken_map_is_not_published_and_says_where(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        with pytest.raises(Invalid) as caught:
            make_automation(
                owner, {"kind": "deals.stage", "stage": "gone"}, node(1, "check", {"filters": {}}),
                step(9, "orders.pick"), now=BEGUN,
            )  # fmt: skip
        assert {"trigger", "node-n1"} <= set(caught.value.fields)
        assert not Automation.objects.get().is_on
        with pytest.raises(Conflict, match=r"."):
            services.switch(actor=owner, public_id=Automation.objects.get().public_id, is_on=True, now=ticking())


def test_a_chain_that_leads_back_is_stopped_with_a_line_in_the_log(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, now=ticking())
        here = deal.stage.public_id
        there = deal.pipeline.stages.exclude(pk=deal.stage_id).order_by("position").first().public_id
        first = make_automation(
            owner, {"kind": "deals.stage", "stage": there}, step(1, "deals.change_stage", stage=here), now=BEGUN,
            name="There and back",
        )  # fmt: skip
        second = make_automation(
            owner, {"kind": "deals.stage", "stage": here}, step(1, "deals.change_stage", stage=there), now=BEGUN,
            name="Back again",
        )  # fmt: skip
        press(owner, deal, "next", now=ticking())
        for _turn in range(6):
            go(company, ticking())
        found = list(Run.objects.order_by("id").values_list("automation_id", "state", "why"))
        assert found[:2] == [(first.pk, "done", "end"), (second.pk, "done", "end")] or len(found) >= 2
        kept_out = Run.objects.get(why="circle")
        assert kept_out.chain[0] == kept_out.automation_id
        assert told(kept_out) == [("", "kept_out", "")]
        assert Run.objects.count() == 3


def test_who_is_merged_while_a_worker_has_his_walk_walks_on_as_the_one_who_stays(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        automation = make_automation(owner, {"kind": "people.by_hand"}, node(1, "wait", {"minutes": 5}), now=BEGUN)
        gone, stays = (make_client(name) for name in ("Анна", "Анна П."))
        services.bring_in(actor=owner, automation=automation.public_id, subject=gone.public_id, now=ticking())
        taken = walking._claim(later(seconds=1))
        assert taken is not None
        merge_clients(actor=owner, survivor_id=stays.pk, other_ids=[gone.pk], chosen={}, now=ticking())
        walking.take_turn(taken, later(seconds=1))
        run = only_run()
        assert (run.state, run.subject_id, run.why) == ("running", stays.pk, "")
        go(shop.cast.company_id, later(minutes=6))
        assert (only_run().node, only_run().is_armed) == ("n1", True)


def test_nobody_comes_in_more_than_twenty_times_an_hour(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        deal = make_deal(owner, now=ticking())
        row = make_automation(owner, OPENED, node(1, "wait", {"minutes": 1}), now=BEGUN)
        for _turn in range(25):
            made = services.enter(row, deal.pk, now=ticking())
            if made is not None:
                Run.objects.filter(pk=made.pk).update(state="done")
        assert Run.objects.filter(state="done").count() == entering.MOST_AN_HOUR
        assert Run.objects.filter(why="crowd").count() == 1


def test_a_bad_step_is_tried_again_put_aside_and_stops_nobody(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        row = make_automation(owner, OPENED, step(1, "deals.archive"), now=BEGUN)
        closed, fine = make_deal(owner, now=ticking()), make_deal(owner, now=ticking())
        press(owner, closed, "paid", sum="100", now=ticking())
        at = ticking()
        go(company, at)
        assert Deal.objects.get(pk=fine.pk).state == "archived"
        for _turn in range(5):
            at += timedelta(hours=11)
            go(company, at)
        stuck = Run.objects.get(state="failed")
        assert stuck.error
        assert "failed" in [code for _node, code, _way in told(stuck)]
        assert EventRow.objects.filter(name="flows.RunStuck").count() == 1
        assert go(company, at + timedelta(days=9)) == 0
        services.try_again(actor=owner, public_id=stuck.public_id, now=at)
        assert Run.objects.get(pk=stuck.pk).state == "running"
        services.stop(actor=owner, public_id=stuck.public_id, now=at)
        assert Run.objects.get(pk=stuck.pk).state == "stopped"
        assert row.runs.count() == 2


def test_a_check_of_a_field_that_was_put_away_stops_before_a_person(shop: Shop) -> None:
    """Nobody takes the exit "no" for want of a question: the walk is put aside at once, says why, and may go on."""
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        field = add_field(actor=owner, name="Size", kind="text", code="size")
        check = node(1, "check", {"of": "client", "filters": {"custom.size": "XL"}}, no="n2")
        make_automation(owner, OPENED, check, step(2, "deals.archive"), now=BEGUN)
        change_field(actor=owner, public_id=field.public_id, is_active=False)
        deal = make_deal(owner, now=ticking())
        at = ticking()
        go(company, at)
        run = only_run()
        assert (run.state, run.error) == ("failed", "Условие больше не имеет смысла: уберите его.")
        assert Deal.objects.get(pk=deal.pk).state == "open"
        assert EventRow.objects.filter(name="flows.RunStuck").count() == 1
        with pytest.raises(Invalid):
            make_automation(owner, OPENED, check, step(2, "deals.archive"), now=BEGUN, name="Another")
        change_field(actor=owner, public_id=field.public_id, is_active=True)
        services.try_again(actor=owner, public_id=run.public_id, now=at)
        go(company, ticking())
        assert only_run().state == "done"
        assert Deal.objects.get(pk=deal.pk).state == "archived"


def test_who_was_due_when_a_backup_was_restored_waits_for_a_person_once_and_the_others_walk_on(shop: Shop) -> None:
    """The archive does not know what was done after it: a step whose hour has come since may have been done."""
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        row = make_automation(owner, OPENED, node(1, "wait", {"minutes": 60}, next="n2"),
                              step(2, "deals.add_tag", tag="walked"), now=BEGUN)  # fmt: skip
        deals = [make_deal(owner, client=make_client(f"Client {n}"), now=ticking()) for n in range(4)]
        go(company, ticking())
        Run.objects.filter(subject_id__in=[one.pk for one in deals[:3]]).update(due_at=later(minutes=-30))
        Automation.objects.update(switched_at=later(days=-9))
        with connection.cursor() as cursor:
            for statement in HOLD_WALKING:
                cursor.execute(statement)
        go(company, ticking())
        held = Run.objects.filter(state="failed").order_by("id")
        assert [one.subject_id for one in held] == [one.pk for one in deals[:3]]
        assert "из копии" in held[0].error
        assert told(held[0])[-1][1] == "held"
        assert EventRow.objects.filter(name="flows.RunStuck").count() == 3
        row.refresh_from_db()
        assert row.switched_at > later(days=-1), "today's hour that is past begins nothing anew"
        # One is let out, the others go on; nobody is asked about twice, and who was not due has not noticed.
        services.stop(actor=owner, public_id=held[0].public_id, now=ticking())
        browser = sign_in(Browser(), owner)
        page = browser.get(f"{reverse('flows:runs', args=[row.public_id])}?state=failed").content.decode()
        assert "Пустить дальше всех, кто застрял" in page
        done = browser.post(
            reverse("flows:automation-set-up", args=[row.public_id]), {"do": "again_all"}, follow=True
        )
        assert "Пущено дальше: 2" in done.content.decode()
        assert stopping.try_all_again(actor=owner, automation=row, now=ticking()) == 0
        assert "Пустить дальше" not in browser.get(reverse("flows:runs", args=[row.public_id])).content.decode()
        go(company, later(minutes=90))
        assert sorted(Run.objects.values_list("state", flat=True)) == ["done", "done", "done", "stopped"]
        assert [bool(Deal.objects.get(pk=one.pk).tags) for one in deals] == [False, True, True, True]


def test_who_waited_for_an_event_when_a_backup_was_restored_is_late_by_a_press_only(shop: Shop) -> None:
    """Between the archive and the restoring it may have come: its silence says nothing."""
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        make_automation(
            owner, OPENED, node(1, "await", {"event": "deals.closed", "minutes": 60}, came="n2", late="n3"),
            step(2, "deals.add_tag", tag="came"), step(3, "deals.add_tag", tag="late"), now=BEGUN,
        )  # fmt: skip
        comes, silent = (make_deal(owner, client=make_client(f"Client {n}"), now=ticking()) for n in range(2))
        go(company, ticking())
        assert set(Run.objects.values_list("awaits", flat=True)) == {"deals.closed"}
        with connection.cursor() as cursor:
            for statement in HOLD_WALKING:
                cursor.execute(statement)
        press(owner, comes, "paid", sum="100", now=ticking())
        go(company, ticking())
        go(company, later(minutes=90))
        assert Deal.objects.get(pk=comes.pk).tags == ["came"], "what comes after the restoring is known"
        run = Run.objects.get(subject_id=silent.pk)
        assert (run.state, Deal.objects.get(pk=silent.pk).tags) == ("failed", [])
        assert "могло прийти" in run.error
        services.try_again(actor=owner, public_id=run.public_id, now=later(minutes=91))
        go(company, later(minutes=92))
        assert Deal.objects.get(pk=silent.pk).tags == ["late"]


def test_while_it_is_off_nobody_comes_in_and_nobody_moves(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner:
        row = make_automation(owner, OPENED, node(1, "wait", {"minutes": 1}), now=BEGUN)
        make_deal(owner, now=ticking())
        go(company, ticking())
        services.switch(actor=owner, public_id=row.public_id, is_on=False, now=ticking())
        make_deal(owner, now=ticking())
        assert go(company, later(hours=1)) == 0
        assert Run.objects.count() == 1
        services.switch(actor=owner, public_id=row.public_id, is_on=True, now=later(hours=1))
        go(company, later(hours=2))
        assert Run.objects.get().state == "done", "what happened while it was off brings nobody in"


def _everything() -> dict[str, int]:
    """Return the sum of all rows of the company's tables, by table."""
    from voronka.kit.tenancy.walls import company_tables

    found = {}
    with connection.cursor() as cursor:
        for table in company_tables():
            cursor.execute(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{table}\" t")
            found[table] = cursor.fetchone()[0]
    return found


def test_a_dry_run_tells_the_way_and_changes_nothing(shop: Shop) -> None:
    with shop.as_(shop.cast.owner) as owner:
        row = make_automation(
            owner, OPENED, step(1, "deals.add_tag", "n2", tag="tried"), node(2, "wait", {"minutes": 2880}, next="n3"),
            node(3, "await", {"event": "deals.closed", "minutes": 60}, came="n4", late="n5"),
            step(4, "deals.set_task", task="call", when="in", minutes=10),
            step(5, "messaging.call_webhook", url="https://example.com/hook"), now=BEGUN,
        )  # fmt: skip
        deal = make_deal(owner, now=ticking())
        before = _everything()
        held, now = drawing.drawn_of(row).map, ticking()
        trial = trying.try_map(actor=owner, automation=row, held=held, subject=deal.public_id, now=now)
        assert [one.node.id for one in trial.lines] == ["n1", "n2", "n3", "n5"]
        assert trial.until == now + timedelta(days=2, hours=1)
        assert trial.lines[0].turn is not None
        assert "tried" in trial.lines[0].turn.effects[0].words
        came = trying.try_map(
            actor=owner, automation=row, held=held, subject=deal.public_id, now=now, come={"n3"}
        )  # fmt: skip
        assert [one.node.id for one in came.lines] == ["n1", "n2", "n3", "n4"]
        assert _everything() == before
        assert Task.objects.count() == 1


# --- any map at all ---------------------------------------------------------------------------------------------------

REAL = {"wait": {"minutes": 30}, "clock": {"hour": "10:00"}, "await": {"event": "deals.closed", "minutes": 45},
        "check": {"of": "deal", "filters": {"tags": "hot"}}, "split": {"shares": [60, 40]},
        "act": {"step": {"kind": "deals.add_tag", "tag": "hot"}}}  # fmt: skip


@st.composite
def any_map(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return nodes that lead only onwards."""
    count = draw(st.integers(1, 8))
    nodes = []
    for number in range(1, count + 1):
        kind = draw(st.sampled_from(sorted(REAL)))
        ways = {"await": ("came", "late"), "check": ("yes", "no"), "split": ("0", "1")}.get(kind, ("next",))
        exits = {}
        for way in ways:
            to = draw(st.integers(number + 1, count + 1))
            if to <= count:
                exits[way] = f"n{to}"
        nodes.append(node(number, kind, REAL[kind], **exits))
    return nodes


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(any_map(), st.integers(0, 3))
def test_every_walk_of_any_map_ends_and_its_log_is_a_way_through_it(
    shop: Shop, nodes: list[dict[str, Any]], changed_after: int
) -> None:
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        held = Map.model_validate({"trigger": OPENED, "first": "n1", "nodes": nodes})
        row = make_automation(owner, OPENED, *nodes, now=BEGUN)
        deal = make_deal(owner, now=ticking())
        run = services.enter(row, deal.pk, now=ticking())
        assert run is not None
        at = ticking()
        for turn in range(40):
            walking.walk(shop.cast.company_id, now=at)
            at += timedelta(hours=13)
            if turn == changed_after:  # a new version in the middle changes nothing for him
                here = drawing.drawn_of(row)
                here, _id = drawing.add_node(
                    actor=owner, public_id=row.public_id, rev=here.rev, place=("", "next"), kind="wait", now=at
                )
                services.publish_map(actor=owner, public_id=row.public_id, rev=here.rev, now=at)
            if Run.objects.get(pk=run.pk).state != "running":
                break
        assert Run.objects.get(pk=run.pk).state == "done"
        log = list(RunStep.objects.filter(run=run).order_by("number"))
        assert [one.number for one in log] == list(range(1, len(log) + 1))
        moved = [(one.node, one.way) for one in log if one.way]
        here_id = held.first
        for node_id, way in moved:
            assert node_id == here_id, "one place at a time, by the map he came by"
            here_id = held.target((node_id, way))
        assert here_id == ""
        transaction.set_rollback(True)


# --- several workers --------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """What happens to a worker that is ended in the middle: nothing of it is caught or written."""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_the_step_and_its_commit_leaves_nothing_behind(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        make_automation(owner, OPENED, step(1, "messaging.call_webhook", url="https://example.com/x"), now=BEGUN)
        make_deal(owner, now=ticking())
    hear(company)
    usual = walking._settle

    def dies(*given: Any) -> None:
        raise Killed

    monkeypatch.setattr(walking, "_settle", dies)
    with pytest.raises(Killed):
        walking.walk(company, now=ticking())
    monkeypatch.setattr(walking, "_settle", usual)
    with shop.as_(shop.cast.owner), transaction.atomic():
        from voronka.kit.models import OutgoingItem

        assert OutgoingItem.objects.count() == 0
    assert walking.walk(company, now=ticking()) == 0, "claimed by the dead one"
    assert walking.walk(company, now=later(minutes=6)) == 1
    with shop.as_(shop.cast.owner), transaction.atomic():
        assert OutgoingItem.objects.count() == 1
        assert Run.objects.get().state == "done"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_each_step_once(shop: Shop) -> None:
    company = shop.cast.company_id
    with shop.as_(shop.cast.owner) as owner, transaction.atomic():
        make_automation(
            owner, OPENED, step(1, "messaging.call_webhook", "n2", url="https://example.com/x"),
            step(2, "deals.add_tag", tag="walked"), now=BEGUN,
        )  # fmt: skip
        for number in range(12):
            make_deal(owner, client=make_client(f"Client {number}"), now=ticking())
    hear(company)
    at, failures = ticking(), []

    def work() -> None:
        try:
            while walking.walk(company, now=at):
                pass
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    acts: list[Callable[[], None]] = [work, work, work]
    workers = [threading.Thread(target=act) for act in acts]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)
    assert failures == []
    with shop.as_(shop.cast.owner), transaction.atomic():
        from voronka.kit.models import OutgoingItem

        assert OutgoingItem.objects.count() == 12
        assert set(Run.objects.values_list("state", flat=True)) == {"done"}
        assert RunStep.objects.filter(code="did").count() == 24


def test_a_walk_that_was_overtaken_takes_back_what_it_did(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with shop.as_(shop.cast.owner) as owner:
        make_automation(owner, OPENED, step(1, "deals.add_tag", tag="late"), now=BEGUN)
        deal = make_deal(owner, now=ticking())
        hear(shop.cast.company_id)
        traveller = offering.traveller_of("deal")

        def and_stop(act: Act) -> Any:
            effects = traveller.run(act)
            services.stop(actor=owner, public_id=only_run().public_id, now=ticking())
            return effects

        from dataclasses import replace

        monkeypatch.setitem(offering._travellers, "deal", replace(traveller, run=and_stop))
        walking.walk(shop.cast.company_id, now=ticking())
        assert Deal.objects.get(pk=deal.pk).tags == []
