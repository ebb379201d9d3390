"""Addresses of the list of deals, its board and its funnel: what they ask for. An address is all that is kept."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from voronka.deals.queries import lists
from voronka.deals.rules.edits import clean_line
from voronka.kit.actors import Actor
from voronka.kit.list_address import COLUMNS, FILTER, MOST_FILTERS
from voronka.kit.making import FILTER_LENGTH

# Filters that have a plain name in the address: older links, links of tags, and the pipeline of the page's head.
PLAIN = {"pipeline": "pipeline", "stage": "stage", "responsible": "responsible", "tag": "tags"}
COLUMNS_LIMIT = 12
SORT = "sort"
STATE = ("q", "state", SORT, COLUMNS)  # names that are the list's state beside its filters


def word(values: Mapping[str, Any], name: str, default: str = "") -> str:
    """Return a word of an address or a form without what cannot be printed."""
    return clean_line(str(values.get(name, default))[:200])


def asked_of(values: Mapping[str, Any]) -> lists.Asked:
    """Return what an address or a form asks for."""
    filters = {code: word(values, name) for name, code in PLAIN.items()}
    for name in values:
        if name.startswith(FILTER):
            filters[name.removeprefix(FILTER)] = clean_line(str(values[name])[:FILTER_LENGTH])
    kept = {code: text for code, text in filters.items() if code and text}
    filters = dict(list(kept.items())[:MOST_FILTERS])
    return lists.Asked(
        word(values, "q"), word(values, "state", "open"), filters, _columns_of(values), word(values, SORT)[:80]
    )


def _columns_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the codes of the chosen columns: of one value with commas or of ticks."""
    given = values.getlist(COLUMNS) if isinstance(values, QueryDict) else [values.get(COLUMNS, "")]
    codes = (clean_line(one) for one in ",".join(map(str, given))[:2_000].split(","))
    return tuple(dict.fromkeys(one for one in codes if one))[:COLUMNS_LIMIT]


def query_of(asked: lists.Asked, /, **more: str) -> str:
    """Return the question part of the address that asks for this."""
    found = {"q": asked.q, "state": "" if asked.state == "open" else asked.state}
    found |= {SORT: asked.sort, COLUMNS: ",".join(asked.columns)}
    for code, text in asked.filters.items():
        found[code if code == "pipeline" else f"{FILTER}{code}"] = text
    return urlencode({name: text for name, text in {**found, **more}.items() if text})


def is_state(name: str) -> bool:
    """Tell whether a name of an address belongs to what is kept of a list as a view."""
    return name in STATE or name in PLAIN or name.startswith(FILTER)


def count_asked(actor: Actor, query: str, most: int) -> int | None:
    """Count the deals that an address finds, no further than `most`; None where a condition makes no sense any more."""
    found = lists.search_deals(actor, asked_of(QueryDict(query).dict()), now=datetime.now(UTC))
    return None if found.problems else found.rows.order_by()[:most].count()
