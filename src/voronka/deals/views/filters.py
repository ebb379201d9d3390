"""One filter of deals for list, board and funnel: read from the address, shown as chips, written into an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.accounts import queries as accounts
from voronka.accounts.queries.views import ViewBar, view_bar
from voronka.deals.models import Pipeline
from voronka.deals.permissions import OPEN_DEALS, SEE_DEALS
from voronka.deals.queries import lists
from voronka.deals.queries.asked import SORT, query_of, word
from voronka.deals.queries.pipelines import list_pipelines
from voronka.deals.services.walking import may_walk
from voronka.kit import facets, wording
from voronka.kit.actors import Actor, Reach
from voronka.kit.list_address import COLUMNS, FILTER
from voronka.kit.making import condition_words, made_condition, making_of
from voronka.people.queries.asked import lost_condition

OF_CLIENT = "client."  # begins the codes of what is asked of a deal's client
MARK = "view"  # by this name an address says which saved list it was opened by
VIEWS = (
    ("board", "deals:board", "layout-kanban"),
    ("list", "deals:deal-list", "list"),
    ("funnel", "deals:funnel", "filter"),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as it is shown: its name and value, the addresses without it and to change it, what is wrong with it."""

    name: str
    value: str
    drop: str
    edit: str = ""
    why: str = ""


def require_list(actor: Actor) -> None:
    """Raise Denied for one who sees no deals at all."""
    if actor.reach(SEE_DEALS) is Reach.NONE:
        actor.require(SEE_DEALS)


def address_of(view: str, asked: lists.Asked, /, **more: str) -> str:
    """Return the address of a view of deals by its name that asks for this."""
    query = query_of(asked, **more)
    return f"{reverse(view)}?{query}" if query else reverse(view)


def settled(request: HttpRequest, asked: lists.Asked, known: Mapping[str, facets.Facet], view: str) -> str:
    """Return the address with the condition that the form of a filter has sent, empty when it has sent none."""
    made = made_condition(request.GET, known)
    if made is None:
        return ""
    name, text = made
    rest = without(asked, request.GET.get("add", "")[:80])
    marked = word(request.GET, MARK)[:20]
    return address_of(view, replace(rest, filters={**rest.filters, name: text}), **({MARK: marked} if marked else {}))


def without(asked: lists.Asked, code: str) -> lists.Asked:
    """Return what is asked without one filter."""
    return replace(asked, filters={key: text for key, text in asked.filters.items() if key != code})


def with_filter(asked: lists.Asked, code: str, text: str) -> lists.Asked:
    """Return what is asked with one filter more."""
    return replace(asked, filters={**asked.filters, code: text})


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
    bar = _bar(request, actor, asked, name, implied=pipeline is not None)
    mark = {MARK: bar.opened.public_id} if bar.opened is not None else {}
    addable = [(code, str(one.name)) for code, one in known.items() if code not in {*asked.filters, "pipeline"}]
    return {
        "asked": asked,
        "view": view,
        "here_url": reverse(name),
        "bar": bar,
        "plain_url": address_of(name, plain),
        "pipeline": chosen,
        "pipelines": _pipelines(name, at, pipelines, chosen, everything=view == "list"),
        "chips": [
            _chip(name, asked, code, known, problems, actor, mark) for code in asked.filters if code not in named
        ],
        "addable": sorted(addable, key=lambda one: one[1].startswith(_("Client: %(name)s") % {"name": ""})),
        "making": making_of(request.GET, asked.filters, known),
        "kept": [*_pairs(asked), *mark.items()],
        "kept_by_filter": [*_pairs(asked), *mark.items()],
        "list_url": reverse(name),
        "views": _views(view, asked if chosen is None else _with(asked, chosen), mark),
        "states": _states(),
        "may_open": actor.may(OPEN_DEALS),
        "query": query_of(asked),
        "walk_url": _walk_url(actor, asked, chosen if view == "board" else None, bar),
    }


def _bar(request: HttpRequest, actor: Actor, asked: lists.Asked, page: str, *, implied: bool) -> ViewBar:
    """Return the bar of saved lists. A pipeline that the board chose by itself is no part of what was asked."""
    if implied:
        given = word(request.GET, "pipeline") or word(request.GET, f"{FILTER}pipeline")
        asked = replace(asked if given else without(asked, "pipeline"), state=word(request.GET, "state", "open"))
    return view_bar(actor, "deal", query_of(asked), opened=word(request.GET, MARK)[:20], page=page)


