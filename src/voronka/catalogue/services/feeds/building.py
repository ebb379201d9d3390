"""Files of feeds, put together anew as goods change: offers written again, their blocks packed, the rest as it was.

Everything of a feed happens under the lock of its state, and a file is read by one statement: nobody sees half of it.
A file that is put together whole comes about beside the one that is handed out, in pieces of a transaction each.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Min, Sum

from voronka.catalogue.models import Feed, FeedBlock, FeedOffer, FeedState, FeedTouch, Price, Variant
from voronka.catalogue.rules.feeds import FORMATS, pack
from voronka.catalogue.services.feeds.gathering import Scene, offers_for, scene_of
from voronka.catalogue.services.feeds.touching import EVERYTHING
from voronka.kit.clocks import place, wall

BLOCK, CHUNK, TAKEN = 64, 2_000, 5_000
PIECES = 5  # chunks of whole files that one call looks at
NIGHT_HOUR = 3


def companies_due(now: datetime) -> list[int]:
    """Return the companies with a feed that has something to look at."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM catalogue_companies_with_feeds_due(%s) AS company", [now])
        return [row[0] for row in cursor.fetchall()]


def build_due(*, now: datetime) -> bool:
    """Bring the feeds of the current company up to date: what was touched, then the next pieces of whole ones.

    Return whether there is more to do: a large file is put together by several calls, each of a bounded length.
    """
    with transaction.atomic():
        _mark_stale()
        states = list(FeedState.objects.filter(feed__is_on=True).order_by("id").select_related("feed"))
        whole = [one for one in states if one.is_stale or one.building_at or _is_night_due(one, now)]
    begin = [one.feed_id for one in whole if one.building_at is None]
    while _take_touched(now, besides=begin):
        pass
    left = PIECES
    for state in whole:
        while left:
            left -= 1
            with transaction.atomic():
                if _build_piece(state.feed_id, now):
                    break
        else:
            return True
    return False


def _mark_stale() -> None:
    """Have all feeds looked at anew from the first variant on, where what holds for every offer has changed."""
    every = list(FeedTouch.objects.filter(variant_id=EVERYTHING).values_list("id", flat=True))
    if every:
        FeedTouch.objects.filter(pk__in=every).delete()
        FeedState.objects.order_by("id").update(is_stale=True, building_at=None, built_to=0)


def _is_night_due(state: FeedState, now: datetime) -> bool:
    """Tell whether the file was last looked at as a whole before the latest night."""
    return state.whole_at is None or (
        state.next_at is not None and state.next_at <= now and now - state.whole_at > timedelta(hours=20)
    )


@transaction.atomic
def _take_touched(now: datetime, *, besides: Sequence[int]) -> bool:
    """Look again at what was touched, and at prices that began or ended; tell whether there may be more.

    A feed that is half way takes what was touched into its next file; those that are to begin (`besides`) come to it.
    """
    rows = list(
        FeedTouch.objects.exclude(variant_id=EVERYTHING).order_by("id").values_list("id", "variant_id")[:TAKEN]
    )
    FeedTouch.objects.filter(pk__in=[pk for pk, _variant in rows]).delete()
    touched = {variant for _pk, variant in rows}
    feeds = FeedState.objects.filter(feed__is_on=True).exclude(feed_id__in=besides).order_by("id")
    for state in feeds.select_related("feed"):
        if state.building_at is not None:
            _build_some(state.feed_id, sorted(touched), now)
            continue
        ids = touched | _planned(state, now)
        if ids or (state.next_at is not None and state.next_at <= now):
            _build_some(state.feed_id, sorted(ids), now)
    return len(rows) == TAKEN


def _planned(state: FeedState, now: datetime) -> set[int]:
    """Return the variants of which a price began or ended since the feed was looked at."""
    if state.looked_at is None or state.next_at is None or state.next_at > now:
        return set()
    prices = Price.objects.filter(kind=state.feed.kind_id)
    began = prices.filter(since__gt=state.looked_at, since__lte=now).values_list("variant_id", flat=True)
    ended = prices.filter(until__gt=state.looked_at, until__lte=now).values_list("variant_id", flat=True)
    return {*began, *ended}


