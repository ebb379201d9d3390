-- Providers of SMS that are on: ids and kinds only, for the sweeps of balances, answers and sessions.
CREATE OR REPLACE FUNCTION messaging_sms_on()
  RETURNS TABLE (company bigint, provider bigint, kind text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT p.company_id, p.id, p.kind FROM messaging_smsprovider p WHERE p.is_on ORDER BY p.id
$$;

-- Companies with an SMS to be asked after, or a receipt that waits for its message: ids only.
CREATE OR REPLACE FUNCTION messaging_sms_due(moment timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c
  WHERE EXISTS (SELECT 1 FROM messaging_smspart s WHERE s.company_id = c.id AND s.ask_at <= moment)
     OR EXISTS (SELECT 1 FROM messaging_smstold t WHERE t.company_id = c.id)
$$;

-- The provider whose address of notices bears a sign that was checked already: ids only.
CREATE OR REPLACE FUNCTION messaging_sms_of_hook(sign text)
  RETURNS TABLE (company bigint, provider bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT p.company_id, p.id FROM messaging_smsprovider p WHERE p.public_id = sign
$$;
