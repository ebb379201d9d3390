"""How a company sets up its orders: statuses, ways of delivery and of payment, where goods leave from."""

from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in
from voronka.orders import services
from voronka.orders.models import DeliveryMethod, PaymentMethod
from voronka.orders.permissions import SET_UP
from voronka.orders.queries.orders import list_delivery, list_payment, list_statuses
from voronka.orders.services import entering
from voronka.orders.services.mail import list_boxes
from voronka.orders.services.ways import routing_settings
from voronka.orders.services.words import (
    CHIPS,
    DELIVERY_WORDS,
    PAYMENT_WORDS,
    PHASE_WORDS,
    REQUIRE_WORDS,
)
from voronka.orders.views.letter_words import look_words
from voronka.orders.views.words import money, posted, read_money
from voronka.stock import queries as stock

RULE_WORDS = {
    "one_parcel": gettext_lazy("as few parcels as can be"),
    "nearest": gettext_lazy("the nearest place first"),
    "fullest": gettext_lazy("the place that has the most of it"),
    "shop_first": gettext_lazy("shops first, then warehouses"),
}


@signed_in
@require_GET
def orders_settings(request: HttpRequest) -> HttpResponse:
    """Show statuses, ways and the rule of routing."""
    actor = actor_of(request)
    actor.require(SET_UP)
    return _home(request, actor, {})


def _home(request: HttpRequest, actor: Actor, problems: Mapping[str, str]) -> HttpResponse:
    statuses = list_statuses(only_on=False)
    names = {one.code: one.name for one in statuses}
    ours = routing_settings()
    context = {
        "statuses": [
            (one, CHIPS.get(one.tone, ""), str(PHASE_WORDS[one.phase]),
             ", ".join(str(REQUIRE_WORDS[code]) for code in one.requires if code in REQUIRE_WORDS),
             ", ".join(names[code] for code in one.next if code in names),
             wording.duration(one.norm_minutes * 60, actor.language) if one.norm_minutes else "")
            for one in statuses
        ],
        "deliveries": [(one, str(DELIVERY_WORDS[one.kind]), _cost(one, actor)) for one in list_delivery(only_on=False)],
        "payments": [(one, str(PAYMENT_WORDS[one.kind])) for one in list_payment(only_on=False)],
        "rules": [(code, str(words)) for code, words in RULE_WORDS.items()],
        "ours": ours,
        "boxes": [(one, *look_words(one)) for one in list_boxes(actor)],
        "last_hour": f"{ours.last_hour:%H:%M}",
        "problems": problems,
    }  # fmt: skip
    return render(request, "orders/settings.html", context, status=422 if problems else 200)


def _cost(way: DeliveryMethod, actor: Actor) -> str:
    if not way.cost:
        return pgettext("order", "free")
    said = money(way.cost, "RUB", actor)
    return _("%(cost)s, free from %(sum)s") % {"cost": said, "sum": money(way.free_from, "RUB", actor)} if (
        way.free_from is not None) else said  # fmt: skip


@signed_in
@require_POST
def routing(request: HttpRequest) -> HttpResponse:
    """Keep the rule by which goods leave."""
    actor, sent = actor_of(request), posted(request)
    actor.require(SET_UP)
    days, hour = sent.get("transfer_days", "").strip(), sent.get("last_hour", "").strip()
    try:
        last = time.fromisoformat(hour)
    except ValueError:
        return _home(request, actor, {"last_hour": _("This is no time of the day.")})
    try:
        entering.save_routing(
            sent.get("rule", ""), int(days) if days.isdecimal() and len(days) < 4 else -1, last.replace(tzinfo=None),
            actor=actor,
        )  # fmt: skip
    except Invalid as wrong:
        return _home(request, actor, wrong.fields)
    messages.success(request, _("Saved"))
    return redirect("orders:settings")


def row_of(model: Any, public_id: str) -> Any:  # one of three kinds of settings
    """Return a row by its address, None for a new one. Raises NotFound."""
    if not public_id:
        return None
    found = model.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such page of settings."))
    return found


def number_of(sent: Mapping[str, str], name: str, *, empty: int | None = None) -> int | None:
    """Return a typed whole number. Raises Invalid at its place."""
    text = sent.get(name, "").strip()
    if not text:
        return empty
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        message = _("This is no whole number.")
        raise Invalid(message, fields={name: message})
    return int(text)


