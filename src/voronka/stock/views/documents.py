"""Papers of the store: the list, one of them, a new one, what may be done with it."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import services as accounts
from voronka.catalogue import queries as catalogue
from voronka.kit.actors import EXPORT, Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.listfile import ListFile, handed_over
from voronka.kit.screens import actor_of, signed_in
from voronka.kit.tables.writers import Writable
from voronka.stock import services
from voronka.stock.models import Document
from voronka.stock.permissions import COUNT, PRINT, SEE, SEE_COST
from voronka.stock.queries import documents, lists
from voronka.stock.queries.documents import Line, Paper, Settled
from voronka.stock.services import Heading
from voronka.stock.services.documents import RIGHTS
from voronka.stock.services.refusals import shown
from voronka.stock.services.words import PAPER_KINDS, STATE_TONES, place_name, state_choices, state_words
from voronka.stock.views.words import doors, tabs

PAGE = 50
# What each kind of paper asks for above its lines.
ASKS = {
    "purchase": ("supplier", "target", "expected_on", "comment"),
    "receipt": ("supplier", "target", "partner_number", "comment"),
    "transfer": ("source", "target", "comment"),
    "write_off": ("source", "comment"),
    "back": ("supplier", "source", "comment"),
    "count": ("source", "comment"),
}


@signed_in
@require_GET
def paper_list(request: HttpRequest) -> HttpResponse:
    """Show papers: of a kind, in a state, of a place, whose number or supplier a text names."""
    actor, given = actor_of(request), request.GET
    actor.require(SEE)
    asked = {name: given.get(name, "")[:100].replace("\0", "") for name in ("kind", "state", "place", "q")}
    found = documents.list_documents(
        actor,
        kind=asked["kind"] if asked["kind"] in PAPER_KINDS else "",
        state=asked["state"] if asked["state"] in {code for code, _words in _states()} else "",
        place=asked["place"],
        text=asked["q"],
    )
    rows, after = _page(found, given.get("after", ""))
    kept = {name: value for name, value in asked.items() if value}
    context = {
        "tabs": tabs(actor, "papers"),
        "doors": doors(actor),
        "rows": _rows(actor, rows),
        "kinds": [("", _("All kinds")), *((code, str(words)) for code, words in PAPER_KINDS.items())],
        "states": _states(),
        "places": [("", _("All places")), *((one.public_id, one.name) for one in lists.places_shown(only_on=False))],
        "asked": asked,
        "is_asked": bool(kept),
        "next_url": f"?{urlencode(kept | {'after': after})}" if after else "",
        "first_url": f"?{urlencode(kept)}" if given.get("after") else "",
    }
    return render(request, "stock/papers.html", context)


def _states() -> list[tuple[str, str]]:
    return [("", _("Any state")), ("live", _("not done yet")), *state_choices()]


def _page(found: "QuerySet[Document]", after: str) -> tuple[list[Document], str]:
    if after.isascii() and after.isdigit() and len(after) < 19:
        found = found.filter(pk__lt=int(after))
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def _rows(actor: Actor, rows: Sequence[Document]) -> list[tuple[Any, ...]]:
    counted = documents.counted([one.pk for one in rows])
    return [
        (
            one,
            paper_title(one),
            where_words(one),
            state_words(one.kind, one.state),
            STATE_TONES.get(one.state, ""),
            f"{one.made_at.astimezone(actor.zone):%d.%m.%Y}",
            *_pieces(one, counted),
        )
        for one in rows
    ]


def _pieces(one: Document, counted: dict[int, tuple[int, Any, Any]]) -> tuple[int, str]:
    """Return how many lines a paper has, and how many pieces were counted of how many."""
    lines, wanted, came = counted.get(one.pk, (0, 0, 0))
    if one.kind in ("receipt", "purchase", "transfer") and wanted and (came or one.state != "open"):
        return lines, _("%(done)s of %(all)s") % {"done": shown(came), "all": shown(wanted)}
    return lines, shown(came or wanted) if lines else ""


def paper_title(one: Document) -> str:
    """Return a paper's kind and number."""
    return f"{PAPER_KINDS[one.kind]} № {one.number}"


def where_words(one: Document) -> str:
    """Return from where to where a paper goes, with its supplier."""
    ends = [one.supplier.name if one.supplier is not None else "", *(
        place_name(place) for place in (one.source, one.target) if place is not None
    )]  # fmt: skip
    if one.kind == "back":
        ends = ends[1:] + ends[:1]
    return " → ".join(name for name in ends if name)


