"""What the feeds have to look at again, noted in the transaction of its cause."""

from collections.abc import Iterable

from django.db import connection

from voronka.catalogue.models import Feed, FeedTouch

EVERYTHING = 0  # in place of a variant's id


def touch(*, products: Iterable[int] = (), variants: Iterable[int] = ()) -> None:
    """Have variants, and the kits that hold them, looked at again for the feeds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT catalogue_touch(%s::bigint[], %s::bigint[])", [list(products), list(variants)])


def mark_stale() -> None:
    """Have all feeds put together anew: what holds for every offer has changed. It waits for nobody."""
    if Feed.objects.filter(is_on=True).exists():
        FeedTouch.objects.create(variant_id=EVERYTHING)
