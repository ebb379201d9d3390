"""Reading a mailbox over IMAP: one judged address, TLS from the first byte, bounds on time, letters and bytes.

imaplib of the standard library, whose answers are loose, stands behind a face with types.
"""

import contextlib
import email
import email.policy
import imaplib
import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage, Message
from io import BufferedReader
from typing import Any, cast

from voronka.kit.outgoing.addresses import OutgoingRefused, judge_host
from voronka.kit.outgoing.client import Failure, OutgoingFailed, public_trust
from voronka.kit.rows import OF_DATABASE

MOST_LETTERS, MOST_SECONDS, MOST_ANSWER = 200, 600.0, 64 * 2**20
_FIELDS = "BODY.PEEK[HEADER.FIELDS (FROM SUBJECT MESSAGE-ID)]"
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")


class MailRefused(Exception):
    """The server does not let us in, or has no such folder; the message is the server's own."""


# What the other side, or the address that was typed, may be expected to answer with.
OF_SERVER = (MailRefused, OutgoingRefused, OutgoingFailed)
# Of the other side or the database, not of the letter that is read meanwhile: it is tried again. Whatever else a letter
# raises is its own fault, and keeps those behind it waiting for ever unless it is put aside.
NOT_OF_LETTER = (*OF_SERVER, OSError, *OF_DATABASE)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter by its head; `size` in bytes, `uid` names it in its folder."""

    uid: str
    sender: str
    subject: str
    message_id: str
    size: int


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a letter."""

    name: str
    body: bytes


