"""What imports say to people: problems, fixes, targets of columns, errors of files."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from voronka.kit import tables
from voronka.kit.tables import Fault, Reason, TableError

TARGET_WORDS = {
    "name": gettext_noop("Name or title"),
    "last_name": gettext_noop("Surname"),
    "first_name": gettext_noop("First name"),
    "middle_name": gettext_noop("Patronymic"),
    "organisation": gettext_noop("Organisation"),
    "phone": gettext_noop("Phone"),
    "email": gettext_noop("E-mail"),
    "telegram": gettext_noop("Telegram"),
    "whatsapp": gettext_noop("WhatsApp"),
    "vk": gettext_noop("VK"),
    "max": gettext_noop("MAX"),
    "site": gettext_noop("Site"),
    "city": gettext_noop("City"),
    "region": gettext_noop("Region"),
    "address": gettext_noop("Address"),
    "address_label": gettext_noop("What this address is"),
    "postcode": gettext_noop("Postcode"),
    "address_home": gettext_noop("Address: home"),
    "address_office": gettext_noop("Address: office"),
    "address_delivery": gettext_noop("Address: delivery"),
    "address_legal": gettext_noop("Address: legal"),
    "position": gettext_noop("Job title"),
    "birthday": gettext_noop("Birthday"),
    "gender": gettext_noop("Gender"),
    "inn": gettext_noop("INN"),
    "kpp": gettext_noop("KPP"),
    "ogrn": gettext_noop("OGRN"),
    "bik": gettext_noop("BIK"),
    "account": gettext_noop("Bank account"),
    "purchases_sum": gettext_noop("Sum of purchases"),
    "comment": gettext_noop("Comment"),
    "source": gettext_noop("Source"),
    "external_id": gettext_noop("Number in another system"),
    "is_vip": gettext_noop("VIP"),
    "consent": gettext_noop("Consent to personal data"),
    "consent_ads": gettext_noop("Consent to advertising"),
}

# Code of a problem: its name in the list of remarks, its icon.
PROBLEM_WORDS = {
    "nobody": (gettext_noop("Neither a name nor a contact"), "user-question"),
    "bad_phone": (gettext_noop("Phone with an error"), "phone-off"),
    "bad_email": (gettext_noop("E-mail with an error"), "mail"),
    "bad_messenger": (gettext_noop("Messenger or site with an error"), "message"),
    "bad_inn": (gettext_noop("INN with an error"), "id"),
    "bad_requisite": (gettext_noop("Requisites with an error"), "id"),
    "bad_date": (gettext_noop("Date that cannot be read"), "calendar"),
    "bad_sum": (gettext_noop("Sum that cannot be read"), "currency-ruble"),
    "bad_name": (gettext_noop("Name that cannot be one"), "user-question"),
    "bad_field": (gettext_noop("Value that does not fit its field"), "forms"),
    "too_long": (gettext_noop("Text that is too long"), "file-text"),
    "fault": (gettext_noop("Row that cannot be read"), "alert-circle"),
}

# What "load the row without it" says for each problem.
WITHOUT_WORDS = {
    "bad_phone": gettext_noop("load without the phone"),
    "bad_email": gettext_noop("load without the e-mail"),
    "bad_messenger": gettext_noop("load without it"),
    "bad_inn": gettext_noop("load without the INN"),
    "bad_requisite": gettext_noop("load without them"),
    "bad_date": gettext_noop("load without the date"),
    "bad_sum": gettext_noop("load without the sum"),
    "bad_name": gettext_noop("load without the name"),
    "bad_field": gettext_noop("load without it"),
    "too_long": gettext_noop("load it cut"),
}

# The short word of a row in the check.
ROW_WORDS = {
    "bad_phone": gettext_noop("no phone"),
    "bad_email": gettext_noop("no e-mail"),
    "bad_messenger": gettext_noop("no messenger"),
    "bad_inn": gettext_noop("no INN"),
    "bad_requisite": gettext_noop("no requisites"),
    "bad_date": gettext_noop("no date"),
    "bad_sum": gettext_noop("no sum"),
    "bad_name": gettext_noop("no name"),
    "bad_field": gettext_noop("no value"),
    "too_long": gettext_noop("cut"),
}

# Detailed reasons that the rules give, said beside the cell.
DETAILS = {
    "no_digits": gettext_noop("no digits in it"),
    "too_short": gettext_noop("digits are missing"),
    "too_long": gettext_noop("too long"),
    "no_area_code": gettext_noop("no area code"),
    "unknown_code": gettext_noop("no such code"),
    "letters": gettext_noop("letters in the number"),
    "too_many": gettext_noop("too many in one cell"),
    "not_a_date": gettext_noop("not a date"),
    "no_such_date": gettext_noop("no such day"),
    "no_year": gettext_noop("no year"),
    "far_year": gettext_noop("year out of range"),
    "in_future": gettext_noop("in the future"),
    "not_a_sum": gettext_noop("not a sum"),
    "separators": gettext_noop("points and commas do not fit"),
    "too_big": gettext_noop("too large"),
    "empty": gettext_noop("empty"),
    "no_letters": gettext_noop("no letters in it"),
    "markup": gettext_noop("page code instead of a name"),
    "formula": gettext_noop("formula instead of a name"),
    "broken_text": gettext_noop("broken letters"),
    "test": gettext_noop("a trial, not a name"),
    "not_a_name": gettext_noop("not a name"),
    "length": gettext_noop("wrong number of digits"),
    "digits": gettext_noop("only digits belong here"),
    "no_at": gettext_noop("no @ in the address"),
    "two_ats": gettext_noop("two @ in the address"),
    "local_part": gettext_noop("not an address"),
    "reserved_domain": gettext_noop("such an address cannot be"),
    "control_sum": gettext_noop("the control digits do not fit"),
    "domain": gettext_noop("the address is not complete"),
}

FIXED_WORDS = ("phone", "name", "sum", "email")


def target_word(target: str, custom: dict[str, str]) -> str:
    """Return what a target of columns is called."""
    return _(TARGET_WORDS[target]) if target in TARGET_WORDS else custom.get(target, "")


def problem_word(code: str) -> str:
    """Return what a problem is called."""
    return _(PROBLEM_WORDS["fault" if code.startswith("fault") else code][0])


def problem_icon(code: str) -> str:
    """Return the icon of a problem."""
    return PROBLEM_WORDS["fault" if code.startswith("fault") else code][1]


def cell_word(code: str, detail: str) -> str:
    """Return what is said beside a cell: the exact reason where it is known, else the problem."""
    if code == "nobody":
        return _("no name and no contact")
    if code.startswith("fault_"):
        return tables.explain_fault(Fault(code.removeprefix("fault_")))
    return _(DETAILS[detail]) if detail in DETAILS else problem_word(code).lower()


def reason_title() -> str:
    """Return the heading of the column with reasons, and the last words of the file's name."""
    return _("why not loaded")


def explain_reason(reason: str, headers: Sequence[str]) -> str:
    """Say why a row was rejected, with the columns at fault."""
    said = []
    for piece in filter(None, reason.split(",")):
        code, _at, column = piece.partition("@")
        if code.startswith("fault_"):
            said.append(tables.explain_fault(Fault(code.removeprefix("fault_"))))
            continue
        if code not in PROBLEM_WORDS:
            continue
        text = problem_word(code)
        header = headers[int(column)] if column.isdecimal() and int(column) < len(headers) else ""
        said.append(f"{text} («{header}»)" if header else text)
    return "; ".join(said)


def explain_error(error: str) -> str:
    """Say why a run failed, from what it keeps: `file:CODE:ROW:DETAIL` or `internal`."""
    kind, _colon, rest = error.partition(":")
    if kind != "file":
        return _("Something went wrong on our side. Nothing is lost: go on, and the next rows will be loaded.")
    code, row, detail = [*rest.split(":", 2), "", "", ""][:3]
    return tables.explain(TableError(Reason(code), int(row or 0), detail))
