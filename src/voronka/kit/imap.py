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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from voronka.kit.outgoing.addresses import judge_host
from voronka.kit.outgoing.client import Failure, OutgoingFailed, public_trust

MOST_LETTERS = 200
_FIELDS = "BODY.PEEK[HEADER.FIELDS (FROM SUBJECT MESSAGE-ID)]"
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")


class MailRefused(Exception):
    """The server does not let us in, or has no such folder; the message is the server's own."""


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
    """Connects to the judged numbers, by TLS, with the host's name in the certificate."""

    def __init__(self, host: str, port: int, addresses: Sequence[str], trust: ssl.SSLContext, timeout: float) -> None:
        self._addresses, self._trust = addresses, trust
        super().__init__(host, port, timeout)

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

    def __init__(self, session: imaplib.IMAP4) -> None:
        self._session = session

    def unseen(self) -> list[Letter]:
        """Return the heads of the unseen letters, the oldest first; at most two hundred."""
        found = _words(self._session.uid("SEARCH", "UNSEEN"))
        uids = [one.decode("ascii") for one in b" ".join(found).split() if one.isdigit()][:MOST_LETTERS]
        return [letter for uid in uids if (letter := self._head(uid)) is not None]

    def _head(self, uid: str) -> Letter | None:
        for told, body in _pairs(self._session.uid("FETCH", uid, f"(UID RFC822.SIZE {_FIELDS})")):
            size, named = _SIZE.search(told), _UID.search(told)
            if size is None or named is None or named[1] != uid.encode():
                continue
            head = _parsed(body)
            return Letter(uid, _text(head, "from"), _text(head, "subject"), _text(head, "message-id"), int(size[1]))
        return None

    def attachments(self, uid: str) -> list[Attachment]:
        """Return the files of a letter, which stays unseen."""
        for _told, body in _pairs(self._session.uid("FETCH", uid, "(UID BODY.PEEK[])")):
            parts = [part for part in _parsed(body).walk() if not part.is_multipart() and part.get_filename()]
            return [Attachment(str(part.get_filename()), _bytes(part)) for part in parts]
        return []

    def mark_seen(self, uid: str) -> None:
        """Mark a letter as seen."""
        _words(self._session.uid("STORE", uid, "+FLAGS.SILENT", "(\\Seen)"))


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


def _text(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())[:1_000]


def _bytes(part: Any) -> bytes:  # a part of a letter of any kind
    found = part.get_payload(decode=True)
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
    session: imaplib.IMAP4 | None = None
    try:
        session = _Pinned(host, port, addresses, trust or public_trust(), timeout)
        session.login(login, password)
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
