-- Papers and payments of a sum: ids of one company, the newest first. It passes the policies, because comparing numerics
-- is not leakproof and under row-level security no index would serve it; the company condition is therefore inside. Who
-- may see which of the found rows is asked by the caller.
CREATE OR REPLACE FUNCTION billing_of_sum(asked numeric, most integer)
  RETURNS TABLE (is_paper boolean, id bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  (SELECT true, d.id FROM billing_document d
    WHERE d.company_id = NULLIF(current_setting('app.company_id', true), '')::bigint AND d.amount = asked
    ORDER BY d.id DESC LIMIT least(most, 1000))
  UNION ALL
  (SELECT false, p.id FROM billing_payment p
    WHERE p.company_id = NULLIF(current_setting('app.company_id', true), '')::bigint AND p.amount = asked
    ORDER BY p.id DESC LIMIT least(most, 1000))
$$;
