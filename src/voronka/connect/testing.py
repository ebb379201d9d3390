"""Programs for tests: a key of an employee, and a client that calls the API with it."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from voronka.accounts.testing import actor_of
from voronka.connect.rules.scopes import RIGHTS
from voronka.connect.services import keys
from voronka.kit.actors import Actor, Reach
from voronka.kit.tenancy import company_context


def make_key(actor: Actor, *scopes: str, days: int | None = None, now: datetime | None = None) -> str:
    """Make a key in the actor's name with these scopes, all of them without; the right to make keys is lent to him."""
    import dataclasses

    lent = dataclasses.replace(actor, rights={**actor.rights, "connect.manage_keys": Reach.ALL})
    with company_context(actor.company_id, employee_id=actor.employee_id, origin="test"):
        _row, key = keys.make_key(
            actor=lent, name="A program", scopes=scopes or tuple(RIGHTS), days=days, now=now or datetime.now(UTC)
        )
    return key


class Program:
    """Calls the API as a program with a key does; without one as nobody."""

    def __init__(self, key: str = "", *, language: str = "en") -> None:
        self.key, self.language = key, language
        self.client = Client(raise_request_exception=False)

    @classmethod
    def of(cls, actor: Actor, *scopes: str, language: str = "en") -> "Program":
        """Return a program with a fresh key of the actor, whose rights are read anew."""
        fresh = actor_of(actor.company_id, actor.person_id)
        return cls(make_key(fresh, *scopes), language=language)

    def call(
        self,
        method: str,
        path: str,
        sent: Any = None,  # any JSON
        *,
        token: str | None = None,
        query: dict[str, Any] | None = None,
        **headers: str,
    ) -> HttpResponse:
        """Send a request and return the answer. Writing ones get a fresh Idempotency-Key where `token` is None."""
        named = {"Accept-Language": self.language, **{name.replace("_", "-"): one for name, one in headers.items()}}
        if self.key:
            named["Authorization"] = f"Bearer {self.key}"
        if method != "GET" and token != "":
            named["Idempotency-Key"] = token or str(uuid.uuid4())
        address = path if path.startswith("/") else f"/api/v1/{path}"
        if query:
            from urllib.parse import urlencode

            address = f"{address}?{urlencode(query)}"
        body = sent if isinstance(sent, str | bytes) else b"" if sent is None else json.dumps(sent)
        return self.client.generic(method, address, body, "application/json", headers=named)  # type: ignore[return-value]

    def get(self, path: str, **query: Any) -> HttpResponse:  # any plain values
        """Read."""
        return self.call("GET", path, query=query)

    def post(self, path: str, sent: Any = None, **named: Any) -> HttpResponse:  # any JSON, headers
        """Write."""
        return self.call("POST", path, sent, **named)

    def upload(self, path: str, name: str, content: bytes, **named: str) -> HttpResponse:
        """Send a file."""
        headers = {
            "Accept-Language": self.language,
            "Authorization": f"Bearer {self.key}",
            "Idempotency-Key": str(uuid.uuid4()),
            **{one.replace("_", "-"): value for one, value in named.items()},
        }
        file = SimpleUploadedFile(name, content)
        return self.client.post(f"/api/v1/{path}", {"file": file}, headers=headers)  # type: ignore[return-value]
