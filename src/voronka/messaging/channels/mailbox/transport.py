"""A mailbox's own server: one judged address, encryption from the first word, honest about what left.

What breaks before the text was sent has not left; what breaks after it is unknown (RFC 5321, 4.2.1).
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from voronka.kit import outgoing
from voronka.kit.imap import MailRefused, open_mailbox
from voronka.kit.outgoing.addresses import judge_host
from voronka.kit.outgoing.client import public_trust
from voronka.messaging.ports import LineOut, LineSent, Refused, Silent
from voronka.messaging.rules.returns import is_nobody

TIMEOUT_SECONDS = 30.0
# What a command of SMTP can carry as it is: no space or line, which would be another command.
_PLAIN = re.compile(r"[!-~]+@[!-~]+")
_BROKEN = (smtplib.SMTPServerDisconnected, OSError)
_POLICY = policy.SMTP.clone(cte_type="7bit", max_line_length=76)


class _Pinned(smtplib.SMTP):
    """Connects to the judged numbers, with the host's name in the certificate."""

    def __init__(self, host: str, addresses: Sequence[str], *, is_tls: bool) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._host, self._addresses, self._is_tls = host, addresses, is_tls

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        last: OSError | None = None
        for address in self._addresses:
            try:
                raw = socket.create_connection((address, port), timeout)
                return public_trust().wrap_socket(raw, server_hostname=host) if self._is_tls else raw
            except OSError as error:
                last = error
        raise last or OSError("no address")


class Mailbox:
    """A mailbox that is written from, and looked into."""

    def __init__(self, settings: Mapping[str, str], password: str, allow_private: Sequence[str]) -> None:
        """Keep what it is spoken to by."""
        self._settings, self._password, self._allow = settings, password, tuple(allow_private)

    def hello(self) -> str:
        """Sign in at both servers and return the address."""
        kept = self._settings
        try:
            with open_mailbox(
                kept["host"], int(kept["port"]), kept["login"], self._password, folder=kept["folder"],
                timeout=TIMEOUT_SECONDS, allow_private=self._allow,
            ):  # fmt: skip
                pass
        except MailRefused as refused:
            raise Refused("bad_login", str(refused)) from refused
        except (outgoing.OutgoingRefused, outgoing.OutgoingFailed) as failed:
            raise Silent(outgoing.explain(failed), is_sent=False) from failed
        server = self._connect()
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        return kept["address"]

    def send(self, line: LineOut) -> LineSent:
        """Hand a letter over."""
        if not _PLAIN.fullmatch(line.outside):
            return LineSent("failed", "bad_address")
        try:
            letter = self.compose(line, now=datetime.now(UTC))
        except (ValueError, LookupError) as error:  # a heading that no letter can bear; nothing has left
            return LineSent("failed", "", type(error).__name__)
        try:
            server = self._connect()
        except Refused as refused:
            return LineSent("failed", refused.code, refused.words)
        except Silent as silent:
            return LineSent("waiting", "no_answer", silent.words)
        try:
            return _hand(server, self._settings["address"], line, letter)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.close()

    def compose(self, line: LineOut, *, now: datetime) -> bytes:
        """Return a letter in its thread: plain text, with our signed id; what goes with it stands beside the text."""
        letter = EmailMessage(policy=_POLICY)
        name, _at, domain = self._settings["address"].rpartition("@")
        letter["From"] = Address(_head(line.author), name, domain)
        letter["To"] = line.outside
        letter["Subject"] = _head(line.subject)
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = line.sign
        if line.address:
            letter["Reply-To"] = line.address
        if line.by_machine:
            letter["Auto-Submitted"] = "auto-replied"  # RFC 3834: a machine like ours does not answer it
        ids = [one for one in line.answers if re.fullmatch(r"<[!-;=?-~]{3,250}>", one)]
        if ids:
            letter["In-Reply-To"] = ids[-1]
            letter["References"] = " ".join(ids)
        letter.set_content(line.text)
        for one in line.files:
            maintype, _slash, subtype = one.kind.partition("/")
            letter.add_attachment(one.body, maintype=maintype, subtype=subtype, filename=one.name)
        return letter.as_bytes()

    def _connect(self) -> smtplib.SMTP:
        """Open a session, encrypted and signed in. Raises Refused, Silent; nothing has left by then."""
        kept = self._settings
        try:
            numbers = judge_host(kept["smtp_host"], int(kept["smtp_port"]), allow_private=self._allow)
        except outgoing.OutgoingRefused as refused:
            raise Silent(outgoing.explain(refused), is_sent=False) from refused
        server = _Pinned(kept["smtp_host"], numbers, is_tls=kept["security"] == "tls")
        try:
            server.connect(kept["smtp_host"], int(kept["smtp_port"]))
            server.ehlo()
            if kept["security"] == "starttls":
                if not server.has_extn("starttls"):  # perhaps somebody on the way has struck the offer out
                    raise Refused("no_tls", "")
                server.starttls(context=public_trust())
                server.ehlo()
            if server.has_extn("auth"):
                server.login(kept["login"], self._password)
        except smtplib.SMTPAuthenticationError as error:
            server.close()
            raise Refused("bad_login", _words(error.smtp_error)) from error
        except Refused:
            server.close()
            raise
        except (smtplib.SMTPException, ssl.SSLError, *_BROKEN) as error:
            server.close()
            raise Silent(type(error).__name__, is_sent=False) from error
        return server


def _hand(server: smtplib.SMTP, sender: str, line: LineOut, letter: bytes) -> LineSent:
    try:
        for code, words in (server.mail(sender), server.rcpt(line.outside)):
            if code not in (250, 251):
                return _refusal(code, _words(words))
    except _BROKEN as error:
        return LineSent("waiting", "no_answer", type(error).__name__)
    except smtplib.SMTPException as error:
        return LineSent("failed", "", type(error).__name__)
    try:
        code, words = server.data(letter)
    except smtplib.SMTPDataError as error:
        return _refusal(error.smtp_code, _words(error.smtp_error))
    except _BROKEN as error:
        return LineSent("unknown", "broken", type(error).__name__)
    return (
        LineSent("sent", words=_words(words), outside_id=line.sign) if code == 250 else _refusal(code, _words(words))
    )


def _refusal(code: int, words: str) -> LineSent:
    if 500 <= code < 600:
        return LineSent("failed", "nobody" if is_nobody(str(code), words) else "", words)
    return LineSent("waiting", "", words)


def _words(words: bytes | str) -> str:
    return (words.decode("utf-8", "replace") if isinstance(words, bytes) else words)[:200].replace("\0", "")


def _head(text: str) -> str:
    """Return a text as one line of a heading."""
    return " ".join(text.split())[:200]
