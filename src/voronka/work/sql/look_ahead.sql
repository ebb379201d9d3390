-- Who will most likely come after the task in hand: the very choice of work_take_next, which only reads.
--
-- Nothing is locked, held or counted, and nothing is promised: another may take the client meanwhile. The test of
-- the feed's order asks both functions the same question at every turn, so they cannot part ways unseen.
CREATE OR REPLACE FUNCTION work_look_ahead(me bigint, pools bigint[], at timestamptz, besides bigint)
  RETURNS TABLE (task_id bigint, client_id bigint, subject_kind text, subject_id bigint, band smallint,
                 priority smallint, ready_at timestamptz, window_id bigint, turn bigint)
  LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  open_windows bigint[];
  lanes integer[] := ARRAY[0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32];
  turns bigint;
  lane integer;
  pick work_task%ROWTYPE;
BEGIN
  SELECT COALESCE((SELECT w.taken FROM work_turn w WHERE w.company_id = mine AND w.employee_id = me), 0) INTO turns;
  SELECT array_agg(w.id) INTO open_windows FROM work_callwindow w,
    LATERAL (SELECT at AT TIME ZONE w.zone AS clock) c
    WHERE w.company_id = mine
      AND EXTRACT(hour FROM c.clock) * 60 + EXTRACT(minute FROM c.clock) >= w.opens_minute
      AND EXTRACT(hour FROM c.clock) * 60 + EXTRACT(minute FROM c.clock) < w.closes_minute;
  IF (turns + 1) % 10 = 0 THEN
    lanes := 39 || lanes;
  END IF;
  FOREACH lane IN ARRAY lanes LOOP
    SELECT t.* INTO pick FROM unnest(pools) AS p (id) CROSS JOIN unnest(open_windows) AS w (id)
      CROSS JOIN unnest(CASE lane WHEN 39 THEN ARRAY[0, 1, 2] ELSE ARRAY[lane % 10] END) AS r (priority)
      CROSS JOIN LATERAL (
        SELECT q.* FROM work_task q
        WHERE q.company_id = mine AND q.is_open AND q.pool_id = p.id AND q.band = lane / 10
          AND q.priority = r.priority AND q.window_id = w.id AND q.ready_at <= at AND q.client_id IS NOT NULL
          AND q.id IS DISTINCT FROM besides
          AND NOT EXISTS (SELECT 1 FROM work_lease l WHERE l.company_id = mine AND l.client_id = q.client_id
                          AND l.until > at AND l.employee_id <> me)
        ORDER BY q.ready_at, q.id LIMIT 1
      ) t
      ORDER BY t.ready_at, t.id LIMIT 1;
    IF pick.id IS NOT NULL THEN
      RETURN QUERY SELECT pick.id, pick.client_id, pick.subject_kind::text, pick.subject_id, pick.band,
        pick.priority, pick.ready_at, pick.window_id, turns + 1;
      RETURN;
    END IF;
  END LOOP;
END $$;
