"""The second wall, built from the models: policies, grants, composite keys, history triggers.

`build` compares what the models ask for with the catalogue and adds what is missing; it runs after every
migration, so a new table cannot forget its wall. `exceptions` is the catalogue check of the tests and of
`voronka check walls`: what it lists must be empty.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from voronka.kit.tenancy.fields import CompanyField, CompanyForeignKey

APP_ROLE = "voronka_app"
PASS_ROLE = "voronka_pass"  # noqa: S105  (a role that passes policies, not a password)
POLICY = "company_wall"
_SETTING = "NULLIF(current_setting('app.company_id', true), '')::bigint"


@cache
def company_tables() -> Mapping[str, type[models.Model]]:
    """Return the tables with company rows by name: those with a company_id column, and companies themselves.

    Found once: pages of history ask for them at every field, and models stay what they are once they are read.
    """
    found = {}
    for model in apps.get_models():
        columns = {field.column for field in model._meta.concrete_fields}
        if "company_id" in columns or model._meta.label == "accounts.Company":
            found[model._meta.db_table] = model
    return MappingProxyType(found)


def build(connection: BaseDatabaseWrapper) -> None:
    """Make every policy, grant, composite key and trigger that the models ask for; run as the owner."""
    with connection.cursor() as cursor:
        _create_functions(cursor)
        cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {PASS_ROLE}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}, {PASS_ROLE}"
        )
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}, {PASS_ROLE}")
        cursor.execute(f"REVOKE ALL ON django_migrations FROM {APP_ROLE}")
        _own_functions(cursor)
        tables = company_tables()
        for table, model in tables.items():
            _build_policy(cursor, table, "id" if model._meta.label == "accounts.Company" else "company_id")
            if getattr(model, "append_only", False):
                cursor.execute(f"REVOKE UPDATE, DELETE ON {_quote(table)} FROM {APP_ROLE}")
            if getattr(model, "written_by_trigger", False):
                cursor.execute(f"REVOKE INSERT ON {_quote(table)} FROM {APP_ROLE}")
            _build_history(cursor, table, keep=getattr(model, "keep_history", False))
        for model in tables.values():
            for field in model._meta.concrete_fields:
                if isinstance(field, CompanyForeignKey):
                    _build_composite_key(cursor, model, field)
        for model in tables.values():
            if names_its_company(model):
                _drop_company_key(cursor, model)


def _create_functions(cursor: CursorWrapper) -> None:
    """Run the parts' own SQL files; each may be run again without harm."""
    for config in apps.get_app_configs():
        folder = Path(config.path) / "sql"
        if config.name.startswith("voronka.") and folder.is_dir():
            for file in sorted(folder.glob("*.sql")):
                cursor.execute(file.read_text("utf-8"))


def _own_functions(cursor: CursorWrapper) -> None:
    """Give the functions that pass policies to the passing role, to be called by the application only."""
    cursor.execute(
        "SELECT p.oid::regprocedure::text, p.prorettype = 'trigger'::regtype"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prosecdef"
    )
    for function, is_trigger in cursor.fetchall():
        cursor.execute(f"ALTER FUNCTION {function} OWNER TO {PASS_ROLE}")
        cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC, {APP_ROLE}")
        # A trigger fires without this right; with it the application could hang one on a temporary table of its
        # own, named like ours, and so forge history of any company.
        if not is_trigger:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {APP_ROLE}")


def _build_policy(cursor: CursorWrapper, table: str, column: str) -> None:
    cursor.execute("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", [_quote(table)])
    if not cursor.fetchone()[0]:
        cursor.execute(f"ALTER TABLE {_quote(table)} ENABLE ROW LEVEL SECURITY")
    cursor.execute("SELECT 1 FROM pg_policy WHERE polrelid = %s::regclass AND polname = %s", [_quote(table), POLICY])
    if cursor.fetchone() is None:
        cursor.execute(
            f"CREATE POLICY {POLICY} ON {_quote(table)} TO {APP_ROLE}"
            f" USING ({column} = {_SETTING}) WITH CHECK ({column} = {_SETTING})"
        )


def _build_history(cursor: CursorWrapper, table: str, *, keep: bool) -> None:
    cursor.execute(
        "SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'keep_history'", [_quote(table)]
    )
    exists = cursor.fetchone() is not None
    if keep and not exists:
        cursor.execute(
            f"CREATE TRIGGER keep_history AFTER UPDATE OR DELETE ON {_quote(table)}"
            " FOR EACH ROW EXECUTE FUNCTION kit_keep_history()"
        )
    elif exists and not keep:
        cursor.execute(f"DROP TRIGGER keep_history ON {_quote(table)}")


