"""Questions of a survey: what one is made of, which of them are asked after a rating, what an answer may be."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

Kind = Literal["one", "many", "text"]
When = Literal["always", "bad", "good"]
Answer = str | list[str]
KINDS: tuple[Kind, ...] = ("one", "many", "text")
WHENS: tuple[When, ...] = ("always", "bad", "good")
LEAST, MOST = 1, 5
MOST_QUESTIONS, MOST_OPTIONS = 10, 12
LONGEST_QUESTION, LONGEST_OPTION, LONGEST_ANSWER = 200, 100, 2_000


@dataclass(frozen=True, slots=True)
class Question:
    """A question beside the rating. `key` names it in answers and stays when its words are mended."""

    key: str
    text: str
    kind: Kind = "text"
    when: When = "always"
    options: tuple[str, ...] = ()


def read(kept: Sequence[Mapping[str, Any]]) -> list[Question]:
    """Return questions as they are kept."""
    return [Question(**{**one, "options": tuple(one.get("options", ()))}) for one in kept]


def kept(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Return questions as they are kept, in plain values."""
    return [{**asdict(one), "options": list(one.options)} for one in questions]


def is_bad(rating: int | None, bad_upto: int) -> bool:
    """Tell whether a rating is bad: not above the line of its survey."""
    return rating is not None and rating <= bad_upto


def fitting(questions: Sequence[Question], rating: int | None, bad_upto: int) -> list[Question]:
    """Return the questions that are asked after this rating, in their order; without a rating those always asked."""
    if rating is None:
        return [one for one in questions if one.when == "always"]
    turn = "bad" if is_bad(rating, bad_upto) else "good"
    return [one for one in questions if one.when in ("always", turn)]


def clean(question: Question, given: Sequence[str]) -> Answer | None:
    """Return the answer that a form's values come to, None for none: numbers of options, or the text itself."""
    if question.kind == "text":
        said = "\n".join(line.rstrip() for line in (given[0] if given else "").splitlines()).strip()
        return said[:LONGEST_ANSWER] or None
    chosen = {int(one) for one in given[:100] if one.isascii() and one.isdecimal() and len(one) < 4}
    picked = [text for number, text in enumerate(question.options) if number in chosen]
    if not picked:
        return None
    return picked[0] if question.kind == "one" else picked


def words(answer: Answer) -> str:
    """Return an answer as people read it."""
    return answer if isinstance(answer, str) else ", ".join(answer)


def still(answers: Mapping[str, Any], questions: Sequence[Question]) -> dict[str, Answer]:
    """Return the answers to these questions only: those to others were given before the rating was changed."""
    return {one.key: cast("Answer", answers[one.key]) for one in questions if one.key in answers}
