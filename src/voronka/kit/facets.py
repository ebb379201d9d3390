"""Facets: what filters, segments, list columns and reports may ask of a subject.

A live facet is an expression over the owner's rows. The owner of a list looks its facets up by name, so
a filter or a sort from an address can only name what is registered.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.expressions import BaseExpression, F

from voronka.kit import modules
from voronka.kit.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that may be asked of records of `subject`.

    `expression` is what lists sort by and show; `match` turns the text of an address into a condition
    and raises ValueError when the text makes no sense; `options` lists the choices, if they are few. `field` is
    the limited field (kit.limits) that the facet tells: who may not see it can neither show, sort nor filter by it.
    """

    subject: str
    code: str
    name: "str | _StrPromise"
    kind: str
    match: Callable[[str], Q]
    expression: BaseExpression | F | None = None
    options: Callable[[], Sequence[tuple[str, str]]] | None = None
    field: str = ""


_facets: dict[tuple[str, str], Facet] = {}
_sources: dict[str, list[Callable[[], Sequence[Facet]]]] = {}


def register_facet(facet: Facet) -> None:
    """Register a facet; the pair of subject and code is unique."""
    key = (facet.subject, facet.code)
    if key in _facets:
        raise ValueError(f"facet {facet.subject}.{facet.code} is registered twice")
    _facets[key] = facet


def register_facet_source(subject: str, source: Callable[[], Sequence[Facet]]) -> None:
    """Register a function that gives the company's own facets: custom fields."""
    _sources.setdefault(subject, []).append(source)


def shared_facets(subject: str) -> dict[str, Facet]:
    """Return the facets of a kind of subject that every company has: for descriptions that are nobody's own."""
    return {code: facet for (kind, code), facet in _facets.items() if kind == subject}


def facets_of(subject: str, actor: Actor) -> dict[str, Facet]:
    """Return the facets of a kind of subject that the actor may use, by code, those of his company included.

    Facets of hidden fields and of switched-off modules are left out: to him they do not exist.
    """
    found = shared_facets(subject)
    for source in _sources.get(subject, []):
        found |= {facet.code: facet for facet in source()}
    open_to = modules.switched_on(found.values(), actor, by=lambda facet: facet.match)
    return {facet.code: facet for facet in open_to if not facet.field or actor.sees(facet.field)}


def condition(subject: str, asked: dict[str, Any], actor: Actor) -> tuple[Q, dict[str, str]]:
    """Return the condition of the asked facets and the problems of those that made no sense, by code."""
    known, wanted, problems = facets_of(subject, actor), Q(), {}
    for code, text in asked.items():
        try:
            wanted &= known[code].match(str(text))
        except KeyError:
            problems[code] = "unknown"
        except ValueError as error:
            problems[code] = str(error)
    return wanted, problems
