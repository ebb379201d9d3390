"""A provider of our own, to try everything without money: it answers as YooKassa's API does, and signs its notices.

This is the provider's side, on plain values over a shelf of payments; ours is `gateways/sandbox.py`. The product keeps
the shelf in its base and calls the sandbox in its own process; tests serve it by HTTP on loopback.
"""

import base64
import binascii
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Protocol

SIGN = "voronka-sandbox-signature"


@dataclass(slots=True)
class Held:
    """A payment as the sandbox keeps it; `refunds` are what went back, by the key they were asked under."""

    outer_id: str
    key: str
    amount: Decimal
    status: str = "pending"
    refunded: Decimal = Decimal("0.00")
    refunds: dict[str, str] = field(default_factory=dict)
    about: str = ""
    back_url: str = ""


class Shelf(Protocol):
    """Where the sandbox keeps payments. One that is taken for a change stays locked till it is put back."""

    def by_key(self, key: str) -> Held | None:
        """Return the payment that was made under a key."""

    def take(self, outer_id: str) -> Held | None:
        """Return a payment, for a change."""

    def put(self, held: Held) -> Held:
        """Keep a payment; of two made under one key at once the first stays, and is returned."""

    def address(self, held: Held) -> str:
        """Return where a person pays it."""


class Sandbox:
    """The provider's side."""

    def __init__(self, shop_id: str, secret: str, shelf: Shelf) -> None:
        self._shop_id, self._secret, self._shelf = shop_id, secret, shelf

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Answer a request; header names in any case."""
        known = {name.lower(): value for name, value in headers.items()}
        if not self._is_known(known.get("authorization", "")):
            return _error(401, "invalid_credentials")
        match method, path.strip("/").split("/"):
            case "POST", ["payments"]:
                return self._create(known.get("idempotence-key", ""), body)
            case "GET", ["payments", outer_id]:
                held = self._shelf.take(outer_id)
                return self._payment(held) if held is not None else _error(404, "not_found")
            case "POST", ["refunds"]:
                return self._refund(known.get("idempotence-key", ""), body)
        return _error(404, "not_found")

    def press(self, outer_id: str, *, is_paid: bool) -> Held | None:
        """Let a person pay or decline; what is decided stays. Return the payment, None where there is none."""
        held = self._shelf.take(outer_id)
        if held is not None and held.status == "pending":
            held.status = "succeeded" if is_paid else "canceled"
            self._shelf.put(held)
        return held

    def notice(self, held: Held, *, now: float) -> tuple[dict[str, str], bytes]:
        """Return headers and body of the notice about a payment as it stands."""
        told = json.loads(self._payment(held)[1])
        body = json.dumps({"type": "notification", "event": f"payment.{held.status}", "object": told}).encode()
        return {SIGN: signed(self._secret, body, now=now), "content-type": "application/json"}, body

    def _is_known(self, header: str) -> bool:
        try:
            given = base64.b64decode(header.removeprefix("Basic "), validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(given, f"{self._shop_id}:{self._secret}".encode())

    def _create(self, key: str, body: bytes) -> tuple[int, bytes]:
        sent = _read(body)
        amount = _amount(sent)
        if not key or len(key) > 64 or amount is None:
            return _error(400, "invalid_request")
        held = self._shelf.by_key(key)
        if held is None:
            confirmation = sent.get("confirmation")
            back = confirmation.get("return_url", "") if isinstance(confirmation, dict) else ""
            about = str(sent.get("description", ""))[:200]
            held = self._shelf.put(Held(str(uuid.uuid4()), key, amount, about=about, back_url=str(back)[:500]))
        if held.amount != amount:  # one key, two requests
            return _error(400, "invalid_request")
        return self._payment(held)

    def _payment(self, held: Held) -> tuple[int, bytes]:
        told: dict[str, object] = {
            "id": held.outer_id, "status": held.status, "paid": held.status == "succeeded", "test": True,
            "amount": _money(held.amount), "description": held.about,
        }  # fmt: skip
        if held.status == "succeeded":
            told["refunded_amount"] = _money(held.refunded)
        if held.status == "pending":
            told["confirmation"] = {"type": "redirect", "confirmation_url": self._shelf.address(held)}
        return 200, json.dumps(told).encode()

    def _refund(self, key: str, body: bytes) -> tuple[int, bytes]:
        sent = _read(body)
        amount = _amount(sent)
        held = self._shelf.take(str(sent.get("payment_id", ""))[:64])
        if not key or len(key) > 64 or amount is None:
            return _error(400, "invalid_request")
        if held is None:
            return _error(404, "not_found")
        if key not in held.refunds:
            if held.status != "succeeded" or amount > held.amount - held.refunded:
                return _error(400, "invalid_request")
            held.refunded += amount
            held.refunds[key] = f"{amount:.2f}"
            self._shelf.put(held)
        told = {"id": key, "status": "succeeded", "payment_id": held.outer_id, "amount": _money(amount)}
        return 200, json.dumps(told).encode()


def signed(secret: str, body: bytes, *, now: float) -> str:
    """Return the signature of a notice: the moment, a point, HMAC-SHA256 over both and the body."""
    moment = str(int(now))
    return f"{moment}.{hmac.new(secret.encode(), moment.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def _read(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _amount(sent: Mapping[str, object]) -> Decimal | None:
    given = sent.get("amount")
    if not isinstance(given, dict) or given.get("currency") != "RUB":
        return None
    try:
        amount = Decimal(str(given.get("value")))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount < 10**13 and amount == round(amount, 2) else None


def _money(amount: Decimal) -> dict[str, str]:
    return {"value": f"{amount:.2f}", "currency": "RUB"}


def _error(status: int, code: str) -> tuple[int, bytes]:
    return status, json.dumps({"type": "error", "code": code}).encode()
