-- Companies in which somebody on his way through an automation is to be looked after.
CREATE OR REPLACE FUNCTION flows_companies_due(moment timestamptz)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT r.company_id FROM flows_run r
  JOIN flows_automation a ON a.company_id = r.company_id AND a.id = r.automation_id AND a.is_on
  WHERE r.state = 'running' AND r.due_at <= moment
    AND (r.claimed_until IS NULL OR r.claimed_until <= moment)
$$;

-- Companies in which an automation is on that begins at somebody's day or by a list.
CREATE OR REPLACE FUNCTION flows_companies_timed(kinds text[])
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT company_id FROM flows_automation WHERE is_on AND trigger = ANY (kinds)
$$;

-- The automation whose present address has this number, and its company: ids only.
CREATE OR REPLACE FUNCTION flows_automation_of_hook(known text, number integer)
  RETURNS TABLE (company bigint, automation bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT company_id, id FROM flows_automation
  WHERE public_id = $1 AND hook = $2 AND $2 > 0 AND removed_at IS NULL
$$;

-- Blanks what steps said of clients who are erased: letters and tasks name them. Of the current company only.
CREATE OR REPLACE FUNCTION flows_forget_words(client_ids bigint[]) RETURNS void LANGUAGE sql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE flows_runstep s SET effects = '[]'::jsonb, about = '{}'::jsonb
    FROM flows_run r
    WHERE r.company_id = NULLIF(current_setting('app.company_id', true), '')::bigint AND r.client_id = ANY (client_ids)
      AND s.company_id = r.company_id AND s.run_id = r.id
$$;

-- Blanks what was answered in talks that are forgotten. Of the current company only.
CREATE OR REPLACE FUNCTION flows_forget_talks(talk_ids bigint[]) RETURNS void LANGUAGE sql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE flows_runstep s SET effects = '[]'::jsonb, about = '{}'::jsonb
    FROM flows_run r
    WHERE r.company_id = NULLIF(current_setting('app.company_id', true), '')::bigint
      AND r.subject_kind = 'talk' AND r.subject_id = ANY (talk_ids)
      AND s.company_id = r.company_id AND s.run_id = r.id
$$;
