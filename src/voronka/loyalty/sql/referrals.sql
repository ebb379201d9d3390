-- Whose a referral link is: ids only.
CREATE OR REPLACE FUNCTION loyalty_link_of(wanted text)
  RETURNS TABLE (company bigint) LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
  SELECT l.company_id FROM loyalty_referrallink l WHERE l.public_id = wanted
$$;

-- For how many days whoever comes by a link is remembered; null for a code that is none of the company's, or while the
-- programme is off.
CREATE OR REPLACE FUNCTION loyalty_touch_days(owner bigint, code text)
  RETURNS integer LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT t.touch_days FROM loyalty_referralterms t
  WHERE t.company_id = owner AND t.is_on AND code <> '' AND EXISTS (
    SELECT 1 FROM loyalty_referrallink l WHERE l.company_id = owner AND l.public_id = code)
$$;
