"""Refusals as problems (RFC 9457), in the language that the caller accepts."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from ninja.errors import AuthenticationError, HttpError, ValidationError

from voronka.connect.services.repeats import InProgress
from voronka.kit.errors import Refusal
from voronka.people.services import CardChanged

CONTENT_TYPE = "application/problem+json"
DOCUMENTATION = "/api/#problems"


class Unreadable(Refusal):
    """The body is not what its Content-Type says."""

    status = 400
    code = "unreadable"


class TooLarge(Refusal):
    """The body is longer than any request needs."""

    status = 413
    code = "too_large"


class Unauthorized(Refusal):
    """No key, or one that opens nothing."""

    status = 401
    code = "unauthorized"


class Detailed(Refusal):
    """A refusal with more that a program can go on with: members beside its words."""

    def __init__(self, message: str, *, more: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.more = dict(more or {})


class StaleCopy(Detailed):
    """The record is no longer as the caller read it (If-Match)."""

    status = 412
    code = "precondition_failed"


class DuplicateFound(Detailed):
    """The record is there already, and the caller asked not to make another."""

    code = "duplicate"


class MergeStandsAbove(Detailed):
    """Another card was joined later: `newer` is to be taken back first."""

    code = "newer_merge"


class QuietTime(Detailed):
    """The client is not called at that time: `better` is the next good moment, `zone` the client's clock."""

    code = "quiet_hours"


class AnswersNeeded(Detailed):
    """A press asks something first: `asks` says what."""

    status = 422
    code = "needs_answers"


class NeedsPrecondition(Refusal):
    """The request has to say which version of the record it changes."""

    status = 428
    code = "precondition_required"


def title_of(status: int) -> str:
    """Return what a status means in a few words."""
    return {
        400: _("The request could not be read"),
        401: _("A key is needed"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("No such operation"),
        409: _("The state has changed"),
        412: _("The record has changed"),
        413: _("Too large"),
        415: _("Wrong kind of content"),
        422: _("Something is wrong in the request"),
        428: _("Say which version you change"),
        429: _("Too many requests"),
        503: _("Busy"),
    }.get(status, _("Something went wrong"))


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    fields: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return a problem as a response."""
    body: dict[str, Any] = {
        "type": DOCUMENTATION,
        "title": title_of(status),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if fields:
        body["fields"] = dict(fields)
    body |= dict(more or {})
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False, default=str), content_type=CONTENT_TYPE, status=status
    )
    for name, value in (headers or {}).items():
        response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def of_refusal(refusal: Refusal) -> HttpResponse:
    """Return a refusal of a service as a problem; what a caller can go on with is put beside its words."""
    more: dict[str, object] = {}
    headers: dict[str, str] = {}
    if isinstance(refusal, CardChanged):
        more = {"changed": sorted(refusal.changed), "version": refusal.version}
    if isinstance(refusal, InProgress):
        headers["Retry-After"] = "1"
    if isinstance(refusal, Unauthorized):
        headers["WWW-Authenticate"] = 'Bearer realm="Voronka"'
    if isinstance(refusal, Detailed):
        more |= refusal.more
    return problem(refusal.status, refusal.code, refusal.message, fields=refusal.fields, more=more, headers=headers)


def of_error(error: Exception) -> HttpResponse | None:
    """Return an expected error as a problem, None for a fault of ours."""
    match error:
        case Refusal():
            return of_refusal(error)
        case ValidationError():
            fields = fields_of(error.errors)
            return problem(422, "invalid", _("Look at the named fields."), fields=fields)
        case AuthenticationError():
            return of_refusal(Unauthorized(_("Send a key of the API: Authorization: Bearer vrk_...")))
        case HttpError(status_code=400):
            return problem(400, "unreadable", _("The body could not be read. Send JSON in UTF-8."))
        case HttpError(status_code=403):
            return problem(403, "csrf", _("A session needs the anti-forgery sign in X-CSRFToken; use a key instead."))
        case HttpError():
            return problem(error.status_code, "refused", error.message)
        case Http404():
            return problem(404, "not_found", _("There is no such address in the API."))
    return None


def fields_of(errors: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what is wrong by the place of each field: `contacts.0.value`."""
    found: dict[str, str] = {}
    for one in errors:
        place = [str(step) for step in one.get("loc", ()) if step not in ("body", "query", "path", "form", "header")]
        # The name of our own argument is no part of what the caller sent.
        if one.get("loc", ("",))[0] == "body" and place[:1] == ["body"]:
            place = place[1:]
        if one.get("loc", ("",))[0] in ("body", "form") and len(place) > 0 and place[0] == "sent":
            place = place[1:]
        if place[:2] == ["file", "file"]:  # where files stand, and the name of the field
            place = place[1:]
        found.setdefault(".".join(place) or "body", words_of(one))
    return found


def words_of(error: Mapping[str, Any]) -> str:
    """Say in the caller's language what pydantic found wrong with a value."""
    kind, context = str(error.get("type", "")), error.get("ctx") or {}
    if kind == "missing":
        return _("Fill this in.")
    if kind == "extra_forbidden":
        return _("There is no such field.")
    if kind in ("string_too_long", "too_long"):
        return _("At most %(most)s.") % {"most": context.get("max_length", "")}
    if kind in ("string_too_short", "too_short"):
        return _("At least %(least)s.") % {"least": context.get("min_length", "")}
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        bound = next(iter(context.values()), "")
        if kind.startswith("greater"):
            return _("At least %(least)s.") % {"least": bound}
        return _("At most %(most)s.") % {"most": bound}
    if kind in ("literal_error", "enum"):
        return _("One of: %(choices)s.") % {"choices": context.get("expected", "")}
    return _KINDS().get(kind.partition("_")[0], _("This value does not fit."))


def _KINDS() -> dict[str, str]:  # noqa: N802 - a table of words, made anew for the caller's language
    return {
        "string": _("This is not a text of the right form."),
        "int": _("This is not a whole number."),
        "decimal": _("This is not a number."),
        "float": _("This is not a number."),
        "bool": _("Answer true or false."),
        "date": _("This is not a date: write it like 2026-12-31."),
        "datetime": _("This is not a moment: write it like 2026-12-31T10:00:00+03:00."),
        "timezone": _("The moment lacks its offset: write it like 2026-12-31T10:00:00+03:00."),
        "list": _("A list is expected."),
        "dict": _("An object is expected."),
        "model": _("An object is expected."),
        "json": _("The body could not be read. Send JSON in UTF-8."),
        "uuid": _("This is not a UUID."),
    }
