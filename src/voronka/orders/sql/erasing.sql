-- Blanks why orders passed to their statuses, where their clients lie in the bin to be erased: the words are often the
-- clients' own, and nobody may change a passage otherwise. Of the current company only.
CREATE OR REPLACE FUNCTION orders_forget_causes(client_ids bigint[]) RETURNS void LANGUAGE sql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE orders_passage p SET cause = ''
    FROM orders_order o
      JOIN people_client c ON c.company_id = o.company_id AND c.id = o.client_id AND c.binned_at IS NOT NULL
    WHERE o.company_id = NULLIF(current_setting('app.company_id', true), '')::bigint AND o.client_id = ANY (client_ids)
      AND p.company_id = o.company_id AND p.order_id = o.id AND p.cause <> ''
$$;
