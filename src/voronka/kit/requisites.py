"""Requisites of Russian taxpayers and banks, checked by their control digits."""

import re
from dataclasses import dataclass

_SIGNS = re.compile(r"[\s\-.\u00a0\u200b\ufeff'№]+")
_PREFIX = re.compile(r"^(?:инн|кпп|огрнип|огрн|бик|р/?с|к/?с|inn|kpp|ogrn|bik)[:\s]*", re.IGNORECASE)
_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_ACCOUNT = (7, 1, 3) * 7 + (7, 1)


@dataclass(frozen=True, slots=True)
class Requisite:
    """A requisite of digits only; `value` is empty when it is wrong and `reason` tells why, both when there is none.

    Reasons: not_digits, length, control_sum, no_bik. `kind` is organisation or person where the number tells it.
    """

    value: str
    reason: str = ""
    kind: str = ""


def parse_inn(text: object) -> Requisite:
    """Check a taxpayer's number: 10 digits of an organisation, 12 of a person.

    Source: order of the Tax Service of 29 June 2012, ММВ-7-6/435@; the weights are those of its control digits. A zero
    that a spreadsheet ate at the beginning is put back where the control digits then agree.
    """
    digits, reason = _digits(text)
    if not digits:
        return Requisite("", reason)
    if len(digits) in (9, 11):
        digits = "0" + digits
    if len(digits) not in (10, 12):
        return Requisite("", "length")
    if digits == "0" * len(digits):
        return Requisite("", "control_sum")
    if len(digits) == 10:
        right = _weighed(digits, _INN_10) == int(digits[9])
    else:
        right = _weighed(digits, _INN_11) == int(digits[10]) and _weighed(digits, _INN_12) == int(digits[11])
    if not right:
        return Requisite("", "control_sum")
    return Requisite(digits, kind="organisation" if len(digits) == 10 else "person")


def _weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11 % 10


def parse_kpp(text: object) -> Requisite:
    """Check the code of the reason of registration: nine signs, the fifth and sixth may be letters; no control digit.

    Source: order of the Tax Service of 29 June 2012, ММВ-7-6/435@.
    """
    raw = _bare(text).upper()
    if not raw:
        return Requisite("")
    if raw.isascii() and raw.isdigit() and len(raw) == 8:
        raw = "0" + raw
    if len(raw) != 9:
        return Requisite("", "length")
    if not re.fullmatch(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}", raw):
        return Requisite("", "not_digits")
    return Requisite(raw)


def parse_ogrn(text: object) -> Requisite:
    """Check the state registration number: 13 digits of an organisation, 15 of a sole trader.

    Source: order of the Ministry of Finance of 30 October 2017, 165н: the last digit is the last one of the remainder
    of the others divided by 11 (of a sole trader's by 13).
    """
    digits, reason = _digits(text)
    if not digits:
        return Requisite("", reason)
    if len(digits) not in (13, 15):
        return Requisite("", "length")
    by = 11 if len(digits) == 13 else 13
    if int(digits[:-1]) % by % 10 != int(digits[-1]) or digits[0] == "0":
        return Requisite("", "control_sum")
    return Requisite(digits, kind="organisation" if by == 11 else "person")


def parse_bik(text: object) -> Requisite:
    """Check a bank's identification code: nine digits that begin with 04 (of some budgets 00-02). No control digit.

    Source: Bank of Russia Regulation 732-П of 24 September 2020, annex 8.
    """
    digits, reason = _digits(text)
    if not digits:
        return Requisite("", reason)
    if len(digits) == 8:
        digits = "0" + digits
    if len(digits) != 9:
        return Requisite("", "length")
    return Requisite(digits) if digits[:2] in ("04", "00", "01", "02") else Requisite("", "control_sum")


def parse_account(text: object, bik: str) -> Requisite:
    """Check a settlement account of 20 digits against its bank's code.

    Source: Bank of Russia, order of 8 September 1997, 515: weights 7, 1, 3 over the last three digits of the bank's
    code (for a correspondent account, and in cash centres of the Bank of Russia, "0" and its fifth and sixth digits)
    and the account; the last digit of the sum is 0.
    """
    digits, reason = _digits(text)
    if not digits:
        return Requisite("", reason)
    if len(digits) != 20:
        return Requisite("", "length")
    bank = parse_bik(bik).value
    if not bank:
        return Requisite("", "no_bik")
    of_centre = digits.startswith("30101") or bank[6:] in ("000", "001", "002")
    whole = ("0" + bank[4:6] if of_centre else bank[6:]) + digits
    total = sum(int(digit) * weight % 10 for digit, weight in zip(whole, _ACCOUNT, strict=True))
    return Requisite(digits) if total % 10 == 0 else Requisite("", "control_sum")


def _digits(text: object) -> tuple[str, str]:
    """Return the digits, or why there are none."""
    raw = _bare(text)
    if not raw:
        return "", ""
    if not (raw.isascii() and raw.isdigit()):
        return "", "not_digits"
    return (raw, "") if len(raw) <= 20 else ("", "length")


def _bare(text: object) -> str:
    if isinstance(text, float) and text == text and abs(text) < 1e16:
        text = int(text)
    raw = "" if text is None else str(text)[:100].strip()
    if raw in ("", "-", "—", "–", "0") or raw.lower() == "нет":
        return ""
    return _SIGNS.sub("", _PREFIX.sub("", raw))
