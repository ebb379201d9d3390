"""The SMS API of MTS Exolve: SendSMS and GetList (https://docs.exolve.ru/docs/ru/api-reference/sms-api/)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from voronka.messaging.channels.exolve.errors import STATES, explain
from voronka.messaging.channels.http import Transport, bursts, read_json, refused
from voronka.messaging.ports import Handed, Outgoing, ReceiptState, Refused, Silent, SmsReceipt
from voronka.messaging.rules.sms import count

BASE = "https://api.exolve.ru/messaging/v1"


@dataclass(frozen=True, slots=True)
class Account:
    """An application of Exolve, by its key."""

    secret: str


class ExolveChannel:
    """One application of Exolve."""

    def __init__(self, account: Account, transport: Transport) -> None:
        self._account, self._transport = account, transport

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        """Hand messages over, a request each. There is no key against doubles: what got no answer stays unknown."""
        return chain.from_iterable(self.bursts(batch))

    def bursts(self, batch: Sequence[Outgoing]) -> Iterator[list[Handed]]:
        """Hand messages over; those answered meanwhile are told of together."""
        return bursts(batch, self._send)

    def _send(self, message: Outgoing) -> Handed:
        if not message.text:
            return refused(message, Refused("empty_text", ""))
        sent = {"number": message.sender, "destination": message.address.lstrip("+"), "text": message.text}
        try:
            found = self._ask("/SendSMS", sent)
        except (Refused, Silent) as error:
            return refused(message, error)
        number = str(found.get("message_id") or "")[:65]
        if not number:
            return refused(message, Refused("strange", json.dumps(found)[:200]))
        return Handed(message.message_id, "accepted", provider_id=number, parts=len(count(message.text).parts))

    def status(self, provider_id: str) -> SmsReceipt:
        """Ask how a message stands. A state told by a number only leaves it accepted. Raises Refused, Silent."""
        rows = self._ask("/GetList", {"message_id": provider_id}).get("messages")
        row = next((one for one in rows if isinstance(one, dict)), None) if isinstance(rows, list) else None
        if row is None:
            return SmsReceipt(provider_id, "unknown")
        word = str(row.get("delivery_status", "")).upper()[:40]
        state: ReceiptState = next((found for name, found in STATES if name in word), "accepted")
        code = "not_delivered" if state == "failed" else ""
        return SmsReceipt(provider_id, state, code, word, str(row.get("receiver", "")).lstrip("+"))

    def _ask(self, path: str, sent: Mapping[str, object]) -> dict[str, Any]:  # Any: JSON of a stranger
        headers = {"Authorization": f"Bearer {self._account.secret}", "Content-Type": "application/json"}
        status, body = self._transport(path, headers, json.dumps(sent, ensure_ascii=False).encode())
        if status >= 500:
            raise Silent(f"status {status}", is_sent=True)
        try:
            found = read_json(body)
        except Silent:
            if status >= 400:
                raise Refused(explain(status, 0, ""), f"status {status}") from None
            raise
        if not isinstance(found, dict):
            raise Silent("strange answer", is_sent=True)
        error = found.get("error")
        if status < 400 and not error:
            return found
        inner = error if isinstance(error, dict) else {"message": error or found.get("message", ""), **found}
        words, grpc = str(inner.get("message", "")), inner.get("code", 0)
        raise Refused(explain(status, grpc if isinstance(grpc, int) else 0, words), f"status {status}: {words}")
