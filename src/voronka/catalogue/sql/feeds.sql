-- The secret address of a feed finds its company and its row: ids only. Whether it is on is judged behind the wall.
CREATE OR REPLACE FUNCTION catalogue_company_of_feed(secret_hash text)
  RETURNS TABLE (company bigint, feed bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT company_id, feed_id FROM catalogue_feedstate WHERE hash = secret_hash
$$;

-- A picture that a feed names finds its company: id only, and only while the thing is on sale and some feed is on.
CREATE OR REPLACE FUNCTION catalogue_company_of_picture(picture text)
  RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT i.company_id FROM catalogue_picture i
    JOIN catalogue_product p ON p.company_id = i.company_id AND p.id = i.product_id AND p.is_on_sale
  WHERE i.public_id = picture
    AND EXISTS (SELECT 1 FROM catalogue_feed f WHERE f.company_id = i.company_id AND f.is_on)
$$;

-- Companies with a feed that has something to look at: ids only.
CREATE OR REPLACE FUNCTION catalogue_companies_with_feeds_due(moment timestamptz)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.company_id FROM catalogue_feedtouch t
  UNION
  SELECT s.company_id FROM catalogue_feedstate s
    JOIN catalogue_feed f ON f.company_id = s.company_id AND f.id = s.feed_id AND f.is_on
  WHERE s.is_stale OR s.building_at IS NOT NULL OR s.next_at <= moment
$$;

-- Notes the variants of products, variants themselves, and the kits that hold them, to be looked at again for the feeds;
-- nothing where no feed is on. Runs with the caller's rights: the policies hold inside.
CREATE OR REPLACE FUNCTION catalogue_touch(products bigint[], variants bigint[])
  RETURNS void LANGUAGE sql AS $$
  WITH RECURSIVE mine AS (
    SELECT NULLIF(current_setting('app.company_id', true), '')::bigint AS id
  ), named (id) AS (
    SELECT v.id FROM catalogue_variant v JOIN mine ON v.company_id = mine.id WHERE v.product_id = ANY (products)
    UNION SELECT unnest(variants)
    UNION
    SELECT o.variant_id FROM catalogue_feedoffer o JOIN mine ON o.company_id = mine.id
      WHERE o.product_id = ANY (products)
  ), all_of (id, depth) AS (
    SELECT id, 0 FROM named
    UNION
    SELECT k.kit_id, a.depth + 1 FROM all_of a JOIN catalogue_kitline k ON k.part_id = a.id
      JOIN mine ON k.company_id = mine.id WHERE a.depth < 6
  )
  INSERT INTO catalogue_feedtouch (company_id, variant_id)
  SELECT DISTINCT mine.id, a.id FROM all_of a, mine
  WHERE EXISTS (SELECT 1 FROM catalogue_feed f WHERE f.company_id = mine.id AND f.is_on)
$$;

-- Companies with a source of price lists whose hour has come: ids only.
CREATE OR REPLACE FUNCTION catalogue_companies_with_sources_due(moment timestamptz)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT s.company_id FROM catalogue_sourcestate s
    JOIN catalogue_pricesource p ON p.company_id = s.company_id AND p.id = s.source_id AND p.is_on
  WHERE s.next_at <= moment
$$;
