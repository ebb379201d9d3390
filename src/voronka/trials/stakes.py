"""What tests do when a client changes fate: he goes out of sight, what he was shown and brought stays in the sums."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from voronka.kit.stakes import Moved, Stake, move_rows, register_stake
from voronka.trials.models import Exposure, Gain


def lock(ids: Sequence[int]) -> None:
    """Lock gains, then exposures, in key order, as the verbs here do."""
    for model in (Gain, Exposure):
        rows = model.objects.select_for_update().filter(client_id__in=ids).order_by("id")
        list(rows.values_list("id", flat=True))


def move(ids: Sequence[int], to: int) -> list[Moved]:
    """Let what was shown and brought be the survivor's; what is credited stays where it was."""
    return move_rows(Exposure, "client_id", ids, to) + move_rows(Gain, "client_id", ids, to)


def forget(ids: Sequence[int]) -> None:
    """Forget who it was; sums stay."""
    for model in (Gain, Exposure):
        rows = model.objects.filter(client_id__in=ids)
        gone = Concat(Value("gone:"), Cast(F("id"), CharField()))
        rows.update(client_id=None, unit=gone)


def export(ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Give what somebody was shown as plain values, for the data's owner."""
    rows = Exposure.objects.filter(client_id__in=ids).select_related("trial").order_by("id")
    for one in rows:
        yield {"test": one.trial.name, "arm": one.arm, "at": one.at.isoformat(), "money": str(one.money)}


register_stake(
    Stake(
        "client",
        "trials",
        frozenset({"trials.Exposure", "trials.Gain"}),
        lock=lock,
        move=move,
        withdraw=forget,
        erase=forget,
        export=export,
    )
)
