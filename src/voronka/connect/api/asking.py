"""Addresses of lists as programs send them: what a list does not take is refused, never left out."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from django.http import QueryDict
from django.utils.translation import gettext as _

from voronka.connect.api.operations import refuse_filters, require_sort
from voronka.deals.queries.asked import asked_of
from voronka.deals.queries.lists import order_of
from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.list_address import FILTER, MOST_FILTERS
from voronka.kit.lists import QUERY_LIMIT, find_list
from voronka.people.queries.asked import ask_of

FIELDS_LIMIT = 100


def require_list(actor: Actor, subject: str, query: str, *, now: datetime) -> None:
    """Raise Invalid for an address that is no state of the list of a subject; Denied for who may not open it.

    A screen leaves out what it does not know. A program that has misspelt a filter would get, or change, everybody.
    """
    kind = find_list(subject)
    if kind is None:
        raise NotFound(_("There is no such list."))
    actor.require(kind.right)
    pairs = parse_qsl(query, keep_blank_values=True)
    if len(query) > QUERY_LIMIT or len(pairs) > FIELDS_LIMIT:
        message = _("At most %(most)d signs.") % {"most": QUERY_LIMIT}
        raise Invalid(message, fields={"query": message})
    problems = {name: _("There is no such field.") for name, _value in pairs if not kind.names(name)}
    problems |= {name: _("Fill this in.") for name, value in pairs if not value.strip() and name not in problems}
    if problems:
        raise Invalid(_("Look at the named fields."), fields=dict(list(problems.items())[:20]))
    filters = _filters(subject, query)
    asked = {name.removeprefix(FILTER) for name, _value in pairs if name.startswith(FILTER)}
    if len(asked) > MOST_FILTERS:
        message = _("At most %(most)d filters at once.") % {"most": MOST_FILTERS}
        raise Invalid(message, fields={"query": message})
    _condition, wrong = facets.condition(subject, dict(filters), actor, now=now)
    refuse_filters(wrong)
    if "sort" in dict(pairs):
        require_sort(subject, dict(pairs)["sort"], actor)
        # The list of deals is put in the order of an own field only, though more of them can be asked for.
        given = asked_of(QueryDict(query).dict())
        if subject == "deal" and order_of(given, facets.facets_of(subject, actor)) is None:
            message = _("A list cannot be put in this order.")
            raise Invalid(message, fields={"sort": message})


def _filters(subject: str, query: str) -> Mapping[str, str]:
    given = QueryDict(query)
    return ask_of(given).filters if subject == "client" else asked_of(given.dict()).filters
