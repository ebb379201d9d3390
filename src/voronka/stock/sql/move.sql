-- Whether an operation has been done already; whoever asks second waits for the first.
CREATE OR REPLACE FUNCTION stock_seen(op uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(op::text, mine));
  RETURN EXISTS (SELECT 1 FROM stock_move m WHERE m.company_id = mine AND m.operation = op);
END $$;

-- Makes the balances that lines need and there are not, and locks all of them: first what is made, then what is locked,
-- each in the order of keys, so that whoever waits for a row to be made holds none that another waits for.
CREATE OR REPLACE FUNCTION stock_lock_balances(lines jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  INSERT INTO stock_balance (company_id, variant_id, place_id, is_external, on_hand, reserved)
    SELECT DISTINCT mine, l.variant, p.id, p.is_external, 0, 0
    FROM jsonb_to_recordset(lines) AS l (variant bigint, source bigint, target bigint)
      JOIN stock_place p ON p.company_id = mine AND p.id IN (l.source, l.target)
    WHERE NOT EXISTS (SELECT 1 FROM stock_balance b
                      WHERE b.company_id = mine AND b.variant_id = l.variant AND b.place_id = p.id)
    ORDER BY l.variant, p.id
    ON CONFLICT (company_id, variant_id, place_id) DO NOTHING;
  PERFORM 1 FROM stock_balance b WHERE b.company_id = mine AND (b.variant_id, b.place_id) IN (
      SELECT l.variant, p.id FROM jsonb_to_recordset(lines) AS l (variant bigint, source bigint, target bigint),
        LATERAL (VALUES (l.source), (l.target)) AS p (id))
    ORDER BY b.variant_id, b.place_id FOR UPDATE;
END $$;

-- Writes lines of the ledger and what is kept of their sums: all of them or none. Lines are `[{"line", "variant",
-- "quantity", "source", "target", "reserved", "lot", "value"}]`: `reserved` of the quantity was promised and leaves with
-- it, `value` is the cost of what comes in. Locks are taken in the order of keys: balances, lots, worth. Rows that come
-- back say why nothing was done: short (`free` is what could go), lot, place. Runs with the caller's rights.
CREATE OR REPLACE FUNCTION stock_move(lines jsonb, op uuid, paper text, paper_id bigint, who bigint,
    moment timestamptz)
  RETURNS TABLE (line bigint, variant_id bigint, place_id bigint, trouble text, free numeric)
  LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  method text;
  one record;
BEGIN
  -- The way of counting cost changes while nobody moves anything.
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('stock cost', mine));
  SELECT COALESCE(max(s.cost_method), 'average') INTO method FROM stock_stocksettings s WHERE s.company_id = mine;
  RETURN QUERY SELECT l.line, l.variant, COALESCE(l.source, l.target), 'place', NULL::numeric
    FROM jsonb_to_recordset(lines) AS l (line bigint, variant bigint, source bigint, target bigint)
      LEFT JOIN stock_place s ON s.company_id = mine AND s.id = l.source
      LEFT JOIN stock_place t ON t.company_id = mine AND t.id = l.target
    WHERE s.id IS NULL OR t.id IS NULL OR s.id = t.id;
  IF FOUND THEN
    RETURN;
  END IF;
  PERFORM stock_lock_balances(lines);
  RETURN QUERY SELECT d.line, d.variant, d.place, 'short', b.on_hand - b.reserved + d.promised
    FROM (SELECT min(l.line) AS line, l.variant, p.id AS place,
            sum(CASE WHEN p.id = l.target THEN l.quantity ELSE -l.quantity END) AS change,
            sum(CASE WHEN p.id = l.source THEN COALESCE(l.reserved, 0) ELSE 0 END) AS promised
          FROM jsonb_to_recordset(lines)
              AS l (line bigint, variant bigint, quantity numeric, source bigint, target bigint, reserved numeric),
            LATERAL (VALUES (l.source), (l.target)) AS p (id)
          GROUP BY l.variant, p.id) d
      JOIN stock_balance b ON b.company_id = mine AND b.variant_id = d.variant AND b.place_id = d.place
    WHERE NOT b.is_external AND (b.on_hand + d.change < b.reserved - d.promised OR d.promised > b.reserved);
  IF FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT * FROM stock_move_lots(lines);
  IF FOUND THEN
    RETURN;
  END IF;
  UPDATE stock_balance b
    SET on_hand = b.on_hand + d.change, reserved = b.reserved - d.promised, is_touched = true
    FROM (SELECT l.variant, p.id AS place,
            sum(CASE WHEN p.id = l.target THEN l.quantity ELSE -l.quantity END) AS change,
            sum(CASE WHEN p.id = l.source THEN COALESCE(l.reserved, 0) ELSE 0 END) AS promised
          FROM jsonb_to_recordset(lines)
              AS l (variant bigint, quantity numeric, source bigint, target bigint, reserved numeric),
            LATERAL (VALUES (l.source), (l.target)) AS p (id)
          GROUP BY l.variant, p.id) d
    WHERE b.company_id = mine AND b.variant_id = d.variant AND b.place_id = d.place;
  FOR one IN SELECT l.*, s.is_external AS from_outside, t.is_external AS to_outside
      FROM jsonb_to_recordset(lines) AS l (line bigint, variant bigint, quantity numeric, source bigint,
          target bigint, lot bigint, value numeric, asked bigint)
        JOIN stock_place s ON s.company_id = mine AND s.id = l.source
        JOIN stock_place t ON t.company_id = mine AND t.id = l.target
      ORDER BY l.variant, l.line LOOP
    INSERT INTO stock_move (company_id, operation, line, asked_line, document_kind, document_id, variant_id, lot_id,
        quantity, source_id, target_id, value, employee_id, at, made_at)
      VALUES (mine, op, one.line, one.asked, paper, paper_id, one.variant, one.lot, one.quantity, one.source, one.target,
        stock_weigh(one.variant, one.quantity, one.value, one.from_outside, one.to_outside, method), who, moment,
        clock_timestamp());
  END LOOP;
