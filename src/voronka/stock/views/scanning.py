"""The pages of a phone: goods are received, moved and counted by a scanner, the camera, or a typed code.

Readings live in the browser with their operations until the server has answered for them: they are sent again as often
as it takes, and each counts once.
"""

import json
import uuid
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.stock import services
from voronka.stock.permissions import COUNT
from voronka.stock.queries import documents
from voronka.stock.queries.documents import Paper
from voronka.stock.services import Reading
from voronka.stock.services.documents import RIGHTS
from voronka.stock.views.documents import paper_title, where_words

MOST_READINGS = 200


@signed_in
@require_GET
def scan_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the page that counts: the last reading largest, the lines below it."""
    actor = actor_of(request)
    view = documents.view_document(actor, public_id)
    actor.require(COUNT if view.row.kind == "count" else RIGHTS[view.row.kind])
    context = {
        "row": view.row,
        "title": paper_title(view.row),
        "where": _about(view),
        "state_json": json.dumps(state_of(actor, view), ensure_ascii=False),
        "operation": str(uuid.uuid4()),
    }
    return render(request, "stock/scan.html", context)


def _about(view: Paper) -> str:
    number = _("paper No. %(number)s") % {"number": view.row.partner_number} if view.row.partner_number else ""
    return ", ".join(text for text in (where_words(view.row), number) if text)


def state_of(actor: Actor, view: Paper) -> dict[str, Any]:
    """Return a paper as the page that counts knows it: numbers as numbers."""
    return {
        "kind": view.row.kind,
        "state": view.row.state,
        "version": view.row.version,
        "may_finish": actor.may(RIGHTS[view.row.kind]),
        "lines": [
            {
                "id": one.card.public_id,
                "name": one.card.name,
                "code": one.card.code,
                "codes": list(one.barcodes),
                "lot": one.row.lot_number,
                "wanted": None if one.row.wanted is None else float(one.row.wanted),
                "done": float(one.row.done),
                "damaged": float(one.row.damaged),
                "read": one.is_read,
            }
            for one in view.lines
        ],
        "odd": [
            {
                "code": one.code,
                "name": one.card.name if one.card is not None else "",
                "quantity": float(one.quantity),
                "aside": one.is_aside,
            }
            for one in view.odd
        ],
    }


@signed_in
@require_GET
def scan_state(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tell how the paper stands now, and what goods a code is of where one is asked for."""
    actor = actor_of(request)
    view = documents.view_document(actor, public_id)
    told = state_of(actor, view)
    code = request.GET.get("code", "")[:80].replace("\0", "").strip()
    if code:
        cards = catalogue.find_variants(barcode=code) or catalogue.find_variants(code=code)
        goods = [one for one in cards if one.kind == "goods"][:1]
        told["goods"] = [{"id": one.public_id, "name": one.name, "code": one.code} for one in goods]
    return JsonResponse(told)


@signed_in
@require_POST
def scan_readings(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take readings in, those that were sent before as well; answer what became of each, and how their lines stand."""
    actor = actor_of(request)
    row = documents.get_document(actor, public_id)
    readings = _readings(request)
    done = services.scan(row.pk, readings, actor=actor, now=timezone.now())
    ids = catalogue.public_ids("variant", [one.variant_id for one in done if one.variant_id is not None])
    touched = [one.variant_id for one in done if one.variant_id is not None]
    told = state_of(actor, documents.view_document(actor, public_id, only=touched))
    told["done"] = [
        {"operation": str(one.operation), "state": one.state, "variant": ids.get(one.variant_id or 0, "")}
        for one in done
    ]
    return JsonResponse(told)


def _readings(request: HttpRequest) -> list[Reading]:
    """Return the readings of a request: JSON, or a field of a form. Raises Invalid where it is none."""
    words = _("These readings cannot be read: open the page anew.")
    try:
        sent = request.POST.get("readings")
        rows = json.loads(request.body)["readings"] if sent is None else json.loads(sent)
        if not isinstance(rows, list) or len(rows) > MOST_READINGS:
            raise Invalid(words, code="unreadable")
        goods = {str(one["variant"])[:40] for one in rows if one.get("variant")}
        known = {card.public_id: card.id for card in _cards(goods)}
        return [_reading(one, known) for one in rows]
    except (
        ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError, RawPostDataException,
    ) as error:  # fmt: skip
        raise Invalid(words, code="unreadable") from error


def _cards(public_ids: set[str]) -> list[catalogue.VariantCard]:
    return catalogue.variants_by_public_ids([one for one in public_ids if "\0" not in one])


def _reading(one: dict[str, Any], known: dict[str, int]) -> Reading:
    quantity = Decimal(str(one["quantity"])[:30])
    return Reading(
        uuid.UUID(str(one["operation"])),
        quantity,
        # Half of a sign of two (JSON can hold that) is no text for the database.
        code=str(one.get("code", ""))[:80].replace("\0", "").encode(errors="ignore").decode(),
        variant_id=known.get(str(one.get("variant") or "")),
        is_damaged=bool(one.get("damaged")),
        is_total=bool(one.get("total")),
        is_aside=bool(one.get("aside")),
        seconds_ago=max(0, int(one.get("ago", 0))),
    )


@signed_in
@require_GET
def scan_begin(request: HttpRequest) -> HttpResponse:
    """Show the papers that can be gone on with by a phone, and what can be begun."""
    actor = actor_of(request)
    found = documents.list_documents(actor, state="live")
    rows = [
        (one, paper_title(one), where_words(one), reverse("stock:scan", args=[one.public_id]))
        for one in found.exclude(kind="purchase")[:60]
        if actor.may(RIGHTS[one.kind]) or (one.kind == "count" and actor.may(COUNT))
    ]
    return render(request, "stock/scan_begin.html", {"rows": rows})
