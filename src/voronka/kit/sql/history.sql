-- One history for all tables: who, when, from where, what it was before. Only changed columns are kept.
CREATE OR REPLACE FUNCTION kit_keep_history() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  before jsonb := to_jsonb(OLD);
  changed jsonb;
  row_company bigint;
BEGIN
  -- A temporary table may bear the name of one of ours: nobody forges history through it.
  IF TG_TABLE_SCHEMA <> 'public' THEN
    RAISE EXCEPTION 'history is kept of the tables of Voronka only';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    SELECT jsonb_object_agg(was.key, was.value) INTO changed
      FROM jsonb_each(before) was JOIN jsonb_each(to_jsonb(NEW)) became USING (key)
      WHERE was.value IS DISTINCT FROM became.value;
    IF changed IS NULL THEN
      RETURN NULL;
    END IF;
  ELSE
    changed := before;
  END IF;
  row_company := COALESCE((before ->> 'company_id')::bigint, (before ->> 'id')::bigint);
  -- A company being deleted takes its history along.
  IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM accounts_company WHERE id = row_company) THEN
    RETURN NULL;
  END IF;
  INSERT INTO kit_change (company_id, "table", row_id, operation, before, actor, at, transaction_id)
  VALUES (row_company, TG_TABLE_NAME, (before ->> 'id')::bigint, lower(TG_OP), changed,
          NULLIF(current_setting('app.actor', true), '')::jsonb, clock_timestamp(), txid_current());
  RETURN NULL;
END $$;
