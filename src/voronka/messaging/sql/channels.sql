-- Bots and mailboxes that are on: ids and kinds only, for the sweeps that keep the lines to them.
CREATE OR REPLACE FUNCTION messaging_accounts_on()
  RETURNS TABLE (company bigint, account bigint, kind text, mode text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT a.company_id, a.id, a.kind, a.settings ->> 'mode' FROM messaging_channelaccount a WHERE a.is_on ORDER BY a.id
$$;

-- Companies with a line of a talk that has to go, or whose hand-over broke: ids only.
CREATE OR REPLACE FUNCTION messaging_lines_due(moment timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c
  WHERE EXISTS (SELECT 1 FROM messaging_outsideline l WHERE l.company_id = c.id AND l.due_at <= moment)
     OR EXISTS (SELECT 1 FROM messaging_outsideline l WHERE l.company_id = c.id AND l.claim_until <= moment)
$$;

-- Mailboxes of talks whose time has come: ids only.
CREATE OR REPLACE FUNCTION messaging_boxes_due(moment timestamptz)
  RETURNS TABLE (company bigint, account bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT a.company_id, a.id FROM messaging_channelaccount a
    JOIN messaging_channelstate s ON s.company_id = a.company_id AND s.account_id = a.id
  WHERE a.is_on AND a.kind = 'email' AND s.next_at <= moment ORDER BY a.id
$$;

-- The bot whose address of news bears a sign that was checked already: ids only.
CREATE OR REPLACE FUNCTION messaging_account_of_hook(sign text)
  RETURNS TABLE (company bigint, account bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT a.company_id, a.id FROM messaging_channelaccount a WHERE a.public_id = sign
$$;
