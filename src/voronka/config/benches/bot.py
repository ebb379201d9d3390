"""A bot asked as people ask, on a sample labelled by hand or one's own (`--data`); its speed over 1,000 articles.

The control is a search that wants every word of the question in the article, and must fail.
"""

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voronka.config.benches.bot_sample import FOLDER, Asked, read_sample
from voronka.config.benches.frame import Result, middle, p95
from voronka.config.env import SettingError
from voronka.messaging.rules.answers import SURE, Matcher, Near, Reply, Topic

FULL_ARTICLES, ROUNDS = 1_000, 3
LEAST_TOP1, LEAST_UNSURE, LEAST_ANSWERED, MOST_WRONG, MOST_MS = 0.8, 0.9, 0.5, 0.1, 50.0
_WORD = re.compile(r"\w+")
Answering = Callable[[str], Reply]


@dataclass(frozen=True, slots=True)
class Judged:
    """Shares: of questions that have an answer, the right one first, among three, said for sure, a wrong one said for
    sure; of those that have none, the honest "not sure".
    """

    top1: float
    top3: float
    answered: float
    wrong: float
    unsure: float


def run(*, scale: float, seconds: float, data: Path | None = None) -> Result:
    """Measure on the product's sample, or on `faq.csv` and `queries.csv` of the folder `data`."""
    result = Result("bot", scale)
    topics, asked = _read(data or FOLDER)
    figures = result.figures
    figures |= {"articles": len(topics), "questions": len(asked)}
    matcher = Matcher(topics)
    whole = judge(asked, matcher.reply)
    figures |= {"top1": whole.top1, "top3": whole.top3, "answered": whole.answered, "wrongly_sure": whole.wrong}
    figures["unsure_on_unrelated"] = whole.unsure
    if blind := [one for one in asked if one.half == "blind"]:
        judged = judge(blind, matcher.reply)
        figures |= {"top1_blind": judged.top1, "unsure_blind": judged.unsure, "answered_blind": judged.answered}
    figures["control_top1"] = judge(asked, every_word(topics)).top1
    figures |= _speed(topics, asked, round(FULL_ARTICLES * scale))
    _demand(result)
    return result


def _demand(result: Result) -> None:
    figures = result.figures
    for half in ("", "_blind"):
        unsure = figures.get("unsure_blind" if half else "unsure_on_unrelated", 1.0)
        result.demand(figures.get("top1" + half, 1.0) >= LEAST_TOP1, f"top1{half} is under {LEAST_TOP1}")
        result.demand(unsure >= LEAST_UNSURE, f"not sure{half} of under {LEAST_UNSURE} of the unrelated")
        answered = figures.get("answered" + half, 1.0)
        result.demand(answered >= LEAST_ANSWERED, f"answered{half} is under {LEAST_ANSWERED}: it only says not sure")
    result.demand(figures["wrongly_sure"] <= MOST_WRONG, f"over {MOST_WRONG} are answered wrongly")
    result.demand(figures["control_top1"] < LEAST_TOP1, "the control, a search for every word, passed")
    result.demand(figures["p95_ms"] <= MOST_MS, f"p95_ms is over {MOST_MS}")


def _read(folder: Path) -> tuple[list[Topic], list[Asked]]:
    try:
        topics, asked = read_sample(folder)
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{folder}: faq.csv (id, question, answer) and queries.csv (query, id) need to be CSV in UTF-8 ({error})"
        ) from None
    if not topics or not asked:
        raise SettingError(f"{folder}: faq.csv and queries.csv need at least a line each")
    return topics, asked


def judge(asked: Sequence[Asked], answering: Answering) -> Judged:
    """Hold answers against the truth; a share of nothing is 1."""
    known = [(one.key, answering(one.query)) for one in asked if one.key]
    unknown = [answering(one.query) for one in asked if not one.key]
    first = [bool(reply.best) and reply.nearest[0].key == key for key, reply in known]
    sure = [reply.is_sure for _key, reply in known]
    return Judged(
        _share(first),
        _share([any(near.key == key for near in reply.nearest) for key, reply in known]),
        _share([right and said for right, said in zip(first, sure, strict=True)]),
        _share([said and not right for right, said in zip(first, sure, strict=True)]) if known else 0.0,
        _share([not reply.is_sure for reply in unknown]),
    )


def _share(held: Sequence[bool]) -> float:
    return sum(held) / len(held) if held else 1.0


def every_word(topics: Sequence[Topic]) -> Answering:
    """Return the control: the first article that holds every word of the question as it is written."""
    words = [(topic.key, _words(" ".join([*topic.questions, topic.answer]))) for topic in topics]

    def answer(question: str) -> Reply:
        asked = _words(question)
        found = tuple(Near(key, SURE) for key, held in words if asked and asked <= held)[:3]
        return Reply(found, bool(found))

    return answer


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _speed(topics: Sequence[Topic], asked: Sequence[Asked], wanted: int) -> dict[str, float]:
    """Return how long an answer takes over `wanted` articles (the sample's with words changed about), and the index."""
    draw = random.Random(7)  # noqa: S311 - not a secret
    words = sorted(_words(" ".join(topic.answer for topic in topics)))
    many = list(topics)
    while len(many) < wanted:
        topic = topics[len(many) % len(topics)]
        extra = " ".join(draw.sample(words, min(6, len(words))))
        questions = [f"{question} {extra}" for question in topic.questions]
        many.append(replace(topic, key=f"{topic.key}-{len(many)}", questions=questions))
    began = time.perf_counter()
    matcher = Matcher(many)
    built = time.perf_counter() - began
    rounds = []
    for _round in range(ROUNDS):
        times = []
        for one in asked:
            began = time.perf_counter()
            matcher.reply(one.query)
            times.append(time.perf_counter() - began)
        rounds.append(p95(times))
    return {"articles_of_speed": len(many), "index_ms": built * 1000, "p95_ms": middle(rounds)}