def _build_composite_key(cursor: CursorWrapper, model: type[models.Model], field: CompanyForeignKey) -> None:
    table, target = model._meta.db_table, field.related_model._meta.db_table
    key, name = f"{target}_company_id_id"[:63], f"{table}_{field.column}_company"[:63]
    if not _has_constraint(cursor, target, key):
        cursor.execute(f"ALTER TABLE {_quote(target)} ADD CONSTRAINT {_quote(key)} UNIQUE (company_id, id)")
    if not _has_constraint(cursor, table, name):
        cursor.execute(
            f"ALTER TABLE {_quote(table)} ADD CONSTRAINT {_quote(name)}"
            f" FOREIGN KEY (company_id, {_quote(field.column)}) REFERENCES {_quote(target)} (company_id, id)"
            " DEFERRABLE INITIALLY DEFERRED"
        )


def names_its_company(model: type[models.Model], passed: tuple[type[models.Model], ...] = ()) -> bool:
    """Tell whether a row cannot stand without a company even though no key of its own says so.

    A composite key that is never empty names a row of the same company, which has the key to the company itself or
    such a neighbour in its turn. `passed` are the models on the way there: a ring of them proves nothing.
    """
    for target in _neighbours(model):
        if target is model or target in passed:
            continue
        if not _neighbours(target) or names_its_company(target, (*passed, model)):
            return True
    return False


def _neighbours(model: type[models.Model]) -> list[type[models.Model]]:
    """Return what rows of the model cannot stand without, of the models that have a key to the company."""
    fields = [one for one in model._meta.concrete_fields if isinstance(one, CompanyForeignKey) and not one.null]
    return [one.related_model for one in fields if _has_company_key(one.related_model)]


def _has_company_key(model: type[models.Model]) -> bool:
    return any(isinstance(one, CompanyField) for one in model._meta.concrete_fields)


