"""Backup and restore: one archive with the database and the files, proven equal after restoring.

The archive is a tar with `manifest.json` (what is inside, row counts and checksums of every table, taken in the
same snapshot as the dump), `database.dump` (pg_dump's own format) and `files/...`. The dump is made by the owner,
whom the policies of tenancy do not blind; the sums are compared after restoring, since a dump of nothing looks fine.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from voronka.config.embedded import find_binaries
from voronka.config.env import SettingError
from voronka.config.home import OWNER_VARIABLE
from voronka.config.roles import with_role

FORMAT = 1
_MANIFEST, _DUMP, _FILES = "manifest.json", "database.dump", "files"
_PIECE = 2**20
# Row texts must not depend on the session's habits.
_FIXED = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1"
)

Sums = dict[str, tuple[int, str]]


class ArchiveError(SettingError):
    """The archive or its destination is not fit; the message says what to do."""


def write_archive(target: Path, home: Path) -> str:
    """Write the database and `home`/files into the new file `target`; return a sentence about it.

    The database stays in use meanwhile. Raises ArchiveError; nothing is left under `target` then.
    """
    target = target.absolute()
    if target.exists():
        raise ArchiveError(f"{target} exists already: choose another name")
    url = os.environ[OWNER_VARIABLE]
    making = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder, making.open("wb") as file:
            dump = Path(folder) / _DUMP
            sums, major = _dump(url, dump)
            members = {_DUMP: dump, **_home_files(home)}
            manifest = {
                "format": FORMAT,
                "postgresql": major,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "tables": sums,
                "members": {name: _sha256(path) for name, path in members.items()},
            }
            _write_members(file, manifest, members)
        making.rename(target)
    except OSError as error:
        raise ArchiveError(f"{target} could not be written: {error.strerror}") from error
    finally:
        making.unlink(missing_ok=True)
    rows = sum(count for count, _ in sums.values())
    return f"{target}: {len(sums)} tables, {rows} rows, {len(members) - 1} files"


def read_archive(source: Path, home: Path) -> str:
    """Restore the archive `source` into the empty database and `home`/files; return a sentence about it.

    Everything is checked before anything is written, and the rows are compared afterwards. Raises ArchiveError.
    """
    url = os.environ[OWNER_VARIABLE]
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = _checked_manifest(archive)
            _require_empty(url, home)
            with tempfile.TemporaryDirectory(dir=home) as folder:
                dump = Path(folder) / _DUMP
                _take_out(archive, _DUMP, dump)
                _restore(url, dump, manifest)
            _hold_sending(url)
            for name in manifest["members"]:
                if name != _DUMP:
                    _take_out(archive, name, home / name)
    except (tarfile.TarError, EOFError) as error:
        raise ArchiveError(f"{source} is no archive of Voronka or is damaged: {error}") from error
    except OSError as error:
        raise ArchiveError(f"{source} could not be restored: {error.strerror or error}") from error
    rows = sum(count for count, _ in manifest["tables"].values())
    files = len(manifest["members"]) - 1
    return f"{len(manifest['tables'])} tables, {rows} rows and {files} files restored, all sums equal"


def table_sums(connection: psycopg.Connection) -> Sums:
    """Return row count and checksum of every table of the public schema; the order of rows does not matter."""
    connection.execute(_FIXED)
    names = connection.execute(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY relname"
    ).fetchall()
    found: Sums = {}
    for (name,) in names:
        statement = sql.SQL(
            "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text"
            " FROM {} t"
        )
        row = connection.execute(statement.format(sql.Identifier(name))).fetchone()
        assert row is not None
        found[name] = (row[0], row[1])
    return found


def _dump(url: str, target: Path) -> tuple[Sums, int]:
    """Dump the database; count and sum the rows in the very snapshot that is dumped."""
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        major = connection.info.server_version // 10000
        words = ["--format=custom", "--no-owner", "--no-acl", "--schema=public", f"--snapshot={row[0]}"]
        _run_client("pg_dump", major, url, *words, f"--file={target}")
        return table_sums(connection), major


def _restore(url: str, dump: Path, manifest: dict[str, Any]) -> None:
    """Load the dump, compare it with the manifest, then bring schema and walls to this version."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10000
    if major < manifest["postgresql"]:
        raise ArchiveError(
            f"The archive comes from PostgreSQL {manifest['postgresql']}, the server is {major}: use a newer server"
        )
    listing = _without_schema(_run_client("pg_restore", major, None, "--list", str(dump)))
    chosen = dump.with_suffix(".list")
    chosen.write_text(listing)
    words = ["--no-owner", "--no-acl", "--exit-on-error", "--single-transaction", f"--use-list={chosen}"]
    _run_client("pg_restore", major, url, *words, str(dump))
    with psycopg.connect(url) as connection:
        found = table_sums(connection)
    expected: Sums = {name: (count, total) for name, (count, total) in manifest["tables"].items()}
    wrong = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
    if wrong:
        raise ArchiveError(
            "After restoring these tables differ from the archive, do not use this database: " + ", ".join(wrong)
        )


