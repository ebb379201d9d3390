"""Feeds out: the files themselves by their secret addresses, and the settings of them."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date, parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from voronka.accounts import queries as accounts
from voronka.catalogue.forms import FeedForm, take, typed
from voronka.catalogue.models import Feed
from voronka.catalogue.permissions import SET_UP_PRICES
from voronka.catalogue.queries import feeds as queries
from voronka.catalogue.queries.goods import list_kinds
from voronka.catalogue.services import feeds as services
from voronka.catalogue.services.feeds import FeedDraft, Handed
from voronka.catalogue.views.settings import page_of, tabs_of
from voronka.kit.files import file_response
from voronka.kit.models import StoredFile
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.tenancy import company_context

_SOON = "30"  # seconds after which a file that is being put together may be asked for again


# A file of many megabytes is read in a transaction of its own, and handed out behind it.
@transaction.non_atomic_requests
@require_safe
def feed_file(request: HttpRequest, key: str, code: str) -> HttpResponseBase:
    """Give a feed's file to whoever knows its address; 304 for one that the reader has, 503 while there is none yet."""
    found = services.open_by(key, code)
    if found is None:
        raise Http404
    known = {one.strip('"') for one in parse_etags(request.headers.get("If-None-Match", ""))}
    packs = _takes_gzip(request)
    known_sign = next((one.removesuffix("-gz") for one in known if one.endswith("-gz") == packs), "")
    with company_context(found[0], origin="feed"):
        handed = services.hand_out(
            found[1], code, known=known_sign, with_file=request.method == "GET", now=timezone.now()
        )
        is_on = handed is not None or services.is_expected(found[1], code)
    if handed is None:
        if not is_on:
            raise Http404
        return HttpResponse(status=503, headers={"Retry-After": _SOON})
    return _answer(handed, known, packs=packs, is_head=request.method == "HEAD")


def _answer(handed: Handed, known: set[str], *, packs: bool, is_head: bool) -> HttpResponseBase:
    sign = f"{handed.sign}-gz" if packs else handed.sign
    answer: HttpResponseBase
    if "*" in known or sign in known:
        answer = HttpResponseNotModified()
    elif is_head:
        answer = HttpResponse(content_type=handed.content_type)
        if not packs:
            answer.headers["Content-Length"] = str(handed.size)
    elif packs:
        answer = HttpResponse(handed.packed(), content_type=handed.content_type)
        answer.headers["Content-Encoding"] = "gzip"
    else:
        answer = StreamingHttpResponse(handed.plain(), content_type=handed.content_type)
        answer.headers["Content-Length"] = str(sum(one.size for one in handed.pieces))
    answer.headers["ETag"] = f'"{sign}"'
    answer.headers["Last-Modified"] = http_date(handed.changed_at.timestamp())
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _takes_gzip(request: HttpRequest) -> bool:
    for one in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _semicolon, weight = one.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


@transaction.non_atomic_requests
@require_safe
def feed_picture(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Give a picture that a feed names, while its product is on sale."""
    company_id = services.company_of_picture(public_id)
    if company_id is None:
        raise Http404
    with company_context(company_id, origin="feed"), transaction.atomic():
        picture = services.picture_of(public_id)
        file = StoredFile.objects.filter(pk=picture.file_id).first() if picture else None
        if file is None:
            raise Http404
        answer = file_response(file)
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@signed_in
@require_GET
def feed_list(request: HttpRequest) -> HttpResponse:
    """Show the feeds with the state of their files."""
    actor_of(request).require(SET_UP_PRICES)
    context = {"tabs": tabs_of("feeds"), "rows": queries.list_feeds()}
    return render(request, "catalogue/feeds.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def feed_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Make a feed, or show one with its address and the beginning of its file, and change it."""
    actor = actor_of(request)
    actor.require(SET_UP_PRICES)
    feed = services.get_feed(actor, public_id) if public_id else None
    kinds = [(one.code, one.name) for one in list_kinds()]
    form = FeedForm(typed(request), initial=_initial(feed), kinds=kinds)
    made: list[Feed] = []

    def save() -> None:
        draft = FeedDraft(**form.cleaned_data, base=request.build_absolute_uri("/"))
        made.append(services.save_feed(actor=actor, draft=draft, public_id=public_id, now=timezone.now()))

    if request.method == "POST" and take(form, save):
        messages.success(request, _("Saved"))
        return redirect("catalogue:feed", made[0].public_id)
    context: dict[str, Any] = {
        "form": form, "feed": feed, "title": feed.name if feed else _("New feed"), "back": reverse("catalogue:feeds"),
        "way": page_of("feeds"),
    }  # fmt: skip
    if feed is not None:
        row = queries.feed_row(feed)
        key, _dot, code = services.address_of(feed).rpartition(".")
        context |= {"row": row, "preview": queries.preview_of(row)}
        context["link"] = request.build_absolute_uri(reverse("catalogue:feed-file", args=[key, code]))
    return render(request, "catalogue/feed.html", context, status=422 if form.errors else 200)


def _initial(feed: Feed | None) -> dict[str, object]:
    if feed is None:
        return {"is_on": True, "format": "yml", "shop_name": accounts.get_company_rules().name[:100]}
    names = ("name", "format", "only_available", "with_count", "shop_name", "site", "page", "is_on")
    found = {name: getattr(feed, name) for name in names}
    return found | {"kind": feed.kind.code, "categories": queries.categories_of(feed)}


@signed_in
@require_POST
def feed_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a feed a new address, put its file together anew, or take the feed away: `act` says which."""
    actor, act = actor_of(request), request.POST.get("act", "")
    if act == "delete":
        services.delete_feed(actor=actor, public_id=public_id)
        messages.success(request, _("The feed is gone, its address opens nothing any more"))
        return redirect("catalogue:feeds")
    if act == "address":
        services.renew_address(actor=actor, public_id=public_id)
        messages.success(request, _("The feed has a new address"))
    else:
        services.get_feed(actor, public_id)
        services.mark_stale()
        messages.success(request, _("The file is being put together anew"))
    return redirect("catalogue:feed", public_id)
