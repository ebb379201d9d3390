-- Consents are append-only for the application. Taking an import back must be able to remove those that this very
-- import wrote down by mistake, and no others: so a function that passes policies does it, with the conditions inside.
-- Removed are consents that the rows of an import in the state `undoing` say they wrote, of the given clients.
CREATE OR REPLACE FUNCTION people_withdraw_import_consents(import_run bigint, clients bigint[])
  RETURNS integer LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  removed integer;
BEGIN
  IF mine IS NULL THEN
    RETURN 0;
  END IF;
  WITH written AS (
    SELECT r.client_id, (jsonb_array_elements_text(r.written -> 'consents'))::bigint AS id
    FROM people_importrow r JOIN people_importrun n ON n.company_id = r.company_id AND n.id = r.run_id
    WHERE r.company_id = mine AND n.id = import_run AND n.state = 'undoing'
      AND r.client_id = ANY (clients) AND r.written ? 'consents'
  )
  DELETE FROM people_consent c USING written w
  WHERE c.company_id = mine AND c.id = w.id AND c.client_id = w.client_id;
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;
