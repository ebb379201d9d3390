"""Files fetched from where a source says, outside of any transaction; nothing is written here."""

import fnmatch
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

from django.conf import settings

from voronka.catalogue.models import PriceSource, SourceState
from voronka.kit import outgoing
from voronka.kit.imap import open_mailbox

KINDS = (".xlsx", ".xls", ".ods", ".csv", ".tsv", ".txt", ".xml", ".yml")
MOST_BYTES, MOST_FILES, TIMEOUT_SECONDS = 40 * 2**20, 20, 60.0


class Unfetched(Exception):
    """Nothing could be had: `code` says why, `detail` is what the other side said."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as it came. `message` names its letter; `settle` is called once it is kept."""

    name: str
    body: bytes
    message: str = ""
    etag: str = ""
    modified: str = ""
    settle: Callable[[], None] = _nothing

    @property
    def digest(self) -> str:
        """Return what tells its content from any other."""
        return hashlib.sha256(self.body).hexdigest()


def fetch(source: PriceSource, state: SourceState, is_seen: Callable[[str], bool]) -> Iterator[Fetched]:
    """Yield the files of a source; none where nothing has changed.

    `is_seen` tells whether a letter (a hash of its id) was taken before. Raises Unfetched, OutgoingRefused,
    OutgoingFailed, MailRefused.
    """
    if source.kind == PriceSource.Kind.FOLDER:
        yield from _from_folder(source)
    elif source.kind == PriceSource.Kind.URL:
        yield from _from_address(source, state)
    else:
        yield from _from_mailbox(source, is_seen)


def folder_of(company_id: int | None) -> Path:
    """Return the folder in which a company's lists are laid down: one for each, and none outside of it."""
    return Path(settings.HOME) / "prices" / str(company_id)


def _from_folder(source: PriceSource) -> Iterator[Fetched]:
    """Yield the newest file that fits; links that lead out of the folder are not followed."""
    folder = folder_of(source.company_id)
    if not folder.is_dir():
        raise Unfetched("no_folder", str(folder))
    fitting = [
        path for path in folder.iterdir()
        if fnmatch.fnmatch(path.name.lower(), source.pattern.lower()) and path.suffix.lower() in KINDS
        and not path.is_symlink() and path.is_file()
    ]  # fmt: skip
    if not fitting:
        raise Unfetched("no_file", str(folder))
    newest = max(fitting, key=lambda path: (path.stat().st_mtime, path.name))
    if newest.stat().st_size > MOST_BYTES:
        raise Unfetched("too_large", newest.name)
    yield Fetched(newest.name, newest.read_bytes())


def _from_address(source: PriceSource, state: SourceState) -> Iterator[Fetched]:
    asked = {"If-None-Match": state.etag, "If-Modified-Since": state.modified}
    answer = outgoing.send(
        "GET", source.url, headers={name: value for name, value in asked.items() if value}, timeout=TIMEOUT_SECONDS,
        allow_private=settings.ALLOW_PRIVATE_WEBHOOKS, body_limit=MOST_BYTES,
    )  # fmt: skip
    if answer.status == 304:
        return
    if answer.status != 200:
        raise Unfetched("status", str(answer.status))
    if not answer.is_whole:
        raise Unfetched("too_large", source.url[:200])
    name = PurePath(source.url.partition("?")[0]).name or "list"
    yield Fetched(
        name, answer.body_start, etag=_sign(answer.headers.get("etag", ""), 300),
        modified=_sign(answer.headers.get("last-modified", ""), 100),
    )  # fmt: skip


def _sign(text: str, most: int) -> str:
    """Return a sign that can be sent back as it came; nothing for one that cannot."""
    return text if text.isascii() and len(text) <= most else ""


def _from_mailbox(source: PriceSource, is_seen: Callable[[str], bool]) -> Iterator[Fetched]:
    """Yield the files of unseen letters that fit; a letter is marked as seen once its last file is kept."""
    with open_mailbox(
        source.host, source.port, source.login, source.password or "", timeout=TIMEOUT_SECONDS,
        allow_private=settings.ALLOW_PRIVATE_WEBHOOKS,
    ) as box:  # fmt: skip
        count = 0
        for letter in box.unseen():
            fits = source.sender.lower() in letter.sender.lower() and source.subject.lower() in letter.subject.lower()
            named = letter.message_id or f"{letter.uid} {letter.sender} {letter.subject} {letter.size}"
            message = hashlib.sha256(named.encode()).hexdigest()
            if not fits or is_seen(message) or letter.size > MOST_BYTES:
                continue
            if count >= MOST_FILES:
                return
            lists = [one for one in box.attachments(letter.uid) if PurePath(one.name).suffix.lower() in KINDS]
            files = lists[:MOST_FILES]
            for number, one in enumerate(files, 1):
                count += 1
                is_last = number == len(files)
                yield Fetched(
                    one.name, one.body, message if is_last else "",
                    settle=partial(box.mark_seen, letter.uid) if is_last else _nothing,
                )  # fmt: skip
