-- What a sender does to a chunk of messages, each a function: its rows, their steps and their events by one statement,
-- planned once for a connection. The plan may have been made while the table was small, so it may read no table whole,
-- nor all rows of a company: what is written is found by the ids once more, not by those that were locked alone.
-- Rows are locked in the order of their ids, as all who lock more than one do. Both run with the caller's rights: the
-- policies hold inside.

-- Marks those that the sender still has as being handed over; returns their ids.
CREATE OR REPLACE FUNCTION messaging_begin(asked bigint[], whose text, moment timestamptz, employee bigint, why uuid)
  RETURNS bigint[] LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  begun bigint[];
  clients bigint[];
  payloads jsonb[];
BEGIN
  WITH ours AS MATERIALIZED (SELECT id FROM messaging_message WHERE company_id = mine AND id = ANY (asked)
                             AND state = 'claimed' AND claim = whose ORDER BY id FOR UPDATE),
       taken AS (UPDATE messaging_message m SET state = 'handed' FROM ours
                 WHERE m.company_id = mine AND m.id = ANY (asked) AND m.id = ours.id
                 RETURNING m.id, m.client_id, m.channel),
       noted AS (INSERT INTO messaging_messagestep (company_id, message_id, state, code, words, at)
                 SELECT mine, id, 'handed', '', '', moment FROM taken ORDER BY id)
  SELECT array_agg(id), array_agg(client_id),
    array_agg(jsonb_build_object('message_id', id, 'client_id', client_id, 'channel', channel))
    INTO begun, clients, payloads FROM (SELECT * FROM taken ORDER BY id) t;
  PERFORM kit_write_kind('messaging.MessageHanded', 'message', begun, clients, payloads, moment, employee, why);
  RETURN COALESCE(begun, '{}');
END $$;

-- Writes down that messages of a claim were taken. `told` has id, provider, provider_id, code, parts, cost and words of
-- each; what is left unsaid of parts and cost stays as it was thought to be. What was settled already is passed over.
CREATE OR REPLACE FUNCTION messaging_accept(told json, asked bigint[], whose text, moment timestamptz, employee bigint,
    why uuid)
  RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  accepted bigint[];
  clients bigint[];
  payloads jsonb[];
BEGIN
  WITH said AS (SELECT * FROM json_to_recordset(told) AS v (id bigint, provider text, provider_id text, code text,
                                                            parts smallint, cost numeric, words text)),
       ours AS MATERIALIZED (SELECT id FROM messaging_message WHERE company_id = mine AND id = ANY (asked)
                             AND claim = whose AND state IN ('handed', 'unknown') ORDER BY id FOR UPDATE),
       took AS (UPDATE messaging_message m SET state = 'accepted', code = v.code, attempts = m.attempts + 1,
                                               provider = v.provider, provider_id = v.provider_id,
                                               parts = COALESCE(v.parts, m.parts), cost = COALESCE(v.cost, m.cost)
                FROM ours JOIN said v ON v.id = ours.id
                WHERE m.company_id = mine AND m.id = ANY (asked) AND m.id = ours.id
                RETURNING m.id, m.client_id, m.channel, v.code, v.words),
       noted AS (INSERT INTO messaging_messagestep (company_id, message_id, state, code, words, at)
                 SELECT mine, id, 'accepted', code, words, moment FROM took ORDER BY id)
  SELECT array_agg(id), array_agg(client_id),
    array_agg(jsonb_build_object('message_id', id, 'client_id', client_id, 'channel', channel))
    INTO accepted, clients, payloads FROM (SELECT * FROM took ORDER BY id) t;
  PERFORM kit_write_kind('messaging.MessageAccepted', 'message', accepted, clients, payloads, moment, employee, why);
END $$;
