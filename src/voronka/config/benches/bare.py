"""The bare Django view of the press bench: the statements of a recorded press, sent as plain SQL in one transaction.

It runs in the server of the product's own pages, with no middleware at all, and writes rows as a press does: what
named the recorded deal names the posted one.
"""

import pickle
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from psycopg import sql
from psycopg.types.json import Jsonb

from voronka.kit.ids import new_public_id

SCRIPT = "press-script.pickle"
Statement = tuple[str, Any]  # a list, or a dictionary by name, parameters of any type that a statement takes

seen: list[Statement | None] = []


class MarkMiddleware:
    """Marks in `seen` where signing in has ended and the view begins; stands last, while a press is recorded."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark, and pass the request on."""
        seen.append(None)
        return self.get_response(request)


def record(execute: Callable[..., Any], statement: str, params: Any, many: bool, context: Any) -> Any:
    """Note a statement and run it: a wrapper of Django's connection."""
    if not statement.startswith(("SAVEPOINT", "RELEASE")):
        named = isinstance(params, Mapping)
        kept = {key: _plain(one) for key, one in params.items()} if named else [_plain(one) for one in params or ()]
        seen.append((statement, kept))
    return execute(statement, params, many, context)


def _plain(value: Any) -> Any:
    if isinstance(value, Jsonb):
        return value.obj if isinstance(value.obj, str) else ("json", value.obj)
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class Script:
    """A recorded press: its statements, and which values named the deal, its rows and the request."""

    company_id: int
    actor: str
    statements: Sequence[Statement]
    names: Mapping[Any, str]  # ids, public ids and uuids

    def save(self, folder: Path) -> None:
        """Leave the script for the processes of the server."""
        (folder / SCRIPT).write_bytes(pickle.dumps(self))


_script: list[Script] = []


def _load() -> Script:
    if not _script:
        _script.append(pickle.loads((settings.HOME / SCRIPT).read_bytes()))  # noqa: S301 - written by this bench
    return _script[0]


@transaction.non_atomic_requests
def bare(request: HttpRequest) -> HttpResponse:
    """Send the statements of a press for the posted deal."""
    script = _load()
    values: dict[str, Any] = {
        "public": request.POST["public"],
        "deal": int(request.POST["deal"]),
        "client": int(request.POST["client"]),
        "task": int(request.POST["task"]),
        "request": uuid.uuid4(),
        "cause": uuid.uuid4(),
        "made_public": new_public_id(),
    }
    connection.ensure_connection()
    raw = connection.connection
    with raw.transaction(), raw.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.company_id', %s, true), set_config('app.actor', %s, true)",
            [str(script.company_id), script.actor],
        )
        for statement, params in script.statements:
            cursor.execute(sql.SQL(statement), _filled(params, script, values))
            rows = cursor.fetchall() if cursor.description else []
            if "INSERT INTO work_task" in statement:
                values["made"] = rows[0][0]
    return HttpResponse(b"ok")


def _filled(value: Any, script: Script, values: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_filled(one, script, values) for one in value]
    if isinstance(value, dict):
        return {key: _filled(one, script, values) for key, one in value.items()}
    if isinstance(value, tuple):
        return Jsonb(value[1])
    name = script.names.get(value) if isinstance(value, (int, str, uuid.UUID)) and value is not True else None
    return values[name] if name is not None else value


urlpatterns = [path("bench/bare", bare)]
