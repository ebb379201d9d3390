-- Search of papers by their words: ids of one company, the newest first. It passes the policies, because LIKE is not
-- leakproof and under row-level security no index would serve it; the company condition is therefore inside.
-- `asked` are in capitals. Who may see which of the found papers is asked by the caller.
CREATE OR REPLACE FUNCTION billing_search(asked text[], most integer)
  RETURNS SETOF bigint LANGUAGE plpgsql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  first_word text;
  second_word text;
BEGIN
  IF mine IS NULL OR most <= 0 OR cardinality(asked) = 0 THEN
    RETURN;
  END IF;
  SELECT w INTO first_word FROM unnest(asked) w ORDER BY length(w) DESC LIMIT 1;
  SELECT w INTO second_word FROM unnest(asked) w ORDER BY length(w) DESC OFFSET 1 LIMIT 1;
  RETURN QUERY
    SELECT d.id FROM billing_document d
    WHERE d.company_id = mine
      AND upper(d.words) LIKE '%' || people_like(first_word) || '%'
      AND upper(d.words) LIKE '%' || people_like(COALESCE(second_word, first_word)) || '%'
      AND NOT EXISTS (SELECT 1 FROM unnest(asked) w WHERE strpos(upper(d.words), w) = 0)
    ORDER BY d.day DESC, d.id DESC LIMIT least(most, 10000);
END $$;
