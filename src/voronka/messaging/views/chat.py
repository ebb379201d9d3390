"""The company's chat as its visitors see it: a page without an account, that writes without script too."""

import uuid
from collections.abc import Mapping
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.kit.live import tickets
from voronka.kit.live.views import answer as stream_of
from voronka.kit.origin import client_address
from voronka.kit.public_pages import language_of
from voronka.kit.screens import wants_json
from voronka.kit.tenancy import company_context
from voronka.messaging.models import Talk, TalkLine
from voronka.messaging.queries.chat import HoursNow, get_chat, hours_now, lines_shown
from voronka.messaging.queries.consents import newest_text
from voronka.messaging.queries.talks import list_departments
from voronka.messaging.rules.chat import MOST_TEXT, pieces, read_key
from voronka.messaging.services import chat as services
from voronka.people import services as people

COOKIE, COOKIE_AGE = "voronka_chat", 90 * 24 * 3600
FIELDS = ("text", "name", "contact", "consent", "department")


@require_http_methods(["GET", "POST"])
def chat(request: HttpRequest, form_key: str) -> HttpResponse:
    """Show the chat of a company; posted, add what the visitor wrote (again, it is there once)."""
    with _inside(request, form_key) as company_id:
        talk = _talk_of(request)
        if request.method == "GET":
            return _page(request, form_key, talk)
        try:
            _count(request, "write", company_id)
            sent = request.FILES.get("file")
            if sent is not None:
                _count(request, "file", company_id)
                source = cast("BinaryIO", sent.file)  # the stubs leave it open
                talk = services.bring(
                    talk=talk, written=_written(request), source=source, name=sent.name or "", now=timezone.now()
                )
            else:
                talk = services.write(talk=talk, written=_written(request), now=timezone.now())
        except Refusal as refusal:
            return _refused(request, form_key, talk, refusal)
        if wants_json(request):
            answer: HttpResponse = JsonResponse(_lines(request, form_key, talk, _number(request, "after")))
        else:
            answer = redirect(f"{reverse('messaging:chat', args=[form_key])}#end")
            answer.status_code = 303
        return _with_cookie(answer, form_key, talk)


@require_POST
def chat_lines(request: HttpRequest, form_key: str) -> HttpResponse:
    """Give the lines beyond `after` to the page that has the cookie; `seen` is the last one its visitor has read."""
    with _inside(request, form_key) as company_id:
        _count(request, "look", company_id)
        talk = _talk_of(request)
        if talk is None:
            raise Http404
        services.look(talk=talk, seen=_number(request, "seen"), now=timezone.now())
        return _private(JsonResponse(_lines(request, form_key, talk, _number(request, "after"))))


@require_POST
def chat_ticket(request: HttpRequest, form_key: str) -> HttpResponse:
    """Give the page with the cookie a ticket to its own talk, and to nothing else."""
    with _inside(request, form_key) as company_id:
        _count(request, "look", company_id)
        talk = _talk_of(request)
        if talk is None:
            raise Http404
        ticket = tickets.Ticket(company_id, 0, f"talk {talk.public_id}")
        return _private(stream_of(request, ticket, ["talk"]))


@require_POST
def chat_rate(request: HttpRequest, form_key: str) -> HttpResponse:
    """Keep what the visitor thinks of his talk that has ended."""
    with _inside(request, form_key) as company_id:
        talk = _talk_of(request)
        if talk is None:
            raise Http404
        try:
            _count(request, "write", company_id)
            rating = _number(request, "rating")
            services.rate(talk=talk, rating=rating, text=_typed(request, "rating_text", 2_000), now=timezone.now())
        except Refusal as refusal:
            return _refused(request, form_key, talk, refusal)
        answer = redirect(f"{reverse('messaging:chat', args=[form_key])}?lang={language_of(request)}#end")
        answer.status_code = 303
        return _private(answer)


@require_POST
def chat_move(request: HttpRequest, form_key: str) -> HttpResponse:
    """Give the visitor the address by which he goes on with his talk in Telegram, once: alone to the script."""
    with _inside(request, form_key) as company_id:
        talk = _talk_of(request)
        if talk is None:
            raise Http404
        try:
            _count(request, "write", company_id)
            url = services.offer_move(talk=talk, now=timezone.now())
        except Refusal as refusal:
            return _refused(request, form_key, talk, refusal)
        if wants_json(request):
            return _private(JsonResponse({"url": url}))
        return _page(request, form_key, talk, telegram=url)


