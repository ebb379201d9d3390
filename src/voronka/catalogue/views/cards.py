"""A product's page: what it shows, prices set on it, pictures, its history."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.catalogue import services
from voronka.catalogue.models import Picture, Price, Product
from voronka.catalogue.permissions import CHANGE_PRICES, EDIT, RELEASE_PRICES, SEE, SEE_COST
from voronka.catalogue.queries import goods
from voronka.catalogue.queries.goods import PriceLine, ProductView, Step, VariantView
from voronka.catalogue.rules import markups, units, vat
from voronka.catalogue.services.words import KIND_WORDS, MARKING_WORDS, SOURCE_WORDS, VAT_WORDS, read_price
from voronka.catalogue.views.days import read_moment
from voronka.kit import wording
from voronka.kit.actors import SEE_HISTORY, Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.files import file_response
from voronka.kit.models import StoredFile
from voronka.kit.panels import panels_for
from voronka.kit.pieces import Fact
from voronka.kit.screens import actor_of, signed_in, wants_fragment

SHOWN_PAST = 12


@dataclass(frozen=True, slots=True)
class LineView:
    """A price of a variant as the page shows it: its form, what the guard says, the scale of its history."""

    variant: VariantView
    line: PriceLine
    scale: Sequence[Step]
    margin: Decimal | None
    typed: str = ""
    why: str = ""

    @property
    def sign(self) -> str:
        """Return the sign of the kind's currency."""
        return wording.SIGNS.get(self.line.kind.currency, self.line.kind.currency)

    @property
    def past(self) -> Sequence[Price]:
        """Return the last prices before the present one."""
        return self.line.past[:SHOWN_PAST]

    @property
    def held_words(self) -> str:
        """Say by how much the held price moves."""
        held = self.line.held
        if held is None or not held.was:
            return ""
        return f"{markups.moved_percent(held.amount, held.was):+f}\u202f%".replace("-", "−").replace(".", ",")


def line_view(view: VariantView, line: PriceLine, now: datetime, **more: str) -> LineView:
    """Return a price of a variant as the page shows it."""
    cost = view.bought.amount if view.bought is not None and line.kind.currency == "RUB" else None
    margin = markups.margin_percent(line.now.amount, cost) if line.now is not None and cost is not None else None
    return LineView(view, line, goods.scale_of(line, now=now), margin, **more)


@signed_in
@require_GET
def goods_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a product with its variants, prices and all that belongs to it."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    view = goods.view_product(public_id, now=now, with_cost=actor.may(SEE_COST))
    variants = [(one, [line_view(one, line, now) for line in one.lines]) for one in view.variants]
    context = {"view": view, "product": view.row, "variants": variants, **_frame(actor, view)}
    context["panels"] = [(one.title, one.address(public_id)) for one in panels_for("product", actor, place="side")]
    return render(request, "catalogue/goods_detail.html", context)


def _frame(actor: Actor, view: ProductView) -> dict[str, Any]:
    return {
        "facts": _facts(view.row, timezone.now()),
        "kind_words": KIND_WORDS[view.row.kind],
        "may_edit": actor.may(EDIT),
        "may_price": actor.may(CHANGE_PRICES),
        "may_release": actor.may(RELEASE_PRICES),
        "sees_cost": actor.may(SEE_COST),
        "may_see_history": actor.may(SEE_HISTORY),
        "sources": SOURCE_WORDS,
    }


def _facts(product: Product, now: datetime) -> list[Fact]:
    percent = vat.percent_on(product.vat, now.date())
    rate = str(VAT_WORDS[product.vat]) if percent is None else f"{percent}\u202f%"
    found = [Fact(_("Unit"), units.sign_of(product.unit)), Fact(_("VAT"), rate)]
    if product.brand:
        found.insert(0, Fact(_("Brand"), product.brand))
    if product.marking:
        found.append(Fact(_("Marked goods"), str(MARKING_WORDS[product.marking])))
    if product.is_weighed:
        found.append(Fact(_("Weighed"), _("by scales")))
    return [*found, *(Fact(name, value) for name, value in product.attributes.items())]


