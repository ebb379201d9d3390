"""An address of the list of clients in words: its filters as chips, the filter that is being made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.kit.actors import Actor
from voronka.kit.facets import BETWEEN, EMPTY, NOT, Facet, split_name, values_of
from voronka.people.permissions import MANAGE_FIELDS
from voronka.people.queries import lists
from voronka.people.queries.asked import FILTER, FILTER_LENGTH, SHOWN, condition_words, lost_condition

MAKING = ("add", "how", "v", "least", "most")  # names of the form that makes a filter


def shown_of(given: QueryDict) -> str:
    """Return the codes of the chosen columns, with commas: from one value or from ticks."""
    return ",".join(given.getlist(SHOWN))[:2_000]


def query_of(request: HttpRequest, **changes: str) -> str:
    """Return the address's query with changes; an empty value takes a name out."""
    pairs = []
    for name in request.GET:
        if name in changes or name in MAKING:
            continue
        values = [shown_of(request.GET)] if name == SHOWN else request.GET.getlist(name)
        pairs += [(name, str(value)) for value in values]
    return urlencode([*pairs, *((name, value) for name, value in changes.items() if value)])


def address_of(request: HttpRequest, **changes: str) -> str:
    """Return the list's address with changes."""
    query, page = query_of(request, **changes), reverse("people:client-list")
    return f"{page}?{query}" if query else page


def kept(request: HttpRequest, *but: str) -> list[tuple[str, str]]:
    """Return the names and values that a form of the list must send again."""
    pairs = []
    for name in request.GET:
        if name in but or name in MAKING:
            continue
        values = [shown_of(request.GET)] if name == SHOWN else request.GET.getlist(name)
        pairs += [(name, str(value)) for value in values]
    return pairs


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force: in words, the address without it, the one that changes it, what is wrong with it."""

    name: str
    value: str
    drop: str
    edit: str
    why: str = ""
    mend: str = ""


def chips(
    request: HttpRequest, actor: Actor, ask: lists.Ask, known: Mapping[str, Facet], problems: Mapping[str, str]
) -> list[Chip]:
    """Return the filters of an address as people read them."""
    found = []
    for name, text in ask.filters.items():
        code, how = split_name(name)
        facet = known.get(code)
        why, mend = problems.get(name, ""), ""
        title = str(facet.name) if facet else code
        if why == "unknown":
            title, why, is_away = lost_condition(actor, code)
            mend = reverse("people:fields") if is_away and actor.may(MANAGE_FIELDS) else ""
        drop = address_of(request, **{FILTER + name: "", "after": ""})
        edit = address_of(request, after="", add=name) if facet else ""
        found.append(Chip(title, condition_words(facet, how, text), drop, edit, why, mend))
    return found


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


def making_of(request: HttpRequest, ask: lists.Ask, known: Mapping[str, Facet]) -> Making | None:
    """Return the filter that the address asks to make, with its present values."""
    name = request.GET.get("add", "")
    code, how = split_name(name)
    facet = known.get(code)
    if facet is None:
        return None
    text = ask.filters.get(name, "")
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
        least=least,
        most=most if _dots else least,
    )
