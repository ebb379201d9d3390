"""What tests have come to: the kept sums of their arms, read as bands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, Q, Sum

from voronka.trials.models import Gain, Look, Tally, Trial, TrialArm
from voronka.trials.rules import ratio, verdicts
from voronka.trials.rules.bands import Band, Sums


@dataclass(frozen=True, slots=True)
class Figures:
    """The kept sums of an arm: those shown it, those who bought, their orders, the money left, what was taken off."""

    shown: int = 0
    buyers: int = 0
    orders: int = 0
    money: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    squares: Decimal = Decimal(0)

    @property
    def per_shown(self) -> Decimal:
        """Return the money by head of those shown."""
        return self.money / self.shown if self.shown else Decimal(0)


@dataclass(frozen=True, slots=True)
class Result:
    """A test as it stands: its arms with their figures, what the bands say, in how many days it should end."""

    trial: Trial
    arms: list[TrialArm]
    figures: Mapping[int, Figures]
    reading: verdicts.Reading
    control: int
    leader: int
    is_skewed: bool
    days_left: int | None


def figures_of(ids: Sequence[int]) -> dict[int, dict[int, Figures]]:
    """Return the sums of tests by test and arm, one statement."""
    found: dict[int, dict[int, Figures]] = {pk: {} for pk in ids}
    rows = Tally.objects.filter(trial_id__in=list(ids)).values("trial_id", "arm").order_by()
    for row in rows.annotate(
        n=Sum("shown"), b=Sum("buyers"), o=Sum("orders"), m=Sum("money"), r=Sum("returned"), q=Sum("squares")
    ):
        found[row["trial_id"]][row["arm"]] = Figures(row["n"], row["b"], row["o"], row["m"], row["r"], row["q"])
    return found


def sums_of(row: Trial, arms: Sequence[TrialArm], figures: Mapping[int, Figures]) -> dict[int, Sums]:
    """Return the arms as the rules take them: money, or buyers where these decide."""
    found = {}
    for one in arms:
        held = figures.get(one.number, Figures())
        sums = Sums(held.shown, held.buyers, float(held.money), float(held.squares))
        found[one.number] = sums if row.metric == "money" else sums.as_shares()
    return found


def best_at(row: Trial, arms: Sequence[TrialArm]) -> float:
    """Return for how many shown in two arms together the band is tuned: their part of the planned number."""
    return max(row.planned * 2 / len(arms), 1.0)


def least_effect(row: Trial) -> float:
    """Return the difference by head (money, or share of buyers) below which arms count as equal."""
    return float(row.least_effect)


def results_of(rows: Sequence[Trial], *, now: datetime) -> list[Result]:
    """Return tests as they stand, in order; their arms have to be there (`prefetch_related`), else one statement each.

    Orders that came, or came back, after a test had ended are in its figures; its bands are those that ended it.
    """
    figures, last = figures_of([one.pk for one in rows]), _last_bands([one.pk for one in rows if one.ended_at])
    return [_result(row, figures[row.pk], last.get(row.pk), now) for row in rows]


def _last_bands(ids: Sequence[int]) -> dict[int, dict[int, Band | None]]:
    """Return the bands by which tests have ended, by test and arm; none of one that a person ended."""
    found: dict[int, dict[int, Band | None]] = {}
    rows = Look.objects.filter(trial_id__in=ids, at=F("trial__ended_at")) if ids else []
    for one in rows:
        band = Band(one.estimate, one.low, one.high) if one.low is not None and one.high is not None else None
        found.setdefault(one.trial_id, {})[one.arm] = band
    return found


def _result(
    row: Trial, figures: Mapping[int, Figures], last: Mapping[int, Band | None] | None, now: datetime
) -> Result:
    arms = sorted(row.arms.all(), key=lambda one: one.number)
    control = next(one.number for one in arms if one.is_control)
    sums = sums_of(row, arms, figures)
    reading = verdicts.read(sums, control, best_at=best_at(row, arms), least_effect=least_effect(row))
    if last is not None:
        told = {number: verdicts.verdict_of(band, least_effect(row)) for number, band in last.items()}
        reading = verdicts.Reading(reading.code, reading.winner, last, told)
    left, is_skewed = None, row.skewed_at is not None
    if row.state == "running" and row.started_at is not None and not is_skewed:
        days = max((now - row.started_at) / timedelta(days=1), 0.25)
        rest = max(row.most_days - days, 0.0)
        pace = sum(one.shown for one in figures.values()) / days
        found = verdicts.days_left(
            reading, sums, control, a_day=pace, best_at=best_at(row, arms), least_effect=least_effect(row)
        )  # fmt: skip
        left = max(min(found if found is not None else int(rest), int(rest)), 1)
        counts = [figures.get(one.number, Figures()).shown for one in arms]
        is_skewed = ratio.is_off(counts, [one.share for one in arms])
    return Result(row, arms, figures, reading, control, verdicts.leader(sums, reading), is_skewed, left)


def looks_of(row: Trial) -> dict[int, list[Look]]:
    """Return all looks taken at a test, by arm, in the order of time; the early ones have no band yet."""
    found: dict[int, list[Look]] = {}
    for one in Look.objects.filter(trial=row).order_by("arm", "hour"):
        found.setdefault(one.arm, []).append(one)
    return found


def trial_of(kind: str, subject_id: int, *, place: str = "") -> Trial | None:
    """Return the newest test of a thing."""
    return Trial.objects.filter(kind=kind, subject_id=subject_id, place=place).order_by("-id").first()


def trials_of(kind: str, ids: Sequence[int]) -> dict[int, Trial]:
    """Return the newest test of each of some things, by their ids; those never tested are left out."""
    rows = Trial.objects.filter(kind=kind, subject_id__in=list(ids), place="")
    newest = rows.order_by("subject_id", "-id").distinct("subject_id")
    return {one.subject_id: one for one in newest}


def told_at(key: str) -> datetime | None:
    """Return when the gain of a key was made; None where no such gain is known."""
    return Gain.objects.filter(key=key).values_list("at", flat=True).first()


def told_in_all(prefix: str, unit: str, client_id: int | None, *, since: datetime) -> Decimal:
    """Return what a unit, or the client it is, has brought since a moment by gains whose keys begin so."""
    whose = Q(unit=unit) if client_id is None else Q(unit=unit) | Q(client_id=client_id)
    rows = Gain.objects.filter(whose, key__startswith=prefix, at__gt=since)
    return Decimal(rows.aggregate(all=Sum("money"))["all"] or 0)


def shares_of(kind: str, subject_id: int, *, place: str = "") -> list[int]:
    """Return the shares of the arms of the newest test of a thing, none where it was never tested."""
    row = trial_of(kind, subject_id, place=place)
    return [] if row is None else list(row.arms.order_by("number").values_list("share", flat=True))


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of tests by id. Raises KeyError for another kind."""
    rows = {"trial": Trial.objects.filter(pk__in=list(ids))}
    return dict(rows[kind].values_list("id", "public_id"))
