"""Visits looked at for what follows: who it is, what was asked for, what he looked at, what he left behind.

Whatever happens in a visit that may lead to something sets its `judge_at` (sql/collect.sql); here it is looked at, and
looked at again when something in it will have been left. All that is said of goods is reckoned anew from what the visit
holds, so that it may be looked at as often as one likes. The log is told each thing once: the visit keeps when.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from voronka.accounts import queries as accounts
from voronka.catalogue.services.recognising import Named as NamedGoods
from voronka.catalogue.services.recognising import recognise_exactly
from voronka.kit.db.again import again
from voronka.kit.events import publish
from voronka.kit.rows import each
from voronka.orders import queries as orders
from voronka.people import queries as people
from voronka.site.events import (
    BasketChanged,
    BasketLeft,
    BrowseLeft,
    CheckoutLeft,
    ProductSeen,
    SitePurchase,
    SiteVisited,
)
from voronka.site.models import SeenGoods, Site, Visit, VisitEvent, Visitor
from voronka.site.rules import leaving
from voronka.site.services import bringing, gains, naming, requests

AT_ONCE = 100
MOST_EVENTS = 3_000  # of a visit that are reckoned with
LARGEST_PRICE = Decimal(10) ** 11
AGAIN = timedelta(minutes=10)  # what could not be judged is tried again


def companies_due(now: datetime) -> list[int]:
    """Return the companies that have visits to be looked at."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT company FROM site_companies_due(%s)", [now])
        return [row[0] for row in cursor.fetchall()]


def judge_due(*, now: datetime) -> int:
    """Look at some visits whose moment has come, each in a transaction of its own; return how many."""
    with transaction.atomic():
        due = Visit.objects.filter(judge_at__lte=now).order_by("judge_at", "id")
        ids = list(due.values_list("id", flat=True)[:AT_ONCE])
    each(
        ids, lambda pk: judge(pk, now=now), words="a visit could not be judged",
        put_off=lambda pk, _why: _put_off(pk, now),
    )  # fmt: skip
    return len(ids)


@transaction.atomic
def _put_off(pk: int, now: datetime) -> None:
    Visit.objects.filter(pk=pk).update(judge_at=now + AGAIN)


@again  # a scenario may make a request while it holds a visitor
def judge(visit_id: int, *, now: datetime) -> None:
    """Look at one visit now, then tell of a friend: who brought him is a client, to be locked before any visitor."""
    visitor_id = _judge(visit_id, now)
    if visitor_id is not None:
        bringing.refer(visitor_id, now=now)


@transaction.atomic
def _judge(visit_id: int, now: datetime) -> int | None:
    """Look at one visit; return its visitor where he was brought by a friend and is known by now.

    Clients are locked before their visitors, as those do who join cards.
    """
    seen = Visit.objects.select_related("visitor__site").filter(pk=visit_id).first()
    if seen is None:
        return None
    if seen.visitor.is_bot:
        Visit.objects.filter(pk=visit_id).update(judge_at=None)
        return None
    site = seen.visitor.site
    said = VisitEvent.objects.filter(visit=seen, id__gt=seen.read_to, kind__in=("identify", "form"))
    fresh = list(said.order_by("id")[:MOST_EVENTS])
    forms = [one for one in fresh if one.kind == "form"]
    wrote = requests.take_forms(site, seen, forms, now=now) if forms else None
    named = [(one, naming.who_is(site, one.about)) for one in fresh if one.kind == "identify"]
    meant = {one.client_id for _event, one in named} | {wrote, seen.visitor.client_id}
    people.lock_clients(sorted(one for one in meant if one is not None))
    visitor = naming.lock_visitor(seen.visitor_id)
    visit = Visit.objects.select_for_update().filter(pk=visit_id, visitor=visitor).first()
    if visitor is None or visit is None:
        return None
    _name(visitor, visit, [pair for pair in named if pair[0].pk > visit.read_to], wrote, now)
    visit.read_to = max([visit.read_to, *(one.pk for one in fresh)])
    visit.judge_at = None
    gains.tell_purchases(visitor, visit, now=now)
    is_brought = visitor.client_id is not None and bool(visitor.referral_code)
    if visitor.client_id is not None:
        _follow(site, visitor, visit, visitor.client_id, now)
    if is_brought:  # looked at again if this process dies before it has told who brought him
        visit.judge_at = min(visit.judge_at or now + AGAIN, now + AGAIN)
    visit.save(update_fields=["read_to", "judge_at"])
    return visitor.pk if is_brought else None


