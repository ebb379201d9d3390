"""The client's own page of his order. Who has the link is the client: there is no session, and no other key."""

import uuid
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from io import BytesIO
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.files import attachment
from voronka.kit.public_pages import LANGUAGES, is_over, language_of, private, refused
from voronka.kit.tenancy import company_context
from voronka.loyalty.services import referring
from voronka.orders import ports, services
from voronka.orders.client_page.showing import page_context
from voronka.orders.models import Order
from voronka.orders.queries.orders import WITH, card_of
from voronka.orders.services import client_acts, client_changes
from voronka.orders.services.client_changes import Recounted, Wish
from voronka.orders.services.returning import Back
from voronka.people.services import HONEYPOT

PAGE = "order-page"  # as limits count it
Shown = Callable[[HttpRequest, Order, str, Actor], HttpResponse]


def wrong_link(request: HttpRequest) -> HttpResponse:
    """Say that a link leads nowhere."""
    return refused(request, 404, _("The link is wrong or holds no more. Ask the shop for a new one."))


def opened(request: HttpRequest, token: str, what: str, show: Shown) -> HttpResponse:
    """Find the order of a link and show something of it, in its company.

    Every wrong link is looked for in the same way and answered in the same words. Raises nothing: refusals are pages.
    """
    with translation.override(language_of(request)):
        if is_over(PAGE, request, what) or is_over(PAGE, request, "wrong", counts=False):
            return refused(request, 429, _("Too many requests from one place. Wait a little and try again."))
        found = services.order_of_link(token if token.isascii() and len(token) <= 200 else "-")
        if found is None:
            is_over(PAGE, request, "wrong")
            return wrong_link(request)
        company_id, order_id = found
        with company_context(company_id, origin="client page"):
            order = Order.objects.select_related(*WITH).get(pk=order_id)
            return private(show(request, order, token, Actor.system(company_id, origin="client page")))


@require_GET
def client(request: HttpRequest, token: str) -> HttpResponse:
    """Show the order."""
    return opened(request, token, "look", lambda asked, order, key, _actor: _page(asked, order, key))


def _page(
    request: HttpRequest, order: Order, token: str, *, status: int = 200, why: str = "", act: str = "", **held: Any
) -> HttpResponse:
    lang = language_of(request)
    host = f"{request.scheme}://{request.get_host()}"
    context = page_context(card_of(order), token, lang=lang, now=timezone.now(), host=host, held=held)
    done = request.GET.get("done", "") if not why else ""
    context |= {
        "lang": lang,
        "other": "en" if lang == "ru" else "ru",
        "said": _said(done, order),
        "why": why,
        "opened": act or ("friend" if done == "friend" else request.GET.get("open", "")),
        "held": held,
        "operation": str(uuid.uuid4()),
        "honeypot": HONEYPOT,
    }
    return render(request, "orders/client/order.html", context, status=status)


def _said(done: str, order: Order) -> str:
    """Return the words about what was just done: only what is true of the order is said."""
    if done == "cancel" and order.phase == "cancelled":
        return _("The order is cancelled.")
    return {
        "change": _("Changed: this is how your order is now."),
        "back": _("We have your wish to give it back, and will answer."),
        "rate": _("Thank you: it helps."),
        "new": _("Thank you! We have your order."),
        "friend": _("Here is your link: send it to your friends."),
    }.get(done, "")


def _acted(request: HttpRequest, token: str, act: str, do: Callable[[Order, Actor], str]) -> HttpResponse:
    """Do something with the order and go back to its page; what is refused is told there."""

    def show(asked: HttpRequest, order: Order, key: str, actor: Actor) -> HttpResponse:
        try:
            where = do(order, actor)
        except Refusal as refusal:
            words = " ".join(dict.fromkeys(refusal.fields.values())) if isinstance(refusal, Invalid) else ""
            held = {name: str(value)[:2_000] for name, value in asked.POST.items() if name != "recounted"}
            if isinstance(refusal, Recounted):
                held["recounted"] = str(refusal.total)
            fresh = Order.objects.select_related(*WITH).get(pk=order.pk)
            return _page(asked, fresh, key, status=refusal.status, why=words or refusal.message, act=act, **held)
        answer = redirect(where)
        answer.status_code = 303
        return answer

    return opened(request, token, "act", show)


def page_address(token: str, done: str, request: HttpRequest) -> str:
    """Return the address of a page that says what was done."""
    lang = f"&lang={request.GET['lang']}" if request.GET.get("lang") in LANGUAGES else ""
    return f"{reverse('orders:client', args=[token])}?done={done}{lang}"


def operation_of(request: HttpRequest) -> uuid.UUID:
    """Return the id of a form that was sent: sent twice, it is one act. Raises Invalid."""
    try:
        return uuid.UUID(request.POST.get("operation", ""))
    except ValueError:
        raise Invalid(_("The page is broken: reload it and try again.")) from None


