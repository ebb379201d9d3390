"""A client of Voronka's API. Made by tools/api_client.py from the OpenAPI document: change that, not this.

Nothing but the standard library of Python 3.11 is needed:

    voronka = Voronka("https://crm.example.com", key="vrk_...")
    card = voronka.create_client({"name": "Anna", "contacts": [{"kind": "phone", "value": "+79161234567"}]})
    for client in each(voronka.list_clients, filters={"city": "Омск"}):
        print(client["name"])

A writing request carries an Idempotency-Key, so it is safely sent again when the connection breaks.
"""

import base64
import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict, cast


class Refused(Exception):
    """The API refused a request (RFC 9457). `code` is stable, `detail` and `fields` are words for people."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")
        self.status = status
        self.code = str(problem.get("code", ""))
        self.detail = str(problem.get("detail", ""))
        self.fields: dict[str, str] = dict(problem.get("fields", {}))
        self.problem = dict(problem)


class Transport:
    """Sends requests: repeats those that may be repeated, waits where it is told to."""

    def __init__(
        self, address: str, key: str, *, language: str = "en", timeout: float = 30.0, attempts: int = 4
    ) -> None:
        """`address` is that of the installation, `key` one of the API; `timeout` is in seconds, for each attempt."""
        self.address = address.rstrip("/")
        self._key = key
        self.language = language
        self.timeout = timeout
        self.attempts = attempts

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        sent: object = None,
        files: Sequence[tuple[str, bytes]] = (),
        token: str | None = None,
        match: str | None = None,
    ) -> Any:  # whatever JSON the operation answers
        """Send one request and return its answer: JSON, bytes of a file, None for no content. Raises Refused."""
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Accept-Language": self.language,
            "User-Agent": "voronka-python/1",
        }
        if method != "GET":
            headers["Idempotency-Key"] = token or str(uuid.uuid4())
        if match is not None:
            headers["If-Match"] = match
        body = None
        if files:
            headers["Content-Type"], body = _multipart(cast("Mapping[str, object]", sent or {}), files)
        elif sent is not None:
            headers["Content-Type"], body = "application/json", json.dumps(sent, ensure_ascii=False).encode()
        words = {name: value for name, value in (query or {}).items() if value is not None and value != ""}
        address = self.address + path + ("?" + urllib.parse.urlencode(words) if words else "")
        return self._tried(urllib.request.Request(address, data=body, headers=headers, method=method))

    def _tried(self, request: urllib.request.Request) -> Any:  # whatever JSON the operation answers
        for attempt in range(1, self.attempts + 1):
            wait = 0.2 * 2**attempt
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                    return _read(answer.read(), answer.headers.get_content_type())
            except urllib.error.HTTPError as error:
                with error:
                    refused = Refused(error.code, _problem(error.read()))
                    asked = error.headers.get("Retry-After", "")
                again = error.code in (429, 503) or refused.code == "in_progress"
                if not again or attempt == self.attempts:
                    raise refused from None
                wait = float(asked) if asked.isdecimal() else wait
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                if attempt == self.attempts:
                    raise
            time.sleep(wait)
        raise AssertionError("unreachable")


def _read(body: bytes, kind: str) -> Any:  # whatever JSON the operation answers
    if not body:
        return None
    return json.loads(body) if kind == "application/json" else body


def _problem(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


def _multipart(fields: Mapping[str, object], files: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    boundary, parts = secrets.token_hex(16), list[bytes]()
    for field, value in fields.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        parts.append(f'Content-Disposition: form-data; name="{field}"\r\n\r\n{text}'.encode())
    for name, content in files:
        tidy = name.replace('"', "").replace("\r", "").replace("\n", "")
        head = (
            f'Content-Disposition: form-data; name="file"; filename="{tidy}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts.append(head.encode() + content)
    divider = f"--{boundary}".encode()
    body = b"".join(divider + b"\r\n" + one + b"\r\n" for one in parts) + divider + b"--\r\n"
    return f"multipart/form-data; boundary={boundary}", body


def each(operation: Callable[..., Any], *arguments: str, **query: Any) -> Iterator[Any]:  # items of any list
    """Yield everything that a listing operation finds, page after page."""
    cursor: str | None = ""
    while cursor is not None:
        page = operation(*arguments, cursor=cursor, **query)
        yield from page["items"]
        cursor = None if page.get("is_end") else page["next"]


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, *, tolerance: float = 300.0) -> bool:
    """Tell whether a message of a webhook comes from the holder of the secret and is not older than `tolerance`.

    `headers` are those of the request, whatever their case; take each `webhook-id` once.
    """
    known = {name.lower(): value for name, value in headers.items()}
    moment = known.get("webhook-timestamp", "")
    if not moment.isdecimal() or abs(time.time() - int(moment)) > tolerance:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{known.get('webhook-id', '')}.{moment}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return any(hmac.compare_digest(wanted, one) for one in known.get("webhook-signature", "").split(" "))


def _quoted(word: object) -> str:
    return urllib.parse.quote(str(word), safe="")
