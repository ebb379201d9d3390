"""A provider that sends nothing: everything may be tried before there is a contract, errors too.

What becomes of a message is told by the end of its number, so every error can be seen on demand.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from voronka.messaging.ports import Gateway, Handed, Incoming, Keys, Kind, Outgoing, SmsReceipt, Take
from voronka.messaging.rules.sms import MOST_PARTS, count
from voronka.messaging.services.sms_faults import FAULTS

ENDS = MappingProxyType(
    {"0001": "wrong_credentials", "0003": "no_money", "0005": "wrong_sender", "0006": "forbidden_text",
     "0007": "bad_number", "0008": "blacklisted", "0009": "throttled", "0000": "no_answer"}
)  # fmt: skip
LATE_ENDS = MappingProxyType({"0020": "phone_off", "0022": "expired", "0025": "not_delivered"})
PRICE = Decimal("4.5000")


class SandboxGateway(Gateway):
    """An account with the sandbox."""

    def hand_over(self, batch: Sequence[Outgoing]) -> Iterator[Handed]:
        """Take messages, and send none."""
        for one in batch:
            parts = len(count(one.text).parts)
            code = "empty_text" if not parts else "too_long" if parts > MOST_PARTS else ENDS.get(one.address[-4:], "")
            if code:
                yield Handed(one.message_id, FAULTS[code].state, code=code, words="sandbox")
            else:
                yield Handed(one.message_id, "accepted", provider_id=one.public_id, parts=parts, cost=PRICE * parts)

    def status(self, message_id: int, number: str, address: str) -> SmsReceipt | None:
        """Tell that it came, or why it did not."""
        if not number:
            return SmsReceipt(f"s{message_id}", "unknown")
        code = LATE_ENDS.get(address[-4:], "")
        return SmsReceipt(number, "failed" if code else "delivered", code, "sandbox", address)

    def balance(self) -> Decimal | None:
        """Return nothing: there is no money here."""
        return None

    def incoming(self, after: int) -> list[Incoming]:
        """Return nothing: nobody writes to it."""
        return []

    def listen(self, seconds: float) -> None:
        """Nothing comes by itself."""

    def close(self) -> None:
        """Nothing is open."""


def open_sandbox(_keys: Keys, _take: Take) -> SandboxGateway:
    """Open the sandbox."""
    return SandboxGateway()


SANDBOX = Kind(
    "sandbox", _("Sandbox: nothing is sent"), (), "", open_sandbox, is_real=False, tells_state=True,
    codes=tuple((f"+7...{end}", code) for end, code in {**ENDS, **LATE_ENDS}.items()),
)  # fmt: skip
