"""An order is taken: client, goods with what is free, delivery, the day; one key places it. Changed the same way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.catalogue import queries as catalogue
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.loyalty import services as loyalty
from voronka.orders import services
from voronka.orders.models import Order
from voronka.orders.permissions import CHANGE, MAKE
from voronka.orders.queries.lists import likes_of
from voronka.orders.queries.orders import get_order, list_delivery, list_payment
from voronka.orders.rules.alike import Placed
from voronka.orders.services import entering, mail
from voronka.orders.services.drafts import Counted, OrderDraft, count, draft_of, with_promo
from voronka.orders.services.entering import NewClient
from voronka.orders.services.placing import OnShort, promo_lines
from voronka.orders.services.ways import Outlook, outlook
from voronka.orders.services.words import CHANNEL_WORDS
from voronka.orders.views import letters
from voronka.orders.views.routes import place_names, why_words
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
from voronka.orders.views.words import money, plain, posted
from voronka.people import queries as people
from voronka.stock import queries as stock
from voronka.stock.services import OutOfStock

MOST_FOUND = 8
TAKEN = ("phone", "shop", "mail", "chat")


@dataclass(frozen=True, slots=True)
class Offer:
    """Goods that a text finds: what they cost this client and how many are free, by place."""

    card: "catalogue.VariantCard"
    price: str
    free: str
    where: str
    is_none: bool


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
    messages.success(request, _("Placed: № %(number)d") % {"number": order.number})
    return _gone(request, reverse("orders:order", args=[order.public_id]))


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
        _changed(order, typed, actor, now)
    except Refusal as wrong:
        if wrong.status not in (409, 422):
            raise
        return _form(request, actor, typed, now, order=order, refused=wrong)
    messages.success(request, _("Changed: № %(number)d") % {"number": order.number})
    return _gone(request, reverse("orders:order", args=[order.public_id]))


@signed_in
@require_POST
def entry_goods(request: HttpRequest) -> HttpResponse:
    """Find goods while they are typed, with what is free of them."""
    actor, now = actor_of(request), timezone.now()
    actor.require(MAKE, owner_id=actor.employee_id)
    typed = read_form(posted(request))
    context = {"offers": _offers(actor, typed, now), "asked": typed.fields["goods"].strip()}
    return render(request, "orders/_entry_goods.html", context)


@signed_in
@require_POST
def entry_clients(request: HttpRequest) -> HttpResponse:
    """Find clients while a name or a phone is typed."""
    actor = actor_of(request)
    actor.require(MAKE, owner_id=actor.employee_id)
    typed = read_form(posted(request))
    return render(request, "orders/_entry_clients.html", _people(actor, typed))


@signed_in
@require_POST
def entry_sum(request: HttpRequest) -> HttpResponse:
    """Count the order as it is typed: sums, what is short, where from, for when, what it is like."""
    actor, now = actor_of(request), timezone.now()
    actor.require(MAKE, owner_id=actor.employee_id)
    typed = read_form(posted(request))
    return render(request, "orders/_entry_sum.html", _sum(actor, typed, now))


def _gone(request: HttpRequest, target: str) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(target)
    response = HttpResponse(status=200)
    response.headers["HX-Redirect"] = target
    return response


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


def _changed(order: Order, typed: Typed, actor: Actor, now: datetime) -> None:
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
    services.change(
        order.public_id, draft, actor=actor, now=now,
        version=int(version) if version.isdecimal() and len(version) < 10 else 0,
        on_short="backorder" if fields["backorder"] else "refuse",
    )  # fmt: skip


def _form(
    request: HttpRequest, actor: Actor, typed: Typed, now: datetime, *, order: Order | None = None,
    refused: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    problems = dict(refused.fields) if refused else {}
    if isinstance(refused, OutOfStock):
        problems = {f"quantity-{line}": words for line, words in problems.items()}
    summed, row = _sum(actor, typed, now, order=order), letters.letter_of_form(typed, actor)
    context = {
        **summed,
        **_people(actor, typed),
        "order": order,
        "typed": typed.fields,
        "lines": _rows(typed, summed, problems, actor, letters.offers_for(row, typed)),
        "letter": letters.piece_of(row, actor) if row is not None else None,
        "offers": _offers(actor, typed, now),
        "asked": typed.fields["goods"].strip(),
        "problems": problems,
        "why": refused.message if refused else "",
        "channels": [(code, CHANNEL_WORDS[code]) for code in TAKEN],
        "deliveries": [(one.public_id, one.name) for one in list_delivery()],
        "payments": [(one.public_id, one.name) for one in list_payment()],
        "places": [("", _("by the rule")), *_place_choices(actor)],
        "action": reverse("orders:order-change", args=[order.public_id]) if order else reverse("orders:order-new"),
        "back": reverse("orders:order", args=[order.public_id])
        if order
        else reverse("orders:letters" if row is not None else "orders:order-list"),
    }
    template = "orders/_entry_form.html" if wants_fragment(request) else "orders/entry.html"
    return render(request, template, context, status=422 if refused else 200)


def _place_choices(actor: Actor) -> list[tuple[str, str]]:
    return [(one.public_id, one.name) for one in stock.places(Actor.system(actor.company_id)) if one.is_selling]


def _rows(
    typed: Typed, summed: Mapping[str, Any], problems: Mapping[str, str], actor: Actor,
    told: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:  # fmt: skip
    counted, found = summed["counted"], summed["outlook"]
    rows = []
    for at, one in enumerate(typed.lines, 1):
        line = counted.lines[at - 1] if counted is not None and at <= len(counted.lines) else None
        short = found.short.get(at) if found is not None else None
        why = [
            words for name in ("variant", "name", "quantity", "price", "discount", "vat", "line")
            if (words := problems.get(f"{name}-{at}") or summed["wrong"].get(f"{name}-{at}"))
        ]  # fmt: skip
        rows.append(
            {"at": at, "index": at - 1, "typed": one, "line": line, "why": why, "told": told[at - 1],
             "total": money(line.total, "RUB", actor) if line else "",
             "price": str(line.price) if line else "",
             "short": wording.number(plain(short), actor.language) if short else ""}
        )  # fmt: skip
    return rows


def _people(actor: Actor, typed: Typed) -> dict[str, Any]:
    client = None
    try:
        client = client_of(typed, actor)
    except NotFound:
        typed.fields["client"] = ""
    said = typed.fields["who"].strip()[:200]
    found = people.find_clients(actor, said, most=MOST_FOUND) if said and client is None else []
    phones = people.list_contacts(actor, [one.pk for one in found]) if found else {}
    return {
        "client": client,
        "client_phone": people.main_phone(client.pk, actor) or "" if client else "",
        "is_new": bool(typed.fields["is_new"]) and client is None,
        "who": said,
        "found": [
            (one, next((way.value for way in phones.get(one.pk, []) if way.kind == "phone"), "")) for one in found
        ],
    }


def _offers(actor: Actor, typed: Typed, now: datetime) -> list[Offer]:
    """Return goods that the typed text finds, with their price and what is free: five statements."""
    said = typed.fields["goods"].strip()[:200]
    if not said:
        return []
    cards = catalogue.find_variants(barcode=said, on_sale=True) or catalogue.find_variants(
        said, most=MOST_FOUND, on_sale=True
    )
    ids = [one.id for one in cards]
    prices, free = catalogue.price_now(ids, "", now), stock.available(ids)
    names = place_names() if ids else {}
    found = []
    for one in cards:
        places = sorted(free[one.id].items(), key=lambda pair: -pair[1])
        whole = sum((quantity for _place, quantity in places), Decimal(0))
        where = " · ".join(
            f"{names.get(place, '')} {wording.number(plain(quantity), actor.language)}"
            for place, quantity in places[:3]
        )
        price = prices.get(one.id)
        found.append(
            Offer(one, wording.money(price, "RUB", actor.language) if price is not None else "",
                  wording.number(plain(whole), actor.language), where, is_none=not whole and one.kind == "goods")
        )  # fmt: skip
    return found


def _sum(actor: Actor, typed: Typed, now: datetime, *, order: Order | None = None) -> dict[str, Any]:
    """Return what the order comes to and when it may come, as far as what is typed makes sense."""
    counted: Counted | None = None
    found: Outlook | None = None
    wrong: dict[str, str] = {}
    draft: OrderDraft | None = None
    client_id = 0
    try:
        client = client_of(typed, actor)
        client_id = client.pk if client else 0
        draft = draft_from(typed, actor, client_id)
        if draft.lines:
            kept = {one.position: one for one in order.lines.all()} if order else None
            counted = count(draft, actor=actor, now=now, kept=kept)
            counted, why = _with_promo(counted, draft, client_id, actor, now, order)
            wrong |= {"promo": why} if why else {}
            wanted = [(at, one.variant_id, one.quantity) for at, one in enumerate(counted.lines, 1)]
            found = outlook(wanted, actor=actor, now=now, city=draft.city, delivery=counted.delivery,
                            place=typed.fields["place"]) if order is None else None  # fmt: skip
    except (Invalid, NotFound) as bad:
        wrong = dict(bad.fields) if isinstance(bad, Invalid) else {}
    return {
        "counted": counted,
        "outlook": found,
        "wrong": wrong,
        "intervals": _intervals(typed.fields["delivery"]),
        "likes": _likes(actor, draft, counted, client_id, typed, now) if order is None else [],
        **_said(counted, found, actor, now),
    }


def _with_promo(
    counted: Counted, draft: OrderDraft, client_id: int, actor: Actor, now: datetime, order: Order | None
) -> tuple[Counted, str]:
    """Return the order with what its promo code takes off, or why it takes nothing; nothing is used up."""
    is_same = order is not None and order.promo_code is not None and order.promo_code.code == draft.promo
    if not draft.promo or is_same:
        return counted, ""
    found = loyalty.quote(draft.promo, client_id or None, promo_lines(counted.lines), now, actor=actor)
    return (with_promo(counted, found.discounts), "") if found.is_good else (counted, found.words)


def _intervals(delivery: str) -> list[tuple[str, str]]:
    way = next((one for one in list_delivery() if one.public_id == delivery), None)
    spans: Sequence[Sequence[str]] = way.intervals if way else []
    return [("", _("any time")), *((f"{since}-{until}", f"{since}–{until}") for since, until in spans)]


def _likes(
    actor: Actor, draft: OrderDraft | None, counted: Counted | None, client_id: int, typed: Typed, now: datetime
) -> list[tuple[int, str]]:
    if draft is None or counted is None:
        return []
    phone = draft.recipient_phone or typed.fields["new_phone"]
    if not client_id and not phone:
        return []
    goods: dict[int | str, Decimal] = {}
    for line in counted.lines:
        key: int | str = line.variant_id if line.variant_id is not None else line.name
        goods[key] = goods.get(key, Decimal(0)) + line.quantity
    return likes_of(actor, [(None, Placed(0, client_id, phone, goods, now))]).get(0, [])[:3]


def _said(counted: Counted | None, found: Outlook | None, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return sums, the promise and the way in words."""
    context: dict[str, Any] = {"whole": counted.whole if counted else None, "promise": "", "held_by": "", "route": []}
    if found is None or counted is None:
        return context
    said = found.promise
    if said.on is not None:
        today = now.astimezone(actor.zone).date()
        context["promise"] = wording.day(said.on, today, actor.language)
        if said.since and said.until:
            context["promise"] += f", {said.since:%H:%M}–{said.until:%H:%M}"
        context["promise_day"] = said.on.isoformat()
    if said.held_by is not None:
        name = counted.lines[said.held_by.line - 1].name
        context["held_by"] = {
            "transfer": _("%(name)s is brought from another place."),
            "coming": _("%(name)s is on its way to the stock."),
            "supplier": _("%(name)s is bought from the supplier."),
            "unknown": _("Nobody knows when %(name)s comes: no purchase, no supplier's days."),
        }.get(said.held_by.code, "") % {"name": name}
    context["route"] = why_words(found.route.stored())
    return context
