-- Keeps the sums of arms as the exposures say, in the statement that changes these. Runs with the caller's rights.
CREATE OR REPLACE FUNCTION trials_keep_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO trials_tally AS k (company_id, trial_id, arm, part, shown, buyers, orders, money, returned, squares)
      SELECT company_id, trial_id, arm, id % 8, count(*), count(*) FILTER (WHERE buys > 0), sum(buys), sum(money),
             sum(returned), sum(money * money)
      FROM added GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
      ON CONFLICT (company_id, trial_id, arm, part) DO UPDATE SET shown = k.shown + EXCLUDED.shown,
        buyers = k.buyers + EXCLUDED.buyers, orders = k.orders + EXCLUDED.orders, money = k.money + EXCLUDED.money,
        returned = k.returned + EXCLUDED.returned, squares = k.squares + EXCLUDED.squares;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO trials_tally AS k (company_id, trial_id, arm, part, shown, buyers, orders, money, returned, squares)
      SELECT company_id, trial_id, arm, id % 8, sum(n), COALESCE(sum(n) FILTER (WHERE buys > 0), 0), sum(n * buys),
             sum(n * money), sum(n * returned), sum(n * money * money)
      FROM (SELECT 1 AS n, * FROM added UNION ALL SELECT -1, * FROM gone) x
      GROUP BY 1, 2, 3, 4
      HAVING sum(n) <> 0 OR sum(n * buys) <> 0 OR sum(n * money) <> 0 OR sum(n * returned) <> 0
        OR sum(n * money * money) <> 0 OR COALESCE(sum(n) FILTER (WHERE buys > 0), 0) <> 0
      ORDER BY 1, 2, 3, 4
      ON CONFLICT (company_id, trial_id, arm, part) DO UPDATE SET shown = k.shown + EXCLUDED.shown,
        buyers = k.buyers + EXCLUDED.buyers, orders = k.orders + EXCLUDED.orders, money = k.money + EXCLUDED.money,
        returned = k.returned + EXCLUDED.returned, squares = k.squares + EXCLUDED.squares;
  ELSE
    UPDATE trials_tally k SET shown = k.shown - x.shown, buyers = k.buyers - x.buyers, orders = k.orders - x.orders,
      money = k.money - x.money, returned = k.returned - x.returned, squares = k.squares - x.squares
      FROM (SELECT company_id, trial_id, arm, id % 8 AS part, count(*) AS shown,
              count(*) FILTER (WHERE buys > 0) AS buyers, sum(buys) AS orders, sum(money) AS money,
              sum(returned) AS returned, sum(money * money) AS squares
            FROM gone GROUP BY 1, 2, 3, 4) x
      WHERE k.company_id = x.company_id AND k.trial_id = x.trial_id AND k.arm = x.arm AND k.part = x.part;
  END IF;
  RETURN NULL;
END $$;

DO $$ BEGIN
  IF to_regclass('trials_exposure') IS NOT NULL THEN
    CREATE OR REPLACE TRIGGER trials_tally_added AFTER INSERT ON trials_exposure
      REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION trials_keep_tally();
    CREATE OR REPLACE TRIGGER trials_tally_changed AFTER UPDATE ON trials_exposure
      REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION trials_keep_tally();
    CREATE OR REPLACE TRIGGER trials_tally_gone AFTER DELETE ON trials_exposure
      REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION trials_keep_tally();
  END IF;
END $$;

-- Credits the gains named, and all gains of those newly shown, to the first exposure of their maker in each test, and
-- reckons what the exposures are worth by now. Of the current company only; the policies hold inside.
CREATE OR REPLACE FUNCTION trials_credit_gains(gains bigint[], exposures bigint[]) RETURNS void
  LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  mine bigint := NULLIF(current_setting('app.company_id', true), '')::bigint;
BEGIN
  INSERT INTO trials_credit (company_id, trial_id, gain_id, exposure_id)
    SELECT DISTINCT ON (m.trial_id, m.gain_id) mine, m.trial_id, m.gain_id, m.exposure_id FROM (
      SELECT e.trial_id, g.id AS gain_id, e.id AS exposure_id, e.at AS shown_at, g.at, g.currency
        FROM trials_gain g JOIN trials_exposure e ON e.company_id = mine AND e.client_id = g.client_id
        WHERE g.company_id = mine AND g.id = ANY (gains)
      UNION
      SELECT e.trial_id, g.id, e.id, e.at, g.at, g.currency
        FROM trials_gain g JOIN trials_exposure e ON e.company_id = mine AND e.unit = g.unit AND g.unit <> ''
        WHERE g.company_id = mine AND g.id = ANY (gains)
      UNION
      SELECT e.trial_id, g.id, e.id, e.at, g.at, g.currency
        FROM trials_gain g JOIN trials_exposure e ON e.company_id = mine AND e.client_id = g.client_id
        WHERE g.company_id = mine AND e.id = ANY (exposures)
      UNION
      SELECT e.trial_id, g.id, e.id, e.at, g.at, g.currency
        FROM trials_gain g JOIN trials_exposure e ON e.company_id = mine AND e.unit = g.unit AND g.unit <> ''
        WHERE g.company_id = mine AND e.id = ANY (exposures)) m
    JOIN trials_trial t ON t.company_id = mine AND t.id = m.trial_id AND t.currency = m.currency
    WHERE m.at >= m.shown_at AND m.at < m.shown_at + make_interval(days => t.window_days)
    ORDER BY m.trial_id, m.gain_id, m.shown_at, m.exposure_id
    ON CONFLICT (company_id, gain_id, trial_id) DO NOTHING;
  WITH worth AS (
    SELECT c.exposure_id, count(*) FILTER (WHERE g.money > 0) AS buys, sum(g.money) AS money,
           sum(GREATEST(g.first - g.money, 0)) AS returned
      FROM trials_credit c JOIN trials_gain g ON g.company_id = mine AND g.id = c.gain_id
      WHERE c.company_id = mine AND c.exposure_id IN (
        SELECT exposure_id FROM trials_credit WHERE company_id = mine AND gain_id = ANY (gains)
        UNION SELECT unnest(exposures))
      GROUP BY c.exposure_id),
  held AS (SELECT e.id FROM trials_exposure e JOIN worth w ON w.exposure_id = e.id
           WHERE e.company_id = mine ORDER BY e.id FOR UPDATE OF e)
  UPDATE trials_exposure e SET buys = w.buys, money = w.money, returned = w.returned
    FROM worth w, held h
    WHERE e.company_id = mine AND e.id = w.exposure_id AND h.id = e.id
      AND (e.buys, e.money, e.returned) IS DISTINCT FROM (w.buys, w.money, w.returned);
END $$;

-- Companies in which a test runs.
CREATE OR REPLACE FUNCTION trials_companies_running()
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT company_id FROM trials_trial WHERE state = 'running'
$$;
