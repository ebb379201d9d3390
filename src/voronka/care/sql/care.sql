-- Companies with somebody to ask: ids only.
CREATE OR REPLACE FUNCTION care_due(moment timestamptz)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c WHERE EXISTS (
    SELECT 1 FROM care_invitation i WHERE i.company_id = c.id AND i.state = 'waiting' AND i.due_at <= moment)
$$;

-- The invitation whose link bears a sign that was checked already: ids only.
CREATE OR REPLACE FUNCTION care_of_sign(sign text)
  RETURNS TABLE (company bigint, invitation bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT i.company_id, i.id FROM care_invitation i WHERE i.public_id = sign
$$;
