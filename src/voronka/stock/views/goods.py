"""The ledger of a variant: where it lies, to whom it is promised, how it moved; the block on its product's card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from voronka.accounts import queries as accounts
from voronka.catalogue import queries as catalogue
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.pieces import Stat
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.subjects import all_subject_kinds
from voronka.stock.permissions import SEE, SEE_COST
from voronka.stock.queries import ledger, lists
from voronka.stock.queries.ledger import MoveRow, Promise
from voronka.stock.queries.lists import StockRow
from voronka.stock.services.refusals import shown
from voronka.stock.services.words import HELD_STATES, PAPER_KINDS, place_name
from voronka.stock.views.words import tabs


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise as the page shows it; `url` is empty where the record has no page."""

    name: str
    url: str
    place: str
    quantity: str
    state: str


@dataclass(frozen=True, slots=True)
class MoveView:
    """A move as the page shows it; `tone` is gain or spend for what came to the company or left it."""

    at: str
    sentence: str
    url: str
    source: str
    target: str
    quantity: str
    tone: str
    value: str
    who: str
    lot: str


@signed_in
@require_GET
def goods_ledger(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show where a variant lies, to whom it is promised and how it moved, the newest first."""
    actor, given = actor_of(request), request.GET
    actor.require(SEE)
    card = catalogue.get_variant(public_id)
    rows = lists.rows_of(actor, [card.id])
    asked = {name: given.get(name, "")[:20].replace("\0", "") for name in ("place", "paper")}
    place, paper = asked["place"], asked["paper"]
    page = ledger.read_moves(actor, card.id, after=given.get("after", "")[:20], place=place, paper=paper)
    kept = {name: value for name, value in asked.items() if value}
    balances = [
        (place_name(one.place), shown(one.on_hand), shown(one.reserved), shown(one.on_hand - one.reserved), one)
        for one in ledger.balances_of(actor, [card.id])
    ]
    context: dict[str, Any] = {
        "tabs": tabs(actor, "goods"),
        "card": card,
        "product": catalogue.public_ids("product", [card.product_id]).get(card.product_id, ""),
        "barcodes": catalogue.barcodes_of([card.id]).get(card.id, []),
        "stats": _stats(actor, rows[0]),
        "balances": balances,
        "promises": promise_views(ledger.promises_of(actor, [card.id])),
        "lots": [(one, place_name(one.place), shown(one.on_hand)) for one in ledger.lots_of(actor, card.id)],
        "moves": _move_views(actor, page.rows),
        "sees_cost": actor.may(SEE_COST),
        "places": [("", _("All places")), *((one.public_id, one.name) for one in lists.places_shown(only_on=False))],
        "papers": [("", _("All moves")), *((code, str(words)) for code, words in PAPER_KINDS.items())],
        "asked": asked,
        "next_url": f"?{urlencode(kept | {'after': page.after})}#moves" if page.after else "",
        "first_url": f"?{urlencode(kept)}#moves" if given.get("after") else "",
    }
    return render(request, "stock/goods_ledger.html", context)


def _stats(actor: Actor, row: StockRow) -> list[Stat]:
    found = [
        Stat(_("Available"), shown(row.available), tone="" if row.available > 0 else "late"),
        Stat(_("On hand"), shown(row.on_hand)),
        Stat(_("Reserved"), shown(row.reserved)),
        Stat(_("Expected"), shown(row.expected)),
    ]
    if row.worth is not None:
        found.append(Stat(_("Worth"), wording.money(row.worth, "RUB", actor.language)))
    return found


def promise_views(promises: Sequence[Promise]) -> list[PromiseView]:
    """Return promises as pages show them: the names of their records are asked for at once, kind by kind."""
    kinds = {one.kind: one for one in all_subject_kinds()}
    ids: dict[str, list[int]] = {}
    for one in promises:
        ids.setdefault(one.holder_kind, []).append(one.holder_id)
    names = {kind: kinds[kind].names(sorted(set(of))) for kind, of in ids.items() if kind in kinds}
    now = timezone.now()
    return [
        PromiseView(
            names.get(one.holder_kind, {}).get(one.holder_id, f"{one.holder_kind} {one.holder_id}"),
            kinds[one.holder_kind].page(one.holder_id) if one.holder_id in names.get(one.holder_kind, {}) else "",
            place_name(one.place),
            shown(one.quantity),
            _("until %(when)s") % {"when": wording.moment(one.until, str(timezone.get_current_timezone()), now)}
            if one.until is not None
            else str(HELD_STATES[one.state]),
        )
        for one in promises
    ]


def _move_views(actor: Actor, rows: Sequence[MoveRow]) -> list[MoveView]:
    names = accounts.employee_names([one.row.employee_id for one in rows if one.row.employee_id is not None])
    return [
        MoveView(
            f"{one.row.at.astimezone(actor.zone):%d.%m.%Y %H:%M}",
            str(PAPER_KINDS.get(one.row.document_kind) or _holder_words(one.row.document_kind)),
            reverse("stock:paper", args=[one.paper]) if one.paper else "",
            place_name(one.row.source),
            place_name(one.row.target),
            f"{'+' if one.sign > 0 else '−' if one.sign < 0 else ''}{shown(one.row.quantity)}",
            "gain" if one.sign > 0 else "spend" if one.sign < 0 else "",
            wording.money(one.row.value, "RUB", actor.language) if actor.may(SEE_COST) else "",
            names.get(one.row.employee_id or 0, ""),
            one.row.lot.number if one.row.lot is not None else "",
        )
        for one in rows
    ]


def _holder_words(kind: str) -> str:
    named = {one.kind: str(one.name) for one in all_subject_kinds()}
    return named.get(kind, kind)


@signed_in
@require_GET
def product_block(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what of a product lies where: the block on its card."""
    actor = actor_of(request)
    actor.require(SEE)
    ids = catalogue.variants_of_product(public_id)
    if not ids:
        raise NotFound(_("There is no such product."))
    rows = lists.rows_of(actor, ids[:200])
    names = {one.pk: one.name for one in lists.places_shown(only_on=False)}
    context = {"rows": [(row, shown(row.available), shown(row.expected), _where(row, names)) for row in rows]}
    return render(request, "stock/_product.html", context)


def _where(row: StockRow, names: dict[int, str]) -> list[tuple[str, str]]:
    lying = [(names[pk], one) for pk, one in row.places.items() if pk in names and one.on_hand]
    return [(name, shown(one.on_hand - one.reserved)) for name, one in lying]
