"""A Chromium for the tests, driven from the thread of the test without an event loop to be seen in it.

Playwright's synchronous calls run on an event loop in the caller's thread and leave it marked as running between the
calls. Django and asgiref look at that mark: they would refuse the database, or keep connections of their own for the
time of the browser, and `asyncio.run` of a later test would fail. So the mark is set for the time of each call only.
"""

import asyncio
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from voronka.config.testing import SOURCE, chromium_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.live_server_helper import LiveServer

AXE = SOURCE.parents[1] / "node_modules" / "axe-core" / "axe.min.js"
AXE_ADDRESS = "/static/axe.min.js"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page of a test does not live long enough to earn back what the compilers that optimise take for its scripts.
    "--js-flags=--no-opt --no-maglev",
)


@contextmanager
def running_server() -> Iterator["LiveServer"]:
    """Run the product for a browser in threads of this process.

    Its static files come out of memory, and the browser keeps them as it keeps those of an installation, whose names
    hold their content: Django's own server would look each up in thirty folders, for every page anew.
    """
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.http import HttpRequest, HttpResponse
    from pytest_django.live_server_helper import LiveServer

    kept = {AXE_ADDRESS: (AXE.read_bytes(), "text/javascript")}

    class Shelf(StaticFilesHandler):
        def serve(self, request: HttpRequest) -> HttpResponse:
            if (file := kept.get(request.path)) is None:
                found = super().serve(request)
                file = kept[request.path] = (b"".join(found), found.headers["Content-Type"])
                found.close()
            headers = {"Cache-Control": "max-age=31536000, immutable"}
            return HttpResponse(file[0], content_type=file[1], headers=headers)

    server = LiveServer("localhost", start=False)
    server.thread.static_handler = Shelf
    server.start()
    yield server
    server.stop()


@contextmanager
def running_chromium() -> Iterator["Browser"]:
    """Run a headless Chromium. Raises LookupError where there is none."""
    from playwright.sync_api import sync_playwright

    path = chromium_path()
    if path is None:
        raise LookupError("No Chromium: run `make chromium`, or set VORONKA_CHROMIUM to the path of one")
    manager = sync_playwright()
    playwright = manager.start()
    loop = asyncio.get_running_loop()
    _hide_loop_between_calls()
    asyncio._set_running_loop(None)
    try:
        browser = playwright.chromium.launch(executable_path=path or None, args=list(FLAGS))
        yield browser
        browser.close()
    finally:
        asyncio._set_running_loop(loop)
        playwright.stop()
        asyncio._set_running_loop(None)


def _hide_loop_between_calls() -> None:
    """Wrap everything a test may call, once: the classes of the synchronous API and what `expect_…` hands out."""
    from playwright._impl import _sync_base
    from playwright.sync_api import _generated

    classes = {one for one in vars(_generated).values() if isinstance(one, type)}
    for one in {*classes, *(base for api in classes for base in api.__mro__)}:
        if one.__module__ in (_generated.__name__, _sync_base.__name__) and issubclass(one, _sync_base.SyncBase):
            _wrap(one, lambda made: made._loop)
    for one in (_sync_base.EventInfo, _sync_base.EventContextManager):
        _wrap(one, _loop_of_event)


def _loop_of_event(made: Any) -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop = (made if hasattr(made, "_sync_base") else made._event)._sync_base._loop
    return loop


def _wrap(api: type, loop_of: Callable[[Any], asyncio.AbstractEventLoop]) -> None:
    for name, value in list(vars(api).items()):
        if name == "__init__" or getattr(value, "_hides_loop", False):
            continue
        if isinstance(value, property) and value.fget is not None:
            setattr(api, name, property(_within(value.fget, loop_of), value.fset, value.fdel, value.__doc__))
        elif callable(value) and (not name.startswith("_") or name in ("__enter__", "__exit__")):
            setattr(api, name, _within(value, loop_of))


def _within(call: Callable[..., Any], loop_of: Callable[[Any], asyncio.AbstractEventLoop]) -> Callable[..., Any]:
    @functools.wraps(call)
    def marked(made: Any, *given: Any, **named: Any) -> Any:
        if asyncio._get_running_loop() is not None:  # a call within a call, or in a handler that the loop runs
            return call(made, *given, **named)
        asyncio._set_running_loop(loop_of(made))
        try:
            return call(made, *given, **named)
        finally:
            asyncio._set_running_loop(None)

    marked._hides_loop = True  # type: ignore[attr-defined]
    return marked
