"""Confidence sequences: bands for the difference of two means that may be looked at whenever one likes.

Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences"
(arXiv 2103.06476), theorem 2.2: with t observations of deviation s the mean lies within s * width(t) / sqrt(t) at all
times at once. What is observed here is what one who was shown brings, zero for most; see docs/algorithms/trials.md.
"""

import math
from dataclasses import dataclass

ALPHA = 0.05
# Before so many have bought in each of two arms their deviations say too little: there is no band.
LEAST_BUYERS = 50
# How surely a planned size finds the effect it was planned for.
POWER = 0.8
_POWER_SIGMAS = 0.8416


@dataclass(frozen=True, slots=True)
class Sums:
    """What is kept of an arm: how many were shown it, how many bought, their money and its squares summed by head."""

    shown: int = 0
    buyers: int = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float:
        """Return what one who was shown brings."""
        return self.total / self.shown if self.shown else 0.0

    @property
    def variance(self) -> float:
        """Return how far heads lie from the mean, squared."""
        if self.shown < 2:
            return 0.0
        return max(self.squares - self.total * self.total / self.shown, 0.0) / (self.shown - 1)

    def as_shares(self) -> "Sums":
        """Return the same arm where each buyer counts one: its mean is the share of buyers."""
        return Sums(self.shown, self.buyers, float(self.buyers), float(self.buyers))


@dataclass(frozen=True, slots=True)
class Band:
    """How much more one arm brings by head than another: as it looks, and between what it surely lies."""

    estimate: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Return how far the true difference may lie from the estimate."""
        return (self.high - self.low) / 2


def tuning(alpha: float, best_at: float) -> float:
    """Return the square of the parameter that makes the band narrowest about `best_at` observations.

    It has to be settled before the first look. Away from there the band is a little wider, never less true.
    """
    return (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / max(best_at, 1.0)


def width(seen: float, alpha: float, best_at: float) -> float:
    """Return the half of the band after so many observations, in standard errors."""
    grown = seen * tuning(alpha, best_at)
    return math.sqrt((grown + 1) / grown * (math.log(grown + 1) - 2 * math.log(alpha)))


def band_of(control: Sums, arm: Sums, *, alpha: float, best_at: float) -> Band | None:
    """Return the band of an arm against the control; None while too few have bought in one of them."""
    if min(control.buyers, arm.buyers) < LEAST_BUYERS:
        return None
    error = math.sqrt(control.variance / control.shown + arm.variance / arm.shown)
    half = error * width(control.shown + arm.shown, alpha, best_at)
    estimate = arm.mean - control.mean
    return Band(estimate, estimate - half, estimate + half)


def grown(band: Band, seen: float, to: float, *, alpha: float, best_at: float) -> Band:
    """Return the band as it would be after `to` observations instead of `seen`, all else being equal."""
    ratio = math.sqrt(seen / to) * width(to, alpha, best_at) / width(seen, alpha, best_at)
    half = band.half * ratio
    return Band(band.estimate, band.estimate - half, band.estimate + half)


def planned_size(buy: float, mean_order: float, effect: float, *, arms: int = 2, spread: float = 1.0) -> int:
    """Return how many have to be shown in all, for an effect to be found with the stated power.

    `buy` is the share of those who buy, `effect` how much more money by head is to be found (money), `spread` the
    deviation of orders in parts of their mean. The better arm is taken to have more buyers, so its heads lie farther
    apart than the control's. Reckoned for the last look alone: looks before it only add to the power.
    """
    if not 0 < buy <= 1 or mean_order <= 0 or effect <= 0:
        raise ValueError("a share, a sum and an effect above zero are needed")
    alpha = ALPHA / (arms - 1)
    more = min(buy * (1 + effect / (buy * mean_order)), 1.0)  # where all would buy, each brings more
    variances = _variance(buy, mean_order, spread) + _variance(more, (buy * mean_order + effect) / more, spread)
    shown = 16.0  # in each of the two arms compared
    for _ in range(100):
        wanted = variances * ((width(2 * shown, alpha, 2 * shown) + _POWER_SIGMAS) / effect) ** 2
        if abs(wanted - shown) < 0.5:
            break
        shown = wanted
    least = LEAST_BUYERS / buy * 1.2
    return math.ceil(max(shown, least)) * arms


def _variance(buy: float, mean_order: float, spread: float) -> float:
    """Return how far heads lie from their mean, squared, where so many buy and orders differ so much."""
    return buy * mean_order**2 * (1 + spread**2) - (buy * mean_order) ** 2
