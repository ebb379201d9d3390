"""What the public pages say and sell, set up; an order that comes by the form."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.catalogue.queries import picked
from voronka.kit.actors import Actor
from voronka.kit.db.again import again
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.events import publish
from voronka.kit.money import rounded
from voronka.kit.tenancy import current_company_id
from voronka.loyalty import services as loyalty
from voronka.loyalty.services import referring
from voronka.orders.events import OrderSettingsChanged
from voronka.orders.models import DeliveryMethod, Order, PaymentMethod, ShopGoods, ShopPage
from voronka.orders.permissions import SET_UP
from voronka.orders.queries.shop import Offered, get_shop_page, offered
from voronka.orders.services.drafts import LineDraft, OrderDraft
from voronka.orders.services.placing import hold, place
from voronka.people import services as people
from voronka.people.services.cleaning import Problems, fit
from voronka.stock import services as stock

MOST_GOODS, MOST_LINES, MOST_QUANTITY = 500, 50, Decimal(10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPageDraft:
    """The public pages as they are wanted; `categories` and `variants` are public ids, none of them: all goods."""

    is_on: bool
    title: str = ""
    intro: str = ""
    phone: str = ""
    hours: str = ""
    seller: str = ""
    terms: str = ""
    return_days: int = 14
    categories: Sequence[str] = ()
    variants: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FormOrder:
    """What the order form sent. `wanted` are quantities by public ids of variants; `signs` say what looks like spam.

    `friend` is the code of the client who brought the buyer; one that says nothing spoils no order.
    """

    touch: people.TouchData
    wanted: Mapping[str, Decimal]
    delivery: str
    payment: str
    address: str
    comment: str
    promo: str = ""
    friend: str = ""


@transaction.atomic
def save_shop_page(draft: ShopPageDraft, *, actor: Actor, version: int | None = None) -> ShopPage:
    """Write what the public pages say and sell. Raises Denied, Conflict `stale`, Invalid at the wrong places."""
    actor.require(SET_UP)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orders.shop'), %s)", [current_company_id() % 2**31])
    row = ShopPage.objects.select_for_update().first() or ShopPage(version=0)
    if version is not None and version != row.version:
        raise Conflict(_("Somebody has changed this page meanwhile: look at it again."), code="stale")
    problems = Problems()
    for name, most in (("title", 120), ("intro", 500), ("phone", 40), ("hours", 80), ("seller", 200)):
        setattr(row, name, fit(name, getattr(draft, name), most, problems))
    row.terms = fit("terms", draft.terms, 5_000, problems, lines=True)
    if not 0 <= draft.return_days <= 365:
        problems.add("return_days", _("From 0 to 365 days."))
    goods = _goods_of(draft, problems)
    problems.settle()
    row.is_on, row.return_days, row.sells_all = draft.is_on, draft.return_days, not goods
    row.version += 1
    row.save()
    ShopGoods.objects.all().delete()
    ShopGoods.objects.bulk_create(ShopGoods(category_id=one, variant_id=other) for one, other in goods)
    publish(OrderSettingsChanged(setting_id=row.pk, kind="shop_page"))
    return row


def _goods_of(draft: ShopPageDraft, problems: Problems) -> list[tuple[int | None, int | None]]:
    if len(draft.categories) + len(draft.variants) > MOST_GOODS:
        problems.add("goods", _("At most %(most)d categories and goods.") % {"most": MOST_GOODS})
        return []
    categories, variants = picked.category_ids(draft.categories), picked.variant_ids(draft.variants)
    if set(draft.categories) - set(categories) or set(draft.variants) - set(variants):
        problems.add("goods", _("Some of the goods are gone: choose anew."))
    return [
        *((one, None) for one in sorted(categories.values())),
        *((None, one) for one in sorted(variants.values())),
    ]


@again
@transaction.atomic
def order_by_form(
    sent: FormOrder, *, actor: Actor, now: datetime, operation: uuid.UUID, address: str
) -> Order | None:
    """Place an order that a stranger made at the public form; None where it looks like spam and waits in the inbox.

    Prices and terms are the company's own: nothing of them is taken from the form. Sent again, it is one order. Raises
    Conflict `form_off`, OutOfStock, Invalid naming the places of the form (`goods`, `quantity-ID`, `phone`, ...).
    """
    page = get_shop_page()
    if not page.is_on:
        raise Conflict(_("The shop takes no orders here now."), code="form_off")
    hold(operation)
    known = Order.objects.filter(operation=operation, channel=Order.Channel.FORM).first()
    if known is not None:
        return known  # looked for before the goods: the first sending may have taken the last of them
    goods = _chosen(page, sent.wanted, now)
    _require_ways(sent)
    _require_code(sent, goods, actor=actor, now=now, address=address)
    touch = people.TouchData(
        **{name: getattr(sent.touch, name) for name in sent.touch.__slots__ if name not in _OWN},
        message=_message(goods, sent),
        request_id=str(operation),
        wants_contact=bool(sent.touch.signs),
    )
    received = people.receive(actor=actor, touch=touch, now=now, address=address)
    if received.done is None:
        return None
    if sent.friend:
        # Whoever types the contact of a card that was here before may be anybody: a person is to judge.
        touch_of = referring.Touch(sent.friend, now, "form", () if received.done.is_new else ("unproven",))
        referring.try_refer(actor=actor, touch=touch_of, friend_id=received.done.client_id, now=now, address=address)
    draft = OrderDraft(
        client_id=received.done.client_id,
        lines=[LineDraft(quantity, one.id) for one, quantity in goods],
        channel=Order.Channel.FORM,
        delivery=sent.delivery,
        payment=sent.payment,
        address=sent.address,
        city=sent.touch.city,
        recipient_name=sent.touch.name[:200],
        recipient_phone=next(iter(sent.touch.phones), "")[:40],
        comment=sent.comment,
        promo=sent.promo,
    )
    try:
        return place(draft, actor=actor, now=now, operation=operation)
    except stock.OutOfStock as short:
        fields = {f"quantity-{goods[int(line) - 1][0].public_id}": words for line, words in short.fields.items()}
        raise Conflict(short.message, code=short.code, fields=fields) from short


_OWN = ("message", "request_id", "wants_contact")


def _require_code(
    sent: FormOrder, goods: Sequence[tuple[Offered, Decimal]], *, actor: Actor, now: datetime, address: str
) -> None:
    """Raise Invalid for a promo code that is none: guesses are counted by the address that makes them."""
    if not sent.promo.strip():
        return
    lines = [loyalty.Line(one.id, rounded(one.price * quantity)) for one, quantity in goods]
    said = loyalty.quote(sent.promo, None, lines, now, actor=actor, address=address)
    if said.reason in ("unknown", "mistyped", "too_many"):
        raise Invalid(said.words, code=f"promo_{said.reason}", fields={"promo": said.words})


def _chosen(page: ShopPage, wanted: Mapping[str, Decimal], now: datetime) -> list[tuple[Offered, Decimal]]:
    """Return what was chosen, all of it offered now. Raises Invalid."""
    if not wanted:
        message = _("Choose at least one of the goods.")
        raise Invalid(message, fields={"goods": message})
    if len(wanted) > MOST_LINES:
        message = _("At most %(most)d different goods in one order.") % {"most": MOST_LINES}
        raise Invalid(message, fields={"goods": message})
    known = {one.public_id: one for one in offered(page, now=now, public_ids=list(wanted))}
    problems = Problems()
    for public_id, quantity in wanted.items():
        one = known.get(public_id)
        if one is None:
            problems.add("goods", _("Some of the goods are sold no more: look at the list again."))
        elif not _is_quantity(quantity, one):
            problems.add(f"quantity-{public_id}", _("Say how many."))
        elif one.free is not None and quantity > one.free:
            free = f"{one.free.normalize():f}"
            problems.add(f"quantity-{public_id}", _("There are only %(free)s.") % {"free": free})
    problems.settle()
    return [(known[public_id], quantity) for public_id, quantity in wanted.items()]


def _is_quantity(quantity: Decimal, one: Offered) -> bool:
    if not quantity.is_finite() or not 0 < quantity <= MOST_QUANTITY:
        return False
    return quantity == quantity.quantize(Decimal("0.001") if one.is_weighed else Decimal(1))


def _require_ways(sent: FormOrder) -> None:
    """Raise Invalid for ways that are not offered, and where goods are to be brought and nobody knows where to."""
    if sent.payment and not PaymentMethod.objects.filter(public_id=sent.payment, is_on=True).exists():
        message = _("Choose one of the list.")
        raise Invalid(message, fields={"payment": message})
    kind = DeliveryMethod.objects.filter(public_id=sent.delivery, is_on=True).values_list("kind", flat=True).first()
    if kind is None:
        message = _("Choose how you get it.")
        raise Invalid(message, fields={"delivery": message})
    if kind != DeliveryMethod.Kind.PICKUP and not sent.address.strip():
        message = _("Say where to bring it.")
        raise Invalid(message, fields={"address": message})


def _message(goods: Sequence[tuple[Offered, Decimal]], sent: FormOrder) -> str:
    """Return the order in words, as the touch on the card tells it."""
    lines = [f"{one.code} {one.name} × {quantity.normalize():f}" for one, quantity in goods]
    return "\n".join([*lines, *(part for part in (sent.address, sent.comment) if part.strip())])[:5_000]
