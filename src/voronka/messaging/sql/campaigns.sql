-- Companies with a campaign whose hour has come, or that is to be looked at: ids only.
CREATE OR REPLACE FUNCTION messaging_campaigns_due(moment timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c
  WHERE EXISTS (SELECT 1 FROM messaging_campaign m WHERE m.company_id = c.id
                AND m.state IN ('scheduled', 'running') AND m.look_at <= moment)
$$;
