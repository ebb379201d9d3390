-- Sign-in learns where a person works: ids only.
CREATE OR REPLACE FUNCTION accounts_places_of_user(person bigint)
  RETURNS TABLE (company bigint, employee bigint) LANGUAGE sql STABLE
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT company_id, id FROM accounts_employee
  WHERE user_id = person AND is_active AND joined_at IS NOT NULL ORDER BY id
$$;

-- The public address of a company's form finds its company: id only.
CREATE OR REPLACE FUNCTION accounts_company_of_form(key text)
  RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id FROM accounts_company WHERE form_key = key
$$;

-- Whether the installation is still empty: the page of the first company is open only then.
CREATE OR REPLACE FUNCTION accounts_any_company()
  RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM accounts_company)
$$;
