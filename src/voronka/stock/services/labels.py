"""Labels and price tags: what stands on each, drawn as PDF; what price was hung where is remembered."""

import atexit
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.catalogue import queries as catalogue
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.typeset import TypesetFailed, Typesetter
from voronka.stock.models import Balance, Document, DocumentLine, Place, TagPrint
from voronka.stock.permissions import PRINT
from voronka.stock.rules import codes
from voronka.stock.rules.codes import BadCode, Code, Sheet

MOST_LABELS = 2_000
TEMPLATE = Path(__file__).resolve().parents[1] / "typst" / "labels.typ"
LABEL, TAG = "label", "tag"
_PAD = Decimal("1.2")
_printer = Typesetter(TEMPLATE, seconds=60.0)
atexit.register(_printer.stop)


@dataclass(frozen=True, slots=True)
class Copies:
    """So many labels of a variant."""

    variant_id: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Look:
    """How labels look: label or tag, on which sheet, in which code ("" for the one that fits the barcode best).

    `skip` labels of the first page are used already. `with_price` is of labels; tags always say it. `place_id` is where
    tags are hung.
    """

    kind: str = LABEL
    sheet: str = "roll-58x40"
    code: str = ""
    skip: int = 0
    with_price: bool = False
    place_id: int | None = None


def print_labels(wanted: Sequence[Copies], look: Look, *, actor: Actor, now: datetime) -> bytes:
    """Return labels or tags as PDF, in the order they are asked for; of tags it is remembered what price they say.

    Not to be called inside a transaction: drawing takes seconds. Raises Denied, Invalid with the goods by name whose
    code cannot be written or does not fit, Conflict for tags of goods without a price.
    """
    actor.require(PRINT)
    sheet = _checked(wanted, look)
    with transaction.atomic():
        told, prices = _told(wanted, look, sheet, actor, now)
    day = now.astimezone(actor.zone).date()
    try:
        made = _printer.typeset(told, day=day, tags=False)
    except TypesetFailed as failed:
        raise Conflict(_("The labels could not be drawn. Try fewer at once."), code="not_drawn") from failed
    if look.kind == TAG:
        with transaction.atomic():
            _remember(prices, look.place_id, actor, now)
    return made


def _checked(wanted: Sequence[Copies], look: Look) -> Sheet:
    sheet = codes.SHEETS.get(look.sheet)
    if sheet is None or look.kind not in (LABEL, TAG) or look.code not in ("", *codes.KINDS):
        raise Invalid(_("There are no such labels: choose them anew."), code="no_look")
    if not wanted:
        raise Invalid(_("Name what it is about: there is not one line."), code="no_lines")
    if any(one.count < 1 for one in wanted) or sum(one.count for one in wanted) > MOST_LABELS:
        raise Invalid(_("From 1 to %(most)d labels at once.") % {"most": MOST_LABELS}, code="too_many")
    if not 0 <= look.skip < sheet.on_page:
        raise Invalid(_("The first page has fewer labels."), code="skip")
    if look.place_id is not None and not Place.objects.filter(pk=look.place_id, is_external=False).exists():
        raise NotFound(_("There is no such place."))
    return sheet


def _told(
    wanted: Sequence[Copies], look: Look, sheet: Sheet, actor: Actor, now: datetime
) -> tuple[dict[str, Any], dict[int, Decimal]]:
    """Return what the template is told, and the prices that stand there."""
    ids = list(dict.fromkeys(one.variant_id for one in wanted))
    cards, barcodes = catalogue.variants_by_ids(ids), catalogue.barcodes_of(ids)
    if any(one not in cards for one in ids):
        raise NotFound(_("There are no such goods."))
    prices = catalogue.price_now(ids, at=now) if look.kind == TAG or look.with_price else {}
    if look.kind == TAG and any(one not in prices for one in ids):
        bare = next(cards[one].name for one in ids if one not in prices)
        raise Conflict(_("%(name)s has no price: set it first.") % {"name": bare}, code="no_price")
    shown = {one: _label(cards[one], barcodes.get(one, []), prices.get(one), look, sheet, actor) for one in ids}
    small = min(max(float(sheet.label[1]) / 6, 5.0), 8.0)
    told = {
        "title": pgettext("papers", "Price tags") if look.kind == TAG else pgettext("papers", "Labels"),
        "lang": actor.language,
        "kind": look.kind,
        "skip": look.skip,
        "day": f"{now.astimezone(actor.zone):%d.%m.%Y}",
        "pad": float(_PAD),
        "small": small,
        "large": float(sheet.label[1]) * 0.62,
        "sizes": [small, small * 1.2, small * 1.5, small * 1.9],
        "sheet": _plain(sheet),
        "labels": [shown[one.variant_id] for one in wanted for _copy in range(one.count)],
    }
    return told, prices


def _plain(sheet: Sheet) -> dict[str, Any]:
    pairs = {name: [float(one) for one in getattr(sheet, name)] for name in ("page", "label", "edge", "gap")}
    return {**pairs, "columns": sheet.columns, "rows": sheet.rows}


