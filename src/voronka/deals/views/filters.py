"""One filter of deals for list, board and funnel: read from the address, shown as chips, written into an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.accounts import queries as accounts
from voronka.deals.models import Pipeline
from voronka.deals.permissions import OPEN_DEALS, SEE_DEALS
from voronka.deals.queries import lists
from voronka.deals.queries.pipelines import list_pipelines
from voronka.deals.rules.edits import clean_line
from voronka.deals.services.walking import may_walk
from voronka.kit import facets, wording
from voronka.kit.actors import Actor, Reach

PREFIX = "f."
MOST = 20
# Filters that have a plain name in the address: older links, links of tags, and the pipeline of the page's head.
PLAIN = {"pipeline": "pipeline", "stage": "stage", "responsible": "responsible", "tag": "tags"}
VIEWS = (
    ("board", "deals:board", "layout-kanban"),
    ("list", "deals:deal-list", "list"),
    ("funnel", "deals:funnel", "filter"),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as it is shown: its name, its value in words, the address without it, what is wrong with it."""

    name: str
    value: str
    drop: str
    why: str = ""


def require_list(actor: Actor) -> None:
    """Raise Denied for one who sees no deals at all."""
    if actor.reach(SEE_DEALS) is Reach.NONE:
        actor.require(SEE_DEALS)


def word(values: Mapping[str, Any], name: str, default: str = "") -> str:
    """Return a word of an address or a form without what cannot be printed."""
    return clean_line(str(values.get(name, default))[:200])


def asked_of(values: Mapping[str, Any]) -> lists.Asked:
    """Return what an address or a form asks for."""
    filters = {code: word(values, name) for name, code in PLAIN.items()}
    filters |= {name.removeprefix(PREFIX): word(values, name) for name in values if name.startswith(PREFIX)}
    kept = {code: text for code, text in filters.items() if code and text}
    return lists.Asked(word(values, "q"), word(values, "state", "open"), dict(list(kept.items())[:MOST]))


def query_of(asked: lists.Asked, **more: str) -> str:
    """Return the question part of the address that asks for this."""
    found = {"q": asked.q, "state": "" if asked.state == "open" else asked.state}
    for code, text in asked.filters.items():
        found[code if code == "pipeline" else f"{PREFIX}{code}"] = text
    return urlencode({name: text for name, text in {**found, **more}.items() if text})


def address_of(view: str, asked: lists.Asked, **more: str) -> str:
    """Return the address of a view of deals by its name that asks for this."""
    query = query_of(asked, **more)
    return f"{reverse(view)}?{query}" if query else reverse(view)


def without(asked: lists.Asked, code: str) -> lists.Asked:
    """Return what is asked without one filter."""
    return replace(asked, filters={key: text for key, text in asked.filters.items() if key != code})


def filter_context(
    request: HttpRequest,
    actor: Actor,
    asked: lists.Asked,
    known: Mapping[str, facets.Facet],
    *,
    view: str,
    problems: Mapping[str, str],
    pipeline: Pipeline | None = None,
) -> dict[str, object]:
    """Return what the head of a view of deals shows: pipelines, chips, what may be added, the three views."""
    name = next(address for code, address, _icon in VIEWS if code == view)
    pipelines = list_pipelines(active=False)
    chosen = pipeline or next((one for one in pipelines if one.public_id == asked.filters.get("pipeline")), None)
    at = without(asked, "pipeline")
    plain = replace(asked, q="", filters={} if chosen is None else {"pipeline": chosen.public_id})
    named = {"pipeline"} if chosen is not None else set()
    addable = [(code, str(one.name)) for code, one in known.items() if code not in {*asked.filters, "pipeline"}]
    return {
        "asked": asked,
        "view": view,
        "here_url": reverse(name),
        "plain_url": address_of(name, plain),
        "pipeline": chosen,
        "pipelines": _pipelines(name, at, pipelines, chosen, everything=view == "list"),
        "chips": [_chip(name, asked, code, known, problems, actor) for code in asked.filters if code not in named],
        "addable": sorted(addable, key=lambda one: one[1].startswith(_("Client: %(name)s") % {"name": ""})),
        "adding": _adding(request, known),
        "kept": _pairs(asked),
        "views": _views(view, asked if chosen is None else _with(asked, chosen)),
        "states": _states(),
        "may_open": actor.may(OPEN_DEALS),
        "query": query_of(asked),
        "walk_url": _walk_url(actor, asked, chosen if view == "board" else None),
    }


