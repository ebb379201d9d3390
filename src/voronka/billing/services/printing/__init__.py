"""Printed papers: a form of blocks in, PDF or XLSX out."""

from voronka.billing.services.printing.pdf import PrintFailed, to_pdf, to_picture
from voronka.billing.services.printing.xlsx import to_xlsx

__all__ = ["PrintFailed", "to_pdf", "to_picture", "to_xlsx"]