def _label(
    card: catalogue.VariantCard,
    barcodes: Sequence[str],
    price: Decimal | None,
    look: Look,
    sheet: Sheet,
    actor: Actor,
) -> dict[str, Any]:
    text = barcodes[0] if barcodes else card.code
    kind = look.code or codes.best_kind(text)
    try:
        code = codes.encode(kind, text)
        module = codes.module_mm(code, *_room(code, look, sheet), sheet.dot)
    except BadCode as bad:
        raise Invalid(_why(str(bad), card.name, text), code="bad_code") from bad
    high = module * code.height if code.height else _bars_high(look, sheet)
    drawing = codes.svg(code, bar_modules=max(int(high / module), 10))
    return {
        "name": card.name,
        "article": card.code,
        "price": wording.money(price, "RUB", actor.language) if price is not None else "",
        "per": "",
        "code": {
            "svg": drawing, "width": float(module * code.width), "height": float(high),
            "text": text, "shows": code.kind not in codes.SQUARE, "square": code.kind in codes.SQUARE,
        },
    }  # fmt: skip


def _room(code: Code, look: Look, sheet: Sheet) -> tuple[Decimal, Decimal]:
    """Return how wide and high a code may be: bars over the whole label, on a tag over two thirds of it."""
    width, height = sheet.label[0] - 2 * _PAD, sheet.label[1] - 2 * _PAD
    if code.kind in codes.SQUARE:
        side = min(height, width / 2) * (Decimal("0.5") if look.kind == TAG else 1)
        return side, side
    return (width * Decimal("0.68") if look.kind == TAG else width + _PAD), height


def _bars_high(look: Look, sheet: Sheet) -> Decimal:
    share = Decimal("0.2") if look.kind == TAG else Decimal("0.36")
    return (sheet.label[1] * share).quantize(Decimal("0.1"))


def _why(problem: str, name: str, text: str) -> str:
    words: Mapping[str, str] = {
        "digits": _("%(name)s: “%(text)s” is no EAN. Choose another code."),
        "letters": _("%(name)s: “%(text)s” has letters that this code cannot write. Choose QR or Data Matrix."),
        "length": _("%(name)s: “%(text)s” is too long for this code."),
        "room": _(
            "%(name)s: the code of “%(text)s” does not fit on this label. Choose a larger one, QR or Data Matrix."
        ),
    }
    return words[problem] % {"name": name, "text": text}


def _tags_in(place_id: int | None) -> "QuerySet[TagPrint]":
    if place_id is None:
        return TagPrint.objects.filter(place__isnull=True)
    return TagPrint.objects.filter(place_id=place_id)


def _remember(prices: Mapping[int, Decimal], place_id: int | None, actor: Actor, now: datetime) -> None:
    known = {
        row.variant_id: row
        for row in _tags_in(place_id).select_for_update().filter(variant_id__in=list(prices)).order_by("variant_id")
    }
    TagPrint.objects.bulk_create(
        [
            TagPrint(
                variant_id=variant, place_id=place_id, price=price, employee_id=actor.employee_id, printed_at=now
            )
            for variant, price in sorted(prices.items())
            if variant not in known
        ],
        ignore_conflicts=True,
    )
    for variant, row in known.items():
        row.price, row.employee_id, row.printed_at = prices[variant], actor.employee_id, now
    TagPrint.objects.bulk_update(known.values(), ["price", "employee_id", "printed_at"])


def copies_of_paper(public_id: str) -> list[Copies]:
    """Return as many labels as pieces came by a receipt, or are wanted by another paper. Raises NotFound."""
    paper = Document.objects.filter(public_id=public_id).first()
    if paper is None:
        raise NotFound(_("There is no such paper."))
    lines = DocumentLine.objects.filter(document=paper).order_by("id")
    found: dict[int, Decimal] = {}
    for one in lines:
        many = one.done or (
            Decimal(0) if paper.kind == "receipt" and paper.state == "done" else one.wanted or Decimal(0)
        )
        found[one.variant_id] = found.get(one.variant_id, Decimal(0)) + many
    return [
        Copies(variant, int(many.to_integral_value(ROUND_CEILING))) for variant, many in found.items() if many > 0
    ]


def tags_to_change(place_id: int | None, *, now: datetime, with_new: bool = False) -> list[Copies]:
    """Return the variants whose tag says another price than the one that holds, one copy each; those without a price
    now are left out. With `with_new` also what lies in the place and has never had a tag there.
    """
    rows = dict(_tags_in(place_id).values_list("variant_id", "price"))
    ids = set(rows)
    if with_new and place_id is not None:
        ids |= set(Balance.objects.filter(place_id=place_id, on_hand__gt=0).values_list("variant_id", flat=True))
    prices = catalogue.price_now(sorted(ids), at=now)
    return [Copies(one) for one in sorted(ids) if one in prices and rows.get(one) != prices[one]]
