"""Running tests are looked at once an hour: what is seen is kept for the picture, and what is sure ends them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from voronka.accounts import queries as accounts
from voronka.accounts.services import notices
from voronka.kit.events import publish
from voronka.kit.rows import each
from voronka.trials.events import TrialSkewed
from voronka.trials.models import Gain, Look, Trial, TrialArm
from voronka.trials.queries.results import best_at, figures_of, least_effect, sums_of
from voronka.trials.rules import ratio, verdicts
from voronka.trials.rules.bands import Sums
from voronka.trials.services.running import close_skewed, decide
from voronka.trials.services.showing import credit

ENDED, SKEWED = "trial_ended", "trial_skewed"
_HOURLY = 72


def companies_running() -> list[int]:
    """Return the companies in which a test runs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM trials_companies_running() AS company")
        return [row[0] for row in cursor.fetchall()]


def judge(*, now: datetime, kind: str = "") -> int:
    """Look at the running tests of the company, or at those of a kind; return how many have ended by it.

    One that cannot be judged is logged, and the others are judged all the same.
    """
    _catch_up(now)
    with transaction.atomic():
        rows = Trial.objects.filter(state="running", **({"kind": kind} if kind else {}))
        ids = list(rows.order_by("id").values_list("id", flat=True))
    return each(ids, lambda pk: _judge(pk, now), words="a test could not be judged")


@transaction.atomic
def _catch_up(now: datetime) -> None:
    """Credit what was told in the same moment as it was shown: of two transactions at once neither sees the other."""
    rows = Gain.objects.filter(told_at__gte=now - timedelta(hours=2))
    ids = list(rows.values_list("id", flat=True))
    if ids:
        credit(gains=ids)


@transaction.atomic
def _judge(pk: int, now: datetime) -> bool:
    rows = Trial.objects.select_for_update(skip_locked=True, of=("self",))
    row = rows.filter(pk=pk, state="running").first()
    if row is None or row.started_at is None:
        return False
    arms = list(row.arms.order_by("number"))
    figures = figures_of([pk])[pk]
    counts = [figures[one.number].shown if one.number in figures else 0 for one in arms]
    is_over = now >= row.started_at + timedelta(days=row.most_days)
    if row.skewed_at is None and ratio.is_off(counts, [one.share for one in arms]):
        row.skewed_at = now
        row.save(update_fields=["skewed_at"])
        publish(TrialSkewed(trial_id=row.pk), at=now)
        tell(row, SKEWED, now)
    if row.skewed_at is not None:
        if is_over:
            close_skewed(row, now)
        return is_over
    return _read(row, arms, sums_of(row, arms, figures), is_over=is_over, now=now)


def _read(row: Trial, arms: Sequence[TrialArm], sums: Mapping[int, Sums], *, is_over: bool, now: datetime) -> bool:
    control = next(one.number for one in arms if one.is_control)
    reading = verdicts.read(sums, control, best_at=best_at(row, arms), least_effect=least_effect(row))
    _keep_looks(row, control, sums, reading, now)
    if reading.code == "open" and not is_over:
        return False
    decide(row, "unclear" if reading.code == "open" else reading.code, reading.winner, now)
    tell(row, ENDED, now)
    return True


def _keep_looks(row: Trial, control: int, sums: Mapping[int, Sums], reading: verdicts.Reading, now: datetime) -> None:
    assert row.started_at is not None
    hours = int((now - row.started_at) / timedelta(hours=1))
    hour = hours if hours <= _HOURLY else -(-hours // 24) * 24
    looks = [
        Look(
            trial=row, arm=number, hour=hour, shown=sums[control].shown + sums[number].shown, at=now,
            estimate=band.estimate if band else sums[number].mean - sums[control].mean,
            low=band.low if band else None, high=band.high if band else None,
        )
        for number, band in reading.bands.items()
    ]  # fmt: skip
    Look.objects.bulk_create(
        looks, update_conflicts=True, unique_fields=["company", "trial", "arm", "hour"],
        update_fields=["shown", "estimate", "low", "high", "at"],
    )  # fmt: skip


def tell(row: Trial, code: str, now: datetime) -> None:
    """Tell who began the test; where nobody did, or he has left, the owners of the company."""
    told = [row.by_id] if row.by_id is not None and accounts.is_working(row.by_id) else []
    told = told or [one.pk for one in accounts.list_employees() if one.role.code == "owner"]
    notices.notify(employee_ids=told, code=code, subject_kind="trial", subject_id=row.pk, by=None, now=now)
