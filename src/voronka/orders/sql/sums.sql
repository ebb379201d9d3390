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

DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'hold_sums' AND tgrelid = 'orders_order'::regclass) THEN
    CREATE CONSTRAINT TRIGGER hold_sums AFTER INSERT OR UPDATE OF goods_sum, discount_sum, tax, delivery_tax, cost
      ON orders_order DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_hold_sums('head');
    CREATE CONSTRAINT TRIGGER hold_sums AFTER INSERT OR DELETE OR UPDATE OF discount, total, tax, cost
      ON orders_orderline DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION orders_hold_sums('line');
  END IF;
END $$;
