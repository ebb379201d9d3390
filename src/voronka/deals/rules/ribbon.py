"""The funnel as one shape over the columns of a board: its height is money, its figures the share that went on."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT, WIDTH, GAP, LEAN = 72, 1376, 16, 40
LOW = 0.6


@dataclass(frozen=True, slots=True)
class Share:
    """A share written on the ribbon: where, how much in percent, whether it is low."""

    x: str
    percent: int
    is_low: bool


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The outline and the shares; `width` and `height` are those of the picture."""

    d: str
    shares: Sequence[Share]
    width: int = WIDTH
    height: int = HEIGHT


def ribbon(amounts: Sequence[float], passed: Sequence[float | None]) -> Ribbon:
    """Return the ribbon of stages: `amounts` gives its height in each, `passed` the share 0-1 that went on from it."""
    step, last = (WIDTH + GAP) / max(1, len(amounts)), len(amounts) - 1
    most = max([*amounts, 0]) or 1
    half = [4 + amount / most * 30 for amount in amounts] or [4.0]
    middle = HEIGHT / 2
    upper = [f"M0 {middle - half[0]:.1f}"]
    lower = [f"V{middle + half[-1]:.1f}"]
    for at in range(last):
        start, end = (at + 1) * step - LEAN, (at + 1) * step
        bend = f"{start + 24:.1f} {{}} {end - 24:.1f} {{}} {end:.1f} {{}}"
        here, there = f"{middle - half[at]:.1f}", f"{middle - half[at + 1]:.1f}"
        upper.append(f"H{start:.1f}C{bend.format(here, there, there)}")
    for at in reversed(range(last)):
        start, end = (at + 1) * step - LEAN, (at + 1) * step
        here, there = f"{middle + half[at + 1]:.1f}", f"{middle + half[at]:.1f}"
        lower.append(f"H{end:.1f}C{end - 24:.1f} {here} {start + 24:.1f} {there} {start:.1f} {there}")
    shares = [
        Share(f"{(at + 1) * step - 18:.1f}", round(share * 100), share < LOW)
        for at, share in enumerate(passed[:last])
        if share is not None
    ]
    return Ribbon(f"{''.join(upper)}H{WIDTH}{''.join(lower)}H0Z", shares)
