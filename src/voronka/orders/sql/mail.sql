-- Companies with a mailbox of orders whose time has come: ids only.
CREATE OR REPLACE FUNCTION orders_companies_with_mail_due(moment timestamptz)
  RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT s.company_id FROM orders_mailboxstate s
    JOIN orders_ordermailbox b ON b.company_id = s.company_id AND b.id = s.mailbox_id AND b.is_on
  WHERE s.next_at <= moment
$$;