def _name(
    visitor: Visitor,
    visit: Visit,
    said: Iterable[tuple[VisitEvent, naming.Named]],
    wrote: int | None,
    now: datetime,
) -> None:
    """Hear who the visitor is. From the first word of somebody else on, the visit is the other one's."""
    for event, named in said:
        if naming.is_another(visitor, named):
            naming.part(visitor, now=now, visit=visit, first=event)
            return
        if named.client_id is not None:
            naming.know(visitor, named.client_id, is_proven=named.is_proven, now=now, mark=named.mark)
        elif named.mark and not visitor.identity:
            visitor.identity = named.mark
            visitor.save(update_fields=["identity"])
    if wrote is not None and visitor.client_id is None:
        naming.know(visitor, wrote, is_proven=False, now=now)


def _follow(site: Site, visitor: Visitor, visit: Visit, client_id: int, now: datetime) -> None:
    """Tell the log what a client does on the site, and say when to look again."""
    kinds = ("product", "leave", "checkout", "purchase")
    rows = list(VisitEvent.objects.filter(visit=visit, kind__in=kinds).order_by("id")[:MOST_EVENTS])
    looked = _match(site, visit, rows)
    about = {"visitor_id": visitor.pk, "client_id": client_id, "site_id": site.pk, "visit": visit.number}
    if _once(visit, "came_told_at", now):
        publish(_visited(visit, client_id, about), at=now)
    fresh = [one for one in looked if one.pk is None]
    SeenGoods.objects.bulk_create(fresh)
    publish(*(ProductSeen(**about, variant_id=one.variant_id) for one in fresh), at=now)
    lines, total = len(leaving.lines_in(visit.basket)), f"{leaving.sum_of(visit.basket):.2f}"
    if leaving.is_filled(visit.basket) and _once(visit, "basket_told_at", now):
        publish(BasketChanged(**about, sum=total, lines=lines), at=now)
    bought = next((one for one in reversed(rows) if one.kind == "purchase"), None)
    if bought is not None and _once(visit, "bought_told_at", now):
        paid = f"{leaving.sum_of(bought.about):.2f}"
        publish(SitePurchase(**about, sum=paid, number=str(bought.about.get("number", ""))), at=now)
    checkout_at = max((one.at for one in rows if one.kind == "checkout"), default=None)
    seen = leaving.Seen(
        visit.last_at, visit.basket, visit.basket_at, checkout_at, visit.bought_at,
        [leaving.Looked(one.variant_id, one.seconds, one.times) for one in looked],
        frozenset(code for code in ("basket", "checkout", "browse") if getattr(visit, f"{code}_left_at")),
    )  # fmt: skip
    dues = leaving.dues(seen, site.basket_minutes)
    left, look_at = _left(site, visit, client_id, dues.due(now), now)
    for code in left:
        if not _once(visit, f"{code}_left_at", now):
            continue
        if code == "basket":
            publish(BasketLeft(**about, sum=total, lines=lines), at=now)
        elif code == "checkout":
            publish(CheckoutLeft(**about, sum=total), at=now)
        elif (longest := leaving.earnest(seen.looked)) is not None:
            publish(BrowseLeft(**about, variant_id=longest.variant_id), at=now)
    visit.judge_at = min((at for at in (look_at, dues.next_after(now)) if at is not None), default=None)


def _once(visit: Visit, name: str, now: datetime) -> bool:
    """Claim the one telling of something: True for the first caller only, who sets the column `name` of the visit."""
    done = Visit.objects.filter(pk=visit.pk, **{f"{name}__isnull": True}).update(**{name: now})
    setattr(visit, name, getattr(visit, name) or now)
    return bool(done)


