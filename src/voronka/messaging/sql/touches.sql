-- Companies with openings or clicks that may be judged now: ids only.
CREATE OR REPLACE FUNCTION messaging_touches_due(moment timestamptz)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c
  WHERE EXISTS (SELECT 1 FROM messaging_messagetouch t
                WHERE t.company_id = c.id AND t.is_human IS NULL AND t.at <= moment)
$$;

-- Companies whose letters have left since a moment, so that the mailbox of returns is theirs to know of: ids only.
CREATE OR REPLACE FUNCTION messaging_mailing(since timestamptz)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c
  WHERE EXISTS (SELECT 1 FROM messaging_message m
                WHERE m.company_id = c.id AND m.channel = 'email' AND m.handed_at >= since)
$$;

-- The company of a picture that letters show and whose sign was checked already: its id only.
CREATE OR REPLACE FUNCTION messaging_company_of_picture(picture text)
  RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT f.company_id FROM kit_file f WHERE f.public_id = picture AND f.subject_kind IN ('letter_picture', 'product')
$$;
