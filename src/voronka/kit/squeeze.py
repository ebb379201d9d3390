"""Templates are laid out for people and sent without their indentation.

A page laid out by djangofmt weighs up to twice as much as its words and tags, and a cell whose only content is a line
break is no longer empty to a style sheet. The indentation is taken out once, when a template is compiled.
"""

import re

from django_cotton.cotton_loader import Loader as CottonLoader

# Around these a space is never drawn (HTML Living Standard, 15.3 "Non-replaced elements"; SVG 2, 5.2 "Structure").
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """
        address article aside blockquote body caption col colgroup dd details dialog div dl dt fieldset figcaption
        figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li link main menu meta nav ol optgroup
        option p section summary table tbody td tfoot th thead title tr ul
        circle defs ellipse g line path polygon polyline rect symbol use
        """,
    )
)
_BOXES = frozenset({"button", "select"})  # stand in a line, but a space at the edges of their inside is not drawn
_TOKEN = re.compile(
    r"(?P<kept>{#.*?#}"
    r"|{%\s*(?P<django>blocktrans(?:late)?|comment|verbatim|filter)\b.*?{%\s*end(?P=django)\s*%}"
    r"|<!--.*?-->"
    r"|<(?P<raw>pre|textarea|script|style)\b.*?</(?P=raw)\s*>)"
    r"|(?P<atom>{%.*?%}|{{.*?}})"
    r"|(?P<open></?[a-zA-Z][\w.:-]*)"
    r"|(?P<break>[ \t]*\n\s*)"
    r"|(?P<end>/?>)"
    r"|(?P<quote>[\"'])",
    re.DOTALL,
)
_TAG = re.compile(r"</?[a-zA-Z][\w.:-]*")


def squeeze(source: str) -> str:
    """Return a template without the line breaks and indentation that nobody sees.

    Between attributes a break becomes a space, beside an element that makes a box of its own nothing, elsewhere one
    line break. Texts for translation, comments, scripts and elements that keep their spaces stay as they are.
    """
    made: list[str] = []
    at, tag, quote, after_block = 0, "", "", False
    for found in _TOKEN.finditer(source):
        between = source[at : found.start()]
        if between:
            made.append(between)
            after_block = False
        at, text = found.end(), found.group()
        if found["break"] is not None:
            made.append(_break(source, at, in_tag=bool(tag), after_block=after_block))
            continue
        made.append(text)
        if tag:
            if found["quote"] and quote in ("", text):
                quote = "" if quote else text
            elif found["end"] and not quote:
                after_block, tag = _eats(tag, inside="<"), ""
        elif found["open"]:
            tag = text.lower()
        else:
            after_block = found["raw"] in _BLOCKS
    made.append(source[at:])
    return "".join(made)


def _break(source: str, at: int, *, in_tag: bool, after_block: bool) -> str:
    """Return what a line break that ends at `at` becomes."""
    if in_tag:
        return "" if source.startswith(">", at) else " "
    follows = _TAG.match(source, at)
    return "" if after_block or (follows is not None and _eats(follows.group().lower(), inside="</")) else "\n"


def _eats(tag: str, *, inside: str) -> bool:
    """Tell whether a break beside a tag ("<td", "</td") is never drawn, `inside` being the tag that has it inside."""
    name = tag.lstrip("</")
    return name in _BLOCKS or (name in _BOXES and tag == inside + name)


class Loader(CottonLoader):  # type: ignore[misc]  # untyped library
    """Cotton's loader over squeezed sources."""

    def _get_template_string(self, template_name: str) -> str:
        source = super()._get_template_string(template_name)
        return squeeze(source) if template_name.endswith(".html") else source