END $$;

-- The lots of a move: rows that come back say which line wants more of a lot than there is, or a piece that is there.
CREATE OR REPLACE FUNCTION stock_move_lots(lines jsonb)
  RETURNS TABLE (line bigint, variant_id bigint, place_id bigint, trouble text, free numeric)
  LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM jsonb_to_recordset(lines) AS l (lot bigint) WHERE l.lot IS NOT NULL) THEN
    RETURN;
  END IF;
  INSERT INTO stock_lotbalance (company_id, lot_id, place_id, is_serial, on_hand)
    SELECT DISTINCT mine, o.id, p.id, o.is_serial, 0
    FROM jsonb_to_recordset(lines) AS l (lot bigint, source bigint, target bigint)
      JOIN stock_lot o ON o.company_id = mine AND o.id = l.lot
      JOIN stock_place p ON p.company_id = mine AND p.id IN (l.source, l.target) AND NOT p.is_external
    WHERE NOT EXISTS (SELECT 1 FROM stock_lotbalance b
                      WHERE b.company_id = mine AND b.lot_id = o.id AND b.place_id = p.id)
    ORDER BY o.id, p.id
    ON CONFLICT (company_id, lot_id, place_id) DO NOTHING;
  PERFORM 1 FROM stock_lotbalance b WHERE b.company_id = mine
      AND b.lot_id IN (SELECT l.lot FROM jsonb_to_recordset(lines) AS l (lot bigint))
    ORDER BY b.lot_id, b.place_id FOR UPDATE;
  RETURN QUERY
    WITH change AS (
      SELECT min(l.line) AS line, l.variant, l.lot, p.id AS place,
        sum(CASE WHEN p.id = l.target THEN l.quantity ELSE -l.quantity END) AS quantity
      FROM jsonb_to_recordset(lines)
          AS l (line bigint, variant bigint, lot bigint, quantity numeric, source bigint, target bigint),
        LATERAL (VALUES (l.source), (l.target)) AS p (id)
      WHERE l.lot IS NOT NULL GROUP BY l.variant, l.lot, p.id)
    SELECT c.line, c.variant, c.place, 'lot', b.on_hand FROM change c
      JOIN stock_lotbalance b ON b.company_id = mine AND b.lot_id = c.lot AND b.place_id = c.place
    WHERE b.on_hand + c.quantity < 0
      OR (b.is_serial AND c.quantity > 0 AND COALESCE((
        SELECT sum(e.on_hand) FROM stock_lotbalance e WHERE e.company_id = mine AND e.lot_id = c.lot), 0)
        + (SELECT sum(x.quantity) FROM change x JOIN stock_lotbalance y ON y.company_id = mine
             AND y.lot_id = x.lot AND y.place_id = x.place WHERE x.lot = c.lot) > 1);
  IF FOUND THEN
    RETURN;
  END IF;
  -- What leaves goes first: one piece with a number is in one place at a time, at every moment.
  UPDATE stock_lotbalance b SET on_hand = b.on_hand - d.quantity
    FROM (SELECT l.lot, l.source AS place, sum(l.quantity) AS quantity FROM jsonb_to_recordset(lines)
            AS l (lot bigint, quantity numeric, source bigint) WHERE l.lot IS NOT NULL GROUP BY l.lot, l.source) d
    WHERE b.company_id = mine AND b.lot_id = d.lot AND b.place_id = d.place;
  UPDATE stock_lotbalance b SET on_hand = b.on_hand + d.quantity
    FROM (SELECT l.lot, l.target AS place, sum(l.quantity) AS quantity FROM jsonb_to_recordset(lines)
            AS l (lot bigint, quantity numeric, target bigint) WHERE l.lot IS NOT NULL GROUP BY l.lot, l.target) d
    WHERE b.company_id = mine AND b.lot_id = d.lot AND b.place_id = d.place;
