-- Notes of all goods that have ever lain in a place that their sums are to be reckoned anew: what the place is has
-- changed, and with it what may be sold of them. Whoever writes balances marks them in the same statement (`is_touched`).
CREATE OR REPLACE FUNCTION stock_touch_place(place bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  PERFORM 1 FROM stock_balance b WHERE b.company_id = mine AND b.place_id = place
    ORDER BY b.variant_id, b.place_id FOR UPDATE;
  UPDATE stock_balance b SET is_touched = true WHERE b.company_id = mine AND b.place_id = place AND NOT b.is_touched;
END $$;

-- What lies of variants in all places and what it is worth: of those named, or of all where none are. Thousandths of a
-- piece and kopecks. Runs with the caller's rights: the policies hold inside.
CREATE OR REPLACE FUNCTION stock_reckon_sums(variants bigint[])
  RETURNS TABLE (variant_id bigint, on_hand bigint, reserved bigint, available bigint, worth bigint)
  LANGUAGE plpgsql STABLE SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  RETURN QUERY SELECT s.variant_id, (s.on_hand * 1000)::bigint, (s.reserved * 1000)::bigint,
      (s.available * 1000)::bigint, (COALESCE(w.value, 0) * 100)::bigint
    FROM (
      SELECT b.variant_id, COALESCE(sum(b.on_hand) FILTER (WHERE p.kind <> 'transit'), 0) AS on_hand,
        COALESCE(sum(b.reserved) FILTER (WHERE p.kind <> 'transit'), 0) AS reserved,
        COALESCE(sum(b.on_hand - b.reserved) FILTER (WHERE p.kind <> 'transit' AND p.is_selling AND p.is_on), 0)
          AS available
      FROM stock_balance b JOIN stock_place p ON p.company_id = mine AND p.id = b.place_id
      WHERE b.company_id = mine AND NOT b.is_external AND (variants IS NULL OR b.variant_id = ANY (variants))
      GROUP BY b.variant_id) s
      LEFT JOIN stock_worth w ON w.company_id = mine AND w.variant_id = s.variant_id;
END $$;

-- Reckons the sums of the variants that were touched and takes their marks off; returns how many there were. A balance
-- that somebody holds keeps its mark, and its good is read from the balances until the next time: nobody is waited for.
CREATE OR REPLACE FUNCTION stock_keep_sums() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  held bigint[];
  taken bigint[];
BEGIN
  -- Of two at once the later one has to have seen the most; each statement below sees what ended before it.
  PERFORM pg_advisory_xact_lock(hashtextextended('stock sums', mine));
  WITH found AS (SELECT b.id, b.variant_id FROM stock_balance b WHERE b.company_id = mine AND b.is_touched
      ORDER BY b.variant_id, b.place_id FOR UPDATE SKIP LOCKED)
    SELECT array_agg(f.id), array_agg(DISTINCT f.variant_id) INTO held, taken FROM found f;
  IF taken IS NULL THEN
    RETURN 0;
  END IF;
  INSERT INTO stock_goodssum AS k (company_id, variant_id, on_hand, reserved, available, worth)
    SELECT mine, r.variant_id, r.on_hand, r.reserved, r.available, r.worth FROM stock_reckon_sums(taken) r
    ORDER BY r.variant_id
    ON CONFLICT (company_id, variant_id) DO UPDATE SET on_hand = EXCLUDED.on_hand, reserved = EXCLUDED.reserved,
      available = EXCLUDED.available, worth = EXCLUDED.worth
      WHERE (k.on_hand, k.reserved, k.available, k.worth)
        IS DISTINCT FROM (EXCLUDED.on_hand, EXCLUDED.reserved, EXCLUDED.available, EXCLUDED.worth);
  UPDATE stock_balance b SET is_touched = false WHERE b.company_id = mine AND b.id = ANY (held);
  RETURN cardinality(taken);
END $$;