def _drop_company_key(cursor: CursorWrapper, model: type[models.Model]) -> None:
    """Take away the key to the company: what it promises follows from the composite keys, and each inserted row pays.

    Half of the checks of an import's rows were of it, a tenth and more of what the database did.
    """
    cursor.execute(
        "SELECT k.conname FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid"
        " AND k.conkey = ARRAY[a.attnum] WHERE k.contype = 'f' AND k.conrelid = %s::regclass"
        " AND k.confrelid = 'accounts_company'::regclass AND a.attname = 'company_id'",
        [_quote(model._meta.db_table)],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {_quote(model._meta.db_table)} DROP CONSTRAINT {_quote(name)}")


def _has_constraint(cursor: CursorWrapper, table: str, name: str) -> bool:
    cursor.execute(
        "SELECT 1 FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s", [_quote(table), name]
    )
    return cursor.fetchone() is not None


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# Functions that pass the policies, with the reason each may; anything else is an exception.
PASSING_FUNCTIONS = {
    "kit_keep_history": "history is written by the trigger alone, so that nobody can forge or edit it",
    "kit_number_events": "the one sequencer numbers committed events of all companies",
    "kit_work": "a monitor learns whether the work behind the pages goes on: yes or no, and the id of an event",
    "kit_companies_waiting": "listeners learn which companies have unread events: ids only",
    "kit_companies_with_due_outgoing": "the outbox learns which companies have something due: ids only",
    "accounts_places_of_user": "sign-in finds the companies of a person: ids only",
    "accounts_any_company": "an empty installation shows the page of the first company: yes or no only",
    "accounts_company_of_form": "a public address finds its company: ids only",
    "work_companies": "the letters of the day learn which companies there are: ids only",
    "work_companies_to_remind": "the sweep of reminders learns which companies have something near: ids only",
    "people_withdraw_import_consents": "an undone import removes the consents that it wrote itself, and no others",
    "people_move_consents": "cards made one take their consents along: only whose they are changes",
    "people_return_consents": "cards parted again get their consents back: only whose they are changes",
    "deals_companies_late": "the watch over first answers learns which companies have one that is late: ids only",
    "connect_open_key": "a key of the API finds its company, maker, scopes, and is counted: only by its hash",
    "connect_companies_with_deliveries": "webhooks learn which companies have something to send: ids only",
    "connect_companies_with_old_rows": "what was kept for a time is dropped, company by company: ids only",
    "people_forget_erased": "an erased client's history is emptied, only where the card or its survivor bears the mark",
    "people_gone_addresses": "deleted addresses of one company's clients, with the company condition inside: ids only",
    "people_companies_with_old_bins": "the recycle bin's sweep learns which companies have something old: ids only",
    "people_search": "trigram search of one company, with the company condition inside",
    "catalogue_search": "trigram search of one company's goods, with the company condition inside",
    "catalogue_company_of_feed": "the secret address of a feed finds its company: ids only",
    "catalogue_company_of_picture": "a picture that a feed names finds its company: id only",
    "catalogue_companies_with_feeds_due": "the sweep of feeds learns which companies have something to do: ids only",
    "catalogue_companies_with_sources_due": "the nightly look learns which companies have a source due: ids only",
    "billing_search": "search of one company's papers by their words, with the company condition inside",
    "billing_candidates": "invoices that payments may be for, with the company condition inside: ids only",
    "billing_of_sum": "papers and payments of a sum, with the company condition inside: ids only",
    "billing_company_of_link": "the secret link of a payment finds its company: ids only",
    "billing_company_of_hook": "the address for a provider's notices finds its company: ids only",
    "billing_company_of_sandbox": "a payment of the sandbox finds its company: ids only",
    "billing_online_due": "the sweep of payments by link learns whose state is to be asked again: ids only",
    "messaging_sms_on": "the sweeps of providers of SMS learn which are on: ids and kinds only",
    "messaging_sms_due": "the sweep of receipts learns which companies have some to look after: ids only",
    "messaging_talks_late": "the sweep of the chat learns which companies have a visitor who waits too long: ids only",
    "messaging_sms_of_hook": "the signed address of notices finds its provider of SMS: ids only",
    "messaging_accounts_on": "the sweeps of bots and mailboxes of talks learn which are on: ids, kinds and modes only",
    "messaging_lines_due": "the sweep of lines of talks learns which companies have some to send: ids only",
    "messaging_boxes_due": "the sweep of mailboxes of talks learns which are to be looked into: ids only",
    "messaging_account_of_hook": "the signed address of news finds its bot: ids only",
    "messaging_campaigns_due": "the sweep of campaigns learns which companies have some to look at: ids only",
    "messaging_touches_due": "the sweep of openings and clicks learns which companies have some to judge: ids only",
    "messaging_mailing": "the reader of returned letters learns which companies sent letters lately: ids only",
    "messaging_company_of_picture": "the signed address of a letter's picture finds its company: ids only",
    "site_open": "the site that a page names finds its company: ids only",
    "site_companies_with_old": "the sweep of old visits learns which companies have some: ids only",
    "site_companies_due": "the look at visits learns which companies have some to judge: ids only",
    "messaging_due": "the sweep of messages learns which companies have something due: ids and channels only",
    "orders_companies_with_mail_due": "the sweep of mailboxes learns which companies have one to look into: ids only",
    "care_due": "the sweep finds companies with clients to be asked: ids only",
    "care_of_sign": "the signed address of a survey finds its company and invitation: ids only",
    "messaging_of_sign": "the signed address of a letter finds its company and message: ids only",
    "orders_search": "search of one company's orders by words and numbers, with the company condition inside: ids only",
    "loyalty_link_of": "the link by which a client brings friends finds its company: ids only",
    "orders_of_link": "a client's own link finds its order: ids only",
    "flows_companies_due": "the walking of automations learns which companies have somebody due: ids only",
    "flows_automation_of_hook": "an address that we signed leads to its automation: ids only",
    "flows_companies_timed": "the look at days and lists learns which companies have automations by them: ids only",
    "trials_companies_running": "the hourly look learns which companies have tests running: ids only",
    "messaging_talks_old": "the sweep of talks of nobody learns which companies have old ones: ids only",
    "flows_forget_talks": "what was answered in talks that are forgotten is blanked, and nothing else",
    "flows_forget_words": "what automations said of clients is blanked when they are erased, and nothing else",
    "orders_forget_causes": "words about orders of clients in the bin are blanked when they are erased, and no others",
    "orders_hold_sums": "the trigger that holds the sums of an order to those of its lines, at the commit",
    "stock_companies_with_expired": "the sweep of reservations learns which companies hold goods too long: ids only",
    "stock_companies_to_judge": "the nightly look at buffers learns which companies have any: ids only",
    "people_own_search": "search of own fields of one company, with the company condition inside",
    "deals_own_search": "search of own fields of deals of one company, with the company condition inside",
}


def exceptions(connection: BaseDatabaseWrapper) -> list[str]:
    """Return every hole of the second wall as a sentence; an empty list is the only good answer."""
    with connection.cursor() as cursor:
        return [
            *_unwalled(cursor),
            *_wide_policies(cursor),
            *_strong_roles(cursor),
            *_loose_keys(cursor),
            *_loose_functions(cursor),
        ]


def _unwalled(cursor: CursorWrapper) -> Iterator[str]:
    cursor.execute(
        "SELECT c.relname, c.relkind, c.relrowsecurity,"
        " EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid),"
        " c.relispartition, has_table_privilege(%s, c.oid, 'SELECT'),"
        " COALESCE('security_invoker=true' = ANY (c.reloptions) OR 'security_invoker=on' = ANY (c.reloptions), false)"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm')"
        " AND (c.relname = 'accounts_company' OR EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid"
        " AND a.attname = 'company_id' AND NOT a.attisdropped))",
        [APP_ROLE],
    )
    for name, kind, enabled, policy, partition, granted, invoker in cursor.fetchall():
        if kind in "rp" and not (enabled and policy):
            yield f"table {name} has no policy"
        if partition and granted:
            yield f"partition {name} is granted to {APP_ROLE}"
        if kind == "m" and granted:
            yield f"materialised view {name} is granted to {APP_ROLE}"
        if kind == "v" and not invoker:
            yield f"view {name} is not security_invoker"


def _wide_policies(cursor: CursorWrapper) -> Iterator[str]:
    """Any policy that says anything but "the company of the setting": permissive ones are joined by OR."""
    wall = "= (NULLIF(current_setting('app.company_id'::text, true), ''::text))::bigint)"
    cursor.execute(
        "SELECT c.relname, p.polname, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)"
        " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
    )
    for table, name, using, check in cursor.fetchall():
        expected = f"({'id' if table == 'accounts_company' else 'company_id'} {wall}"
        if using != expected or check != expected:
            yield f"policy {name} of {table} does not name the company alone"


def _strong_roles(cursor: CursorWrapper) -> Iterator[str]:
    cursor.execute("SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = %s", [APP_ROLE])
    if cursor.fetchone() != (False,):
        yield f"role {APP_ROLE} is absent or too strong"
    cursor.execute(
        # Its own temporary tables are a session's private matter.
        "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE r.rolname = %s AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\\_temp%%'"
        " AND n.nspname NOT LIKE 'pg\\_toast%%'",
        [APP_ROLE],
    )
    for (name,) in cursor.fetchall():
        yield f"{APP_ROLE} owns {name}"
    cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [APP_ROLE, PASS_ROLE])
    if cursor.fetchone() == (True,):
        yield f"{APP_ROLE} is a member of {PASS_ROLE}"


