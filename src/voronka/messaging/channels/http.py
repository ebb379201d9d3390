"""How providers of SMS are spoken to over HTTP: by the guarded way, several requests at once, honest about silence."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import Any

from voronka.kit import outgoing
from voronka.messaging.ports import Handed, Outgoing, Refused, Silent
from voronka.messaging.services.sms_faults import FAULTS

SECONDS = 20.0
AT_ONCE = 4
# (path, headers, body) gives (status, body).
Transport = Callable[[str, Mapping[str, str], bytes], tuple[int, bytes]]


def over_http(base: str, *, allow_private: Sequence[str] = (), seconds: float = SECONDS) -> Transport:
    """Return a transport to an address that POSTs. Raises Silent."""

    def ask(path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        try:
            answer = outgoing.post(f"{base}{path}", body, headers, timeout=seconds, allow_private=allow_private)
        except outgoing.OutgoingRefused as refused:
            raise Silent(refused.reason.value, is_sent=False) from refused
        except outgoing.OutgoingFailed as failed:
            raise Silent(failed.reason.value, is_sent=failed.is_sent) from failed
        if not answer.is_whole:
            raise Silent("too_long", is_sent=True)
        return answer.status, answer.body_start

    return ask


def read_json(body: bytes) -> Any:  # Any: what a stranger wrote, looked into piece by piece
    """Return what an answer holds. Raises Silent: an answer that is none says nothing of what was done."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Silent("no JSON", is_sent=True) from None


def refused(message: Outgoing, error: Refused | Silent) -> Handed:
    """Return what a refusal or silence means for a message."""
    return Handed(message.message_id, FAULTS[error.code].state, code=error.code, words=error.words)


def bursts(batch: Sequence[Outgoing], send: Callable[[Outgoing], Handed]) -> Iterator[list[Handed]]:
    """Send several at once, and tell of each, those that were answered meanwhile together.

    After a fault that stops all, the rest is not tried: `retry`.
    """
    stopped: Handed | None = None

    def one(message: Outgoing) -> Handed:
        if stopped is not None:
            return Handed(message.message_id, "retry", code=stopped.code, words=stopped.words)
        return message.night() if message.is_late() else send(message)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = {pool.submit(one, message) for message in batch}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            burst = sorted((future.result() for future in done), key=lambda one: one.message_id)
            stopped = stopped or next(
                (told for told in burst if told.code in FAULTS and FAULTS[told.code].stops), None
            )
            yield burst