@csrf_exempt  # the link itself is the key: no cookie gives anybody anything here
@require_POST
def client_cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Cancel the order."""

    def do(order: Order, actor: Actor) -> str:
        cause = request.POST.get("cause", "")[:300]
        client_acts.cancel_by_client(order.public_id, cause, actor=actor, now=timezone.now())
        return page_address(token, "cancel", request)

    return _acted(request, token, "cancel", do)


@csrf_exempt
@require_POST
def client_change(request: HttpRequest, token: str) -> HttpResponse:
    """Change the order; where it comes to another sum than its client saw, show that sum and ask again."""

    def do(order: Order, actor: Actor) -> str:
        version, agreed = request.POST.get("version", ""), request.POST.get("agreed", "")
        client_changes.change_by_client(
            order.public_id, _wish(request), agreed=_sum(agreed), actor=actor, now=timezone.now(),
            version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0,
        )  # fmt: skip
        return page_address(token, "change", request)

    return _acted(request, token, "change", do)


def _sum(text: str) -> Decimal:
    """Return the sum that the page has shown; a broken one is none that an order could come to."""
    whole, _dot, part = text.partition(".")
    good = whole.isascii() and whole.isdecimal() and len(whole) < 16 and part.isascii() and part.isdecimal()
    return Decimal(f"{whole}.{part[:2]}") if good else Decimal(-1)


def _wish(request: HttpRequest) -> Wish:
    """Read how the client wants his order. Raises Invalid."""

    def typed(name: str, most: int) -> str | None:
        return request.POST[name][: 2 * most].replace("\0", "") if name in request.POST else None

    day = None
    if said := (typed("day", 10) or "").strip():
        try:
            day = date.fromisoformat(said)
        except ValueError:
            raise Invalid(_("This is not a day."), fields={"day": _("This is not a day.")}) from None
    hours: tuple[time, time] | tuple[()] | None = None
    if (said_hours := typed("hours", 11)) is not None:
        try:
            since, until = (time.fromisoformat(one) for one in said_hours.split("-")) if said_hours else (None, None)
        except ValueError:
            raise Invalid(_("Choose one of the list."), fields={"hours": _("Choose one of the list.")}) from None
        hours = (since, until) if since is not None and until is not None else ()
    return Wish(
        day=day, hours=hours, city=typed("city", 120), address=typed("address", 500),
        keep_address=bool(typed("keep_address", 1)), recipient_name=typed("recipient_name", 200) or "",
        recipient_phone=typed("recipient_phone", 40) or "", comment=typed("wish", 2_000) or "",
        quantities=_quantities(request),
    )  # fmt: skip


def _quantities(request: HttpRequest) -> dict[int, Decimal]:
    """Return how many of each line are wanted; an empty place leaves the line as it is. Raises Invalid."""
    found = {}
    for name in list(request.POST)[:1_100]:
        position, text = name.removeprefix("line-"), request.POST.get(name, "").strip()
        if name.startswith("line-") and text and position.isascii() and position.isdecimal() and len(position) <= 6:
            found[int(position)] = read_quantity(text)
    return found


@csrf_exempt
@require_POST
def client_return(request: HttpRequest, token: str) -> HttpResponse:
    """Ask to give something back."""

    def do(order: Order, actor: Actor) -> str:
        goods = _returned(request)
        reason = request.POST.get("reason", "")[:1_000]
        client_acts.return_by_client(
            order.public_id, goods, reason, actor=actor, now=timezone.now(), operation=operation_of(request)
        )
        return page_address(token, "back", request)

    return _acted(request, token, "back", do)


def _returned(request: HttpRequest) -> list[Back]:
    """Return how many of each line come back. Raises Invalid."""
    goods = []
    for name in list(request.POST)[:1_100]:
        position, text = name.removeprefix("line-"), request.POST.get(name, "").strip()
        if not name.startswith("line-") or not text or not (position.isascii() and position.isdecimal()):
            continue
        if len(position) > 6:
            raise Invalid(
                _("There is no such line in the order."), fields={"lines": _("There is no such line in the order.")}
            )
        quantity = read_quantity(text)
        if quantity:
            goods.append(Back(int(position), quantity))
    return goods


def read_quantity(text: str) -> Decimal:
    """Return a quantity as people type it. Raises Invalid."""
    bare = "".join(text.split()).replace(",", ".")
    whole, _dot, part = bare.partition(".")
    good = whole.isascii() and whole.isdecimal() and len(whole) <= 8 and len(part) <= 3
    if not good or (part and not (part.isascii() and part.isdecimal())):
        raise Invalid(_("Say how many."), fields={"quantity": _("Say how many.")})
    return Decimal(bare.rstrip("."))


@csrf_exempt
@require_POST
def client_repeat(request: HttpRequest, token: str) -> HttpResponse:
    """Order the same again and show the new order."""

    def do(order: Order, actor: Actor) -> str:
        made = client_acts.repeat_by_client(
            order.public_id, actor=actor, now=timezone.now(), operation=operation_of(request)
        )
        return page_address(services.token_of(made), "new", request)

    return _acted(request, token, "repeat", do)


@csrf_exempt
@require_POST
def client_rate(request: HttpRequest, token: str) -> HttpResponse:
    """Keep what the client thinks of the order."""

    def do(order: Order, actor: Actor) -> str:
        stars = request.POST.get("stars", "")
        client_acts.rate(
            order.public_id, int(stars) if stars in ("1", "2", "3", "4", "5") else 0, request.POST.get("words", ""),
            actor=actor, now=timezone.now(),
        )  # fmt: skip
        return page_address(token, "rate", request)

    return _acted(request, token, "rate", do)


@csrf_exempt
@require_POST
def client_friend(request: HttpRequest, token: str) -> HttpResponse:
    """Give the client his link for friends."""

    def do(order: Order, actor: Actor) -> str:
        referring.make_link(actor=actor, client_id=order.client_id, now=timezone.now())
        return page_address(token, "friend", request)

    return _acted(request, token, "friend", do)


@require_http_methods(["GET"])
def client_paper(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """Give a paper of the order as a file."""

    def show(asked: HttpRequest, order: Order, _token: str, _actor: Actor) -> HttpResponse:
        found = ports.open_paper(order.pk, key[:200])
        if found is None:
            return wrong_link(asked)
        answer = attachment(BytesIO(found.body), found.name, content_type=found.content_type)
        return cast("HttpResponse", answer)  # a file is one to whoever asked

    return opened(request, token, "look", show)
