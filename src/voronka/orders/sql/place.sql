-- The placing of an order in two statements: `orders_begin` answers what there is already, `orders_place` writes.

-- Waits for the same operation where it is being done right now. Returns the order it placed, or the id of the one to
-- come, and the status in which orders begin. Runs with the caller's rights: the policies hold inside.
CREATE OR REPLACE FUNCTION orders_begin(op uuid)
  RETURNS TABLE (order_id bigint, is_done boolean, status_id bigint, phase varchar, status_code varchar)
  LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(op::text, mine));
  RETURN QUERY SELECT o.id, true, NULL::bigint, NULL::varchar, NULL::varchar FROM orders_order o
    WHERE o.company_id = mine AND o.operation = op;
  IF FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT nextval('orders_order_id_seq'), false, s.id, s.phase, s.code
    FROM (SELECT 1) one LEFT JOIN LATERAL (
      SELECT s.id, s.phase, s.code FROM orders_status s
      WHERE s.company_id = mine AND s.is_on AND s.phase = 'new' ORDER BY s.position, s.id LIMIT 1) s ON true;
END $$;

-- Writes the lines, the first passage and the events, then takes the number and writes the order: the row of numbers is
-- locked last, so that orders wait for each other only for the end of a transaction. Returns the number.
CREATE OR REPLACE FUNCTION orders_place(head jsonb, lines jsonb, events jsonb, who bigint)
  RETURNS integer LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  given integer;
BEGIN
  INSERT INTO orders_orderline SELECT r.* FROM jsonb_array_elements(lines) l,
    LATERAL jsonb_populate_record(NULL::orders_orderline, l || jsonb_build_object(
      'id', nextval('orders_orderline_id_seq'), 'company_id', mine, 'order_id', head -> 'id')) r;
  INSERT INTO orders_passage (company_id, order_id, status_id, at, employee_id, cause)
    VALUES (mine, (head ->> 'id')::bigint, (head ->> 'status_id')::bigint, (head ->> 'status_at')::timestamptz, who, '');
  PERFORM kit_write_events(events, who);
  given := orders_next_number('order');
  INSERT INTO orders_order SELECT r.* FROM jsonb_populate_record(NULL::orders_order,
    head || jsonb_build_object('company_id', mine, 'number', given)) r;
  RETURN given;
END $$;

-- The next number of a kind of papers; its row stays locked until the end of the transaction.
CREATE OR REPLACE FUNCTION orders_next_number(what text) RETURNS integer LANGUAGE sql AS $$
  INSERT INTO orders_numbering AS n (company_id, kind, next)
    VALUES (NULLIF(current_setting('app.company_id', true), '')::bigint, what, 2)
    ON CONFLICT (company_id, kind) DO UPDATE SET next = n.next + 1 RETURNING next - 1
$$;

-- The order of a client's own link: ids only. Whoever has no token finds nothing.
CREATE OR REPLACE FUNCTION orders_of_link(hash text)
  RETURNS TABLE (company_id bigint, order_id bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.company_id, o.id FROM orders_order o WHERE hash <> '' AND o.link_hash = hash
$$;

-- What goods are called, cost the buyer by his terms (else by the default kind of price) and are worth, in one look; the
-- faces of the catalogue and the stock say the same in five. Runs with the caller's rights: the policies hold inside.
CREATE OR REPLACE FUNCTION orders_quote(variants bigint[], client bigint, moment timestamptz)
  RETURNS TABLE (variant_id bigint, name varchar, unit varchar, vat varchar, kind varchar, price numeric,
    discount_percent numeric, worth_quantity numeric, worth_value numeric)
  LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  own_kind bigint;
  usual bigint;
  percent numeric := 0;
BEGIN
  SELECT k.id INTO usual FROM catalogue_pricekind k WHERE k.company_id = mine AND k.is_default LIMIT 1;
  SELECT t.kind_id, t.discount_percent INTO own_kind, percent FROM catalogue_clientterms t
    WHERE t.company_id = mine AND t.client_id = client AND (t.since IS NULL OR t.since <= moment)
      AND (t.until IS NULL OR t.until > moment) LIMIT 1;
  RETURN QUERY SELECT v.id, v.name, p.unit, p.vat, p.kind, c.amount, COALESCE(percent, 0), w.quantity, w.value
    FROM unnest(variants) AS asked (id)
      CROSS JOIN LATERAL (
        SELECT v.* FROM catalogue_variant v WHERE v.company_id = mine AND v.id = asked.id LIMIT 1) v
      CROSS JOIN LATERAL (
        SELECT p.* FROM catalogue_product p WHERE p.company_id = mine AND p.id = v.product_id LIMIT 1) p
      LEFT JOIN LATERAL (
        SELECT c.amount FROM catalogue_price c
        WHERE c.company_id = mine AND c.variant_id = v.id AND c.kind_id IN (own_kind, usual) AND c.since <= moment
          AND (c.until IS NULL OR c.until > moment)
        ORDER BY (c.kind_id = own_kind) DESC NULLS LAST LIMIT 1) c ON true
      LEFT JOIN stock_worth w ON w.company_id = mine AND w.variant_id = v.id AND w.quantity > 0;
END $$;
