"""E-mail as a channel: letters of one chunk by one session, each answered for by itself.

What breaks before the text was sent has not left (retry); what breaks after it is unknown. Replies 4xx mean later, 5xx
never (RFC 5321, 4.2.1); a mailbox that is not there (RFC 3463, x.1.x) is a bounce, and the address is blocked.
"""

import re
import smtplib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import structlog
from django.conf import settings

from voronka.kit.outbox import TryLater
from voronka.messaging.channels.composing import compose
from voronka.messaging.channels.smtp import Envelope, Line, connect
from voronka.messaging.ports import Handed, Outgoing, Readiness, register_channel
from voronka.messaging.rules.returns import is_nobody
from voronka.messaging.services.returning import return_path

log = structlog.get_logger(__name__)

# What a command of SMTP can carry as it is: no space or line, which would be another command.
_PLAIN = re.compile(r"[!-;=?-~]+")
_BROKEN = (smtplib.SMTPException, OSError)
MOST_BREAKS = 3


class Email:
    """The channel."""

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        """Hand letters over; a session that breaks is opened anew for those that follow.

        A server that gives no session, or breaks several without taking a letter, is tried no more: each try may last
        half a minute, and the rest has surely not left.
        """
        plain = []
        for one in batch:
            if _PLAIN.fullmatch(one.address):
                plain.append(one)
            else:
                yield _answer(one, "rejected", "bad_address", "")
        line: Line | None = None
        breaks, lost = 0, None  # what was said by the server that is tried no more
        envelopes = [(return_path(one.public_id), one.address) for one in plain]
        for place, (one, envelope) in enumerate(zip(plain, envelopes, strict=True), start=1):
            if one.is_late():
                line = _without(line)
                yield one.night()
                continue
            if line is None and lost is None:
                try:
                    line = Line(connect())
                except (TryLater, *_BROKEN) as error:
                    lost = str(error)
            if line is None:
                yield _answer(one, "retry", "no_server", lost or "")
                continue
            answer = _hand(line, one, envelope, envelopes[place] if place < len(plain) else None)
            if answer.state == "accepted":
                breaks = 0
            elif not line.stands and answer.code != "bad_address":
                breaks += 1
            if not line.stands:
                line.close()
                line = None
                lost = answer.words if breaks >= MOST_BREAKS else None
            yield answer
        if line is not None:
            line.close()


def _without(line: Line | None) -> Line | None:
    """Return the session as the letter after may use it: a server that waits for the text of this one is left."""
    if line is None or not line.is_ahead:
        return line
    line.stands = False
    line.close()
    return None


def _hand(line: Line, one: Outgoing, envelope: Envelope, following: Envelope | None) -> Handed:
    """Hand one letter over."""
    try:
        letter = compose(one, now=datetime.now(UTC))
    except Exception as error:  # noqa: BLE001 - the library's readers break on odd addresses in many ways
        log.warning("a letter cannot be composed", message=one.message_id, reason=type(error).__name__)
        line.stands = line.stands and not line.is_ahead
        return _answer(one, "rejected", "bad_address", "")
    try:
        code, words = line.offer(envelope)
    except _BROKEN as error:
        line.stands = False
        return _answer(one, "retry", "broken", type(error).__name__)
    if code != 354:
        return _refused(one, code, words)
    try:
        code, words = line.hand(letter, following)
    except _BROKEN as error:
        line.stands = False
        return _answer(one, "unknown", "broken", type(error).__name__)
    return _answer(one, "accepted", "", _text(words)) if code == 250 else _refused(one, code, words)


def _refused(one: Outgoing, code: int, words: bytes) -> Handed:
    if 500 <= code < 600:
        said = _text(words)
        return _answer(one, "rejected", "bounce" if is_nobody(str(code), said) else f"smtp_{code}", said)
    return _answer(one, "retry", f"smtp_{code}", _text(words))


def _answer(one: Outgoing, state: str, code: str, words: str) -> Handed:
    return Handed(one.message_id, state, "smtp", "", code, words)  # type: ignore[arg-type]  # one of the four states


def _text(words: bytes) -> str:
    return words.decode("utf-8", "replace")


register_channel("email", Email(), readiness=lambda: Readiness(is_set_up=bool(settings.MAIL_URL)), chunk=50)
