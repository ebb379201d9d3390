"""Everything a company owns as one file: rows as JSON lines, one file a table, and the stored files beside them."""

import hashlib
import json
import secrets
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import IsolationLevel

from voronka.accounts.events import CompanyExported
from voronka.accounts.models import ListExport
from voronka.accounts.permissions import BACK_UP
from voronka.kit import jobs
from voronka.kit.actors import Actor
from voronka.kit.errors import Denied
from voronka.kit.events import publish
from voronka.kit.models import StoredFile
from voronka.kit.secrecy import secret_columns
from voronka.kit.tenancy import company_context, walls

KIND = "company_export"
HISTORY = "kit_change"


def export_company(*, actor: Actor, now: datetime, folder: Path | None = None) -> Path:
    """Write a zip with every row and file of the actor's company and return its path; the caller deletes it.

    Rows are read through the walls, in one snapshot when no transaction is open yet. `folder` is where it is
    written, the system's temporary folder by default. Raises Denied.
    """
    _require(actor)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="voronka-", suffix=".zip", delete=False) as target:
        path = Path(target.name)
    with company_context(actor.company_id, employee_id=actor.employee_id, origin=actor.origin):
        with _snapshot(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
            rows = {table: _write_table(archive, table) for table in sorted(walls.company_tables())}
            rows["accounts_user"] = _write_people(archive)
            files = _write_files(archive)
            about = {"company": actor.company_id, "made_at": now.isoformat(), "rows": rows, "files": files}
            archive.writestr("about.json", json.dumps(about, ensure_ascii=False, indent=2))
        with transaction.atomic():
            count = sum(rows.values())
            ListExport.objects.create(
                at=now, employee_id=actor.employee_id, what="company", rows=count, format="zip", address=actor.origin
            )
            publish(CompanyExported(company_id=actor.company_id, tables=len(rows), rows=count, files=files["stored"]))
    return path


def _require(actor: Actor) -> None:
    """Ask for the right; an archive holds every field, so it is not for one from whom some are hidden."""
    actor.require(BACK_UP)
    if not actor.sees_all:
        raise Denied(_("The archive holds fields that your role may not see: ask somebody who may see all."))


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything as of one moment."""
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    connection.ensure_connection()
    raw = connection.connection
    raw.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with transaction.atomic():
            yield
    finally:
        raw.isolation_level = None


def _write_table(archive: zipfile.ZipFile, table: str) -> int:
    """Write the rows of a table. Secrets and their hashes are left out, of what the history keeps of rows too."""
    quoted = connection.ops.quote_name(table)
    row = "to_jsonb(t) - %s::text[]"
    values: list[object] = [secret_columns(walls.company_tables()[table])]
    if table == HISTORY:
        of_tables = {name: secret_columns(model) for name, model in walls.company_tables().items()}
        row += (
            " || jsonb_build_object('before', t.before - ARRAY("
            "SELECT jsonb_array_elements_text(COALESCE(%s::jsonb -> t.\"table\", '[]'))))"
        )
        values.append(json.dumps(of_tables))
    return _write_rows(archive, table, f"SELECT ({row})::text FROM {quoted} t ORDER BY id", values)  # noqa: S608


def _write_people(archive: zipfile.ZipFile) -> int:
    """Of the accounts, which belong to persons, only the address by which the company knows them."""
    statement = (
        "SELECT jsonb_build_object('id', u.id, 'email', u.email)::text FROM accounts_user u"
        " WHERE u.id IN (SELECT user_id FROM accounts_employee) ORDER BY u.id"
    )
    return _write_rows(archive, "accounts_user", statement)


def _write_rows(archive: zipfile.ZipFile, name: str, statement: str, values: Sequence[object] = ()) -> int:
    count = 0
    with (
        archive.open(f"rows/{name}.jsonl", "w", force_zip64=True) as out,
        connection.connection.cursor(name=f"export_{name}") as cursor,
    ):
        cursor.itersize = 2_000
        cursor.execute(statement, values)
        for (line,) in cursor:
            out.write(line.encode() + b"\n")
            count += 1
    return count


def _write_files(archive: zipfile.ZipFile) -> dict[str, int]:
    stored = missing = 0
    owned = StoredFile.objects.exclude(subject_kind=KIND)  # an archive does not hold the earlier archive
    for file in owned.order_by("id").iterator(chunk_size=500):
        if not default_storage.exists(file.key):
            missing += 1
            continue
        with (
            default_storage.open(file.key) as source,
            archive.open(f"files/{file.public_id}", "w", force_zip64=True) as out,
        ):
            shutil.copyfileobj(source, out, 1 << 20)
        stored += 1
    return {"stored": stored, "missing": missing}


def order_export(*, actor: Actor) -> bool:
    """Put the making of an archive into the queue; returns False when one is being made already. Raises Denied."""
    _require(actor)
    assert actor.employee_id is not None, "an archive is ordered by a person"
    return jobs.defer(
        "accounts.export",
        company_id=actor.company_id,
        employee_id=actor.employee_id,
        once=f"export {actor.company_id}",
    )


def keep_export(*, actor: Actor, now: datetime) -> StoredFile:
    """Make the archive and keep it in the storage in place of the earlier one. Raises Denied."""
    path = export_company(actor=actor, now=now)
    try:
        size, key = path.stat().st_size, f"exports/{secrets.token_hex(16)}.zip"
        with path.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
            source.seek(0)
            key = default_storage.save(key, File(source))
    finally:
        path.unlink()
    with transaction.atomic():
        earlier = list(StoredFile.objects.select_for_update().filter(subject_kind=KIND))
        kept = StoredFile.objects.create(
            company_id=actor.company_id,
            subject_kind=KIND,
            subject_id=actor.company_id,
            name=f"voronka-{now:%Y-%m-%d}.zip",
            content_type="application/zip",
            size=size,
            sha256=sha256,
            key=key,
            added_by=actor.employee_id,
            added_at=now,
        )
        for file in earlier:
            transaction.on_commit(partial(default_storage.delete, file.key))
            file.delete()
    return kept


def find_export(*, actor: Actor) -> StoredFile | None:
    """Return the archive that waits to be taken, if there is one. Raises Denied."""
    _require(actor)
    return StoredFile.objects.filter(subject_kind=KIND).order_by("-id").first()
