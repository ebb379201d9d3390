"""What visitors bring to the tests of what they were shown: orders of ours, else purchases that pages told of.

Orders are told by their own part, by client. A purchase that a page told of is the order of its number where we have
one; till then, or where the shop places no orders with us, it is worth what the page said, as on the page of widgets.

A page may say anything. An order of ours counts for a visitor who is, or says he is, its client, or whose page told
the exact sum along with the number: numbers are guessed. What a page alone says is bounded (most_told), all of one
visitor's together: many claims are worth no more than one.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from voronka.accounts import queries as accounts
from voronka.orders import queries as orders
from voronka.site.models import Site, Visit, VisitEvent, Visitor
from voronka.site.services.variants import unit_of
from voronka.trials import queries as tests
from voronka.trials import services as trials

NEAR = timedelta(days=3)  # an order of the same number that is further away is another shop's
MOST_PURCHASES = 50
MOST_CLAIMS = 200  # purchases told about an order before it came: of them the true one is sought
TIMES_USUAL = 100  # as many orders of the usual sum a visitor's purchases may be that pages alone tell of
CLAIMED = "purchase:"  # how keys of such purchases begin
CLAIMS_LAST = timedelta(days=90)  # the longest window of a test: what lies further back bears on none
MOST_UNKNOWN = Decimal(1_000_000)  # where too few orders say what is usual


def tell_who(visitor_id: int, *, now: datetime) -> None:
    """Tell A/B tests which client a visitor is, where he is known as one."""
    client_id = Visitor.objects.filter(pk=visitor_id).values_list("client_id", flat=True).first()
    if client_id is not None:
        trials.know(unit_of(visitor_id), client_id, now=now)


def tell_purchases(visitor: Visitor, visit: Visit, *, now: datetime) -> None:
    """Let tests know what a visit's pages told was bought, each once; told again it changes nothing."""
    if visit.bought_at is None:
        return
    rows = VisitEvent.objects.filter(visit=visit, kind="purchase").order_by("id")
    for one in rows[:MOST_PURCHASES]:
        _tell_purchase(visitor, visit, one, now)


def _tell_purchase(visitor: Visitor, visit: Visit, said: VisitEvent, now: datetime) -> None:
    number = str(said.about.get("number", "")).strip()
    key = _key(visitor.site_id, number) if number else f"{CLAIMED}visit {visit.pk}"
    unit, client_id = unit_of(visitor.pk), visitor.client_id
    order_id = orders.find_by_number(number, near=said.at, within=NEAR) if number else None
    if order_id is not None and _is_his(order_id, visitor, said):
        tell_order(order_id, unit, now=now)
    if order_id is not None or tests.told_at(key) is not None:
        return
    money = _sum(said.about)
    # Whoever has ordered with us since he came has bought that, by whatever number the page calls it.
    if money is None or (client_id is not None and orders.has_ordered_since(client_id, visit.begun_at)):
        return
    currency = str(said.about.get("currency") or accounts.get_company_rules().currency).upper()[:3]
    told = tests.told_in_all(CLAIMED, unit, client_id, since=said.at - CLAIMS_LAST)
    money = min(money, max(most_told() - told, Decimal(0)))
    trials.note_gain(key=key, money=money, at=said.at, now=now, unit=unit, client_id=client_id, currency=currency)


def most_told() -> Decimal:
    """Return the most that a visitor's purchases count for in a test while only pages, and no order of ours, tell."""
    usual = orders.usual_total()
    return TIMES_USUAL * usual if usual is not None else MOST_UNKNOWN


def _is_his(order_id: int, visitor: Visitor, said: VisitEvent) -> bool:
    """Tell whether an order of the number that a visitor's page told may count for him."""
    row = orders.asked_about(order_id)
    if row is None:
        return False
    return visitor.client_id == row.client_id or _sum(said.about) == row.total


def tell_order(order_id: int, unit: str, *, now: datetime) -> None:
    """Credit an order to a visitor (`unit`, "" for none) in the tests that he was shown, beside its client."""
    found = orders.worth_of(order_id)
    if found is not None:
        trials.note_gain(
            key=f"order:{order_id}", money=found.worth, at=found.at, now=now, unit=unit, client_id=found.client_id,
            currency=found.currency,
        )  # fmt: skip


def join_order(order_id: int, *, now: datetime) -> None:
    """Join an order that has come with the purchases that pages told under its number before: it counts once."""
    found = orders.worth_of(order_id)
    if found is None:
        return
    sites = list(Site.objects.order_by("id").values_list("id", flat=True))
    for site_id, number in ((site_id, number) for site_id in sites for number in orders.numbers_of(order_id)):
        key = _key(site_id, number)
        told_at = tests.told_at(key)
        if told_at is None or abs(told_at - found.at) > NEAR:
            continue
        visitor_id = _true_buyer(order_id, site_id, number, found.at)
        tell_order(order_id, unit_of(visitor_id) if visitor_id is not None else "", now=now)
        trials.join_gain(key, f"order:{order_id}", gives=False)  # whoever claimed it, it is the order


def _true_buyer(order_id: int, site_id: int, number: str, at: datetime) -> int | None:
    """Return the first visitor whose page told of an order before it came, with what only its buyer knows.

    Who claimed it first may have guessed its number.
    """
    visits = Visit.objects.filter(visitor__site=site_id, last_at__gt=at - NEAR, bought_at__gt=at - NEAR)
    rows = VisitEvent.objects.filter(kind="purchase", visit__in=visits.values("id"), about__number=number)
    rows = rows.filter(at__gte=at - NEAR, at__lte=at + NEAR)
    for one in rows.select_related("visit__visitor").order_by("id")[:MOST_CLAIMS]:
        if _is_his(order_id, one.visit.visitor, one):
            return int(one.visit.visitor_id)
    return None


def _key(site_id: int, number: str) -> str:
    return f"{CLAIMED}{site_id}:{number[:40]}"


def _sum(about: dict[str, Any]) -> Decimal | None:
    money = Decimal(str(about.get("sum") or 0)).quantize(Decimal("0.01"))
    return money if money > 0 else None
