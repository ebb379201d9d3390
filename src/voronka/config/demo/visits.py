"""Visits of the demo's shop in the last month: who came from where, what he looked at, left behind and bought.

They are written as the collector writes them, and looked at by the product itself at the hour when it would have: what
is seen on the screens is what the product makes of them.
"""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from voronka.config.storefront.goods import Goods, read_range
from voronka.orders.models import Order, OrderLine
from voronka.people.models import Client
from voronka.site.models import Showing, Site, Visitor, Widget
from voronka.site.ports import Moment
from voronka.site.services import judge_due, showing
from voronka.site.services.naming import proof_of
from voronka.site.services.writing import Told, write_visit

STRANGERS, BUYERS, KNOWN, HERE = 150, 24, 12, 3
_DAYS = 30
# Where people come from, how often of a hundred: utm_source, utm_medium, the page before.
_SOURCES = (
    (34, "yandex", "cpc", "https://yandex.ru/"), (16, "vk", "social", "https://vk.com/"),
    (9, "email", "email", ""), (17, "", "", "https://yandex.ru/search/"), (24, "", "", ""),
)  # fmt: skip
_ZONES = ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Europe/Samara")
_PATHS = {"": "/", "delivery": "/dostavka", "basket": "/korzina", "checkout": "/zakaz", "thanks": "/spasibo"}


@dataclass(slots=True)
class Walk:
    """One visit as it is made up: what happens and when."""

    begun: datetime
    key: uuid.UUID = field(default_factory=uuid.uuid4)
    told: list[Told] = field(default_factory=list)
    seconds: float = 0.0
    product_at: float | None = None
    product: dict[str, Any] = field(default_factory=dict)

    def say(self, kind: str, about: dict[str, Any], after: float = 0.0) -> None:
        """Let something happen `after` seconds more."""
        self.seconds += after
        self.told.append((self.seconds, kind, about))

    def open(self, path: str, title: str, after: float, **more: Any) -> None:
        """Go on to a page."""
        self.say("page", {"url": path, "title": title, **more}, after)

    def look(self, goods: Goods, after: float, stays: float) -> None:
        """Look at a product for so many seconds."""
        code, price, path = goods.code_of(goods.usual, 0), goods.sizes[goods.usual][1], f"/tovar/{goods.slug}"
        self.open(path, goods.name, after)
        self.product = {"name": goods.name, "code": code, "price": price, "currency": "RUB"}
        self.say("product", {"url": path, **self.product}, 1)
        self.product_at = self.seconds
        self.say("leave", {"url": path, "seconds": round(stays), "depth": 80}, stays)


def fill_visits(*, site: Site, now: datetime) -> None:
    """Let the shop have had a month of visitors, unless somebody has signed in there already."""
    if Visitor.objects.filter(site=site, is_proven=True).exists():
        return
    chance = random.Random(20)  # noqa: S311 - invented data
    walks = list(_strangers(chance, now))
    walks += _buyers(site, chance, now)
    walks += _known(site, chance, now)
    for walk in sorted(walks, key=lambda one: one.begun):
        _write(site, walk, chance)
        judge_due(now=min(walk.begun + timedelta(seconds=walk.seconds, hours=2), now))
        _show(site, walk, chance, now)


def _strangers(chance: random.Random, now: datetime) -> Iterator[Walk]:
    for number in range(STRANGERS):
        walk = Walk(_moment(chance, now))
        if number < HERE:
            walk.begun = now - timedelta(seconds=240 - 60 * number)
        _wander(walk, chance, most=2 if number < HERE else 5)
        yield walk


def _wander(walk: Walk, chance: random.Random, most: int = 5) -> None:
    """Come, look around and at some goods, sometimes put one into the basket, seldom go to the checkout."""
    goods = read_range().goods
    names = {one.slug: one.name for one in read_range().categories}
    if chance.random() < 0.6:
        walk.open("/", "Ладная кухня", 0, **_came(chance))
    else:
        walk.open(f"/{goods[0].category}", names[goods[0].category], 0, **_came(chance))
    chosen = chance.sample(goods, k=min(chance.choices((0, 1, 2, 3), (3, 4, 2, 1))[0], most))
    for one in chosen:
        walk.open(f"/{one.category}", names[one.category], chance.uniform(4, 25))
        walk.look(one, chance.uniform(3, 20), chance.choice((8, 20, 45, 70, 120)))
    if not chosen or chance.random() > 0.3:
        return
    lines = [{**walk.product, "count": 1}]
    walk.say("basket", {"sum": walk.product["price"], "currency": "RUB", "lines": lines}, 2)
    if chance.random() < 0.4:
        walk.open(_PATHS["checkout"], "Оформление", 30)
        walk.say("checkout", {"url": _PATHS["checkout"], "sum": walk.product["price"], "currency": "RUB"}, 1)


