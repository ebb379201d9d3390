"""Reactions of the catalogue to what other parts, and its own verbs, announce."""

from voronka.accounts.events import CompanyChanged, CompanyFounded
from voronka.catalogue.events import PriceChanged, PriceListLoaded, ProductSaved, ProductSwitched
from voronka.catalogue.models import PriceLoad
from voronka.catalogue.services import feeds
from voronka.catalogue.services.kinds import ship_kinds
from voronka.catalogue.services.telling import tell_of_load
from voronka.kit.events import RecordedEvent, listens


@listens("catalogue.ship", CompanyFounded)
def ship(event: RecordedEvent) -> None:
    """Give a new company the kinds of prices that every shop begins with."""
    ship_kinds()


@listens("catalogue.feeds", ProductSaved, ProductSwitched, PriceChanged, CompanyChanged)
def follow(event: RecordedEvent) -> None:
    """Have the feeds look again at what changed."""
    if event.name == CompanyChanged.name():
        feeds.mark_stale()
    elif event.name == PriceChanged.name():
        feeds.touch(variants=[int(event.payload["variant_id"])])
    else:
        feeds.touch(products=[int(event.payload["product_id"])])


@listens("catalogue.lists", PriceListLoaded)
def tell(event: RecordedEvent) -> None:
    """Tell of a list that came by itself and leaves something to look at."""
    load = PriceLoad.objects.filter(pk=event.payload["load_id"]).first()
    if load is not None:
        tell_of_load(load, event.at)
