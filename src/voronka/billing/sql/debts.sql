-- What clients owe by their unpaid invoices: those named, or all where none are. Runs with the caller's rights: the
-- policies hold inside.
CREATE OR REPLACE FUNCTION billing_reckon_debts(clients bigint[])
  RETURNS TABLE (client_id bigint, amount numeric) LANGUAGE plpgsql STABLE
  SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  RETURN QUERY SELECT d.client_id, sum(d.amount - d.paid) FROM billing_document d
    WHERE d.company_id = mine AND d.kind = 'invoice' AND d.state = 'issued' AND d.paid < d.amount
      AND CASE WHEN clients IS NULL THEN d.client_id IS NOT NULL ELSE d.client_id = ANY (clients) END
    GROUP BY d.client_id;
END $$;

-- Keeps the debts of the clients named, or of all, as their invoices say; rows of those who owe nothing are dropped.
CREATE OR REPLACE FUNCTION billing_keep_debts(clients bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  -- Two that reckon one client at once would write in any order: the later one has to have seen the most.
  PERFORM pg_advisory_xact_lock(hashtextextended('billing debts', c)) FROM (
    SELECT DISTINCT unnest(COALESCE(clients, ARRAY[-mine])) AS c ORDER BY 1) x;
  DELETE FROM billing_clientdebt k WHERE k.company_id = mine AND (clients IS NULL OR k.client_id = ANY (clients))
    AND NOT EXISTS (SELECT 1 FROM billing_document d WHERE d.company_id = mine AND d.client_id = k.client_id
      AND d.kind = 'invoice' AND d.state = 'issued' AND d.paid < d.amount);
  INSERT INTO billing_clientdebt AS k (company_id, client_id, amount)
    SELECT mine, r.client_id, r.amount FROM billing_reckon_debts(clients) r ORDER BY r.client_id
    ON CONFLICT (company_id, client_id) DO UPDATE SET amount = EXCLUDED.amount
      WHERE k.amount <> EXCLUDED.amount;
END $$;
