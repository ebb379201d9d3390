-- Promises goods to a holder: all lines or none. Lines are `[{"line", "variant", "place", "quantity"}]`; without a place
-- the first of `places` that has enough gives them (all selling places by their priority, where `places` is null), or
-- several together. Rows of balances are taken in the order of their keys, and a conditional update is the check: what
-- it read cannot be older than its lock. Two lines of one variant are therefore checked together. The same operation
-- asked again waits for the first and is answered as it was. What is promised is announced by `events`. Rows with a word in `trouble` say why nothing was done.
-- Runs with the caller's rights: the policies hold inside.
CREATE OR REPLACE FUNCTION stock_reserve(lines jsonb, kind text, holder bigint, op uuid, reservation_state text,
    until timestamptz, moment timestamptz, places bigint[], only_on_sale boolean, events jsonb, who bigint)
  RETURNS TABLE (line bigint, variant_id bigint, place_id bigint, quantity numeric, trouble text, free numeric)
  LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  need record;
  piece record;
  lefts numeric;
  locked_for bigint := 0;
  is_short boolean := false;
  done_lines bigint[] := '{}';
  done_variants bigint[] := '{}';
  done_places bigint[] := '{}';
  done_quantities numeric[] := '{}';
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(op::text, mine));
  IF EXISTS (SELECT 1 FROM stock_reservation r WHERE r.company_id = mine AND r.operation = op) THEN
    RETURN QUERY SELECT r.holder_line, r.variant_id, r.place_id, sum(r.quantity), 'repeated', NULL::numeric
      FROM stock_reservation r WHERE r.company_id = mine AND r.operation = op
      GROUP BY r.holder_line, r.variant_id, r.place_id ORDER BY 1, 2, 3;
    RETURN;
  END IF;
  FOR need IN SELECT a.*, bool_or(a.place_id IS NULL) OVER (PARTITION BY a.variant_id) AS is_open
      FROM catalogue_take_apart(lines, only_on_sale) a ORDER BY a.variant_id, a.place_id NULLS LAST, a.line LOOP
    IF need.trouble <> '' THEN
      is_short := true;
      RETURN QUERY SELECT need.line, need.variant_id, need.place_id, need.quantity, need.trouble, NULL::numeric;
      CONTINUE;
    END IF;
    IF need.is_open AND need.variant_id <> locked_for THEN
      -- The choice among places is made under the locks of all of them.
      locked_for := need.variant_id;
      PERFORM 1 FROM stock_balance b WHERE b.company_id = mine AND b.variant_id = need.variant_id
        AND NOT b.is_external ORDER BY b.place_id FOR UPDATE;
    END IF;
    lefts := need.quantity;
    IF need.place_id IS NOT NULL THEN
      UPDATE stock_balance b SET reserved = b.reserved + need.quantity, is_touched = true
        WHERE b.company_id = mine AND b.variant_id = need.variant_id AND b.place_id = need.place_id
          AND NOT b.is_external AND b.on_hand - b.reserved >= need.quantity;
      IF FOUND THEN
        lefts := 0;
        done_lines := done_lines || need.line;
        done_variants := done_variants || need.variant_id;
        done_places := done_places || need.place_id;
        done_quantities := done_quantities || need.quantity;
      END IF;
    ELSE
      FOR piece IN SELECT b.place_id, b.on_hand - b.reserved AS free FROM stock_balance b
          JOIN stock_place p ON p.company_id = mine AND p.id = b.place_id AND p.is_on AND NOT p.is_external
            AND CASE WHEN places IS NULL THEN p.is_selling ELSE p.id = ANY (places) END
          WHERE b.company_id = mine AND b.variant_id = need.variant_id AND b.on_hand > b.reserved
          ORDER BY (b.on_hand - b.reserved >= need.quantity) DESC, array_position(places, p.id), p.priority, p.id LOOP
        UPDATE stock_balance b SET reserved = b.reserved + least(piece.free, lefts), is_touched = true
          WHERE b.company_id = mine AND b.variant_id = need.variant_id AND b.place_id = piece.place_id;
        done_lines := done_lines || need.line;
        done_variants := done_variants || need.variant_id;
        done_places := done_places || piece.place_id;
        done_quantities := done_quantities || least(piece.free, lefts);
        lefts := lefts - least(piece.free, lefts);
        EXIT WHEN lefts = 0;
      END LOOP;
    END IF;
    IF lefts > 0 THEN
      is_short := true;
      RETURN QUERY SELECT need.line, need.variant_id, need.place_id, need.quantity, 'short',
        COALESCE((SELECT sum(b.on_hand - b.reserved) FROM stock_balance b
            JOIN stock_place p ON p.company_id = mine AND p.id = b.place_id AND p.is_on
          WHERE b.company_id = mine AND b.variant_id = need.variant_id AND NOT b.is_external
            AND CASE WHEN need.place_id IS NOT NULL THEN b.place_id = need.place_id
                     WHEN places IS NULL THEN p.is_selling ELSE b.place_id = ANY (places) END), 0)
        + CASE WHEN need.place_id IS NULL THEN need.quantity - lefts ELSE 0 END;
    END IF;
  END LOOP;
  IF is_short THEN
    UPDATE stock_balance b SET reserved = b.reserved - d.quantity, is_touched = true
      FROM (SELECT v, p, sum(q) AS quantity FROM unnest(done_variants, done_places, done_quantities) AS u (v, p, q)
            GROUP BY v, p) d
      WHERE b.company_id = mine AND b.variant_id = d.v AND b.place_id = d.p;
    RETURN;
  END IF;
  PERFORM kit_write_events(events, who);
  RETURN QUERY INSERT INTO stock_reservation AS r (company_id, operation, holder_kind, holder_id, holder_line,
      variant_id, place_id, quantity, state, expires_at, made_at)
    SELECT mine, op, kind, holder, l, v, p, q, reservation_state, until, moment
    FROM unnest(done_lines, done_variants, done_places, done_quantities) AS d (l, v, p, q)
    RETURNING r.holder_line, r.variant_id, r.place_id, r.quantity, '', NULL::numeric;
