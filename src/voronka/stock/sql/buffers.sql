-- Where each buffer stands: what lies there, what of it is free (not promised, nor about to leave by an open transfer),
-- what is ordered or coming and has not come; how long its source takes, its colour, whether it would ask for an order if
-- its goods are on sale. `supplier_id` is only one in use. docs/adr/0030 tells the rules; rules/replenishing.py tells the
-- same in plain Python, a test compares. Of one place, or of all; of some variants, or of all.
CREATE OR REPLACE FUNCTION stock_buffer_stands(only_place bigint, only_variants bigint[] DEFAULT NULL)
  RETURNS TABLE (buffer_id bigint, variant_id bigint, place_id bigint, supplier_id bigint, source_id bigint,
    target numeric, on_hand numeric, free numeric, coming numeric, lead_days integer, zone text, is_low boolean)
  LANGUAGE sql STABLE AS $$
  WITH mine AS (SELECT NULLIF(current_setting('app.company_id', true), '')::bigint AS company),
  open_lines AS MATERIALIZED (
    SELECT l.variant_id, d.kind, d.state, d.source_id, d.target_id, l.wanted, l.done
    FROM stock_document d JOIN mine ON d.company_id = mine.company
      JOIN stock_documentline l ON l.company_id = d.company_id AND l.document_id = d.id
    WHERE d.kind IN ('purchase', 'transfer') AND d.state IN ('draft', 'open', 'sent')
      AND (only_place IS NULL OR only_place IN (d.source_id, d.target_id))
      AND (only_variants IS NULL OR l.variant_id = ANY (only_variants))),
  moving AS MATERIALIZED (
    SELECT m.variant_id, m.place_id, sum(m.come) AS come, sum(m.go) AS go
    FROM (
      -- Of a transfer that has not left, `done` is what was picked for it; else what has come.
      SELECT o.variant_id, o.target_id AS place_id, 0 AS go,
        CASE WHEN o.kind = 'transfer' AND o.state <> 'sent' THEN GREATEST(COALESCE(o.wanted, 0), o.done)
          ELSE GREATEST(COALESCE(o.wanted, 0) - o.done, 0) END AS come
      FROM open_lines o
      UNION ALL
      SELECT o.variant_id, o.source_id, GREATEST(COALESCE(o.wanted, 0), o.done), 0
      FROM open_lines o WHERE o.kind = 'transfer' AND o.state <> 'sent') m
    GROUP BY m.variant_id, m.place_id),
  -- What is free is reckoned once, and nothing is added where nothing is moving: numbers are what takes the time here.
  stands AS (
    SELECT b.id, b.variant_id, b.place_id, s.id AS supplier_id, b.source_id, b.target, b.per_day, place.is_on,
      COALESCE(have.on_hand, 0) AS on_hand, m.come,
      CASE WHEN m.go IS NULL THEN COALESCE(have.on_hand - have.reserved, 0)
        ELSE COALESCE(have.on_hand - have.reserved, 0) - m.go END AS free,
      COALESCE(b.lead_days, s.lead_days, CASE WHEN b.source_id IS NULL THEN 7 ELSE 2 END)::integer AS lead_days
    FROM stock_buffer b JOIN mine ON b.company_id = mine.company
      JOIN stock_place place ON place.company_id = b.company_id AND place.id = b.place_id
      LEFT JOIN catalogue_supplier s ON s.company_id = b.company_id AND s.id = b.supplier_id AND s.is_on
      LEFT JOIN stock_balance have
        ON have.company_id = b.company_id AND have.variant_id = b.variant_id AND have.place_id = b.place_id
      LEFT JOIN moving m ON m.variant_id = b.variant_id AND m.place_id = b.place_id
    WHERE (only_place IS NULL OR b.place_id = only_place)
      AND (only_variants IS NULL OR b.variant_id = ANY (only_variants)) OFFSET 0)
  SELECT l.id, l.variant_id, l.place_id, l.supplier_id, l.source_id, l.target, l.on_hand, l.free, COALESCE(l.come, 0),
    l.lead_days,
    CASE WHEN l.free > l.target THEN 'above' WHEN l.free * 3 > l.target * 2 THEN 'green'
      WHEN l.free * 3 > l.target THEN 'yellow' ELSE 'red' END,
    l.is_on AND l.free < l.target AND CASE WHEN l.come IS NULL
      THEN l.free * 3 <= l.target * 2 OR l.free <= l.per_day * l.lead_days
      ELSE l.free + l.come < l.target AND (
        (l.free + l.come) * 3 <= l.target * 2 OR l.free + l.come <= l.per_day * l.lead_days) END
  FROM stands l
