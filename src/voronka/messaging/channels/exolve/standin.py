"""MTS Exolve on this machine: answers as its documents say; it sends nothing to anybody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

SENDERS = ("Shop", "79990000000")


@dataclass(slots=True)
class Exolve:
    """The provider's side over plain values. `troubles` are answers for the next requests, one each."""

    secret: str = "key"  # noqa: S105 - of a provider that sends nothing
    taken: dict[str, dict[str, str]] = field(default_factory=dict)
    states: dict[str, object] = field(default_factory=dict)
    has_money: bool = True

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Answer a request; names of headers in any case."""
        known = {name.lower(): value for name, value in headers.items()}
        if known.get("authorization") != f"Bearer {self.secret}":
            return self._no(401, 16, "invalid token")
        sent = json.loads(body)
        if path.endswith("/GetList"):
            number = str(sent.get("message_id"))
            rows = [self._row(number)] if number in self.taken else []
            return 200, json.dumps({"messages": rows}).encode()
        if not self.has_money:
            return self._no(400, 9, "insufficient funds on balance")
        if sent.get("number") not in SENDERS:
            return self._no(400, 3, "alpha name is not registered")
        if not str(sent.get("destination", "")).isdecimal() or len(sent["destination"]) != 11:
            return self._no(400, 3, "invalid destination")
        if not sent.get("text"):
            return self._no(400, 3, "text is empty")
        number = str(439_166_234_000 + len(self.taken))
        self.taken[number] = sent
        return 200, json.dumps({"message_id": number}).encode()

    def _row(self, number: str) -> dict[str, object]:
        sent = self.taken[number]
        return {"message_id": number, "sender": sent["number"], "receiver": sent["destination"],
                "text": sent["text"], "segments_count": 1,
                "delivery_status": self.states.get(number, "DELIVERED")}  # fmt: skip

    @staticmethod
    def _no(status: int, code: int, words: str) -> tuple[int, bytes]:
        return status, json.dumps({"error": {"code": code, "message": words}}).encode()
