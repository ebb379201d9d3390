-- What lines of goods are made of: kits taken apart to the last piece, services left out. What cannot be reckoned with
-- has a word in `trouble`: unknown, off_sale, empty_kit, fraction (of something that is only whole). Runs with the
-- caller's rights: the policies hold inside. Lines are `[{"line", "variant", "place", "quantity"}]`.
CREATE OR REPLACE FUNCTION catalogue_take_apart(lines jsonb, only_on_sale boolean)
  RETURNS TABLE (line bigint, variant_id bigint, place_id bigint, quantity numeric, trouble text)
  LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  one record;
BEGIN
  -- One look by the key for each line: the planner thinks of a hundred lines, and would read whole tables for them.
  FOR one IN SELECT l.line, l.variant, l.place, l.quantity, g.kind, g.is_on, g.is_whole
      FROM jsonb_to_recordset(lines) AS l (line bigint, variant bigint, place bigint, quantity numeric)
        LEFT JOIN LATERAL (
          SELECT p.kind, v.is_on_sale AND p.is_on_sale AS is_on,
            NOT p.is_weighed AND p.unit IN ('796', '778', '839', '715') AS is_whole
          FROM catalogue_variant v JOIN catalogue_product p ON p.company_id = mine AND p.id = v.product_id
          WHERE v.company_id = mine AND v.id = l.variant LIMIT 1) g ON true LOOP
    line := one.line;
    variant_id := one.variant;
    place_id := one.place;
    quantity := one.quantity;
    trouble := CASE WHEN one.kind IS NULL THEN 'unknown'
                    WHEN only_on_sale AND NOT one.is_on THEN 'off_sale'
                    WHEN one.kind <> 'service' AND one.is_whole AND one.quantity % 1 <> 0 THEN 'fraction'
                    ELSE '' END;
    IF trouble <> '' OR one.kind = 'goods' THEN
      RETURN NEXT;
    ELSIF one.kind = 'kit' THEN
      RETURN QUERY SELECT one.line, k.part_id, one.place, k.quantity,
          CASE WHEN k.is_whole AND k.quantity % 1 <> 0 THEN 'fraction' ELSE '' END
        FROM catalogue_kit_parts(one.variant, one.quantity) k;
      IF NOT FOUND THEN
        trouble := 'empty_kit';
        RETURN NEXT;
      END IF;
    END IF;
  END LOOP;
END $$;

-- The goods that so many of a kit are made of, kits within it taken apart.
CREATE OR REPLACE FUNCTION catalogue_kit_parts(kit bigint, many numeric)
  RETURNS TABLE (part_id bigint, quantity numeric, is_whole boolean) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE apart (variant_id, quantity, kind, is_whole, depth) AS (
    SELECT kit, many, 'kit'::varchar, false, 0
    UNION ALL
    SELECT k.part_id, a.quantity * k.quantity, p.kind, NOT p.is_weighed AND p.unit IN ('796', '778', '839', '715'),
      a.depth + 1
    FROM apart a
      JOIN catalogue_kitline k ON k.kit_id = a.variant_id
        AND k.company_id = NULLIF(current_setting('app.company_id', true), '')::bigint
      JOIN catalogue_variant v ON v.company_id = k.company_id AND v.id = k.part_id
      JOIN catalogue_product p ON p.company_id = k.company_id AND p.id = v.product_id
    WHERE a.kind = 'kit' AND a.depth < 6
  )
  SELECT a.variant_id, sum(a.quantity), bool_or(a.is_whole) FROM apart a WHERE a.kind = 'goods' GROUP BY a.variant_id
$$;
