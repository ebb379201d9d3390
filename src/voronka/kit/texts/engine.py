"""Liquid with every door shut: no other templates, no objects, a limit on everything that grows.

Runs in the caged child only.
"""

import difflib
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from liquid import BoundTemplate, DictLoader, Environment, Mode
from liquid.exceptions import (
    LiquidError,
    LiquidSyntaxError,
    ResourceLimitError,
    UndefinedError,
    UnknownFilterError,
)
from liquid.undefined import FalsyStrictUndefined

from .filters import Filters, Setting
from .problems import Problem, ProblemCode, TextError

LONGEST_SOURCE = 200_000
KEPT_CHARS = 2_000_000
# `safe` would let a text put a client's name into a letter unescaped, the others read templates.
FORBIDDEN_FILTERS = ("safe",)
FORBIDDEN_TAGS = ("include", "render")
BUILT_IN_ENDS = {"size", "first", "last"}
UNDEFINED = re.compile(r"'?(.*?)'? is undefined")
EXCERPT = 60


class ClosedEnvironment(Environment):
    """All limits set: they are None by default."""

    block_nesting_limit = 20
    context_depth_limit = 20
    loop_iteration_limit = 10_000
    local_namespace_limit = 1_000_000
    output_stream_limit = 1_000_000


class Engine:
    """Checks and fills texts; keeps those it has parsed."""

    def __init__(self) -> None:
        self._setting = Setting()
        filters = Filters(self._setting)
        self._environments = {escape: _environment(filters, escape=escape) for escape in (False, True)}
        self._parsed: OrderedDict[tuple[bool, str], BoundTemplate] = OrderedDict()
        self._parsed_chars = 0

    def render(self, source: str, values: Mapping[str, object], *, autoescape: bool, zone: str, language: str) -> str:
        """Return the filled text; raises TextError."""
        self._setting.zone = ZoneInfo(zone)
        self._setting.language = "ru" if language.startswith("ru") else "en"
        try:
            return str(self._parse(source, escape=autoescape).render(**values))
        except (LiquidError, RecursionError, MemoryError) as error:
            raise TextError(problem_of(error)) from error

    def check(self, source: str, fields: Sequence[str]) -> list[Problem]:
        """Return what is wrong with the text: its syntax, or else all unknown fields and filters, by line."""
        try:
            template = self._parse(source, escape=False)
            used = template.analyze(include_partials=False)
        except (LiquidError, RecursionError, MemoryError) as error:
            return [problem_of(error)]
        problems = []
        known = set(fields)
        for occurrences in used.globals.values():
            for variable in occurrences:
                name = field_of(variable.segments)
                if name not in known and not _is_built_in(name, known):
                    line = _line(source, variable.span.index)
                    problems.append(Problem(ProblemCode.UNKNOWN_FIELD, line, name, _nearest(name, known)))
        filters = self._environments[False].filters
        for name, spans in used.filters.items():
            if name not in filters:
                line = _line(source, spans[0].index)
                problems.append(Problem(ProblemCode.UNKNOWN_FILTER, line, name, _nearest(name, filters)))
        return sorted(problems, key=lambda problem: problem.line)

    def _parse(self, source: str, *, escape: bool) -> BoundTemplate:
        if len(source) > LONGEST_SOURCE:
            raise TextError(Problem(ProblemCode.TOO_LONG))
        key = escape, source
        kept = self._parsed.get(key)
        if kept is not None:
            self._parsed.move_to_end(key)
            return kept
        parsed = self._environments[escape].from_string(source)
        self._parsed[key] = parsed
        self._parsed_chars += len(source)
        while self._parsed_chars > KEPT_CHARS:
            (_, forgotten), _ = self._parsed.popitem(last=False)
            self._parsed_chars -= len(forgotten)
        return parsed


def _environment(filters: Filters, *, escape: bool) -> Environment:
    environment = ClosedEnvironment(
        loader=DictLoader({}),
        undefined=FalsyStrictUndefined,
        strict_filters=True,
        tolerance=Mode.STRICT,
        autoescape=escape,
    )
    for name in FORBIDDEN_FILTERS:
        environment.filters.pop(name)
    for name in FORBIDDEN_TAGS:
        environment.tags.pop(name)
    environment.filters.update(filters.table)
    return environment


def field_of(segments: Sequence[object]) -> str:
    """Return the dotted name of a path up to its first index: `order.lines[0].name` is `order.lines`."""
    names = []
    for segment in segments:
        if not isinstance(segment, str):
            break
        names.append(segment)
    return ".".join(names)


def _is_built_in(name: str, known: set[str]) -> bool:
    whole, _, end = name.rpartition(".")
    return end in BUILT_IN_ENDS and whole in known


def _nearest(name: str, known: Mapping[str, object] | set[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)), "")


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1


def problem_of(error: Exception) -> Problem:
    """Turn an error of the library into a problem: its own words are English and speak of Python."""
    if isinstance(error, ResourceLimitError | RecursionError | MemoryError):
        return Problem(ProblemCode.TOO_MUCH)
    if not isinstance(error, LiquidError):
        return Problem(ProblemCode.SYNTAX)
    line, said = 0, str(error.message)
    excerpt = ""
    if error.token is not None and 0 <= error.token.start_index < len(error.token.source):
        line = _line(error.token.source, error.token.start_index)
        excerpt = error.token.source.splitlines()[line - 1].strip()[:EXCERPT]
    value = error.token.value if error.token is not None else ""
    if isinstance(error, UndefinedError):
        match = UNDEFINED.fullmatch(said)
        return Problem(ProblemCode.UNKNOWN_FIELD, line, match[1] if match else value)
    if isinstance(error, UnknownFilterError):
        return Problem(ProblemCode.UNKNOWN_FILTER, line, value)
    if said.startswith("unexpected tag"):
        return Problem(ProblemCode.UNKNOWN_TAG, line, value)
    if said.startswith("expected tag "):
        return Problem(ProblemCode.UNCLOSED, line, said.removeprefix("expected tag ").partition(",")[0])
    if isinstance(error, LiquidSyntaxError):
        return Problem(ProblemCode.SYNTAX, line, excerpt)
    return Problem(ProblemCode.BAD_VALUE, line, value)
