"""The parent's side of filling texts: one warm child a process, killed and started again when it misbehaves."""

import atexit
import json
from collections.abc import Collection, Mapping, Sequence

from voronka.kit.warm import TooMuch, TooSlow, WarmChild

from .frames import DONE
from .parcel import Value, pack
from .problems import Problem, ProblemCode, TextError

CHILD = "voronka.kit.texts.child"
MEMORY_MIB = 256
SECONDS = 2.0
TOGETHER = 100  # texts filled by one request


class Renderer(WarmChild):
    """The warm child that fills texts."""

    def __init__(self, *, memory_mib: int = MEMORY_MIB, seconds: float = SECONDS) -> None:
        super().__init__(CHILD, [str(memory_mib), str(seconds)], seconds=seconds)

    def fill(self, order: Mapping[str, object]) -> object:
        """Return the child's answer; raises TextError as it said, or TOO_SLOW or TOO_MUCH when it had to die."""
        try:
            kind, answer = self.ask(order)
        except TooSlow:
            raise TextError(Problem(ProblemCode.TOO_SLOW)) from None
        except TooMuch:
            raise TextError(Problem(ProblemCode.TOO_MUCH)) from None
        if kind == DONE:
            return json.loads(answer)
        raise TextError(problem_from(json.loads(answer)))


def problem_from(told: Mapping[str, object]) -> Problem:
    """Return the problem that the child told."""
    return Problem(
        ProblemCode(str(told["code"])), int(str(told["line"])), str(told["detail"]), str(told["suggestion"])
    )


_renderer = Renderer()
atexit.register(_renderer.stop)


def render(
    source: str,
    values: Mapping[str, Value],
    *,
    autoescape: bool,
    zone: str = "Europe/Moscow",
    language: str = "ru",
) -> str:
    """Fill the text with the values; `autoescape` for HTML. Raises TextError.

    Dates are shown by the IANA `zone`. A field that is not among the values is an error where it is shown or
    looped over, false in a condition; an empty value shows as nothing. Not to be called inside a transaction
    that holds locks: a hostile text takes up to two seconds.
    """
    if "{{" not in source and "{%" not in source:
        return source
    order = {
        "do": "render",
        "source": source,
        "values": pack(values),
        "autoescape": autoescape,
        "zone": zone,
        "language": language,
    }
    return str(_renderer.fill(order))


def render_many(
    source: str,
    values: Sequence[Mapping[str, Value]],
    *,
    autoescape: bool,
    zone: str = "Europe/Moscow",
    language: str = "ru",
) -> list[str | Problem]:
    """Fill one text with many sets of values, as `render` does with one; a problem stands in the place of its text.

    A text that is so slow that many of it have no time is filled one by one.
    """
    if "{{" not in source and "{%" not in source:
        return [source] * len(values)
    found: list[str | Problem] = []
    for start in range(0, len(values), TOGETHER):
        part = values[start : start + TOGETHER]
        order = {
            "do": "render_many",
            "source": source,
            "values": [pack(_named(one, source)) for one in part],
            "autoescape": autoescape,
            "zone": zone,
            "language": language,
        }
        try:
            told = _renderer.fill(order)
        except TextError:
            found += [_render_or_problem(source, one, autoescape, zone, language) for one in part]
            continue
        assert isinstance(told, list)
        found += [one if isinstance(one, str) else problem_from(one) for one in told]
    return found


def _named(values: Mapping[str, Value], source: str) -> Mapping[str, Value]:
    """Return the values whose names stand in a text: what it names nowhere needs no way to the child."""
    return {name: value for name, value in values.items() if name in source}


def _render_or_problem(
    source: str, values: Mapping[str, Value], autoescape: bool, zone: str, language: str
) -> str | Problem:
    try:
        return render(source, values, autoescape=autoescape, zone=zone, language=language)
    except TextError as error:
        return error.problem


def check_template(source: str, fields: Collection[str]) -> list[Problem]:
    """Return what is wrong with the text, given the dotted names of the fields there are, for the editor to show.

    A field that is a list is named without its index; what is inside its rows is not checked.
    """
    if "{{" not in source and "{%" not in source:
        return []
    try:
        told = _renderer.fill({"do": "check", "source": source, "fields": sorted(fields)})
    except TextError as error:
        return [error.problem]
    assert isinstance(told, list)
    return [problem_from(problem) for problem in told]
