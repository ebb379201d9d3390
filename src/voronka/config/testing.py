"""The database of the tests: one throw-away server, a migrated template, a clone for each process of the run.

The server lives in the temporary folder and is shared by runs side by side: each holds a shared file lock, and a
keeper that waits for the exclusive lock stops the server when the last run is gone, however it went.
The template is named by the hash of everything that shapes the schema, so unchanged code migrates once.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, LiteralString, TypeVar

import psycopg
from psycopg import sql

from voronka.config.embedded import Cluster, find_binaries
from voronka.config.env import SettingError
from voronka.config.roles import app_password, app_url, ensure_database, ensure_roles, with_database

SOURCE = Path(__file__).resolve().parents[1]
_KEPT_TEMPLATES = 12
_FAST = {
    # A throw-away base: nothing need survive a crash of the machine.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "max_wal_size": "1GB",
    "autovacuum_naptime": "10min",
    "jit": "off",
}


T = TypeVar("T")


def part_of(items: Sequence[T], one_of: int, turn: int = 0) -> Sequence[T]:
    """Return each `one_of`-th of the items, from another one at each turn; all of them with VORONKA_TESTS=deep.

    For walks of much over much: each kind is asked somewhere in every run, and everything everywhere by
    `make test-deep`.
    """
    return items if os.environ.get("VORONKA_TESTS") == "deep" else items[turn % one_of :: one_of]


def schema_hash() -> str:
    """Return the hash of all that shapes the schema: migrations, models (walls are built from them), SQL, the lock."""
    digest = hashlib.sha256()
    files = [
        *SOURCE.glob("*/migrations/*.py"),
        *SOURCE.glob("*/models.py"),
        *SOURCE.glob("*/models/*.py"),
        *SOURCE.glob("*/sql/*.sql"),
        *SOURCE.glob("kit/tenancy/**/*.py"),
        *SOURCE.glob("kit/db/**/*.py"),
        *SOURCE.glob("config/roles.py"),
        *SOURCE.glob("config/settings*.py"),
        *SOURCE.glob("config/migrating.py"),
        *SOURCE.parents[1].glob("uv.lock"),
    ]
    for path in sorted(files):
        digest.update(str(path.relative_to(SOURCE.parents[1])).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


class TestServer:
    """The server of the tests: the one of DATABASE_URL, or the shared throw-away one."""

    __test__ = False  # not a test class

    def __init__(self) -> None:
        folder = f"voronka-tests-{os.getuid()}-{hashlib.sha256(str(find_binaries()).encode()).hexdigest()[:6]}"
        self.home = Path(tempfile.gettempdir()) / folder
        self.home.mkdir(mode=0o755, exist_ok=True)
        self.foreign = os.environ.get("DATABASE_URL", "").strip()
        self._users: IO[str] | None = None

    def __enter__(self) -> "TestServer":
        self._users = (self.home / "users.lock").open("a")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        if self.foreign:
            ensure_database(self.foreign)
            self.url = self.foreign
        else:
            with self.alone():
                self.url = self._start()
        self.password = app_password(self.url, self.home) if self.foreign else None
        return self

    def __exit__(self, *_: object) -> None:
        if self._users:
            self._users.close()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the lock under which servers are started and templates built."""
        with (self.home / "building.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def app_url(self, name: str) -> str:
        """Return the address of the database `name` for the app role."""
        return app_url(with_database(self.url, name), password=self.password)

    def owner_url(self, name: str) -> str:
        """Return the address of the database `name` for its owner."""
        return with_database(self.url, name)

    def clone(self, template: str, name: str) -> None:
        """Make the database `name` out of the template, replacing one left by a killed run."""
        with self._maintenance() as connection:
            _drop(connection, name)
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )

    def make_empty(self, name: str) -> None:
        """Make the database `name` with roles and extensions and no tables."""
        with self._maintenance() as connection:
            _drop(connection, name)
            connection.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
            )
        ensure_roles(self.owner_url(name), password=self.password)

    def drop(self, name: str) -> None:
        """Drop the database with its open sessions."""
        with self._maintenance() as connection:
            _drop(connection, name)

    def template(self) -> str:
        """Return the name of the migrated template, built first where this schema was never seen."""
        name = f"voronka_template_{schema_hash()}"
        with self.alone(), self._maintenance() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if not known:
                _drop_dead(connection)
                making = f"voronka_making_{os.getpid()}"
                _drop(connection, making)
                connection.execute(
                    sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(making))
                )
                self._migrate(making)
                connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name))
                )
        return name

    def _migrate(self, name: str) -> None:
        """Migrate in a process of its own: the settings there connect as the owner from the start."""
        owner = self.owner_url(name)
        ensure_roles(owner, password=self.password)
        env = {
            **os.environ,
            "VORONKA_DB_OWNER_URL": owner,
            "VORONKA_DB_APP_URL": self.app_url(name),
            "DJANGO_SETTINGS_MODULE": "voronka.config.settings_test",
            "PYTHONPATH": str(SOURCE.parent),
        }
        done = subprocess.run(
            [sys.executable, "-m", "voronka.config.migrating"],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SettingError(
                f"The test database could not be migrated:\n{done.stdout[-2000:]}{done.stderr[-6000:]}"
            )

    def _start(self) -> str:
        cluster = Cluster(self.home / "postgres")
        if not cluster.answers():
            keeper = [sys.executable, "-m", "voronka.config.testing", str(self.home)]
            env = {**os.environ, "PYTHONPATH": str(SOURCE.parent)}
            done = subprocess.run(keeper, env=env, capture_output=True, text=True, check=False, close_fds=True)
            if done.returncode:
                raise SettingError(f"The PostgreSQL of the tests does not start:\n{done.stderr[-3000:]}")
        return cluster.url(database="postgres")

    def _maintenance(self) -> "contextlib.AbstractContextManager[psycopg.Connection]":
        return contextlib.closing(psycopg.connect(with_database(self.url, "postgres"), autocommit=True))


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_dead(connection: psycopg.Connection) -> None:
    """Drop what killed runs left and all but the newest templates."""
    rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'voronka\\_%' ORDER BY oid DESC")
    names = [name for (name,) in rows]
    for name in [name for name in names if name.startswith("voronka_template_")][_KEPT_TEMPLATES:]:
        _drop(connection, name)
    for name in names:
        if name.startswith(("voronka_making_", "voronka_run_")):
            owner = name.split("_")[2]
            if owner.isdigit() and not Path(f"/proc/{owner}").exists() and Path("/proc/self").exists():
                _drop(connection, name)


class Emptier:
    """Empties the base of a run between tests; what stood in it at first (registers, types) stays.

    TRUNCATE makes new files for every table and index that hangs together with a filled one, which is most of them:
    seconds. A superuser deletes the few rows past triggers and keys instead: milliseconds.
    """

    def __init__(self, owner_url: str) -> None:
        self._url = owner_url
        # The question which tables hold rows is asked after every test: it is planned once for all of them.
        self._connection = psycopg.connect(owner_url, autocommit=True, prepare_threshold=0)
        rows = self._connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
        names: list[LiteralString] = [name for (name,) in rows]  # they come from the catalogue, quoted by format()
        probes = [sql.SQL(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})") for name in names]  # noqa: S608 - see above
        self._probe = sql.SQL(" UNION ALL ").join(probes)
        self._reference = self._filled()
        emptied = [sql.SQL(name) for name in names if name not in self._reference]
        self._hold = sql.SQL("LOCK TABLE {}").format(sql.SQL(", ").join(emptied)) if emptied else sql.SQL("SELECT")
        self._may_pass_keys = self._connection.execute(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (True,)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __call__(self) -> None:
        """Empty every table that is filled and was not at first.

        The last question of a page that was just closed may still be on its way and hold a table: then once more.
        """
        for _attempt in range(5):
            try:
                return self._empty()
            except psycopg.errors.DeadlockDetected:
                time.sleep(0.2)
        return self._empty()

    def _filled(self) -> set[LiteralString]:
        return {name for (name,) in self._connection.execute(self._probe)}

    def _empty(self) -> None:
        if self._may_pass_keys:
            self._delete()
        elif filled := self._filled() - self._reference:
            tables = sql.SQL(", ").join(map(sql.SQL, sorted(filled)))
            self._connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(tables))

    def _delete(self) -> None:
        with self._connection.transaction():
            self._connection.execute(self._hold)  # whoever is writing still, writes before this
            self._connection.execute("SET LOCAL session_replication_role = replica")
            filled = sorted(self._filled() - self._reference)
            for name in filled:
                self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.SQL(name)))
            self._connection.execute(_RESTART, [sorted(self._reference)])
        for name in filled:
            size = self._connection.execute("SELECT pg_relation_size(%s::regclass)", [name]).fetchone()
            if size and size[0] > _MANY_BYTES:
                self._connection.execute(sql.SQL("VACUUM {}").format(sql.SQL(name)))


