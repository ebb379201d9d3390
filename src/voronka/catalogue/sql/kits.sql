-- What lines of goods are made of: kits taken apart to the last piece, services left out. What cannot be reckoned with
-- has a word in `trouble`: unknown, off_sale, empty_kit, fraction (of something that is only whole). Runs with the
-- caller's rights: the policies hold inside. Lines are `[{"line", "variant", "place", "quantity"}]`.
CREATE OR REPLACE FUNCTION catalogue_take_apart(lines jsonb, only_on_sale boolean)
  RETURNS TABLE (line bigint, variant_id bigint, place_id bigint, quantity numeric, trouble text)
  LANGUAGE plpgsql STABLE AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  RETURN QUERY
  WITH RECURSIVE apart (line, variant_id, place_id, quantity, kind, whole, is_on, depth) AS (
    SELECT l.line, l.variant, l.place, l.quantity, p.kind, NOT p.is_weighed AND p.unit IN ('796', '778', '839', '715'),
      v.is_on_sale AND p.is_on_sale, 0
    FROM jsonb_to_recordset(lines) AS l (line bigint, variant bigint, place bigint, quantity numeric)
      LEFT JOIN catalogue_variant v ON v.company_id = mine AND v.id = l.variant
      LEFT JOIN catalogue_product p ON p.company_id = mine AND p.id = v.product_id
    UNION ALL
    SELECT a.line, k.part_id, a.place_id, a.quantity * k.quantity, p.kind,
      NOT p.is_weighed AND p.unit IN ('796', '778', '839', '715'), true, a.depth + 1
    FROM apart a
      JOIN catalogue_kitline k ON k.company_id = mine AND k.kit_id = a.variant_id
      JOIN catalogue_variant v ON v.company_id = mine AND v.id = k.part_id
      JOIN catalogue_product p ON p.company_id = mine AND p.id = v.product_id
    WHERE a.kind = 'kit' AND a.depth < 6
  )
  SELECT a.line, a.variant_id, a.place_id, sum(a.quantity),
    CASE WHEN bool_or(a.kind IS NULL) THEN 'unknown'
         WHEN only_on_sale AND NOT bool_and(a.is_on) THEN 'off_sale'
         WHEN bool_or(a.kind = 'kit') THEN 'empty_kit'
         WHEN bool_or(a.whole) AND sum(a.quantity) % 1 <> 0 THEN 'fraction'
         ELSE '' END
  FROM apart a
  WHERE a.kind IS NULL OR a.kind = 'goods' OR (only_on_sale AND NOT a.is_on)
    OR (a.kind = 'kit' AND NOT EXISTS (
      SELECT 1 FROM catalogue_kitline k WHERE k.company_id = mine AND k.kit_id = a.variant_id))
  GROUP BY a.line, a.variant_id, a.place_id
  ORDER BY a.variant_id, a.place_id NULLS LAST, a.line;
END $$;