# What has gone since the archive was made is not known here. Campaigns that were going, or waited for their hour, ask a
# person; of other messages that were on their way, or were to go by now, nobody knows, and none goes by itself.
HOLD_SENDING = (
    "UPDATE messaging_campaign SET asks_why = 'restored' WHERE state IN ('scheduled', 'running')",
    """
WITH lost AS (UPDATE messaging_message SET state = 'unknown', code = 'restored', claim = '', claim_until = NULL
              WHERE state IN ('claimed', 'handed') OR (state IN ('planned', 'waiting') AND due_at <= now()
                    AND cause_kind NOT IN ('campaign', 'test')) RETURNING company_id, id)
INSERT INTO messaging_messagestep (company_id, message_id, state, code, words, at)
SELECT company_id, id, 'unknown', 'restored', '', now() FROM lost ORDER BY id
""",
    """
UPDATE messaging_outsideline SET state = 'unknown', code = 'broken', due_at = NULL, claim_until = NULL
WHERE state IN ('waiting', 'handed')
""",
)
# No sender has anything then. Of an archive that is older than they are, the claims are made with their table.
FORGET_CLAIMS = ("DELETE FROM messaging_messageclaim",)
HOLD_WALKING = (
    # Whose hour came before this moment may have gone on since the archive: he waits for a person (flows.walking).
    "UPDATE flows_run SET error = 'restored' WHERE state = 'running' AND due_at <= now() AND subject_kind <> 'talk'",
    # And who waits for an event till later: it may have come after the archive, so the silence of it says nothing.
    """
UPDATE flows_run SET error = 'awaited' WHERE state = 'running' AND awaits <> '' AND due_at > now()
  AND subject_kind <> 'talk'
""",
    # Nor does a day whose hour is past begin anew, or a list bring in whom it has brought in: as one switched on now.
    """
UPDATE flows_automation SET switched_at = now() WHERE is_on AND subject <> 'talk' AND EXISTS (
  SELECT 1 FROM flows_automationversion v WHERE v.company_id = flows_automation.company_id
    AND v.automation_id = flows_automation.id AND v.state = 'live')
""",
)


def _hold_sending(url: str) -> None:
    """Let nothing leave that may have left already; an archive of before there were campaigns holds nothing such."""
    with psycopg.connect(url) as connection:
        held = (
            ("messaging_outsideline", HOLD_SENDING),
            ("messaging_messageclaim", FORGET_CLAIMS),
            ("flows_run", HOLD_WALKING),
        )
        for table, statements in held:
            row = connection.execute("SELECT to_regclass(%s)", [f"public.{table}"]).fetchone()
            if row is not None and row[0] is not None:
                for statement in statements:
                    connection.execute(statement)


def _without_schema(listing: str) -> str:
    """Leave out the schema itself and the extensions' comments: both are there, made before."""
    kept = [line for line in listing.splitlines() if not re.search(r" SCHEMA - public | COMMENT - ", line)]
    return "\n".join(kept) + "\n"


