"""Backup into an archive and back into a fresh server: nothing missing, nothing dangerous taken."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from voronka.config.backup import ArchiveError, read_archive, table_sums, write_archive
from voronka.config.home import OWNER_VARIABLE
from voronka.config.testing import TestServer

SOURCE = Path(__file__).resolve().parents[3]


@pytest.fixture
def base(database_server: TestServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of a migrated database of our own, set as the one to back up."""
    name = f"voronka_run_{os.getpid()}_backup"
    database_server.clone(database_server.template(), name)
    url = database_server.owner_url(name)
    monkeypatch.setenv(OWNER_VARIABLE, url)
    yield url
    database_server.drop(name)


@pytest.fixture
def empty(database_server: TestServer) -> Iterator[str]:
    """Return the address of a database with roles and extensions, and nothing else."""
    name = f"voronka_run_{os.getpid()}_empty"
    database_server.make_empty(name)
    yield database_server.owner_url(name)
    database_server.drop(name)


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="voronka-backup-"))
    (folder / "files").mkdir()
    yield folder
    shutil.rmtree(folder)


def fill(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE notes (id int PRIMARY KEY, company_id bigint, text text, at timestamptz)")
        connection.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
        connection.execute(
            "INSERT INTO notes SELECT n, n % 3, E'ёж \\U0001F994 \\n' || n, now() FROM generate_series(1, 1000) n"
        )


def test_everything_comes_back_equal(
    base: str, empty: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(base)
    (home / "files" / "7").mkdir()
    (home / "files" / "7" / "счёт.pdf").write_bytes(b"\0\1\2" * 100_000)
    with psycopg.connect(base) as connection:
        before = table_sums(connection)
    said = write_archive(tmp_path / "a.tar", home)
    assert "1 files" in said
    shutil.rmtree(home / "files" / "7")
    monkeypatch.setenv(OWNER_VARIABLE, empty)
    assert "all sums equal" in read_archive(tmp_path / "a.tar", home)
    with psycopg.connect(empty) as connection:
        assert table_sums(connection) == before
        assert before["notes"][0] == 1000
    assert (home / "files" / "7" / "счёт.pdf").read_bytes() == b"\0\1\2" * 100_000


def test_an_archive_older_than_a_table_that_is_held_comes_back(
    base: str, empty: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(base) as connection:
        connection.execute("DROP TABLE messaging_messageclaim")
    write_archive(tmp_path / "a.tar", home)
    monkeypatch.setenv(OWNER_VARIABLE, empty)
    assert "all sums equal" in read_archive(tmp_path / "a.tar", home)


def test_a_used_database_is_left_alone(base: str, home: Path, tmp_path: Path) -> None:
    write_archive(tmp_path / "a.tar", home)
    with pytest.raises(ArchiveError, match="not empty"):
        read_archive(tmp_path / "a.tar", home)


def test_an_archive_that_is_there_is_not_overwritten(base: str, home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_text("precious")
    with pytest.raises(ArchiveError, match="exists"):
        write_archive(tmp_path / "a.tar", home)
    assert (tmp_path / "a.tar").read_text() == "precious"


def test_sums_that_differ_are_named(
    base: str, empty: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(base)
    write_archive(tmp_path / "a.tar", home)
    rewrite(tmp_path / "a.tar", tmp_path / "b.tar", lambda manifest: manifest["tables"]["notes"].__setitem__(0, 999))
    monkeypatch.setenv(OWNER_VARIABLE, empty)
    with pytest.raises(ArchiveError, match=r"differ from the archive.*notes"):
        read_archive(tmp_path / "b.tar", home)


def test_a_damaged_dump_is_found_before_anything_is_written(
    base: str, empty: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_archive(tmp_path / "a.tar", home)
    whole = bytearray((tmp_path / "a.tar").read_bytes())
    whole[len(whole) // 2] ^= 1
    (tmp_path / "a.tar").write_bytes(whole)
    monkeypatch.setenv(OWNER_VARIABLE, empty)
    with pytest.raises(ArchiveError, match="damaged"):
        read_archive(tmp_path / "a.tar", home)
    with psycopg.connect(empty) as connection:
        assert table_sums(connection) == {}


def test_a_truncated_archive_is_told(base: str, home: Path, tmp_path: Path) -> None:
    write_archive(tmp_path / "a.tar", home)
    whole = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "a.tar").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ArchiveError):
        read_archive(tmp_path / "a.tar", home)


BY_TYPE = {
    "bool": "true",
    "int2": "1",
    "int4": "1",
    "int8": "1",
    "float8": "1.5",
    "numeric": "1.25",
    "text": "'ё'",
    "varchar": "'ё'",
    "bpchar": "'R'",
    "jsonb": "'{}'",
    "timestamptz": "now()",
    "date": "current_date",
    "time": "'10:00'",
    "interval": "'1 day'",
    "uuid": "gen_random_uuid()",
    "bytea": "'\\x00ff'",
    "inet": "'127.0.0.1'",
    "tstzrange": "'[2026-01-01,2026-01-02)'",
    "daterange": "'[2026-01-01,2026-01-02)'",
}


def fill_every_table(url: str) -> set[str]:
    """Put a row with the number 1 into every empty table, without its checks; return the names of all tables."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = {
            name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        }
        checks = connection.execute(
            "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
        )
        for table, name in checks.fetchall():
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for table in sorted(tables):
            if connection.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")').fetchone() == (True,):
                continue
            columns = connection.execute(
                "SELECT a.attname, t.typname, t.typcategory FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
                " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
                " AND NOT (a.atthasdef AND a.attidentity = '') AND (a.attnotnull OR a.attidentity = '')",
                [f'"{table}"'],
            ).fetchall()
            values = {
                name: "'{}'" if category == "A" else BY_TYPE.get(kind, f"(enum_range(NULL::{kind}))[1]")
                for name, kind, category in columns
            }
            names = ", ".join(f'"{name}"' for name in values)
            connection.execute(
                f'INSERT INTO "{table}" ({names}) OVERRIDING SYSTEM VALUE VALUES ({", ".join(values.values())})'
            )
    return tables


# What goes on when an archive is made, and what of it is looked at after the restoring.
GOING = {
    "messaging_campaign": "state = 'running'",
    "messaging_message": "state = 'planned', cause_kind = 'hand', due_at = now() - interval '1 hour'",
    "messaging_outsideline": "state = 'waiting'",
    "flows_run": "state = 'running', subject_kind = 'deal', awaits = 'deals.closed', due_at = 'tomorrow'",
}
HELD = {
    "messaging_campaign": "state, asks_why", "messaging_message": "state, code",
    "messaging_outsideline": "state, code", "flows_run": "state, error",
}  # fmt: skip


def test_a_row_of_every_table_comes_back(
    base: str, empty: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new table that cannot be filled, or comes back otherwise, fails here."""
    tables = fill_every_table(base)
    with psycopg.connect(base) as connection:
        for table, way in GOING.items():
            connection.execute(f"UPDATE {table} SET {way}")
        connection.execute("SELECT setval(pg_get_serial_sequence('messaging_messagestep', 'id'), 9)")
        before = table_sums(connection)
    assert {name for name, (count, _) in before.items() if count} == tables
    write_archive(tmp_path / "a.tar", home)
    monkeypatch.setenv(OWNER_VARIABLE, empty)
    read_archive(tmp_path / "a.tar", home)
    with psycopg.connect(empty) as connection:
        after = table_sums(connection)
        # What was going when the archive was made waits for a person; that a message was held is noted beside it, and
        # no sender has anything any more.
        changed = {*GOING, "messaging_messagestep", "messaging_messageclaim"}
        assert {name for name in before if after[name] != before[name]} == changed
        assert {name: connection.execute(f"SELECT {held} FROM {name}").fetchall() for name, held in HELD.items()} == {
            "messaging_campaign": [("running", "restored")], "messaging_message": [("unknown", "restored")],
            "messaging_outsideline": [("unknown", "broken")], "flows_run": [("running", "awaited")],
        }  # fmt: skip


def member(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type = kind
    entry.linkname = "/etc/passwd"
    return entry


@pytest.mark.parametrize(
    "entry",
    [
        member("files/../../outside"),
        member("/outside"),
        member("files/link", tarfile.SYMTYPE),
        member("files/link", tarfile.LNKTYPE),
        member("files/device", tarfile.CHRTYPE),
        member("files/folder", tarfile.DIRTYPE),
        member("files\\..\\outside"),
        member("files/uninvited"),
        member("database.dump"),
    ],
    ids=lambda entry: f"{entry.name} {entry.type!r}",
)
def test_dangerous_members_are_refused_whole(entry: tarfile.TarInfo, base: str, home: Path, tmp_path: Path) -> None:
    write_archive(tmp_path / "a.tar", home)
    with tarfile.open(tmp_path / "a.tar", "a:") as archive:
        archive.addfile(entry, io.BytesIO())
    with pytest.raises(ArchiveError, match="refused whole"):
        read_archive(tmp_path / "a.tar", home)
    assert not list((home / "files").iterdir())
    assert not (home.parent / "outside").exists()


@pytest.mark.parametrize(
    "content", [b"", b"not an archive", b"\x1f\x8b\x08" + b"\0" * 600, b"PK\x03\x04" + b"\0" * 600]
)
def test_another_file_is_no_archive(content: bytes, base: str, home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(content)
    with pytest.raises(ArchiveError):
        read_archive(tmp_path / "a.tar", home)


def test_the_commands_carry_a_base_into_a_new_home(tmp_path: Path) -> None:
    """The whole way by the command line: a fresh folder, its own server, roles and walls made again."""
    folder = Path(tempfile.mkdtemp(prefix="voronka-cli-"))
    folder.chmod(0o755)
    try:
        run(folder / "one", "migrate")
        assert "tables" in run(folder / "one", "backup", str(tmp_path / "a.tar"))
        assert "all sums equal" in run(folder / "two", "restore", str(tmp_path / "a.tar"))
        assert "0 exceptions" in run(folder / "two", "check", "walls")
    finally:
        shutil.rmtree(folder)


def run(home: Path, *words: str) -> str:
    dropped = {"VORONKA_DB_APP_URL", OWNER_VARIABLE, "DATABASE_URL"}
    env = {name: value for name, value in os.environ.items() if name not in dropped}
    env.update(VORONKA_HOME=str(home), PYTHONPATH=str(SOURCE), DJANGO_SETTINGS_MODULE="voronka.config.settings")
    done = subprocess.run(
        [sys.executable, "-m", "voronka.config.cli", *words], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def rewrite(source: Path, target: Path, change: object) -> None:
    """Copy an archive with another manifest."""
    with tarfile.open(source) as old, tarfile.open(target, "w:") as new:
        for entry in old:
            content = old.extractfile(entry).read()
            if entry.name == "manifest.json":
                manifest = json.loads(content)
                change(manifest)
                content = json.dumps(manifest).encode()
                entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))
