"""What is sold in a deal: the one way its lines, and with them its sum, are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.catalogue import queries as catalogue
from voronka.deals import events
from voronka.deals.models import Deal, DealLine
from voronka.deals.permissions import PRESS
from voronka.deals.queries.goods import FIELD, lines_of, prices_for, require_goods
from voronka.deals.rules import goods as rules
from voronka.deals.rules.edits import clean_line
from voronka.deals.services.locking import locked_deal, team_of
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.limits import require_writes

COLUMNS = ("position", "name", "unit", "quantity", "price", "discount", "vat", "total")
NOUGHT = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as it is typed or sent. `variant` is a public id, empty for something told in words (`name`).

    Without `price` the client's own price is taken; `vat` and `unit` are the variant's unless they are given.
    """

    variant: str = ""
    name: str = ""
    quantity: Decimal = Decimal(1)
    price: Decimal | None = None
    discount: Decimal = NOUGHT
    unit: str = ""
    vat: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A deal after its goods were changed, its lines, and the sum it had before."""

    deal: Deal
    lines: Sequence[DealLine]
    sum_before: Decimal | None


@transaction.atomic
def add_goods(*, actor: Actor, deal_public_id: str, draft: LineDraft, now: datetime) -> Changed:
    """Put a line behind the others; a variant that stands there at this price and without discount gets more.

    Raises NotFound, Denied, Conflict for a closed deal, Invalid with the place at fault.
    """
    deal = _in_hand(actor, deal_public_id)
    _require_prices(actor, [draft])
    lines = lines_of(deal.pk)
    new = _made(actor, deal, [draft], now)[0]
    same = next((one for one in lines if _is_same(one, new)), None)
    if same is not None:
        _put(same, quantity=same.quantity + new.quantity)
        return _settle(deal, lines, now)
    return _settle(deal, [*lines, new], now)


def _is_same(one: DealLine, new: DealLine) -> bool:
    return one.variant_id is not None and (one.variant_id, one.price, one.discount, one.name) == (
        new.variant_id, new.price, new.discount, new.name,
    )  # fmt: skip


@transaction.atomic
def change_goods(
    *,
    actor: Actor,
    deal_public_id: str,
    line: str,
    quantity: Decimal | None = None,
    price: Decimal | None = None,
    discount: Decimal | None = None,
    name: str | None = None,
    now: datetime,
    seen: str | None = None,
) -> Changed:
    """Change what is given of a line. `seen` is the line as the page showed it: Conflict where it changed since.

    Raises as `add_goods`.
    """
    deal = _in_hand(actor, deal_public_id)
    lines = lines_of(deal.pk)
    row = _line(lines, line)
    if seen is not None and seen != seen_as(row):
        raise Conflict(_("Somebody has changed this line meanwhile: look at it again."), code="changed_meanwhile")
    if (price is not None and price != row.price) or (discount is not None and discount != row.discount):
        require_writes(actor, ["deal.sum"], name_of=lambda _code: _("Sum"))
    if name is not None:
        row.name = _name(name)
    if quantity is not None and quantity % 1 and row.variant_id is not None:
        _require_divided(catalogue.variants_by_ids([row.variant_id]).get(row.variant_id), row.name, quantity)
    _put(row, quantity=quantity, price=price, discount=discount)
    return _settle(deal, lines, now)


def seen_as(line: DealLine) -> str:
    """Return a line as a form sends back what its reader saw."""
    return f"{line.quantity:f}/{line.price}/{line.discount}"


@transaction.atomic
def drop_goods(*, actor: Actor, deal_public_id: str, line: str, now: datetime) -> Changed:
    """Take a line out. A deal that has none left has no sum: nobody knows it. Raises as `add_goods`."""
    deal = _in_hand(actor, deal_public_id)
    lines = lines_of(deal.pk)
    gone = _line(lines, line)
    return _settle(deal, [one for one in lines if one is not gone], now)


@transaction.atomic
def move_goods(*, actor: Actor, deal_public_id: str, line: str, down: bool, now: datetime) -> Changed:
    """Change a line for the one above or below it; the first and the last one stay. Raises as `add_goods`."""
    deal = _in_hand(actor, deal_public_id)
    lines = lines_of(deal.pk)
    at = lines.index(_line(lines, line))
    to = at + (1 if down else -1)
    if 0 <= to < len(lines):
        lines[at], lines[to] = lines[to], lines[at]
    return _settle(deal, lines, now)


@transaction.atomic
def set_goods(*, actor: Actor, deal_public_id: str, drafts: Sequence[LineDraft], now: datetime) -> Changed:
    """Let a deal have these lines and no others, as a program sends them. Raises as `add_goods`: `lines.N.place`."""
    deal = _in_hand(actor, deal_public_id)
    _require_prices(actor, drafts)
    return _settle(deal, _made(actor, deal, drafts, now), now)


@transaction.atomic
def copy_goods(*, actor: Actor, source: Deal, deal: Deal, now: datetime) -> Changed:
    """Give a new deal the lines of an earlier one, at today's prices of its client; what is off sale is left out.

    Words and discounts of lines that are not of the catalogue stay as they were.
    """
    _require(actor, deal)
    lines = lines_of(source.pk)
    cards = catalogue.variants_by_ids([one.variant_id for one in lines if one.variant_id is not None])
    drafts = [
        LineDraft(variant=cards[one.variant_id].public_id, quantity=one.quantity) if one.variant_id is not None
        else LineDraft(
            name=one.name, quantity=one.quantity, price=one.price, discount=one.discount, unit=one.unit, vat=one.vat
        )
        for one in lines
        if one.variant_id is None or (one.variant_id in cards and cards[one.variant_id].is_on_sale)
    ]  # fmt: skip
    return _settle(deal, _made(actor, deal, drafts, now), now)


def _in_hand(actor: Actor, public_id: str) -> Deal:
    deal = locked_deal(public_id)
    _require(actor, deal)
    return deal


def _require(actor: Actor, deal: Deal) -> None:
    actor.require(PRESS, owner_id=deal.responsible_id, team_id=team_of(deal))
    require_goods(actor)
    require_writes(actor, [FIELD], name_of=lambda _code: _("Goods"))
    if deal.state != Deal.State.OPEN:
        raise Conflict(_("The deal is closed already: its goods stay as they were sold."), code="deal_closed")


def _require_prices(actor: Actor, drafts: Sequence[LineDraft]) -> None:
    """Let a price or a discount of one's own be given only by whoever may change the sum."""
    if any(one.price is not None or one.discount for one in drafts):
        require_writes(actor, ["deal.sum"], name_of=lambda _code: _("Sum"))