$$;

-- What stands beside each buffer now, and whether it asks for an order; `fullness` is what is free as a part of the target.
DROP FUNCTION IF EXISTS stock_buffer_levels(bigint);
CREATE OR REPLACE FUNCTION stock_buffer_levels(only_place bigint, only_variants bigint[] DEFAULT NULL)
  RETURNS TABLE (buffer_id bigint, variant_id bigint, place_id bigint, supplier_id bigint, source_id bigint,
    on_hand numeric, promised numeric, coming numeric, lead_days integer, zone text, asks boolean, fullness numeric)
  LANGUAGE sql STABLE AS $$
  SELECT l.buffer_id, l.variant_id, l.place_id, l.supplier_id, l.source_id, l.on_hand, l.on_hand - l.free, l.coming,
    l.lead_days, l.zone,
    -- Whether a good is on sale is asked of the few that would ask for an order, not read of the whole catalogue.
    CASE WHEN l.is_low
      THEN (SELECT v.is_on_sale AND p.is_on_sale FROM catalogue_variant v
        JOIN catalogue_product p ON p.company_id = v.company_id AND p.id = v.product_id
        WHERE v.company_id = NULLIF(current_setting('app.company_id', true), '')::bigint AND v.id = l.variant_id)
      ELSE false END,
    l.free / l.target
  FROM stock_buffer_stands(only_place, only_variants) l
$$;

