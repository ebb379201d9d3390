"""The API of YooKassa, version 3 (https://yookassa.ru/developers/api): payments, refunds, notices.

Its sandbox twin (`sandbox.py`) answers the same requests. Sums go as {"value": "10.00", "currency": "RUB"}; the same
`Idempotence-Key` gives the same answer for a day. YooKassa does not sign its notices, so a notice only makes us ask.
"""

import base64
import json
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from voronka.billing.ports import Forged, Keys, Known, ProviderRefused, ProviderSilent, Told, Wanted

Transport = Callable[[str, str, Mapping[str, str], bytes], tuple[int, bytes]]
_STATES: dict[str, Known] = {
    "pending": "waiting", "waiting_for_capture": "waiting", "succeeded": "paid", "canceled": "declined",
}  # fmt: skip
LONGEST_NUMBER = 64


class KassaGateway:
    """One shop of YooKassa, spoken to through a transport: (method, path, headers, body) gives (status, body)."""

    def __init__(self, keys: Keys, transport: Transport) -> None:
        self._keys, self._transport = keys, transport

    def create(self, wanted: Wanted) -> Told:
        """Make a payment that is taken at once."""
        sent = {
            "amount": _money(wanted.amount, wanted.currency),
            "capture": True,
            "confirmation": {"type": "redirect", "return_url": wanted.back_url},
            "description": wanted.about[:128],
        }
        return self._told(self._ask("POST", "/payments", sent, wanted.operation))

    def status(self, outer_id: str) -> Told:
        """Ask for a payment."""
        return self._told(self._ask("GET", f"/payments/{_number(outer_id)}"))

    def refund(self, outer_id: str, *, operation: str, amount: Decimal, currency: str) -> None:
        """Give a part back; a refund that YooKassa is still working on counts as unknown."""
        sent = {"payment_id": outer_id, "amount": _money(amount, currency)}
        found = self._ask("POST", "/refunds", sent, operation)
        if found.get("status") == "canceled":
            reason = found.get("cancellation_details")
            raise ProviderRefused(str(reason.get("reason", "canceled")) if isinstance(reason, dict) else "canceled")
        if found.get("status") != "succeeded":
            raise ProviderSilent("processing")

    def hint(self, headers: Mapping[str, str], body: bytes, *, now: float) -> str:
        """Read the number of the payment out of a notice: of the payment itself, or of its refund."""
        try:
            found = json.loads(body)
            about = found["object"]
            number = about["payment_id"] if str(found["event"]).startswith("refund.") else about["id"]
            if found["type"] != "notification":
                raise Forged
            return _number(str(number))
        except (ValueError, KeyError, TypeError, RecursionError, ProviderRefused):
            raise Forged from None

    def _ask(self, method: str, path: str, sent: Mapping[str, object] | None = None, key: str = "") -> dict[str, Any]:
        pair = f"{self._keys.shop_id}:{self._keys.secret}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}", "Accept": "application/json"}
        if sent is not None:
            headers |= {"Content-Type": "application/json", "Idempotence-Key": key}
        status, body = self._transport(method, path, headers, json.dumps(sent).encode() if sent is not None else b"")
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            raise ProviderSilent(f"status_{status}") from None
        if not isinstance(found, dict) or status == 202 or status == 429 or status >= 500 or status < 200:
            raise ProviderSilent(f"status_{status}")
        if status >= 300:
            raise ProviderRefused(str(found.get("code") or f"status_{status}"))
        return found

    @staticmethod
    def _told(found: Mapping[str, Any]) -> Told:
        """Read a payment; one that lacks what it must have is as good as no answer."""
        try:
            amount, back = found["amount"], found.get("refunded_amount") or {"value": "0"}
            confirmation = found.get("confirmation") or {}
            return Told(
                outer_id=_number(str(found["id"])),
                state=_STATES[found["status"]],
                amount=Decimal(amount["value"]).quantize(Decimal("0.01")),
                currency=str(amount["currency"]),
                refunded=Decimal(back["value"]).quantize(Decimal("0.01")),
                address=str(confirmation.get("confirmation_url", ""))[:1000],
            )
        except (KeyError, TypeError, AttributeError, InvalidOperation, ProviderRefused):
            raise ProviderSilent("strange_answer") from None


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"value": f"{amount:.2f}", "currency": currency}


def _number(text: str) -> str:
    """Return a number of a payment that may stand in an address. Raises ProviderRefused."""
    if not 0 < len(text) <= LONGEST_NUMBER or not all(
        one.isascii() and (one.isalnum() or one == "-") for one in text
    ):
        raise ProviderRefused("strange_number")
    return text