def _line(lines: Sequence[DealLine], public_id: str) -> DealLine:
    found = next((one for one in lines if one.public_id == public_id), None)
    if found is None:
        raise NotFound(_("There is no such line any more: look at the deal again."))
    return found


def _made(actor: Actor, deal: Deal, drafts: Sequence[LineDraft], now: datetime) -> list[DealLine]:
    """Return new lines of drafts, not saved: goods, their words and prices read at once for all of them."""
    wanted = [one.variant for one in drafts if one.variant]
    cards = {card.public_id: card for card in catalogue.variants_by_public_ids(wanted)}
    unpriced = [cards[one.variant].id for one in drafts if one.price is None and one.variant in cards]
    prices = prices_for(deal.client_id, unpriced, now) if unpriced else {}
    made = []
    for place, draft in enumerate(drafts, 1):
        prefix = f"lines.{place}." if len(drafts) > 1 else ""
        card = cards.get(draft.variant)
        if draft.variant and card is None:
            message = _("There are no such goods in the catalogue.")
            raise Invalid(message, fields={f"{prefix}variant": message})
        row = DealLine(deal=deal, position=place, quantity=draft.quantity, discount=draft.discount)
        if card is not None:
            row.variant_id, row.product_id, row.code = card.id, card.product_id, card.code
        row.price = (prices.get(card.id, NOUGHT) if card else NOUGHT) if draft.price is None else draft.price
        row.name = _name(draft.name or (card.name if card else ""), prefix)
        row.unit = draft.unit or (card.unit if card else "796")
        row.vat = draft.vat or (card.vat if card else "main")
        _require_divided(card, row.name, row.quantity, prefix)
        _put(row, prefix=prefix)
        made.append(row)
    return made


def _require_divided(card: catalogue.VariantCard | None, name: str, quantity: Decimal, prefix: str = "") -> None:
    if card is not None and catalogue.is_whole(card.unit) and not card.is_weighed and quantity % 1:
        message = _("%(name)s is only had whole.") % {"name": name}
        raise Invalid(message, fields={f"{prefix}quantity": message})


