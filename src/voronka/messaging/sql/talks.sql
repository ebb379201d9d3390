-- Companies with a talk whose time to be answered is over and nobody was told: ids only.
CREATE OR REPLACE FUNCTION messaging_talks_late(moment timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c
  WHERE EXISTS (SELECT 1 FROM messaging_talk t
                WHERE t.company_id = c.id AND t.due_at <= moment AND t.warned_at IS NULL)
$$;

-- Companies with a talk, or an answer by SMS, that was never bound to a client and is older than they keep one: ids only.
CREATE OR REPLACE FUNCTION messaging_talks_old(moment timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c LEFT JOIN messaging_chatsettings s ON s.company_id = c.id
    CROSS JOIN LATERAL (SELECT moment - make_interval(days => COALESCE(s.unbound_days, 365)::int) AS at) edge
  WHERE EXISTS (SELECT 1 FROM messaging_talk t
                WHERE t.company_id = c.id AND t.client_id IS NULL AND t.last_at < edge.at
                  AND (t.blocked_at IS NULL OR EXISTS (
                    SELECT 1 FROM messaging_talkline l WHERE l.company_id = t.company_id AND l.talk_id = t.id)))
     OR EXISTS (SELECT 1 FROM messaging_smsanswer a
                WHERE a.company_id = c.id AND a.client_id IS NULL AND a.at < edge.at AND (a.address <> '' OR a.text <> ''))
$$;
