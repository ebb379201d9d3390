"""A row of the table of operations: which roles may, and how the operation is asked so that it succeeds."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from isolation_table import EVERYBODY, Walker, World

from voronka.connect.api import assembly  # noqa: F401 - registers the operations
from voronka.connect.api.operations import ABOUT, About

Given = Callable[[World], Any]


def _nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class ApiRow:
    """One operation. `roles` may, with a key of its scope, and get one of `answer`; the other roles get 403 or 404.

    `sent` is the JSON that is sent, `args` the words of the address, `query` what stands behind it. `by_record`: the
    record is the manager's own, and another manager must not reach it. `names` says whether the address or the body
    names a record of company A, so that a stranger is shut out. `takes`: fields that it takes and
    others do not, where a powerful value is refused.
    """

    name: str
    roles: str = EVERYBODY
    answer: tuple[int, ...] = (200,)
    args: Given = _nothing
    sent: Given | None = None
    query: Given = _nothing
    headers: Given = _nothing
    file: Given | None = None
    by_record: bool = False
    names: bool | None = None
    takes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.name

    @property
    def may(self) -> set[str]:
        return set(self.roles.split())

    @property
    def about(self) -> About:
        return ABOUT[self.name]

    def names_a_record(self, world: World) -> bool:
        return bool(self.args(world)) if self.names is None else self.names

    def path(self, world: World) -> str:
        from django.urls import reverse

        return reverse(f"api:{self.name}", kwargs=self.args(world))

    def ask(self, key: str, world: World, extra: dict[str, Any] | None = None, **headers: str):
        """Ask with a key, with none where it is empty; `extra` is put into the JSON that is sent."""
        import json

        named = {"Accept-Language": "en", **self.headers(world), **headers}
        if key:
            named["Authorization"] = f"Bearer {key}"
        if self.about.is_writing:
            named.setdefault("Idempotency-Key", str(uuid.uuid4()))
        client, address = Walker(), self.path(world)
        if self.file is not None:
            fields = self.sent(world) if self.sent is not None else {}
            return client.post(address, {"file": self.file(world), **fields, **(extra or {})}, headers=named)
        if not self.about.is_writing:
            return client.get(address, {**self.query(world), **(extra or {})}, headers=named)
        own = self.sent(world) if self.sent is not None else {}
        body = json.dumps({**(extra or {}), **own}) if self.sent is not None or extra else b""
        return client.generic(self.about.method, address, body, "application/json", headers=named)


def kept(**names: str) -> Given:
    return lambda world: {name: world.kept[key] for name, key in names.items()}
