"""The three roles of the database, the extensions, and the checks of a server before anything is built on it."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from voronka.config.env import SettingError

APP = "voronka_app"
PASS = "voronka_pass"  # noqa: S105 - the name of a role
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
OLDEST_SERVER = 150000


def with_database(url: str, name: str) -> str:
    """Return `url` pointing at the database `name` of the same server."""
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(name, safe="")))


def with_role(url: str, role: str, password: str | None) -> str:
    """Return `url` with another role; the host, database and options stay."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    login = quote(role, safe="") + (f":{quote(password, safe='')}" if password else "")
    options = [(key, value) for key, value in parse_qsl(parts.query) if key not in {"user", "password"}]
    return urlunsplit(parts._replace(netloc=f"{login}@{place}", query=urlencode(options)))


def app_url(owner_url: str, *, password: str | None) -> str:
    """Return the address by which the web and the worker connect: the same database, the app role.

    VORONKA_APP_DATABASE_URL goes first, where an administrator made the role by hand.
    """
    return os.environ.get("VORONKA_APP_DATABASE_URL", "").strip() or with_role(owner_url, APP, password)


def app_password(owner_url: str, home: Path) -> str:
    """Return the app role's password: derived from the owner's, so every machine finds the same without sharing files.

    Where the owner has none, one is made once and kept in `home`/app-password.
    """
    key = urlsplit(owner_url).password or os.environ.get("PGPASSWORD") or os.environ.get("VORONKA_SECRET_KEY", "")
    if key:
        return hmac.new(key.encode(), b"voronka app role", hashlib.sha256).hexdigest()[:40]
    kept = home / "app-password"
    if not kept.exists():
        home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(20))
    return kept.read_text().strip()


def ensure_database(owner_url: str) -> bool:
    """Make the database of `owner_url` when it is absent; return whether it was made. Raises SettingError."""
    try:
        psycopg.connect(owner_url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        if "does not exist" not in str(error):
            reason = " ".join(str(error).split())
            raise SettingError(f"DATABASE_URL: the PostgreSQL server cannot be reached: {reason}") from error
    else:
        return False
    name = urlsplit(owner_url).path.lstrip("/")
    try:
        with psycopg.connect(with_database(owner_url, "postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
            )
    except psycopg.errors.DuplicateDatabase:
        return False
    except psycopg.Error as error:
        raise SettingError(f"The database {name} does not exist and could not be made: {error}") from error
    return True


def ensure_roles(owner_url: str, *, password: str | None = None) -> None:
    """Make the app role, the passing role and the extensions in the database of `owner_url`; harmless to repeat.

    `password` is set for the app role where the server asks for one. Raises SettingError with the statements
    an administrator must run when the owner may not.
    """
    with psycopg.connect(owner_url, autocommit=True) as connection:
        check_server(connection)
        connection.execute("SELECT pg_advisory_lock(7067001)")
        try:
            _make_roles(connection, password)
            for extension in EXTENSIONS:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
            _open_schema(connection)
        except psycopg.errors.InsufficientPrivilege as error:
            raise SettingError(_for_administrator(connection, error)) from error
        check_letters(connection)


def check_server(connection: psycopg.Connection) -> None:
    """Refuse a server that is too old or not UTF-8. Raises SettingError."""
    version = connection.info.server_version
    if version < OLDEST_SERVER:
        raise SettingError(f"PostgreSQL {version // 10000} is too old: Voronka needs 15 or newer")
    row = connection.execute(
        "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
    )
    encoding = (row.fetchone() or ("?",))[0]
    if encoding != "UTF8":
        raise SettingError(
            f"The database is encoded in {encoding}: make it again with CREATE DATABASE ... ENCODING 'UTF8' "
            "TEMPLATE template0"
        )


def check_letters(connection: psycopg.Connection) -> None:
    """Refuse a database whose locale does not know Cyrillic letters: searches would silently find nothing.

    Needs pg_trgm. Raises SettingError.
    """
    row = connection.execute("SELECT cardinality(show_trgm('Ёлка')) > 0 AND 'ЁЛКА' ILIKE 'ёлка'").fetchone()
    if not row or not row[0]:
        raise SettingError(
            "The database's locale knows no Cyrillic letters, searches would find nothing: make the database "
            "again with CREATE DATABASE ... TEMPLATE template0 ENCODING 'UTF8' LC_CTYPE 'C.UTF-8' LC_COLLATE 'C'"
        )


def _make_roles(connection: psycopg.Connection, password: str | None) -> None:
    roles = {
        name: (bypass, elevated)
        for name, bypass, elevated in connection.execute(
            "SELECT rolname, rolbypassrls, rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles"
            " WHERE rolname = ANY(%s)",
            [[APP, PASS]],
        )
    }
    if APP not in roles:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(APP)))
    elif any(roles[APP]):
        raise SettingError(f"The role {APP} has more rights than it may: ALTER ROLE {APP} NOSUPERUSER NOBYPASSRLS")
    if password and not os.environ.get("VORONKA_APP_DATABASE_URL"):
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(APP), sql.Literal(password))
        )
    if PASS not in roles:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN BYPASSRLS").format(sql.Identifier(PASS)))
    member = connection.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [PASS]).fetchone()
    if not member or not member[0]:
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(PASS)))


def _open_schema(connection: psycopg.Connection) -> None:
    """Let the roles into the schema: the app may use it, only the owner and the passing role may make things in it."""
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(APP)))
    # The owner of a function must be allowed to create in its schema, or ALTER FUNCTION ... OWNER TO is refused.
    connection.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(sql.Identifier(PASS)))


def _for_administrator(connection: psycopg.Connection, error: Exception) -> str:
    statements = [
        f"CREATE ROLE {APP} LOGIN PASSWORD '...';",
        f"CREATE ROLE {PASS} NOLOGIN BYPASSRLS;",
        f"GRANT {PASS} TO {connection.info.user};",
        *(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS),
    ]
    return (
        f"The role {connection.info.user} may not prepare the database ({str(error).strip()}). "
        f"Let an administrator run, in the database {connection.info.dbname}:\n  " + "\n  ".join(statements) + "\n"
        "and set VORONKA_APP_DATABASE_URL to the address of the app role."
    )
