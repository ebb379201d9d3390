"""E-mail as a channel: letters of one chunk by one session, each answered for by itself.

What breaks before the text was sent has not left (retry); what breaks after it is unknown. Replies 4xx mean later, 5xx
never (RFC 5321, 4.2.1); a mailbox that is not there (RFC 3463, x.1.x) is a bounce, and the address is blocked.
"""

import re
import smtplib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from django.conf import settings

from voronka.kit.outbox import TryLater
from voronka.messaging.channels.composing import compose
from voronka.messaging.channels.smtp import connect
from voronka.messaging.ports import Handed, Outgoing, Readiness, register_channel
from voronka.messaging.rules.returns import is_nobody
from voronka.messaging.services.returning import return_path

log = structlog.get_logger(__name__)

# What a command of SMTP can carry as it is: no space or line, which would be another command.
_PLAIN = re.compile(r"[!-~]+")
_BROKEN = (smtplib.SMTPServerDisconnected, OSError)
MOST_BREAKS = 3


class Email:
    """The channel."""

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        """Hand letters over; a session that breaks is opened anew for those that follow.

        A server that gives no session, or breaks several without taking a letter, is tried no more: each try may last
        half a minute, and the rest has surely not left.
        """
        server: smtplib.SMTP | None = None
        breaks, lost = 0, None  # what was said by the server that is tried no more
        for one in batch:
            if server is None and lost is None:
                try:
                    server = connect()
                except (TryLater, smtplib.SMTPException, *_BROKEN) as error:
                    lost = str(error)
            if server is None:
                yield _answer(one, "retry", "no_server", lost or "")
                continue
            answer, stands = _hand(server, one)
            breaks = 0 if answer.state == "accepted" else breaks + (not stands)
            if not stands:
                server.close()
                server = None
                lost = answer.words if breaks >= MOST_BREAKS else None
            yield answer
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()


def _hand(server: smtplib.SMTP, one: Outgoing) -> tuple[Handed, bool]:
    """Hand one letter over; tell as well whether the session still stands."""
    if not _PLAIN.fullmatch(one.address):
        return _answer(one, "rejected", "bad_address", ""), True
    try:
        letter = compose(one, now=datetime.now(UTC))
    except Exception as error:  # noqa: BLE001 - the library's readers break on odd addresses in many ways
        log.warning("a letter cannot be composed", message=one.message_id, reason=type(error).__name__)
        return _answer(one, "rejected", "bad_address", ""), True
    try:
        for code, words in (server.mail(return_path(one.public_id)), server.rcpt(one.address)):
            if code not in {250, 251}:
                return _refused(server, one, code, words)
    except _BROKEN as error:
        return _answer(one, "retry", "broken", type(error).__name__), False
    try:
        code, words = server.data(letter)
    except smtplib.SMTPDataError as error:
        words = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
        return _refused(server, one, error.smtp_code, words)
    except _BROKEN as error:
        return _answer(one, "unknown", "broken", type(error).__name__), False
    if code == 250:
        return _answer(one, "accepted", "", _text(words)), True
    return _refused(server, one, code, words)


def _refused(server: smtplib.SMTP, one: Outgoing, code: int, words: bytes) -> tuple[Handed, bool]:
    stands = code != 421
    if stands:
        try:
            server.rset()
        except (smtplib.SMTPException, OSError):
            stands = False
    if 500 <= code < 600:
        said = _text(words)
        return _answer(one, "rejected", "bounce" if is_nobody(str(code), said) else f"smtp_{code}", said), stands
    return _answer(one, "retry", f"smtp_{code}", _text(words)), stands


def _answer(one: Outgoing, state: str, code: str, words: str) -> Handed:
    return Handed(one.message_id, state, "smtp", "", code, words)  # type: ignore[arg-type]  # one of the four states


def _text(words: bytes) -> str:
    return words.decode("utf-8", "replace")


register_channel("email", Email(), readiness=lambda: Readiness(is_set_up=bool(settings.MAIL_URL)), chunk=50)
