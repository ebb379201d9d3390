"""The OpenAPI 3.1 document: what ninja makes of the types, with examples, refusals, headers and webhooks put in."""

import copy
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.connect.api.examples import example_for
from voronka.connect.api.operations import ABOUT, About
from voronka.connect.schemas.common import Problem
from voronka.connect.services import keys, outward
from voronka.connect.services.words import SCOPE_NAMES, event_words
from voronka.kit import facets
from voronka.kit.events import all_kinds
from voronka.kit.list_address import FILTER

Document = dict[str, Any]  # the document is JSON of the specification's own shape
_made: dict[str, Document] = {}


@require_GET
def openapi_json(request: HttpRequest) -> HttpResponse:
    """Give the document, its words in the language of the reader."""
    body = json.dumps(document(), ensure_ascii=False)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Vary"] = "Accept-Language"
    return response


def document() -> Document:
    """Return the document in the language of the running code; it is made once for each."""
    language = get_language() or "ru"
    if language not in _made:
        _made[language] = _make()
    return _made[language]


def _make() -> Document:
    from voronka.connect.api.assembly import api

    found: Document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    schemas: Document = found["components"]["schemas"]
    schemas["Problem"] = Problem.model_json_schema()
    found["info"] |= {
        "description": "\n\n".join(
            [_("Everything that is done on the screens, for programs. How to begin: /api/"), people_only_words()]
        ),
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    found["servers"] = [{"url": "/"}]
    found["components"]["securitySchemes"] = _schemes()
    found["components"]["responses"] = _refusals(schemas)
    for path, ways in found["paths"].items():
        for operation in ways.values():
            _finish(operation, ABOUT[operation["operationId"]], path, schemas)
    found["tags"] = [{"name": name, "description": words} for name, words in tag_words().items()]
    found["webhooks"] = {name: _webhook(name) for name in all_kinds()}
    return found


def tag_words() -> dict[str, str]:
    """Return the groups of operations with their names for people, in the order of the page."""
    return {
        "clients": _("Clients"),
        "merging": _("Doubles of clients"),
        "bulk": _("Many clients at once, the recycle bin"),
        "leads": _("Leads"),
        "fields": _("Own fields"),
        "deals": _("Deals"),
        "orders": _("Orders, parcels, returns"),
        "goods": _("Goods"),
        "replenishment": _("Replenishment"),
        "prices": _("Prices"),
        "price lists": _("Price lists"),
        "promo codes": _("Promo codes"),
        "referrals": _("Referral programme"),
        "surveys": _("Surveys"),
        "sites": _("Sites, visits of them"),
        "tests": _("A/B tests"),
        "stock": _("Stock"),
        "documents": _("Documents"),
        "payments": _("Payments and debts"),
        "pipelines": _("Pipelines"),
        "tasks": _("Queue"),
        "assignments": _("Tasks for people"),
        "planner": _("Planner"),
        "reminders": _("Reminders and notices"),
        "saved": _("Saved lists"),
        "walks": _("Lists called through"),
        "letters": _("Letter templates"),
        "messages": _("Messages to clients"),
        "answers": _("Knowledge base"),
        "campaigns": _("Campaigns"),
        "talks": _("Talks of the chat"),
        "automations": _("Automations"),
        "reports": _("Reports"),
        "imports": _("Imports"),
        "company": _("Company"),
        "staff": _("Employees and roles"),
        "hours": _("Working hours and days off"),
        "events": _("Event log"),
        "webhooks": _("Webhooks"),
    }


def people_only_words() -> str:
    """Say what programs are never given."""
    return _(
        "With people only, on the pages: passwords and the second factor, keys of the API, the networks to come in"
        " from, the archive of everything, the role of the owner, and the rights over employees, roles, keys, the"
        " archive and the settings of the company, which no program gives or takes."
    )


def _schemes() -> Document:
    return {
        "Key": {
            "type": "http",
            "scheme": "bearer",
            "description": _("A key of the API. Scopes:")
            + "".join(f"\n- `{code}`: {words}" for code, words in SCOPE_NAMES.items()),
        },
        "Session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": _("The session of a signed-in person; writing needs the sign of X-CSRFToken."),
        },
    }


_REFUSALS = {
    "400": ("unreadable", "BadRequest"),
    "401": ("unauthorized", "Unauthorized"),
    "403": ("denied", "Forbidden"),
    "404": ("not_found", "NotFound"),
    "409": ("conflict", "Conflict"),
    "412": ("precondition_failed", "PreconditionFailed"),
    "413": ("too_large", "TooLarge"),
    "422": ("invalid", "Invalid"),
    "428": ("precondition_required", "PreconditionRequired"),
    "429": ("rate_limited", "TooMany"),
}


