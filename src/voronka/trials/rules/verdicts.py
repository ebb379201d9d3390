"""What the bands say of a test: who has won, that nobody has, or how long it still takes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from voronka.trials.rules.bands import ALPHA, Band, Sums, band_of, grown

BETTER, WORSE, SAME, OPEN = "better", "worse", "same", "open"
MOST_DAYS = 180


@dataclass(frozen=True, slots=True)
class Reading:
    """A look at a test: bands and verdicts of all arms but the control by number, `code` and `winner` of the whole.

    `code` is win (`winner` brings more than the control, or is the control, which all others fall behind), same (no
    difference that matters) or open.
    """

    code: str
    winner: int = 0
    bands: Mapping[int, Band | None] = field(default_factory=dict)
    verdicts: Mapping[int, str] = field(default_factory=dict)


def read(arms: Mapping[int, Sums], control: int, *, best_at: float, least_effect: float = 0.0) -> Reading:
    """Look at a test. `least_effect` is the difference by head that does not matter to anybody; with 0 any does.

    Of k arms k - 1 are compared with the control, each at alpha / (k - 1) (Bonferroni): that any of them is called
    better or worse though it is not happens in one test of twenty at most, at whatever hours one looks.
    """
    alpha = ALPHA / max(len(arms) - 1, 1)
    others = {number: one for number, one in arms.items() if number != control}
    bands = {
        number: band_of(arms[control], one, alpha=alpha, best_at=best_at) for number, one in others.items()
    }  # fmt: skip
    verdicts = {number: verdict_of(band, least_effect) for number, band in bands.items()}
    code, winner = _whole(arms, control, verdicts)
    return Reading(code, winner, bands, verdicts)


def verdict_of(band: Band | None, least_effect: float) -> str:
    """Say what a band tells of its arm against the control."""
    if band is None:
        return OPEN
    if band.low > 0:
        return BETTER
    if band.high < 0:
        return WORSE
    if -least_effect < band.low and band.high < least_effect:
        return SAME
    return OPEN


def _whole(arms: Mapping[int, Sums], control: int, verdicts: Mapping[int, str]) -> tuple[str, int]:
    better = [number for number, one in verdicts.items() if one == BETTER]
    if better:
        best = max(better, key=lambda number: arms[number].mean)
        # One that looks still better and is not sure yet is waited for.
        rivals = [number for number, one in verdicts.items() if one == OPEN and arms[number].mean > arms[best].mean]
        return ("open", 0) if rivals else ("win", best)
    if OPEN in verdicts.values():
        return "open", 0
    return ("win", control) if SAME not in verdicts.values() else ("same", 0)


def days_left(
    reading: Reading,
    arms: Mapping[int, Sums],
    control: int,
    *,
    a_day: float,
    best_at: float,
    least_effect: float = 0.0,
) -> int | None:
    """Return in how many days a test ends if things go on as they do; None where it is not to be seen."""
    shown = sum(one.shown for one in arms.values())
    if reading.code != "open" or a_day <= 0 or not shown:
        return None
    alpha = ALPHA / max(len(arms) - 1, 1)
    days = 1.0
    while days <= MOST_DAYS:
        ratio = (shown + a_day * days) / shown
        verdicts = {}
        for number, band in reading.bands.items():
            if band is None:
                return None
            seen = arms[control].shown + arms[number].shown
            later = grown(band, seen, seen * ratio, alpha=alpha, best_at=best_at)
            verdicts[number] = verdict_of(later, least_effect)
        if _whole(arms, control, verdicts)[0] != "open":
            return math.ceil(days)
        days = max(days * 1.1, days + 1)
    return None


def leader(arms: Mapping[int, Sums], reading: Reading) -> int:
    """Return the arm that looks best so far among those with a band, 0 where there is none."""
    known: Sequence[int] = [number for number, band in reading.bands.items() if band is not None]
    return max(known, key=lambda number: arms[number].mean, default=0)
