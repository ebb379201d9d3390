"""How the shop speaks with the product: by the API alone, with a key, as any other shop would.

What is for sale is kept for half a minute; where the product does not answer, the last known holds.
"""

import http.client
import json
import threading
import time
import urllib.parse
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import urlsplit

KEPT_SECONDS = 30.0
PAGE = 200


class Away(Exception):
    """The product does not answer, so there is nothing to sell yet."""


class Refused(Exception):
    """The product refuses; the message is for people."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant as the product tells of it; `pieces` may be had now."""

    id: str
    code: str
    name: str
    price: Decimal
    barcode: str
    pieces: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order as the checkout sends it; `key` is the form's own, so that one form is one order."""

    key: str
    lines: tuple[tuple[str, int], ...]
    name: str
    phone: str
    email: str
    city: str = ""
    address: str = ""
    delivery: str = ""
    payment: str = ""
    promo: str = ""
    comment: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that was placed."""

    number: str
    sum: Decimal
    phase: str = "new"
    made_at: str = ""


class Office(Protocol):
    """What the shop asks of the product."""

    def shelf(self) -> Mapping[str, Offer]:
        """Return what is for sale by article. Raises Away."""

    def place(self, wanted: Wanted) -> Placed | None:
        """Place an order; None where the request waits for a person. Raises Refused, Away."""

    def orders_of(self, client: str) -> list[Placed]:
        """Return the last orders of a customer. Raises Away."""


@dataclass(slots=True)
class ApiOffice:
    """The product's API at an address, with a key."""

    base: str
    key: str
    host: str = ""
    kept: Mapping[str, Offer] = field(default_factory=dict)
    kept_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def shelf(self) -> Mapping[str, Offer]:
        """Return what is for sale by article."""
        with self.lock:
            if time.monotonic() >= self.kept_until:
                try:
                    self.kept = self._shelf()
                except (Away, Refused):
                    if not self.kept:
                        raise Away from None
                self.kept_until = time.monotonic() + KEPT_SECONDS
            return self.kept

    def _shelf(self) -> dict[str, Offer]:
        asked = urllib.parse.urlencode({"f.code": "LK-", "limit": PAGE})
        goods = self._ask("GET", f"/goods?{asked}")["items"]
        pieces = {one["variant"]: one["available"] for one in self._ask("GET", f"/stock?{asked}")["items"]}
        return {
            one["code"]: Offer(
                one["id"], one["code"], one["name"], Decimal(one["price"]), next(iter(one["barcodes"]), ""),
                max(int(Decimal(pieces.get(one["id"], 0))), 0),
            )
            for one in goods
            if one["price"] is not None and one["is_on_sale"]
        }  # fmt: skip

    def place(self, wanted: Wanted) -> Placed | None:
        """Bring the buyer in as a lead unless he is known, then place his order."""
        shelf = self.shelf()
        if any(code not in shelf for code, _count in wanted.lines):
            raise Refused("Чего-то из корзины больше нет в продаже.")
        client = wanted.client or self._client_of(wanted)
        if not client:
            return None
        order = {
            "client": client, "number": f"ЛК-{int(wanted.key[:8], 16) % 1_000_000:06d}", "city": wanted.city,
            "lines": [{"variant": shelf[code].id, "quantity": str(count)} for code, count in wanted.lines],
            "address": wanted.address, "recipient_name": wanted.name, "recipient_phone": wanted.phone,
            "delivery": wanted.delivery or None, "payment": wanted.payment or None, "promo": wanted.promo,
            "comment": wanted.comment, "backorder": True,
        }  # fmt: skip
        made = self._ask("POST", "/orders", order, key=f"{wanted.key}-order")
        self.kept_until = 0.0  # there is less on the shelf now
        return _placed(made)

    def _client_of(self, wanted: Wanted) -> str:
        lead = {
            "name": wanted.name, "phones": [wanted.phone], "emails": [wanted.email] if wanted.email else [],
            "city": wanted.city, "source": "магазин", "message": wanted.comment, "consents": ["personal_data"],
            "wants_contact": False,
        }  # fmt: skip
        return self._ask("POST", "/leads", lead, key=f"{wanted.key}-lead")["client"] or ""

    def orders_of(self, client: str) -> list[Placed]:
        """Return the last orders of a customer."""
        asked = urllib.parse.urlencode({"client": client, "limit": 10})
        return [_placed(one) for one in self._ask("GET", f"/orders?{asked}")["items"]]

    def _ask(self, method: str, path: str, sent: object = None, *, key: str = "") -> Any:  # JSON of many shapes
        headers = {"Authorization": f"Bearer {self.key}", "Accept-Language": "ru", "Accept": "application/json"}
        if self.host:
            headers["Host"] = self.host
        if method != "GET":
            headers |= {"Idempotency-Key": key or str(uuid.uuid4()), "Content-Type": "application/json"}
        parts = urlsplit(self.base)
        line = http.client.HTTPConnection(parts.hostname or "localhost", parts.port or 80, timeout=20)
        try:
            line.request(method, f"/api/v1{path}", None if sent is None else json.dumps(sent), headers)
            answer = line.getresponse()
            said = json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Away from error
        finally:
            line.close()
        if answer.status >= 500 or answer.status == 429:
            raise Away
        if answer.status >= 400:
            fields = said.get("fields") or {}
            raise Refused(" ".join(dict.fromkeys(map(str, fields.values()))) or said.get("detail") or said["title"])
        return said


def _placed(said: Mapping[str, Any]) -> Placed:  # of JSON
    number = said["outer_number"] or str(said["number"])
    return Placed(number, Decimal(said["total"]), said["phase"], said["made_at"])
