-- Companies with a talk whose time to be answered is over and nobody was told: ids only.
CREATE OR REPLACE FUNCTION messaging_talks_late(moment timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c
  WHERE EXISTS (SELECT 1 FROM messaging_talk t
                WHERE t.company_id = c.id AND t.due_at <= moment AND t.warned_at IS NULL)
$$;
