"""Drafts of corrections: goods that came back are taken off the tax invoice or transfer document that sold them.

The seller writes a корректировочный счёт-фактура for less of what he shipped, whether the buyer had it in his books or
not (ФНС, letter СД-4-3/20667@ of 23.10.2018, 1.4; Минфин, letter 03-07-09/25208 of 10.04.2019).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from voronka.billing.models import Document
from voronka.billing.rules import stored
from voronka.billing.rules.correcting import Gone, without
from voronka.billing.rules.totals import Line
from voronka.billing.services import documents
from voronka.billing.services.following import left_to_a_person
from voronka.kit.actors import Actor
from voronka.kit.tenancy import current_company_id
from voronka.orders import services as orders

SALES = ("factura", "upd")


@dataclass(frozen=True, slots=True)
class _Found:
    """A paper of a sale, and its lines without what came back."""

    sale: Document
    lines: Sequence[Line]


@transaction.atomic
def draft_corrections(order_id: int, *, now: datetime) -> list[Document]:
    """Keep a draft of a correction for each paper of a sale of which goods came back; return those written now.

    It follows each return till it is issued or a person changes it: then he goes on. Said again, it changes nothing.
    What was back before a paper was issued is not taken off it: it was written without that. Papers whose prices have
    no tax in them are a person's: orders make none.
    """
    rows = Document.objects.filter(
        subject_kind="order", subject_id=order_id, kind__in=SALES, state=Document.State.ISSUED
    )
    sales = list(rows.select_for_update(of=("self",)).select_related("requisites", "account").order_by("pk"))
    if not sales:
        return []
    gone = [Gone(one.name, one.price, one.quantity, one.sum, at) for at, one in orders.came_back_of(order_id)]
    written = []
    for sale in sales:
        if not sale.body.get("included", True):
            continue
        before = [one for one in gone if one.at and sale.issued_at and one.at < sale.issued_at]
        lines, left = without(stored.read_lines(sale.body["lines"]), [one for one in gone if one not in before])
        gone = before + left
        made = _kept(_Found(sale, lines), now)
        written += [made] if made is not None else []
    return written


def _kept(found: _Found, now: datetime) -> Document | None:
    """Write the draft of a correction, or bring it to what came back by now; None where nothing is to be written."""
    sale = found.sale
    rows = Document.objects.filter(source=sale, kind="correction").exclude(state=Document.State.VOID)
    known = rows.order_by("-pk").first()
    mark = [f"{one.quantity:f}" for one in found.lines]
    if known is None and list(found.lines) == list(stored.read_lines(sale.body["lines"])):
        return None
    if known is not None and (known.state == Document.State.ISSUED or known.body.get("returned") in (None, mark)):
        return None
    actor = Actor.system(current_company_id())
    draft = documents.DocumentDraft(
        kind="correction", day=now.astimezone(actor.zone).date(), client_id=sale.client_id,
        requisites_id=sale.requisites.public_id, account_id=sale.account.public_id if sale.account else "",
        title=sale.title, basis=sale.body.get("basis", ""), prices_with_tax=True,
        subject=(sale.subject_kind, sale.subject_id) if sale.subject_id else None,
        lines=[documents.draft_of(one) for one in found.lines],
    )  # fmt: skip
    made: Document | None = None
    with left_to_a_person(sale):
        made = documents.save_draft(
            actor=actor, draft=draft, public_id=known.public_id if known else None, source=sale, now=now
        )
        made.body = {**made.body, "returned": mark}  # a person who changes the draft writes its body without this
        made.save(update_fields=["body"])
    return made