@require_GET
def chat_file(request: HttpRequest, form_key: str, file_id: str) -> HttpResponse:
    """Hand a file of his own talk over to the visitor; a picture is shown in place."""
    with _inside(request, form_key) as company_id:
        _count(request, "look", company_id)
        talk = _talk_of(request)
        if talk is None:
            raise Http404
        try:
            found = services.file_answer(talk, file_id)
        except Refusal:
            raise Http404 from None
        answer = cast("HttpResponse", found)  # streamed, but an answer like any other
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer


@require_http_methods(["GET", "POST"])
def chat_leave(request: HttpRequest, form_key: str) -> HttpResponse:
    """Show the form for when nobody is there; posted, make it a request of the inbox."""
    with _inside(request, form_key) as company_id:
        talk = _talk_of(request)
        if request.method == "GET":
            return _page(request, form_key, talk, leaves=True)
        try:
            _count(request, "write", company_id)
            if not request.POST.get(people.HONEYPOT):  # only a machine fills in what nobody sees; it is told nothing
                services.leave_request(
                    actor=Actor.system(company_id, origin="chat"), written=_written(request), talk=talk,
                    consent=bool(request.POST.get("consent")), now=timezone.now(),
                    page=request.build_absolute_uri(reverse("messaging:chat", args=[form_key])),
                )  # fmt: skip
        except Refusal as refusal:
            return _refused(request, form_key, talk, refusal, leaves=True)
        return _page(request, form_key, talk, leaves=True, is_left=True)


class _inside:  # noqa: N801 - it reads as what it does
    """Enter the company of a chat's address in the visitor's language. Raises Http404."""

    def __init__(self, request: HttpRequest, form_key: str) -> None:
        company_id = accounts.company_of_form(form_key)
        if company_id is None:
            raise Http404
        self.company_id = company_id
        self.language = translation.override(language_of(request))
        self.company = company_context(company_id, origin="chat")

    def __enter__(self) -> int:
        self.language.__enter__()
        self.company.__enter__()
        return self.company_id

    def __exit__(self, *error: Any) -> None:  # as the language has it
        self.company.__exit__(*error)
        self.language.__exit__(*error)


def _talk_of(request: HttpRequest) -> Talk | None:
    return services.find_talk(request.COOKIES.get(COOKIE, "")[:100])


def _count(request: HttpRequest, what: str, company_id: int) -> None:
    services.count_try(what, company_id=company_id, address=client_address(request), now=timezone.now())


def _typed(request: HttpRequest, name: str, most: int) -> str:
    return request.POST.get(name, "")[:most].replace("\0", "")


def _written(request: HttpRequest) -> services.Written:
    def typed(name: str, most: int) -> str:
        return _typed(request, name, most)

    return services.Written(
        key=read_key(request.POST.get("key", "")) or uuid.uuid4(),
        text=typed("text", 4 * MOST_TEXT),
        choice=typed("choice", 20),
        department=typed("department", 20),
        consent=bool(request.POST.get("consent")),
        name=typed("name", 400),
        contact=typed("contact", 400),
        language=language_of(request),
        address=client_address(request),
    )


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


_LINK = '<a class="v-link" href="{}" target="_blank" rel="noopener noreferrer nofollow ugc">{}</a>'


def linked(text: str) -> SafeString:
    """Return a text as markup: its addresses of the web are links, all else stands as it was written."""
    parts = (format_html(_LINK, one.href, one.text) if one.href else one.text for one in pieces(text))
    return format_html_join("", "{}", ((part,) for part in parts))


def line_rows(lines: list[TalkLine], zone: str) -> list[dict[str, Any]]:
    """Return lines as the pages of the chat show them; texts with links."""
    return [
        {
            "line": one,
            "text": linked(services.text_beside(one)),
            "goods": services.goods_shown(one.goods, translation.get_language() or "ru") if one.goods else None,
            "clock": wording.clock(one.at, zone),
            "name": one.author.first_name if one.author else "",
            "size": filesizeformat(one.file["size"]) if one.file else "",
        }
        for one in lines
    ]


