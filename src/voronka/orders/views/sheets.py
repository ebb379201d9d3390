"""Sheets for those who pick, on paper: of one shipment, and of a wave of chosen orders."""

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.files import attachment
from voronka.kit.screens import actor_of, signed_in
from voronka.orders.permissions import SHIP
from voronka.orders.queries import picking, picks
from voronka.orders.queries.picks import Pick
from voronka.orders.views.words import day_words, many
from voronka.people import queries as people
from voronka.stock import services as stock
from voronka.stock.services import Column, Sheet


@transaction.non_atomic_requests
@signed_in
@require_GET
def shipment_sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the sheet of one shipment as PDF: what is not in the box yet, by article, with boxes to tick."""
    actor, now = actor_of(request), timezone.now()
    with transaction.atomic():
        actor.require(SHIP)
        row = picking.get_shipment(actor, public_id)
        found = picks.pick_of(actor, row)
        sheets, company = [_sheet(one, actor, now) for one in found], accounts.get_company_rules().name
    if not sheets:
        raise Invalid(_("All of this shipment is in the box: there is nothing to pick."), code="nothing_to_pick")
    return _given(sheets, company, f"{row.number}", actor, now)


@transaction.non_atomic_requests
@signed_in
@require_http_methods(["GET", "POST"])
def wave_sheet(request: HttpRequest) -> HttpResponse:
    """Give the sheets of chosen orders (`id`, many) as PDF: one of all their goods, then one for each order."""
    actor, now = actor_of(request), timezone.now()
    asked = (request.POST if request.method == "POST" else request.GET).getlist("id")
    ids = list(dict.fromkeys(one[:40].replace("\0", "") for one in asked))
    with transaction.atomic():
        actor.require(SHIP)
        if len(ids) > picks.MOST_ORDERS:
            words = _("At most %(most)d orders at once.") % {"most": picks.MOST_ORDERS}
            raise Invalid(words, code="too_many")
        found = picks.picks_of(actor, ids)
        sheets, company = wave_of(found, actor, now), accounts.get_company_rules().name
    if not sheets:
        raise Invalid(
            _("Nothing of these orders is to be picked: choose orders whose goods are reserved."),
            code="nothing_to_pick",
        )
    return _given(sheets, company, f"{now.astimezone(actor.zone):%Y-%m-%d-%H%M}", actor, now)


def _given(sheets: Sequence[Sheet], company: str, name: str, actor: Actor, now: datetime) -> HttpResponse:
    title = pgettext("paper", "Pick sheet")
    made = stock.print_sheets(sheets, title=title, foot=company, actor=actor, now=now)
    file = f"{pgettext('name of a file', 'pick')}-{name}.pdf"
    return attachment(io.BytesIO(made), file, content_type="application/pdf")  # type: ignore[return-value]


def wave_of(found: Sequence[Pick], actor: Actor, now: datetime) -> list[Sheet]:
    """Return the sheets of a wave: where there is more than one to pick, first what all of them need together."""
    each = [_sheet(one, actor, now) for one in found]
    return each if len(each) < 2 else [_together(found, actor, now), *each]


def _together(found: Sequence[Pick], actor: Actor, now: datetime) -> Sheet:
    rows: list[list[str]] = []
    whole = Decimal(0)
    for place_id in dict.fromkeys(one.place_id for one in found):
        here = [one for one in found if one.place_id == place_id]
        goods: dict[int, list[tuple[Pick, picks.PickLine]]] = {}
        for pick in here:
            for line in pick.lines:
                goods.setdefault(line.card.id, []).append((pick, line))
        rows.append([here[0].place])
        for parts in sorted(goods.values(), key=lambda one: (one[0][1].card.code, one[0][1].card.id)):
            line, total = parts[0][1], sum((part.quantity for _pick, part in parts), Decimal(0))
            whole += total
            whom = ", ".join(f"{pick.order.number} × {many(part.quantity, actor)}" for pick, part in parts)
            rows.append(["", line.card.code, line.card.name, line.barcode, whom, many(total, actor)])
    count = len({one.order.pk for one in found})
    return Sheet(
        title=pgettext("paper", "Wave of picking"),
        facts=[
            (_("Orders"), ngettext("%(n)d order", "%(n)d orders", count) % {"n": count}),
            (pgettext("paper", "Printed"), f"{now.astimezone(actor.zone):%d.%m.%Y %H:%M}"),
        ],
        columns=[
            _box(), _article(), Column(pgettext("of a thing", "Name"), 4), _barcode(),
            Column(_("Into orders"), 2.6), Column(_("How many"), 1, "right", is_bold=True),
        ],
        rows=rows,
        total=["", "", pgettext("sum of lines", "All"), "", "", many(whole, actor)],
        signs=[_("Picked by")],
        is_wide=True,
    )  # fmt: skip


def _sheet(pick: Pick, actor: Actor, now: datetime) -> Sheet:
    order = pick.order
    number = {"number": order.number}
    method = order.delivery_method.name if order.delivery_method else ""
    whole = sum((one.quantity for one in pick.lines), Decimal(0))
    return Sheet(
        title=_("Order № %(number)d") % number,
        facts=[
            (pgettext("paper", "Shipment"), f"№ {pick.number}" if pick.number is not None else ""),
            (pgettext("paper", "From"), pick.place),
            (_("Client"), people.name_shown(actor, order.client.name)),
            (_("Delivery"), method),
            (pgettext("order", "Promised"), day_words(order.promised_at, actor, now)),
        ],
        columns=[
            _box(), _article(), Column(pgettext("of a thing", "Name"), 4.4), _barcode(),
            Column(_("How many"), 1, "right", is_bold=True),
        ],
        rows=[["", one.card.code, one.card.name, one.barcode, many(one.quantity, actor)] for one in pick.lines],
        code=str(order.number),
        remark=order.comment[:600],
        total=["", "", pgettext("sum of lines", "All"), "", many(whole, actor)],
        signs=[_("Picked by"), _("Checked by")],
    )  # fmt: skip


def _box() -> Column:
    return Column("", 0.35, "center", is_box=True)


def _article() -> Column:
    return Column(_("Article"), 1.5, is_bold=True)


def _barcode() -> Column:
    return Column(_("Barcode"), 1.6)