def _buyers(site: Site, chance: random.Random, now: datetime) -> Iterator[Walk]:
    """Let some of the last orders have been made on the site, as the shop's server signs."""
    recent = Order.objects.filter(made_at__gt=now - timedelta(days=_DAYS)).exclude(phase="cancelled")
    for order in recent.select_related("client").order_by("-made_at")[:BUYERS]:
        walk = Walk(order.made_at - timedelta(minutes=chance.uniform(4, 25)))
        walk.open("/", "Ладная кухня", 0, **_came(chance))
        walk.look(chance.choice(read_range().goods), 10, chance.choice((15, 40, 90)))
        lines = [_line(one) for one in OrderLine.objects.filter(order=order).select_related("variant")[:10]]
        total = float(order.total)
        walk.say("basket", {"sum": total, "currency": "RUB", "lines": lines}, 20)
        walk.open(_PATHS["checkout"], "Оформление", 30)
        walk.say("checkout", {"url": _PATHS["checkout"], "sum": total, "currency": "RUB"}, 1)
        walk.say("identify", _signed(site, order.client), 20)
        bought = {"url": _PATHS["thanks"], "sum": total, "currency": "RUB", "number": order.number}
        at = (order.made_at - walk.begun).total_seconds()
        walk.say("purchase", bought, max(at - walk.seconds, 1))
        yield walk


def _known(site: Site, chance: random.Random, now: datetime) -> Iterator[Walk]:
    """Let some clients who are signed in have come without buying."""
    clients = Client.objects.filter(purchases_sum__gt=0).order_by("-purchases_sum")
    for client in clients[:KNOWN]:
        walk = Walk(_moment(chance, now, days=9))
        _wander(walk, chance)
        walk.told.insert(1, (walk.told[0][0], "identify", _signed(site, client)))
        yield walk


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "name": line.name, "code": line.variant.code if line.variant else "", "price": float(line.price),
        "currency": "RUB", "count": float(line.quantity),
    }  # fmt: skip


def _signed(site: Site, client: Client) -> dict[str, str]:
    return {"client": client.public_id, "proof": proof_of(site.secret, client.public_id)}


def _came(chance: random.Random) -> dict[str, Any]:
    _share, source, medium, before = chance.choices(_SOURCES, [one[0] for one in _SOURCES])[0]
    utm = {"source": source, "medium": medium, "campaign": "autumn"} if source else {}
    return {"from": before, "utm": utm}


def _moment(chance: random.Random, now: datetime, days: int = _DAYS) -> datetime:
    """Return a moment of the last days, seldom at night, and never so late that the visit would still go on."""
    while True:
        found = now - timedelta(minutes=30) - timedelta(days=days * chance.random() ** 1.2)
        if 5 <= found.hour < 20 or chance.random() < 0.1:
            return found


def _write(site: Site, walk: Walk, chance: random.Random) -> None:
    """Write a visit, with what it was made on."""
    first = walk.told[0][2]
    device = chance.choices(("phone", "computer", "tablet"), (6, 3, 1))[0]
    head = {
        "zone": chance.choice(_ZONES), "device": device, "width": {"phone": 390, "tablet": 820}.get(device, 1440),
        "landing": first.get("url", ""), "from": first.get("from", ""), "utm": first.get("utm", {}),
    }  # fmt: skip
    said = {name: value for name, value in head.items() if value}
    write_visit(site, walk.key, walk.told, begun=walk.begun, head=said)


def _show(site: Site, walk: Walk, chance: random.Random, now: datetime) -> None:
    """Let half of those who looked at a product for long have seen the teaser, and some who left the offer."""
    if walk.product_at is None or not _stayed(walk.told):
        return
    wanted = [("teaser", walk.product_at + 35, (5, 2, 3))]
    if chance.random() < 0.5:
        wanted.append(("stop", walk.seconds + 2, (6, 2, 2)))
    for kind, after, outcomes in wanted:
        at = walk.begun + timedelta(seconds=after)
        widget = Widget.objects.filter(site=site, kind=kind, is_on=True).first()
        visitor = Visitor.objects.filter(site=site, key=walk.key).first()
        if widget is None or visitor is None or at >= now or chance.random() < 0.4:
            continue
        moment = Moment(
            site.pk, visitor.pk, visitor.client_id, "tick", "/tovar", "Europe/Moscow", "computer", at,
            {"product": walk.product},
        )  # fmt: skip
        shown = showing.offer(moment=moment, widget_id=widget.pk, key=f"demo {kind}", ends_at=at + timedelta(hours=1))
        if shown is None:
            continue
        showing.tell(visitor_id=visitor.pk, public_id=shown.public_id, what="shown", now=at)
        end = at + timedelta(seconds=chance.uniform(2, 30))
        became = chance.choices(("closed", "acted", ""), outcomes)[0]
        if became == "closed":
            showing.tell(visitor_id=visitor.pk, public_id=shown.public_id, what="closed", now=end)
        elif became == "acted":
            Showing.objects.filter(pk=shown.pk).update(state=Showing.State.ACTED, acted_at=end, ended_at=end)


def _stayed(told: Sequence[Told]) -> bool:
    return any(kind == "leave" and about["seconds"] >= 40 for _at, kind, about in told)
