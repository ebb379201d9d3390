-- Companies in which somebody is to be told something now: a reminder has come due and pages were not told, or a
-- promised call or a deadline is near and has no reminder yet. The parameter goes by its number: a reminder has a
-- column of its name, which would hide it.
CREATE OR REPLACE FUNCTION work_companies_to_remind(moment timestamptz)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c
  WHERE EXISTS (SELECT 1 FROM work_reminder r WHERE r.company_id = c.id AND r.done_at IS NULL
                AND r.announced_at IS NULL AND r.due_at <= $1)
     OR EXISTS (SELECT 1 FROM work_task t WHERE t.company_id = c.id AND t.is_open AND t.due_at IS NOT NULL
                AND t.employee_id IS NOT NULL AND (t.band = 0 OR t.kind = 'hand')
                AND t.due_at BETWEEN $1 - interval '2 days' AND $1 + interval '2 hours'
                AND NOT EXISTS (SELECT 1 FROM work_reminder r WHERE r.company_id = t.company_id AND r.task_id = t.id
                                AND r.employee_id = t.employee_id
                                AND r.moment = CASE t.kind WHEN 'hand' THEN t.due_at ELSE t.ready_at END))
$$;

CREATE OR REPLACE FUNCTION work_companies()
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id FROM accounts_company
$$;
