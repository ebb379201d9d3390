"""Facets: what filters, segments, list columns and reports may ask of a subject.

A live facet is an expression over the owner's rows. The owner of a list looks its facets up by name, so
a filter or a sort from an address can only name what is registered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.expressions import BaseExpression, F

from voronka.kit import modules
from voronka.kit.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and when: what "mine" and "today" mean."""

    actor: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that may be asked of records of `subject`.

    `expression` is what lists sort by and show; `match` turns the text of an address into a condition
    and raises ValueError when the text makes no sense; `options` lists the choices, if they are few. `field` is
    the limited field (kit.limits) that the facet tells: who may not see it can neither show, sort nor filter by it.
    With `by_asker` the condition depends on who asks and when: `match` takes the Asker after the text.
    """

    subject: str
    code: str
    name: "str | _StrPromise"
    kind: str
    match: Callable[..., Q]
    expression: BaseExpression | F | None = None
    options: Callable[[], Sequence[tuple[str, str]]] | None = None
    field: str = ""
    by_asker: bool = False

    def matched(self, text: str, asker: Asker) -> Q:
        """Return the condition that a text of an address asks for. Raises ValueError with words for people."""
        return self.match(text, asker) if self.by_asker else self.match(text)


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


def company_facets(subject: str) -> dict[str, Facet]:
    """Return the facets of a kind of subject with those of the current company, whoever asks."""
    found = shared_facets(subject)
    for source in _sources.get(subject, []):
        found |= {facet.code: facet for facet in source()}
    return found


def facets_of(subject: str, actor: Actor) -> dict[str, Facet]:
    """Return the facets of a kind of subject that the actor may use, by code, those of his company included.

    Facets of hidden fields and of switched-off modules are left out: to him they do not exist.
    """
    open_to = modules.switched_on(company_facets(subject).values(), actor, by=lambda facet: facet.match)
    return {facet.code: facet for facet in open_to if not facet.field or actor.sees(facet.field)}


def condition(
    subject: str,
    asked: dict[str, Any],
    actor: Actor,
    *,
    now: datetime | None = None,
    known: Mapping[str, Facet] | None = None,
) -> tuple[Q, dict[str, str]]:
    """Return the condition of the asked facets and the problems of those that made no sense, by code.

    `now` is what "today" is counted from, the present moment if it is left out; `known` are the facets of the
    subject where the caller has them already.
    """
    wanted, problems = Q(), {}
    found = facets_of(subject, actor) if known is None else known
    asker = Asker(actor, now or datetime.now(UTC))
    for code, text in asked.items():
        try:
            wanted &= found[code].matched(str(text), asker)
        except KeyError:
            problems[code] = "unknown"
        except ValueError as error:
            problems[code] = str(error)
    return wanted, problems
