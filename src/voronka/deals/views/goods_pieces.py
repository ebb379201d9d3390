"""Goods of a deal as they are drawn: lines, offers, the block beside the deal in hand, how many in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.catalogue import queries as catalogue
from voronka.deals.models import Deal, DealLine
from voronka.deals.permissions import OPEN_DEALS
from voronka.deals.queries import goods as queries
from voronka.deals.services import goods as services
from voronka.kit import wording
from voronka.kit.actors import Actor


@dataclass(frozen=True, slots=True)
class LinePiece:
    """A line as it is drawn; `free` says what stock has of it, `is_short` that it is less than is wanted."""

    public_id: str
    name: str
    code: str
    unit: str
    quantity: str
    price: str
    discount: str
    seen: str
    words: str
    total: str
    free: str
    is_short: bool
    problems: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OfferPiece:
    """Something that may be picked, in words."""

    variant: str
    name: str
    code: str
    price: str
    free: str


def goods_block(deal: Deal, actor: Actor) -> dict[str, object] | None:
    """Return the block of a deal's goods, None where there is nothing to show or do; at most one statement."""
    may = queries.may_change(actor, deal)
    lines = queries.lines_shown(actor, deal)
    if not lines and not may:
        return None
    return {
        "lines": [line_piece(one, deal, actor) for one in lines],
        "may": may,
        "sum": sum_words(deal, actor) if lines else "",
        "url": reverse("deals:goods", args=[deal.public_id]),
        "again_url": again_url(deal, actor) if lines else "",
    }


def sees_money(deal: Deal, actor: Actor) -> bool:
    """Tell whether the actor sees what the goods cost."""
    return deal.sum is not None and actor.sees("deal.sum")


def sum_words(deal: Deal, actor: Actor) -> str:
    """Return what the goods come to in words, nothing for one who does not see it."""
    return wording.money(deal.sum or 0, deal.currency, actor.language) if sees_money(deal, actor) else ""


def plain(quantity: Decimal) -> str:
    """Return a quantity as it is typed: without needless noughts."""
    return f"{quantity.normalize():f}"


def count_words(quantity: Decimal, lang: str) -> str:
    """Return a quantity as people read it."""
    return wording.number(quantity, lang, digits=max(0, -int(quantity.normalize().as_tuple().exponent)))


def line_piece(
    line: DealLine, deal: Deal, actor: Actor, free: Decimal | None = None, problems: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> LinePiece:  # fmt: skip
    """Return a line as it is drawn, with what was typed into it and why it was not taken."""
    sees, lang, given = actor.sees("deal.sum"), actor.language, typed or {}
    count = f"{count_words(line.quantity, lang)} {catalogue.unit_sign(line.unit)}"
    price = wording.money(line.price, deal.currency, lang)
    return LinePiece(
        public_id=line.public_id,
        name=line.name,
        code=line.code,
        unit=catalogue.unit_sign(line.unit),
        quantity=given.get("quantity", plain(line.quantity)),
        price=given.get("price", f"{line.price}") if sees else "",
        discount=given.get("discount", f"{line.discount}" if line.discount else "") if sees else "",
        seen=services.seen_as(line),
        words=f"{count} × {price}" if sees else count,
        total=wording.money(line.total, deal.currency, lang) if sees else "",
        free=_free_words(free, lang),
        is_short=free is not None and free < line.quantity,
        problems=problems or {},
    )


def _free_words(free: Decimal | None, lang: str) -> str:
    if free is None:
        return ""
    return _("%(n)s free") % {"n": count_words(free, lang)} if free > 0 else _("none free")


def offer_piece(one: queries.Offer, deal: Deal, actor: Actor) -> OfferPiece:
    """Return what may be picked, in words."""
    price = wording.money(one.price, deal.currency, actor.language) if one.price is not None else _("no price")
    return OfferPiece(one.card.public_id, one.card.name, one.card.code, price, _free_words(one.free, actor.language))


def again_url(deal: Deal, actor: Actor) -> str:
    """Return the way to sell the goods of a closed deal again; empty for an open one, and where he may not."""
    if deal.state == Deal.State.OPEN or not actor.may(OPEN_DEALS):
        return ""
    return f"{reverse('deals:deal-new')}?client={deal.client.public_id}&like={deal.public_id}"


def goods_words(count: int) -> str:
    """Say how many lines of goods a deal has, nothing for none."""
    return ngettext("%(n)s product", "%(n)s products", count) % {"n": count} if count else ""
