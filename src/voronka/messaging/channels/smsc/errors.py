"""Codes of SMSC as codes of our catalogue.

Its documents, read in November 2026: states https://smsc.ru/api/http/status_messages/statuses/, causes
https://smsc.ru/api/http/status_messages/errors/ and, with longer words, https://smsc.ru/api/smpp/errors.
"""

from types import MappingProxyType

from voronka.messaging.ports import ReceiptState

# error_code of an answer to a message.
ANSWERS = MappingProxyType(
    {1: "bad_request", 2: "wrong_credentials", 3: "no_money", 4: "blocked", 5: "bad_request", 6: "forbidden_text",
     7: "bad_number", 8: "no_route", 9: "throttled"}
)  # fmt: skip
# status of a message later. -3 not found, -2 stopped, -1 waits, 0 with the operator, 1 delivered, 2 read, 4 its link
# was followed, 3 out of time, 20 undeliverable, 22 a number of no such form, 23 forbidden, 24 no money, 25 "takes no
# SMS, or there is no way to its operator".
STATES: MappingProxyType[int, tuple[ReceiptState, str]] = MappingProxyType(
    {
        -3: ("unknown", ""), -2: ("failed", "not_delivered"), -1: ("accepted", ""), 0: ("accepted", ""),
        1: ("delivered", ""), 2: ("delivered", ""), 4: ("delivered", ""), 3: ("failed", "expired"),
        20: ("failed", "not_delivered"), 22: ("failed", "bad_number"), 23: ("failed", "forbidden_text"),
        24: ("failed", "no_money"), 25: ("failed", "no_route"),
    }
)  # fmt: skip
# err of a status: why it failed. 11 (no SMS for this subscriber now: roaming, an operator who takes none) and 21 (his
# phone takes none) say nothing of the number; 13 is a subscriber whom his operator has blocked, for want of money or by
# his own wish, no list of ours or the provider's; at 220 his own queue is full, since he is out of reach; 250 is a
# number that the account's settings forbid, 238 a sender who may send by a template only, 243 and 244 an account that
# has no contract, or may send no bulk. 245, no word of the operator for a day, leaves open what became of it.
NO_WORD = 245
CAUSES = MappingProxyType(
    {
        1: "bad_number", 6: "phone_off", 11: "not_delivered", 12: "not_delivered", 13: "phone_off",
        21: "not_delivered", 219: "not_delivered", 220: "phone_off", 237: "phone_off", 238: "forbidden_text",
        239: "wrong_place", 240: "phone_off", 243: "blocked", 244: "blocked", 246: "expired", 247: "throttled",
        248: "no_route", 249: "bad_number", 250: "blacklisted", 251: "throttled", 252: "blacklisted",
        253: "forbidden_text", 254: "wrong_sender", 255: "not_delivered",
    }
)  # fmt: skip
