"""The installable application: its manifest, its service worker, the page shown when the server cannot be reached.

The worker keeps the shell (sheets, scripts, fonts, icons) and that page, never a page with anybody's data: whoever
sits down at the same device next finds nothing of the one before.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.kit import screens
from voronka.kit.pieces import Frame

STATIC = Path(__file__).parent / "static"
WORKER = Path(__file__).parent / "worker.js"
PAPER = "#f3f2ee"
SHELL = (
    "vendor/voronka.css",
    "vendor/htmx.min.js",
    "vendor/icons.svg",
    "vendor/golos-latin.woff2",
    "vendor/golos-cyrillic.woff2",
    "kit/icon.svg",
    "kit/app-192.png",
)
MOST_SHORTCUTS = 4


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    known = [code for code, _name in settings.LANGUAGES]
    return asked if asked in known else translation.get_language_from_request(request)


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Tell what the application is called, how it looks and what it opens."""
    language = _language(request)
    with translation.override(language):
        told = {
            "id": "/",
            "name": _("Voronka"),
            "short_name": _("Voronka"),
            "description": _("Who is next, call, press what happened, next."),
            "lang": language,
            "dir": "ltr",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "categories": ["business", "productivity"],
            "icons": [
                _icon("kit/app-192.png", "192x192", "any"),
                _icon("kit/app-512.png", "512x512", "any"),
                _icon("kit/app-maskable-512.png", "512x512", "maskable"),
                {"src": static("kit/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            ],
            "shortcuts": [
                {
                    "name": str(section.title),
                    "url": str(section.url),
                    "icons": [_icon("kit/app-192.png", "192x192", "any")],
                }
                for section in screens.all_sections()[:MOST_SHORTCUTS]
            ],
        }
    return JsonResponse(told, content_type="application/manifest+json", headers={"Cache-Control": "max-age=3600"})


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    return {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}


def shell_addresses() -> Sequence[str]:
    """Return the addresses that the worker keeps: the shell and the page without connection, in each language."""
    scripts = [f"kit/js/{path.name}" for path in sorted((STATIC / "kit" / "js").glob("*.js"))]
    pages = [f"/offline/?lang={code}" for code, _name in settings.LANGUAGES]
    return [*(static(name) for name in (*SHELL, *scripts)), *pages]


@cache
def worker_text() -> str:
    """Return the script of the service worker with its version: it differs when any kept file does."""
    code, addresses = WORKER.read_text("utf-8"), shell_addresses()
    pages = "".join(_offline_text(code_) for code_, _name in settings.LANGUAGES)
    version = hashlib.sha256("\n".join([code, pages, *addresses]).encode()).hexdigest()[:12]
    about = {"version": version, "shell": list(addresses), "icon": static("kit/app-192.png")}
    told = json.dumps(about, ensure_ascii=False)
    return f"const APP = {told};\n{code}"


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker; browsers ask for it anew at every visit."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return HttpResponse(worker_text(), content_type="text/javascript; charset=utf-8", headers=headers)


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """Give the page that stands in for any other while the server cannot be reached; it is the same for everybody."""
    return HttpResponse(_offline_text(_language(request)), headers={"Cache-Control": "no-cache"})


def _offline_text(language: str) -> str:
    with translation.override(language):
        return render_to_string("kit/offline.html", {"frame": Frame(language=language)})
