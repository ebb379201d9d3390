"""What all pages share: sections of the top bar, refusals, the context every template gets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from voronka.kit import modules, wording
from voronka.kit.actors import Actor, Reach, Right
from voronka.kit.errors import Denied, Refusal
from voronka.kit.pieces import Frame, Link, NavItem
from voronka.kit.settings_menu import settings_pages_for
from voronka.kit.tenancy import current_place

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_ANY_ID = "ANY-ID"  # fits an address where a public id stands


@dataclass(frozen=True, slots=True)
class Section:
    """A place in the top bar; those who lack its `right`, or do not see the `field` it is made of, have it not.

    Where `counts` is an address, the page asks it for the section's number, and again at each live message `live`: no
    page waits for it.
    """

    code: str
    title: "str | _StrPromise"
    url: "str | _StrPromise"
    order: int
    right: Right | None = None
    field: str = ""
    counts: "str | _StrPromise" = ""
    live: str = ""


_sections: list[Section] = []

# What the top bar counts for an actor: numbers by code of a section, and `bell`.
Counter = Callable[["Actor"], Mapping[str, int]]
_counters: list[Counter] = []


def register_counter(counter: Counter) -> None:
    """Let a part count for the top bar: called once a page, where the bar is drawn."""
    if counter not in _counters:
        _counters.append(counter)


def counts_for(actor: Actor) -> dict[str, int]:
    """Return the counts of the top bar."""
    found: dict[str, int] = {}
    for counter in _counters:
        found |= counter(actor)
    return found


def register_section(section: Section) -> None:
    """Put a section into the top bar."""
    if all(known.code != section.code for known in _sections):
        _sections.append(section)


def sections_for(actor: Actor) -> list[Section]:
    """Return the sections that this actor sees, in order: the bar shows what fits, the rest stands in its menu."""
    seen = [one for one in _sections if one.right is None or actor.may(one.right)]
    seen = [one for one in seen if not one.field or actor.sees(one.field)]
    seen = [one for one in seen if modules.uses(actor, f"section:{one.code}") and _is_on(actor, str(one.url))]
    return sorted(seen, key=lambda section: section.order)


def all_sections() -> list[Section]:
    """Return every section in its order: for the pages that switch them."""
    return sorted(_sections, key=lambda section: section.order)


def _is_on(actor: Actor, address: str) -> bool:
    return not actor.off or modules.is_on(actor, modules.owner_of_address(address))


def _counts_now(actor: Actor) -> dict[str, int]:
    """Return the counts, or none where nothing may be asked: an error page stands outside the company's transaction."""
    if current_place() is None or (connection.in_atomic_block and connection.needs_rollback):
        return {}
    return counts_for(actor)


class ActorRequest(HttpRequest):
    """A request of a signed-in person with a place in a company (see accounts.middleware)."""

    actor: Actor


View = Callable[..., HttpResponse]


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks. Raises Denied where nobody is signed in: views for people stand behind `signed_in`."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise Denied(_("Sign in first."))
    return actor


def signed_in(view: View) -> View:
    """Let only people with a place in a company through; others are sent to sign in and come back."""
    from functools import wraps

    from django.contrib.auth.views import redirect_to_login

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # the address's own
        if getattr(request, "actor", None) is not None:
            return view(request, *args, **kwargs)
        if wants_fragment(request):
            response = HttpResponse(status=401)
            response.headers["HX-Redirect"] = redirect_to_login(_page_of(request)).url
            return response
        if wants_json(request):
            return JsonResponse({"code": "signed_out", "message": _("Sign in first.")}, status=401)
        return redirect_to_login(_page_of(request))

    guarded.signed_in = True  # type: ignore[attr-defined]  # read by the test that walks all addresses
    return guarded


def _page_of(request: HttpRequest) -> str:
    """Return the page a person asked from, to come back to: where he typed, not the address that takes a form."""
    if request.method == "GET" and not wants_fragment(request):
        return request.get_full_path()
    seen = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    if seen.netloc != request.get_host() or not seen.path.startswith("/") or seen.path.startswith("//"):
        return "/"
    return f"{seen.path}?{seen.query}" if seen.query else seen.path


