"""Facets: what filters, segments, list columns and reports may ask of a subject.

A live facet is an expression over the owner's rows. The owner of a list looks its facets up by name, so
a filter or a sort from an address can only name what is registered.

A condition is written as a name and a text. `city` = "Omsk|Tomsk": any of these; `city:not` = "Omsk|Tomsk": none of
these, whoever has no city among them; `city:empty` = "yes" or "no". Ranges are the facets' own: "1000..5000".
Conditions are joined by AND.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, Q, Value, When
from django.db.models.expressions import BaseExpression, F
from django.utils.translation import gettext as _

from voronka.kit import modules
from voronka.kit.actors import Actor

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOT, EMPTY = "not", "empty"
BETWEEN = "|"
VALUES_LIMIT = 50


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
    `open_to` tells whether an actor may use a facet that tells of several fields at once.
    `empty` is the condition of records that have no value, None where all have one; `is_column` tells whether lists
    can show it.
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
    empty: Q | None = None
    is_column: bool = True
    open_to: Callable[[Actor], bool] | None = None

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
    return {facet.code: facet for facet in open_to if _sees(facet, actor)}


def _sees(facet: Facet, actor: Actor) -> bool:
    return (not facet.field or actor.sees(facet.field)) and (facet.open_to is None or facet.open_to(actor))


def split_name(name: str) -> tuple[str, str]:
    """Return the facet's code and what is asked of it: "" (any of the values), `not` or `empty`."""
    code, _colon, how = name.partition(":")
    return code, how


def values_of(facet: Facet | None, text: str) -> list[str]:
    """Return the values that a condition names, each once; an option that holds the dividing sign is one value."""
    if BETWEEN not in text:
        return [text]
    if (
        facet is not None
        and facet.options is not None
        and any(text == str(value) for value, _words in facet.options())
    ):
        return [text]
    return list(dict.fromkeys(part.strip() for part in text.split(BETWEEN) if part.strip())) or [text]


def condition(
    subject: str,
    asked: dict[str, Any],
    actor: Actor,
    *,
    now: datetime | None = None,
    known: Mapping[str, Facet] | None = None,
) -> tuple[Q, dict[str, str]]:
    """Return the condition of the asked facets and the problems of those that made no sense, by name.

    `now` is what "today" is counted from, the present moment if it is left out; `known` are the facets of the
    subject where the caller has them already.
    """
    wanted, problems = Q(), {}
    found = facets_of(subject, actor) if known is None else known
    asker = Asker(actor, now or datetime.now(UTC))
    for name, text in asked.items():
        code, how = split_name(name)
        if code not in found or how not in ("", NOT, EMPTY):
            problems[name] = "unknown"
            continue
        try:
            wanted &= _wish(found[code], how, str(text), asker)
        except ValueError as error:
            problems[name] = str(error)
    return wanted, problems


def _wish(facet: Facet, how: str, text: str, asker: Asker) -> Q:
    if how == EMPTY:
        if facet.empty is None or text not in ("yes", "no"):
            raise ValueError(_("Choose one of the list."))
        return facet.empty if text == "yes" else _never(facet.empty)
    values = values_of(facet, text)
    if len(values) > VALUES_LIMIT:
        raise ValueError(_("At most %(most)d values at once.") % {"most": VALUES_LIMIT})
    found = Q()
    for value in values:
        found |= facet.matched(value, asker)
    return _never(found) if how == NOT else found


def _never(wanted: Q) -> Q:
    """Return what does not meet a condition. Where a value is absent SQL knows neither yes nor no: that is a no."""
    return Q(Case(When(wanted, then=Value(False)), default=Value(True), output_field=BooleanField()))
