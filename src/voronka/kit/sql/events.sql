-- The one sequencer. Only the holder of the lock numbers; the lock is let go after its commit is visible,
-- so numbers appear in order and a listener that has read N will never meet a smaller one later.
CREATE SEQUENCE IF NOT EXISTS kit_event_number;
GRANT USAGE ON SEQUENCE kit_event_number TO voronka_pass;

CREATE OR REPLACE FUNCTION kit_number_events(most integer) RETURNS integer LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  done integer;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7341, 1) THEN
    RETURN 0;
  END IF;
  WITH fresh AS MATERIALIZED (
    SELECT id FROM kit_event WHERE seq IS NULL ORDER BY id LIMIT most
  ), numbered AS MATERIALIZED (
    SELECT id, nextval('kit_event_number') AS seq FROM fresh
  ), written AS (
    UPDATE kit_event e SET seq = n.seq FROM numbered n WHERE e.id = n.id RETURNING e.seq, e.company_id
  ), told AS (
    SELECT count(*) AS events, pg_notify('voronka_live', company_id || ':' || max(seq))
    FROM written GROUP BY company_id
  )
  SELECT COALESCE(sum(events), 0) FROM told INTO done;
  RETURN done;
END $$;

-- Companies whose log goes on behind a listener. The last number is asked for, and not whether there is a larger one:
-- the planner, which knows little of few companies, read the whole log for that, for each listener, five times a second.
CREATE OR REPLACE FUNCTION kit_companies_waiting(listener_name text)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id FROM accounts_company c
  LEFT JOIN kit_listener l ON l.company_id = c.id AND l.listener = listener_name
  CROSS JOIN LATERAL (SELECT e.seq FROM kit_event e WHERE e.company_id = c.id AND e.seq IS NOT NULL
                      ORDER BY e.seq DESC LIMIT 1) AS last
  WHERE l.parked_at IS NULL AND last.seq > COALESCE(l.seq, 0)
$$;

-- Whether the work behind the pages goes on, of all companies together: a worker has given a sign of life within a minute, a
-- listener is parked, and the first event without a number, 0 where each has one. Nothing of anybody is told.
CREATE OR REPLACE FUNCTION kit_work(OUT is_alive boolean, OUT is_parked boolean, OUT unread bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  is_alive := EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute');
  is_parked := EXISTS (SELECT 1 FROM kit_listener WHERE parked_at IS NOT NULL);
  unread := COALESCE((SELECT min(id) FROM kit_event WHERE seq IS NULL), 0);
END $$;

-- Ids of companies that have something to send now.
CREATE OR REPLACE FUNCTION kit_companies_with_due_outgoing(moment timestamptz)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT company_id FROM kit_outgoing WHERE state IN ('waiting', 'sending') AND send_after <= moment
$$;

-- Writes packed events (`events.packed`) in the transaction of a function that does the change itself. It wakes nobody:
-- listeners look by themselves every second. Runs with the caller's rights.
CREATE OR REPLACE FUNCTION kit_write_events(rows jsonb, employee bigint) RETURNS void LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  INSERT INTO kit_event (company_id, name, at, employee_id, cause, subject_kind, subject_id, client_id, payload)
    SELECT NULLIF(current_setting('app.company_id', true), '')::bigint, e ->> 0, clock_timestamp(), employee, NULL,
      e ->> 1, (e ->> 2)::bigint, (e ->> 3)::bigint, e -> 4
    FROM jsonb_array_elements(rows) WITH ORDINALITY AS r (e, n) ORDER BY n;
END $$;

-- Writes events of one kind about many, told by arrays of one length: what they are about, whose clients, what they say.
-- For a function of the database that does the change itself, with ids at hand that would go to the program and back. It
-- wakes nobody. Runs with the caller's rights.
CREATE OR REPLACE FUNCTION kit_write_kind(kind text, subject text, ids bigint[], clients bigint[], payloads jsonb[],
    moment timestamptz, employee bigint, why uuid) RETURNS void LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  INSERT INTO kit_event (company_id, name, at, employee_id, cause, subject_kind, subject_id, client_id, payload)
    SELECT NULLIF(current_setting('app.company_id', true), '')::bigint, kind, moment, employee, why, subject, id, client,
      payload
    FROM unnest(ids, clients, payloads) WITH ORDINALITY AS r (id, client, payload, n) ORDER BY n;
END $$;
