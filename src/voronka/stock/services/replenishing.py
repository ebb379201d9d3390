"""What is proposed becomes orders and transfers by one press; who may order hears of coming shortage."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.accounts.services.notices import notify
from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.tenancy import company_context, current_company_id
from voronka.stock.events import GoodsReordered
from voronka.stock.models import Buffer, Document, Replenishment
from voronka.stock.permissions import ORDER
from voronka.stock.queries.replenishing import Plan, Proposal, propose
from voronka.stock.rules import quantities
from voronka.stock.services.buffers import judge_on
from voronka.stock.services.documents import Heading, Wanted, make_document
from voronka.stock.services.refusals import quantity_words

SHORTAGE = "stock.shortage"
NIGHT_HOUR = 5  # of the company's clock: buffers are reckoned after it, once a day


@dataclass(frozen=True, slots=True)
class Pick:
    """A proposal that is taken: by the buffer's public id, with another quantity where a person chose one."""

    buffer: str
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """What a press made: papers, and how many of the picks were left out since they ask for nothing any more."""

    papers: Sequence[Document]
    skipped: int = 0


@transaction.atomic
def order_proposed(picks: Sequence[Pick], *, actor: Actor, now: datetime, operation: uuid.UUID) -> Ordered:
    """Make one purchase order of each supplier and place, and one transfer between each two places, of what is picked.

    What was ordered meanwhile is left out; the same operation sent again answers with the papers it made. Raises
    Invalid for wrong quantities, NotFound for buffers that are not there, Conflict for goods that nobody supplies.
    """
    actor.require(ORDER)
    with connection.cursor() as cursor:
        # Whoever comes second sees what the first has ordered, and proposes the rest.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('replenish', %s))", [current_company_id()])
    done = Replenishment.objects.filter(operation=operation).first()
    if done is not None:
        return Ordered(list(Document.objects.filter(public_id__in=done.papers).order_by("id")))
    wanted = {one.buffer for one in picks}
    if Buffer.objects.filter(public_id__in=wanted).count() < len(wanted):
        raise NotFound(_("There is no such buffer."))
    plan = propose(now=now)
    chosen = {one.buffer: one for one in picks}
    known = [one for one in plan.proposals if one.level.public_id in chosen]
    _check(known, chosen)
    lines = _lines(known, chosen)
    papers = [_paper(key, wanted, plan, actor, now) for key, wanted in sorted(lines.items(), key=_order)]
    Replenishment.objects.create(
        operation=operation, papers=[one.public_id for one in papers], employee_id=actor.employee_id, at=now
    )
    for place in sorted({one.target_id or 0 for one in papers}):
        mine = [(key, wanted) for key, wanted in lines.items() if key[2] == place]
        publish(GoodsReordered(place_id=place, papers=len(mine), lines=sum(len(wanted) for _key, wanted in mine)))
    return Ordered(papers, len(chosen) - len(known))


_Key = tuple[int | None, int | None, int]  # supplier, source, target


def _order(pair: tuple[_Key, list[Wanted]]) -> tuple[int, int, int]:
    supplier, source, target = pair[0]
    return (source or 0, supplier or 0, target)


def _check(known: Sequence[Proposal], chosen: dict[str, Pick]) -> None:
    cards = catalogue.variants_by_ids([one.level.variant_id for one in known])
    fields = {}
    for one in known:
        asked, card = chosen[one.level.public_id].quantity, cards[one.level.variant_id]
        if asked is None:
            continue
        wrong = quantities.problem(asked)
        if wrong:
            fields[one.level.public_id] = f"{card.name}: {quantity_words(wrong)}"
        elif asked % 1 and quantities.is_whole(card.unit, is_weighed=card.is_weighed):
            fields[one.level.public_id] = _("%(name)s is only had whole.") % {"name": card.name}
    if fields:
        raise Invalid(next(iter(fields.values())), code="quantity", fields=fields)


def _lines(known: Sequence[Proposal], chosen: dict[str, Pick]) -> dict[_Key, list[Wanted]]:
    """Return the lines of each paper. Another quantity is taken from places as far as they give, then bought."""
    lines: dict[_Key, list[Wanted]] = {}
    for one in known:
        asked = chosen[one.level.public_id].quantity
        left = one.quantity if asked is None else asked
        for share in one.shares:
            part = min(left, share.quantity) if share.source_id is not None else left
            if part > 0:
                _add(lines, one, share.source_id, part)
                left -= part
        if left > 0 and one.level.supplier_id is not None:
            _add(lines, one, None, left)
        elif left > 0:
            raise Conflict(
                _("%(name)s: nobody is known to supply it, and no place has so many to give.")
                % {"name": one.level.name},
                code="no_supplier",
                fields={one.level.public_id: _("Say who supplies it, or take less.")},
            )
    return lines


def _add(lines: dict[_Key, list[Wanted]], one: Proposal, source: int | None, many: Decimal) -> None:
    supplier = one.level.supplier_id if source is None else None
    wanted = Wanted(one.level.variant_id, many, one.cost.quantize(Decimal("0.01")) if supplier and one.cost else None)
    lines.setdefault((supplier, source, one.level.place_id), []).append(wanted)


def _paper(pair_key: _Key, wanted: list[Wanted], plan: Plan, actor: Actor, now: datetime) -> Document:
    supplier, source, target = pair_key
    group = next((one for one in plan.groups if (one.supplier_id, one.source_id, one.target_id) == pair_key), None)
    today = now.astimezone(actor.zone).date()
    heading = Heading(
        "purchase" if source is None else "transfer", source_id=source, target_id=target, supplier_id=supplier,
        expected_on=today + timedelta(days=group.lead_days) if group else None,
        comment=_("By what the buffers ask for"),
    )  # fmt: skip
    return make_document(heading, wanted, actor=actor, now=now)


def companies_to_judge(now: datetime) -> list[int]:
    """Return the companies whose buffers were not reckoned today, by their own clocks after five."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM stock_companies_to_judge(%s, %s) AS company", [now, NIGHT_HOUR])
        return [row[0] for row in cursor.fetchall()]


def _today(company_id: int, now: datetime) -> date:
    """Return the day whose night has been: before five it is still yesterday's."""
    with company_context(company_id), transaction.atomic():
        zone = ZoneInfo(accounts.get_company_rules().zone)
    return (now.astimezone(zone) - timedelta(hours=NIGHT_HOUR)).date()


def judge_company(company_id: int, *, now: datetime) -> int:
    """Reckon the buffers of a company, and tell those who may order where goods run out; return how many changed.

    Told is once a day and place: of goods whose buffer fell into red since the day before and asks for an order.
    """
    today = _today(company_id, now)
    with company_context(company_id, origin="job stock.judge"), transaction.atomic():
        written = judge_on(today, now)
        places = _running_out(today)
        if places:
            people = accounts.employees_who_may(ORDER)
            for place_id in places:
                notify(
                    employee_ids=people, code=SHORTAGE, subject_kind="place", subject_id=place_id,
                    detail_id=today.toordinal(), by=None, now=now,
                )  # fmt: skip
    return written


def _running_out(today: date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT l.place_id FROM stock_buffer_levels(NULL) l JOIN stock_buffer b ON b.id = l.buffer_id"
            " WHERE l.zone = 'red' AND l.asks AND b.zone_since = %s ORDER BY l.place_id",
            [today],
        )
        return [row[0] for row in cursor.fetchall()]
