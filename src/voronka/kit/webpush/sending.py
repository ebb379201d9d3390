"""The hand-over to a push service (RFC 8030, 5)."""

from collections.abc import Sequence
from datetime import datetime

from voronka.kit import outgoing

from .identity import authorization
from .sealing import Subscription, seal

TIMEOUT = 15.0


class Gone(Exception):
    """The service knows this subscription no more, or not from us: it is to be forgotten."""


class Later(Exception):
    """The service cannot take it now; nothing was shown."""


def send(
    to: Subscription, text: bytes, *, topic: str, seconds: int, urgent: bool, now: datetime,
    allow_private: Sequence[str] = (),
) -> None:  # fmt: skip
    """Hand one message over; of those with the same `topic` a device that was off gets the last, within `seconds`.

    Call it outside of transactions. Raises Gone and Later; ValueError when it can never be taken as it is.
    """
    headers = {
        "authorization": authorization(to.endpoint, now=now),
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "ttl": str(seconds),
        "urgency": "high" if urgent else "normal",
        "topic": topic,
    }
    try:
        answer = outgoing.post(
            to.endpoint, seal(text, to), headers, timeout=TIMEOUT, allow_private=allow_private, body_limit=2_000
        )
    except outgoing.OutgoingRefused as refused:
        unknown = refused.reason is outgoing.Refusal.UNRESOLVED
        raise (Later if unknown else Gone)(refused.reason.value) from refused
    except outgoing.OutgoingFailed as failed:
        # What may have come through is shown over itself: a notice of the same topic and tag is one notice.
        raise Later(failed.reason.value) from failed
    if 200 <= answer.status < 300:
        return
    # 401 and 403: the subscription was made for another key than ours.
    if answer.status in {401, 403, 404, 410}:
        raise Gone(str(answer.status))
    if answer.status in {408, 429} or answer.status >= 500:
        raise Later(str(answer.status))
    raise ValueError(f"the push service answered {answer.status}")
