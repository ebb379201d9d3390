"""Tests of arms as other parts use them: shown once, credited once, judged every hour, ended by themselves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Count, Q, Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from voronka.accounts.models import Notice
from voronka.accounts.testing import make_company, sign_in
from voronka.kit.errors import Conflict, Denied, Invalid
from voronka.kit.stakes import stakes_in
from voronka.kit.tenancy import company_context
from voronka.trials import services
from voronka.trials.models import Credit, Exposure, Gain, Look, Tally, Trial, TrialArm
from voronka.trials.queries.results import figures_of, results_of
from voronka.trials.queries.words import outcome
from voronka.trials.services import ArmDraft, Shown, TrialDraft
from voronka.trials.testing import make_trial, show

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ORDER = Decimal(1_000)


@pytest.fixture
def cast():
    found = make_company()
    with company_context(found.company_id, employee_id=found.owner.employee_id):
        yield found


def sums_are_what_the_rows_say():
    """Compare the kept sums with the exposures, and these with the gains credited to them."""
    rows = (
        Exposure.objects.values("trial_id", "arm")
        .order_by()
        .annotate(
            n=Count("id"), b=Count("id", filter=Q(buys__gt=0)), o=Sum("buys"), m=Sum("money"), r=Sum("returned")
        )
    )
    squares: dict[tuple[int, int], Decimal] = {}
    for one in Exposure.objects.all():
        key = (one.trial_id, one.arm)
        squares[key] = squares.get(key, Decimal(0)) + one.money**2
        told = [each.gain.money for each in Credit.objects.filter(exposure=one).select_related("gain")]
        assert (one.money, one.buys) == (sum(told), sum(each > 0 for each in told))
    figures = figures_of(list(Trial.objects.values_list("id", flat=True)))
    for row in rows:
        kept = figures[row["trial_id"]][row["arm"]]
        assert (kept.shown, kept.buyers, kept.orders) == (row["n"], row["b"], row["o"])
        assert (kept.money, kept.returned) == (row["m"], row["r"])
        assert kept.squares == squares[(row["trial_id"], row["arm"])]


def test_an_arm_sticks_to_who_got_it_and_a_gain_counts_once_in_its_window(cast):
    row = make_trial(cast.owner, now=NOW, subject_id=5)
    assert services.assign("widget", 6, "visitor:1", now=NOW) is None
    arm = services.assign("widget", 5, "visitor:1", now=NOW)
    assert arm in (1, 2)
    assert services.assign("widget", 5, "visitor:1", now=NOW + DAY) == arm
    # He is known to be a client by now: on his phone he sees what he saw, and is counted no second time.
    services.know("visitor:1", 77, now=NOW)
    assert {services.assign("widget", 5, f"visitor:{n}", 77, now=NOW + DAY) for n in range(2, 12)} == {arm}
    assert Exposure.objects.count() == 1
    other = {1: 2, 2: 1}[arm]
    services.note_shown("widget", 5, [Shown("visitor:90", other), Shown("visitor:1", other)], now=NOW)
    assert dict(Exposure.objects.values_list("unit", "arm")) == {"visitor:1": arm, "visitor:90": other}
    told = {"now": NOW + 9 * DAY, "client_id": 77}
    assert services.note_gain(key="order:1", money=ORDER, at=NOW + DAY, **told)
    assert not services.note_gain(key="order:1", money=ORDER, at=NOW + DAY, **told)
    services.note_gain(key="order:2", money=ORDER, at=NOW + 8 * DAY, **told)  # the window is seven days
    services.note_gain(key="order:3", money=ORDER, at=NOW - DAY, **told)  # before it was shown
    services.note_gain(key="order:4", money=ORDER, at=NOW + DAY, currency="USD", **told)
    services.note_gain(key="order:5", money=Decimal("500.50"), at=NOW + DAY, now=NOW, unit="visitor:1", client_id=77)
    figures = figures_of([row.pk])[row.pk]
    assert (figures[arm].shown, figures[arm].buyers, figures[arm].orders) == (1, 1, 2)
    assert (figures[arm].money, figures[other].money) == (Decimal("1500.50"), 0)
    sums_are_what_the_rows_say()
    # A part of it comes back, then the other order is cancelled.
    services.restate_gain("order:1", Decimal(400))
    services.restate_gain("order:5", Decimal(0))
    figures = figures_of([row.pk])[row.pk]
    assert (figures[arm].money, figures[arm].returned, figures[arm].orders) == (400, Decimal("1100.50"), 1)
    sums_are_what_the_rows_say()


def test_an_order_counts_though_it_was_heard_of_before_the_show(cast):
    row = make_trial(cast.owner, now=NOW)
    services.note_gain(key="order:1", money=ORDER, at=NOW + timedelta(hours=2), now=NOW + DAY, unit="visitor:1")
    services.note_shown("widget", 1, [Shown("visitor:1", 2), Shown("visitor:2", 1)], now=NOW + timedelta(hours=1))
    assert figures_of([row.pk])[row.pk][2].money == ORDER
    services.note_gain(key="order:2", money=ORDER, at=NOW + timedelta(hours=2), now=NOW + DAY, client_id=8)
    services.know("visitor:2", 8, now=NOW + DAY)
    assert figures_of([row.pk])[row.pk][1].money == ORDER
    # Of one client who saw both arms, the first that he saw gets the money.
    services.know("visitor:1", 8, now=NOW + DAY)
    services.note_gain(key="order:3", money=ORDER, at=NOW + timedelta(hours=3), now=NOW + DAY, client_id=8)
    assert Credit.objects.filter(gain__key="order:3").count() == 1
    sums_are_what_the_rows_say()


def test_what_a_visitor_brought_counts_for_what_he_was_shown_as_a_client(cast):
    make_trial(cast.owner, now=NOW, kind="letter", subject_id=4)
    services.note_shown("letter", 4, [Shown("client:9", 2, 9)], now=NOW)
    services.note_gain(key="order:1", money=ORDER, at=NOW + DAY, now=NOW + DAY, unit="visitor:5")
    assert not Credit.objects.exists()
    services.know("visitor:5", 9, now=NOW + 2 * DAY)  # the site showed him nothing that is tested
    assert Exposure.objects.get().money == ORDER
    services.know("visitor:5", 9, now=NOW + 2 * DAY)
    assert Credit.objects.count() == 1
    sums_are_what_the_rows_say()


def test_tests_of_one_chunk_are_taken_in_one_order_whatever_is_shown_by_them(cast):
    later = make_trial(cast.owner, now=NOW, kind="letter", subject_id=9)
    first = make_trial(cast.owner, now=NOW, kind="letter", subject_id=3)
    shown = [Shown("client:7", 1, 7), Shown("client:8", 2, 8)]
    with CaptureQueriesContext(connection) as told:
        assert services.note_shown_in("letter", {3: shown, 9: shown, 27: shown}, now=NOW) == 4
    order = [int(sql.rpartition("t.id = ")[2].split()[0]) for one in told if "trials_exposure" in (sql := one["sql"])]
    assert order == [later.pk, first.pk], "by their tests, as credits take them"
    assert services.note_shown_in("letter", {9: shown}, now=NOW) == 0
    sums_are_what_the_rows_say()


def test_nothing_is_kept_where_nothing_is_tested(cast):
    assert not services.note_gain(key="order:1", money=ORDER, at=NOW, now=NOW, client_id=1)
    assert not services.restate_gain("order:1", ORDER)
    assert not Gain.objects.exists()


def test_a_test_is_judged_every_day_ends_by_itself_and_its_winner_is_shown_to_all(cast):
    row = make_trial(cast.owner, now=NOW)
    show(row, {1: (400, 20, ORDER), 2: (400, 40, ORDER)}, now=NOW + timedelta(hours=1))
    assert services.judge(now=NOW + DAY) == 0
    assert Look.objects.get().low is None  # too few have bought
    show(row, {1: (1_000, 60, ORDER), 2: (1_000, 130, ORDER)}, now=NOW + timedelta(hours=2), first=1_000_000)
    assert services.companies_running() == [cast.company_id]
    assert services.judge(now=NOW + 2 * DAY) == 1
    row.refresh_from_db()
    assert (row.state, row.code, row.winner) == ("decided", "win", 2)
    look = Look.objects.get(hour=48)
    assert 0 < look.low < look.estimate < look.high
    assert {services.assign("widget", 1, f"visitor:{n}", now=NOW + 3 * DAY) for n in range(30)} == {2}
    assert Exposure.objects.count() == 2_800
    assert services.judge(now=NOW + 3 * DAY) == 0
    assert Notice.objects.filter(code="trial_ended", employee_id=cast.owner.employee_id).count() == 1
    sums_are_what_the_rows_say()


def test_a_test_that_cannot_be_judged_keeps_the_others_from_nothing(cast):
    broken, sound = make_trial(cast.owner, now=NOW), make_trial(cast.owner, now=NOW, subject_id=2)
    show(sound, {1: (1_000, 60, ORDER), 2: (1_000, 130, ORDER)}, now=NOW)
    TrialArm.objects.filter(trial=broken, is_control=True).update(is_control=False)  # nothing to compare with
    assert services.judge(now=NOW + DAY) == 1
    sound.refresh_from_db()
    assert (sound.code, sound.winner) == ("win", 2)


def test_a_test_whose_arms_are_shown_out_of_their_shares_is_judged_no_more(cast):
    row = make_trial(cast.owner, now=NOW)
    show(row, {1: (1_400, 60, ORDER), 2: (1_000, 130, ORDER)}, now=NOW)
    assert services.judge(now=NOW + DAY) == 0
    row.refresh_from_db()
    assert row.skewed_at == NOW + DAY
    assert not Look.objects.exists()
    assert Notice.objects.filter(code="trial_skewed").count() == 1
    assert results_of([row], now=NOW + DAY)[0].is_skewed
    assert services.judge(now=NOW + 60 * DAY) == 1
    row.refresh_from_db()
    assert (row.state, row.code, row.winner) == ("stopped", "skewed", 0)
    assert services.assign("widget", 1, "visitor:5", now=NOW + 61 * DAY) == 1  # the control, for everybody


def test_days_that_are_over_end_a_test_without_a_winner_and_a_person_may_end_it_before(cast):
    row = make_trial(cast.owner, now=NOW, most_days=10)
    show(row, {1: (500, 60, ORDER), 2: (500, 62, ORDER)}, now=NOW)
    assert services.judge(now=NOW + 9 * DAY) == 0
    found = results_of([row], now=NOW + 9 * DAY)[0]
    assert (found.reading.code, found.days_left) == ("open", 1)
    assert services.judge(now=NOW + 10 * DAY) == 1
    row.refresh_from_db()
    assert (row.code, row.winner) == ("unclear", 0)
    with pytest.raises(Conflict):
        services.stop(actor=cast.owner, public_id=row.public_id, now=NOW, winner=2)
    again = make_trial(cast.owner, now=NOW)
    with pytest.raises(Denied):
        services.stop(actor=cast.colleague, public_id=again.public_id, now=NOW, winner=2)
    with pytest.raises(Invalid):
        services.stop(actor=cast.owner, public_id=again.public_id, now=NOW, winner=3)
    for _twice in range(2):
        services.stop(actor=cast.owner, public_id=again.public_id, now=NOW, winner=2)
    again.refresh_from_db()
    assert (again.state, again.code, again.winner, again.version) == ("decided", "taken", 2, 3)


def test_one_thing_is_tested_once_at_a_time_and_changed_shares_begin_anew(cast):
    row = make_trial(cast.owner, now=NOW)
    draft = TrialDraft("widget", 1, "Окно", (ArmDraft("a"), ArmDraft("b")))
    with pytest.raises(Conflict):
        services.make_trial(actor=cast.owner, draft=draft, now=NOW)
    assert services.open_trial(draft, by=None, now=NOW).pk == row.pk
    other = services.open_trial(TrialDraft("widget", 1, "Окно", (ArmDraft("a"), ArmDraft("b", 9))), by=None, now=NOW)
    row.refresh_from_db()
    assert (other.pk != row.pk, row.state, row.code) == (True, "stopped", "changed")
    for bad in ((ArmDraft("a"),), (ArmDraft("a"), ArmDraft("b", 0)), tuple(ArmDraft("a") for _ in range(7))):
        with pytest.raises(Invalid):
            services.open_trial(TrialDraft("widget", 2, "Окно", bad), by=None, now=NOW)
    with pytest.raises(Denied):
        services.make_trial(actor=cast.colleague, draft=draft, now=NOW)


def test_a_client_is_joined_erased_and_his_money_stays_in_the_sums(cast):
    row = make_trial(cast.owner, now=NOW)
    stake = next(one for one in stakes_in("client") if one.part == "trials")
    services.note_shown("widget", 1, [Shown("client:3", 1, 3), Shown("client:4", 2, 4)], now=NOW)
    services.note_gain(key="order:1", money=ORDER, at=NOW, now=NOW, client_id=3)
    moved = stake.move([3], 4)
    services.note_gain(key="order:2", money=ORDER, at=NOW, now=NOW, client_id=4)
    assert Credit.objects.count() == 2
    assert [one["arm"] for one in stake.export([4])] == [1, 2]
    for one in reversed(moved):
        stake.move_back(one)
    assert Exposure.objects.get(client_id=3).arm == 1
    stake.erase([3, 4])
    assert not Exposure.objects.filter(Q(client_id__isnull=False) | Q(unit__startswith="client")).exists()
    assert sum(one.money for one in figures_of([row.pk])[row.pk].values()) == 2 * ORDER
    services.restate_gain("order:1", Decimal(0))  # it comes back though nobody knows whose it was
    assert sum(one.money for one in figures_of([row.pk])[row.pk].values()) == ORDER
    sums_are_what_the_rows_say()
    Exposure.objects.filter(arm=1).delete()
    assert sum(Tally.objects.filter(arm=1).values_list("shown", flat=True)) == 0


def test_being_shown_again_costs_two_statements(cast, django_assert_num_queries):
    make_trial(cast.owner, now=NOW)
    services.assign("widget", 1, "visitor:1", now=NOW)
    with django_assert_num_queries(4):  # two of them the savepoint
        services.assign("widget", 1, "visitor:1", now=NOW)


@pytest.mark.parametrize("typed", ["1e-9999", "1e-310", "1e9999999", "0,001", "0", "много"])
def test_the_page_of_sizes_takes_whatever_is_typed(cast, typed):
    browser = sign_in(Client(), cast.owner)
    for name in ("buy", "order", "more", "a_day"):
        page = browser.get(reverse("trials:plan"), {name: typed})
        assert page.status_code == 200
        assert bool(page.context["stats"]) is (name == "a_day")  # without a pace the size is told all the same


def test_a_winner_by_buyers_is_not_said_to_have_won_by_money(cast):
    row = make_trial(cast.owner, now=NOW, metric="buyers")
    show(row, {1: (1_500, 60, ORDER), 2: (1_500, 160, ORDER)}, now=NOW)
    services.judge(now=NOW + DAY)
    row.refresh_from_db()
    assert (row.code, row.winner) == ("win", 2)
    with translation.override("en"):
        assert outcome(row) == "B has won: more of those shown it buy."


def test_a_draft_has_no_winner_and_may_be_stopped(cast):
    arms = (ArmDraft("Скидка"), ArmDraft("Подарок"))
    draft = TrialDraft(kind="widget", subject_id=8, name="Окно", arms=arms)
    row = services.make_trial(actor=cast.owner, draft=draft, now=NOW)
    with pytest.raises(Conflict) as refused:
        services.stop(actor=cast.owner, public_id=row.public_id, now=NOW, winner=2)
    assert refused.value.code == "trial_draft"
    page = sign_in(Client(), cast.owner).get(reverse("trials:trial", args=[row.public_id]))
    assert 'name="winner"' not in page.content.decode()
    assert services.stop(actor=cast.owner, public_id=row.public_id, now=NOW).state == "stopped"


def test_a_size_that_no_test_reaches_in_its_days_is_told_so(cast):
    browser = sign_in(Client(), cast.owner)
    for a_day, is_late in (("300", True), ("3000", False)):
        page = browser.get(reverse("trials:plan"), {"buy": "4", "a_day": a_day})
        assert bool(page.context["stats"][-1].more) is is_late


def test_an_arm_may_be_chosen_before_it_is_seen_and_two_tellings_may_turn_out_to_be_one(cast):
    row = make_trial(cast.owner, now=NOW)
    arms = {unit: services.choose("widget", 1, unit) for unit in (f"visitor:{n}" for n in range(12))}
    assert set(arms.values()) == {1, 2}
    assert not Exposure.objects.exists()
    assert all(services.assign("widget", 1, unit, now=NOW) == arm for unit, arm in arms.items())
    told = {"at": NOW + DAY, "now": NOW + DAY}
    services.note_gain(key="purchase:5", money=Decimal(900), unit="visitor:1", **told)
    services.note_gain(key="order:1", money=ORDER, client_id=77, **told)  # of whom nobody knows that he was shown
    for joined in (True, False):
        assert services.join_gain("purchase:5", "order:1") is joined
    seen = Exposure.objects.get(unit="visitor:1")
    assert (seen.money, seen.buys, seen.returned) == (ORDER, 1, 0)
    services.restate_gain("order:1", Decimal(400))
    seen.refresh_from_db()
    assert (seen.money, seen.returned) == (400, 600)
    assert sum(one.money for one in figures_of([row.pk])[row.pk].values()) == 400
    for _again in range(2):
        services.give_up("widget", 1, now=NOW + DAY)
    row.refresh_from_db()
    assert (row.state, row.code, services.choose("widget", 1, "visitor:99")) == ("stopped", "changed", 1)
