"""A provider of SMS served by HTTP on loopback, with its troubles."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Peer:
    """`troubles` befall the next requests: slow, silent, lost (done, unanswered), broken (500), busy (429), junk."""

    def __init__(self, provider) -> None:
        self.provider, self.troubles, self.base, self.asked = provider, [], "", 0
        self.lock = threading.Lock()

    def answer(self, path, headers, body):
        with self.lock:
            self.asked += 1
            trouble = self.troubles.pop(0) if self.troubles else ""
            if trouble == "slow":
                time.sleep(0.2)
                trouble = ""
            if trouble in ("", "lost"):
                found = self.provider.answer(path, dict(headers), body)
                if not trouble:
                    return found
        if trouble in ("silent", "lost"):
            time.sleep(0.6)
        return {"junk": (200, b"<html>"), "busy": (429, b"{}"), "list": (200, b"[1]")}.get(trouble, (500, b"{}"))


@contextmanager
def sms_peer(provider) -> Iterator[Peer]:
    peer = Peer(provider)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            status, body = peer.answer(self.path, self.headers, self.rfile.read(int(self.headers["content-length"])))
            try:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # whoever asked has given up

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
