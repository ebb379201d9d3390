"""What pages of feeds show: all of them with the state of their files, the beginning of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from voronka.catalogue.models import Feed, FeedBlock, FeedCategory, FeedState, Variant
from voronka.catalogue.rules.feeds import FORMATS, Piece, page_by, unpacked

_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed with the state of its file."""

    feed: Feed
    state: FeedState

    @property
    def is_waiting(self) -> bool:
        """Tell whether the file is still to be put together."""
        return self.feed.is_on and (self.state.is_stale or self.state.format != self.feed.format)


def list_feeds() -> list[FeedRow]:
    """Return all feeds by name. One statement."""
    states = FeedState.objects.select_related("feed__kind").defer("head").order_by("feed__name", "id")
    return [FeedRow(one.feed, one) for one in states]


def feed_row(feed: Feed) -> FeedRow:
    """Return the state of a feed's file beside it."""
    return FeedRow(feed, FeedState.objects.get(feed=feed))


def categories_of(feed: Feed) -> list[str]:
    """Return the public ids of the categories that a feed names."""
    rows = FeedCategory.objects.filter(feed=feed).order_by("category__path")
    return list(rows.values_list("category__public_id", flat=True))


def preview_of(row: FeedRow) -> str:
    """Return the beginning of a feed's file: its head and the first offers; empty while there is none."""
    state = row.state
    if not state.digest or state.format not in FORMATS:
        return ""
    head = b"".join(unpacked([Piece(bytes(state.head), state.head_size, state.head_crc)])).decode()
    first = FeedBlock.objects.filter(feed=row.feed, is_next=False).order_by("number").first()
    piece = [Piece(bytes(first.packed), first.size, first.crc)] if first else []
    offers = b"".join(unpacked(piece)).decode()
    return (head.lstrip("\ufeff")[:_LONGEST] + offers[:_LONGEST]).strip()


def pages_of(variant_ids: Sequence[int]) -> dict[int, str]:
    """Return where variants stand on the shop's site, as the oldest feed that says so has it; others are left out."""
    feed = Feed.objects.filter(is_on=True).exclude(page="").order_by("id").first()
    if feed is None or not variant_ids:
        return {}
    rows = Variant.objects.filter(pk__in=list(variant_ids)).values_list("id", "code", "public_id")
    return {pk: page_by(feed.page, code, public_id) for pk, code, public_id in rows}
