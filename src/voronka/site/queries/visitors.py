"""Who is on the site and who was: for lists, the client's card, and whoever talks with a visitor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.keyed import read_page_by
from voronka.orders import queries as orders
from voronka.people import queries as people
from voronka.site.models import SeenGoods, Site, Visit, VisitEvent, Visitor
from voronka.site.permissions import SEE
from voronka.site.rules import leaving

HERE = timedelta(minutes=5)  # who was heard of within this time is here now
PAGE = 50
MOST_EVENTS = 1_000


@dataclass(frozen=True, slots=True)
class VisitNow:
    """What somebody does on the site at this moment: page, goods and basket as the page told them, since when."""

    page: Mapping[str, Any] | None
    product: Mapping[str, Any] | None
    basket: Mapping[str, Any] | None
    since: datetime


def now_on(who: int | str, *, now: datetime | None = None) -> VisitNow | None:
    """Return what a client (by id) or a visitor (by public id) does on the site now; None where he is not there."""
    moment = now or timezone.now()
    whose = Q(visitor__client_id=who) if isinstance(who, int) else Q(visitor__public_id=who)
    rows = Visit.objects.filter(whose, visitor__is_bot=False, last_at__gt=moment - HERE)
    found = rows.order_by("-last_at", "-id").first()
    return None if found is None else VisitNow(found.page, found.product, found.basket, found.begun_at)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list of visits is narrowed to. `who`: known, unknown, or all; `when`: now, today, all."""

    when: str = "today"
    site: str = ""
    who: str = ""
    with_basket: bool = False
    source: str = ""
    client: str = ""
    visitor: str = ""


def visits_within(actor: Actor) -> Q:
    """Return the condition of visits that the actor may see: those of clients within his reach, and of nobody's."""
    actor.require(SEE)
    seen = people.visible(actor)
    if not seen:
        return Q()
    return Q(visitor__client=None) | Q(visitor__client__in=people.clients_where(seen).values("id"))


def read_visits(
    actor: Actor, wanted: Wanted, *, now: datetime, place: str = "", size: int = PAGE
) -> tuple[list[Visit], str]:
    """Return a page of visits of people, the last heard of first, and the place of the next.

    Raises Denied, BadPlace.
    """
    rows = Visit.objects.select_related("visitor__client", "visitor__site").filter(visits_within(actor))
    rows = rows.filter(visitor__is_bot=False, **_since(wanted.when, actor, now))
    if wanted.site:
        rows = rows.filter(visitor__site__public_id=wanted.site)
    if wanted.who:
        rows = rows.filter(visitor__client__isnull=wanted.who == "unknown")
    if wanted.with_basket:
        rows = rows.filter(has_basket=True)
    if wanted.source:
        rows = rows.filter(source=wanted.source[:200])
    if wanted.client:
        rows = rows.filter(visitor__client__public_id=wanted.client)
    if wanted.visitor:
        rows = rows.filter(visitor__public_id=wanted.visitor)
    return read_page_by(rows, F("last_at"), place, size, down=True)


