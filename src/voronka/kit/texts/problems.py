"""What is wrong with a text, as a code with its place, and the same for people."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemCode(StrEnum):
    """What is wrong with a text."""

    SYNTAX = "syntax"
    UNCLOSED = "unclosed"
    UNKNOWN_TAG = "unknown_tag"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_FILTER = "unknown_filter"
    BAD_VALUE = "bad_value"
    TOO_LONG = "too_long"
    TOO_MUCH = "too_much"
    TOO_SLOW = "too_slow"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. `line` counts from 1, 0 where it is the whole text; `detail` is the name or piece at fault.

    `suggestion` is a known name much like the one at fault, or empty.
    """

    code: ProblemCode
    line: int = 0
    detail: str = ""
    suggestion: str = ""


class TextError(Exception):
    """The text could not be filled; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code} line={problem.line} {problem.detail}".strip())
        self.problem = problem


def explain(problem: Problem) -> str:
    """Say in the reader's language what is wrong and where."""
    # Here, not above: the child fills texts without Django.
    from django.utils.translation import gettext as _

    texts = {
        ProblemCode.SYNTAX: _("This cannot be understood: %(detail)s"),
        ProblemCode.UNCLOSED: _("A block is opened and not closed: %(detail)s is missing."),
        ProblemCode.UNKNOWN_TAG: _("There is no tag “%(detail)s”."),
        ProblemCode.UNKNOWN_FIELD: _("There is no field “%(detail)s”."),
        ProblemCode.UNKNOWN_FILTER: _("There is no filter “%(detail)s”."),
        ProblemCode.BAD_VALUE: _("The filter “%(detail)s” cannot take this value."),
        ProblemCode.TOO_LONG: _("The text is too long."),
        ProblemCode.TOO_MUCH: _("The text repeats too much or grows too long when filled."),
        ProblemCode.TOO_SLOW: _("The text takes too long to fill."),
    }
    said = texts[problem.code] % {"detail": problem.detail}
    if problem.suggestion:
        said += " " + _("Is “%(suggestion)s” meant?") % {"suggestion": problem.suggestion}
    return _("Line %(line)s: %(said)s") % {"line": problem.line, "said": said} if problem.line else said
