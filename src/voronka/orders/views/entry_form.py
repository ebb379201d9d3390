"""What the form of an order shows: sums, the day, the way of the goods, offers, clients that were found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.loyalty import services as loyalty
from voronka.orders.models import Order
from voronka.orders.queries.lists import likes_of
from voronka.orders.queries.orders import list_delivery, list_payment
from voronka.orders.rules.alike import Placed
from voronka.orders.services.drafts import Counted, OrderDraft, count, with_promo
from voronka.orders.services.placing import promo_lines
from voronka.orders.services.ways import Outlook, outlook
from voronka.orders.services.words import CHANNEL_WORDS
from voronka.orders.views import letters
from voronka.orders.views.routes import place_names, why_words
from voronka.orders.views.typed import Typed, client_of, draft_from
from voronka.orders.views.words import money, plain
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


def form_context(
    actor: Actor, typed: Typed, now: datetime, *, order: Order | None = None, refused: Refusal | None = None
) -> dict[str, Any]:
    """Return what the form shows of a new order, or of one that is changed."""
    problems = dict(refused.fields) if refused else {}
    if isinstance(refused, OutOfStock):
        problems = {f"quantity-{line}": words for line, words in problems.items()}
    summed, row = sum_of(actor, typed, now, order=order), letters.letter_of_form(typed, actor)
    return {
        **summed,
        **people_for(actor, typed),
        "order": order,
        "typed": typed.fields,
        "lines": _rows(typed, summed, problems, actor, letters.offers_for(row, typed)),
        "letter": letters.piece_of(row, actor) if row is not None else None,
        "offers": offers_for(actor, typed, now),
        "asked": typed.fields["goods"].strip(),
        "problems": problems,
        "why": refused.message if refused else "",
        "channels": [(code, CHANNEL_WORDS[code]) for code in TAKEN],
        "deliveries": [(one.public_id, one.name) for one in list_delivery()],
        "payments": [(one.public_id, one.name) for one in list_payment()],
        "places": [("", _("by the rule")), *selling_choices(actor)],
    }


def selling_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the places that sell."""
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


def people_for(actor: Actor, typed: Typed) -> dict[str, Any]:
    """Return the chosen client, or those that what is typed finds."""
    client = None
    try:
        client = client_of(typed, actor)
    except NotFound:
        typed.fields["client"] = ""
    said = typed.fields["who"].strip()[:200]
    found = people.find_clients(actor, said, most=MOST_FOUND) if said and client is None else []
    phones = people.list_contacts(actor, [one.pk for one in found]) if found else {}
    sees_addresses = actor.sees("client.address") and actor.sees("client.city")
    return {
        "client": client,
        "addresses": people.addresses_of(actor, client) if client and sees_addresses else [],
        "may_keep": may_keep_address(actor, client),
        "client_phone": people.main_phone(client.pk, actor) or "" if client else "",
        "is_new": bool(typed.fields["is_new"]) and client is None,
        "who": said,
        "found": [
            (one, next((way.value for way in phones.get(one.pk, []) if way.kind == "phone"), "")) for one in found
        ],
    }


def may_keep_address(actor: Actor, client: Any) -> bool:
    """Tell whether the actor may keep the order's address on the card of the chosen client, or of the new one."""
    may_write = actor.writes("client.address") and actor.writes("client.city")
    return may_write and (client is None or people.may_edit(actor, client))


def offers_for(actor: Actor, typed: Typed, now: datetime) -> list[Offer]:
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


def sum_of(actor: Actor, typed: Typed, now: datetime, *, order: Order | None = None) -> dict[str, Any]:
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
