"""Our side of the sandbox: the API of YooKassa, and notices whose signature and age are checked."""

import hmac
from collections.abc import Mapping

from voronka.billing.gateways.kassa import KassaGateway, Transport
from voronka.billing.ports import Forged, Keys
from voronka.billing.rules.sandbox import SIGN, signed

OLDEST_SECONDS = 300


class SandboxGateway(KassaGateway):
    """One account with a sandbox."""

    def __init__(self, keys: Keys, transport: Transport) -> None:
        super().__init__(keys, transport)
        self._secret = keys.secret

    def hint(self, headers: Mapping[str, str], body: bytes, *, now: float) -> str:
        """Check the signature and its age, then read the number."""
        moment, _dot, given = headers.get(SIGN, "").partition(".")
        if not (moment.isascii() and moment.isdecimal() and len(moment) <= 12):
            raise Forged
        if abs(now - int(moment)) > OLDEST_SECONDS or not given.isascii():
            raise Forged
        if not hmac.compare_digest(signed(self._secret, body, now=int(moment)), f"{moment}.{given}"):
            raise Forged
        return super().hint(headers, body, now=now)
