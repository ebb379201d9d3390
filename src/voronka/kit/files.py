"""Files that came from people: kept in the storage under random names, given back as attachments only.

The owner of a kind of subject says who may read its files (`register_reader`); a kind without a reader gives
nothing to anybody. Bytes are written before the row: a transaction that is rolled back leaves bytes without a
row, never a row without bytes.
"""

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import current_company_id

MIB = 1024 * 1024
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")

Reader = Callable[[Actor, int], bool]
_readers: dict[str, Reader] = {}


def register_reader(subject_kind: str, may_read: Reader) -> None:
    """Say who may read the files of a kind of subject; `may_read` gets the actor and the subject's id."""
    if subject_kind in _readers:
        raise ValueError(f"files of {subject_kind} have a reader already")
    _readers[subject_kind] = may_read


def clean_name(name: str, *, fallback: str = "file") -> str:
    """Return a file's name without folders and signs that hide or break; at most 200 letters with its ending."""
    bare = _FORBIDDEN.sub(" ", name.replace("\\", "/").rsplit("/", 1)[-1])
    tidy = " ".join(bare.split()).strip(". ")
    stem, ending = os.path.splitext(tidy)
    return (stem[:180] + ending[:20]) or fallback


def store_file(
    source: IO[bytes],
    *,
    name: str,
    subject_kind: str,
    subject_id: int,
    added_by: int | None,
    now: datetime,
    content_type: str = "application/octet-stream",
    most_mib: int = 200,
) -> StoredFile:
    """Keep the bytes of `source` and return their row. Raises Invalid when there are more than `most_mib`."""
    key = f"{current_company_id()}/{secrets.token_hex(16)}"
    counted = _Counted(source, most_mib * MIB)
    try:
        kept = default_storage.save(key, File(counted))  # type: ignore[arg-type]  # a reader is all that storages ask
    except _TooBig:
        default_storage.delete(key)
        message = _("The file is too big: at most %(most)s MB.") % {"most": most_mib}
        raise Invalid(message, code="too_big", fields={"file": message}) from None
    return StoredFile.objects.create(
        company_id=current_company_id(),
        subject_kind=subject_kind,
        subject_id=subject_id,
        name=clean_name(name),
        content_type=content_type[:100],
        size=counted.size,
        sha256=counted.digest.hexdigest(),
        key=kept,
        added_by=added_by,
        added_at=now,
    )


class _TooBig(Exception):
    """More bytes came than the limit allows."""


class _Counted:
    """A reader that counts and hashes what passes, and stops at a limit."""

    def __init__(self, source: IO[bytes], most: int) -> None:
        self._source, self._most = source, most
        self.size, self.digest = 0, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._source.read(MIB if size < 0 else size)
        self.size += len(piece)
        if self.size > self._most:
            raise _TooBig
        self.digest.update(piece)
        return piece

    def chunks(self, chunk_size: int = MIB) -> Iterator[bytes]:
        while piece := self.read(chunk_size):
            yield piece


@contextmanager
def local_path(file: StoredFile) -> Iterator[Path]:
    """Give the file as a path on this machine; of a far storage a private copy that goes afterwards."""
    try:
        path = Path(default_storage.path(file.key))
    except NotImplementedError:
        path = None
    if path is not None:
        if not path.exists():
            raise NotFound(_("This file is no longer kept."))
        yield path
        return
    with tempfile.NamedTemporaryFile() as copy, default_storage.open(file.key) as source:
        while piece := source.read(MIB):
            copy.write(piece)
        copy.flush()
        yield Path(copy.name)


def get_file(actor: Actor, public_id: str) -> StoredFile:
    """Return a file that the actor may read. Raises NotFound, also where it only lies out of reach."""
    found = StoredFile.objects.filter(public_id=public_id).first()
    reader = _readers.get(found.subject_kind) if found else None
    if found is None or reader is None or not reader(actor, found.subject_id):
        raise NotFound(_("There is no such file."))
    return found


def file_names(public_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of files by public id; unknown ids are left out. Who asks has checked that they may be told."""
    return dict(StoredFile.objects.filter(public_id__in=list(public_ids)).values_list("public_id", "name"))


def file_response(file: StoredFile) -> FileResponse:
    """Return the file as an attachment: never shown in place, its type never guessed by the browser.

    Raises NotFound when its bytes are gone from the storage.
    """
    try:
        source = default_storage.open(file.key)
    except FileNotFoundError:
        raise NotFound(_("This file is no longer kept.")) from None
    return attachment(source, file.name, content_type=file.content_type)


def attachment(source: IO[bytes], name: str, *, content_type: str = "application/octet-stream") -> FileResponse:
    """Return bytes as an attachment that no browser shows in place, keeps or guesses the type of."""
    response = FileResponse(source, as_attachment=True, filename=clean_name(name), content_type=content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def delete_file(file: StoredFile) -> None:
    """Remove a file: its row, and its bytes once that is certain."""
    key = file.key
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(key))
