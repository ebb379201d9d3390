-- Search of clients while typing: ids of one company, best first. It passes the policies, because LIKE is not
-- leakproof and under row-level security no index would serve it; the company condition is therefore inside.
--
-- `words` are pieces of a name in capitals with Ё as Е; `digits` the end of a phone, or the whole of it; `mail` the
-- beginning of an address in lower case; `code` the beginning of an INN. What is NULL is not asked for.
-- `owners` are the employees whose clients may be found beside those of the common pool; NULL means all.
CREATE OR REPLACE FUNCTION people_search(words text[], digits text, mail text, code text, owners bigint[], most integer)
  RETURNS SETOF bigint LANGUAGE plpgsql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp
  SET enable_seqscan = off SET enable_indexscan = on SET enable_indexonlyscan = on
  SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  hits bigint[] := '{}';
  found_ids bigint[] := '{}';
  typed text := array_to_string(words, ' ');
  first_word text;
  second_word text;
  third_word text;
BEGIN
  IF mine IS NULL OR most <= 0 THEN
    RETURN;
  END IF;
  most := least(most, 1000);
  IF digits IS NOT NULL THEN
    hits := ARRAY(
      SELECT p.client_id FROM people_contactpoint p
      WHERE p.company_id = mine AND p.kind = 'phone'
        AND reverse(p.value) LIKE reverse(regexp_replace(digits, '\D', '', 'g')) || '%');
  END IF;
  IF mail IS NOT NULL THEN
    hits := hits || ARRAY(
      SELECT p.client_id FROM people_contactpoint p
      WHERE p.company_id = mine AND p.value LIKE people_like(mail) || '%' LIMIT 5000);
  END IF;
  IF code IS NOT NULL THEN
    hits := hits || ARRAY(
      SELECT c.id FROM people_client c
      WHERE c.company_id = mine AND c.binned_at IS NULL AND c.inn <> '' AND c.inn LIKE people_like(code) || '%' LIMIT 5000);
  END IF;
  IF cardinality(hits) > 0 THEN
    found_ids := ARRAY(
      SELECT c.id FROM people_client c
      WHERE c.company_id = mine AND c.binned_at IS NULL AND c.id = ANY (hits)
        AND (owners IS NULL OR c.responsible_id IS NULL OR c.responsible_id = ANY (owners))
      LIMIT most);
  END IF;
  IF words IS NOT NULL AND cardinality(words) > 0 THEN
    -- Names that begin with the words as they were typed come first, in their order.
    found_ids := found_ids || ARRAY(
      SELECT c.id FROM people_client c
      WHERE c.company_id = mine AND c.binned_at IS NULL
        AND c.sort_key >= typed COLLATE "C" AND c.sort_key < (typed || chr(1114111)) COLLATE "C"
        AND (owners IS NULL OR c.responsible_id IS NULL OR c.responsible_id = ANY (owners))
      ORDER BY c.sort_key, c.id LIMIT most);
    -- Then names that hold every word: the three longest by the index of trigrams, which knows none shorter than three.
    SELECT w INTO first_word FROM unnest(words) w ORDER BY length(w) DESC LIMIT 1;
    SELECT w INTO second_word FROM unnest(words) w ORDER BY length(w) DESC OFFSET 1 LIMIT 1;
    SELECT w INTO third_word FROM unnest(words) w ORDER BY length(w) DESC OFFSET 2 LIMIT 1;
    IF cardinality(found_ids) < most AND length(first_word) >= 3 THEN
      -- With LIMIT the planner hopes to meet enough rows by reading names in their order; the trigrams know better.
      PERFORM set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true);
      found_ids := found_ids || ARRAY(
        SELECT c.id FROM people_client c
        WHERE c.company_id = mine AND c.binned_at IS NULL
          AND c.sort_key LIKE '%' || people_like(first_word) || '%'
          AND c.sort_key LIKE '%' || people_like(COALESCE(second_word, first_word)) || '%'
          AND c.sort_key LIKE '%' || people_like(COALESCE(third_word, first_word)) || '%'
          AND NOT EXISTS (SELECT 1 FROM unnest(words) w WHERE strpos(c.sort_key, w COLLATE "C") = 0)
          AND (owners IS NULL OR c.responsible_id IS NULL OR c.responsible_id = ANY (owners))
        LIMIT most + cardinality(found_ids));
    END IF;
  END IF;
  RETURN QUERY
    SELECT f.id FROM unnest(found_ids) WITH ORDINALITY AS f (id, place)
    GROUP BY f.id ORDER BY min(f.place) LIMIT most;
END $$;

-- The text with the signs that LIKE takes for patterns made plain.
CREATE OR REPLACE FUNCTION people_like(plain text) RETURNS text LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog AS $$
  SELECT replace(replace(replace(plain, '\', '\\'), '%', '\%'), '_', '\_')
$$;
