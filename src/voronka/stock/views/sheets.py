"""The papers of the store as sheets to carry: a receipt, a transfer, a write-off, a count, an order to a supplier."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.files import attachment
from voronka.kit.screens import actor_of, signed_in
from voronka.stock import services
from voronka.stock.queries import documents
from voronka.stock.queries.documents import Line, Paper
from voronka.stock.services import Column, Sheet
from voronka.stock.services.refusals import shown
from voronka.stock.services.words import place_name, state_words
from voronka.stock.views.documents import paper_title

COSTED = ("purchase", "receipt", "back", "write_off")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A column with what stands in it of each line."""

    column: Column
    told: Callable[[Line], str]
    total: str = ""


@transaction.non_atomic_requests
@signed_in
@require_GET
def paper_sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a paper as PDF. Costs stand on it only for those who may see them."""
    actor, now = actor_of(request), timezone.now()
    with transaction.atomic():
        view = documents.view_document(actor, public_id)
        sheet, company = sheet_of(view, actor), accounts.get_company_rules().name
    made = services.print_sheets([sheet], title=sheet.title, foot=company, actor=actor, now=now)
    name = f"{view.row.kind}-{view.row.number}.pdf"
    return attachment(io.BytesIO(made), name, content_type="application/pdf")  # type: ignore[return-value]


def sheet_of(view: Paper, actor: Actor) -> Sheet:
    """Return a paper as a sheet: its columns and those who sign it are those of its kind."""
    row = view.row
    lines = sorted(view.lines, key=lambda one: (one.card.code, one.row.pk))
    cells = _cells(view, lines, actor)
    return Sheet(
        title=paper_title(row),
        facts=_facts(view, actor),
        columns=[one.column for one in cells],
        rows=[[one.told(line) for one in cells] for line in lines],
        code=documents.code_of(row),
        remark=row.comment[:1_000],
        total=[one.total for one in cells],
        signs=_signs(row.kind),
        is_wide=len(cells) > 8,
    )


def _facts(view: Paper, actor: Actor) -> list[tuple[str, str]]:
    row = view.row

    def moment(at: datetime | None) -> str:
        return f"{at.astimezone(actor.zone):%d.%m.%Y %H:%M}" if at is not None else ""

    facts = [
        (_("Supplier"), row.supplier.name if row.supplier is not None else ""),
        (pgettext("paper", "From"), place_name(row.source) if row.source is not None and row.kind != "count" else ""),
        (_("Where"), place_name(row.source) if row.source is not None and row.kind == "count" else ""),
        (pgettext("paper", "To"), place_name(row.target) if row.target is not None else ""),
        (_("Supplier's paper"), row.partner_number),
        (pgettext("paper", "By"), paper_title(row.basis) if row.basis is not None else ""),
        (pgettext("paper", "Expected"), f"{row.expected_on:%d.%m.%Y}" if row.expected_on is not None else ""),
        (pgettext("paper", "Begun"), moment(row.made_at)),
        (pgettext("paper", "Done"), moment(row.done_at)),
        (pgettext("paper", "State"), state_words(row.kind, row.state)),
    ]
    return [(name, words) for name, words in facts if words]


def _cells(view: Paper, lines: Sequence[Line], actor: Actor) -> list[_Cell]:
    kind = view.row.kind
    is_open = view.row.state in ("draft", "open", "sent")
    numbers = {one.row.pk: str(place) for place, one in enumerate(lines, start=1)}
    cells = [
        _Cell(Column("№", 0.4, "right"), lambda one: numbers[one.row.pk]),
        _Cell(Column(_("Article"), 1.4, is_bold=True), lambda one: one.card.code),
        _Cell(Column(pgettext("of a thing", "Name"), 3.6), _name, pgettext("sum of lines", "All")),
        _Cell(Column(_("Barcode"), 1.5), lambda one: next(iter(one.barcodes), "")),
    ]
    cells += _counted(view, is_open=is_open)
    if view.sees_cost and kind in COSTED:
        cells += _priced(view, actor)
    if is_open and kind in ("transfer", "purchase", "back", "write_off"):
        cells.append(_Cell(Column("", 0.4, "center", is_box=True), lambda _one: ""))
    return cells


def _counted(view: Paper, *, is_open: bool) -> list[_Cell]:
    """Return the columns of quantities: where a thing is still to be counted by hand, room to write."""
    kind = view.row.kind
    wanted_name = {"count": _("By the books"), "receipt": _("Was to come")}.get(kind, _("How many"))
    wanted = _Cell(
        Column(wanted_name, 0.9, "right", is_bold=kind not in ("count", "receipt")),
        lambda one: shown(one.wanted) if one.row.wanted is not None else "",
        shown(view.wanted),
    )
    if kind not in ("count", "receipt") and not view.is_read:
        return [wanted]
    blank = is_open and not view.is_read

    def read(one: Line) -> str:
        return shown(one.row.done) if one.is_read else ("" if is_open else "0")

    cells = [
        wanted,
        _Cell(Column(_("Counted"), 0.9, "right", is_bold=True), read, "" if blank else shown(view.done)),
    ]
    if kind == "receipt":
        cells.append(
            _Cell(
                Column(_("Damaged"), 0.9, "right"),
                lambda one: shown(one.row.damaged) if one.row.damaged else "",
            )
        )
    cells.append(
        _Cell(
            Column(_("Difference"), 0.9, "right"),
            lambda one: _signed(one.difference) if one in view.differing else "",
        )
    )
    return cells


def _priced(view: Paper, actor: Actor) -> list[_Cell]:
    def many(one: Line) -> Decimal:
        return one.row.done + one.row.damaged if view.row.kind == "receipt" and one.is_read else one.wanted

    def money(amount: Decimal | None) -> str:
        return "" if amount is None else wording.number(amount, actor.language, digits=2)

    def cost(one: Line) -> Decimal | None:
        return None if one.row.cost is None else (one.row.cost * many(one)).quantize(Decimal("0.01"))

    sums = [found for one in view.lines if (found := cost(one)) is not None]
    if not sums:
        return []
    return [
        _Cell(Column(_("Cost of one"), 1.1, "right"), lambda one: money(one.row.cost)),
        _Cell(Column(_("Sum"), 1.2, "right"), lambda one: money(cost(one)), money(sum(sums, Decimal(0)))),
    ]


def _signed(many: Decimal) -> str:
    return f"+{shown(many)}" if many > 0 else f"{wording.MINUS}{shown(abs(many))}"


def _name(one: Line) -> str:
    return f"{one.card.name} · {one.row.lot_number}" if one.row.lot_number else one.card.name


def _signs(kind: str) -> list[str]:
    return {
        "purchase": [_("Ordered by")],
        "receipt": [_("Handed over by"), _("Received by")],
        "transfer": [_("Handed over by"), _("Received by")],
        "write_off": [_("Head of the commission"), _("Member of the commission"), _("Answers for the goods")],
        "back": [_("Handed over by"), _("Received by")],
        "count": [_("Counted by"), _("Answers for the goods")],
    }[kind]
