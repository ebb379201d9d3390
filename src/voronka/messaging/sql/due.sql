-- Companies and channels with a message whose hour has come, or a claim whose time is over: ids and names only.
CREATE OR REPLACE FUNCTION messaging_due(moment timestamptz)
  RETURNS TABLE (company bigint, channel text) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT c.id, k.channel FROM accounts_company c
    CROSS JOIN (VALUES ('email'), ('sms'), ('push'), ('telegram'), ('chat')) AS k (channel)
  WHERE EXISTS (SELECT 1 FROM messaging_message m WHERE m.company_id = c.id AND m.channel = k.channel
                AND m.stage = 'due' AND m.due_at <= moment)
     OR EXISTS (SELECT 1 FROM messaging_messageclaim m WHERE m.company_id = c.id AND m.channel = k.channel
                AND m.until <= moment)
$$;

-- The message whose letter bears a sign that was checked already: ids only.
CREATE OR REPLACE FUNCTION messaging_of_sign(sign text)
  RETURNS TABLE (company bigint, message bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT m.company_id, m.id FROM messaging_message m WHERE m.public_id = sign
$$;
