"""Statuses of SMPP 3.4 (5.1.3) and words of receipts as codes of the catalogue."""

from types import MappingProxyType

# command_status: its name in the specification, and our code.
STATUSES = MappingProxyType(
    {
        0x01: ("ESME_RINVMSGLEN", "too_long"), 0x02: ("ESME_RINVCMDLEN", "bad_request"),
        0x03: ("ESME_RINVCMDID", "bad_request"), 0x04: ("ESME_RINVBNDSTS", "provider_down"),
        0x05: ("ESME_RALYBND", "provider_down"), 0x08: ("ESME_RSYSERR", "provider_down"),
        0x0A: ("ESME_RINVSRCADR", "wrong_sender"), 0x0B: ("ESME_RINVDSTADR", "bad_number"),
        0x0D: ("ESME_RBINDFAIL", "wrong_credentials"), 0x0E: ("ESME_RINVPASWD", "wrong_credentials"),
        0x0F: ("ESME_RINVSYSID", "wrong_credentials"), 0x14: ("ESME_RMSGQFUL", "throttled"),
        0x15: ("ESME_RINVSERTYP", "bad_request"), 0x42: ("ESME_RINVESMCLASS", "bad_request"),
        0x44: ("ESME_RCNTSUBDL", "not_delivered"), 0x45: ("ESME_RSUBMITFAIL", "not_delivered"),
        0x48: ("ESME_RINVSRCTON", "wrong_sender"), 0x49: ("ESME_RINVSRCNPI", "wrong_sender"),
        0x50: ("ESME_RINVDSTTON", "bad_number"), 0x51: ("ESME_RINVDSTNPI", "bad_number"),
        0x53: ("ESME_RINVSYSTYP", "wrong_credentials"), 0x58: ("ESME_RTHROTTLED", "throttled"),
        0x61: ("ESME_RINVSCHED", "bad_request"), 0x62: ("ESME_RINVEXPIRY", "bad_request"),
        0x64: ("ESME_RX_T_APPN", "provider_down"), 0x65: ("ESME_RX_P_APPN", "not_delivered"),
        0x66: ("ESME_RX_R_APPN", "not_delivered"), 0xC0: ("ESME_RINVOPTPARSTREAM", "bad_request"),
        0xC2: ("ESME_RINVPARLEN", "too_long"), 0xFE: ("ESME_RDELIVERYFAILURE", "not_delivered"),
        0xFF: ("ESME_RUNKNOWNERR", "not_delivered"),
    }
)  # fmt: skip
# The state of a receipt that failed.
WORDS = MappingProxyType(
    {"EXPIRED": "expired", "DELETED": "not_delivered", "UNDELIV": "not_delivered", "REJECTD": "forbidden_text"}
)


def explain_status(status: int) -> tuple[str, str]:
    """Return our code and the name of a status. Those above 0x400 are the provider's own, and say no for good."""
    name, code = STATUSES.get(status, (f"0x{status:08X}", "not_delivered"))
    return code, name


def explain_word(word: str) -> str:
    """Return our code for the state of a receipt that failed."""
    return WORDS.get(word[:7], "not_delivered")
