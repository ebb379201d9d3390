"""SMSC on this machine: answers as its documents say, errors included; it sends nothing to anybody."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import parse_qsl

from voronka.messaging.rules.sms import count

FORBIDDEN = "casino"
SENDERS = ("Shop", "SMSC.RU")


@dataclass(slots=True)
class Smsc:
    """The provider's side over plain values: accounts, money and what was taken."""

    login: str = "shop"
    secret: str = "secret"  # noqa: S105 - of a provider that sends nothing
    money: Decimal = Decimal("100.00")
    price: Decimal = Decimal("4.50")
    taken: dict[str, dict[str, str]] = field(default_factory=dict)
    states: dict[str, tuple[int, int]] = field(default_factory=dict)
    answers: list[dict[str, object]] = field(default_factory=list)
    is_blocked: bool = False

    def answer(self, path: str, _headers: object, body: bytes) -> tuple[int, bytes]:
        """Answer a request."""
        sent = dict(parse_qsl(body.decode(), keep_blank_values=True))
        return 200, json.dumps(self._answer(path.rpartition("/")[2], sent)).encode()

    def _answer(self, name: str, sent: dict[str, str]) -> object:
        if self.is_blocked:
            return error(4, "ip is blocked")
        if (sent.get("login", self.login), sent.get("psw", sent.get("apikey"))) != (self.login, self.secret):
            return error(2, "authorise error")
        match name:
            case "send.php":
                return self._send(sent)
            case "status.php":
                return self._status(sent)
            case "balance.php":
                return {"balance": f"{self.money:.2f}"}
            case "get.php":
                after = int(sent.get("after_id", "0"))
                found = [one for one in self.answers if int(str(one["id"])) > after]
                return found or error(3, "no data")
        return error(1, "parameters error")

    def _send(self, sent: dict[str, str]) -> object:
        text, phone, number = sent.get("mes", ""), sent.get("phones", "").lstrip("+"), sent.get("id", "1")
        cost = self.price * len(count(text).parts)
        if not text or not phone:
            return error(1, "parameters error")
        if not phone.isdecimal() or not 10 < len(phone) < 16:
            return error(7, "invalid number", number)
        if phone.endswith("0008"):
            return error(8, "message can't be delivered", number)
        if FORBIDDEN in text.lower() or sent.get("sender") not in SENDERS:
            return error(6, "message is denied", number)
        if cost > self.money:
            return error(3, "no money", number)
        if any(one["phones"].lstrip("+") == phone and one["mes"] == text for one in self.taken.values()):
            return error(9, "duplicate request, wait a minute", number)
        if sent.get("test") != "1":
            self.money -= cost
        self.taken[number] = sent
        return {"id": number, "cnt": len(count(text).parts), "cost": f"{cost:.2f}", "balance": f"{self.money:.2f}"}

    def _status(self, sent: dict[str, str]) -> object:
        number = sent.get("id", "")
        if number not in self.taken:
            return error(3, "message not found")
        status, cause = self.states.get(number, (1, 0))
        return {"status": status, "last_date": "26.11.2026 09:01:00", "last_timestamp": 1795000000, "err": cause}


def error(code: int, words: str, number: str = "") -> dict[str, object]:
    """Return an error as SMSC tells it with fmt=3."""
    return {"error": words, "error_code": code} | ({"id": number} if number else {})
