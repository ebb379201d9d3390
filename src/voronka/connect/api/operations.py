"""How an operation is written: a function of the request and typed values that calls one verb or query.

`operation` puts it behind the door: the company and the actor are named, the scope is asked for, a reading runs in one
transaction, a writing one runs once for each Idempotency-Key. A refusal raised anywhere rolls all of it back.
"""

import functools
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel

from voronka.connect.api.door import ApiRequest, Caller
from voronka.connect.api.problems import TooLarge, Unreadable
from voronka.connect.services import repeats
from voronka.kit import facets
from voronka.kit.actors import Actor, Reach, all_rights
from voronka.kit.errors import Invalid
from voronka.kit.list_address import FILTER, MOST_FILTERS
from voronka.kit.tenancy import company_context

FILTER_LENGTH = 300
TOKEN = re.compile(r"[\x21-\x7e]{1,255}")
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(slots=True)
class Reply:
    """What an operation answers, where that is more than a body with the usual status."""

    body: BaseModel | None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """What is known of an operation beside its function: for the documentation, the door and the tests."""

    name: str
    method: str
    path: str
    scope: str
    status: int
    summary: Any  # a lazy translation
    tag: str
    facets: str = ""
    query: frozenset[str] = frozenset()
    is_long: bool = False
    needs_match: bool = False
    gives_file: bool = False
    file_kinds: tuple[str, ...] = ()
    right: str = ""

    @property
    def is_writing(self) -> bool:
        """Whether it changes something, so that it needs an Idempotency-Key."""
        return self.method in WRITING


SHEETS = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
ANY_FILE = ("application/octet-stream",)
ABOUT: dict[str, About] = {}
View = Callable[..., Any]  # of the request and its own typed values; answers a model, a Reply or a response


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    scope: str,
    summary: object,
    answer: Any = None,  # a model class or None, as ninja takes it
    status: int = 200,
    facets_of: str = "",
    is_long: bool = False,
    needs_match: bool = False,
    gives_file: bool = False,
    file_kinds: tuple[str, ...] = SHEETS,
    right: str = "",
) -> Callable[[View], View]:
    """Register a function as an operation of the API; its name is the operation's for ever.

    `right` is the code of a right whose lack refuses a whole list; verbs ask for their rights themselves.
    """

    def register(view: View) -> View:
        tag = (router.tags or [""])[0]
        asked = _query_of(view, path)
        about = About(
            name=view.__name__,
            method=method,
            path=path,
            scope=scope,
            status=status,
            summary=summary,
            tag=tag,
            facets=facets_of,
            query=asked,
            is_long=is_long,
            needs_match=needs_match,
            gives_file=gives_file,
            file_kinds=file_kinds if gives_file else (),
            right=right,
        )
        if about.name in ABOUT:
            raise ValueError(f"operation {about.name} is registered twice")
        ABOUT[about.name] = about

        @functools.wraps(view)
        def guarded(request: ApiRequest, **values: Any) -> HttpResponseBase:
            return _behind_the_door(about, view, request, values)

        router.api_operation(
            [method],
            path,
            response={status: answer},
            by_alias=True,
            operation_id=about.name,
            url_name=about.name,
            summary=about.name,  # the words are put in by the document, in the reader's language
            description=" ",
            openapi_extra={"x-scope": scope},
        )(guarded)
        return view

    return register


def _query_of(view: View, path: str) -> frozenset[str]:
    """Return the names that an operation takes from the query."""
    from inspect import signature

    in_path = set(re.findall(r"{(?:\w+:)?(\w+)}", path))
    return frozenset(name for name in signature(view).parameters if name not in {"request", "sent", "file"} | in_path)


def _behind_the_door(about: About, view: View, request: ApiRequest, values: dict[str, Any]) -> HttpResponseBase:
    caller = request.auth
    actor = caller.actor
    with company_context(actor.company_id, employee_id=actor.employee_id, origin=actor.origin, strict=True):
        caller.require_scope(about.scope)
        _require_reach(about, caller)
        _require_known_query(about, request)
        _require_known_fields(request, values.get("sent"))
        if not about.is_writing:
            with transaction.atomic():
                made = view(request, **values)
            return made if isinstance(made, HttpResponseBase) else _conditional(request, _answer(about, made))
        run = repeats.once_long if about.is_long else repeats.once
        done = run(_asked(about, request, caller), lambda: _answer(about, view(request, **values)), now=caller.now)
    return _response(done)


def _require_reach(about: About, caller: Caller) -> None:
    """Refuse a list to those who reach nothing of it, as the screen does, instead of showing it empty."""
    for one in all_rights():
        if one.code == about.right and caller.actor.reach(one) is Reach.NONE:
            caller.actor.require(one)


