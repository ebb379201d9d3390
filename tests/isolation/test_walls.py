"""Both walls of tenancy: the catalogue has no hole, a made hole is seen, and one connection never remembers."""

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.db.utils import IntegrityError

from voronka.accounts.models import Company, Employee, Role, Team
from voronka.accounts.testing import make_company
from voronka.kit.models import Change
from voronka.kit.tenancy import NoCompany, company_context, walls
from voronka.kit.tenancy.models import CompanyModel

TWO_BASES = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


@TWO_BASES
def test_the_catalogue_has_no_exception():
    assert walls.exceptions(connections["owner"]) == []


HOLES = {
    "a table without a policy": (
        "CREATE TABLE hole (id bigint PRIMARY KEY, company_id bigint)",
        "table hole has no policy",
    ),
    "a table with its policy switched off": (
        "ALTER TABLE accounts_team DISABLE ROW LEVEL SECURITY",
        "table accounts_team has no policy",
    ),
    "a policy that lets everybody through": (
        "CREATE POLICY everybody ON accounts_team TO voronka_app USING (true)",
        "policy everybody of accounts_team",
    ),
    "a policy for reading alone that is too wide": (
        "ALTER POLICY company_wall ON accounts_team USING (company_id > 0)",
        "policy company_wall of accounts_team",
    ),
    "a view that reads as its owner": (
        "CREATE VIEW hole AS SELECT * FROM accounts_team; GRANT SELECT ON hole TO voronka_app",
        "view hole is not security_invoker",
    ),
    "a granted materialised view": (
        "CREATE MATERIALIZED VIEW hole AS SELECT * FROM accounts_team; GRANT SELECT ON hole TO voronka_app",
        "materialised view hole is granted",
    ),
    "a granted partition": (
        "CREATE TABLE whole (id bigint, company_id bigint) PARTITION BY RANGE (id);"
        " CREATE TABLE hole PARTITION OF whole FOR VALUES FROM (0) TO (9); GRANT SELECT ON hole TO voronka_app",
        "partition hole is granted",
    ),
    "an unlisted function that passes policies": (
        "CREATE FUNCTION hole() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT 1'",
        "function hole passes the policies and is not listed",
    ),
    "a listed function with an open search path": (
        "ALTER FUNCTION accounts_any_company() RESET search_path",
        "function accounts_any_company passes the policies with an open search_path",
    ),
    "a listed function that finds temporary tables first": (
        "ALTER FUNCTION accounts_any_company() SET search_path = public",
        "function accounts_any_company passes the policies with an open search_path",
    ),
    "a trigger function that the application may hang on tables of its own": (
        "GRANT EXECUTE ON FUNCTION kit_keep_history() TO voronka_app",
        "voronka_app may make triggers of function kit_keep_history",
    ),
    "a unique key without the company": (
        "CREATE UNIQUE INDEX hole ON accounts_team (name)",
        "unique key hole of accounts_team",
    ),
    "a foreign key that may cross": (
        "ALTER TABLE accounts_employee ADD CONSTRAINT hole FOREIGN KEY (team_id) REFERENCES accounts_team (id)",
        "foreign key hole of accounts_employee",
    ),
    "a table that the application owns": (
        "ALTER TABLE accounts_team OWNER TO voronka_app",
        "voronka_app owns accounts_team",
    ),
    "an application that passes policies": (
        "GRANT voronka_pass TO voronka_app",
        "voronka_app is a member of voronka_pass",
    ),
}


@TWO_BASES
@pytest.mark.parametrize("hole", HOLES, ids=list(HOLES))
def test_a_made_hole_is_reported(hole):
    statements, told = HOLES[hole]
    owner = connections["owner"]
    with transaction.atomic(using="owner"):
        with owner.cursor() as cursor:
            cursor.execute(statements)
        assert any(told in sentence for sentence in walls.exceptions(owner)), walls.exceptions(owner)
        transaction.set_rollback(True, using="owner")


