-- The site that a page names: ids only.
CREATE OR REPLACE FUNCTION site_open(wanted text)
  RETURNS TABLE (company bigint, site bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT s.company_id, s.id FROM site_site s WHERE s.public_id = wanted
$$;

-- Companies that keep visits, showings or visitors longer than they want to: ids only.
CREATE OR REPLACE FUNCTION site_companies_with_old(moment timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT s.company_id FROM site_site s GROUP BY s.company_id
  HAVING EXISTS (SELECT 1 FROM site_visit v WHERE v.company_id = s.company_id
                 AND v.last_at < moment - min(s.keep_days) * interval '1 day')
  UNION
  SELECT s.company_id FROM site_site s
  WHERE EXISTS (SELECT 1 FROM site_visitor v WHERE v.company_id = s.company_id AND v.site_id = s.id
                AND v.unvisited_since < moment - s.keep_days * interval '1 day')
  UNION
  SELECT s.company_id FROM site_site s JOIN site_widget w ON w.company_id = s.company_id AND w.site_id = s.id
  WHERE EXISTS (SELECT 1 FROM site_showing o WHERE o.company_id = w.company_id AND o.widget_id = w.id
                AND o.offered_at < moment - s.keep_days * interval '1 day'
                AND (o.ends_at IS NULL OR o.ends_at < moment - s.keep_days * interval '1 day'))
$$;

-- Companies with visits to be looked at for what follows: ids only.
CREATE OR REPLACE FUNCTION site_companies_due(moment timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT DISTINCT v.company_id FROM site_visit v WHERE v.judge_at <= moment
$$;

-- Writes what visitors of one company did. `came` are visitors, each once: site, key (v), public id (p), is it a
-- machine (m), first and last moment (f, l), what the first page said (h). `events`: which of `came` (b), key (k),
-- kind (n), moment (a), the rest (d), for a client's link when we were told of it (r). Returns how many were new.
-- Visitors are locked in one order, so that two writers neither wait for each other in a ring nor begin two visits of one
-- visitor at once. What is known by its key is dropped, and the visit counts only what was not.
CREATE OR REPLACE FUNCTION site_collect(owner bigint, came json, events json)
  RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  visitors bigint[];
  visits bigint[];
  written bigint := 0;
  one record;
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

  UPDATE site_visitor SET unvisited_since = NULL
  WHERE company_id = owner AND id = ANY (visitors) AND unvisited_since IS NOT NULL;

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

  -- The link of a client by which a stranger came: the first one counts as long as the company says. It counts from the
  -- moment at which we were told (r), never from one that a page names: orders since then earn, so it could name any.
  -- What is sent again counts no more: the browser may have gone to another person since, who came by no link.
  IF strpos(events::text, '"ref":') > 0 THEN
    UPDATE site_visitor k SET referral_code = r.code, referral_at = r.at
    FROM (
      SELECT DISTINCT ON (visitors[e.b]) visitors[e.b] AS id, e.d->>'ref' AS code,
        to_timestamp(COALESCE(e.r, e.a)) AS at
      FROM json_to_recordset(events) AS e (b int, k uuid, n text, a float8, r float8, d jsonb)
      WHERE e.n = 'page' AND loyalty_touch_days(owner, e.d->>'ref') IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM site_visitevent x WHERE x.company_id = owner AND x.key = e.k)
      ORDER BY visitors[e.b], e.a) r
    WHERE k.company_id = owner AND k.id = r.id AND k.client_id IS NULL
      AND (k.referral_at IS NULL OR k.referral_at < r.at - loyalty_touch_days(owner, r.code) * interval '1 day');
  END IF;

  -- Visit by visit, each by its key: of a join of all of them the planner, who knows nothing of a young table, makes a
  -- walk through the company's visits for each of them.
  FOR one IN
    WITH put AS (
      INSERT INTO site_visitevent (company_id, visit_id, key, kind, at, about)
      SELECT owner, visits[e.b], e.k, e.n, to_timestamp(e.a), e.d
      FROM json_to_recordset(events) AS e (b int, k uuid, n text, a float8, d jsonb)
      ON CONFLICT (company_id, key) DO NOTHING
      RETURNING visit_id, kind, at, about
    )
    SELECT visit_id, count(*) AS many, count(*) FILTER (WHERE kind = 'page') AS pages, max(at) AS last_at,
           (array_agg(about ORDER BY at DESC) FILTER (WHERE kind = 'page'))[1] AS page,
           (array_agg(about ORDER BY at DESC) FILTER (WHERE kind = 'product'))[1] AS product,
           (array_agg(about ORDER BY at DESC) FILTER (WHERE kind = 'basket'))[1] AS basket,
           max(at) FILTER (WHERE kind = 'page') AS page_at, max(at) FILTER (WHERE kind = 'product') AS product_at,
           max(at) FILTER (WHERE kind = 'basket') AS basket_at,
           max(at) FILTER (WHERE kind = 'purchase') AS bought_at,
           bool_or(kind IN ('identify', 'form')) AS names, bool_or(kind IN ('page', 'product')) AS looks
    FROM put GROUP BY visit_id
  LOOP
    written := written + one.many;
    UPDATE site_visit v SET
      last_at = greatest(v.last_at, one.last_at), pages = v.pages + one.pages, events = v.events + one.many,
      -- What comes late, for the browser had no network, is not what the visitor did last.
      page = CASE WHEN one.page IS NULL OR one.page_at < v.last_at AND EXISTS (
                    SELECT 1 FROM site_visitevent e WHERE e.company_id = owner AND e.visit_id = v.id
                      AND e.kind = 'page' AND e.at > one.page_at) THEN v.page ELSE one.page END,
      product = CASE WHEN one.product IS NULL OR one.product_at < v.last_at AND EXISTS (
                       SELECT 1 FROM site_visitevent e WHERE e.company_id = owner AND e.visit_id = v.id
                         AND e.kind = 'product' AND e.at > one.product_at) THEN v.product ELSE one.product END,
      basket = CASE WHEN one.basket IS NULL OR one.basket_at < v.basket_at THEN v.basket ELSE one.basket END,
      basket_at = greatest(v.basket_at, one.basket_at), bought_at = greatest(v.bought_at, one.bought_at),
      -- Visits of machines lead to nothing, those of people without a name only when they buy: a test may ask for it.
      judge_at = CASE WHEN EXISTS (
                        SELECT 1 FROM site_visitor p WHERE p.company_id = owner AND p.id = v.visitor_id AND NOT p.is_bot
                          AND (one.names OR one.bought_at IS NOT NULL
                               OR (one.looks OR one.basket_at IS NOT NULL) AND p.client_id IS NOT NULL))
                      THEN least(v.judge_at, one.last_at) ELSE v.judge_at END
    WHERE v.company_id = owner AND v.id = one.visit_id;
  END LOOP;
  RETURN written;
END
$$;
