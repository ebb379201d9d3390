-- Search of variants while typing: ids of one company, best first. It passes the policies, because LIKE is not
-- leakproof and under row-level security no index would serve it; the company condition is therefore inside.
--
-- `typed` is the whole text (an article?), `scanned` its key as a barcode, `words` its words in capitals with Ё as Е.
CREATE OR REPLACE FUNCTION catalogue_search(typed text, scanned text, words text[], most integer)
  RETURNS SETOF bigint LANGUAGE plpgsql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp
  SET enable_seqscan = off SET enable_indexscan = on SET enable_indexonlyscan = on
  SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  found_ids bigint[] := '{}';
  line text := array_to_string(words, ' ');
  first_word text;
  second_word text;
  third_word text;
BEGIN
  IF mine IS NULL OR most <= 0 THEN
    RETURN;
  END IF;
  most := least(most, 100000);
  found_ids := ARRAY(SELECT v.id FROM catalogue_variant v WHERE v.company_id = mine AND v.code = typed)
    || ARRAY(SELECT b.variant_id FROM catalogue_barcode b WHERE b.company_id = mine AND b.key = scanned)
    || ARRAY(
      SELECT v.id FROM catalogue_variant v
      WHERE v.company_id = mine AND v.maker_code <> '' AND v.maker_code = typed ORDER BY v.id LIMIT most);
  -- Names that begin with the words as they were typed come first, in their order.
  found_ids := found_ids || ARRAY(
    SELECT v.id FROM catalogue_variant v
    WHERE v.company_id = mine
      AND v.sort_key >= line COLLATE "C" AND v.sort_key < (line || chr(1114111)) COLLATE "C"
    ORDER BY v.sort_key, v.id LIMIT most);
  -- Then names that hold every word: the three longest by the index of trigrams, which knows none shorter than three.
  SELECT w INTO first_word FROM unnest(words) w ORDER BY length(w) DESC LIMIT 1;
  SELECT w INTO second_word FROM unnest(words) w ORDER BY length(w) DESC OFFSET 1 LIMIT 1;
  SELECT w INTO third_word FROM unnest(words) w ORDER BY length(w) DESC OFFSET 2 LIMIT 1;
  IF cardinality(found_ids) < most AND length(first_word) >= 3 THEN
    -- With LIMIT the planner hopes to meet enough rows by reading names in their order; the trigrams know better.
    PERFORM set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true);
    found_ids := found_ids || ARRAY(
      SELECT v.id FROM catalogue_variant v
      WHERE v.company_id = mine
        AND v.sort_key LIKE '%' || people_like(first_word) || '%'
        AND v.sort_key LIKE '%' || people_like(COALESCE(second_word, first_word)) || '%'
        AND v.sort_key LIKE '%' || people_like(COALESCE(third_word, first_word)) || '%'
        AND NOT EXISTS (SELECT 1 FROM unnest(words) w WHERE strpos(v.sort_key, w COLLATE "C") = 0)
      LIMIT most + cardinality(found_ids));
  END IF;
  RETURN QUERY
    SELECT f.id FROM unnest(found_ids) WITH ORDINALITY AS f (id, place)
    GROUP BY f.id ORDER BY min(f.place) LIMIT most;
END $$;
