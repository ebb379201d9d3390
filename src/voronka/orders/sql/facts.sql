-- What the report reads of orders: of those named, or of all where none are. `came_at` is when an order came to its
-- client, null while it has not; `is_flawed` tells that it cannot be perfect: something was given back, waited for or
-- sent in parts, or its sum changed; `statuses` and `minutes` are the stays that ended. Runs with the caller's rights:
-- the policies hold inside.
CREATE OR REPLACE FUNCTION orders_reckon_facts(orders bigint[])
  RETURNS TABLE (order_id bigint, made_at timestamptz, responsible_id bigint, is_cancelled boolean,
    first_promised_at timestamptz, came_at timestamptz, total numeric, paid numeric, cost numeric, left_cost numeric,
    is_flawed boolean, statuses bigint[], minutes double precision[])
  LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  RETURN QUERY SELECT o.id, o.made_at, o.responsible_id, o.phase = 'cancelled', o.first_promised_at,
      COALESCE(o.delivered_at, CASE WHEN o.phase = 'done' THEN o.closed_at END), o.total, o.paid, o.cost,
      COALESCE(l.left_cost, 0),
      f.order_id IS NOT NULL,
      COALESCE(s.statuses, '{}'), COALESCE(s.minutes, '{}')
    FROM orders_order o
      -- One set to join: what asks order by order is slow as soon as it is too large to be kept in memory.
      LEFT JOIN (
        SELECT r.order_id FROM orders_return r
        WHERE r.company_id = mine AND r.state NOT IN ('rejected', 'cancelled')
          AND (orders IS NULL OR r.order_id = ANY (orders))
        UNION SELECT w.order_id FROM orders_orderpart w
        WHERE w.company_id = mine AND w.kind IN ('purchase', 'production')
          AND (orders IS NULL OR w.order_id = ANY (orders))
        UNION SELECT h.order_id FROM orders_shipment h
        WHERE h.company_id = mine AND h.state IN ('shipped', 'delivered')
          AND (orders IS NULL OR h.order_id = ANY (orders)) GROUP BY h.order_id HAVING count(*) > 1
        UNION SELECT e.subject_id FROM kit_event e
        WHERE e.company_id = mine AND e.subject_kind = 'order' AND e.name = 'orders.OrderChanged'
          AND e.payload -> 'total' IS DISTINCT FROM e.payload -> 'was'
          AND (orders IS NULL OR e.subject_id = ANY (orders))) f
        ON f.order_id = o.id
      LEFT JOIN (
        SELECT x.order_id, sum(x.shipped_cost) AS left_cost FROM orders_orderline x
        WHERE x.company_id = mine AND (orders IS NULL OR x.order_id = ANY (orders)) GROUP BY x.order_id) l
        ON l.order_id = o.id
      LEFT JOIN (
        SELECT p.order_id, array_agg(p.status_id ORDER BY p.id) AS statuses,
          array_agg((extract(epoch FROM p.till - p.at) / 60)::double precision ORDER BY p.id) AS minutes
        FROM (SELECT y.id, y.order_id, y.status_id, y.at, lead(y.at) OVER (PARTITION BY y.order_id ORDER BY y.id) AS till
              FROM orders_passage y
              WHERE y.company_id = mine AND (orders IS NULL OR y.order_id = ANY (orders))) p
        WHERE p.till IS NOT NULL GROUP BY p.order_id) s ON s.order_id = o.id
    WHERE o.company_id = mine AND (orders IS NULL OR o.id = ANY (orders));
END $$;

-- Keeps what the report reads of the orders named, or of all.
CREATE OR REPLACE FUNCTION orders_keep_facts(orders bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  -- Verbs hold the order when they come here, and a new row asks for its order too: whoever waited for that with the lock
  -- below in hand would keep out the verb that he waits for.
  IF orders IS NOT NULL THEN
    PERFORM 1 FROM orders_order o WHERE o.company_id = mine AND o.id = ANY (orders) ORDER BY o.id FOR KEY SHARE;
  END IF;
  -- Two that reckon one order at once would write in any order: the later one has to have seen the most.
  PERFORM pg_advisory_xact_lock(hashtextextended('orders facts', c)) FROM (
    SELECT DISTINCT unnest(COALESCE(orders, ARRAY[-mine])) AS c ORDER BY 1) x;
  INSERT INTO orders_orderfact AS f (company_id, order_id, made_at, responsible_id, is_cancelled, first_promised_at,
      came_at, total, paid, cost, left_cost, is_flawed, statuses, minutes)
    SELECT mine, r.* FROM orders_reckon_facts(orders) r ORDER BY r.order_id
    ON CONFLICT (company_id, order_id) DO UPDATE SET made_at = EXCLUDED.made_at,
      responsible_id = EXCLUDED.responsible_id, is_cancelled = EXCLUDED.is_cancelled,
      first_promised_at = EXCLUDED.first_promised_at, came_at = EXCLUDED.came_at, total = EXCLUDED.total,
      paid = EXCLUDED.paid, cost = EXCLUDED.cost, left_cost = EXCLUDED.left_cost, is_flawed = EXCLUDED.is_flawed,
      statuses = EXCLUDED.statuses, minutes = EXCLUDED.minutes;
END $$;
