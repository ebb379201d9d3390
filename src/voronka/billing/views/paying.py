"""Pages for whoever holds a link: the invoice and its payment, the sandbox, where providers send notices."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import cast

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.billing import ports
from voronka.billing.models import Document, OnlinePayment
from voronka.billing.queries import papers
from voronka.billing.services import links, online, providers, sandbox
from voronka.kit.errors import NotFound
from voronka.kit.files import file_response
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import company_context

MOST_NOTICE = 64 * 1024


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _by_link(sign: str) -> Iterator[int]:
    """Enter the company of a link and give its row's id. Raises Http404 for one that never was."""
    found = links.company_of(sign)
    if found is None:
        raise Http404
    with company_context(found[0], origin="pay link"):
        yield found[1]


# A provider is spoken to between transactions, so this page makes its own.
@transaction.non_atomic_requests
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, sign: str) -> HttpResponse:
    """Show an invoice to whoever holds its link; posted, lead to the provider."""
    with _by_link(sign) as link_id:
        if request.method == "POST":
            back = request.build_absolute_uri(reverse("billing:pay", args=[sign]))
            address = online.start(link_id=link_id, back_url=back, now=_now())
            if address.startswith("/"):
                return redirect(address)
            # Forms may lead to our own pages only (the policy of contents), so another site is gone to by a page.
            with transaction.atomic():
                away = _private(render(request, "billing/pay_away.html", {"address": address}))
                away.headers["Refresh"] = f"0; url={address}"
                return away
        with transaction.atomic():
            return _private(_page(request, sign, link_id))


def _page(request: HttpRequest, sign: str, link_id: int) -> HttpResponse:
    document = links.open_link(link_id).document
    tries = online.tries_of(document.pk)
    waits = next((one for one in tries if one.state in online.OPEN), None)
    left = document.amount - document.paid
    holds = document.state == Document.State.ISSUED
    provider = providers.provider_on()
    issued = papers.issued_of(document)
    lines = document.body.get("lines", [])
    context = {
        "sign": sign,
        "row": document,
        "left": left,
        "seller": issued["seller"].get("name", ""),
        "what": document.title,
        "lines": lines[:20],
        "more": max(0, len(lines) - 20),
        "holds": holds,
        "is_paid": left <= 0,
        "waits": waits if left > 0 else None,
        "declined": left > 0 and bool(tries) and tries[0].state == OnlinePayment.State.DECLINED,
        "may_pay": holds and left > 0 and provider is not None and document.currency == "RUB",
        "is_real": provider is None or ports.gateway_kind(provider.kind).is_real,
        "has_file": document.versions.filter(version=document.version).exclude(file="").exists(),
    }
    response = render(request, "billing/pay.html", context)
    if context["waits"]:
        response.headers["Refresh"] = "5"
    return response


@require_GET
def pay_file(request: HttpRequest, sign: str) -> HttpResponse:
    """Give the kept file of the invoice to whoever holds its link."""
    with _by_link(sign) as link_id:
        document = links.open_link(link_id).document
        kept = document.versions.filter(version=document.version).values_list("file", flat=True).first()
        file = StoredFile.objects.filter(public_id=kept).first() if kept else None
        if file is None:
            raise NotFound("")
        return _private(cast("HttpResponse", file_response(file)))


def _private(response: HttpResponse) -> HttpResponse:
    """Keep a page with a secret in its address out of caches, search engines and other sites' logs."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@csrf_exempt
@require_POST
def hook(request: HttpRequest, key: str) -> HttpResponse:
    """Take a provider's notice. What is forged is refused; what is about nothing of ours is taken and forgotten."""
    found = online.company_of_hook(key)
    if found is None:
        raise Http404
    length = request.headers.get("content-length", "0")
    try:
        body = request.body if length.isdecimal() and int(length) <= MOST_NOTICE else None
    except RequestDataTooBig:
        body = None
    if body is None:
        return HttpResponse(status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    with company_context(found[0], origin="provider"):
        try:
            online.take_notice(provider_id=found[1], headers=headers, body=body, now=_now())
        except ports.Forged:
            return HttpResponse(status=400)
    return HttpResponse(status=200)


@require_http_methods(["GET", "POST"])
def sandbox_page(request: HttpRequest, outer_id: str) -> HttpResponse:
    """Show a payment of the sandbox; posted, pay or decline it, with a notice to the shop or without."""
    found = sandbox.company_of(outer_id)
    if found is None:
        raise Http404
    with company_context(found[0], origin="sandbox"):
        row = sandbox.look(found[1])
        if request.method == "POST":
            act = request.POST.get("act", "")
            if act in ("pay", "quiet", "decline"):
                sandbox.press(row.pk, is_paid=act != "decline", tells=act != "quiet", now=_now())
            return redirect(row.back_url if row.back_url.startswith(("https://", "http://")) else request.path)
        return _private(render(request, "billing/sandbox.html", {"row": row}))
