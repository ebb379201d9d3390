"""Printed forms as blocks: what stands where, before anybody draws it as PDF or XLSX."""

from collections.abc import Callable

from voronka.billing.rules.papers.act import act, contract
from voronka.billing.rules.papers.back import back
from voronka.billing.rules.papers.blocks import Form
from voronka.billing.rules.papers.cash import cash_order, receipt
from voronka.billing.rules.papers.factura import correction, factura
from voronka.billing.rules.papers.invoice import invoice
from voronka.billing.rules.papers.paper import Paper, Party, Reference, Transport
from voronka.billing.rules.papers.torg12 import torg12
from voronka.billing.rules.papers.upd import upd
from voronka.billing.rules.papers.waybill import waybill

FORMS: dict[str, Callable[[Paper], Form]] = {
    "invoice": invoice,
    "contract": contract,
    "torg12": torg12,
    "factura": factura,
    "correction": correction,
    "advance": factura,
    "upd": upd,
    "act": act,
    "cash_order": cash_order,
    "receipt": receipt,
    "waybill": waybill,
    "back": back,
}

__all__ = ["FORMS", "Form", "Paper", "Party", "Reference", "Transport"]
