"""The form that makes a condition of a list: of any facet, one way for all lists (kit/filter_form.html)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.kit.facets import BETWEEN, EMPTY, NOT, Facet, split_name, values_of

MAKING = ("add", "how", "v", "least", "most")  # names of the form
FILTER_LENGTH = 1_500
_RANGES = ("date", "number", "money")


def made_condition(given: QueryDict, known: Mapping[str, Facet]) -> tuple[str, str] | None:
    """Return the filter that the form has sent, as a name and a text; None while it is not filled in."""
    code, old_how = split_name(given.get("add", ""))
    facet, how = known.get(code), given.get("how", old_how)
    if facet is None or "how" not in given:
        return None
    if how in ("yes", "no"):
        return f"{code}:{EMPTY}", how
    values = [value.strip() for value in given.getlist("v") if value.strip()]
    least, most = given.get("least", "").strip(), given.get("most", "").strip()
    if least or most:
        values = [f"{least}..{most}" if least != most else least]
    if not values:
        return None
    return (f"{code}:{NOT}" if how == NOT else code), BETWEEN.join(values)[:FILTER_LENGTH]


@dataclass(frozen=True, slots=True)
class Making:
    """The filter that is being made or changed: what its form shows."""

    name: str
    title: str
    kind: str
    how: str
    hows: Sequence[tuple[str, str]]
    options: Sequence[tuple[str, str, bool]]
    value: str
    least: str
    most: str


def making_of(given: QueryDict, filters: Mapping[str, str], known: Mapping[str, Facet]) -> Making | None:
    """Return the filter that an address asks to make, with its present values among the filters in force."""
    name = given.get("add", "")
    code, how = split_name(name)
    facet = known.get(code)
    if facet is None:
        return None
    text = filters.get(name, "")
    chosen = set() if how == EMPTY or not text else set(values_of(facet, text))
    options = (
        [(str(value), str(words), str(value) in chosen) for value, words in facet.options()] if facet.options else []
    )
    least, _dots, most = text.partition("..") if how != EMPTY else ("", "", "")
    hows = [("", pgettext("filter", "is")), (NOT, pgettext("filter", "is not"))]
    if facet.empty is not None:
        hows += [("yes", _("not given")), ("no", _("given"))]
    return Making(
        name=code,
        title=str(facet.name),
        kind=facet.kind,
        how=text if how == EMPTY else how,
        hows=hows,
        options=options,
        value="" if how == EMPTY else text,
        least=_as_typed(facet, least),
        most=_as_typed(facet, most if _dots else least),
    )


def _as_typed(facet: Facet, text: str) -> str:
    """Return an end of a range as its input takes it: a day of an address may be written with points."""
    parts = text.strip().split(".")
    if facet.kind != "date" or len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return text
    day, month, year = parts
    return f"{year}-{month:0>2}-{day:0>2}"


def condition_words(facet: Facet | None, how: str, text: str) -> str:
    """Say a condition: "Omsk or Tomsk", "not Omsk", "not given"."""
    if how == EMPTY:
        return _("not given") if text == "yes" else _("given")
    named = {str(code): str(words) for code, words in facet.options()} if facet and facet.options else {}
    values = pgettext("values of a filter", " or ").join(
        _range(named.get(one, one), facet) for one in values_of(facet, text)
    )
    return _("not %(values)s") % {"values": values} if how == NOT else values


def _range(text: str, facet: Facet | None) -> str:
    if facet is None or facet.kind not in _RANGES or ".." not in text:
        return text
    least, most = text.split("..", 1)
    if not least:
        return _("up to %(most)s") % {"most": most}
    return _("from %(least)s") % {"least": least} if not most else f"{least} – {most}"
