"""The list of clients: search, filters, order, pages by key, the cells of the chosen columns."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import BaseExpression
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from voronka.accounts import queries as accounts
from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.keyed import fit
from voronka.people.models import Client, ContactPoint
from voronka.people.queries.addresses import ClientAddress, list_addresses
from voronka.people.queries.clients import list_clients, list_contacts
from voronka.people.queries.full_share import FullShare, shares_of
from voronka.people.queries.search import read_asked, search_clients
from voronka.people.queries.shown import hides_any, shown

PAGE = 50
SIZES = (50, 100, 200, 500)
FOUND_LIMIT = 1_000
DEFAULT_SORT = "-made_at"
FULL = "full"  # the code of how complete cards are, which is reckoned from each of them
RECKON_MILLISECONDS = 4_000  # as long as a person may be left waiting for it, and a process with him
ADDRESSES = "addresses"  # the code of all addresses of a client, which are rows of their own
DEFAULT_COLUMNS = ("phone", "city", "responsible", "made_at")


@dataclass(frozen=True, slots=True)
class Ask:
    """What a list is asked for: text to find, filters (kit.facets), order ("-" before the code turns it), page."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = DEFAULT_SORT
    after: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A client in a list with what its columns need.

    `full` is how complete the card is, None where nobody asked; `addresses` are all of his where they were asked for.
    """

    client: Client
    contacts: Sequence[ContactPoint]
    responsible: str
    full: int | None = None
    addresses: Sequence[ClientAddress] = ()

    def first(self, kind: str) -> ContactPoint | None:
        """Return the first contact of a kind."""
        return next((one for one in self.contacts if one.kind == kind), None)


@dataclass(frozen=True, slots=True)
class ClientPage:
    """A page of a list. `after` asks for the next page, empty at the end; `problems` of filters by code.

    `is_cut` says that the text finds more than the search looks through.
    """

    rows: Sequence[Row]
    after: str
    problems: Mapping[str, str]
    is_cut: bool = False


def read_page(
    actor: Actor,
    ask: Ask,
    *,
    size: int = PAGE,
    known: Mapping[str, facets.Facet] | None = None,
    with_full: bool = False,
    with_addresses: bool = False,
) -> ClientPage:
    """Return a page of clients that the actor may see. A wrong filter finds nothing and says why.

    `known` are the facets of clients where the caller has them already; `with_full` tells how complete each card is,
    `with_addresses` all addresses of each.
    """
    found, problems, is_cut = _asked(actor, ask)
    if problems:
        return ClientPage([], "", problems)
    with patience(ask):
        clients = _page(found, ask, size, facets.facets_of("client", actor) if known is None else known)
    after = _cursor(clients[size - 1], ask.sort) if len(clients) > size else ""
    rows = _rows(actor, clients[:size], with_full=with_full, with_addresses=with_addresses)
    return ClientPage(list(rows), after, {}, is_cut)


def count_clients(actor: Actor, ask: Ask, *, most: int = 10_000) -> int:
    """Return how many clients the ask finds, counting no further than `most`."""
    return count_or_none(actor, ask, most=most) or 0


def count_or_none(actor: Actor, ask: Ask, *, most: int) -> int | None:
    """Return how many clients the ask finds, counting no further than `most`; None where a filter makes no sense."""
    found, problems, _cut = _asked(actor, ask)
    if problems:
        return None
    with patience(ask):
        return found.order_by()[:most].count()


@contextmanager
def patience(ask: Ask) -> Iterator[None]:
    """Give up after a few seconds on what is reckoned card by card: how complete each one is. Raises Refusal.

    What is read within writes nothing: the limit of time is taken back with a savepoint.
    """
    asked = {ask.sort.removeprefix("-"), *(name.partition(":")[0] for name in ask.filters)}
    if FULL not in asked:
        yield
        return
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(RECKON_MILLISECONDS)])
            yield
            transaction.set_rollback(True)
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise Refusal(
            _("So many cards are not reckoned by completeness: narrow the list by a city, a manager or a day."),
            code="too_many_to_reckon",
        ) from error


def asked_clients(actor: Actor, ask: Ask) -> QuerySet[Client]:
    """Return the clients of an ask in no order, for verbs that take all of them. Raises Invalid for a wrong filter."""
    found, problems, _cut = _asked(actor, ask)
    if problems:
        raise Invalid(_("A condition of this list makes no sense any more: look at the filters."), fields=problems)
    return found.order_by()


def list_ids(actor: Actor, ask: Ask, *, most: int) -> list[int]:
    """Return the ids of the clients that the ask finds, the newest first, at most `most`; none for a wrong filter."""
    found, problems, _cut = _asked(actor, ask)
    return [] if problems else list(found.order_by("-made_at", "-id").values_list("id", flat=True)[:most])


def walk_clients(
    actor: Actor, ask: Ask, *, chunk: int = 500, with_full: bool = False, with_addresses: bool = False
) -> Iterator[Row]:
    """Yield every client of the ask in its order, for an export: page by page, so memory stays flat."""
    after = ""
    while True:
        asked = Ask(ask.text, ask.filters, ask.sort, after)
        page = read_page(actor, asked, size=chunk, with_full=with_full, with_addresses=with_addresses)
        yield from page.rows
        after = page.after
        if not after:
            return


def _asked(actor: Actor, ask: Ask) -> tuple[QuerySet[Client], Mapping[str, str], bool]:
    wanted, problems = facets.condition("client", dict(ask.filters), actor) if ask.filters else (Q(), {})
    found, is_cut = list_clients(actor).filter(wanted), False
    if ask.text.strip() and not problems:
        ids = search_clients(actor, ask.text, most=FOUND_LIMIT) if read_asked(ask.text) else []
        found, is_cut = found.filter(pk__in=ids), len(ids) == FOUND_LIMIT
    return found, problems, is_cut


def _page(found: QuerySet[Client], ask: Ask, size: int, known: Mapping[str, facets.Facet]) -> list[Client]:
    """Return a page of clients and one more: those that have a value first, whichever way they are turned.

    Each of the two is read in the order of an index, which knows absent values at one of its ends only.
    """
    expression, down = _order(ask.sort, known)
    found = found.annotate(sorted_by=expression)
    place = _read_cursor(found, ask.after)
    side, turn = ("lt", ("-sorted_by", "-id")) if down else ("gt", ("sorted_by", "id"))
    if not _may_lack(expression):
        place = None if place is None or place[0] is None else place  # a forged one: the order lacks no value
        return list(_beyond(found, place, side).order_by(*turn)[: size + 1])
    clients: list[Client] = []
    if place is None or place[0] is not None:
        valued = found.filter(sorted_by__isnull=False)
        clients = list(_beyond(valued, place, side).order_by(*turn)[: size + 1])
    if len(clients) <= size:
        lacking = found.filter(sorted_by__isnull=True)
        if place is not None and place[0] is None:
            lacking = lacking.filter(**{f"pk__{side}": place[1]})
        clients += lacking.order_by(turn[1])[: size + 1 - len(clients)]
    return clients


def _order(sort: str, known: Mapping[str, facets.Facet]) -> tuple[BaseExpression | F, bool]:
    """Return what to sort by and whether downwards; an unknown order is the usual one."""
    down, code = sort.startswith("-"), sort.removeprefix("-")
    facet = known.get(code)
    if facet is None or facet.expression is None:
        return F("made_at"), True
    return facet.expression, down


def _may_lack(expression: BaseExpression | F) -> bool:
    if isinstance(expression, FullShare):
        return False
    column = getattr(expression, "name", None) if isinstance(expression, F) else None
    return column is None or "__" in column or Client._meta.get_field(column.removesuffix("_id")).null


def _beyond(found: QuerySet[Client], place: tuple[object, int] | None, side: str) -> QuerySet[Client]:
    """Return the rows behind the last one of the page before."""
    if place is None:
        return found
    value, pk = place
    bound = Q(**{f"sorted_by__{side}e": value})
    return found.filter(bound & (Q(**{f"sorted_by__{side}": value}) | Q(**{f"pk__{side}": pk})))


def _cursor(last: Client, sort: str) -> str:
    value = getattr(last, "sorted_by")  # noqa: B009  an annotation, unknown to the type
    plain = value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, Decimal) else value
    text = json.dumps([plain, last.pk], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(found: QuerySet[Client], text: str) -> tuple[object, int] | None:
    """Read the place that a page began behind; a spoilt one is the beginning."""
    if not text:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kind = found.query.annotations["sorted_by"].output_field
        if value is not None:
            value = fit(kind.to_python(value))
        return value, int(pk)
    except (ValueError, TypeError, binascii.Error, ValidationError, OverflowError):
        return None


def _rows(actor: Actor, clients: Sequence[Client], *, with_full: bool, with_addresses: bool) -> Iterator[Row]:
    contacts = list_contacts(actor, [one.pk for one in clients])
    names = accounts.employee_names(sorted({one.responsible_id for one in clients if one.responsible_id}))
    shares = shares_of([one.pk for one in clients]) if with_full and not hides_any(actor) else {}
    addresses = list_addresses(actor, clients) if with_addresses else {}
    for one in clients:
        name = names.get(one.responsible_id or 0, "")
        yield Row(shown(actor, one), contacts[one.pk], name, shares.get(one.pk), addresses.get(one.pk, ()))
