"""What MTS Exolve says no by, as codes of our catalogue.

Its documents (https://docs.exolve.ru/docs/ru/api-reference/sms-api/) list no codes: an answer is known by its status
of HTTP, then by the code of gRPC that stands behind it, then by the field that its words name.
"""

from types import MappingProxyType

from voronka.messaging.ports import ReceiptState

STATUSES = MappingProxyType({401: "wrong_credentials", 402: "no_money", 403: "wrong_credentials", 429: "throttled"})
GRPC = MappingProxyType({7: "wrong_credentials", 8: "throttled", 16: "wrong_credentials"})
WORDS = (
    ("balance", "no_money"), ("funds", "no_money"), ("средств", "no_money"), ("баланс", "no_money"),
    ("destination", "bad_number"), ("получател", "bad_number"), ("alpha", "wrong_sender"), ("sender", "wrong_sender"),
    ("отправител", "wrong_sender"), ("blacklist", "blacklisted"), ("stop list", "blacklisted"),
    ("template", "forbidden_text"), ("шаблон", "forbidden_text"), ("too long", "too_long"), ("text", "empty_text"),
    ("number", "wrong_sender"),
)  # fmt: skip
# delivery_status where it is told by name.
STATES: tuple[tuple[str, ReceiptState], ...] = (
    ("UNDELIV", "failed"), ("NOT_DELIV", "failed"), ("FAIL", "failed"), ("REJECT", "failed"), ("EXPIRE", "failed"),
    ("DELIV", "delivered"),
)  # fmt: skip


def explain(status: int, grpc: int, words: str) -> str:
    """Return our code for an answer that says no."""
    known = STATUSES.get(status) or GRPC.get(grpc)
    said = words.lower()
    return known or next((code for word, code in WORDS if word in said), "bad_request")