def _refusals(schemas: Document) -> Document:
    from voronka.connect.api.problems import title_of

    found: Document = {}
    for status, (code, name) in _REFUSALS.items():
        example = example_for({"$ref": "#/components/schemas/Problem"}, schemas)
        example |= {"status": int(status), "code": code, "title": title_of(int(status))}
        if status != "422":
            example.pop("fields", None)
        found[name] = {
            "description": title_of(int(status)),
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
            },
        }
        if status in ("429", "409"):
            found[name]["headers"] = {
                "Retry-After": {"schema": {"type": "integer"}, "description": _("Seconds to wait.")}
            }
    return found


def _finish(operation: Document, about: About, path: str, schemas: Document) -> None:
    """Put words, examples, headers and refusals into one operation."""
    operation["summary"] = str(about.summary)
    words = [_("Scope: `%(scope)s`.") % {"scope": about.scope}]
    operation["description"] = " ".join(words)
    operation["security"] = [{"Key": []}, {"Session": []}]
    _finish_answer(operation, about, schemas)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "multipart" not in json.dumps(list(operation["requestBody"]["content"])):
            content["example"] = example_for(content["schema"], schemas)
    parameters = operation.setdefault("parameters", [])
    if about.is_writing:
        parameters.append(_header("Idempotency-Key", _("A fresh UUID for each new request."), required=True))
    if about.needs_match:
        parameters.append(_header("If-Match", _("The ETag of the record as you read it.")))
    if about.facets:
        parameters.extend(_filters(about.facets))
    statuses = {"400", "401", "403", "422", "429"}
    statuses |= {"404"} if "{" in path else set()
    statuses |= {"409", "413"} if about.is_writing else set()
    statuses |= {"412", "428"} if about.needs_match else set()
    for status in sorted(statuses):
        operation["responses"][status] = {"$ref": f"#/components/responses/{_REFUSALS[status][1]}"}


def _finish_answer(operation: Document, about: About, schemas: Document) -> None:
    answer = operation["responses"][str(about.status)]
    if about.gives_file:
        answer["content"] = {one: {"schema": {"type": "string", "format": "binary"}} for one in about.file_kinds}
        return
    for content in answer.get("content", {}).values():
        content["example"] = example_for(content["schema"], schemas)
    limit = {"schema": {"type": "integer"}, "description": _("How much of the minute is left.")}
    answer["headers"] = {
        "RateLimit-Limit": {"schema": {"type": "integer", "examples": [keys.per_minute()]}},
        "RateLimit-Remaining": limit,
        "RateLimit-Reset": {"schema": {"type": "integer"}, "description": _("Seconds to wait.")},
    }
    if not about.is_writing:
        answer["headers"]["ETag"] = {"schema": {"type": "string"}}
        operation["responses"]["304"] = {"description": _("You have this answer already (If-None-Match).")}


def _header(name: str, words: str, *, required: bool = False) -> Document:
    schema: Document = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"}
    example = "7b3ef2f0-6b1e-4b0e-9b8a-0c9d3f0e5a21" if required else '"3-0c9d3f0e5a21"'
    return {
        "in": "header", "name": name, "required": required, "description": words, "schema": schema, "example": example,
    }  # fmt: skip


def _filters(subject: str) -> list[Document]:
    return [
        {
            "in": "query",
            "name": FILTER + code,
            "required": False,
            "description": str(facet.name),
            "schema": {"type": "string", "maxLength": 300},
        }
        for code, facet in facets.shared_facets(subject).items()
    ]


def _webhook(name: str) -> Document:
    kind = all_kinds()[name]
    data: Mapping[str, Any] = outward.schema_of(kind)
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "type": {"const": name},
            "timestamp": {"type": "string", "format": "date-time"},
            "employee": {"type": ["string", "null"]},
            "data": copy.deepcopy(dict(data)),
        },
        "required": ["id", "type", "timestamp", "employee", "data"],
    }
    example = {
        "id": 1042,
        "type": name,
        "timestamp": "2026-11-24T09:30:00+00:00",
        "employee": "k7m2p9x4w3ab",
        "data": outward.example_of(kind),
    }
    signs = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {
        "post": {
            "summary": event_words(name),
            "operationId": name,
            "parameters": [
                {"in": "header", "name": one, "required": True, "schema": {"type": "string"}} for one in signs
            ],
            "requestBody": {"content": {"application/json": {"schema": schema, "example": example}}},
            "responses": {"2XX": {"description": _("The message was taken.")}},
        }
    }