-- Reckons what goes out of each buffer in a day and in a week, and what colour it has since when; returns how many
-- buffers it wrote. Demand is what went to clients and into production, and to places that have this one as their
-- source, without what came back; and what was wanted in vain. Buffers younger than the window are reckoned from the
-- first arrival on. Only rows that come out otherwise are written.
CREATE OR REPLACE FUNCTION stock_judge_buffers(today date, moment timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  since timestamptz := moment - interval '90 days';
  written bigint;
BEGIN
  WITH went AS MATERIALIZED (
    SELECT m.variant_id, m.source_id AS place_id, m.at, m.quantity
      FROM stock_move m JOIN stock_place t ON t.company_id = mine AND t.id = m.target_id
      WHERE m.company_id = mine AND m.at > since AND m.at <= moment AND (t.kind IN ('customer', 'production')
        OR (NOT t.is_external AND EXISTS (SELECT 1 FROM stock_buffer b
          WHERE b.company_id = mine AND b.variant_id = m.variant_id AND b.source_id = m.source_id)))
    UNION ALL
    SELECT m.variant_id, m.target_id, m.at, -m.quantity
      FROM stock_move m JOIN stock_place s ON s.company_id = mine AND s.id = m.source_id AND s.kind = 'customer'
      WHERE m.company_id = mine AND m.at > since AND m.at <= moment),
  weeks AS (
    SELECT w.variant_id, w.place_id, floor(extract(epoch FROM moment - w.at) / 604800)::integer AS week,
      sum(w.quantity) AS many FROM went w GROUP BY 1, 2, 3),
  sums AS MATERIALIZED (
    SELECT w.variant_id, w.place_id, sum(w.many) AS many, max(w.many) AS most, min(w.many) AS least, count(*) AS weeks
    FROM weeks w GROUP BY 1, 2),
  lost AS MATERIALIZED (
    SELECT l.variant_id, COALESCE(l.place_id, (SELECT b.place_id FROM stock_buffer b
          JOIN stock_place p ON p.company_id = mine AND p.id = b.place_id
        WHERE b.company_id = mine AND b.variant_id = l.variant_id
        ORDER BY p.is_selling DESC, p.priority, p.id LIMIT 1)) AS place_id, sum(l.quantity) AS many
    FROM stock_lostsale l
    WHERE l.company_id = mine AND l.at > since AND l.at <= moment AND l.cause IN ('short', 'late') GROUP BY 1, 2),
  found AS (
    SELECT b.id, v.zone AS new_zone,
      LEAST(90, GREATEST(7, ceil(extract(epoch FROM moment - COALESCE(LEAST(first.at, moment), since)) / 86400)))
        ::integer AS days,
      COALESCE(s.many, 0) AS many, COALESCE(s.most, 0) AS most, COALESCE(s.least, 0) AS least,
      COALESCE(s.weeks, 0) AS weeks, COALESCE(l.many, 0) AS lost
    FROM stock_buffer b JOIN stock_buffer_levels(NULL) v ON v.buffer_id = b.id
      LEFT JOIN sums s ON s.variant_id = b.variant_id AND s.place_id = b.place_id
      LEFT JOIN lost l ON l.variant_id = b.variant_id AND l.place_id = b.place_id
      LEFT JOIN LATERAL (SELECT m.at FROM stock_move m WHERE m.company_id = mine AND m.variant_id = b.variant_id
        AND m.target_id = b.place_id ORDER BY m.id LIMIT 1) first ON true
    WHERE b.company_id = mine),
  told AS (
    SELECT f.id, f.new_zone, round((GREATEST(f.many, 0) + f.lost) / f.days, 4) AS per_day, GREATEST(f.most, 0) AS most,
      CASE WHEN f.weeks * 7 < f.days THEN 0 ELSE GREATEST(f.least, 0) END AS least FROM found f)
  UPDATE stock_buffer b SET per_day = t.per_day, week_most = t.most, week_least = t.least, zone = t.new_zone,
    zone_since = CASE WHEN b.zone = t.new_zone THEN COALESCE(b.zone_since, today) ELSE today END,
    dips = LEAST(b.dips + CASE WHEN t.new_zone = 'red' AND b.zone NOT IN ('', 'red') THEN 1 ELSE 0 END, 1000),
    judged_on = today
  FROM told t
  WHERE b.company_id = mine AND b.id = t.id
    AND (b.per_day, b.week_most, b.week_least, b.zone, COALESCE(b.judged_on, 'epoch'))
      IS DISTINCT FROM (t.per_day, t.most, t.least, t.new_zone, today);
  GET DIAGNOSTICS written = ROW_COUNT;
  RETURN written;
END $$;

-- Companies where a buffer was not reckoned on the day that a moment belongs to by their own clocks; a day begins
-- at an hour of the night. Ids only, for the sweep.
DROP FUNCTION IF EXISTS stock_companies_to_judge(date);
CREATE OR REPLACE FUNCTION stock_companies_to_judge(moment timestamptz, night_hour integer)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c
  WHERE EXISTS (SELECT 1 FROM stock_buffer b WHERE b.company_id = c.id AND (b.judged_on IS NULL
    OR b.judged_on < ((moment AT TIME ZONE c.zone) - make_interval(hours => night_hour))::date))
$$;

-- What went to clients out of a place by weeks (0 is the one that ends now), without what came back, of variants that
-- have no buffer there; and when the first of it arrived.
CREATE OR REPLACE FUNCTION stock_demand_without_buffer(of_place bigint, since timestamptz, moment timestamptz)
  RETURNS TABLE (variant_id bigint, week integer, many numeric, first_at timestamptz) LANGUAGE sql STABLE AS $$
  WITH mine AS (SELECT NULLIF(current_setting('app.company_id', true), '')::bigint AS company),
  went AS (
    SELECT m.variant_id, floor(extract(epoch FROM moment - m.at) / 604800)::integer AS week,
      sum(CASE WHEN m.source_id = of_place THEN m.quantity ELSE -m.quantity END) AS many
    FROM mine JOIN stock_move m ON m.company_id = mine.company AND m.at > since AND m.at <= moment
      JOIN stock_place other ON other.company_id = mine.company
        AND other.id = CASE WHEN m.source_id = of_place THEN m.target_id ELSE m.source_id END
        AND (other.kind = 'customer' OR (other.kind = 'production' AND m.source_id = of_place))
    WHERE of_place IN (m.source_id, m.target_id) AND NOT EXISTS (
      SELECT 1 FROM stock_buffer b
      WHERE b.company_id = mine.company AND b.variant_id = m.variant_id AND b.place_id = of_place)
    GROUP BY 1, 2)
  SELECT w.variant_id, w.week, w.many, COALESCE((SELECT m.at FROM stock_move m WHERE m.company_id = mine.company
      AND m.variant_id = w.variant_id AND m.target_id = of_place ORDER BY m.id LIMIT 1), since)
  FROM went w, mine
$$;
