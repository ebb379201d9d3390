"""What single clients pay: a kind of price, a discount on top, now or for a time to come.

A past agreement is never touched: it tells what was paid. All verbs of a client's terms wait for each other.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.catalogue.events import TermsChanged
from voronka.catalogue.models import ClientTerms, PriceKind
from voronka.catalogue.permissions import CHANGE_PRICES
from voronka.catalogue.rules import periods
from voronka.catalogue.rules.periods import Span
from voronka.catalogue.services.locking import lock_whole
from voronka.catalogue.services.words import LAST_YEAR, not_before
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import publish
from voronka.people import queries as people

_EVER = datetime(1, 1, 1, tzinfo=UTC)  # what an empty beginning is in periods
_KOPECK = Decimal("0.01")


@transaction.atomic
def set_terms(
    *,
    actor: Actor,
    client: str,
    kind: str = "",
    discount_percent: Decimal = Decimal(0),
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> bool:
    """Say what a client (public id) pays from `since` (now), until `until`, the next planned terms or further notice.

    With `until` what held before comes back afterwards; neither a kind nor a discount leaves that time without terms.
    Tells whether anything differs now. Raises Denied, NotFound, Invalid.
    """
    actor.require(CHANGE_PRICES)
    card = people.get_client(actor, client)
    found = PriceKind.objects.filter(code=kind, is_on=True).first() if kind else None
    if kind and found is None:
        raise NotFound(_("There is no such kind of price."))
    if not (discount_percent.is_finite() and 0 <= discount_percent < 100 and _whole(discount_percent)):
        message = _("Write a discount from 0 to 99.99 per cent.")
        raise Invalid(message, fields={"discount_percent": message})
    begins = _begin(since, until, now)
    rows = _locked(card.pk)
    if found is None and discount_percent == 0:
        return _clear(card.pk, rows, begins, until)
    if until is None:
        until = min(
            (one.since for one in rows.values() if one.since is not None and one.since > begins), default=None
        )
    held = next((one for one in rows.values() if _span(one).holds(begins)), None)
    wanted = (found.pk if found else None, discount_percent)
    if held is not None and (held.kind_id, held.discount_percent) == wanted and held.until == until:
        return False
    _carve(rows, begins, until)
    ClientTerms.objects.create(
        client_id=card.pk, kind=found, discount_percent=discount_percent, since=begins, until=until
    )
    _tell(card.pk, kind, discount_percent, begins, until)
    return True


@transaction.atomic
def end_terms(*, actor: Actor, client: str, now: datetime, terms_id: int | None = None) -> bool:
    """End what a client pays now and what is planned, or one of them only: he pays as everybody does.

    Tells whether anything differs now. Raises Denied, NotFound.
    """
    actor.require(CHANGE_PRICES)
    card = people.get_client(actor, client)
    rows = _locked(card.pk)
    if terms_id is None:
        return _clear(card.pk, rows, now, None)
    row = rows.get(terms_id)
    if row is None or (row.until is not None and row.until <= now):
        raise NotFound(_("There are no such terms."))
    return _clear(card.pk, rows, max(now, row.since or now), row.until)


def _whole(percent: Decimal) -> bool:
    return percent == percent.quantize(_KOPECK)


def _begin(since: datetime | None, until: datetime | None, now: datetime) -> datetime:
    begins = now if since is None else since
    wrong, place = not_before(begins, now), "since"
    if not wrong and until is not None:
        place = "until"
        wrong = not_before(until, now) if until.year > LAST_YEAR else ""
        if not wrong and until <= begins:
            wrong = _("The end must come after the beginning.")
    if wrong:
        raise Invalid(wrong, fields={place: wrong})
    return begins


def _locked(client_id: int) -> dict[int, ClientTerms]:
    """Lock a client's terms, then his card: joining cards takes them in this order."""
    lock_whole(f"terms {client_id}")
    rows = ClientTerms.objects.select_for_update(of=("self",)).filter(client_id=client_id).order_by("id")
    found = {one.pk: one for one in rows}
    if not people.lock_clients([client_id]):
        raise NotFound(_("There is no such client."))
    return found


def _span(row: ClientTerms) -> Span:
    return Span(row.discount_percent, row.since or _EVER, row.until, row.pk)


def _clear(client_id: int, rows: Mapping[int, ClientTerms], since: datetime, until: datetime | None) -> bool:
    if not _carve(rows, since, until):
        return False
    _tell(client_id, "", Decimal(0), since, until)
    return True


def _carve(rows: Mapping[int, ClientTerms], since: datetime, until: datetime | None) -> bool:
    """Leave a time without terms; tells whether there were any."""
    spans = [_span(one) for one in rows.values()]
    change = periods.clear(spans, since, until)
    kinds = {one.since: rows[of.id].kind_id for one in change.added for of in spans if of.id and of.holds(one.since)}
    ClientTerms.objects.filter(pk__in=[one.id for one in change.dropped]).delete()
    for one in change.cut:
        row = rows[one.id or 0]
        row.since, row.until = (None if one.since == _EVER else one.since), one.until
        row.save(update_fields=["since", "until"])
    for one in change.added:
        client_id = next(iter(rows.values())).client_id
        ClientTerms.objects.create(
            client_id=client_id, kind_id=kinds[one.since], discount_percent=one.amount, since=one.since,
            until=one.until,
        )  # fmt: skip
    return bool(change)


def _tell(client_id: int, kind: str, percent: Decimal, since: datetime, until: datetime | None) -> None:
    publish(
        TermsChanged(
            client_id=client_id,
            price_kind=kind,
            discount_percent=percent,
            since=since.isoformat(),
            until=until.isoformat() if until else "",
        )
    )