def _lines(request: HttpRequest, form_key: str, talk: Talk, after: int) -> dict[str, Any]:
    rows = lines_shown(talk, after=after)
    zone = accounts.get_company_rules().zone
    context = {"rows": line_rows(rows, zone), "form_key": form_key}
    return {
        "html": render_to_string("messaging/chat/_lines.html", context),
        "last": rows[-1].number if rows else after,
        "end": render_to_string("messaging/chat/_end.html", _end(form_key, talk), request),
    }


def _end(form_key: str, talk: Talk | None) -> dict[str, Any]:
    """Return what is asked of the visitor when his talk has ended."""
    is_asked = talk is not None and talk.state == "closed" and get_chat().asks_rating
    return {"form_key": form_key, "talk": talk, "asks_rating": is_asked, "marks": range(1, 6)}


def _page(
    request: HttpRequest,
    form_key: str,
    talk: Talk | None,
    *,
    status: int = 200,
    held: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    message: str = "",
    leaves: bool = False,
    is_left: bool = False,
    telegram: str = "",
) -> HttpResponse:
    settings_row, rules, now = get_chat(), accounts.get_company_rules(), timezone.now()
    if not settings_row.is_on:
        return _private(render(request, "messaging/chat/off.html", {"lang": language_of(request)}, status=404))
    hours = hours_now(now)
    rows = lines_shown(talk) if talk is not None else []
    # Nobody there and nothing begun: what is left here becomes a request. A talk that has begun may be gone on with.
    begins = services.offers(now) if talk is None else []
    speaks = services.is_speaking(settings_row, now)
    asks = talk is None and services.would_speak(now)
    is_away = leaves or (not hours.is_open and talk is None and not speaks and not asks)
    offered = list_departments(offered=True) if talk is None else []
    read = newest_text("personal_data", "any") if settings_row.asks_first and talk is None else None
    context = {
        "lang": language_of(request),
        "other": "ru" if language_of(request) == "en" else "en",
        "company": rules,
        "chat": settings_row,
        "form_key": form_key,
        "rows": line_rows(rows, rules.zone),
        "last": rows[-1].number if rows else 0,
        "talk": talk,
        "is_open": hours.is_open,
        "when": _when(hours, language_of(request)),
        "hello": services.hello() if (speaks or begins) and talk is None else "",
        "begins": begins,
        "is_away": is_away,
        "is_left": is_left,
        "asks_who": settings_row.asks_first and talk is None,
        "departments": [(one.public_id, one.name) for one in offered] if len(offered) > 1 else [],
        "consent_text": read.text if read is not None else "",
        "most_mib": services.MOST_MIB,
        "can_move": (talk is None or talk.blocked_at is None) and bool(services.telegram_name()),
        "telegram": telegram,
        **_end(form_key, talk),
        "held": held or {},
        "problems": problems or {},
        "message": message,
        "key": uuid.uuid4(),
        "most": MOST_TEXT,
        "honeypot": people.HONEYPOT,
    }
    return _private(render(request, "messaging/chat/visitor.html", context, status=status))


def _when(hours: HoursNow, language: str) -> str:
    """Return till when somebody answers, or from when, by the company's clock."""
    if hours.until is None:
        return ""
    clock = wording.clock(hours.until, hours.zone)
    if hours.is_open:
        return _("we answer till %(clock)s") % {"clock": clock}
    zone = ZoneInfo(hours.zone)
    day = wording.day(hours.until.astimezone(zone).date(), timezone.now().astimezone(zone).date(), language)
    return _("we answer from %(clock)s, %(day)s") % {"clock": clock, "day": day}


def _refused(
    request: HttpRequest, form_key: str, talk: Talk | None, refusal: Refusal, *, leaves: bool = False
) -> HttpResponse:
    if wants_json(request):
        body = {"message": refusal.message, "code": refusal.code, "fields": dict(refusal.fields)}
        return _private(JsonResponse(body, status=refusal.status))
    held = {name: request.POST.get(name, "")[: 4 * MOST_TEXT] for name in FIELDS}
    message = "" if refusal.fields else refusal.message
    return _page(
        request, form_key, talk, status=refusal.status, held=held, problems=refusal.fields, message=message,
        leaves=leaves,
    )  # fmt: skip


def _with_cookie(answer: HttpResponse, form_key: str, talk: Talk) -> HttpResponse:
    answer.set_cookie(
        COOKIE,
        services.talk_token(talk),
        max_age=COOKIE_AGE,
        path=reverse("messaging:chat", args=[form_key]),
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
