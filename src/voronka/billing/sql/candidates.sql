-- Invoices that payments may be for: ids of one company's open invoices by number, payer's INN, a word of his name, or a
-- sum within a twentieth. Each way has its index and its limit, so a page of payments costs one statement however many
-- invoices wait. It passes the policies as billing_search does: comparing numerics and arrays is not leakproof.
CREATE OR REPLACE FUNCTION billing_candidates(
    numbers text[], inns text[], names text[], sums numeric[], most_near integer, most_of_payer integer)
  RETURNS SETOF bigint LANGUAGE plpgsql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  IF mine IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT d.id FROM billing_document d
    WHERE d.company_id = mine AND d.number_key = ANY (numbers)
      AND d.kind = 'invoice' AND d.state = 'issued' AND d.paid < d.amount
    UNION
    SELECT f.id FROM unnest(inns) asked, LATERAL (
      SELECT d.id FROM billing_document d
      WHERE d.company_id = mine AND d.payer_inn = asked AND asked <> ''
        AND d.kind = 'invoice' AND d.state = 'issued' AND d.paid < d.amount
      ORDER BY d.day, d.id LIMIT most_of_payer) f
    UNION
    SELECT f.id FROM unnest(names) asked, LATERAL (
      SELECT d.id FROM billing_document d
      WHERE d.company_id = mine AND d.payer_words @> ARRAY[asked]::varchar[]
        AND d.kind = 'invoice' AND d.state = 'issued' AND d.paid < d.amount
      ORDER BY d.day, d.id LIMIT most_of_payer) f
    UNION
    SELECT f.id FROM unnest(sums) asked, LATERAL (
      SELECT d.id FROM billing_document d
      WHERE d.company_id = mine AND d.amount - d.paid BETWEEN asked - asked / 20 AND asked + asked / 20
        AND d.kind = 'invoice' AND d.state = 'issued' AND d.paid < d.amount
      ORDER BY d.amount - d.paid, d.id LIMIT most_near) f;
END $$;