def _walk_url(actor: Actor, asked: lists.Asked, pipeline: Pipeline | None) -> str:
    """Return the address that begins to call the list through; empty for one who does not call."""
    if not may_walk(actor) or actor.is_led:
        return ""
    query = query_of(asked if pipeline is None else _with(asked, pipeline))
    return f"{reverse('deals:walk-new')}?{urlencode({'of': 'deal', 'query': query})}"


def _with(asked: lists.Asked, pipeline: Pipeline) -> lists.Asked:
    return replace(asked, filters={**asked.filters, "pipeline": pipeline.public_id})


def _pairs(asked: lists.Asked) -> list[tuple[str, str]]:
    """Return what a form carries unseen so that nothing of the filter is lost."""
    found = [("q", asked.q), ("state", "" if asked.state == "open" else asked.state)]
    found += [(code if code == "pipeline" else PREFIX + code, text) for code, text in asked.filters.items()]
    return [(name, text) for name, text in found if text]


def _pipelines(
    view: str, asked: lists.Asked, rows: Sequence[Pipeline], chosen: Pipeline | None, *, everything: bool
) -> list[tuple[str, str, bool]]:
    shown = [one for one in rows if one.is_active or one == chosen]
    found = [(one.name, address_of(view, _with(asked, one)), one == chosen) for one in shown]
    return [(_("All pipelines"), address_of(view, asked), chosen is None), *found] if everything else found


def _views(view: str, asked: lists.Asked) -> list[dict[str, object]]:
    names = {"board": _("Board"), "list": _("List"), "funnel": pgettext("view of deals", "Funnel")}
    return [
        {"name": names[code], "url": address_of(name, asked), "icon": icon, "active": code == view}
        for code, name, icon in VIEWS
    ]


def _states() -> list[tuple[str, str]]:
    return [
        ("open", pgettext("deals", "open")),
        ("won", _("won")),
        ("lost", _("lost")),
        ("archived", _("in the archive")),
        ("all", pgettext("deals", "all")),
    ]


def _chip(
    view: str, asked: lists.Asked, code: str, known: Mapping[str, facets.Facet], problems: Mapping[str, str],
    actor: Actor,
) -> Chip:  # fmt: skip
    facet, why = known.get(code), problems.get(code, "")
    if why == "unknown":
        why = _("There is no such filter any more.")
    name = str(facet.name) if facet is not None else code
    value = value_words(facet, asked.filters[code], actor) if facet is not None else asked.filters[code]
    return Chip(name, value, address_of(view, without(asked, code)), why)


def value_words(facet: facets.Facet, text: str, actor: Actor) -> str:
    """Return the value of a filter as people read it: the name of a choice, ends of a range."""
    if facet.options is not None:
        return str(dict(facet.options()).get(text, text))
    if facet.kind not in ("money", "number", "date") or not text.strip("."):
        return text
    least, dots, most = (part.strip() for part in text.partition(".."))
    least, most = _end_words(facet, least, actor), _end_words(facet, most, actor)
    if not dots:
        return least
    if least and most:
        return f"{least} – {most}"
    return _("from %(least)s") % {"least": least} if least else _("up to %(most)s") % {"most": most}


def _end_words(facet: facets.Facet, text: str, actor: Actor) -> str:
    digits = text.replace(" ", "").replace(",", ".")
    if facet.kind == "date" or not digits.replace(".", "", 1).isdecimal() or len(digits) > 20:
        return text
    if facet.kind == "money":
        return wording.money(Decimal(digits), accounts.get_company_rules().currency, actor.language)
    return wording.number(Decimal(digits), actor.language)


def _adding(request: HttpRequest, known: Mapping[str, facets.Facet]) -> dict[str, object] | None:
    """Return the filter that is being added: it asks for its value."""
    code = request.GET.get("add", "")[:80]
    facet = known.get(code)
    if facet is None:
        return None
    options = list(facet.options()) if facet.options is not None else []
    return {"code": PREFIX + code, "name": str(facet.name), "kind": facet.kind, "options": options}


def query_words(asked: lists.Asked, known: Mapping[str, facets.Facet], actor: Actor) -> list[str]:
    """Say what is asked for, for a log or a report: each part that differs from the usual list."""
    found = [_("Search: %(text)s") % {"text": asked.q}] if asked.q else []
    if asked.state != "open" and "state" not in asked.filters:
        found.append(f"{_('State')}: {dict(_states()).get(asked.state, asked.state)}")
    for code, text in asked.filters.items():
        facet = known.get(code)
        found.append(f"{facet.name}: {value_words(facet, text, actor)}" if facet is not None else f"{code}: {text}")
    return found
