"""Every text a part shows to people, found in its Python and its templates without GNU gettext."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[2] / "src" / "voronka"

# How many of a call's first arguments are a context, and how many are forms of the text itself.
CALLS = {
    "_": (0, 1),
    "gettext": (0, 1),
    "gettext_lazy": (0, 1),
    "gettext_noop": (0, 1),
    "ngettext": (0, 2),
    "ngettext_lazy": (0, 2),
    "pgettext": (1, 1),
    "pgettext_lazy": (1, 1),
    "npgettext": (1, 2),
    "npgettext_lazy": (1, 2),
}
# A call that templatize writes, or one inside a tag of the template itself: literals of Python, one after another.
LITERAL = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
IN_TEMPLATE = re.compile(rf"(?<!\w)(_|n?p?gettext)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL)


@dataclass(frozen=True)
class Text:
    """One text for people: its part, where it stands, its context and its forms (one, or singular and plural)."""

    part: str
    place: str
    context: str | None
    forms: tuple[str, ...]


def parts() -> list[str]:
    """Return the names of the parts, in the order of the alphabet."""
    return sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))


def texts(part: str) -> list[Text]:
    """Return every text of the part that is marked for translation. Tests of the part are not read."""
    found: list[Text] = []
    for path in sorted((SOURCE / part).rglob("*")):
        place = path.relative_to(SOURCE)
        if "tests" in place.parts or "static" in place.parts:
            continue
        if path.suffix == ".py":
            calls = _in_python(path.read_text(encoding="utf-8"))
        elif path.suffix in {".html", ".txt"} and "templates" in place.parts:
            calls = _in_template(path.read_text(encoding="utf-8"), str(place))
        else:
            continue
        found += [Text(part, f"{place}:{line}", context, forms) for line, context, forms in calls]
    return found


def _in_python(source: str) -> Iterator[tuple[int, str | None, tuple[str, ...]]]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in CALLS:
            continue
        before, many = CALLS[name]
        words = [
            arg.value
            for arg in node.args[: before + many]
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if len(words) == before + many:
            yield node.lineno, words[0] if before else None, tuple(words[before:])


def _in_template(source: str, origin: str) -> Iterator[tuple[int, str | None, tuple[str, ...]]]:
    turned = templatize(source, origin=origin)
    for match in IN_TEMPLATE.finditer(turned):
        before, many = CALLS[match[1]]
        words = [ast.literal_eval(word) for word in re.findall(LITERAL, match[2], re.DOTALL)]
        if len(words) >= before + many:
            line = turned.count("\n", 0, match.start()) + 1
            yield line, words[0] if before else None, tuple(words[before : before + many])
