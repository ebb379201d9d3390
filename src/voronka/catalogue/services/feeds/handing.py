"""A feed's file handed out: found by its secret address, read by one statement, packed as it lies."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from voronka.catalogue.models import Feed, FeedState, Picture
from voronka.catalogue.rules.feeds import FORMATS, Piece, gzipped, pack, unpacked
from voronka.catalogue.services.feeds.settings import hash_of

_ASKED_EVERY = timedelta(minutes=5)
_READ = """
    SELECT s.head, s.head_size, s.head_crc, s.digest, b.packed, b.size, b.crc
    FROM catalogue_feedstate s
      LEFT JOIN catalogue_feedblock b ON b.company_id = s.company_id AND b.feed_id = s.feed_id AND NOT b.is_next
    WHERE s.id = %s AND s.company_id = NULLIF(current_setting('app.company_id', true), '')::bigint
    ORDER BY b.number
"""


def open_by(key: str, format_code: str) -> tuple[int, int] | None:
    """Return the company and the feed of a secret address, None for one that opens nothing (any more)."""
    if format_code not in FORMATS or not key.isascii() or len(key) > 100:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company, feed FROM catalogue_company_of_feed(%s)", [hash_of(key)])
        return cursor.fetchone()  # type: ignore[no-any-return]  # a database row is untyped


def company_of_picture(public_id: str) -> int | None:
    """Return the company of a picture that a feed may name, None for any other."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT catalogue_company_of_picture(%s)", [public_id.replace("\0", "")])
        found: int | None = cursor.fetchone()[0]
        return found


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it is handed out: `sign` tells it from any other; no `pieces` where only the head was asked for."""

    content_type: str
    sign: str
    changed_at: datetime
    size: int
    pieces: list[Piece] = field(default_factory=list, repr=False)

    def packed(self) -> bytes:
        """Return the file as gzip."""
        return gzipped(self.pieces)

    def plain(self) -> Iterator[bytes]:
        """Yield the file unpacked."""
        return unpacked(self.pieces)


@transaction.atomic
def hand_out(
    feed_id: int, format_code: str, *, known: str = "", with_file: bool = True, now: datetime
) -> Handed | None:
    """Return a feed's file; None where it is off, of another format, or not put together yet.

    `known` is the sign of what the reader has: then, as without `with_file`, only the sign and the size are read.
    """
    state = FeedState.objects.filter(feed_id=feed_id, feed__is_on=True, format=format_code).defer("head").first()
    if state is None or not state.digest or state.changed_at is None:
        return None
    if state.asked_at is None or now - state.asked_at > _ASKED_EVERY:
        free = FeedState.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=state.pk)
        if free.values_list("id", flat=True):  # whoever puts the file together holds it: nobody waits for that
            FeedState.objects.filter(pk=state.pk).update(asked_at=now)
    form, sign = FORMATS[format_code], state.digest
    pieces: list[Piece] = []
    if with_file and known != state.digest:
        sign, pieces = _read(state.pk, format_code)
    return Handed(form.content_type, sign, state.changed_at, state.size, pieces)


def _read(state_id: int, format_code: str) -> tuple[str, list[Piece]]:
    form = FORMATS[format_code]
    with connection.cursor() as cursor:
        cursor.execute(_READ, [state_id])
        rows = cursor.fetchall()
    head, size, crc, sign = rows[0][:4]
    between = pack(form.separator)
    pieces = [Piece(bytes(head), size, crc)]
    for number, row in enumerate(one for one in rows if one[4] is not None):
        if number and between.size:
            pieces.append(between)
        pieces.append(Piece(bytes(row[4]), row[5], row[6]))
    pieces.append(pack(form.tail))
    return sign, pieces


def picture_of(public_id: str) -> Picture | None:
    """Return a picture of something on sale in the current company."""
    return Picture.objects.filter(public_id=public_id, product__is_on_sale=True).first()


@transaction.atomic
def is_expected(feed_id: int, format_code: str) -> bool:
    """Tell whether a file that cannot be had now is to come: the feed is on and of this format."""
    return Feed.objects.filter(pk=feed_id, is_on=True, format=format_code).exists()
