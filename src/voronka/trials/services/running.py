"""Tests made, started, stopped by people and by the verbs of other parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id
from voronka.trials.events import TrialDecided, TrialStarted, TrialStopped
from voronka.trials.models import Trial, TrialArm
from voronka.trials.models.trials import KINDS
from voronka.trials.permissions import RUN
from voronka.trials.rules.arms import good_shares


@dataclass(frozen=True, slots=True)
class ArmDraft:
    """An arm: how it is called, and its share in whole parts of all shares."""

    name: str
    share: int = 1


@dataclass(frozen=True, slots=True)
class TrialDraft:
    """What is tested (`kind`, `subject_id`, `place` in it) by which arms; the arm number `control` is what there was.

    `planned` is how many are to be shown in all (rules.bands.planned_size), `least_effect` the difference by head, in
    money or in share of buyers, that matters to nobody.
    """

    kind: str
    subject_id: int
    name: str
    arms: Sequence[ArmDraft] = field(default_factory=tuple)
    control: int = 1
    place: str = ""
    metric: str = "money"
    currency: str = "RUB"
    window_days: int = 7
    most_days: int = 60
    planned: int = 10_000
    least_effect: Decimal = Decimal(0)


@transaction.atomic
def make_trial(*, actor: Actor, draft: TrialDraft, now: datetime) -> Trial:
    """Make a test, not started yet. Raises Denied, Invalid, Conflict where one of the same thing is open."""
    actor.require(RUN)
    return _make(draft, by=actor.person_id, now=now)


@transaction.atomic
def start(*, actor: Actor, public_id: str, now: datetime) -> Trial:
    """Begin to show the arms of a test. Raises Denied, NotFound, Conflict for one that has ended."""
    actor.require(RUN)
    row = lock_trial(public_id)
    if row.state == "running":
        return row
    if row.state != "draft":
        raise Conflict(_("This test has ended already."), code="trial_ended")
    _begin(row, now)
    return row


@transaction.atomic
def open_trial(draft: TrialDraft, *, by: int | None, now: datetime) -> Trial:
    """Return the running test of a thing, made and started for the verb of another part, which has checked the right.

    One whose arms were others is stopped: what was seen of it says nothing of the new ones.
    """
    with connection.cursor() as cursor:  # of two who come first at once, the later one finds the earlier one's
        said = f"trial {current_company_id()} {draft.kind} {draft.subject_id} {draft.place}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [said])
    rows = Trial.objects.select_for_update(of=("self",)).filter(
        kind=draft.kind, subject_id=draft.subject_id, place=draft.place, state__in=["draft", "running"]
    )
    row = rows.first()
    if row is not None:
        shares = list(row.arms.order_by("number").values_list("share", flat=True))
        if shares == [one.share for one in draft.arms]:
            if row.state == "draft":
                _begin(row, now)
            return row
        _end(row, "stopped", "changed", 0, now)
        publish(TrialStopped(trial_id=row.pk, code="changed"), at=now)
    row = _make(draft, by=by, now=now)
    _begin(row, now)
    return row


@transaction.atomic
def give_up(kind: str, subject_id: int, *, now: datetime, place: str = "") -> None:
    """Stop the test of a thing that is no more, if there is one, for the verb of another part."""
    rows = Trial.objects.select_for_update(of=("self",)).filter(kind=kind, subject_id=subject_id, place=place)
    row = rows.filter(state__in=["draft", "running"]).first()
    if row is not None:
        _end(row, "stopped", "changed", 0, now)
        publish(TrialStopped(trial_id=row.pk, code="changed"), at=now)


@transaction.atomic
def stop(*, actor: Actor, public_id: str, now: datetime, winner: int = 0) -> Trial:
    """End a test by hand; with `winner` that arm is shown to everybody from now on, else the control.

    Raises Denied, NotFound, Invalid for an arm that is none, Conflict for a test that has ended otherwise, and for a
    winner of one that nobody has been shown yet.
    """
    actor.require(RUN)
    row = lock_trial(public_id)
    if winner and not row.arms.filter(number=winner).exists():
        raise Invalid(_("There is no such arm."))
    if row.state in ("decided", "stopped"):
        if row.winner == winner and row.code in ("taken", "by_hand"):
            return row
        raise Conflict(_("This test has ended already."), code="trial_ended")
    if winner and row.state == "draft":
        raise Conflict(_("Not started yet."), code="trial_draft")
    if winner:
        decide(row, "taken", winner, now)
    else:
        _end(row, "stopped", "by_hand", 0, now)
        publish(TrialStopped(trial_id=row.pk, code="by_hand"), at=now)
    return row


def decide(row: Trial, code: str, winner: int, now: datetime) -> None:
    """End a locked test with what is known of it, and announce that."""
    _end(row, "decided", code, winner, now)
    publish(
        TrialDecided(trial_id=row.pk, kind=row.kind, subject_id=row.subject_id, code=code, winner=winner), at=now
    )  # fmt: skip


def close_skewed(row: Trial, now: datetime) -> None:
    """End a locked test whose shares were off and whose days are over."""
    _end(row, "stopped", "skewed", 0, now)
    publish(TrialStopped(trial_id=row.pk, code="skewed"), at=now)


def lock_trial(public_id: str) -> Trial:
    """Lock a test. Raises NotFound."""
    rows = Trial.objects.select_for_update(of=("self",)).filter(public_id=public_id)
    row = rows.first() if public_id.isalnum() else None
    if row is None:
        raise NotFound(_("There is no such test."))
    return row


def _make(draft: TrialDraft, *, by: int | None, now: datetime) -> Trial:
    name = draft.name.strip()[:150]
    if draft.kind not in KINDS or not name or draft.metric not in Trial.Metric:
        raise Invalid(_("Say what is tested."))
    if not good_shares([one.share for one in draft.arms]) or not 1 <= draft.control <= len(draft.arms):
        raise Invalid(_("A test has two to six arms, each with a share of 1 to 100."))
    if not (1 <= draft.window_days <= 90 and 1 <= draft.most_days <= 180 and 0 < draft.planned < 2**31):
        raise Invalid(_("Money counts for 1 to 90 days, a test lasts 180 days at most."))
    same = {"kind": draft.kind, "subject_id": draft.subject_id, "place": draft.place}
    if Trial.objects.filter(**same, state__in=["draft", "running"]).exists():
        raise Conflict(_("This is being tested already."), code="trial_open")
    row = Trial.objects.create(
        **same, name=name, metric=draft.metric, currency=draft.currency, window_days=draft.window_days,
        most_days=draft.most_days, planned=draft.planned, least_effect=draft.least_effect, by_id=by, made_at=now,
    )  # fmt: skip
    TrialArm.objects.bulk_create(
        TrialArm(
            trial=row, number=number, name=one.name.strip()[:150], share=one.share, is_control=number == draft.control
        )
        for number, one in enumerate(draft.arms, start=1)
    )
    return row


def _begin(row: Trial, now: datetime) -> None:
    row.state, row.started_at = "running", now
    row.version += 1
    row.save(update_fields=["state", "started_at", "version"])
    publish(TrialStarted(trial_id=row.pk, kind=row.kind, subject_id=row.subject_id), at=now)


def _end(row: Trial, state: str, code: str, winner: int, now: datetime) -> None:
    row.state, row.code, row.winner, row.ended_at = state, code, winner, now
    row.version += 1
    row.save(update_fields=["state", "code", "winner", "ended_at", "version"])