def _run_client(name: str, major: int, url: str | None, *words: str) -> str:
    """Run pg_dump or pg_restore of the fitting version; the password goes by the environment. Returns its output."""
    command = [str(_client(name, major)), *words]
    variables = {**os.environ, "LC_ALL": "C", "PGOPTIONS": "-c lock_timeout=60s"}
    if url:
        parts = urlsplit(url)
        if parts.password:
            variables["PGPASSWORD"] = unquote(parts.password)
        command.append(f"--dbname={with_role(url, unquote(parts.username), None) if parts.username else url}")
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ArchiveError(f"{name} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def _client(name: str, major: int) -> Path:
    """Return the client program of the server's major version.

    Newer ones speak settings to an older server that it does not know, older ones refuse a newer server.
    """
    candidates = [find_binaries() / name, Path(f"/usr/lib/postgresql/{major}/bin") / name]
    if found := shutil.which(name):
        candidates.append(Path(found))
    for path in candidates:
        if path.exists():
            said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
            if re.search(rf"\b{major}(\.|\b)", said):
                return path
    raise ArchiveError(f"{name} of PostgreSQL {major} is not on this machine: install postgresql-client-{major}")


def _home_files(home: Path) -> dict[str, Path]:
    root = home / _FILES
    return {
        f"{_FILES}/{path.relative_to(root).as_posix()}": path
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def _write_members(file: IO[bytes], manifest: dict[str, Any], members: dict[str, Path]) -> None:
    with tarfile.open(fileobj=file, mode="w:", format=tarfile.PAX_FORMAT) as archive:
        with tempfile.TemporaryFile() as text:
            text.write(json.dumps(manifest, ensure_ascii=False, indent=1).encode())
            entry = tarfile.TarInfo(_MANIFEST)
            entry.size = text.tell()
            text.seek(0)
            archive.addfile(entry, text)
        for name, path in members.items():
            archive.add(path, arcname=name, recursive=False, filter=_plain)


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def _checked_manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    """Return the manifest after looking at every member: only plain files at plain names, whole and unchanged."""
    names = set()
    for entry in archive:
        path = PurePosixPath(entry.name)
        if not entry.isreg() or path.is_absolute() or ".." in path.parts or "\\" in entry.name or "\0" in entry.name:
            raise ArchiveError(f"The archive holds a dangerous member, it is refused whole: {entry.name[:200]!r}")
        if entry.name in names:
            raise ArchiveError(f"The archive holds {entry.name[:200]!r} twice, it is refused whole")
        names.add(entry.name)
    text = archive.extractfile(_MANIFEST) if _MANIFEST in names else None
    if text is None:
        raise ArchiveError("This is no archive of Voronka: manifest.json is missing")
    try:
        manifest: dict[str, Any] = json.loads(text.read())
        expected: dict[str, str] = manifest["members"]
        known = manifest["format"] == FORMAT and isinstance(manifest["tables"], dict)
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError("This is no archive of Voronka: manifest.json cannot be read") from error
    if not known:
        raise ArchiveError("The archive was made by another version of Voronka that this one cannot read")
    if names != {_MANIFEST, *expected} or any(
        name != _DUMP and not name.startswith(f"{_FILES}/") for name in expected
    ):
        raise ArchiveError("The archive holds other members than its manifest says, it is refused whole")
    for name, digest in expected.items():
        member = archive.extractfile(name)
        assert member is not None
        if _sha256(member) != digest:
            raise ArchiveError(f"{name[:200]!r} in the archive is damaged")
    return manifest


def _require_empty(url: str, home: Path) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    if row and row[0]:
        raise ArchiveError(
            "The database is not empty, nothing was changed: restore into a new one, "
            "by another VORONKA_HOME or DATABASE_URL"
        )
    if any((home / _FILES).rglob("*")):
        raise ArchiveError(f"{home / _FILES} is not empty, nothing was changed: restore into another VORONKA_HOME")


def _take_out(archive: tarfile.TarFile, name: str, target: Path) -> None:
    member = archive.extractfile(name)
    assert member is not None
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        shutil.copyfileobj(member, file, _PIECE)


def _sha256(source: Path | IO[bytes]) -> str:
    digest = hashlib.sha256()
    with source.open("rb") if isinstance(source, Path) else contextlib.nullcontext(source) as file:
        for piece in _pieces(file):
            digest.update(piece)
    return digest.hexdigest()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece
