"""The sandbox served by HTTP on loopback, with its troubles: a real peer for the tests of payments by link."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from voronka.billing.rules.sandbox import Held, Sandbox

SHOP, SECRET = "100500", "test_secret"


class MemoryShelf:
    """Payments of one shop in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, Held] = {}
        self.lock = threading.RLock()

    def by_key(self, key):
        return next((one for one in self.rows.values() if one.key == key), None)

    def take(self, outer_id):
        found = self.rows.get(outer_id)
        return replace(found, refunds=dict(found.refunds)) if found else None

    def put(self, held):
        with self.lock:
            twin = self.by_key(held.key)
            if twin is not None and twin.outer_id != held.outer_id:
                return twin
            self.rows[held.outer_id] = held
            return held

    def address(self, held):
        return f"https://pay.example.com/{held.outer_id}"


class Peer:
    """The provider: `troubles` befall the next requests, one each, before it is well again.

    silent (no answer in time), lost (done, but the answer never comes), broken (500), junk (no JSON), busy (429).
    """

    def __init__(self) -> None:
        self.shelf = MemoryShelf()
        self.sandbox = Sandbox(SHOP, SECRET, self.shelf)
        self.troubles: list[str] = []
        self.asked: list[tuple[str, str]] = []
        self.base = ""

    def answer(self, method, path, headers, body):
        trouble = self.troubles.pop(0) if self.troubles else ""
        self.asked.append((method, path))
        if trouble in ("", "lost"):
            found = self.sandbox.answer(method, path.removeprefix("/v3"), dict(headers), body)
            if not trouble:
                return found
        if trouble in ("silent", "lost"):
            time.sleep(0.6)
        return {"junk": (200, b"<html>"), "busy": (429, b"{}")}.get(trouble, (500, b"{}"))


@contextmanager
def provider_peer() -> Iterator[Peer]:
    """Serve a provider for as long as the block lasts."""
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        def do(self):
            size = int(self.headers.get("content-length") or 0)
            status, body = peer.answer(self.command, self.path, self.headers, self.rfile.read(size))
            try:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # whoever asked has given up

        do_GET = do_POST = do  # noqa: N815 - named by the library

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    peer.base = f"http://127.0.0.1:{server.server_port}/v3"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
