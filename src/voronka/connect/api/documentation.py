"""The documentation of the API: a page of our own, made of the OpenAPI document."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from voronka.connect.api.document import document, people_only_words, tag_words
from voronka.connect.api.operations import ABOUT
from voronka.connect.services.words import SCOPE_NAMES

Piece = Mapping[str, Any]  # pieces of the document have the specification's own shapes


@dataclass(frozen=True, slots=True)
class Shown:
    """An operation as the page shows it."""

    name: str
    method: str
    path: str
    summary: str
    scope: str
    parameters: list[Piece]
    curl: str
    answer: str


@require_GET
def documentation(request: HttpRequest) -> HttpResponse:
    """Show all operations with examples, the scopes, the events of webhooks, and how refusals look."""
    found = document()
    host = f"{request.scheme}://{request.get_host()}"
    groups: dict[str, list[Shown]] = {name: [] for name in tag_words()}
    for path, ways in found["paths"].items():
        for method, operation in ways.items():
            shown = _shown(host, path, method.upper(), operation)
            groups[operation["tags"][0]].append(shown)
    context = {
        "groups": [(name, words, groups[name]) for name, words in tag_words().items()],
        "scopes": SCOPE_NAMES.items(),
        "events": [
            (
                name,
                one["post"]["summary"],
                _pretty(one["post"]["requestBody"]["content"]["application/json"]["example"]),
            )
            for name, one in found["webhooks"].items()
        ],
        "problem": _pretty(
            found["components"]["responses"]["Invalid"]["content"]["application/problem+json"]["example"]
        ),
        "host": host,
        "people_only": people_only_words(),
    }
    return render(request, "connect/documentation.html", context)


def _shown(host: str, path: str, method: str, operation: Piece) -> Shown:
    about = ABOUT[operation["operationId"]]
    parameters = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    return Shown(
        name=about.name,
        method=method,
        path=path,
        summary=operation["summary"],
        scope=about.scope,
        parameters=parameters,
        curl=_curl(host, path, method, operation),
        answer=_answer(operation, about.status),
    )


def _curl(host: str, path: str, method: str, operation: Piece) -> str:
    address = path
    for one in operation.get("parameters", []):
        if one["in"] == "path":
            address = address.replace("{" + one["name"] + "}", str(one.get("example", one["name"])))
    lines = [f"curl {host}{address}"] if method == "GET" else [f"curl -X {method} {host}{address}"]
    lines.append('-H "Authorization: Bearer $API_KEY"')
    lines += [
        f"-H '{one['name']}: {one['example']}'" for one in operation.get("parameters", []) if one["in"] == "header"
    ]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        if kind == "multipart/form-data":
            fields = content["schema"]["properties"].items()
            lines += [f"-F '{name}={one['examples'][0]}'" for name, one in fields if "examples" in one]
            lines.append("-F file=@clients.xlsx")
        else:
            body = json.dumps(content["example"], ensure_ascii=False).replace("'", "'\\''")
            lines += [f"-H 'Content-Type: {kind}'", f"-d '{body}'"]
    return " \\\n  ".join(lines)


def _answer(operation: Piece, status: int) -> str:
    content = operation["responses"][str(status)].get("content", {}).get("application/json", {})
    return _pretty(content["example"]) if "example" in content else ""


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