# Numbers begin anew, but for those of the registers.
_RESTART = """
SELECT setval(s.oid, q.seqstart, false)
FROM pg_class s
JOIN pg_sequence q ON q.seqrelid = s.oid
JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
WHERE s.relnamespace = 'public'::regnamespace
  AND d.refobjid <> ALL (SELECT unnest(%s::text[])::regclass)
"""
_MANY_BYTES = 1 << 20  # a test that left more would slow the ones behind it


HEADLESS = "chromium-headless-shell"


def chromium_path() -> str | None:
    """Return the Chromium to drive: VORONKA_CHROMIUM, one of the system, "" for Playwright's own, None for none."""
    named = os.environ.get("VORONKA_CHROMIUM", "").strip()
    if named:
        return named
    # The headless shell draws for nobody's eyes: it takes half the processor's time of the whole browser.
    for name in (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    if Path(mac).exists():
        return mac
    caches = [Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"]
    return "" if any(list(cache.glob("chromium*")) for cache in caches if cache.exists()) else None


def keep_server(home: Path) -> None:
    """Start the server in a process of its own, which stops it when no run holds the users' lock any more.

    Returns in the caller when the server answers, raises SystemExit when it does not come up.
    """
    ready, told = os.pipe()
    if os.fork():
        os.close(told)
        raise SystemExit(0 if os.read(ready, 1) else "the keeper of the server died, see above")
    os.setsid()
    cluster = Cluster(home / "postgres", dict(_FAST))
    try:
        cluster.start()
    except SettingError:  # fsync is off: a crash of the machine may have broken it, and it holds nothing
        cluster.stop()
        shutil.rmtree(cluster.data, ignore_errors=True)
        cluster.start()
    os.write(told, b"1")
    os.close(told)
    with open(os.devnull, "r+b") as nothing:  # the run that started us waits for the end of our output
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)
    with (home / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        cluster.stop()


if __name__ == "__main__":
    keep_server(Path(sys.argv[1]))