def wants_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asked for a piece of a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a machine or a script asked, by what it accepts."""
    return request.headers.get("Accept", "").startswith("application/json")


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Tell a refusal as JSON, fragment or page, whichever was asked for."""
    if wants_json(request):
        body = {"code": refusal.code, "message": refusal.message, "fields": refusal.fields}
        return JsonResponse(body, status=refusal.status)
    template = "kit/refusal_fragment.html" if wants_fragment(request) else "kit/refusal.html"
    response = render(request, template, {"refusal": refusal}, status=refusal.status)
    response.headers["X-Refusal"] = refusal.code
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the page has grown old (its anti-forgery sign no longer fits) and how to go on."""
    message = _("This page was open for too long. Reload it and repeat: what you typed is kept.")
    return refusal_response(request, Denied(message, code="stale_page"))


def place(name: str, *arguments: object) -> str:
    """Return an address by its name, empty where no such page exists."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def addresses(name: str, *more: object) -> Callable[[str], str]:
    """Return what makes the address of each record's page by its public id; `more` stands behind that.

    The address is looked up once: a list of hundreds of rows would spend a tenth of its time on theirs.
    """
    before, after = reverse(name, args=[_ANY_ID, *more]).split(_ANY_ID)
    return lambda public_id: f"{before}{public_id}{after}"


def place_for(actor: Actor, name: str, *arguments: object) -> str:
    """Return an address by its name, empty where its page does not exist or its module is off for the actor."""
    address = place(name, *arguments)
    return address if address and _is_on(actor, address) else ""


@dataclass(frozen=True, slots=True)
class Quick:
    """What can be begun from every page by a key, told while Alt is held; `key` is the code of a key, "KeyT"."""

    title: "str | _StrPromise"
    url_name: str
    key: str
    right: Right


_quick: list[Quick] = []


def register_quick(quick: Quick) -> None:
    """Register something to be begun by a key; each key once."""
    if any(one.key == quick.key for one in _quick):
        raise ValueError(f"the key {quick.key} begins something already")
    _quick.append(quick)


def quick_for(actor: Actor) -> list[tuple[str, str, str]]:
    """Return what the actor may begin by a key: its name, its address, the key."""
    found = [(one, place_for(actor, one.url_name)) for one in _quick if actor.reach(one.right) is not Reach.NONE]
    return [(str(one.title), url, one.key) for one, url in found if url]


def frame_for(request: HttpRequest, actor: Actor) -> Frame:
    """Return what the top bar and the scripts of a page need."""
    user = getattr(request, "user", None)
    return Frame(
        me=actor.name,
        email=getattr(user, "email", ""),
        theme=getattr(user, "theme", "auto"),
        language=actor.language,
        now=timezone.now(),
        my_zone=actor.zone.key,
        my_place=wording.place_of(actor.zone.key, actor.language),
        search_url=place("deals:search"),
        bell_url=place("work:reminders"),
        due_url=place("work:reminders-due"),
        live_url=place("kit:live-ticket"),
        theme_url=place("accounts:theme"),
        language_url=place("accounts:language"),
        sign_out_url=place("account_logout"),
        help_url=_help_of(request),
        quick=quick_for(actor),
        links=_links(actor),
    )


def _help_of(request: HttpRequest) -> str:
    from voronka.kit.help import help_address

    match = request.resolver_match
    return help_address(match.view_name if match else "")


def _links(actor: Actor) -> list[Link]:
    """Return the ways of the person's own menu."""
    links = [Link(_("My profile"), place("accounts:profile"), "user")]
    if settings_pages_for(actor):
        links.append(Link(_("Settings"), place("accounts:settings"), "settings"))
    return [link for link in links if link.url]


def nav_for(request: HttpRequest, actor: Actor, counts: Mapping[str, int]) -> list[NavItem]:
    """Return the sections of the top bar with the current one marked, by namespace of the address, and their counts."""
    match = request.resolver_match
    namespace = match.namespace if match else ""
    sections = sections_for(actor)
    # A page of settings belongs to the settings, whatever part serves it.
    here = {one.code for one in sections if request.path.startswith(str(one.url)) and str(one.url) != "/"}
    return [
        NavItem(
            str(section.title),
            str(section.url),
            active=section.code in here if here else section.code == namespace,
            count=counts.get(section.code, 0),
            counts=str(section.counts),
            live=section.live,
        )
        for section in sections
    ]


def context(request: HttpRequest) -> dict[str, object]:
    """Give every template the actor, the frame of the page and its sections."""
    from django.conf import settings

    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        anyone = Frame(now=timezone.now(), language=get_language() or "ru")
        return {"actor": None, "sections": [], "nav": [], "frame": anyone, "is_demo": settings.IS_DEMO}
    counts: Mapping[str, int] = cast("Mapping[str, int]", SimpleLazyObject(lambda: _counts_now(actor)))
    return {
        "actor": actor,
        "sections": sections_for(actor),
        "nav": SimpleLazyObject(lambda: nav_for(request, actor, counts)),
        "counts": counts,
        "frame": frame_for(request, actor),
        "is_demo": settings.IS_DEMO,
    }
