"""The board of a place: its colours, what it would order, a page of its buffers, in one pass."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from voronka.stock.queries.replenishing import SHOWN, Level, Plan, Zones, planned

# One pass over a place: how many buffers of each colour, those that ask, those of a page. Whether goods are on sale is
# asked of those that are low, of these few buffers and variants are fetched row by row: the planner would read all that
# the company has, taking the few for many. Buffers that ask stand first, so the others are put in their order only
# where a page goes beyond these.
_BOARD = """
WITH l AS MATERIALIZED (
  SELECT buffer_id, variant_id, supplier_id, target, on_hand, free, coming, lead_days, zone, is_low
  FROM stock_buffer_stands(%(place)s)),
low AS MATERIALIZED (
  SELECT l.*, l.free / l.target AS fullness, v.variant, v.code, v.name,
    (SELECT e.id FROM stock_buffer e
      WHERE e.variant_id = l.variant_id AND e.place_id <> %(place)s LIMIT 1) IS NOT NULL AS is_elsewhere
  FROM l CROSS JOIN LATERAL (
    SELECT v.public_id AS variant, v.code, v.name
    FROM catalogue_variant v JOIN catalogue_product p ON p.id = v.product_id
    WHERE v.id = l.variant_id AND v.is_on_sale AND p.is_on_sale OFFSET 0) v
  WHERE l.is_low),
counts AS (
  SELECT count(*) FILTER (WHERE zone = 'red') AS red, count(*) FILTER (WHERE zone = 'yellow') AS yellow,
    count(*) FILTER (WHERE zone = 'green') AS green, count(*) FILTER (WHERE zone = 'above') AS above,
    (SELECT count(*) FROM low) AS asks, (SELECT count(*) FROM low WHERE zone = ANY (%(zones)s)) AS first FROM l),
page AS (
  (SELECT buffer_id FROM low WHERE zone = ANY (%(zones)s) ORDER BY fullness, buffer_id LIMIT %(size)s OFFSET %(skip)s)
  UNION ALL
  (SELECT l.buffer_id FROM l LEFT JOIN low ON low.buffer_id = l.buffer_id
   WHERE (SELECT first FROM counts) < %(skip)s + %(size)s AND l.zone = ANY (%(zones)s) AND low.buffer_id IS NULL
   ORDER BY l.free / l.target, l.buffer_id
   LIMIT GREATEST(%(size)s - GREATEST((SELECT first FROM counts) - %(skip)s, 0), 0)
   OFFSET GREATEST(%(skip)s - (SELECT first FROM counts), 0))),
chosen AS (
  SELECT low.*, true AS asks, page.buffer_id IS NOT NULL AS is_shown
  FROM low LEFT JOIN page ON page.buffer_id = low.buffer_id
  UNION ALL
  SELECT l.*, l.free / l.target, v.public_id, v.code, v.name, false, false, true
  FROM page JOIN l ON l.buffer_id = page.buffer_id LEFT JOIN low ON low.buffer_id = l.buffer_id
    JOIN LATERAL (SELECT * FROM catalogue_variant v WHERE v.id = l.variant_id OFFSET 0) v ON true
  WHERE (SELECT first FROM counts) < %(skip)s + %(size)s AND low.buffer_id IS NULL)
SELECT c.red, c.yellow, c.green, c.above, c.asks, l.is_shown, l.is_elsewhere,
  @shown
FROM counts c LEFT JOIN chosen l ON true
  LEFT JOIN LATERAL (SELECT * FROM stock_buffer b WHERE b.id = l.buffer_id OFFSET 0) b ON true
  LEFT JOIN stock_place p ON p.id = b.place_id
  LEFT JOIN stock_place o ON o.id = b.source_id LEFT JOIN catalogue_supplier s ON s.id = l.supplier_id
ORDER BY l.fullness, l.buffer_id
""".replace(
    "@shown", SHOWN.replace("@variant", "l.variant, l.code, l.name").replace("l.promised", "l.on_hand - l.free")
)


def read_board(
    place_id: int, zones: Sequence[str], *, now: datetime, size: int, skip: int = 0
) -> tuple[Zones, Plan, list[Level]]:
    """Return the colours of a place, what it would order, and buffers in these colours: `list_levels` of a page.

    One pass over its buffers serves all three.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BOARD, {"place": place_id, "zones": list(zones), "size": size, "skip": skip})
        rows = cursor.fetchall()
    found = [(row[5], row[6], Level(*row[7:])) for row in rows if row[7] is not None]
    shown = [level for is_shown, _elsewhere, level in found if is_shown]
    shown.sort(key=lambda one: not one.asks)  # each half is in its order
    asking = [level for _is_shown, _elsewhere, level in found if level.asks]
    elsewhere = sorted({level.variant_id for _is_shown, is_elsewhere, level in found if is_elsewhere})
    return Zones(*rows[0][:5]), planned(asking, now=now, place_id=place_id, elsewhere=elsewhere), shown
