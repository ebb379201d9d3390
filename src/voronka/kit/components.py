"""The component page: every component of the kit with its states, and whole pages made of them.

Open in development (VORONKA_DEBUG) only. Addresses: /components/, /components/workplace?state=..., /components/...
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods

from voronka.kit import pieces, samples

View = Callable[..., HttpResponse]


def in_development(view: View) -> View:
    """Hide a view where the program is not being developed; `?lang=` chooses its language."""

    @wraps(view)
    def shown(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        if not settings.DEBUG:
            raise Http404
        asked = request.GET.get("lang", "")
        with translation.override(asked if asked in dict(settings.LANGUAGES) else translation.get_language()):
            return view(request, *args, **kwargs)

    return shown


def _base(request: HttpRequest, section: int, now: datetime) -> dict[str, object]:
    theme = request.GET.get("theme", "auto")
    nav = [pieces.NavItem(one.label, one.url, index == section, one.count) for index, one in enumerate(samples.NAV)]
    language = (translation.get_language() or "ru")[:2]
    return {"nav": nav, "frame": samples.frame(now, theme, language), "samples": samples, "MOSCOW": samples.MOSCOW}


@require_GET
@in_development
def component_list(request: HttpRequest) -> HttpResponse:
    """Every component by itself."""
    return render(request, "kit/components/list.html", _base(request, -1, samples.NOON))


@require_GET
@in_development
def component_workplace(request: HttpRequest) -> HttpResponse:
    """The workplace in a state: normal, time, outcomes, toast, night, empty, palette."""
    state = request.GET.get("state", "normal")
    if state == "empty":
        now = datetime(2026, 3, 12, 14, 42, tzinfo=UTC)
        return render(request, "kit/components/day_done.html", {**_base(request, 0, now), "done": samples.DONE})
    shown = samples.STATES.get(state, samples.STATES["normal"])
    now = shown["now"] if isinstance(shown["now"], datetime) else samples.NOON
    opened = {"time": 1, "outcomes": 0}.get(state)
    context = {**_base(request, 0, now), **shown, "state": state, "opened": opened}
    return render(request, "kit/components/workplace.html", context)


@require_GET
@in_development
def component_page(request: HttpRequest, name: str) -> HttpResponse:
    """Other whole pages: client, editor, import, run, sign, errors."""
    section = {"client": 2, "editor": 6, "import": 2, "run": 2}.get(name)
    if name in ("400", "403", "404", "409", "413", "429", "500", "503"):
        return render(request, f"{name}.html", _base(request, -1, samples.NOON))
    if section is None and name != "sign":
        raise Http404
    context = {**_base(request, -1 if section is None else section, samples.NOON)}
    return render(request, f"kit/components/{name}.html", context)


@require_GET
@in_development
def component_ask(request: HttpRequest, name: str) -> HttpResponse:
    """What a press asks: the strip, outcomes, reasons, a field. A fragment for htmx, a page without it."""
    if name not in ("time", "outcomes", "reasons", "field"):
        raise Http404
    context = {**_base(request, 0, samples.NOON), "ask": name}
    return render(request, "kit/components/ask.html", context)


@require_GET
@in_development
def component_found(request: HttpRequest) -> HttpResponse:
    """Rows of the palette."""
    asked = request.GET.get("q", "").strip().lower()
    groups = samples.SEARCH if asked and "смирнова".startswith(asked[:8]) else []
    return render(request, "kit/components/found.html", {**_base(request, 0, samples.NOON), "groups": groups})


@require_GET
@in_development
def component_phrase(request: HttpRequest) -> HttpResponse:
    """Answer of the phrase field in the shape that the strip expects."""
    return render(request, "kit/components/phrase.json", content_type="application/json")


@require_http_methods(["POST"])
@in_development
def component_pressed(request: HttpRequest) -> HttpResponse:
    """A press on the component page: only its toast comes back."""
    return render(request, "kit/components/pressed.html", _base(request, 0, samples.NOON))
