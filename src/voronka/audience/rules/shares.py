"""Shares held against each other: a change counts when chance would hardly bring it."""

from math import sqrt

ENOUGH = 10  # of a whole: with fewer in either period nothing is said of its share
SURE = 1.64  # standard errors: what chance brings in one case of twenty


def share(part: int, whole: int) -> float | None:
    """Return part of whole, None of nothing."""
    return part / whole if whole else None


def change(part: int, whole: int, part_before: int, whole_before: int) -> float:
    """Return by how many standard errors a share has changed; 0 where a whole is too small to tell."""
    if whole < ENOUGH or whole_before < ENOUGH:
        return 0.0
    mean = (part + part_before) / (whole + whole_before)
    error = sqrt(mean * (1 - mean) * (1 / whole + 1 / whole_before))
    return (part / whole - part_before / whole_before) / error if error else 0.0
