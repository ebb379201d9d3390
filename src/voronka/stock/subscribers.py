"""What the stock tells the catalogue: how many may be sold, and when that changes."""

from voronka.catalogue import ports
from voronka.catalogue.services import feeds
from voronka.kit.events import RecordedEvent, listens
from voronka.stock.events import GoodsMoved, GoodsReserved, PlaceSaved, ReservationEnded
from voronka.stock.queries.selling import moved_in, promised_to, sellable

ports.register_available(sellable)


@listens("stock.feeds", GoodsMoved, GoodsReserved, ReservationEnded, PlaceSaved)
def follow(event: RecordedEvent) -> None:
    """Have the feeds look again at goods that moved, were promised or came free."""
    told = event.payload
    if event.name == PlaceSaved.name():
        feeds.mark_stale()
    elif event.name == GoodsMoved.name():
        feeds.touch(variants=moved_in(told["operation"]))
    else:
        feeds.touch(variants=promised_to(told["holder_kind"], int(told["holder_id"])))
