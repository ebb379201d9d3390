-- Which of the other addresses of clients were deleted, newest first, `most` at most: ids only. It passes the policies,
-- because what reads a document is not leakproof and under row-level security no index would serve it; the company
-- condition is therefore inside. All are found before they are put in order: there are few, and the planner would
-- otherwise walk the whole history from its end to meet the first of them.
CREATE OR REPLACE FUNCTION people_gone_addresses(client_ids bigint[], most integer) RETURNS SETOF bigint LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH gone AS MATERIALIZED (
    SELECT k.id, k.row_id FROM kit_change k
    WHERE k.company_id = NULLIF(current_setting('app.company_id', true), '')::bigint AND k."table" = 'people_address'
      AND k.operation = 'delete' AND k.before ? 'client_id' AND (k.before ->> 'client_id') = ANY (client_ids::text[])
  )
  SELECT g.row_id FROM gone g ORDER BY g.id DESC LIMIT most
$$;
