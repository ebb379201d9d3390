"""Ten thousand of a dealer's names against fifty thousand goods, or a sample of one's own (`--data`).

The control deals the same answers out at random and must fail.
"""

import csv
import random
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from voronka.catalogue.rules.matching import Answer, Goods, Match, Matcher, cut, learn
from voronka.config.benches.frame import Result, middle, rows_of
from voronka.config.benches.match_names import Line, catalogue, offers
from voronka.config.env import SettingError

FULL_GOODS, OFFERS_SHARE = 50_000, 0.2
CONFIRMED, DRAWS = 100, 3
LEAST_TOP1, LEAST_TOP5, LEAST_PRECISION, LEAST_RECALL, MOST_SECONDS = 0.85, 0.97, 0.98, 0.4, 20


@dataclass(frozen=True, slots=True)
class Judged:
    """Shares of right answers: first, among the five, of what was bound by itself, and bound by itself of all."""

    top1: float
    top5: float
    precision: float
    recall: float
    asked: float


def run(*, scale: float, seconds: float, data: Path | None = None) -> Result:
    """Measure on made-up goods, or on `catalogue.csv` and `offers.csv` of the folder `data`."""
    result = Result("match", scale)
    ours, theirs = _read(data) if data else _made(scale)
    began, worked = time.perf_counter(), _processor()
    matches = _matched(ours, [one.name for one in theirs])
    figures = result.figures
    figures |= {"seconds": time.perf_counter() - began, "processor_seconds": _processor() - worked}
    judged = judge(ours, theirs, matches)
    figures |= {"goods": len(ours), "names": len(theirs), "top1": judged.top1, "top5": judged.top5}
    figures |= {"precision": judged.precision, "recall": judged.recall, "asked_share": judged.asked}
    if len(theirs) > 2 * CONFIRMED:
        before, after = _taught(ours, theirs, matches)
        figures |= {"top1_before_100": before, "top1_after_100": after}
    blind = random.Random(5).sample(matches, len(matches))  # noqa: S311 - not a secret
    figures["control_top1"] = judge(ours, theirs, blind).top1
    _demand(result, is_own=data is None)
    return result


def _demand(result: Result, *, is_own: bool) -> None:
    figures = result.figures
    result.demand(figures["control_top1"] < LEAST_TOP1, "the control, answers dealt out at random, passed")
    result.demand(figures["precision"] >= LEAST_PRECISION, f"precision is under {LEAST_PRECISION}")
    if is_own:
        result.demand(figures["top1"] >= LEAST_TOP1, f"top1 is under {LEAST_TOP1}")
        result.demand(figures["top5"] >= LEAST_TOP5, f"top5 is under {LEAST_TOP5}")
        result.demand(figures["recall"] >= LEAST_RECALL, f"recall is under {LEAST_RECALL}")
        if result.scale >= 1:
            result.demand(figures["processor_seconds"] <= MOST_SECONDS, f"it took over {MOST_SECONDS} s of one core")


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _made(scale: float) -> tuple[list[Line], list[Line]]:
    ours = catalogue(rows_of(scale, FULL_GOODS))
    return ours, offers(ours, round(len(ours) * OFFERS_SHARE))


def _read(folder: Path) -> tuple[list[Line], list[Line]]:
    def lines(name: str) -> list[Line]:
        path = folder / name
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                return [Line(row["name"], (row.get("sku") or "").strip()) for row in csv.DictReader(file)]
        except (OSError, KeyError, UnicodeDecodeError) as error:
            raise SettingError(
                f"{path}: needs to be a CSV in UTF-8 with the columns sku and name ({error})"
            ) from None

    ours, theirs = lines("catalogue.csv"), lines("offers.csv")
    if not ours or not theirs:
        raise SettingError(f"{folder}: catalogue.csv and offers.csv need at least a line each")
    return ours, theirs


def _matched(ours: Sequence[Line], names: Sequence[str], answers: Sequence[Answer] = ()) -> list[Match]:
    goods = [Goods(one.sku, one.name, (one.sku,)) for one in ours]
    taught = learn(answers, {one.key: cut(one.name) for one in goods}) if answers else None
    return Matcher(goods, taught).match(names)


def judge(ours: Sequence[Line], theirs: Sequence[Line], matches: Sequence[Match]) -> Judged:
    """Hold matches against the truth; goods of one name are as right as one another."""
    names = {one.sku: one.name.strip().lower() for one in ours}

    def is_right(sku: str, key: str) -> bool:
        return bool(sku) and names.get(sku) == names[key]

    first = [
        bool(match.candidates) and is_right(one.sku, match.candidates[0].key)
        for one, match in zip(theirs, matches, strict=True)
    ]
    five = [
        any(is_right(one.sku, found.key) for found in match.candidates)
        for one, match in zip(theirs, matches, strict=True)
    ]
    sure = [right for right, match in zip(first, matches, strict=True) if match.is_sure]
    known = sum(bool(one.sku) for one in theirs) or 1
    return Judged(
        sum(first) / known, sum(five) / known, sum(sure) / len(sure) if sure else 1.0, sum(sure) / known,
        1 - len(sure) / len(theirs),
    )  # fmt: skip


def _taught(ours: Sequence[Line], theirs: Sequence[Line], matches: Sequence[Match]) -> tuple[float, float]:
    """Return the share of right first answers on what a hundred confirmed leave, without and with learning."""
    before, after = [], []
    for draw in range(DRAWS):
        known = [number for number, one in enumerate(theirs) if one.sku]
        confirmed = set(random.Random(draw).sample(known, CONFIRMED))  # noqa: S311 - not a secret
        left = [number for number in range(len(theirs)) if number not in confirmed]
        if len(left) > 2_000:
            left = left[:2_000]
        answers = [Answer(theirs[number].name, theirs[number].sku) for number in sorted(confirmed)]
        rest = [theirs[number] for number in left]
        again = _matched(ours, [one.name for one in rest], answers)
        before.append(judge(ours, rest, [matches[number] for number in left]).top1)
        after.append(judge(ours, rest, again).top1)
    return middle(before), middle(after)