def _walk_url(actor: Actor, asked: lists.Asked, pipeline: Pipeline | None, bar: ViewBar) -> str:
    """Return the address that begins to call the list through; empty for one who does not call.

    A saved list that stands as it was kept gives its name to what is called through.
    """
    if not may_walk(actor) or actor.is_led:
        return ""
    query = query_of(asked if pipeline is None else _with(asked, pipeline))
    name = {"name": bar.opened.name} if bar.opened is not None and not bar.is_changed else {}
    return f"{reverse('deals:walk-new')}?{urlencode({'of': 'deal', 'query': query, **name})}"


def _with(asked: lists.Asked, pipeline: Pipeline) -> lists.Asked:
    return with_filter(asked, "pipeline", pipeline.public_id)


def _pairs(asked: lists.Asked) -> list[tuple[str, str]]:
    """Return what a form carries unseen so that nothing of the filter is lost."""
    found = [("q", asked.q), ("state", "" if asked.state == "open" else asked.state)]
    found += [(code if code == "pipeline" else FILTER + code, text) for code, text in asked.filters.items()]
    found += [(SORT, asked.sort), (COLUMNS, ",".join(asked.columns))]
    return [(name, text) for name, text in found if text]


def _pipelines(
    view: str, asked: lists.Asked, rows: Sequence[Pipeline], chosen: Pipeline | None, *, everything: bool
) -> list[tuple[str, str, bool]]:
    shown = [one for one in rows if one.is_active or one == chosen]
    found = [(one.name, address_of(view, _with(asked, one)), one == chosen) for one in shown]
    return [(_("All pipelines"), address_of(view, asked), chosen is None), *found] if everything else found


def _views(view: str, asked: lists.Asked, mark: Mapping[str, str]) -> list[dict[str, object]]:
    names = {"board": _("Board"), "list": _("List"), "funnel": pgettext("view of deals", "Funnel")}
    return [
        {"name": names[code], "url": address_of(name, asked, **mark), "icon": icon, "active": code == view}
        for code, name, icon in VIEWS
    ]


def _states() -> list[tuple[str, str]]:
    return [
        ("open", pgettext("deals", "open")),
        (lists.LIVING, _("open and won today")),
        ("won", _("won")),
        ("lost", _("lost")),
        ("archived", _("in the archive")),
        ("all", pgettext("deals", "all")),
    ]


def _chip(
    view: str, asked: lists.Asked, code: str, known: Mapping[str, facets.Facet], problems: Mapping[str, str],
    actor: Actor, mark: Mapping[str, str],
) -> Chip:  # fmt: skip
    plain, how = facets.split_name(code)
    facet, why, text = known.get(plain), problems.get(code, ""), asked.filters[code]
    name = str(facet.name) if facet is not None else plain
    if why == "unknown":
        of_client = plain.startswith(OF_CLIENT)
        subject = "client" if of_client else "deal"
        lost, why, is_away = lost_condition(actor, plain.removeprefix(OF_CLIENT), subject=subject)
        name = _("Client: %(name)s") % {"name": lost} if is_away and of_client else lost if is_away else plain
    value = value_words(facet, text, actor) if facet is not None and not how else condition_words(facet, how, text)
    edit = address_of(view, asked, **mark, add=code) if facet is not None else ""
    return Chip(name, value, address_of(view, without(asked, code), **mark), edit, why)


def value_words(facet: facets.Facet, text: str, actor: Actor) -> str:
    """Return the value of a filter as people read it: the name of a choice, ends of a range."""
    values = facets.values_of(facet, text)
    if len(values) > 1:
        return pgettext("values of a filter", " or ").join(value_words(facet, one, actor) for one in values)
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
    if facet.kind == "date":
        year, _sign, day = text.partition("-")
        return ".".join([*reversed(day.split("-")), year]) if len(text) == 10 and day else text
    if not digits.replace(".", "", 1).isdecimal() or len(digits) > 20:
        return text
    if facet.kind == "money":
        return wording.money(Decimal(digits), accounts.get_company_rules().currency, actor.language)
    return wording.number(Decimal(digits), actor.language)


def query_words(asked: lists.Asked, known: Mapping[str, facets.Facet], actor: Actor) -> list[str]:
    """Say what is asked for, for a log or a report: each part that differs from the usual list."""
    found = [_("Search: %(text)s") % {"text": asked.q}] if asked.q else []
    if asked.state != "open" and "state" not in asked.filters:
        found.append(f"{_('State')}: {dict(_states()).get(asked.state, asked.state)}")
    for code, text in asked.filters.items():
        facet = known.get(code)
        found.append(f"{facet.name}: {value_words(facet, text, actor)}" if facet is not None else f"{code}: {text}")
    return found
