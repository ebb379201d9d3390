-- Clients by what the company's own fields hold: ids of one company that may fit a condition, by indexes. It passes the
-- policies, because containment and LIKE are not leakproof and under row-level security no index would serve them; the
-- company condition is therefore inside. Whoever asks checks the condition itself again on the rows found.
--
-- One of three is asked for: `wanted`, documents of which the fields hold one; `numbers`, keys of people_number_keys;
-- `needle`, a text in capitals that some value holds. At most `most` ids are returned: as many may mean more, and so does
-- a single empty one, of documents that a handful of pages shows to be everywhere: to find the first of a quarter of a
-- million by the index means to find them all.
-- The keys of numbers hold the company already; `+ 0` keeps the planner from reading all its rows by their company and
-- computing the keys of each, as it does while it knows nothing of a table that has just been filled.
CREATE OR REPLACE FUNCTION people_own_common(wanted jsonb[], most integer, some_pages integer DEFAULT 100)
  RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  pages bigint := pg_relation_size('people_client') / current_setting('block_size')::bigint;
  hits bigint;
  hit_pages bigint;
BEGIN
  -- A small table is searched faster than sampled. Pages are taken from the whole of it, the same ones each time, so that
  -- they stay in memory. Cards of one import hold the same and are neighbours: several pages have to tell of many.
  IF mine IS NULL OR pages < some_pages * 20 THEN
    RETURN false;
  END IF;
  SELECT count(*), count(DISTINCT (f.ctid::text::point)[0]) INTO hits, hit_pages
    FROM people_client f TABLESAMPLE SYSTEM (100.0 * some_pages / pages) REPEATABLE (1)
    WHERE f.company_id = mine AND f.fields @> ANY (wanted);
  RETURN hit_pages >= 6 AND hits * pages / some_pages > most * 4::bigint;
END $$;

CREATE OR REPLACE FUNCTION people_own_search(wanted jsonb[], numbers text[], needle text, most integer)
  RETURNS SETOF bigint LANGUAGE plpgsql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp
  SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off
  SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  IF mine IS NULL OR most <= 0 THEN
    RETURN;
  END IF;
  IF wanted IS NOT NULL AND people_own_common(wanted, most) THEN
    RETURN NEXT NULL;
  ELSIF wanted IS NOT NULL THEN
    RETURN QUERY SELECT c.id FROM unnest(wanted) AS w (part) CROSS JOIN LATERAL (
        SELECT f.id FROM people_client f WHERE f.company_id = mine AND f.fields @> w.part
          AND f.fields <> '{}' LIMIT most) c
      LIMIT most;
  ELSIF numbers IS NOT NULL THEN
    RETURN QUERY SELECT c.id FROM people_client c
      WHERE people_number_keys(c.company_id, c.fields) && numbers AND c.fields <> '{}' AND c.company_id + 0 = mine
      LIMIT most;
  ELSIF needle IS NOT NULL THEN
    RETURN QUERY SELECT c.id FROM people_client c
      WHERE upper(c.fields::text) LIKE '%' || people_like(needle) || '%' AND c.fields <> '{}' AND c.company_id = mine
      LIMIT most;
  END IF;
END $$;
