-- The next task for one employee: a probe of one row per lane, pool and open call window.
--
-- Lanes go by band (promised, fresh, due, backlog) and priority (VIP first); every tenth turn begins with
-- the oldest of the backlog, whatever its priority (lane 39). Clients whose clock says no are never looked at:
-- only open windows are probed. Nothing is locked but the row that was chosen; whoever comes second on it, or
-- on another task of the same client, looks again. Runs with the caller's rights: the policies hold inside.
CREATE OR REPLACE FUNCTION work_take_next(me bigint, pools bigint[], at timestamptz, lease_seconds integer)
  RETURNS TABLE (task_id bigint, client_id bigint, subject_kind text, subject_id bigint, band smallint,
                 priority smallint, ready_at timestamptz, window_id bigint, was_held boolean, turn bigint)
  LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  held_until timestamptz := at + make_interval(secs => lease_seconds);
  open_windows bigint[];
  lanes integer[] := ARRAY[0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32];
  skipped bigint[] := '{}';
  turns bigint;
  lane integer;
  pick work_task%ROWTYPE;
  got bigint;
BEGIN
  -- A card that is still in these hands comes back, so that a reloaded page loses nothing.
  SELECT t.* INTO pick FROM work_lease l
    JOIN work_task t ON t.company_id = mine AND t.id = l.task_id AND t.is_open
    WHERE l.company_id = mine AND l.employee_id = me AND l.until > at
    ORDER BY l.until DESC LIMIT 1;
  SELECT COALESCE((SELECT w.taken FROM work_turn w WHERE w.company_id = mine AND w.employee_id = me), 0) INTO turns;
  IF pick.id IS NOT NULL THEN
    UPDATE work_lease l SET until = held_until WHERE l.company_id = mine AND l.client_id = pick.client_id;
    RETURN QUERY SELECT pick.id, pick.client_id, pick.subject_kind::text, pick.subject_id, pick.band, pick.priority,
      pick.ready_at, pick.window_id, true, turns;
    RETURN;
  END IF;
  SELECT array_agg(w.id) INTO open_windows FROM work_callwindow w,
    LATERAL (SELECT at AT TIME ZONE w.zone AS clock) c
    WHERE w.company_id = mine
      AND EXTRACT(hour FROM c.clock) * 60 + EXTRACT(minute FROM c.clock) >= w.opens_minute
      AND EXTRACT(hour FROM c.clock) * 60 + EXTRACT(minute FROM c.clock) < w.closes_minute;
  IF (turns + 1) % 10 = 0 THEN
    lanes := 39 || lanes;
  END IF;
  FOREACH lane IN ARRAY lanes LOOP
    LOOP
      SELECT t.* INTO pick FROM unnest(pools) AS p (id) CROSS JOIN unnest(open_windows) AS w (id)
        CROSS JOIN unnest(CASE lane WHEN 39 THEN ARRAY[0, 1, 2] ELSE ARRAY[lane % 10] END) AS r (priority)
        CROSS JOIN LATERAL (
          SELECT q.* FROM work_task q
          WHERE q.company_id = mine AND q.is_open AND q.pool_id = p.id AND q.band = lane / 10
            AND q.priority = r.priority AND q.window_id = w.id AND q.ready_at <= at AND q.client_id IS NOT NULL
            AND q.id <> ALL (skipped)
            AND NOT EXISTS (SELECT 1 FROM work_lease l WHERE l.company_id = mine AND l.client_id = q.client_id
                            AND l.until > at AND l.employee_id <> me)
          ORDER BY q.ready_at, q.id LIMIT 1
        ) t
        ORDER BY t.ready_at, t.id LIMIT 1;
      EXIT WHEN pick.id IS NULL;
      PERFORM 1 FROM work_task q WHERE q.company_id = mine AND q.id = pick.id AND q.is_open FOR UPDATE SKIP LOCKED;
      IF FOUND THEN
        INSERT INTO work_lease AS l (company_id, client_id, task_id, employee_id, until)
          VALUES (mine, pick.client_id, pick.id, me, held_until)
          ON CONFLICT (company_id, client_id) DO UPDATE
            SET task_id = EXCLUDED.task_id, employee_id = EXCLUDED.employee_id, until = EXCLUDED.until
            WHERE l.until <= at OR l.employee_id = me
          RETURNING l.id INTO got;
        IF got IS NOT NULL THEN
          INSERT INTO work_turn AS w (company_id, employee_id, taken) VALUES (mine, me, 1)
            ON CONFLICT (company_id, employee_id) DO UPDATE SET taken = w.taken + 1;
          RETURN QUERY SELECT pick.id, pick.client_id, pick.subject_kind::text, pick.subject_id, pick.band,
            pick.priority, pick.ready_at, pick.window_id, false, turns + 1;
          RETURN;
        END IF;
      END IF;
      skipped := skipped || pick.id;
    END LOOP;
  END LOOP;
END $$;