@TWO_BASES
def test_no_row_stands_without_a_company():
    """Where a composite key says so already, no second key is paid for; everywhere else it is there."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'accounts_company'::regclass"
        )
        keyed = {row[0] for row in cursor.fetchall()}
    models = [model for model in walls.company_tables().values() if issubclass(model, CompanyModel)]
    assert {one._meta.db_table for one in models if not walls.names_its_company(one)} <= keyed
    implied = {one._meta.db_table for one in models if walls.names_its_company(one)}
    assert {"people_contactpoint", "people_importrow", "deals_press"} <= implied
    assert not implied & keyed


@TWO_BASES
def test_a_row_of_no_company_is_refused_by_the_key_to_its_neighbour():
    cast = make_company()
    with pytest.raises(IntegrityError, match="people_note_client_id_company"), transaction.atomic(using="owner"):
        cursor = connections["owner"].cursor()
        cursor.execute("SELECT count(*) FROM accounts_company WHERE id = %s", [cast.company_id + 1000])
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "WITH client AS (INSERT INTO people_client (company_id, public_id, kind, name, name_key, last_name,"
            " first_name, middle_name, gender, city, address, position, zone, zone_source, zone_sure, is_vip, comment,"
            " inn, kpp, ogrn, bik, account, fields, external_id, first_source, version, made_at) VALUES"
            " (%s, 'whose', 'person', '', '', '', '', '', '', '', '', '', 'UTC', '', false, false, '', '', '', '', '',"
            " '', '{}', '', '', 1, now()) RETURNING id)"
            " INSERT INTO people_note (company_id, client_id, text, at) SELECT %s, id, '', now() FROM client",
            [cast.company_id, cast.company_id + 1000],
        )


@TWO_BASES
def test_every_table_of_a_company_is_shut_without_one():
    """The second of two transactions on one connection names no company: no row of any table, and no error."""
    cast = make_company()
    tables = walls.company_tables()
    with company_context(cast.company_id), transaction.atomic(), connection.cursor() as cursor:
        process = _process(cursor)
        cursor.execute("SELECT count(*) FROM accounts_employee")
        assert cursor.fetchone() == (2,)
    with transaction.atomic(), connection.cursor() as cursor:
        assert _process(cursor) == process
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            assert cursor.fetchone() == (0,), table
    with connection.cursor() as cursor:  # nor outside a transaction
        cursor.execute("SELECT count(*) FROM accounts_employee")
        assert cursor.fetchone() == (0,)


def _process(cursor):
    cursor.execute("SELECT pg_backend_pid()")
    return cursor.fetchone()


class TestFirstWall:
    pytestmark = pytest.mark.django_db

    def test_without_a_company_the_managers_refuse(self):
        with pytest.raises(NoCompany):
            Employee.objects.count()

    def test_the_context_ends_with_its_block_inside_a_transaction(self):
        cast = make_company()
        with company_context(cast.company_id):
            assert Company.objects.get().pk == cast.company_id
            with company_context(cast.other_company_id):
                assert Company.objects.get().pk == cast.other_company_id
            assert Company.objects.get().pk == cast.company_id
        assert not Company.objects.exists()

    def test_a_refused_statement_does_not_leave_the_context_behind(self):
        cast = make_company()
        with pytest.raises(IntegrityError), company_context(cast.company_id), transaction.atomic():
            Team.objects.create(name="one")
            Team.objects.create(name="one")
        with company_context(cast.other_company_id):
            assert Company.objects.get().pk == cast.other_company_id


class TestSecondWall:
    """What the database itself refuses when the code above it is wrong."""

    pytestmark = pytest.mark.django_db

    @pytest.fixture
    def cast(self):
        return make_company()

    def test_another_company_cannot_be_written(self, cast):
        with company_context(cast.company_id), pytest.raises(ProgrammingError), transaction.atomic():
            Team.objects.create(company_id=cast.other_company_id, name="alien")

    def test_another_company_cannot_be_changed_or_read(self, cast):
        with company_context(cast.company_id), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_employee SET first_name = 'x' WHERE company_id = %s", [cast.other_company_id]
            )
            assert cursor.rowcount == 0
            cursor.execute("DELETE FROM accounts_company WHERE id = %s", [cast.other_company_id])
            assert cursor.rowcount == 0
            cursor.execute("SELECT count(*) FROM accounts_role WHERE company_id <> %s", [cast.company_id])
            assert cursor.fetchone() == (0,)

    def test_a_key_cannot_point_into_another_company(self, cast):
        with company_context(cast.other_company_id):
            alien = Role.objects.first().pk
        with company_context(cast.company_id), pytest.raises(IntegrityError), transaction.atomic():
            Employee.objects.filter(pk=cast.colleague.employee_id).update(role_id=alien)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE kit_change SET actor = NULL",
            "DELETE FROM kit_change",
            'INSERT INTO kit_change (company_id, "table", row_id, operation, before, at, transaction_id)'
            " VALUES (1, 'x', 1, 'update', '{}', now(), 1)",
            "UPDATE kit_event SET payload = '{}'",
            "DELETE FROM kit_event",
            "DROP POLICY company_wall ON accounts_team",
            "ALTER TABLE accounts_team DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE accounts_team DISABLE TRIGGER keep_history",
            "SET ROLE voronka_pass",
            "TRUNCATE accounts_team",
        ],
    )
    def test_the_application_cannot_forge_history_or_open_the_wall(self, cast, statement):
        with company_context(cast.company_id), pytest.raises(ProgrammingError), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)

    def test_history_says_who_and_what_it_was(self, cast):
        with company_context(cast.company_id, employee_id=cast.owner.employee_id, origin="10.0.0.1"):
            Employee.objects.filter(pk=cast.colleague.employee_id).update(first_name="Новое")
            change = Change.objects.filter(table="accounts_employee", row_id=cast.colleague.employee_id).latest("id")
            assert (change.operation, change.before) == ("update", {"first_name": "Maxim"})
            assert change.actor == {"employee": cast.owner.employee_id, "origin": "10.0.0.1"}
        with company_context(cast.other_company_id):
            assert not Change.objects.filter(pk=change.pk).exists()

    def test_history_cannot_be_forged_through_a_temporary_table(self, cast):
        with company_context(cast.company_id), pytest.raises(ProgrammingError), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("CREATE TEMP TABLE accounts_team (id bigint, company_id bigint, name text)")
                cursor.execute(
                    "CREATE TRIGGER forged AFTER UPDATE OR DELETE ON pg_temp.accounts_team"
                    " FOR EACH ROW EXECUTE FUNCTION kit_keep_history()"
                )