@signed_in
@require_http_methods(["GET", "POST"])
def paper_new(request: HttpRequest) -> HttpResponse:
    """Begin a paper: where from, where to, of whom; its lines follow on its page."""
    actor, kind = actor_of(request), request.GET.get("kind") or request.POST.get("kind", "")
    if kind not in ASKS:
        raise NotFound(_("There is no such paper."))
    actor.require(RIGHTS[kind])
    places = lists.places_shown()
    suppliers = catalogue.supplier_choices()
    basis = _basis(actor, request.GET.get("basis", "") or request.POST.get("basis", ""))
    typed = _first_values(kind, basis, [one.public_id for one in places])
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "")[:5_000].replace("\0", "") for name in ASKS[kind]}
        try:
            made = services.make_document(
                _heading(kind, typed, {one.public_id: one.pk for one in places}, suppliers, basis),
                [],
                actor=actor,
                now=timezone.now(),
            )
        except Invalid as wrong:
            errors = wrong.fields or {"comment": wrong.message}
        else:
            return redirect("stock:paper", made.public_id)
    context = {
        "tabs": tabs(actor, "papers"),
        "kind": kind,
        "title": PAPER_KINDS[kind],
        "asks": ASKS[kind],
        "basis": basis,
        "basis_title": paper_title(basis) if basis is not None else "",
        "typed": typed,
        "errors": errors,
        "places": [("", "—"), *((one.public_id, one.name) for one in places)],
        "suppliers": [("", "—"), *((public_id, name) for _pk, public_id, name in suppliers)],
    }
    return render(request, "stock/paper_new.html", context, status=422 if errors else 200)


def _basis(actor: Actor, public_id: str) -> Document | None:
    if not public_id:
        return None
    row = documents.get_document(actor, public_id[:40].replace("\0", ""))
    if row.kind != "purchase":
        raise NotFound(_("There is no such paper."))
    return row


def _first_values(kind: str, basis: Document | None, places: Sequence[str]) -> dict[str, str]:
    """Return what is most likely meant: the order's own supplier and place, else the first places there are."""
    found = dict.fromkeys(ASKS[kind], "")
    if places and "source" in found:
        found["source"] = places[0]
    if places and "target" in found:
        found["target"] = places[1] if "source" in found and len(places) > 1 else places[0]
    if basis is not None:
        found["supplier"] = basis.supplier.public_id if basis.supplier is not None else ""
        found["target"] = basis.target.public_id if basis.target is not None else found.get("target", "")
    return found


