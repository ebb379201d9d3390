"""Fits the curve of certainty of `messaging/rules/answers` to the tuning half of the labelled sample, and prints it.

The blind half is not looked at. Each question whose article is known is asked twice: of the whole base, and of the base
without its article, where the only right answer is that there is none: the nearest misses there are.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from voronka.config.benches.bot_sample import Asked, read_sample
from voronka.messaging.rules.answers.index import Index, Topic
from voronka.messaging.rules.answers.matcher import CURVE, Matcher
from voronka.messaging.rules.answers.words import cut

ROUNDS, RIDGE, TAKEN_AWAY = 200, 0.002, 0.5


def main() -> None:
    """Print the curve and what it does on the tuning half at several thresholds."""
    topics, asked = read_sample()
    tuning = [one for one in asked if one.half == "tuning"]
    rows = [*_rows(Matcher(topics), tuning, 1.0), *_without(topics, tuning)]
    features = np.asarray([row for row, _right, _weight in rows])
    right = np.asarray([float(is_right) for _row, is_right, _weight in rows])
    weights = np.asarray([weight for _row, _right, weight in rows])
    curve = _fitted(features, right, weights)
    print("CURVE", ", ".join(f"{value:.2f}" for value in curve))
    sure = 1 / (1 + np.exp(-(features @ curve)))
    known = np.asarray([bool(one.key) for one in tuning])
    first, away = sure[: len(tuning)], sure[len(tuning) :]
    for least in np.arange(0.3, 0.8, 0.05):
        said = first >= least
        print(
            f"{least:.2f}: answered rightly {np.mean(said[known] * right[: len(tuning)][known]):.2f}, "
            f"unsure of the unrelated {np.mean(~said[~known]):.2f}, of those taken away {np.mean(away < least):.2f}"
        )


def _rows(matcher: Matcher, asked: list[Asked], weight: float) -> Iterator[tuple[np.ndarray, bool, float]]:
    for one in asked:
        features = matcher.features(cut(one.query, matcher.index.known))
        best = int(np.argmax(CURVE @ features))
        yield features[:, best], matcher.index.topics[best].key == one.key, weight


def _without(topics: list[Topic], asked: list[Asked]) -> Iterator[tuple[np.ndarray, bool, float]]:
    synonyms = Matcher(topics).index.synonyms
    for key in dict.fromkeys(one.key for one in asked if one.key):
        matcher = Matcher([])
        matcher.index = Index([topic for topic in topics if topic.key != key], synonyms)
        own = [replace(one, key="") for one in asked if one.key == key]
        yield from _rows(matcher, own, TAKEN_AWAY)


def _fitted(features: np.ndarray, right: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the curve by Newton's way with a little ridge."""
    curve = np.zeros(features.shape[1])
    ridge = np.diag([0.0, *[RIDGE * len(right)] * (features.shape[1] - 1)])
    for _round in range(ROUNDS):
        sure = 1 / (1 + np.exp(-(features @ curve)))
        slope = features.T @ (weights * (sure - right)) + ridge @ curve
        curve -= np.linalg.solve((features.T * (weights * sure * (1 - sure))) @ features + ridge, slope)
    return curve


if __name__ == "__main__":
    main()
