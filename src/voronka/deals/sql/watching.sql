-- Companies in which a new deal has waited too long for its answer and a step of the escalation is due, or a request
-- waits in the inbox too long and nobody has been told.
CREATE OR REPLACE FUNCTION deals_companies_late(moment timestamptz)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT company_id FROM deals_answerwatch WHERE settled_at IS NULL AND step < 2 AND due_at <= moment
  UNION
  SELECT company_id FROM people_inboxlead WHERE state = 'waiting' AND told_at IS NULL AND due_at <= moment
$$;
