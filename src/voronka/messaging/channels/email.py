"""E-mail as a channel: letters of one chunk by one session, each answered for by itself.

What breaks before the text was sent has not left (retry); what breaks after it is unknown. Replies 4xx mean later, 5xx
never (RFC 5321, 4.2.1); a mailbox that is not there (RFC 3463, x.1.x) is a bounce, and the address is blocked.
"""

import re
import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
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
# The session of a batch between two of its chunks; None outside of a batch.
_kept: ContextVar[list[Line] | None] = ContextVar("kept", default=None)


@contextmanager
def of_batch() -> Iterator[None]:
    """Let the chunks of one batch go by one session: to begin one costs as much as a tenth of a chunk's letters."""
    kept: list[Line] = []
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)
        for line in kept:
            line.close()


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
        kept = _kept.get()
        way = _Way(kept.pop() if kept else None)
        envelopes = [(return_path(one.public_id), one.address) for one in plain]
        for place, (one, envelope) in enumerate(zip(plain, envelopes, strict=True), start=1):
            if one.is_late():
                way.leave_written()
                yield one.night()
            else:
                yield way.hand(one, envelope, envelopes[place] if place < len(plain) else None)
        if way.line is not None and kept is not None:
            kept.append(way.line)
        else:
            way.close()


class _Way:
    """The session by which the letters of a chunk go, opened anew when it breaks."""

    def __init__(self, line: Line | None) -> None:
        self.line = line
        self._is_old = line is not None  # the server may have ended it since the last chunk
        self._breaks = 0
        self._lost: str | None = None  # what was said by the server that is tried no more

    def hand(self, one: Outgoing, envelope: Envelope, following: Envelope | None) -> Handed:
        """Hand one letter over."""
        if self._is_old and self.line is not None:
            answer = _hand(self.line, one, envelope, following)
            if answer.state != "retry" or self.line.stands:
                return self._noted(answer)
            self.close()  # it has not left, and no server was tried for it
        if self.line is None and self._lost is None:
            try:
                self.line = Line(connect())
            except (TryLater, *_BROKEN) as error:
                self._lost = str(error)
        if self.line is None:
            return _answer(one, "retry", "no_server", self._lost or "")
        return self._noted(_hand(self.line, one, envelope, following))

    def _noted(self, answer: Handed) -> Handed:
        """Note what an answer says of the session; of a letter that cannot be written the server has heard nothing."""
        self._is_old = self._is_old and answer.code == "bad_address"
        if answer.state == "accepted":
            self._breaks = 0
        if self.line is not None and not self.line.stands:
            self._breaks += answer.state != "accepted" and answer.code != "bad_address"
            self.close()
            self._lost = answer.words if self._breaks >= MOST_BREAKS else None
        return answer

    def leave_written(self) -> None:
        """Leave a server that waits for the text of a letter which is not to go: no other one may be taken for it."""
        if self.line is not None and self.line.is_ahead:
            self.line.stands = False
            self.close()

    def close(self) -> None:
        """End the session, where there is one."""
        if self.line is not None:
            self.line.close()
        self.line = None


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


register_channel(
    "email", Email(), readiness=lambda: Readiness(is_set_up=bool(settings.MAIL_URL)), chunk=50, batch=of_batch
)