def _locked(feed_id: int) -> FeedState | None:
    return (
        FeedState.objects.select_for_update(of=("self",)).select_related("feed__kind").filter(feed_id=feed_id).first()
    )


def _build_some(feed_id: int, ids: Sequence[int], now: datetime) -> None:
    """Look at variants again, write what differs and put the file together, or the next one where that is half way."""
    state = _locked(feed_id)
    if state is None:
        return
    scene, is_next = scene_of(state.feed, now), state.building_at is not None
    blocks = _Blocks(state.feed)
    for start in range(0, len(ids), CHUNK):
        _write(scene, ids[start : start + CHUNK], blocks)
    _pack(state.feed, sorted(blocks.touched), is_next=is_next)
    if not is_next:
        state.looked_at, state.next_at = now, _next_moment(scene, now)
        _settle(state, scene, now)


def _build_piece(feed_id: int, now: datetime) -> bool:
    """Look at the next variants of a feed that is looked at as a whole; tell whether they were the last.

    What is handed out stays as it was until then, and is changed by one statement after the last piece. What happens
    after the beginning is touched, and planned prices are taken from the beginning on by the next look.
    """
    state = _locked(feed_id)
    if state is None:
        return True
    if state.building_at is None:
        state.building_at, state.built_to = now, 0
    began, feed = state.building_at, state.feed
    scene, blocks = scene_of(feed, began), _Blocks(feed)
    ids = _next_ids(feed, state.built_to)
    _write(scene, ids, blocks)
    _pack(feed, sorted(blocks.touched), is_next=True)
    if len(ids) == CHUNK:
        state.built_to = ids[-1]
        state.save(update_fields=["building_at", "built_to"])
        return False
    _turn_over(feed)
    state.is_stale, state.whole_at, state.building_at, state.built_to = False, began, None, 0
    state.looked_at, state.next_at = began, _next_moment(scene, began)
    _settle(state, scene, now)
    return True


def _next_ids(feed: Feed, after: int) -> list[int]:
    """Return the next variants that there are, or that the feed tells of."""
    known = Variant.objects.filter(pk__gt=after).order_by("id").values_list("id", flat=True)[:CHUNK]
    told = FeedOffer.objects.filter(feed=feed, variant_id__gt=after).order_by("variant_id")
    return sorted({*known, *told.values_list("variant_id", flat=True)[:CHUNK]})[:CHUNK]


def _turn_over(feed: Feed) -> None:
    """Let the blocks that wait take their places."""
    waiting = FeedBlock.objects.filter(feed=feed, is_next=True)
    FeedBlock.objects.filter(feed=feed, is_next=False, number__in=waiting.values("number")).delete()
    waiting.filter(offers=0).delete()
    waiting.update(is_next=False)


class _Blocks:
    """Where new offers go, and which blocks have to be packed anew."""

    def __init__(self, feed: Feed) -> None:
        self.touched: set[int] = set()
        last = (
            FeedOffer.objects.filter(feed=feed)
            .values_list("block")
            .annotate(n=Count("id"))
            .order_by("-block")
            .first()
        )
        self._number: int = last[0] if last else 0
        self._full: int = last[1] if last else 0

    def next(self) -> int:
        """Return the block of a new offer."""
        if self._full >= BLOCK:
            self._number, self._full = self._number + 1, 0
        self._full += 1
        return self._number