def _visited(visit: Visit, client_id: int, about: dict[str, Any]) -> SiteVisited:
    zone = ZoneInfo(accounts.get_company_rules().zone)
    earlier = Visit.objects.filter(visitor__client=client_id, begun_at__lt=visit.begun_at).exclude(pk=visit.pk)
    last = earlier.order_by("-last_at").values_list("last_at", flat=True).first()
    is_first = last is None or last.astimezone(zone).date() < visit.begun_at.astimezone(zone).date()
    silent = None if last is None else max((visit.begun_at - last).days, 0)
    return SiteVisited(**about, is_first_today=is_first, silent_days=silent)


def _left(
    site: Site, visit: Visit, client_id: int, due: list[str], now: datetime
) -> tuple[list[str], datetime | None]:
    """Return the codes of `due` that were truly left behind, and when to look at the others again (None for never).

    Who ordered with us meanwhile has left nothing; who was back has taken his basket along, where the page showed it.
    """
    if not due:
        return [], None
    if orders.has_ordered_since(client_id, visit.begun_at):
        return [], None
    later = Visit.objects.filter(visitor__client=client_id, visitor__is_bot=False, begun_at__gt=visit.begun_at)
    back = later.exclude(pk=visit.pk).order_by("-last_at").first()
    if back is None:
        return due, None
    if back.basket_at is not None or back.bought_at is not None:
        return [], None
    rest = [code for code in due if code != "browse"]
    till = back.last_at + timedelta(minutes=site.basket_minutes)
    return ([], till) if rest and till > now else (rest, None)


def _match(site: Site, visit: Visit, rows: list[VisitEvent]) -> list[SeenGoods]:
    """Find the goods of a visit in the catalogue, all at once, and return what was looked at of them, reckoned anew.

    What was not there before has no key yet.
    """
    products = [one for one in rows if one.kind == "product"][:200]
    basket = (visit.basket or {}).get("lines", [])
    found = recognise_exactly([_named(one.about) for one in products] + [_named(one) for one in basket])
    goods = found[len(products) :]
    if goods != visit.basket_goods:
        visit.basket_goods = goods
        Visit.objects.filter(pk=visit.pk).update(basket_goods=goods)
    spent = dict[str, float]()
    for one in rows:
        if one.kind == "leave":
            url = one.about.get("url", "")
            spent[url] = spent.get(url, 0) + max(one.about.get("seconds", 0), 0)
    known = {one.variant_id: one for one in SeenGoods.objects.filter(visit=visit)}
    fresh, counted = dict[int, SeenGoods](), dict[int, tuple[int, set[str]]]()
    for one, variant_id in zip(products, found, strict=False):
        if variant_id is None:
            continue
        url = one.about.get("url", "")
        times, urls = counted.get(variant_id, (0, set()))
        counted[variant_id] = (times + 1, urls | {url})
        seen = known.get(variant_id) or fresh.setdefault(
            variant_id, SeenGoods(visit=visit, variant_id=variant_id, first_at=one.at)
        )
        seen.url, seen.price = url, _price(one.about.get("price"))
    for variant_id, (times, urls) in counted.items():
        seen = known.get(variant_id) or fresh[variant_id]
        seen.times = times
        seen.seconds = int(min(sum(spent.get(url, 0) for url in urls), 1_000_000))
    SeenGoods.objects.bulk_update([one for pk, one in known.items() if pk in counted], [*_RECKONED])
    return [*known.values(), *fresh.values()]


_RECKONED = ("times", "seconds", "url", "price")


def _named(about: dict[str, Any]) -> NamedGoods:
    codes = [str(about[name]) for name in ("code", "barcode") if about.get(name)]
    return NamedGoods(str(about.get("name", "")), codes)


def _price(said: Any) -> Decimal | None:  # a number of JSON, or nothing
    price = None if said is None else Decimal(str(said)).quantize(Decimal("0.01"))
    return price if price is not None and 0 <= price < LARGEST_PRICE else None
