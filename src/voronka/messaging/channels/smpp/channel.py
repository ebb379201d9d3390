"""The way out by SMPP: sessions opened, and opened again after a break."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from voronka.messaging.channels.smpp.session import Account, Lost, Session, Take, Unbound
from voronka.messaging.ports import Handed, Outgoing
from voronka.messaging.services.sms_faults import FAULTS

RECONNECTS = 3


class SmppChannel:
    """One account with a message centre. Used by one thread."""

    def __init__(self, account: Account, take: Take, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._session = Session(account, take)
        self._sleep = sleep

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        """Hand messages over and tell of each."""
        for burst in self.bursts(batch):
            yield from burst

    def bursts(self, batch: Sequence[Outgoing]) -> Iterator[list[Handed]]:
        """Hand messages over; those that a break has caught are unknown, the rest goes by the next session.

        After three breaks without a message taken in between, what is left surely has not left: `retry`.
        """
        left = {one.message_id: one for one in batch}
        breaks = 0
        while left:
            try:
                if not self._session.is_open:
                    self._session.open()
                for burst in self._session.submit(list(left.values())):
                    for handed in burst:
                        del left[handed.message_id]
                        breaks = 0 if handed.state == "accepted" else breaks
                    yield burst
            except Lost:
                breaks += 1
            except Unbound as unbound:
                breaks = RECONNECTS if FAULTS[unbound.code].stops else breaks + 1
                if breaks >= RECONNECTS:
                    yield self._not_begun(left, unbound)
                    return
            if left and breaks >= RECONNECTS:
                yield self._not_begun(left, Unbound("provider_down"))
                return
            if left and breaks:
                self._sleep(0.2 * 2**breaks)

    @staticmethod
    def _not_begun(left: dict[int, Outgoing], why: Unbound) -> list[Handed]:
        blank = Handed(0, "retry", code=why.code, words=why.words)
        return [replace(blank, message_id=one) for one in left]

    def listen(self, seconds: float) -> None:
        """Take receipts and answers for a time. Raises Unbound."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not self._session.is_open:
                self._session.open()
            try:
                self._session.listen(left)
            except Lost:
                self._sleep(0.2)

    def close(self) -> None:
        """Unbind."""
        self._session.close()
