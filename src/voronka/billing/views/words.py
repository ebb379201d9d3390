"""What kinds, states and ways of papers and money are called; what a form sent."""

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.billing.permissions import SEE_DOCUMENTS, SEE_MONEY
from voronka.billing.rules.totals import UNITS
from voronka.billing.services.names import kind_names, method_names, state_names
from voronka.kit import pieces
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.money import parse_amount

if TYPE_CHECKING:
    from django.http.request import _ImmutableQueryDict

__all__ = [
    "UNIT_CHOICES", "age_names", "kind_names", "method_names", "page_number", "posted", "read_count", "read_day",
    "read_money", "read_operation", "state_names", "tabs", "vat_names",
]  # fmt: skip
UNIT_CHOICES = [(code, name) for code, name in UNITS.items() if code != "383"]


def vat_names() -> dict[str, str]:
    """Return the rates of VAT by code, as they are on any day."""
    return {
        "main": _("VAT, main rate"), "reduced": _("VAT 10 %"), "seven": _("VAT 7 %"), "five": _("VAT 5 %"),
        "zero": _("VAT 0 %"), "none": _("No VAT"),
    }  # fmt: skip


def age_names() -> dict[str, str]:
    """Return the ages of debts by code."""
    return {
        "due": _("Not due yet"), "7": _("1 to 7 days"), "30": _("8 to 30 days"), "60": _("31 to 60 days"),
        "90": _("61 to 90 days"), "older": _("Over 90 days"),
    }  # fmt: skip


def tabs(actor: Actor, active: str) -> list[pieces.Tab]:
    """Return the ways between the pages of money that the actor may open."""
    found = []
    if actor.may(SEE_DOCUMENTS, owner_id=actor.employee_id):
        found.append(("documents", _("Documents")))
    if actor.may(SEE_MONEY):
        found += [("payments", _("Payments")), ("statements", _("Statements")), ("debts", _("Debts"))]
    return [pieces.Tab(name, reverse(f"billing:{code}"), active=code == active) for code, name in found]


def posted(request: HttpRequest) -> "_ImmutableQueryDict":
    """Return the posted fields with NUL signs taken out."""
    fields = request.POST.copy()
    for name in fields:
        fields.setlist(name, [str(value).replace("\x00", "") for value in fields.getlist(name)])
    return cast("_ImmutableQueryDict", fields)


def read_money(sent: Mapping[str, str], name: str, *, empty: Decimal | None = None) -> Decimal:
    """Return a typed sum. Raises Invalid at its place."""
    text = sent.get(name, "")
    if not text.strip() and empty is not None:
        return empty
    try:
        return parse_amount(text)
    except ValueError:
        message = _("This is no sum.")
        raise Invalid(message, fields={name: message}) from None


def read_operation(sent: Mapping[str, str]) -> uuid.UUID | None:
    """Return the operation that a form was given when it was read, by which it counts once however often it is sent."""
    try:
        return uuid.UUID(sent.get("operation", ""))
    except ValueError:
        return None


def read_count(text: str, place: str) -> Decimal:
    """Return a typed quantity of up to three digits after the comma. Raises Invalid at its place."""
    bare = "".join(text.split()).replace("\u00a0", "").replace(",", ".")
    whole, _dot, part = bare.partition(".")
    if not (whole.isascii() and whole.isdecimal() and len(whole) <= 8 and len(part) <= 3) or (
        part and not part.isdecimal()
    ):
        message = _("This is no quantity.")
        raise Invalid(message, fields={place: message})
    return Decimal(bare.rstrip("."))


def read_day(sent: Mapping[str, str], name: str, *, empty: date | None) -> date | None:
    """Return a typed day. Raises Invalid at its place."""
    text = sent.get(name, "").strip()
    if not text:
        return empty
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 2100:
        message = _("This is no day.")
        raise Invalid(message, fields={name: message})
    return found


def page_number(text: str) -> int:
    """Return after how many rows a page of a list begins."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