class _Pinned(imaplib.IMAP4):
    """Connects to the judged numbers, by TLS, with the host's name in the certificate.

    A server that drips bytes, or says that gigabytes follow, gains nothing: the whole talk has its time, each answer
    its size.
    """

    def __init__(self, host: str, port: int, addresses: Sequence[str], trust: ssl.SSLContext, timeout: float) -> None:
        self._addresses, self._trust = addresses, trust
        self._until, self._left = time.monotonic() + MOST_SECONDS, MOST_ANSWER
        super().__init__(host, port, timeout)
        self._encoding = "utf-8"  # of logins and passwords

    def ask(self, *command: str) -> tuple[str, Any]:  # imaplib tells no types
        """Send a command about letters by their numbers, and return its answer."""
        self._left = MOST_ANSWER
        return self.uid(*command)

    def told(self, code: str) -> int:
        """Return the number that the server told with the folder; 0 where it told none."""
        _name, found = self.response(code)
        last = found[-1] if found else None
        return int(last) if isinstance(last, bytes) and last.isdigit() and len(last) < 12 else 0

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer where the line ends."""
        self._take(size)
        found, file = bytearray(), cast("BufferedReader", self.file)
        while len(found) < size and (piece := file.read1(min(size - len(found), 65_536))):
            found += piece
            self._take(0)
        return bytes(found)

    def readline(self) -> bytes:
        """Return the bytes up to the end of a line."""
        found, file = bytearray(), cast("BufferedReader", self.file)
        while not found.endswith(b"\n") and (seen := file.peek(1)):
            piece = file.read(seen.find(b"\n") + 1 or len(seen))
            self._take(len(piece))
            found += piece
        return bytes(found)

    def _take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise self.abort("too much")
        if time.monotonic() > self._until:
            raise TimeoutError

    def _create_socket(self, timeout: float | None) -> socket.socket:
        last: OSError | None = None
        for address in self._addresses:
            try:
                raw = socket.create_connection((address, self.port), timeout)
                return self._trust.wrap_socket(raw, server_hostname=self.host)
            except OSError as error:
                last = error
        raise last or OSError("no address")


class Mailbox:
    """An open folder of a mailbox."""

    def __init__(self, session: _Pinned) -> None:
        self._session = session

    def unseen(self) -> list[Letter]:
        """Return the heads of the newest two hundred unseen letters, the oldest of them first."""
        return self._heads(self._found("UNSEEN")[-MOST_LETTERS:])

    def since(self, uid: int) -> list[Letter]:
        """Return the heads of the two hundred letters that came next after a number, seen or not."""
        later = sorted((one for one in self._found("UID", f"{uid + 1}:*") if int(one) > uid), key=int)
        return self._heads(later[:MOST_LETTERS])

    def numbering(self) -> tuple[int, int]:
        """Return the sign under which numbers hold (RFC 3501, 2.3.1.1) and the next number; 0 where none is told."""
        return self._session.told("UIDVALIDITY"), self._session.told("UIDNEXT")

    def _found(self, *asked: str) -> list[str]:
        found = _words(self._session.ask("SEARCH", *asked))
        return [one.decode("ascii") for one in b" ".join(found).split() if one.isdigit() and len(one) < 12]

    def _heads(self, uids: Sequence[str]) -> list[Letter]:
        return [letter for uid in uids if (letter := self._head(uid)) is not None]

    def source(self, uid: str) -> bytes:
        """Return a whole letter as it came, which stays as it was, seen or not; empty where it is gone."""
        return next((body for _told, body in _pairs(self._session.ask("FETCH", uid, "(UID BODY.PEEK[])"))), b"")

    def _head(self, uid: str) -> Letter | None:
        for told, body in _pairs(self._session.ask("FETCH", uid, f"(UID RFC822.SIZE {_FIELDS})")):
            size, named = _SIZE.search(told), _UID.search(told)
            if size is None or named is None or named[1] != uid.encode():
                continue
            head = _parsed(body)
            return Letter(uid, _text(head, "from"), _text(head, "subject"), _text(head, "message-id"), int(size[1]))
        return None

    def attachments(self, uid: str) -> list[Attachment]:
        """Return the files of a letter, which stays unseen."""
        for _told, body in _pairs(self._session.ask("FETCH", uid, "(UID BODY.PEEK[])")):
            try:
                return _files(_parsed(body))
            except _UNREADABLE:  # the older way to read letters forgives more, and decodes less of their names
                return _files(email.message_from_bytes(body))
        return []

    def mark_seen(self, uid: str) -> None:
        """Mark a letter as seen."""
        _words(self._session.ask("STORE", uid, "+FLAGS.SILENT", "(\\Seen)"))


def _words(answer: tuple[str, Any]) -> list[bytes]:  # imaplib tells no types
    state, rows = answer
    if state != "OK":
        raise MailRefused(str(state))
    return [row for row in rows if isinstance(row, bytes)]


def _pairs(answer: tuple[str, Any]) -> Iterator[tuple[bytes, bytes]]:  # imaplib tells no types
    state, rows = answer
    if state != "OK":
        raise MailRefused(str(state))
    for row in rows:
        if isinstance(row, tuple) and len(row) == 2:
            yield bytes(row[0]), bytes(row[1])


def _parsed(body: bytes) -> EmailMessage:
    return email.message_from_bytes(body, policy=email.policy.default)


def _files(letter: Message) -> list[Attachment]:
    parts = [(part, _name(part)) for part in letter.walk() if not part.is_multipart()]
    return [Attachment(name, _bytes(part)) for part, name in parts if name]


def _text(message: EmailMessage, name: str) -> str:
    """Return what a heading says; nothing where it says nothing that can be read."""
    try:
        return _clean(" ".join(str(message.get(name, "")).split()))[:1_000]
    except _UNREADABLE:
        return ""


def _name(part: Any) -> str:  # a part of a letter of any kind
    try:
        return _clean(str(part.get_filename() or ""))[:1_000]
    except _UNREADABLE:
        return ""


def _clean(text: str) -> str:
    """Return a text without bytes that were none of its alphabet, and without zero."""
    return text.encode(errors="ignore").decode().replace("\0", "")


# What the standard library falls over with on headings that keep to no standard (`Message-ID: <>`).
_UNREADABLE = (IndexError, AttributeError, ValueError, TypeError, LookupError, AssertionError)


def _bytes(part: Any) -> bytes:  # a part of a letter of any kind
    try:
        found = part.get_payload(decode=True)
    except _UNREADABLE:
        return b""
    return found if isinstance(found, bytes) else b""


@contextlib.contextmanager
def open_mailbox(
    host: str, port: int, login: str, password: str, *,
    folder: str = "INBOX", timeout: float = 30.0, allow_private: Sequence[str] = (),
    trust: ssl.SSLContext | None = None,
) -> Iterator[Mailbox]:  # fmt: skip
    """Open a folder; `timeout` in seconds bounds each answer.

    Raises OutgoingRefused before anything is sent, OutgoingFailed for a line that broke, MailRefused for a server that
    says no. Call it outside of transactions.
    """
    addresses = judge_host(host, port, allow_private=allow_private)
    session: _Pinned | None = None
    try:
        session = _Pinned(host, port, addresses, trust or public_trust(), timeout)
        session.login(_quoted(login), password)
        _words(session.select(f'"{folder}"'))
        yield Mailbox(session)
    except TimeoutError as error:
        raise OutgoingFailed(Failure.TIMEOUT) from error
    except (OSError, imaplib.IMAP4.abort) as error:
        raise OutgoingFailed(Failure.CONNECTION) from error
    except imaplib.IMAP4.error as error:
        raise MailRefused(str(error)[:300]) from error
    finally:
        if session is not None:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                session.logout()
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                session.shutdown()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