def _since(when: str, actor: Actor, now: datetime) -> dict[str, datetime]:
    if when == "now":
        return {"last_at__gt": now - HERE}
    if when == "today":
        midnight = now.astimezone(actor.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return {"last_at__gte": midnight}
    return {}


def count_here(actor: Actor, *, now: datetime) -> int:
    """Return how many are on the sites now; at most a hundred are counted."""
    if not actor.may(SEE):
        return 0
    rows = Visit.objects.filter(visits_within(actor), visitor__is_bot=False, last_at__gt=now - HERE)
    return rows.order_by()[:100].count()


def get_visitor(actor: Actor, public_id: str) -> Visitor:
    """Return a visitor whom the actor may see. Raises Denied, NotFound."""
    actor.require(SEE)
    row = Visitor.objects.select_related("site", "client").filter(public_id=public_id).first()
    if row is None or row.pk not in visitors_seen(actor, [row.pk]):
        raise NotFound(_("There is no such visitor."))
    return row


def visitors_seen(actor: Actor, ids: Sequence[int]) -> set[int]:
    """Return which visitors the actor may see: those without a name, and those of clients whom he sees."""
    if not actor.may(SEE):
        return set()
    rows = dict(Visitor.objects.filter(pk__in=list(ids)).values_list("pk", "client_id"))
    named = {one for one in rows.values() if one is not None}
    open_to = set(people.list_clients(actor).filter(pk__in=named).values_list("pk", flat=True)) if named else set()
    return {pk for pk, client_id in rows.items() if client_id is None or client_id in open_to}


def visits_of(visitors: Sequence[int], *, before: datetime | None = None, most: int = 10) -> list[Visit]:
    """Return the newest visits of visitors, begun before a moment."""
    rows = Visit.objects.select_related("visitor__site").filter(visitor_id__in=visitors)
    return list((rows if before is None else rows.filter(begun_at__lt=before)).order_by("-begun_at", "-id")[:most])


def visitors_of_client(client_id: int, *, most: int = 50) -> list[int]:
    """Return the ids of the browsers in which a client is known, the newest first."""
    rows = Visitor.objects.filter(client_id=client_id).order_by("-id")
    return list(rows.values_list("id", flat=True)[:most])


@dataclass(frozen=True, slots=True)
class PageSeen:
    """A page of a visit: what it is called, how many seconds it was looked at, since when."""

    url: str
    title: str
    seconds: int
    at: datetime


@dataclass(slots=True)
class Told:
    """What happened in a visit: its pages as a scale, and what was done beside."""

    pages: list[PageSeen] = field(default_factory=list)
    events: list[VisitEvent] = field(default_factory=list)


def tell_visits(visits: Sequence[Visit]) -> dict[int, Told]:
    """Return what happened in visits by their ids; one statement for all of them."""
    found = {one.pk: Told() for one in visits}
    ends = {one.pk: one.last_at for one in visits}
    rows = VisitEvent.objects.filter(visit_id__in=list(found)).order_by("visit_id", "at", "id")
    for row in rows[: MOST_EVENTS * max(len(visits), 1)]:
        found[row.visit_id].events.append(row)
    for pk, told in found.items():
        told.pages = _pages(told.events, ends[pk])
    return found


def _pages(events: Sequence[VisitEvent], end: datetime) -> list[PageSeen]:
    """Return the pages of a visit: each as long as till the next one, or as the browser told when it was left."""
    opened = [one for one in events if one.kind == "page"]
    found = []
    for number, one in enumerate(opened):
        till = opened[number + 1].at if number + 1 < len(opened) else end
        url = one.about.get("url", "")
        seconds = max(int((till - one.at).total_seconds()), 0)
        found.append(PageSeen(url, one.about.get("title", "") or url, seconds, one.at))
    return found


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A line of a basket as the page told it; `variant_id` where the catalogue has it, `ours` what it costs there."""

    name: str
    count: Decimal
    price: Decimal | None
    variant_id: int | None
    ours: Decimal | None


def basket_of(visit: Visit, *, at: datetime | None = None) -> list[BasketLine]:
    """Return the lines of a visit's basket, with the catalogue's prices of today."""
    return baskets_of([visit], at=at)[visit.pk]


def baskets_of(visits: Sequence[Visit], *, at: datetime | None = None) -> dict[int, list[BasketLine]]:
    """Return the lines of baskets by visit, with the catalogue's prices; as many statements for one as for many."""
    ids = sorted({pk for one in visits for pk in one.basket_goods if pk is not None})
    prices = catalogue.price_now(ids, at=at) if ids else {}
    names = {pk: card.name for pk, card in catalogue.variants_by_ids(ids).items()} if ids else {}
    return {one.pk: _basket_lines(one, prices, names) for one in visits}


def _basket_lines(visit: Visit, prices: Mapping[int, Decimal], names: Mapping[int, str]) -> list[BasketLine]:
    lines = (visit.basket or {}).get("lines", [])
    goods = [*visit.basket_goods, *[None] * len(lines)][: len(lines)]
    found = []
    for line, pk in zip(lines, goods, strict=True):
        if line.get("count", 1) <= 0:
            continue
        price = line.get("price")
        found.append(
            BasketLine(
                str(line.get("name", "")) or names.get(pk, ""),
                Decimal(str(line.get("count", 1))),
                None if price is None else Decimal(str(price)),
                pk,
                prices.get(pk) if pk is not None else None,
            )
        )
    return found


def sum_of(visit: Visit) -> Decimal:
    """Return what a visit's basket costs as the page told."""
    return leaving.sum_of(visit.basket)


def is_filled(visit: Visit) -> bool:
    """Tell whether something lies in a visit's basket that was not bought: `has_basket`, before it is written."""
    bought = visit.bought_at is not None and (visit.basket_at is None or visit.bought_at >= visit.basket_at)
    return leaving.is_filled(visit.basket) and not bought


def goods_seen(visits: Sequence[int], *, most: int = 10) -> list[SeenGoods]:
    """Return the goods of the catalogue that were looked at in visits, the newest first."""
    rows = SeenGoods.objects.select_related("variant").filter(visit_id__in=list(visits))
    return list(rows.order_by("-id")[:most])


def visits_by_number(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Visit]:
    """Return visits by visitor and number."""
    rows = Visit.objects.select_related("visitor__site").filter(visitor_id__in={one for one, _number in pairs})
    rows = rows.filter(number__in={number for _one, number in pairs}).order_by("id")
    return {(one.visitor_id, one.number): one for one in rows}


def list_sources(*, most: int = 30) -> list[str]:
    """Return the sources that visits of the last thousand came from, the commonest first."""
    newest = Visit.objects.exclude(source="").order_by("-last_at", "-id").values_list("source", flat=True)[:1_000]
    counts: dict[str, int] = {}
    for one in newest:
        counts[one] = counts.get(one, 0) + 1
    return sorted(counts, key=lambda one: (-counts[one], one))[:most]


def site_names() -> list[tuple[str, str]]:
    """Return the sites of the company by public id, by name."""
    return list(Site.objects.order_by("name", "id").values_list("public_id", "name"))


def has_left(visitor_id: int, client_id: int | None, site_id: int, now: datetime) -> bool:
    """Tell whether a visitor is back who had gone from a basket or the checkout, and has bought nothing since."""
    minutes = Site.objects.values_list("basket_minutes", flat=True).get(pk=site_id)
    his = Visit.objects.filter(visitor=visitor_id)
    last = his.filter(last_at__lte=now - max(timedelta(minutes=minutes), leaving.PAUSE)).order_by("-begun_at").first()
    if last is None or his.filter(begun_at__gt=last.begun_at, bought_at__isnull=False).exists():
        return False
    checkouts = VisitEvent.objects.filter(visit=last, kind="checkout").order_by("-id")
    seen = leaving.Seen(
        last.last_at, last.basket, last.basket_at, checkouts.values_list("at", flat=True).first(), last.bought_at, ()
    )
    if not leaving.dues(seen, minutes).due(now):
        return False
    return client_id is None or not orders.has_ordered_since(client_id, last.begun_at)
