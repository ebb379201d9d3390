"""The text of a payment's QR code by ГОСТ Р 56042-2014, read by the applications of Russian banks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

# Names and lengths of the fields: clauses 5.3 and 5.4 of the standard, in their order there.
REQUIRED = {"Name": 160, "PersonalAcc": 20, "BankName": 45, "BIC": 9, "CorrespAcc": 20}
OPTIONAL = {
    "Sum": 18, "Purpose": 210, "PayeeINN": 12, "PayerINN": 12, "DrawerStatus": 2, "KPP": 9, "CBC": 20, "OKTMO": 11,
    "PaytReason": 2, "TaxPeriod": 10, "DocNo": 15, "DocDate": 10, "TaxPaytKind": 2, "LastName": 100, "FirstName": 100,
    "MiddleName": 100, "PayerAddress": 200, "PersonalAccount": 30, "DocIdx": 30, "PensAcc": 30, "Contract": 50,
    "PersAcc": 30, "Flat": 10, "Phone": 20, "PayerIdType": 20, "PayerIdNum": 30, "ChildFio": 200, "BirthDate": 10,
    "PaymTerm": 10, "PaymPeriod": 10, "Category": 50, "ServiceName": 50, "CounterId": 30, "CounterVal": 30,
    "QuittId": 30, "QuittDate": 10, "InstNum": 20, "ClassNum": 20, "SpecFio": 200, "AddAmount": 18, "RuleId": 30,
    "ExecId": 30, "RegType": 50, "UIN": 25, "TechCode": 2,
}  # fmt: skip
ENCODINGS = {"1": "cp1251", "2": "utf-8", "3": "koi8-r"}
_SEPARATORS = "|~^_#$;&"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
MOST_BYTES = 2000


@dataclass(frozen=True, slots=True)
class QrProblem(ValueError):
    """Why there is no code: `code` is missing, unknown, digits, sum, no_separator or too_long, `field` says where."""

    code: str
    field: str


def payment_text(fields: Mapping[str, str], *, amount: Decimal | None = None, encoding: str = "2") -> bytes:
    """Return the bytes of the code: ST, version 0001, the sign of the encoding, then the fields after a separator.

    `amount` goes in as kopecks. A separator is taken that stands in no value, as clause 5.2 asks; names, purposes and
    other texts are cut to their lengths, digits are not: a wrong account is refused. Raises QrProblem.
    """
    given = {name: " ".join(_CONTROL.sub(" ", value).split()) for name, value in fields.items()}
    if amount is not None:
        if amount <= 0 or amount * 100 != int(amount * 100):
            raise QrProblem("sum", "Sum")
        given["Sum"] = str(int(amount * 100))
    for name in given:
        if name not in REQUIRED and name not in OPTIONAL:
            raise QrProblem("unknown", name)
    pairs = [(name, _fitted(name, given.get(name, ""), most)) for name, most in {**REQUIRED, **OPTIONAL}.items()]
    held = [(name, value) for name, value in pairs if value]
    separator = next((one for one in _SEPARATORS if not any(one in value for _name, value in held)), None)
    if separator is None:
        raise QrProblem("no_separator", "")
    text = f"ST0001{encoding}{separator}" + separator.join(f"{name}={value}" for name, value in held)
    body = text.encode(ENCODINGS[encoding], "replace")
    if len(body) > MOST_BYTES:
        raise QrProblem("too_long", "")
    return body


def _fitted(name: str, value: str, most: int) -> str:
    if name == "CorrespAcc" and not value:
        return "0"  # clause 5.3: a payee without one
    if name in REQUIRED and not value:
        raise QrProblem("missing", name)
    if name in {"PersonalAcc", "BIC", "CorrespAcc", "PayeeINN", "KPP"}:
        right = {"PersonalAcc": (20,), "BIC": (9,), "CorrespAcc": (1, 20), "PayeeINN": (10, 12), "KPP": (9,)}[name]
        if value and (len(value) not in right or not value.isascii() or not value.isalnum()):
            raise QrProblem("digits", name)
    return value[:most].rstrip()


def read_payment_text(body: bytes) -> dict[str, str]:
    """Read a code back into its fields. Raises QrProblem("unknown", "") for anything else."""
    if len(body) < 8 or body[:6] != b"ST0001" or chr(body[6]) not in ENCODINGS:
        raise QrProblem("unknown", "")
    text = body.decode(ENCODINGS[chr(body[6])])
    return dict(pair.split("=", 1) for pair in text[8:].split(text[7]) if "=" in pair)
