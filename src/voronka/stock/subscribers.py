"""What the stock tells the catalogue: how many may be sold, and when that changes; its own sums that are kept."""

from voronka.catalogue import ports
from voronka.catalogue.services import feeds
from voronka.kit.events import RecordedEvent, listens
from voronka.stock.events import GoodsMoved, GoodsReserved, PlaceSaved, ReservationEnded
from voronka.stock.queries.selling import moved_in, promised_to, sellable
from voronka.stock.services.summing import keep_sums, touch_place

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


@listens("stock.sums", GoodsMoved, GoodsReserved, ReservationEnded, PlaceSaved)
def sum_up(event: RecordedEvent) -> None:
    """Reckon the sums of goods that were touched, whoever touched them: an event seen twice finds nothing to do.

    What came to lie in a place while it was changed was not there to be noted then.
    """
    if event.name == PlaceSaved.name() and not event.payload["is_new"]:
        touch_place(event.subject_id)
    keep_sums()
