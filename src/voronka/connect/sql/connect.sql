-- A key of the API that is neither revoked nor expired: its company, its row, who made it. Counts its use in this minute
-- over all processes and tells how many there were; the transaction is not waited for on disk, so that a crash may lose the
-- count of the last moment. What the key may do is judged by its maker's rights, behind the wall.
CREATE OR REPLACE FUNCTION connect_open_key(key_hash text, this_minute timestamptz, moment timestamptz)
  RETURNS TABLE (company bigint, key bigint, public_id varchar, scopes varchar[], maker bigint, used integer)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  SELECT k.company_id, k.id, k.public_id, k.scopes, k.maker_id INTO company, key, public_id, scopes, maker
    FROM connect_apikey k
    WHERE k.hash = key_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > moment);
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM set_config('synchronous_commit', 'off', true);
  INSERT INTO connect_apikeyuse AS u (company_id, key_id, minute, count, last_at)
    VALUES (company, key, this_minute, 1, moment)
    ON CONFLICT (company_id, key_id) DO UPDATE SET
      count = CASE WHEN u.minute = EXCLUDED.minute THEN u.count + 1 ELSE 1 END,
      minute = EXCLUDED.minute, last_at = EXCLUDED.last_at RETURNING u.count INTO used;
  RETURN NEXT;
END $$;
DROP FUNCTION IF EXISTS connect_company_of_key(text);

-- Writes the row of a first request and returns its id, NULL for a repeated one. Waits so many seconds for one that is
-- under way, then raises lock_not_available. Runs with the caller's rights: the policies hold inside.
CREATE OR REPLACE FUNCTION connect_claim_answer(
    who text, what text, sent_token text, hash text, moment timestamptz, seconds integer)
  RETURNS bigint LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  before text := current_setting('lock_timeout');
  given bigint;
BEGIN
  PERFORM set_config('lock_timeout', seconds || 's', true);
  INSERT INTO connect_keptanswer (company_id, caller, operation, token, body_hash, headers, began_at)
    VALUES (NULLIF(current_setting('app.company_id', true), '')::bigint, who, what, sent_token, hash, '{}', moment)
    ON CONFLICT (company_id, caller, operation, token) DO NOTHING RETURNING id INTO given;
  PERFORM set_config('lock_timeout', before, true);
  RETURN given;
END $$;

-- Companies with events that a webhook has not seen yet, or with deliveries that are due: ids only.
CREATE OR REPLACE FUNCTION connect_companies_with_deliveries(at timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT w.company_id FROM connect_webhook w
    CROSS JOIN LATERAL (SELECT e.seq FROM kit_event e WHERE e.company_id = w.company_id AND e.seq IS NOT NULL
                        ORDER BY e.seq DESC LIMIT 1) AS last
    WHERE w.state = 'active' AND last.seq > w.seq
  UNION
  SELECT d.company_id FROM connect_webhookdelivery d JOIN connect_webhook w ON w.id = d.webhook_id
    WHERE d.state IN ('waiting', 'sending') AND d.next_at <= $1 AND w.state = 'active'
$$;

-- Companies with kept answers or settled deliveries older than these moments: ids only.
CREATE OR REPLACE FUNCTION connect_companies_with_old_rows(answers timestamptz, deliveries timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT company_id FROM connect_keptanswer WHERE began_at < answers
  UNION
  SELECT company_id FROM connect_webhookdelivery WHERE made_at < deliveries
$$;
