"""Sessions with the mail server of VORONKA_MAIL_URL, in the demo with the local mailbox."""

import re
import smtplib
import ssl
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from django.conf import settings

from voronka.kit.mail import encrypt
from voronka.kit.outbox import TryLater

TIMEOUT_SECONDS = 30
CLOSING = 421  # the server hangs up after it, whatever was asked
Reply = tuple[int, bytes]
# Who sends, and to whom: what the server is told before the text.
Envelope = tuple[str, str]
_ONE_LINE = re.compile(rb"([2-5][0-9]{2})( [^\r\n]*)?\r\n")
# What a server says to an envelope that it takes: sender, receiver, go ahead.
_GOES = re.compile(rb"25[01](?: [^\r\n]*)?\r\n25[01](?: [^\r\n]*)?\r\n354( [^\r\n]*)?\r\n")
_DOT = re.compile(rb"(?m)^\.")


def connect() -> smtplib.SMTP:
    """Open a session with the server of VORONKA_MAIL_URL: smtp://user:password@host:port or smtps://..."""
    parts = urlsplit(settings.MAIL_URL)
    if not parts.hostname:
        raise TryLater("no mail server is set: VORONKA_MAIL_URL")
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            parts.hostname, parts.port or 465, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(parts.hostname, parts.port or 25, timeout=TIMEOUT_SECONDS)
    try:
        if parts.scheme != "smtps":
            encrypt(server)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


class Line:
    """A session by which letters go one after another.

    Where the server takes commands in a row (PIPELINING, RFC 2920), a text and the envelope of the next letter are one
    write, so a letter is one way there and back, not four. A letter whose envelope alone was written has not left.
    """

    def __init__(self, server: smtplib.SMTP) -> None:
        self._server, self._in_a_row = server, server.has_extn("pipelining")
        self._written: Envelope | None = None
        self.stands = True

    @property
    def is_ahead(self) -> bool:
        """Whether the server waits for the text of a letter whose envelope was written beforehand."""
        return self._written is not None

    def offer(self, envelope: Envelope) -> Reply:
        """Say who sends to whom; return the server's go-ahead (354), or why not. Raises what smtplib raises."""
        if not self._in_a_row:
            for command in _commands(envelope)[:2]:
                code, words = self._server.docmd(command)
                if code not in {250, 251}:
                    return self._refused(code, words)
            code, words = self._server.docmd("DATA")
            return (code, words) if code == 354 else self._refused(code, words)
        if self._written != envelope:
            self._server.send("".join(f"{one}\r\n" for one in _commands(envelope)).encode())
        self._written = None
        if (taken := self._read(_GOES)) is not None:
            return 354, (taken[1] or b"").strip(b" \t")
        first: Reply | None = None
        for wanted in ({250, 251}, {250, 251}, {354}):
            code, words = self._reply()
            if code == CLOSING:
                return self._refused(code, words)
            if code not in wanted:
                first = first or (code, words)
        if first is None:
            return code, words
        if code == 354:  # it takes a text for nobody: an empty one ends that (RFC 2920, 3.1)
            self._server.send(b".\r\n")
            self._server.getreply()
        return self._refused(*first)

    def hand(self, letter: bytes, following: Envelope | None) -> Reply:
        """Write the text, and with it the envelope of the next letter; return the answer to the text.

        Raises what smtplib raises: the text may have arrived then.
        """
        octets = _DOT.sub(b"..", letter) + (b"" if letter.endswith(b"\r\n") else b"\r\n") + b".\r\n"
        if self._in_a_row and following is not None:
            octets += "".join(f"{one}\r\n" for one in _commands(following)).encode()
            self._written = following
        self._server.send(octets)
        code, words = self._reply()
        if code == CLOSING:
            self.stands = False
        return code, words

    def _reply(self) -> Reply:
        """Read one answer. Those of one line, nearly all, are read here at half the price; others by the library."""
        if (found := self._read(_ONE_LINE)) is not None:
            return int(found[1]), (found[2] or b"").strip(b" \t")
        return self._server.getreply()

    def _read(self, expected: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Read what is expected, where it is what has come; else nothing."""
        file = self._server.file
        if file is None:
            return None
        found = expected.match(file.peek(1))
        if found is not None:
            file.read(found.end())
        return found

    def _refused(self, code: int, words: bytes) -> Reply:
        """Make the session fit for the next letter, where it stands."""
        self.stands = code != CLOSING
        if self.stands:
            try:
                self._server.rset()
            except (smtplib.SMTPException, OSError):
                self.stands = False
        return code, words

    def close(self) -> None:
        """Say good-bye, where there is somebody to say it to."""
        if self.stands and not self.is_ahead:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
        self._server.close()


def _commands(envelope: Envelope) -> tuple[str, str, str]:
    sender, address = envelope
    return f"MAIL FROM:<{sender}>", f"RCPT TO:<{address}>", "DATA"