def _name(text: str, prefix: str = "") -> str:
    name = clean_line(text[:2000])
    if not name or len(name) > 300:
        message = _("Say what it is, in at most 300 signs.")
        raise Invalid(message, fields={f"{prefix}name": message})
    return name


def _put(
    row: DealLine,
    *,
    quantity: Decimal | None = None,
    price: Decimal | None = None,
    discount: Decimal | None = None,
    prefix: str = "",
) -> None:
    """Put figures on a line in memory and reckon its total. Raises Invalid."""
    row.quantity = row.quantity if quantity is None else quantity
    row.price = row.price if price is None else price
    row.discount = row.discount if discount is None else discount
    try:
        row.quantity = rules.checked_quantity(row.quantity)
        row.total = rules.line_total(row.quantity, row.price, row.discount)
    except rules.BadLine as bad:
        raise wrong(bad, prefix) from bad


def wrong(bad: rules.BadLine, prefix: str = "") -> Invalid:
    """Return what is wrong with a line as a refusal with the place at fault."""
    words = {
        ("quantity", "empty"): _("Say how many."),
        ("quantity", "not_a_number"): _("This is not a number: write 5 or 0,5."),
        ("quantity", "not_positive"): _("How many has to be more than nothing."),
        ("quantity", "too_big"): _("So many cannot be."),
        ("quantity", "too_fine"): _("Not finer than a thousandth."),
        ("price", "negative"): _("A price cannot be below zero."),
        ("price", "too_big"): _("The sum is too big."),
        ("discount", "negative"): _("A discount cannot be below zero."),
        ("discount", "too_big"): _("The sum is too big."),
        ("discount", "more_than_line"): _("The discount is more than the line comes to."),
    }
    message = words.get((bad.place, bad.code), _("This is not a sum. Example: 184 000,50"))
    return Invalid(message, fields={f"{prefix}{bad.place}": message})


def _settle(deal: Deal, lines: Sequence[DealLine], now: datetime) -> Changed:
    """Write the lines in this order, take out those that are not among them, and let the deal's sum follow."""
    if len(lines) > rules.MOST_LINES:
        raise Invalid(
            ngettext("At most %(n)d line.", "At most %(n)d lines.", rules.MOST_LINES) % {"n": rules.MOST_LINES}
        )
    kept = {one.pk: one for one in DealLine.objects.filter(deal=deal)}
    before = deal.sum
    for position, one in enumerate(lines, 1):
        one.position = position
    new = [one for one in lines if one.pk is None]
    changed = [one for one in lines if one.pk in kept and _differs(one, kept[one.pk])]
    gone = kept.keys() - {one.pk for one in lines}
    if not new and not changed and not gone:
        return Changed(deal, lines, before)
    if gone:
        DealLine.objects.filter(pk__in=gone).delete()
    if changed:
        DealLine.objects.bulk_update(changed, COLUMNS)
    DealLine.objects.bulk_create(new)
    deal.goods_count = len(lines)
    deal.sum = sum((one.total for one in lines), NOUGHT) if lines else None
    if deal.sum is not None and deal.sum > rules.MOST_SUM:
        raise Invalid(_("The sum is too big."), fields={"price": _("The sum is too big.")})
    deal.save(update_fields=["goods_count", "sum"])
    publish(_told(deal, lines), at=now)
    return Changed(deal, lines, before)


def _differs(one: DealLine, was: DealLine) -> bool:
    return any(getattr(one, name) != getattr(was, name) for name in COLUMNS)


def _told(deal: Deal, lines: Sequence[DealLine]) -> events.DealGoodsChanged:
    sums: dict[int, list[Decimal]] = {}
    for one in lines:
        if one.product_id is not None:
            held = sums.setdefault(one.product_id, [Decimal(0), NOUGHT])
            held[0] += one.quantity
            held[1] += one.total
    return events.DealGoodsChanged(
        deal_id=deal.pk,
        client_id=deal.client_id,
        lines=len(lines),
        sum=str(deal.sum) if deal.sum is not None else None,
        product_sums=[[product, f"{quantity:f}", str(total)] for product, (quantity, total) in sums.items()],
    )