def _answer(about: About, made: object) -> repeats.Answer:
    reply = made if isinstance(made, Reply) else Reply(made if isinstance(made, BaseModel) else None)
    body = "" if reply.body is None else reply.body.model_dump_json(by_alias=True)
    return repeats.Answer(reply.status or about.status, body, dict(reply.headers))


def _response(answer: repeats.Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json; charset=utf-8")
    if not answer.body:
        del response.headers["Content-Type"]
    for name, value in answer.headers.items():
        response.headers[name] = value
    if answer.is_repeated:
        response.headers["Idempotent-Replayed"] = "true"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _conditional(request: ApiRequest, answer: repeats.Answer) -> HttpResponse:
    """Answer a reading with its tag, or with 304 where the caller has this very answer already."""
    tag = answer.headers.get("ETag") or f'W/"{hashlib.sha256(answer.body.encode()).hexdigest()[:20]}"'
    answer.headers["ETag"] = tag
    held = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    if tag.removeprefix("W/") in held:
        return _response(repeats.Answer(304, "", {"ETag": tag}))
    return _response(answer)


def _require_known_query(about: About, request: ApiRequest) -> None:
    """Refuse what the operation does not take: a misspelt filter must not show everything."""
    unknown = [
        name
        for name in request.GET
        if name not in about.query and not (about.facets and name.startswith(FILTER) and len(name) > len(FILTER))
    ]
    if unknown:
        raise Invalid(
            _("Look at the named fields."), fields=dict.fromkeys(unknown[:20], _("There is no such field."))
        )


def _require_known_fields(request: ApiRequest, sent: object) -> None:
    """Refuse what a form has and the operation does not take, as is done with JSON: ninja passes over it."""
    if not isinstance(sent, BaseModel) or not (request.content_type or "").startswith("multipart/"):
        return
    unknown = [name for name in request.POST if name not in type(sent).model_fields]
    if unknown:
        raise Invalid(
            _("Look at the named fields."), fields=dict.fromkeys(unknown[:20], _("There is no such field."))
        )


def filters_of(request: ApiRequest) -> dict[str, str]:
    """Return the filters of a list by the code of their facet. Raises Invalid for too many or too long ones."""
    found = {name.removeprefix(FILTER): str(request.GET[name]) for name in request.GET if name.startswith(FILTER)}
    if len(found) > MOST_FILTERS:
        raise Invalid(_("At most %(most)d filters at once.") % {"most": MOST_FILTERS})
    for code, text in found.items():
        if len(text) > FILTER_LENGTH:
            message = _("At most %(most)d signs.") % {"most": FILTER_LENGTH}
            raise Invalid(message, fields={FILTER + code: message})
    return found


def refuse_filters(problems: Mapping[str, str]) -> None:
    """Raise Invalid with what is wrong with the filters, by code; nothing where nothing is."""
    if problems:
        words = {
            FILTER + code: _("There is no such filter.") if why == "unknown" else why
            for code, why in problems.items()
        }
        raise Invalid(_("Look at the named fields."), fields=words)


def require_sort(subject: str, sort: str, actor: Actor, *, more: Sequence[str] = ()) -> None:
    """Raise Invalid for an order that no facet gives."""
    code = sort.removeprefix("-")
    facet = facets.facets_of(subject, actor).get(code)
    if code not in more and (facet is None or facet.expression is None):
        message = _("A list cannot be put in this order.")
        raise Invalid(message, fields={"sort": message})


def _asked(about: About, request: ApiRequest, caller: Caller) -> repeats.Asked:
    token = request.headers.get("Idempotency-Key", "")
    if not TOKEN.fullmatch(token):
        message = _("A writing request needs an Idempotency-Key: a fresh UUID for each new request.")
        raise Unreadable(message, code="idempotency_key_required", fields={"Idempotency-Key": message})
    return repeats.Asked(caller.name, about.name, token, _hash_of(request))


def _hash_of(request: ApiRequest) -> str:
    """Return the hash of all that was sent: whatever divides the parts of a form from each other is left out."""
    digest = hashlib.sha256(request.get_full_path().encode())
    for name in ("If-Match",):
        digest.update(f"\0{name}={request.headers.get(name, '')}".encode())
    for piece in _sent(request):
        digest.update(b"\0" + piece)
    return digest.hexdigest()


def _sent(request: ApiRequest) -> Iterator[bytes]:
    if not (request.content_type or "").startswith("multipart/"):
        try:
            yield request.body
        except RequestDataTooBig as error:
            raise TooLarge(_("The body is larger than any request needs.")) from error
        return
    for name, values in sorted(request.POST.lists()):
        yield repr((name, values)).encode("utf-8", "surrogatepass")
    for name, file in ((name, one) for name, files in sorted(request.FILES.lists()) for one in files):
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
        yield f"{name}={file.name}:{digest.hexdigest()}".encode("utf-8", "surrogatepass")