END $$;

-- Ends promises, whole or in part: `parts` are `[{"id", "quantity"}]`. A part becomes a row of its own in its end state.
-- The goods come free, unless they leave with the promise (`free_goods` false: the move takes both away).
-- Returns how many rows there were that could still be ended.
CREATE OR REPLACE FUNCTION stock_end_reservations(parts jsonb, end_state text, moment timestamptz, free_goods boolean)
  RETURNS integer LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  live bigint[];
BEGIN
  live := ARRAY(SELECT r.id FROM stock_reservation r
    WHERE r.company_id = mine AND r.state IN ('held', 'allocated')
      AND r.id IN (SELECT p.id FROM jsonb_to_recordset(parts) AS p (id bigint))
    ORDER BY r.id FOR UPDATE);
  IF free_goods THEN
    PERFORM 1 FROM stock_balance b WHERE b.company_id = mine AND (b.variant_id, b.place_id) IN (
        SELECT r.variant_id, r.place_id FROM stock_reservation r WHERE r.company_id = mine AND r.id = ANY (live))
      ORDER BY b.variant_id, b.place_id FOR UPDATE;
    UPDATE stock_balance b SET reserved = b.reserved - d.quantity, is_touched = true
      FROM (SELECT r.variant_id, r.place_id, sum(least(p.quantity, r.quantity)) AS quantity
            FROM stock_reservation r JOIN jsonb_to_recordset(parts) AS p (id bigint, quantity numeric) ON p.id = r.id
            WHERE r.company_id = mine AND r.id = ANY (live) GROUP BY r.variant_id, r.place_id) d
      WHERE b.company_id = mine AND b.variant_id = d.variant_id AND b.place_id = d.place_id;
  END IF;
  INSERT INTO stock_reservation (company_id, operation, holder_kind, holder_id, holder_line, variant_id, place_id,
      quantity, state, expires_at, made_at, settled_at)
    SELECT mine, r.operation, r.holder_kind, r.holder_id, r.holder_line, r.variant_id, r.place_id, p.quantity,
      end_state, r.expires_at, r.made_at, moment
    FROM stock_reservation r JOIN jsonb_to_recordset(parts) AS p (id bigint, quantity numeric) ON p.id = r.id
    WHERE r.company_id = mine AND r.id = ANY (live) AND p.quantity < r.quantity;
  UPDATE stock_reservation r
    SET quantity = CASE WHEN p.quantity < r.quantity THEN r.quantity - p.quantity ELSE r.quantity END,
        state = CASE WHEN p.quantity < r.quantity THEN r.state ELSE end_state END,
        settled_at = CASE WHEN p.quantity < r.quantity THEN r.settled_at ELSE moment END
    FROM jsonb_to_recordset(parts) AS p (id bigint, quantity numeric)
    WHERE r.company_id = mine AND p.id = r.id AND r.id = ANY (live);
  RETURN cardinality(live);
END $$;

-- Companies that have goods held past their time: ids only, for the sweep.
CREATE OR REPLACE FUNCTION stock_companies_with_expired(moment timestamptz)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT r.company_id FROM stock_reservation r
  WHERE r.state = 'held' AND r.expires_at IS NOT NULL AND r.expires_at <= moment
$$;