def _heading(
    kind: str,
    typed: dict[str, str],
    places: dict[str, int],
    suppliers: Sequence[tuple[int, str, str]],
    basis: Document | None,
) -> Heading:
    of = {public_id: pk for pk, public_id, _name in suppliers}
    return Heading(
        kind,
        source_id=places.get(typed.get("source", "")),
        target_id=places.get(typed.get("target", "")),
        supplier_id=of.get(typed.get("supplier", "")),
        basis_id=basis.pk if basis is not None else None,
        partner_number=typed.get("partner_number", ""),
        comment=typed.get("comment", ""),
        expected_on=_day(typed.get("expected_on", "")),
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        day = parse_date(text.strip()[:20])
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2200:
        words = _("Write a day like 31.12.2026.")
        raise Invalid(words, fields={"expected_on": words})
    return day


@signed_in
@require_GET
def paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a paper with its lines, what differs, what was read beside them."""
    actor = actor_of(request)
    view = documents.view_document(actor, public_id)
    return render(request, "stock/paper.html", paper_context(actor, view))


def paper_context(actor: Actor, view: Paper) -> dict[str, Any]:
    """Return what the page of a paper shows."""
    row = view.row
    is_live = row.state in ("open", "sent", "draft")
    may = actor.may(RIGHTS[row.kind])
    return {
        "tabs": tabs(actor, "papers"),
        "paper": view,
        "row": row,
        "title": paper_title(row),
        "where": where_words(row),
        "state": state_words(row.kind, row.state),
        "tone": STATE_TONES.get(row.state, ""),
        "made": f"{row.made_at.astimezone(actor.zone):%d.%m.%Y %H:%M}",
        "done_at": f"{row.done_at.astimezone(actor.zone):%d.%m.%Y %H:%M}" if row.done_at else "",
        "lines": [line_view(view, one) for one in view.lines],
        "odd": [(one, shown(one.quantity)) for one in view.odd],
        "wanted": shown(view.wanted),
        "done": shown(view.done),
        "differing": len(view.differing),
        "is_live": is_live,
        "may": may,
        "may_write": may and row.state == "open",
        "may_count": is_live and row.kind != "purchase" and (may or (row.kind == "count" and actor.may(COUNT))),
        "counts": row.kind in ("receipt", "count") or row.state == "sent",
        "sees_cost": actor.may(SEE_COST) and row.kind in ("purchase", "receipt", "back"),
        "may_receive": row.kind == "purchase" and row.state in ("open", "sent") and actor.may(RIGHTS["receipt"]),
        "made_from": [(one, paper_title(one), state_words(one.kind, one.state)) for one in documents.made_from(row)],
        "basis_title": paper_title(row.basis) if row.basis is not None else "",
        "settled": [(one, settled_words(row, one)) for one in documents.settled_of(row)],
        "takes_damaged": row.kind == "receipt" or (row.kind == "transfer" and row.state in ("sent", "done")),
        "operation": str(uuid.uuid4()),
        "finish_words": finish_words(row),
        "may_export": actor.may(EXPORT),
        "may_print": row.kind == "receipt" and bool(view.lines) and actor.may(PRINT),
    }


def settled_words(row: Document, one: Settled) -> str:
    """Say how a difference of a transfer was settled."""
    many = {"n": shown(one.quantity), "place": place_name(row.source) if row.source is not None else ""}
    return {
        "lost": _("%(n)s written off as lost on the way"),
        "damaged": _("%(n)s put where damaged goods lie"),
        "unwritten": _("%(n)s came beyond the paper: taken off %(place)s"),
        "found": _("%(n)s came beyond the paper and the books: put on the books as found"),
    }[one.how] % many


def line_view(view: Paper, one: Line) -> dict[str, Any]:
    """Return a line as the page shows it: how many differ, in words, and how that looks."""
    differs = one in view.differing
    words = ""
    if differs:
        many = {"n": shown(abs(one.difference))}
        words = _("%(n)s too many") % many if one.difference > 0 else _("%(n)s missing") % many
    return {
        "one": one,
        "row": one.row,
        "card": one.card,
        "wanted": shown(one.wanted) if one.row.wanted is not None else "",
        "done": shown(one.row.done),
        "damaged": shown(one.row.damaged) if one.row.damaged else "",
        "plain_wanted": f"{one.wanted.normalize():f}",
        "plain_done": f"{one.row.done.normalize():f}" if one.is_read else "",
        "plain_damaged": f"{one.row.damaged.normalize():f}" if one.row.damaged else "",
        "plain_cost": f"{one.row.cost:f}" if one.row.cost is not None else "",
        "differs": words,
        "tone": "heed" if differs and one.difference > 0 else "late" if differs else "",
    }


def finish_words(row: Document) -> str:
    """Return what the button that does a paper says."""
    if row.kind == "transfer":
        return _("Take in") if row.state == "sent" else _("Send")
    if row.kind == "purchase":
        return _("Close the order") if row.state == "sent" else _("Ordered from the supplier")
    return {
        "receipt": _("Take in"),
        "write_off": _("Write off"),
        "back": _("Send back"),
        "count": _("Bring the books to the count"),
    }[row.kind]


@signed_in
@require_POST
def paper_act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Do a paper, cancel it, or put all goods of its place on a count."""
    actor = actor_of(request)
    row = documents.get_document(actor, public_id)
    try:
        if act == "cancel":
            services.cancel(row.pk, actor=actor)
            messages.success(request, _("The paper is cancelled"))
        elif act == "plan":
            many = services.plan_count(row.pk, actor=actor)
            messages.success(
                request, ngettext("%(n)d kind of goods added", "%(n)d kinds of goods added", many) % {"n": many}
            )
        elif act == "finish":
            _finish(request, actor, row)
        else:
            raise NotFound(_("There is no such act."))
    except (Conflict, Invalid) as refusal:
        messages.error(request, refusal.message)
    return redirect("stock:paper", public_id)


def _finish(request: HttpRequest, actor: Actor, row: Document) -> None:
    version, operation = request.POST.get("version", ""), request.POST.get("operation", "")
    left = services.finish(
        row.pk,
        actor=actor,
        now=timezone.now(),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
        operation=operation_of(operation),
    )
    if not left:
        messages.success(request, _("Done: the books are right"))
        return
    cards = catalogue.variants_by_ids([one.variant_id for one in left])
    for one in left[:20]:
        name = cards[one.variant_id].name if one.variant_id in cards else ""
        messages.error(request, f"{name}: {one.why}")


def operation_of(text: str) -> uuid.UUID | None:
    """Return the operation that a form names, None where it names none."""
    try:
        return uuid.UUID(text[:40])
    except ValueError:
        return None


@signed_in
@require_GET
def paper_export(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Give the lines of a paper as a file. The right is its own, the act is logged."""
    actor = actor_of(request)
    view = documents.view_document(actor, public_id)
    sees_cost = actor.may(SEE_COST)

    def rows() -> Iterator[Sequence[Writable]]:
        for number, one in enumerate(view.lines, start=1):
            cost = [one.row.cost] if sees_cost else []
            codes, counted = ", ".join(one.barcodes), [one.row.wanted, one.row.done, one.row.damaged]
            yield [number, one.card.code, one.card.name, codes, *counted, *cost]

    names = [_("Wanted"), _("Counted"), _("Damaged"), *([_("Cost of one")] if sees_cost else [])]
    made = ListFile(
        what="stock_paper",
        name=f"{view.row.kind}-{view.row.number}",
        heads=["№", _("Article"), pgettext("of a thing", "Name"), _("Barcode"), *names],
        count=lambda most: min(len(view.lines), most),
        rows=rows,
        query=[paper_title(view.row)],
    )
    return handed_over(accounts.take_list_out(actor=actor, made=made, code=code, now=timezone.now()))
