"""What kinds, states and ways of papers and money are called."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def kind_names() -> dict[str, str]:
    """Return the names of kinds of papers by code."""
    return {
        "invoice": _("Invoice"),
        "contract": _("Contract"),
        "upd": _("Transfer document (UPD)"),
        "torg12": _("Consignment note TORG-12"),
        "factura": _("Tax invoice"),
        "correction": _("Correction tax invoice"),
        "advance": _("Tax invoice for an advance"),
        "act": _("Act"),
        "cash_order": _("Cash receipt order KO-1"),
        "receipt": _("Bank receipt PD-4"),
        "waybill": _("Transport note"),
        "back": _("Act of return"),
        "own": _("Own text"),
    }


def state_names() -> dict[str, str]:
    """Return the names of states by code; `open` and `paid` are of invoices."""
    return {"draft": _("Draft"), "issued": _("Issued"), "open": _("Not paid"), "paid": _("Paid"), "void": _("Void")}


def method_names() -> dict[str, str]:
    """Return the ways to pay by code."""
    return {
        "bank": _("Bank transfer"),
        "cash": _("Cash"),
        "card": pgettext("way to pay", "Card"),
        "online": _("By link"),
        "other": pgettext("way to pay", "Other"),
    }


def paid_names() -> dict[str, str]:
    """Return by code how far invoices are paid."""
    return {
        "paid": _("Paid"), "unpaid": _("Not paid"), "part": _("Paid in part"), "overdue": _("Overdue"),
    }  # fmt: skip


def matched_names() -> dict[str, str]:
    """Return by code what became of payments."""
    return {
        "waits": _("waits for a decision"), "part": _("a part is left"), "back": _("to give back"),
        "all": _("given whole"), "advance": _("advance"), "aside": _("no sale"), "void": _("void"),
    }  # fmt: skip


def way_names() -> dict[str, str]:
    """Return by code which way money went."""
    return {"in": _("Money in"), "out": _("Money out")}
