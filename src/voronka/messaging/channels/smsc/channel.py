"""The HTTP API of SMSC.ru (https://smsc.ru/api/http/): messages, their states, answers of subscribers, the balance.

Each message carries our own number, so one whose answer was lost can be asked after (status.php).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from voronka.messaging.channels.http import Transport, bursts, read_json, refused
from voronka.messaging.channels.smsc.errors import ANSWERS, CAUSES, NO_WORD, STATES
from voronka.messaging.ports import Handed, Incoming, Outgoing, Refused, Silent, SmsReceipt

BASE = "https://smsc.ru/sys"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Account:
    """An account: a login with its password, or a key alone."""

    login: str
    secret: str
    is_test: bool = False


class SmscChannel:
    """One account with SMSC."""

    def __init__(self, account: Account, transport: Transport) -> None:
        self._account, self._transport = account, transport

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        """Hand messages over, a request each."""
        return chain.from_iterable(self.bursts(batch))

    def bursts(self, batch: Sequence[Outgoing]) -> Iterator[list[Handed]]:
        """Hand messages over; those answered meanwhile are told of together."""
        return bursts(batch, self._send)

    def _send(self, message: Outgoing) -> Handed:
        sent = {"phones": message.address, "mes": message.text, "sender": message.sender, "cost": "3",
                "id": number_of(message.message_id)} | ({"test": "1"} if self._account.is_test else {})  # fmt: skip
        if not message.text:
            return refused(message, Refused("empty_text", ""))
        try:
            found = self._ask("/send.php", sent)
        except (Refused, Silent) as error:
            return refused(message, error)
        if "id" not in found:
            return refused(message, Refused("strange", str(found)))
        parts = found.get("cnt")
        return Handed(
            message.message_id, "accepted", provider_id=str(found.get("id") or sent["id"])[:65],
            parts=parts if isinstance(parts, int) else 0, cost=_money(found.get("cost")),
        )  # fmt: skip

    def status(self, message_id: int, address: str) -> SmsReceipt:
        """Ask how a message stands. Raises Refused, Silent."""
        number = number_of(message_id)
        found = self._ask("/status.php", {"phone": address, "id": number}, missing=SmsReceipt(number, "unknown"))
        if isinstance(found, SmsReceipt):
            return found
        state, code = STATES.get(_whole(found.get("status"), -1), ("unknown", ""))
        cause = _whole(found.get("err"), 0)
        if state == "failed":
            code = CAUSES.get(cause, code)
            state = "unknown" if cause == NO_WORD else state
        words = f"status {found.get('status')}" + (f", err {cause}" if cause else "")
        return SmsReceipt(number, state, code, words, address, _money(found.get("cost")))

    def balance(self) -> Decimal:
        """Return the money left. Raises Refused, Silent."""
        found = _money(self._ask("/balance.php", {}).get("balance"))
        if found is None:
            raise Silent("no balance", is_sent=True)
        return found

    def incoming(self, after: int) -> list[Incoming]:
        """Return what subscribers wrote since a message, oldest first. Raises Refused, Silent."""
        found = self._ask("/get.php", {"get_answers": "1", "after_id": str(after)}, missing=[])
        rows = found if isinstance(found, list) else []
        told = [
            Incoming(
                str(one["phone"]).lstrip("+"),
                str(one.get("message", "")),
                str(one.get("to_phone", "")),
                str(one["id"]),
            )
            for one in rows
            if isinstance(one, dict) and "phone" in one and _whole(one.get("id"), 0) > after
        ]
        return sorted(told, key=lambda one: int(one.provider_id))

    def _ask(self, path: str, sent: Mapping[str, str], missing: Any = None) -> Any:  # Any: JSON of a stranger
        """Ask, and return the answer; `missing` is what it means that nothing is found (code 3 of all but messages)."""
        account = self._account
        keys = {"login": account.login, "psw": account.secret} if account.login else {"apikey": account.secret}
        body = urlencode({**keys, **sent, "fmt": "3", "charset": "utf-8"}).encode()
        status, answer = self._transport(path, FORM, body)
        if status != 200:
            raise Silent(f"status {status}", is_sent=status != 429)
        found = read_json(answer)
        if isinstance(found, list) and missing is not None:
            return found
        if not isinstance(found, dict):
            raise Silent("strange answer", is_sent=True)
        code = _whole(found.get("error_code"), 0)
        if not code:
            return found
        if code == 3 and missing is not None:
            return missing
        raise Refused(ANSWERS.get(code, "strange"), f"{code}: {found.get('error', '')}")


def number_of(message_id: int) -> str:
    """Return our number of a message as SMSC keeps it."""
    return f"v{message_id}"


def _whole(value: object, default: int) -> int:
    try:
        return int(str(value))
    except ValueError:
        return default


def _money(value: object) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found.quantize(Decimal("0.0001")) if found.is_finite() and abs(found) < 10**9 else None
