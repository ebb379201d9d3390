-- Empties the history of clients that are erased, and of nobody else: whoever asks, only rows of cards that bear the mark,
-- and of those that were joined to them, are touched, so that no other history can be changed. `tables` have a column client_id.
CREATE OR REPLACE FUNCTION people_forget_erased(client_ids bigint[], tables text[]) RETURNS integer LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  erased bigint[];
  rows_of bigint[];
  one text;
  emptied integer := 0;
  here integer;
BEGIN
  erased := ARRAY(
    SELECT c.id FROM people_client c WHERE c.company_id = mine AND c.id = ANY (client_ids) AND c.erased_at IS NOT NULL);
  -- Cards that were joined to an erased one are the same person; whatever stands as a card of its own is not.
  erased := erased || ARRAY(
    SELECT m.old_id FROM people_mergedcard m WHERE m.company_id = mine AND m.survivor_id = ANY (erased)
      AND NOT EXISTS (SELECT FROM people_client c WHERE c.id = m.old_id));
  UPDATE kit_change SET before = '{}'
    WHERE company_id = mine AND "table" = 'people_client' AND row_id = ANY (erased) AND before <> '{}';
  GET DIAGNOSTICS emptied = ROW_COUNT;
  FOREACH one IN ARRAY tables LOOP
    EXECUTE format('SELECT array_agg(t.id) FROM %I t WHERE t.company_id = $1 AND t.client_id = ANY ($2)', one)
      INTO rows_of USING mine, erased;
    -- What is deleted is known by its last state alone.
    rows_of := COALESCE(rows_of, '{}') || ARRAY(
      SELECT k.row_id FROM kit_change k WHERE k.company_id = mine AND k."table" = one AND k.operation = 'delete'
        AND k.before ? 'client_id' AND (k.before ->> 'client_id') = ANY (erased::text[]));
    UPDATE kit_change SET before = '{}'
      WHERE company_id = mine AND "table" = one AND row_id = ANY (rows_of) AND before <> '{}';
    GET DIAGNOSTICS here = ROW_COUNT;
    emptied := emptied + here;
  END LOOP;
  RETURN emptied;
END $$;

-- The companies whose bins hold something for too long: ids only.
CREATE OR REPLACE FUNCTION people_companies_with_old_bins(until timestamptz) RETURNS SETOF bigint LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT company_id FROM people_client WHERE binned_at < until AND erased_at IS NULL
$$;
