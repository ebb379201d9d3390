-- The site that a page names: ids only.
CREATE OR REPLACE FUNCTION site_open(wanted text)
  RETURNS TABLE (company bigint, site bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT s.company_id, s.id FROM site_site s WHERE s.public_id = wanted
$$;

-- Companies that keep visits longer than they want to: ids only.
CREATE OR REPLACE FUNCTION site_companies_with_old(moment timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT s.company_id FROM site_site s GROUP BY s.company_id
  HAVING EXISTS (SELECT 1 FROM site_visit v WHERE v.company_id = s.company_id
                 AND v.last_at < moment - min(s.keep_days) * interval '1 day')
$$;

-- Companies with visits to be looked at for what follows: ids only.
CREATE OR REPLACE FUNCTION site_companies_due(moment timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT DISTINCT v.company_id FROM site_visit v WHERE v.judge_at <= moment
$$;

-- Writes what visitors of one company did. `came` are visitors, each once: site, key (v), public id (p), is it a
-- machine (m), first and last moment (f, l), what the first page said (h). `events`: which of `came` (b), key (k),
-- kind (n), moment (a), the rest (d). Returns how many were new. Visitors are locked in one order, so that two writers
-- neither wait for each other in a ring nor begin two visits of one visitor at once. What is known by its key is
-- dropped, and the visit counts only what was not.
CREATE OR REPLACE FUNCTION site_collect(owner bigint, came json, events json)
  RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  visitors bigint[];
  visits bigint[];
  written bigint;
BEGIN
  INSERT INTO site_visitor (company_id, public_id, site_id, key, first_at, is_bot, is_proven, identity)
  SELECT owner, c.p, c.s, c.v, to_timestamp(c.f), c.m, false, ''
  FROM json_to_recordset(came) AS c (s bigint, v uuid, p text, m boolean, f float8)
  WHERE NOT EXISTS (SELECT 1 FROM site_visitor k WHERE k.company_id = owner AND k.site_id = c.s AND k.key = c.v)
  ORDER BY c.s, c.v
  ON CONFLICT (company_id, site_id, key) DO NOTHING;

  -- In two steps: an order by which rows are locked must not be the planner's guess.
  PERFORM 1 FROM site_visitor k
  WHERE k.company_id = owner AND (k.site_id, k.key) IN (
    SELECT c.s, c.v FROM json_to_recordset(came) AS c (s bigint, v uuid))
  ORDER BY k.id FOR NO KEY UPDATE;

  SELECT array_agg(k.id ORDER BY c.nr) INTO visitors
  FROM ROWS FROM (json_to_recordset(came) AS (s bigint, v uuid)) WITH ORDINALITY AS c (s, v, nr)
  JOIN site_visitor k ON k.company_id = owner AND k.site_id = c.s AND k.key = c.v;

  INSERT INTO site_visit (company_id, visitor_id, number, begun_at, last_at, pages, events, head)
  SELECT owner, visitors[c.nr],
         (SELECT count(*) + 1 FROM site_visit e WHERE e.company_id = owner AND e.visitor_id = visitors[c.nr]),
         to_timestamp(c.f), to_timestamp(c.f), 0, 0, c.h
  FROM ROWS FROM (json_to_recordset(came) AS (f float8, l float8, h jsonb)) WITH ORDINALITY AS c (f, l, h, nr)
  LEFT JOIN LATERAL (
    SELECT o.last_at FROM site_visit o
    WHERE o.company_id = owner AND o.visitor_id = visitors[c.nr]
      AND o.begun_at <= to_timestamp(c.l) + interval '30 minutes'
    ORDER BY o.begun_at DESC LIMIT 1) o ON true
  WHERE o.last_at IS NULL OR to_timestamp(c.f) > o.last_at + interval '30 minutes';

  SELECT array_agg((
    SELECT o.id FROM site_visit o
    WHERE o.company_id = owner AND o.visitor_id = visitors[c.nr]
      AND o.begun_at <= to_timestamp(c.l) + interval '30 minutes'
    ORDER BY o.begun_at DESC LIMIT 1) ORDER BY c.nr) INTO visits
  FROM ROWS FROM (json_to_recordset(came) AS (l float8)) WITH ORDINALITY AS c (l, nr);

  WITH put AS (
    INSERT INTO site_visitevent (company_id, visit_id, key, kind, at, about)
    SELECT owner, visits[e.b], e.k, e.n, to_timestamp(e.a), e.d
    FROM json_to_recordset(events) AS e (b int, k uuid, n text, a float8, d jsonb)
    ON CONFLICT (company_id, key) DO NOTHING
    RETURNING visit_id, kind, at, about
  ), summed AS (
    SELECT visit_id, count(*) AS many, count(*) FILTER (WHERE kind = 'page') AS pages, max(at) AS last_at,
           (array_agg(about ORDER BY at DESC) FILTER (WHERE kind = 'page'))[1] AS page,
           (array_agg(about ORDER BY at DESC) FILTER (WHERE kind = 'product'))[1] AS product,
           (array_agg(about ORDER BY at DESC) FILTER (WHERE kind = 'basket'))[1] AS basket,
           max(at) FILTER (WHERE kind = 'page') AS page_at, max(at) FILTER (WHERE kind = 'product') AS product_at,
           max(at) FILTER (WHERE kind = 'basket') AS basket_at,
           max(at) FILTER (WHERE kind = 'purchase') AS bought_at,
           bool_or(kind IN ('identify', 'form')) AS names, bool_or(kind IN ('page', 'product')) AS looks
    FROM put GROUP BY visit_id
  ), kept AS (
    UPDATE site_visit v SET
      last_at = greatest(v.last_at, s.last_at), pages = v.pages + s.pages, events = v.events + s.many,
      -- What comes late, for the browser had no network, is not what the visitor did last.
      page = CASE WHEN s.page IS NULL OR s.page_at < v.last_at AND EXISTS (
                    SELECT 1 FROM site_visitevent e WHERE e.company_id = owner AND e.visit_id = v.id
                      AND e.kind = 'page' AND e.at > s.page_at) THEN v.page ELSE s.page END,
      product = CASE WHEN s.product IS NULL OR s.product_at < v.last_at AND EXISTS (
                       SELECT 1 FROM site_visitevent e WHERE e.company_id = owner AND e.visit_id = v.id
                         AND e.kind = 'product' AND e.at > s.product_at) THEN v.product ELSE s.product END,
      basket = CASE WHEN s.basket IS NULL OR s.basket_at < v.basket_at THEN v.basket ELSE s.basket END,
      basket_at = greatest(v.basket_at, s.basket_at), bought_at = greatest(v.bought_at, s.bought_at),
      -- Visits of machines and of people without a name lead to nothing.
      judge_at = CASE WHEN NOT p.is_bot AND (s.names OR (s.looks OR s.basket_at IS NOT NULL) AND p.client_id IS NOT NULL)
                      THEN least(v.judge_at, s.last_at) ELSE v.judge_at END
    FROM summed s, site_visitor p
    WHERE v.company_id = owner AND v.id = s.visit_id AND p.company_id = owner AND p.id = v.visitor_id
    RETURNING s.many
  )
  SELECT COALESCE(sum(many), 0) INTO written FROM kept;
  RETURN written;
END
$$;
