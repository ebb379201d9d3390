-- While a deal has lines, its sum is what they come to and its count how many there are: looked at when the transaction
-- ends, whoever wrote. Runs with the caller's rights: a deal behind the wall is not looked at.
CREATE OR REPLACE FUNCTION deals_check_goods() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  mine bigint; deal bigint; kept record; held record;
BEGIN
  IF TG_TABLE_NAME = 'deals_deal' THEN
    mine := NEW.company_id; deal := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN
    mine := OLD.company_id; deal := OLD.deal_id;
  ELSE
    mine := NEW.company_id; deal := NEW.deal_id;
  END IF;
  SELECT d.sum AS total, d.goods_count AS n INTO kept FROM deals_deal d WHERE d.company_id = mine AND d.id = deal;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT count(*) AS n, sum(l.total) AS total INTO held FROM deals_dealline l
    WHERE l.company_id = mine AND l.deal_id = deal;
  IF kept.n <> held.n OR (held.n > 0 AND kept.total IS DISTINCT FROM held.total) THEN
    RAISE EXCEPTION 'deal % says % in % lines, its lines come to % in %', deal, kept.total, kept.n, held.total, held.n
      USING ERRCODE = 'check_violation', CONSTRAINT = 'deals_goods_are_the_sum';
  END IF;
  RETURN NULL;
END $$;

DO $$
BEGIN
  IF to_regclass('deals_dealline') IS NOT NULL AND NOT EXISTS (
      SELECT FROM pg_trigger WHERE tgname = 'deals_goods_are_the_sum' AND tgrelid = 'deals_dealline'::regclass) THEN
    CREATE CONSTRAINT TRIGGER deals_goods_are_the_sum AFTER INSERT OR UPDATE OR DELETE ON deals_dealline
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION deals_check_goods();
    -- Every press writes its deal; only one with goods, or that had some, is looked at.
    CREATE CONSTRAINT TRIGGER deals_goods_are_the_sum AFTER UPDATE OF sum, goods_count ON deals_deal
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.goods_count > 0 OR OLD.goods_count > 0)
      EXECUTE FUNCTION deals_check_goods();
  END IF;
END $$;
