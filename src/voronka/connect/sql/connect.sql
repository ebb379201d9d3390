-- A key of the API finds its company and its row: ids only. Revoked and expired keys are judged behind the wall.
CREATE OR REPLACE FUNCTION connect_company_of_key(key_hash text)
  RETURNS TABLE (company bigint, key bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT company_id, id FROM connect_apikey WHERE hash = key_hash
$$;

-- Companies with events that a webhook has not seen yet, or with deliveries that are due: ids only.
CREATE OR REPLACE FUNCTION connect_companies_with_deliveries(at timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT w.company_id FROM connect_webhook w WHERE w.state = 'active'
    AND EXISTS (SELECT 1 FROM kit_event e WHERE e.company_id = w.company_id AND e.seq > w.seq)
  UNION
  SELECT d.company_id FROM connect_webhookdelivery d JOIN connect_webhook w ON w.id = d.webhook_id
    WHERE d.state IN ('waiting', 'sending') AND d.next_at <= at AND w.state = 'active'
$$;

-- Companies with kept answers or settled deliveries older than these moments: ids only.
CREATE OR REPLACE FUNCTION connect_companies_with_old_rows(answers timestamptz, deliveries timestamptz)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT company_id FROM connect_keptanswer WHERE began_at < answers
  UNION
  SELECT company_id FROM connect_webhookdelivery WHERE made_at < deliveries
$$;
