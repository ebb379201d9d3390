"""The numbers of goods over all places, for lists that sort and filter by them: kept ones, and those that just changed.

What a number of goods is stands in two statements of which each good is in exactly one, so that a list asks both at
once: `kept`, with an index for each number, and `changed`, summed of the balances of the few goods that were touched
since their sums were kept. Numbers are whole: thousandths of a piece, kopecks.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Cast

from voronka.kit.db.among import held_in, not_in
from voronka.stock.models import Balance, GoodsSum, Place, Worth

Sums = QuerySet[Any, Any]  # rows of variant_id and n, of several models
_PARTS = {"worth": 100}
_THOUSANDTHS = 1000


def kept(code: str) -> Sums:
    """Return the number `n` by variant of goods whose kept sums are true."""
    # Asked of each, not `NOT IN`: where the worker stood still there may be more of them than what fits into memory.
    is_touched = Exists(Balance.objects.filter(variant_id=OuterRef("variant_id"), is_touched=True))
    return GoodsSum.objects.filter(~is_touched).annotate(n=F(code)).order_by()


def changed(code: str) -> Sums:
    """Return the number `n` by variant of goods whose kept sums are not true any more."""
    if code == "worth":
        worths = Worth.objects.filter(variant_id__in=_touched())
        return worths.annotate(n=Cast(F("value") * _PARTS[code], BigIntegerField())).order_by()
    places = Place.objects.exclude(kind="transit").order_by()
    found = F("on_hand") - F("reserved") if code == "available" else F(code)
    if code == "available":
        places = places.filter(is_selling=True, is_on=True)
    rows = Balance.objects.filter(variant_id__in=_touched(), is_external=False, place_id__in=places.values("id"))
    return rows.values("variant_id").annotate(n=Cast(Sum(found) * _THOUSANDTHS, BigIntegerField())).order_by()


def in_range(code: str, least: Decimal | None, most: Decimal | None) -> Q:
    """Return the condition of variants whose number is in a range; those without a row have none of it: nought."""
    inside, outside = Q(), Q()
    if least is not None:
        low = _whole(code, least, ROUND_CEILING)
        inside, outside = inside & Q(n__gte=low), outside | Q(n__lt=low)
    if most is not None:
        high = _whole(code, most, ROUND_FLOOR)
        inside, outside = inside & Q(n__lte=high), outside | Q(n__gt=high)
    if (least is None or least <= 0) and (most is None or most >= 0):
        return not_in("pk", _ids(kept(code), outside)) & not_in("pk", _ids(changed(code), outside))
    return held_in("pk", _ids(kept(code), inside)) | held_in("pk", _ids(changed(code), inside))


def having(code: str) -> tuple[Sums, Sums]:
    """Return the variants that have any of it, as two statements."""
    return _ids(kept(code), Q(n__gt=0)), _ids(changed(code), Q(n__gt=0))


def differing_sums() -> list[tuple[int, str, str]]:
    """Return the goods whose kept sums are not those of their balances, and that nothing is noted of."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING)
        return list(cursor.fetchall())


_DIFFERING = """
    WITH mine AS (SELECT NULLIF(current_setting('app.company_id', true), '')::bigint AS company)
    SELECT COALESCE(k.variant_id, t.variant_id), (k.on_hand, k.reserved, k.available, k.worth)::text,
      (t.on_hand, t.reserved, t.available, t.worth)::text
    FROM (SELECT s.* FROM stock_goodssum s JOIN mine ON s.company_id = mine.company) k
      FULL JOIN stock_reckon_sums(NULL) t ON t.variant_id = k.variant_id
    WHERE (COALESCE(k.on_hand, 0), COALESCE(k.reserved, 0), COALESCE(k.available, 0), COALESCE(k.worth, 0))
        IS DISTINCT FROM
      (COALESCE(t.on_hand, 0), COALESCE(t.reserved, 0), COALESCE(t.available, 0), COALESCE(t.worth, 0))
      AND NOT EXISTS (SELECT 1 FROM stock_balance q JOIN mine ON q.company_id = mine.company
        WHERE q.variant_id = COALESCE(k.variant_id, t.variant_id) AND q.is_touched)
    ORDER BY 1"""


def _touched() -> Sums:
    return Balance.objects.filter(is_touched=True).order_by().values("variant_id")


def _ids(rows: Sums, wanted: Q) -> Sums:
    return rows.filter(wanted).values("variant_id")


def _whole(code: str, number: Decimal, rounding: str) -> int:
    """Return a bound in whole parts, on the side that keeps what lies between two of them out."""
    return int((number * _PARTS.get(code, _THOUSANDTHS)).to_integral_value(rounding))
