"""The wire server's application: plain ASGI without Django's middleware, for what is held open or hot.

Pages reach it at an address of its own (the port beside the web's, or VORONKA_WIRE_URL): a proxy inside the web
process would hold its connections there, and a second server that forwards is one more thing to run. The page
brings a signed ticket, no cookie; where a proxy stands in front it may give both servers one address.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voronka.config.settings")
django.setup()

from voronka.kit import live  # noqa: E402 - it reads the settings
from voronka.site import wire as site  # noqa: E402 - as above

# ASGI messages are open dictionaries by specification.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one connection: /healthz here, what comes from sites by their part, all else by the kit's live streams."""
    if scope["type"] == "http" and scope["path"] == "/healthz":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"ok"})
        return
    if scope["type"] == "http" and site.takes(scope["path"]):
        await site.edge(scope, receive, send)
        return
    await live.app(scope, receive, send)
