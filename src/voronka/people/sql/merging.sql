-- Consents are append-only for the application. Cards made one must take their consents along, and give them back when
-- they are parted: so functions that pass policies do it, and only between a card that has been joined and the one it
-- was joined to. What a consent says, when and where it was given, cannot be changed by this.
CREATE OR REPLACE FUNCTION people_move_consents(cards bigint[], survivor bigint)
  RETURNS TABLE (id bigint, was bigint) LANGUAGE sql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH held AS (
    SELECT c.id, c.client_id FROM people_consent c
    JOIN people_mergedcard m ON m.company_id = c.company_id AND m.old_id = c.client_id
    WHERE c.company_id = NULLIF(current_setting('app.company_id', true), '')::bigint
      AND c.client_id = ANY (cards) AND m.survivor_id = survivor
  )
  UPDATE people_consent c SET client_id = survivor FROM held h WHERE c.id = h.id
  RETURNING c.id, h.client_id
$$;

CREATE OR REPLACE FUNCTION people_return_consents(consents bigint[], cards bigint[], survivor bigint)
  RETURNS integer LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
  returned integer;
BEGIN
  UPDATE people_consent c SET client_id = b.card
  FROM unnest(consents, cards) AS b (consent, card)
  JOIN people_mergedcard m ON m.company_id = mine AND m.old_id = b.card
  WHERE c.company_id = mine AND c.id = b.consent AND c.client_id = people_return_consents.survivor
    AND m.survivor_id = people_return_consents.survivor;
  GET DIAGNOSTICS returned = ROW_COUNT;
  RETURN returned;
END $$;
