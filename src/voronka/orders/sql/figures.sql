-- What clients have bought by their orders: those named, or all where none are. Orders that were cancelled do not count,
-- what came back is taken off. Runs with the caller's rights: the policies hold inside.
CREATE OR REPLACE FUNCTION orders_reckon_figures(clients bigint[])
  RETURNS TABLE (client_id bigint, count bigint, total numeric, average numeric, last_at timestamptz)
  LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  RETURN QUERY SELECT o.client_id, count(*), sum(o.total - COALESCE(b.sum, 0)),
      round(sum(o.total - COALESCE(b.sum, 0)) / count(*), 2), max(o.made_at)
    FROM orders_order o LEFT JOIN (
      SELECT r.order_id, sum(r.sum) AS sum FROM orders_return r
        JOIN orders_order ro ON ro.company_id = mine AND ro.id = r.order_id
          AND (clients IS NULL OR ro.client_id = ANY (clients))
      WHERE r.company_id = mine AND r.state IN ('received', 'refunded') GROUP BY r.order_id) b ON b.order_id = o.id
    WHERE o.company_id = mine AND o.phase <> 'cancelled' AND (clients IS NULL OR o.client_id = ANY (clients))
    GROUP BY o.client_id;
END $$;

-- Keeps the figures of the clients named as their orders say; rows of those who have none are dropped.
CREATE OR REPLACE FUNCTION orders_keep_figures(clients bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  -- Two that reckon one client at once would write in any order: the later one has to have seen the most.
  PERFORM pg_advisory_xact_lock(hashtextextended('orders figures', c)) FROM (
    SELECT DISTINCT unnest(clients) AS c ORDER BY 1) x;
  DELETE FROM orders_clientfigures f WHERE f.company_id = mine AND f.client_id = ANY (clients)
    AND NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.company_id = mine AND o.client_id = f.client_id
                    AND o.phase <> 'cancelled');
  INSERT INTO orders_clientfigures AS f (company_id, client_id, count, total, average, last_at)
    SELECT mine, r.client_id, r.count, r.total, r.average, r.last_at FROM orders_reckon_figures(clients) r
    ORDER BY r.client_id
    ON CONFLICT (company_id, client_id) DO UPDATE SET count = EXCLUDED.count, total = EXCLUDED.total,
      average = EXCLUDED.average, last_at = EXCLUDED.last_at;
END $$;
