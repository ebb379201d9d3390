-- The sign of a secret link, the address of a provider's notices and the number of a payment in the sandbox find their
-- company and row: ids only. What is closed or switched off is judged behind the wall.
CREATE OR REPLACE FUNCTION billing_company_of_link(sign_hash text)
  RETURNS TABLE (company bigint, link bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT company_id, id FROM billing_paylink WHERE hash = sign_hash
$$;

CREATE OR REPLACE FUNCTION billing_company_of_hook(key text)
  RETURNS TABLE (company bigint, provider bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT company_id, id FROM billing_provider WHERE hook = key
$$;

CREATE OR REPLACE FUNCTION billing_company_of_sandbox(number text)
  RETURNS TABLE (company bigint, sandbox bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT company_id, id FROM billing_sandboxpayment WHERE outer_id = number
$$;

-- Payments and refunds of providers whose state is to be asked again: ids only.
CREATE OR REPLACE FUNCTION billing_online_due(at timestamptz, most integer)
  RETURNS TABLE (company bigint, online bigint, refund bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  (SELECT company_id, id, 0::bigint FROM billing_onlinepayment WHERE next_at <= at ORDER BY next_at LIMIT most)
  UNION ALL
  (SELECT company_id, online_id, id FROM billing_onlinerefund WHERE next_at <= at ORDER BY next_at LIMIT most)
$$;
