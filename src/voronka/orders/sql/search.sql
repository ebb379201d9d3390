-- Search of orders by what a person types: ids of one company, the newest first, at most `most` and the one of the exact
-- number. It passes the policies, because LIKE is not leakproof and under row-level security no index would serve it; the
-- company condition is therefore inside. Who may see which of the found orders is asked by the caller again; `owners`
-- (null: everybody) only keep what he may not see from taking the room of what he may.
--
-- `line` is the whole text, a part of a line's name or the number of a channel; `exact` a number; `clients` those found.
-- Of a word in every other order the newest are found by walking back, of a rare one by trigrams: the planner knows which.
CREATE OR REPLACE FUNCTION orders_search(line text, exact bigint, clients bigint[], owners bigint[], most integer)
  RETURNS SETOF bigint LANGUAGE plpgsql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  needle text := upper(line);
BEGIN
  IF mine IS NULL OR most <= 0 OR needle = '' THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT o.id FROM orders_order o WHERE o.company_id = mine AND o.number = exact;
  RETURN QUERY
    SELECT f.id FROM (
      (SELECT o.id FROM orders_order o
        WHERE o.company_id = mine AND o.outer_number <> '' AND upper(o.outer_number) = needle
          AND (owners IS NULL OR o.responsible_id IS NULL OR o.responsible_id = ANY (owners))
        ORDER BY o.id DESC LIMIT most)
      UNION
      (SELECT o.id FROM orders_order o
        WHERE o.company_id = mine AND o.client_id = ANY (clients)
          AND (owners IS NULL OR o.responsible_id IS NULL OR o.responsible_id = ANY (owners))
        ORDER BY o.id DESC LIMIT most)
      UNION
      (SELECT DISTINCT l.order_id FROM orders_orderline l
        WHERE l.company_id = mine AND upper(l.name) LIKE '%' || people_like(needle) || '%'
          AND (owners IS NULL OR EXISTS (SELECT 1 FROM orders_order o WHERE o.company_id = mine AND o.id = l.order_id
            AND (o.responsible_id IS NULL OR o.responsible_id = ANY (owners))))
        ORDER BY l.order_id DESC LIMIT most)) AS f (id)
    ORDER BY f.id DESC LIMIT most;
END $$;