def _write(scene: Scene, ids: Sequence[int], blocks: _Blocks) -> None:
    feed, write = scene.feed, FORMATS[scene.feed.format].offer
    offers = offers_for(scene, ids)
    have = {one.variant_id: one for one in FeedOffer.objects.filter(feed=feed, variant_id__in=ids)}
    new, changed = [], []
    for variant_id, (product_id, offer) in offers.items():
        text, row = write(offer), have.pop(variant_id, None)
        if row is None:
            new.append(
                FeedOffer(feed=feed, variant_id=variant_id, product_id=product_id, block=blocks.next(), text=text)
            )
        elif row.text != text:
            row.text = text
            changed.append(row)
    FeedOffer.objects.bulk_create(new, batch_size=CHUNK)
    FeedOffer.objects.bulk_update(changed, ["text"], batch_size=500)
    FeedOffer.objects.filter(pk__in=[one.pk for one in have.values()]).delete()
    blocks.touched.update(one.block for one in (*new, *changed, *have.values()))


def _pack(feed: Feed, numbers: Sequence[int], *, is_next: bool) -> None:
    """Pack blocks anew; those that are empty now go, or wait to go."""
    separator = FORMATS[feed.format].separator
    for start in range(0, len(numbers), 200):
        part = numbers[start : start + 200]
        texts: dict[int, list[str]] = {number: [] for number in part} if is_next else {}
        rows = FeedOffer.objects.filter(feed=feed, block__in=part).order_by("block", "variant_id")
        for number, text in rows.values_list("block", "text"):
            texts.setdefault(number, []).append(text)
        FeedBlock.objects.filter(feed=feed, number__in=part, is_next=is_next).delete()
        made = []
        for number, lines in texts.items():
            whole = separator.join(lines)
            piece = pack(whole)
            digest = hashlib.sha256(whole.encode()).hexdigest()[:32]
            made.append(
                FeedBlock(
                    feed=feed, number=number, is_next=is_next, packed=piece.packed, size=piece.size, crc=piece.crc,
                    digest=digest, offers=len(lines),
                )
            )  # fmt: skip
        FeedBlock.objects.bulk_create(made)


def _next_moment(scene: Scene, now: datetime) -> datetime:
    """Return when a planned price begins or ends, or the night comes: whichever is first."""
    prices = Price.objects.filter(kind=scene.feed.kind_id)
    begins = prices.filter(since__gt=now).aggregate(at=Min("since"))["at"]
    ends = prices.filter(until__gt=now).aggregate(at=Min("until"))["at"]
    day = wall(now, scene.zone).date()
    tonight = place(day, NIGHT_HOUR * 60, scene.zone).at
    night = tonight if tonight > now else place(day + timedelta(days=1), NIGHT_HOUR * 60, scene.zone).at
    return min(one for one in (begins, ends, night) if one is not None)


def _settle(state: FeedState, scene: Scene, now: datetime) -> None:
    """Write the head and the sums of the file; where nothing differs, its moment and its sign stay."""
    form, feed = FORMATS[scene.feed.format], scene.feed
    told = FeedBlock.objects.filter(feed=feed, is_next=False)
    digests = told.order_by("number").values_list("digest", flat=True)
    begin = form.head(scene.shop, datetime.min.replace(tzinfo=now.tzinfo))
    whole = "\n".join([feed.format, begin, *digests])
    digest = hashlib.sha256(whole.encode()).hexdigest()[:32]
    if digest != state.digest:
        head = pack(form.head(scene.shop, wall(now, scene.zone)))
        sums = told.aggregate(n=Sum("offers"), size=Sum("size"), blocks=Count("id"))
        between = max(sums["blocks"] - 1, 0) * len(form.separator.encode())
        state.format = feed.format
        state.digest, state.changed_at, state.offers = digest, now, sums["n"] or 0
        state.head, state.head_size, state.head_crc = head.packed, head.size, head.crc
        state.size = head.size + (sums["size"] or 0) + between + len(form.tail.encode())
    state.save(
        update_fields=[
            "is_stale", "building_at", "built_to", "whole_at", "looked_at", "next_at", "digest", "changed_at", "offers",
            "head", "head_size", "head_crc", "size", "format",
        ]
    )  # fmt: skip
