-- Sums of an order are those of its lines, whoever writes them: looked at when the transaction ends. Passes the policies,
-- because the company may not be named any more then; it only compares.
CREATE OR REPLACE FUNCTION orders_hold_sums() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine bigint;
  which bigint;
BEGIN
  IF TG_ARGV[0] = 'head' THEN
    mine := NEW.company_id;
    which := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN
    mine := OLD.company_id;
    which := OLD.order_id;
  ELSE
    mine := NEW.company_id;
    which := NEW.order_id;
  END IF;
  IF EXISTS (
      SELECT 1 FROM orders_order o CROSS JOIN LATERAL (
        SELECT COALESCE(sum(l.total + l.discount), 0) AS goods, COALESCE(sum(l.discount), 0) AS discount,
          COALESCE(sum(l.tax), 0) AS tax, COALESCE(sum(l.cost), 0) AS cost
        FROM orders_orderline l WHERE l.company_id = mine AND l.order_id = o.id) s
      WHERE o.company_id = mine AND o.id = which
        AND (o.goods_sum, o.discount_sum, o.tax, o.cost)
          IS DISTINCT FROM (s.goods, s.discount, s.tax + o.delivery_tax, s.cost)) THEN
    RAISE EXCEPTION 'the sums of order % are not those of its lines', which USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

-- What orders are to be paid in all, reckoned from their lines and returns: without what came back, of a cancelled one
-- what had left before, a delivery with it. queries/keeping.py tells the same in plain Python, a test compares; the verbs
-- keep it as `owed`. Runs with the caller's rights: the policies hold inside. The sums are made once, whatever the planner
-- thinks of tables that were just filled: it took them for empty, and made them anew for each pair of orders.
CREATE OR REPLACE FUNCTION orders_reckon_owed()
  RETURNS TABLE (order_id bigint, owed numeric) LANGUAGE sql STABLE AS $$
  WITH mine AS (SELECT NULLIF(current_setting('app.company_id', true), '')::bigint AS company),
  back AS MATERIALIZED (
    SELECT r.order_id, sum(r.sum) AS sum, sum(r.delivery) AS delivery
    FROM orders_return r JOIN mine ON r.company_id = mine.company
    WHERE r.state IN ('received', 'refunded') GROUP BY r.order_id),
  kept AS MATERIALIZED (
    SELECT l.order_id, sum(CASE WHEN l.shipped - l.returned = l.quantity THEN l.total
      ELSE LEAST(round(l.total * (l.shipped - l.returned) / l.quantity, 2), l.total) END) AS sum
    FROM orders_orderline l JOIN mine ON l.company_id = mine.company
      JOIN orders_order o ON o.company_id = l.company_id AND o.id = l.order_id
    WHERE o.phase = 'cancelled' AND l.shipped > l.returned GROUP BY l.order_id)
  SELECT o.id, CASE WHEN o.phase <> 'cancelled' THEN o.total - COALESCE(b.sum, 0)
    ELSE COALESCE(k.sum + GREATEST(o.delivery_cost - COALESCE(b.delivery, 0), 0), 0) END
  FROM orders_order o JOIN mine ON o.company_id = mine.company
    LEFT JOIN back b ON b.order_id = o.id LEFT JOIN kept k ON k.order_id = o.id
$$;

DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'hold_sums' AND tgrelid = 'orders_order'::regclass) THEN
    CREATE CONSTRAINT TRIGGER hold_sums AFTER INSERT OR UPDATE OF goods_sum, discount_sum, tax, delivery_tax, cost
      ON orders_order DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_hold_sums('head');
    CREATE CONSTRAINT TRIGGER hold_sums AFTER INSERT OR DELETE OR UPDATE OF discount, total, tax, cost
      ON orders_orderline DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_hold_sums('line');
  END IF;
END $$;
