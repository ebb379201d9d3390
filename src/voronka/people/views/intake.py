"""The public form address of a company: from foreign sites, from machines, and as a page of its own."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from voronka.accounts import queries as accounts
from voronka.kit import counters
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal, TooMany
from voronka.kit.origin import client_address, counted_as
from voronka.kit.screens import wants_json
from voronka.kit.tenancy import company_context
from voronka.people import services

log = structlog.get_logger(__name__)
BODY_LIMIT = 200_000
MOST_A_MINUTE, MOST_AN_HOUR = 20, 200


class Unreadable(Refusal):
    """The body of the request is no form."""

    status = 400
    code = "unreadable"


class TooLarge(Refusal):
    """The body of the request is larger than any form needs."""

    status = 413
    code = "too_large"


@csrf_exempt
@require_http_methods(["GET", "POST", "OPTIONS"])
def lead_form(request: HttpRequest, form_key: str) -> HttpResponse:
    """Take a lead (url-encoded, multipart or JSON), or show the company's own form.

    Any site may send here without credentials. The answer is JSON for scripts, a redirect for plain forms.
    """
    company_id = accounts.company_of_form(form_key)
    if company_id is None:
        raise Http404
    if request.method == "OPTIONS":
        return _shared(HttpResponse(status=204))
    with company_context(company_id, origin="form"):
        if request.method == "GET":
            return _page(request, {}, {}, status=200)
        sent: Mapping[str, object] = {}
        try:
            _throttle(request, company_id)
            sent = _sent(request)
            result = _take(request, company_id, sent)
        except Refusal as refusal:
            return _refused(request, refusal, sent)
        return _taken(request, form_key, result)


def _take(request: HttpRequest, company_id: int, sent: Mapping[str, object]) -> bool:
    """Record the lead; tell whether it is new."""
    intake = services.read_intake(
        sent,
        referrer=request.headers.get("Referer", ""),
        request_id=request.headers.get("Idempotency-Key", ""),
    )
    if intake.is_machine:
        log.info("form filled in by a machine", company=company_id)
        return True
    result = services.receive(
        actor=Actor.system(company_id, origin="form"),
        touch=intake.touch,
        now=timezone.now(),
        address=client_address(request),
    )
    return not result.is_repeated


def _sent(request: HttpRequest) -> Mapping[str, object]:
    """Return the fields of the body, whatever its kind."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > BODY_LIMIT:
        raise TooLarge(_("The form is too large."))
    try:
        if request.content_type == "application/json":
            read = json.loads(request.body)
            if not isinstance(read, dict):
                raise Unreadable(_("The body must be an object with the fields of the form."))
            return {str(name): value for name, value in read.items()}
        if request.content_type not in ("application/x-www-form-urlencoded", "multipart/form-data"):
            raise Unreadable(_("Send the form url-encoded, as multipart or as JSON."))
        return {name: ", ".join(map(str, values)) for name, values in request.POST.lists()}
    except RequestDataTooBig as error:
        raise TooLarge(_("The form is too large.")) from error
    except (ValueError, RecursionError, MultiPartParserError, TooManyFieldsSent) as error:
        raise Unreadable(_("The form could not be read.")) from error


def _throttle(request: HttpRequest, company_id: int) -> None:
    """Count the sendings of one address; the counters lie in the cache that all processes share."""
    limits = ((60, MOST_A_MINUTE), (3600, MOST_AN_HOUR))
    if counters.is_over(f"form:{company_id}:{counted_as(client_address(request))}", limits, now=timezone.now()):
        raise TooMany(_("Too many forms from one place. Wait a little and send again."))


def _taken(request: HttpRequest, form_key: str, is_new: bool) -> HttpResponse:
    if _is_script(request):
        return _shared(JsonResponse({"ok": True, "repeated": not is_new}, status=201 if is_new else 200))
    where = _own_page(request)
    if where:
        answer = HttpResponseRedirect(where)
        answer.status_code = 303
        return _shared(answer)
    return _shared(_page(request, {}, {}, status=200, done=True))


def _refused(request: HttpRequest, refusal: Refusal, sent: Mapping[str, object]) -> HttpResponse:
    if _is_script(request):
        body = {"ok": False, "code": refusal.code, "message": refusal.message, "fields": refusal.fields}
        return _shared(JsonResponse(body, status=refusal.status))
    problems = refusal.fields if isinstance(refusal, Invalid) else {}
    held = {name: str(value)[:2_000] for name, value in sent.items()}
    return _shared(_page(request, held, problems, status=refusal.status, message="" if problems else refusal.message))


def _is_script(request: HttpRequest) -> bool:
    return (
        request.content_type == "application/json"
        or wants_json(request)
        or request.headers.get("Sec-Fetch-Mode") == "cors"
    )


def _own_page(request: HttpRequest) -> str:
    """Return the page that the form asks to go to, when it lies on the site that sent the form."""
    where = request.POST.get("redirect", "")
    sender = urlsplit(request.headers.get("Origin") or request.headers.get("Referer", ""))
    try:
        target = urlsplit(where)
    except ValueError:
        return ""
    same = target.scheme in ("http", "https") and (target.scheme, target.netloc) == (sender.scheme, sender.netloc)
    return where if same and where.isprintable() and len(where) <= 1000 else ""


def _shared(response: HttpResponse) -> HttpResponse:
    """Let scripts of other sites read the answer; cookies are neither asked for nor read."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "POST, GET, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type, Accept, Idempotency-Key"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _page(
    request: HttpRequest,
    held: Mapping[str, str],
    problems: Mapping[str, str],
    *,
    status: int,
    message: str = "",
    done: bool = False,
) -> HttpResponse:
    company = accounts.get_company_rules()
    context = {
        "company": company,
        "held": held,
        "problems": problems,
        "message": message,
        "done": done,
        "action": reverse("people:lead-form", args=[company.form_key]),
        "honeypot": services.HONEYPOT,
    }
    return render(request, "people/lead_form.html", context, status=status)