END $$;

-- What a line is worth, to the kopeck; what all pieces of the variant are worth is brought up to date. The last piece
-- takes with it whatever is left, so that nothing of rounding stays behind.
CREATE OR REPLACE FUNCTION stock_weigh(variant bigint, quantity numeric, given numeric, from_outside boolean,
    to_outside boolean, method text) RETURNS numeric LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  has stock_worth%ROWTYPE;
  found_value numeric;
  lefts numeric := quantity;
  layer record;
  part numeric;
BEGIN
  INSERT INTO stock_worth (company_id, variant_id, quantity, value) SELECT mine, variant, 0, 0
    WHERE NOT EXISTS (SELECT 1 FROM stock_worth w WHERE w.company_id = mine AND w.variant_id = variant)
    ON CONFLICT (company_id, variant_id) DO NOTHING;
  SELECT w.* INTO has FROM stock_worth w WHERE w.company_id = mine AND w.variant_id = variant FOR UPDATE;
  IF from_outside OR NOT to_outside THEN
    -- Without a cost of its own it comes at that of what is there, or of what came in last.
    found_value := round(COALESCE(given, CASE WHEN has.quantity > 0 THEN has.value * quantity / has.quantity END,
      (SELECT m.value / m.quantity * quantity FROM stock_move m WHERE m.company_id = mine AND m.variant_id = variant
         AND m.value > 0 ORDER BY m.id DESC LIMIT 1), 0), 2);
    IF from_outside AND NOT to_outside THEN
      UPDATE stock_worth w SET quantity = w.quantity + stock_weigh.quantity, value = w.value + found_value
        WHERE w.id = has.id;
      IF method = 'fifo' THEN
        INSERT INTO stock_costlayer (company_id, variant_id, quantity, value)
          VALUES (mine, variant, stock_weigh.quantity, found_value);
      END IF;
    END IF;
    RETURN found_value;
  END IF;
  found_value := 0;
  IF method = 'fifo' THEN
    FOR layer IN SELECT l.* FROM stock_costlayer l WHERE l.company_id = mine AND l.variant_id = variant
        ORDER BY l.id FOR UPDATE LOOP
      IF layer.quantity <= lefts THEN
        DELETE FROM stock_costlayer l WHERE l.id = layer.id;
        found_value := found_value + layer.value;
        lefts := lefts - layer.quantity;
      ELSE
        part := round(layer.value * lefts / layer.quantity, 2);
        UPDATE stock_costlayer l SET quantity = layer.quantity - lefts, value = layer.value - part
          WHERE l.id = layer.id;
        found_value := found_value + part;
        lefts := 0;
      END IF;
      EXIT WHEN lefts = 0;
    END LOOP;
  ELSE
    found_value := CASE WHEN quantity >= has.quantity THEN has.value
                        ELSE round(has.value * quantity / has.quantity, 2) END;
  END IF;
  UPDATE stock_worth w SET quantity = has.quantity - stock_weigh.quantity, value = has.value - found_value
    WHERE w.id = has.id;
  RETURN found_value;
END $$;
