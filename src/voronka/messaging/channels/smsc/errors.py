"""Codes of SMSC as codes of our catalogue (https://smsc.ru/api/http/, https://smsc.ru/api/smpp/errors)."""

from types import MappingProxyType

from voronka.messaging.ports import ReceiptState

# error_code of an answer to a message.
ANSWERS = MappingProxyType(
    {1: "bad_request", 2: "wrong_credentials", 3: "no_money", 4: "blocked", 5: "bad_request", 6: "forbidden_text",
     7: "bad_number", 8: "no_route", 9: "throttled"}
)  # fmt: skip
# status of a message later.
STATES: MappingProxyType[int, tuple[ReceiptState, str]] = MappingProxyType(
    {
        -3: ("unknown", ""), -2: ("failed", "not_delivered"), -1: ("accepted", ""), 0: ("accepted", ""),
        1: ("delivered", ""), 2: ("delivered", ""), 4: ("delivered", ""), 3: ("failed", "expired"),
        20: ("failed", "not_delivered"), 22: ("failed", "bad_number"), 23: ("failed", "forbidden_text"),
        24: ("failed", "no_money"), 25: ("failed", "phone_off"),
    }
)  # fmt: skip
# err of a status: why it failed.
CAUSES = MappingProxyType(
    {
        1: "bad_number", 6: "phone_off", 11: "bad_number", 12: "not_delivered", 13: "blacklisted", 21: "bad_number",
        219: "not_delivered", 220: "throttled", 237: "phone_off", 240: "phone_off", 246: "expired", 248: "no_route",
        249: "bad_number", 250: "throttled", 251: "throttled", 252: "blacklisted", 253: "forbidden_text",
        254: "wrong_sender", 255: "not_delivered",
    }
)  # fmt: skip
