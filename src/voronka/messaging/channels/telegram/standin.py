"""A server of the Bot API on this machine: it answers as the documents say, errors included, and reaches nobody.

`bots` are the tokens it knows. People of it write by `say`; what a bot sent them is in `sent`. Faults are asked for by
`fail`: a status for the next call of a method, or `silence` and `break` after the message was taken.
"""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from voronka.messaging.rules.channels import units

MOST_TEXT, MOST_CAPTION, FIRST_UPDATE = 4096, 1024, 700_000_001
_WORDS = {401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests: retry after 7", 500: "Internal Server Error",
          409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
          403: "Forbidden: bot was blocked by the user"}  # fmt: skip


@dataclass(slots=True)
class Server:
    """The other side over plain values. `stopped` are the people who stopped the bot."""

    bots: set[str] = field(default_factory=lambda: {"700:" + "A" * 35})
    people: set[int] = field(default_factory=lambda: {501, 502})
    stopped: set[int] = field(default_factory=set)
    sent: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    hook: dict[str, Any] = field(default_factory=dict)
    fail: dict[str, list[int | str]] = field(default_factory=lambda: defaultdict(list))
    files: dict[str, bytes] = field(default_factory=dict)
    next_update: int = FIRST_UPDATE
    next_message: int = 1
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, text: str = "", *, who: int = 501, kind: str = "message", **more: Any) -> dict[str, Any]:
        """Have a person write; return the update, which waits to be fetched as well."""
        sender = {"id": who, "is_bot": False, "first_name": "Анна", "last_name": "Ли", "username": f"p{who}",
                  "language_code": "ru"}  # fmt: skip
        chat = {"id": who, "type": "private", "first_name": "Анна"}
        message: dict[str, Any] = {
            "message_id": self.next_message,
            "from": sender,
            "chat": chat,
            "date": 1_795_000_000,
        }
        message |= {"text": text} if text else {}
        self.next_message += 1
        return self.tell({kind: message | more})

    def press(self, data: str, *, who: int = 501) -> dict[str, Any]:
        """Have a person press a button."""
        sender = {"id": who, "is_bot": False, "first_name": "Анна", "language_code": "ru"}
        message = {"message_id": 1, "chat": {"id": who, "type": "private"}, "date": 1_795_000_000}
        query = {"id": f"{self.next_update}0", "from": sender, "message": message, "data": data}
        return self.tell({"callback_query": query})

    def turn(self, status: str, *, who: int = 501) -> dict[str, Any]:
        """Have a person stop the bot (kicked) or let it write again (member)."""
        (self.stopped.add if status == "kicked" else self.stopped.discard)(who)
        chat, member = {"id": who, "type": "private"}, {"status": status, "user": {"id": 700, "is_bot": True}}
        return self.tell({"my_chat_member": {"chat": chat, "from": {"id": who}, "new_chat_member": member}})

    def tell(self, news: dict[str, Any]) -> dict[str, Any]:
        """Number a piece of news."""
        with self.lock:
            update = {"update_id": self.next_update, **news}
            self.next_update += 1
            self.waiting.append(update)
        return update

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, object]:
        """Answer a call: status and body."""
        token, _slash, method = path.removeprefix("/bot").partition("/")
        if token not in self.bots:
            return _error(401)
        self.asked.append((method, body))
        fault = self.fail[method].pop(0) if self.fail[method] else 0
        if isinstance(fault, int) and fault:
            return _error(fault)
        told = self._answer(method, body)
        if fault == "break":
            return 0, ""
        return (502, "<html>Bad Gateway</html>") if fault == "gateway" else told

    def _answer(self, method: str, body: dict[str, Any]) -> tuple[int, object]:
        match method:
            case "getMe":
                return _done({"id": 700, "is_bot": True, "first_name": "Shop", "username": "shop_bot"})
            case "setWebhook":
                self.hook = body
                return _done(True)
            case "deleteWebhook":
                self.hook = {}
                return _done(True)
            case "answerCallbackQuery":
                return _done(True)
            case "getFile":
                known = body.get("file_id") in self.files
                return (
                    _done({"file_path": f"documents/{body['file_id']}"})
                    if known
                    else _error(400, "Bad Request: file")
                )
            case "getUpdates":
                return self._updates(body)
            case "sendMessage":
                return self._send(body)
            case "sendDocument":
                return self._take(body)
        return _error(404)

    def _updates(self, body: dict[str, Any]) -> tuple[int, object]:
        if self.hook:
            return 409, {"ok": False, "error_code": 409,
                         "description": "Conflict: can't use getUpdates method while webhook is active"}  # fmt: skip
        until = time.monotonic() + min(float(body.get("timeout", 0)), 2.0)
        with self.lock:
            if offset := body.get("offset"):
                self.waiting = [one for one in self.waiting if one["update_id"] >= offset]
        while not self.waiting and time.monotonic() < until:
            time.sleep(0.02)
        return _done(self.waiting[: body.get("limit", 100)])

    def _send(self, body: dict[str, Any]) -> tuple[int, object]:
        who, text = int(body["chat_id"]), str(body.get("text", ""))
        if who not in self.people:
            return _error(400, "Bad Request: chat not found")
        if who in self.stopped:
            return _error(403)
        if not text.strip():
            return _error(400, "Bad Request: message text is empty")
        if units(text) > MOST_TEXT:
            return _error(400, "Bad Request: message is too long")
        self.sent.append(body)
        return _done({"message_id": 10_000 + len(self.sent), "chat": {"id": who}, "text": text})

    def _take(self, body: dict[str, Any]) -> tuple[int, object]:
        who = int(body["chat_id"])
        if who not in self.people:
            return _error(400, "Bad Request: chat not found")
        if who in self.stopped:
            return _error(403)
        if units(str(body.get("caption", ""))) > MOST_CAPTION:
            return _error(400, "Bad Request: message caption is too long")
        self.sent.append(body)
        return _done({"message_id": 10_000 + len(self.sent), "chat": {"id": who}})


def _form(kind: str, body: bytes) -> dict[str, Any]:
    """Read a form: its fields, and of a file its name, type and bytes."""
    source = b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body
    whole: EmailMessage = message_from_bytes(source, policy=default)
    found: dict[str, Any] = {}
    for part in whole.iter_parts():
        name = part.get_param("name", header="content-disposition")
        sent = part.get_payload(decode=True)
        assert isinstance(sent, bytes)  # a part of a form holds no others
        is_file = part.get_filename() is not None
        found[str(name)] = (part.get_filename(), part.get_content_type(), sent) if is_file else sent.decode()
    return found


def _done(result: object) -> tuple[int, object]:
    return 200, {"ok": True, "result": result}


def _error(status: int, words: str = "") -> tuple[int, object]:
    told: dict[str, object] = {"ok": False, "error_code": status, "description": words or _WORDS.get(status, "Error")}
    return status, told | ({"parameters": {"retry_after": 7}} if status == 429 else {})


@contextmanager
def running() -> Iterator[Server]:
    """Give a server that listens on this machine at `url`."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", "0"))
            sent, kind = self.rfile.read(length), self.headers.get("content-type", "")
            is_form = kind.startswith("multipart/")
            status, told = server.answer(self.path, _form(kind, sent) if is_form else json.loads(sent or b"{}"))
            if not status:
                self.connection.close()  # it was taken, and nobody hears of it
                return
            body = told.encode() if isinstance(told, str) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            token, _slash, path = self.path.removeprefix("/file/bot").partition("/documents/")
            body = server.files.get(path, b"") if token in server.bots else b""
            self.send_response(200 if body else 404)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join(5)