@signed_in
@require_POST
def price_set(request: HttpRequest, public_id: str) -> HttpResponse:
    """Set a price of a variant: typed in place, from now or from a day; the line comes back as it stands then."""
    actor, now = actor_of(request), timezone.now()
    actor.require(CHANGE_PRICES)
    variant, kind = (request.POST.get(name, "").replace("\0", "")[:40] for name in ("variant", "kind"))
    typed, why = request.POST.get("amount", "")[:60], ""
    try:
        with transaction.atomic():
            said = _set(actor, variant, kind, typed, request, now)
    except Invalid as wrong:
        why, said = wrong.message, ""
    if not wants_fragment(request):
        (messages.error if why else messages.success)(request, why or said)
        return redirect("catalogue:goods-detail", public_id)
    view = goods.view_product(public_id, now=now, with_cost=actor.may(SEE_COST))
    one = next((one for one in view.variants if one.row.public_id == variant), None)
    line = next((line for line in one.lines if line.kind.code == kind), None) if one else None
    if one is None or line is None:
        raise NotFound(_("There is no such variant."))
    context = {
        "one": line_view(one, line, now, typed=typed if why else "", why=why),
        "product": view.row,
        "said": said,
    }
    context |= _frame(actor, view)
    return render(request, "catalogue/_price_answer.html", context, status=422 if why else 200)


def _set(actor: Actor, variant: str, kind: str, typed: str, request: HttpRequest, now: datetime) -> str:
    """Do what the form asks for; return what is said of it. Raises Invalid."""
    if request.POST.get("act") == "end":
        services.end_price(actor=actor, variant=variant, kind=kind, now=now)
        return _("No price from now on")
    if request.POST.get("act") == "call-off":
        services.call_off(
            actor=actor,
            price_id=_number(request.POST.get("price") or request.GET.get("price", "")),
            variant=variant,
            now=now,
        )
        return _("The planned price is called off")
    try:
        amount = read_price(typed)
    except ValueError as error:
        raise Invalid(str(error), fields={"amount": str(error)}) from error
    since, until = (read_moment(request.POST.get(name, ""), next_day=name == "until") for name in ("since", "until"))
    done = services.set_price(
        actor=actor,
        variant=variant,
        kind=kind,
        amount=amount,
        now=now,
        since=since,
        until=until,
        confirmed=request.POST.get("act") == "insist",
    )
    if done.held:
        return _("The guard holds this price")
    return _("The price is set") if done.changed else _("It is this already")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@signed_in
@require_POST
def product_switch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a product on sale, or take it off it."""
    is_on = request.POST.get("to") == "on"
    services.switch_products(actor=actor_of(request), public_ids=[public_id], is_on_sale=is_on)
    messages.success(request, _("On sale again") if is_on else _("Taken off sale"))
    return redirect("catalogue:goods-detail", public_id)


@signed_in
@require_GET
def picture(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the bytes of a picture, as an attachment of the type that its bytes were told by."""
    actor_of(request).require(SEE)
    found = Picture.objects.filter(public_id=public_id).first()
    file = StoredFile.objects.filter(pk=found.file_id).first() if found else None
    if file is None:
        raise NotFound(_("There is no such picture."))
    answer = file_response(file)
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer  # type: ignore[return-value]  # an answer; the stubs know no common type for views


@signed_in
@require_POST
def picture_add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep the pictures that were chosen; the first that cannot be one stops there and says why."""
    actor, now = actor_of(request), timezone.now()
    actor.require(EDIT)
    files = request.FILES.getlist("files")[:30]
    try:
        for file in files:
            source = io.BytesIO(file.read(services.MOST_PICTURE + 1))
            services.add_picture(actor=actor, product=public_id, source=source, name=str(file.name), now=now)
    except Invalid as wrong:
        messages.error(request, wrong.message)
    if not files:
        messages.error(request, _("Choose a picture first."))
    return redirect(reverse("catalogue:goods-detail", args=[public_id]) + "#pictures")


@signed_in
@require_POST
def picture_delete(request: HttpRequest, public_id: str, picture_id: str) -> HttpResponse:
    """Delete a picture, or with `act` first put it before the others."""
    actor = actor_of(request)
    if request.POST.get("act") == "first":
        services.order_pictures(actor=actor, product=public_id, public_ids=[picture_id])
    else:
        services.delete_picture(actor=actor, public_id=picture_id)
    return redirect(reverse("catalogue:goods-detail", args=[public_id]) + "#pictures")
