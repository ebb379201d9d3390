"""The lists of papers and of payments: search, filters, order, pages by key."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from voronka.billing.models import Document, Payment
from voronka.billing.permissions import SEE_MONEY
from voronka.billing.queries.documents import reachable, search_ids
from voronka.billing.rules.numbers import number_key
from voronka.catalogue.queries.asked import ask_of_query
from voronka.catalogue.queries.lists import PAGE, Ask
from voronka.kit import facets
from voronka.kit.actors import Actor
from voronka.kit.keyed import BadPlace, read_page_by
from voronka.kit.money import parse_amount
from voronka.people import queries as people

PAPERS, PAYMENTS = "document", "payment"
DEFAULT_SORT = "-day"
FOUND_CLIENTS = 200
MOST_OF_SUM = 500
WITH: Mapping[str, tuple[str, ...]] = {
    PAPERS: ("client", "requisites", "author"),
    PAYMENTS: ("client", "account"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list. `after` asks for the next page, empty at the end; `problems` of filters by name."""

    rows: Sequence[Any]
    after: str
    problems: Mapping[str, str]


def asked(actor: Actor, subject: str, ask: Ask, *, now: datetime | None = None) -> tuple[Any, Mapping[str, str]]:
    """Return the papers or payments of an ask in no order, and the problems of filters that made no sense."""
    wanted, problems = facets.condition(subject, dict(ask.filters), actor, now=now) if ask.filters else (Q(), {})
    rows = _within(actor, subject).filter(wanted)
    if ask.text.strip() and not problems:
        rows = rows.filter(_of_text(actor, subject, ask.text))
    return (rows.none() if problems else rows), problems


def _within(actor: Actor, subject: str) -> QuerySet[Any]:
    if subject == PAPERS:
        return Document.objects.filter(reachable(actor))
    return Payment.objects.all() if actor.may(SEE_MONEY) else Payment.objects.none()


def _of_text(actor: Actor, subject: str, text: str) -> Q:
    """Return the rows that a typed text means: a number, a sum, a client, words."""
    line = text.strip()[:100]
    wanted = Q(client_id__in=people.search_clients(actor, line, most=FOUND_CLIENTS))
    wanted |= Q(pk__in=of_sum(line)[subject])
    if subject == PAPERS:
        key = number_key(line)
        return wanted | Q(pk__in=search_ids(line)) | (Q(number_key=key) if key else Q(pk__in=[]))
    bare = line.lstrip("№# ").strip()
    wanted |= Q(purpose__icontains=line) | Q(name__icontains=line) | (Q(number=bare) if bare else Q(pk__in=[]))
    return wanted | Q(inn=bare) if bare and actor.sees("client.requisites") else wanted


def of_sum(text: str) -> dict[str, list[int]]:
    """Return the ids of the company's papers and payments of a typed sum by subject, the newest first; whoever asks."""
    found: dict[str, list[int]] = {PAPERS: [], PAYMENTS: []}
    try:
        asked_sum = abs(parse_amount(text))
    except ValueError:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT is_paper, id FROM billing_of_sum(%s, %s)", [asked_sum, MOST_OF_SUM])
        for is_paper, pk in cursor.fetchall():
            found[PAPERS if is_paper else PAYMENTS].append(pk)
    return found


def look_up(actor: Actor, text: str, client_ids: Sequence[int], *, most: int) -> tuple[list[Document], list[Payment]]:
    """Return the papers and payments of a typed number or sum, or of the given clients, the newest first: at most three
    statements. Payments only for those who see money.
    """
    line = text.strip()[:100]
    key, bare, sums = number_key(line), line.lstrip("№# ").strip(), of_sum(line)
    papers = Q(client_id__in=client_ids) | Q(pk__in=sums[PAPERS])
    payments = Q(client_id__in=client_ids) | Q(pk__in=sums[PAYMENTS])
    if key and any(sign.isdecimal() for sign in key):
        papers |= Q(number_key=key)
        payments |= Q(number=bare[:20])
    found = _within(actor, PAPERS).filter(papers).select_related("client").order_by("-day", "-id")[:most]
    if not actor.may(SEE_MONEY):
        return list(found), []
    money = Payment.objects.filter(payments).select_related("client").order_by("-day", "-id")[:most]
    return list(found), list(money)


def read_page(actor: Actor, subject: str, ask: Ask, *, now: datetime, size: int = PAGE) -> ListPage:
    """Return a page of papers or payments. A wrong filter finds nothing and says why; a spoilt place begins anew."""
    rows, problems = asked(actor, subject, ask, now=now)
    if problems:
        return ListPage([], "", problems)
    expression, down = order_of(actor, subject, ask.sort)
    rows = rows.select_related(*WITH[subject])
    try:
        found, after = read_page_by(rows, expression, ask.after, size, down=down)
    except BadPlace:
        found, after = read_page_by(rows, expression, "", size, down=down)
    return ListPage(found, after, {})


def order_of(actor: Actor, subject: str, sort: str) -> tuple[Any, bool]:
    """Return the expression that a list sorts by, and whether the order is turned; the newest first by default."""
    facet = facets.facets_of(subject, actor).get(sort.removeprefix("-"))
    if facet is None or facet.expression is None:
        return F("day"), True
    return facet.expression, sort.startswith("-")


def walk(actor: Actor, subject: str, ask: Ask, *, now: datetime, chunk: int = 500) -> Iterator[Any]:
    """Yield every row of the ask in its order, page by page, so memory stays flat."""
    after = ""
    while True:
        page = read_page(actor, subject, replace(ask, after=after), now=now, size=chunk)
        yield from page.rows
        after = page.after
        if not after:
            return


def count_or_none(actor: Actor, subject: str, ask: Ask, *, most: int) -> int | None:
    """Return how many rows the ask finds, counting no further than `most`; None where a filter makes no sense."""
    rows, problems = asked(actor, subject, ask)
    if problems:
        return None
    return int(rows.order_by()[:most].count())


def count_papers(actor: Actor, query: str, most: int) -> int | None:
    """Return how many papers an address finds, None where one of its conditions makes no sense any more."""
    return count_or_none(actor, PAPERS, ask_of_query(query), most=most)


def count_payments(actor: Actor, query: str, most: int) -> int | None:
    """Return how many payments an address finds, None where one of its conditions makes no sense any more."""
    return count_or_none(actor, PAYMENTS, ask_of_query(query), most=most)
