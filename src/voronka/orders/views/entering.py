"""An order is taken: client, goods with what is free, delivery, the day; one key places it. Changed the same way."""

from dataclasses import replace
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.orders import services
from voronka.orders.models import Order
from voronka.orders.permissions import CHANGE, MAKE
from voronka.orders.queries.orders import get_order
from voronka.orders.services import entering, mail
from voronka.orders.services.addresses import keep_delivery
from voronka.orders.services.drafts import draft_of
from voronka.orders.services.entering import NewClient
from voronka.orders.services.placing import OnShort
from voronka.orders.views import letters
from voronka.orders.views.entry_form import form_context, may_keep_address, offers_for, people_for, sum_of
from voronka.orders.views.typed import (
    Typed,
    begun,
    change_form,
    client_of,
    draft_from,
    form_of,
    hidden_from,
    operation_of,
    read_form,
)
from voronka.orders.views.words import posted
from voronka.people import queries as people


@signed_in
@require_http_methods(["GET", "POST"])
def order_new(request: HttpRequest) -> HttpResponse:
    """Take a new order: every press sends the whole form and gets it back, until it is placed."""
    actor, now = actor_of(request), timezone.now()
    actor.require(MAKE, owner_id=actor.employee_id)
    if request.method == "GET":
        return _begun(request, actor, now)
    typed = read_form(posted(request))
    act = request.POST.get("act", "find")
    if act != "place":
        change_form(typed, act, actor)
        return _form(request, actor, typed, now)
    try:
        order = _place(typed, actor, now)
    except Refusal as wrong:
        if wrong.status not in (409, 422):
            raise
        return _form(request, actor, typed, now, refused=wrong)
    _keep_address(order, typed, actor, now)
    messages.success(request, _("Placed: № %(number)d") % {"number": order.number})
    return gone(request, reverse("orders:order", args=[order.public_id]))


def _begun(request: HttpRequest, actor: Actor, now: datetime) -> HttpResponse:
    """Show the form of a new order, with the letter it is begun with where one is named."""
    typed, named = begun(request, actor), request.GET.get("letter", "")
    if named.isalnum():
        row = mail.get_letter(actor, named[:20])
        if row.state != row.State.WAITING:
            return redirect("orders:letter", row.public_id)
        letters.begin_with(typed, row, actor)
    return _form(request, actor, typed, now)


