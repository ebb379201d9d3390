"""Who gets which arm: the same one each time, noted once; and who somebody turned out to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from voronka.trials.models import Exposure, Gain, Trial
from voronka.trials.rules.arms import arm_of


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody was shown an arm that the caller has chosen for him."""

    unit: str
    arm: int
    client_id: int | None = None


@transaction.atomic
def assign(
    kind: str, subject_id: int, unit: str, client_id: int | None = None, *, now: datetime, place: str = ""
) -> int | None:
    """Return the number of the arm to show somebody at this moment, and note that it is shown; None without a test.

    A client gets what he got first, whatever he is called by. Once a test has ended its winner is shown to everybody,
    the control where there is none, and nobody is noted any more.
    """
    row = _newest(kind, subject_id, place)
    if row is None:
        return None
    arm, is_new = _arm(row, unit, client_id)
    if arm is not None and is_new:
        _note(row, [Shown(unit, arm, client_id)], now)
    return arm


def choose(kind: str, subject_id: int, unit: str, client_id: int | None = None, *, place: str = "") -> int | None:
    """Return the arm that somebody is to be shown without noting that he was: `assign` does, once he truly is."""
    row = _newest(kind, subject_id, place)
    return None if row is None else _arm(row, unit, client_id)[0]


def _arm(row: Trial, unit: str, client_id: int | None) -> tuple[int | None, bool]:
    """Return the arm of a unit (None while the test is a draft), and whether the unit is new to a running test."""
    if row.state == "draft":
        return None, False
    if row.state != "running":
        return row.winner or row.arms.filter(is_control=True).values_list("number", flat=True).get(), False
    known = _known_arm(row, unit, client_id)
    if known is not None:
        return known, False
    shares = list(row.arms.order_by("number").values_list("share", flat=True))
    return arm_of(row.public_id, unit, shares), True


def _known_arm(row: Trial, unit: str, client_id: int | None) -> int | None:
    who = Q(unit=unit) if client_id is None else Q(unit=unit) | Q(client_id=client_id)
    found = Exposure.objects.filter(who, trial=row).order_by("at", "id").values_list("arm", flat=True)
    return found.first()


@transaction.atomic
def note_shown(kind: str, subject_id: int, rows: Sequence[Shown], *, now: datetime, place: str = "") -> int:
    """Note those who were shown arms that the caller chose by the test's shares; return how many are new.

    Those whom the test has noted already stay with the arm they had.
    """
    row = _newest(kind, subject_id, place)
    return _note(row, rows, now) if row is not None and row.state == "running" else 0


@transaction.atomic
def note_shown_in(kind: str, rows: Mapping[int, Sequence[Shown]], *, now: datetime) -> int:
    """Do as `note_shown` for several things at once, by their ids.

    Their tests are taken in the order in which credits take them: two who take them crosswise would wait in a ring.
    """
    found = [(_newest(kind, subject_id, ""), shown) for subject_id, shown in rows.items()]
    running = [(row, shown) for row, shown in found if row is not None and row.state == "running"]
    return sum(_note(row, shown, now) for row, shown in sorted(running, key=lambda one: one[0].pk))


@transaction.atomic
def know(unit: str, client_id: int, *, now: datetime) -> None:
    """Join a unit with a client: what the unit was shown counts for his orders, and its gains are his."""
    told = Gain.objects.select_for_update().filter(unit=unit, client_id=None).order_by("id")
    gains = list(told.values_list("id", flat=True))
    Gain.objects.filter(pk__in=gains).update(client_id=client_id)
    rows = Exposure.objects.select_for_update().filter(unit=unit, client_id=None).order_by("id")
    ids = list(rows.values_list("id", flat=True))
    Exposure.objects.filter(pk__in=ids).update(client_id=client_id)
    if gains or ids:
        credit(gains, ids)


def credit(gains: Sequence[int] = (), exposures: Sequence[int] = ()) -> None:
    """Credit gains to the exposures before them, each once in a test; by the function of sql/trials.sql."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trials_credit_gains(%s::bigint[], %s::bigint[])", [sorted(gains), sorted(exposures)]
        )  # fmt: skip


def _newest(kind: str, subject_id: int, place: str) -> Trial | None:
    return Trial.objects.filter(kind=kind, subject_id=subject_id, place=place).order_by("-id").first()


_INSERT = """
INSERT INTO trials_exposure (company_id, trial_id, unit, arm, client_id, at, buys, money, returned)
SELECT t.company_id, t.id, x.unit, x.arm, x.client_id, %s, 0, 0, 0
FROM trials_trial t, unnest(%s::text[], %s::int[], %s::bigint[]) AS x (unit, arm, client_id)
WHERE t.id = %s AND t.company_id = %s ORDER BY x.unit
ON CONFLICT (company_id, trial_id, unit) DO NOTHING RETURNING id
"""


def _note(row: Trial, rows: Sequence[Shown], now: datetime) -> int:
    if not rows:
        return 0
    units, arms, clients = [one.unit[:60] for one in rows], [one.arm for one in rows], [one.client_id for one in rows]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [now, units, arms, clients, row.pk, row.company_id])
        ids = [pk for (pk,) in cursor.fetchall()]
    if ids and Gain.objects.filter(told_at__gte=now).exists():  # it was heard of later than of what came of it
        credit(exposures=ids)
    return len(ids)