@signed_in
@require_http_methods(["GET", "POST"])
def delivery_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Make a way of delivery or change one."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row, problems, sent = row_of(DeliveryMethod, public_id), {}, posted(request)
    places = [one for one in stock.places(Actor.system(actor.company_id)) if one.is_selling]
    if request.method == "POST":
        try:
            known = {one.public_id: one.pk for one in places}
            chosen = [known[one] for one in sent.getlist("places") if one in known]
            services.save_delivery(_delivery_draft(sent, chosen), actor=actor, public_id=public_id)
            messages.success(request, _("Saved"))
            return redirect("orders:settings")
        except Invalid as wrong:
            problems = dict(wrong.fields)
    typed: Any = sent if request.method == "POST" else _delivery_typed(row)
    mine = set(sent.getlist("places")) if request.method == "POST" else {
        one.public_id for one in places if row is not None and one.pk in row.places
    }  # fmt: skip
    context = {
        "row": row,
        "typed": typed,
        "kinds": [(code, str(words)) for code, words in DELIVERY_WORDS.items()],
        "places": [(one.public_id, one.name, one.public_id in mine) for one in places],
        "problems": problems,
    }
    return render(request, "orders/delivery_edit.html", context, status=422 if problems else 200)


def _delivery_typed(row: DeliveryMethod | None) -> dict[str, str]:
    if row is None:
        return {"kind": "courier", "cost": "0", "days_min": "0", "days_max": "0", "is_on": "1", "vat": "main"}
    return {
        "name": row.name, "kind": row.kind, "cost": str(row.cost), "is_on": "1" if row.is_on else "",
        "free_from": str(row.free_from) if row.free_from is not None else "", "days_min": str(row.days_min),
        "days_max": str(row.days_max), "intervals": ", ".join("-".join(one) for one in row.intervals),
        "position": str(row.position), "vat": row.vat,
    }  # fmt: skip


def _delivery_draft(sent: Any, places: list[int]) -> services.DeliveryDraft:
    spans = [one.strip() for one in sent.get("intervals", "").replace("\n", ",").replace("–", "-").split(",")]
    pairs = [tuple(part.strip() for part in one.partition("-")[::2]) for one in spans if one]
    return services.DeliveryDraft(
        name=sent.get("name", "")[:200], kind=sent.get("kind", ""),
        cost=read_money(sent, "cost", empty=Decimal("0.00")) or Decimal("0.00"),
        free_from=read_money(sent, "free_from"),
        days_min=number_of(sent, "days_min", empty=0) or 0, days_max=number_of(sent, "days_max", empty=0) or 0,
        intervals=[(one[0], one[1]) for one in pairs], vat=sent.get("vat", "main")[:10] or "main", places=places,
        position=number_of(sent, "position", empty=0) or 0, is_on=bool(sent.get("is_on")),
    )  # fmt: skip


@signed_in
@require_http_methods(["GET", "POST"])
def payment_edit(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """Make a way of payment or change one."""
    actor = actor_of(request)
    actor.require(SET_UP)
    row, problems, sent = row_of(PaymentMethod, public_id), {}, posted(request)
    if request.method == "POST":
        try:
            draft = services.PaymentDraft(
                name=sent.get("name", "")[:200], kind=sent.get("kind", ""),
                wants_prepayment=bool(sent.get("wants_prepayment")), position=number_of(sent, "position", empty=0) or 0,
                is_on=bool(sent.get("is_on")),
            )  # fmt: skip
            services.save_payment(draft, actor=actor, public_id=public_id)
            messages.success(request, _("Saved"))
            return redirect("orders:settings")
        except Invalid as wrong:
            problems = dict(wrong.fields)
    typed: Any = sent if request.method == "POST" else {
        "name": row.name, "kind": row.kind, "wants_prepayment": row.wants_prepayment, "position": str(row.position),
        "is_on": row.is_on,
    } if row else {"kind": "online", "is_on": "1"}  # fmt: skip
    context = {
        "row": row,
        "typed": typed,
        "kinds": [(code, str(words)) for code, words in PAYMENT_WORDS.items()],
        "problems": problems,
    }
    return render(request, "orders/payment_edit.html", context, status=422 if problems else 200)