@signed_in
@require_http_methods(["GET", "POST"])
def order_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change an order: its lines, delivery, day."""
    actor, now = actor_of(request), timezone.now()
    order = get_order(actor, public_id)
    owner = order.responsible
    actor.require(CHANGE, owner_id=order.responsible_id, team_id=owner.team_id if owner else None)
    if request.method == "GET":
        return _form(request, actor, form_of(order, actor), now, order=order)
    typed = read_form(posted(request))
    act = request.POST.get("act", "find")
    if act != "place":
        change_form(typed, act, actor)
        return _form(request, actor, typed, now, order=order)
    try:
        order = _changed(order, typed, actor, now)
    except Refusal as wrong:
        if wrong.status not in (409, 422):
            raise
        return _form(request, actor, typed, now, order=order, refused=wrong)
    _keep_address(order, typed, actor, now)
    messages.success(request, _("Changed: № %(number)d") % {"number": order.number})
    return gone(request, reverse("orders:order", args=[order.public_id]))


@signed_in
@require_POST
def entry_goods(request: HttpRequest) -> HttpResponse:
    """Find goods while they are typed, with what is free of them."""
    actor, now = actor_of(request), timezone.now()
    actor.require(MAKE, owner_id=actor.employee_id)
    typed = read_form(posted(request))
    context = {"offers": offers_for(actor, typed, now), "asked": typed.fields["goods"].strip()}
    return render(request, "orders/_entry_goods.html", context)


@signed_in
@require_POST
def entry_clients(request: HttpRequest) -> HttpResponse:
    """Find clients while a name or a phone is typed."""
    actor = actor_of(request)
    actor.require(MAKE, owner_id=actor.employee_id)
    typed = read_form(posted(request))
    return render(request, "orders/_entry_clients.html", people_for(actor, typed))


@signed_in
@require_POST
def entry_sum(request: HttpRequest) -> HttpResponse:
    """Count the order as it is typed: sums, what is short, where from, for when, what it is like."""
    actor, now = actor_of(request), timezone.now()
    actor.require(MAKE, owner_id=actor.employee_id)
    typed = read_form(posted(request))
    return render(request, "orders/_entry_sum.html", sum_of(actor, typed, now))


def gone(request: HttpRequest, target: str) -> HttpResponse:
    """Lead to another page, also where the form was sent by script."""
    if not wants_fragment(request):
        return redirect(target)
    response = HttpResponse(status=200)
    response.headers["HX-Redirect"] = target
    return response


def _keep_address(order: Order, typed: Typed, actor: Actor, now: datetime) -> None:
    if typed.fields["keep_address"] and may_keep_address(actor, people.get_client(actor, order.client.public_id)):
        keep_delivery(order, actor=actor, now=now)


def _place(typed: Typed, actor: Actor, now: datetime) -> Order:
    fields = typed.fields
    client, row = client_of(typed, actor), letters.letter_of_form(typed, actor)
    new = None
    if client is None:
        new = NewClient(fields["new_name"][:300], fields["new_phone"][:60], fields["city"][:120])
        if not fields["is_new"]:
            message = _("Choose the client, or write a new one down.")
            raise Invalid(message, fields={"who": message})
    on_short: OnShort = "backorder" if fields["backorder"] else "refuse"
    if row is not None:
        named = letters.named_by(row, typed)
        draft = draft_from(typed, actor, client.pk if client else 0)
        return mail.place_letter(
            row.public_id, draft, actor=actor, now=now, place_by_hand=fields["place"][:20], on_short=on_short,
            new_client=letters.sender_of(row, fields) if new else None, named=named,
        )  # fmt: skip
    return entering.enter(
        draft_from(typed, actor, client.pk if client else 0), actor=actor, now=now, operation=operation_of(fields),
        new_client=new, place_by_hand=fields["place"][:20], on_short=on_short,
    )  # fmt: skip


def _changed(order: Order, typed: Typed, actor: Actor, now: datetime) -> Order:
    fields = typed.fields
    wanted = draft_from(typed, actor, order.client_id)
    kept = {name: getattr(order, name) for name in hidden_from(actor)}  # what he was not shown stays
    wanted = replace(wanted, **kept)
    old = draft_of(order, list(order.lines.order_by("position")))
    draft = replace(
        old, lines=wanted.lines, delivery=wanted.delivery, payment=wanted.payment, discount=wanted.discount,
        delivery_cost=wanted.delivery_cost, address=wanted.address, city=wanted.city, comment=wanted.comment,
        delivery_on=wanted.delivery_on, delivery_from=wanted.delivery_from, delivery_to=wanted.delivery_to,
        recipient_name=wanted.recipient_name, recipient_phone=wanted.recipient_phone,
        promised_at=wanted.promised_at, promo=wanted.promo,
    )  # fmt: skip
    version = fields["version"]
    return services.change(
        order.public_id, draft, actor=actor, now=now,
        version=int(version) if version.isdecimal() and len(version) < 10 else 0,
        on_short="backorder" if fields["backorder"] else "refuse",
    )  # fmt: skip


def _form(
    request: HttpRequest, actor: Actor, typed: Typed, now: datetime, *, order: Order | None = None,
    refused: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    context = form_context(actor, typed, now, order=order, refused=refused)
    is_letter = context["letter"] is not None
    context |= {
        "action": reverse("orders:order-change", args=[order.public_id]) if order else reverse("orders:order-new"),
        "back": reverse("orders:order", args=[order.public_id])
        if order
        else reverse("orders:letters" if is_letter else "orders:order-list"),
    }
    template = "orders/_entry_form.html" if wants_fragment(request) else "orders/entry.html"
    return render(request, template, context, status=422 if refused else 200)
