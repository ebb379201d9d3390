"""Labels and price tags: from typed articles, from what a search finds, from a paper, of changed prices."""

import io
import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_POST

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.files import attachment
from voronka.kit.screens import actor_of, signed_in
from voronka.stock import services
from voronka.stock.models import Place
from voronka.stock.permissions import PRINT
from voronka.stock.queries import places as own_places
from voronka.stock.services.labels import MOST_LABELS, Copies, Look, copies_of_paper, tags_to_change
from voronka.stock.views.words import tabs

MOST_FOUND = 500
_LINE = re.compile(r"^(?P<code>.+?)(?:\s*[x×хХ*]\s*(?P<count>\d{1,4}))?$")  # both alphabets have a sign like ×
SHEET_WORDS = {
    "roll-58x40": gettext_lazy("roll, 58 × 40 mm"),
    "roll-58x30": gettext_lazy("roll, 58 × 30 mm"),
    "roll-43x25": gettext_lazy("roll, 43 × 25 mm"),
    "roll-30x20": gettext_lazy("roll, 30 × 20 mm"),
    "a4-3x8": gettext_lazy("A4, 24 of 70 × 37 mm"),
    "a4-4x10": gettext_lazy("A4, 40 of 48.5 × 25.4 mm"),
    "a4-2x5": gettext_lazy("A4, 10 of 99 × 57 mm"),
}
CODE_WORDS = {
    "": gettext_lazy("what fits the barcode"),
    "ean13": "EAN-13",
    "ean8": "EAN-8",
    "code128": "Code 128",
    "qr": "QR",
    "datamatrix": "Data Matrix",
}


def _places(actor: Actor) -> list[Place]:
    return [one for one in own_places(actor) if not one.name.startswith("@")]


@signed_in
@require_GET
def label_page(request: HttpRequest) -> HttpResponse:
    """Choose what to print: `codes` and `q` may stand in the address, `paper` is a receipt, `place` of the tags."""
    actor = actor_of(request)
    actor.require(PRINT)
    places = _places(actor)
    place = next((one for one in places if one.public_id == request.GET.get("place", "")), None)
    paper = request.GET.get("paper", "")[:40]
    counted = sum(one.count for one in copies_of_paper(paper)) if paper else 0
    context: dict[str, Any] = {
        "places": [("", "–"), *((one.public_id, one.name) for one in places)],
        "place": place.public_id if place else "",
        "changed": len(tags_to_change(place.pk if place else None, now=timezone.now())),
        "paper": paper,
        "counted": counted,
        "codes": request.GET.get("codes", "")[:20_000],
        "q": request.GET.get("q", "")[:200],
        "sheets": list(SHEET_WORDS.items()),
        "kinds": list(CODE_WORDS.items()),
        "most": MOST_LABELS,
        "stock_tabs": tabs(actor, "labels"),
    }
    return render(request, "stock/labels.html", context)


@transaction.non_atomic_requests
@signed_in
@require_POST
def labels_print(request: HttpRequest) -> HttpResponse:
    """Give the chosen labels or tags as PDF."""
    actor, now = actor_of(request), timezone.now()
    with transaction.atomic():
        actor.require(PRINT)
        place = _place(request, _places(actor))
        wanted = _wanted(request, place)
    skip = request.POST.get("skip", "0") or "0"
    look = Look(
        "tag" if request.POST.get("kind") == "tag" else "label",
        request.POST.get("sheet", ""),
        request.POST.get("code", ""),
        int(skip) if skip.isdecimal() and len(skip) < 4 else -1,
        with_price=bool(request.POST.get("with_price")),
        place_id=place.pk if place else None,
    )
    made = services.print_labels(wanted, look, actor=actor, now=now)
    name = pgettext("name of a file", "tags") if look.kind == "tag" else pgettext("name of a file", "labels")
    day = f"{now.astimezone(actor.zone):%Y-%m-%d}"
    return attachment(io.BytesIO(made), f"{name}-{day}.pdf", content_type="application/pdf")  # type: ignore[return-value]


def _place(request: HttpRequest, places: Sequence[Place]) -> Place | None:
    asked = request.POST.get("place", "")
    found = next((one for one in places if one.public_id == asked), None)
    if asked and found is None:
        raise NotFound(_("There is no such place."))
    return found


def _wanted(request: HttpRequest, place: Place | None) -> list[Copies]:
    what = request.POST.get("what", "codes")
    if what == "changed":
        found = tags_to_change(
            place.pk if place else None, now=timezone.now(), with_new=bool(request.POST.get("new"))
        )
        if not found:
            raise Invalid(_("No price has changed since the tags were printed."), code="nothing_changed")
        return found[:MOST_LABELS]
    if what == "paper":
        return copies_of_paper(request.POST.get("paper", "")[:40])
    if what == "found":
        cards = catalogue.find_variants(request.POST.get("q", "")[:200].replace("\0", ""), most=MOST_FOUND)
        return [Copies(one.id) for one in cards if one.kind != "service"]
    return _typed(request.POST.get("codes", "")[:50_000].replace("\0", ""))


def _typed(text: str) -> list[Copies]:
    """Return the labels that lines ask for: an article or a barcode, with `× 5` for five of it."""
    lines = [match for line in text.splitlines() if (match := _LINE.match(line.strip()))]
    plain = [one.group(0) for one in lines]
    known = catalogue.ids_by_codes([*plain, *(one.group("code").strip() for one in lines)])
    found = []
    for one in lines:
        code, whole = one.group("code").strip(), one.group(0)
        # An article may end like a count: the whole line is tried first.
        variant, count = (known[whole], 1) if whole in known else (known.get(code), int(one.group("count") or 1))
        if variant is None:
            words = _("There are no goods of the article “%(code)s”.") % {"code": code[:60]}
            raise Invalid(words, code="unknown_article", fields={"codes": words})
        found.append(Copies(variant, count))
    return found