def _loose_keys(cursor: CursorWrapper) -> Iterator[str]:
    names = list(company_tables())
    cursor.execute(
        "SELECT c.relname, i.relname, a.attname FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid"
        " JOIN pg_class i ON i.oid = x.indexrelid"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0]"
        " WHERE x.indisunique AND NOT x.indisprimary AND c.relname = ANY (%s)",
        [names],
    )
    for table, index, first in cursor.fetchall():
        if first not in {"company_id", "public_id", "form_key", "operation_id"}:
            yield f"unique key {index} of {table} does not start with the company"
    cursor.execute(
        "SELECT c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"
        " JOIN pg_class f ON f.oid = k.confrelid"
        " WHERE k.contype = 'f' AND c.relname = ANY (%s) AND f.relname = ANY (%s)"
        " AND f.relname <> 'accounts_company' AND array_length(k.conkey, 1) < 2",
        [names, names],
    )
    for table, key in cursor.fetchall():
        yield f"foreign key {key} of {table} could cross companies"


def _loose_functions(cursor: CursorWrapper) -> Iterator[str]:
    cursor.execute(
        "SELECT p.proname, COALESCE(p.proconfig, '{}'), p.prorettype = 'trigger'::regtype"
        " AND has_function_privilege(%s, p.oid, 'EXECUTE') FROM pg_proc p"
        " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prosecdef",
        [APP_ROLE],
    )
    for name, config, may_hang in cursor.fetchall():
        if name not in PASSING_FUNCTIONS:
            yield f"function {name} passes the policies and is not listed"
        # Where pg_temp is not named last, temporary tables of the caller are found before ours.
        if not any(one.startswith("search_path=") and one.endswith("pg_temp") for one in config):
            yield f"function {name} passes the policies with an open search_path"
        if may_hang:
            yield f"{APP_ROLE} may make triggers of function {name}"
