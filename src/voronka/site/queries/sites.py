"""Sites as their pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from voronka.catalogue import queries as catalogue
from voronka.kit.actors import Actor, Right
from voronka.kit.errors import NotFound
from voronka.site.models import SeenGoods, Site, Visit, VisitEvent, Visitor, Widget
from voronka.site.permissions import SEE, SET_UP

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was heard of a site: when last, how many visits of people within a day."""

    last_at: datetime | None
    visits: int


def list_sites(actor: Actor) -> list[Site]:
    """Return the sites of the company. Raises Denied."""
    actor.require(SEE)
    return list(Site.objects.order_by("name", "id"))


def get_site(actor: Actor, public_id: str, right: Right = SET_UP) -> Site:
    """Return a site: whose settings the actor may see, or for what another right lets him. Raises Denied, NotFound."""
    actor.require(right)
    found = Site.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such site."))
    return found


def seen_of(sites: Sequence[Site], now: datetime) -> Mapping[int, Seen]:
    """Return what was heard of sites by their ids, of the last thirty days."""
    recent = Visit.objects.filter(last_at__gt=now - 30 * DAY, visitor__site__in=[one.pk for one in sites])
    people = Q(visitor__is_bot=False, last_at__gt=now - DAY)
    rows = recent.order_by().values("visitor__site").annotate(last=Max("last_at"), many=Count("id", filter=people))
    found = {row["visitor__site"]: Seen(row["last"], row["many"]) for row in rows}
    return {one.pk: found.get(one.pk, Seen(None, 0)) for one in sites}


def last_events(site: Site, *, most: int = 20) -> list[VisitEvent]:
    """Return the newest events of a site: of its last visits, so that few rows are read however many there are."""
    visits = list(
        Visit.objects.filter(visitor__site=site).order_by("-last_at", "-id").values_list("id", flat=True)[:most]
    )
    return list(VisitEvent.objects.filter(visit_id__in=visits).order_by("-id")[:most])


@dataclass(frozen=True, slots=True)
class OddPrice:
    """Goods whose price on a page of the site is not the catalogue's of today."""

    name: str
    url: str
    shown: Decimal
    ours: Decimal


def odd_prices(site: Site, now: datetime, *, most: int = 10) -> list[OddPrice]:
    """Return goods that known clients saw lately at another price than the catalogue's: of the last visits only."""
    visits = Visit.objects.filter(visitor__site=site, last_at__gt=now - DAY).order_by("-last_at", "-id")
    ids = list(visits.values_list("id", flat=True)[:200])
    newest = dict[int, SeenGoods]()
    for one in (
        SeenGoods.objects.select_related("variant").filter(visit_id__in=ids, price__isnull=False).order_by("id")
    ):
        newest[one.variant_id] = one
    prices = catalogue.price_now(list(newest), at=now)
    odd = [
        OddPrice(one.variant.name, one.url, one.price, prices[pk])
        for pk, one in newest.items()
        if one.price is not None and pk in prices and prices[pk] != one.price
    ]
    return sorted(odd, key=lambda one: -abs(one.ours - one.shown))[:most]


def public_ids(kind: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the public ids of sites, visitors or widgets by id; unknown ids are left out."""
    rows: dict[str, QuerySet[Site] | QuerySet[Visitor] | QuerySet[Widget]] = {
        "site": Site.objects.all(), "visitor": Visitor.objects.all(), "widget": Widget.objects.all()
    }  # fmt: skip
    return dict(rows[kind].filter(pk__in=ids).values_list("id", "public_id"))
