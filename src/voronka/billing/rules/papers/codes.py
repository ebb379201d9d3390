"""The payment code of a paper as one path of SVG."""

import segno

from voronka.billing.rules.papers.paper import Paper, short_day
from voronka.billing.rules.payment_qr import QrProblem, payment_text


def payment_code(paper: Paper, *, purpose: str = "") -> str:
    """Return the SVG of the code that pays this paper, "" where its requisites make none that a bank would read."""
    seller = paper.seller
    tax = paper.tax_words or ("" if not paper.lines else _tax_words(paper))
    fields = {
        "Name": seller.name,
        "PersonalAcc": seller.account,
        "BankName": seller.bank,
        "BIC": seller.bik,
        "CorrespAcc": seller.corr_account,
        "PayeeINN": seller.inn,
        "KPP": seller.kpp,
        "Purpose": purpose or f"Оплата по счёту № {paper.number} от {short_day(paper.day)}{tax}",
    }
    if paper.currency != "RUB":
        return ""
    try:
        return svg_of(payment_text(fields, amount=paper.sum))
    except QrProblem:
        return ""


def _tax_words(paper: Paper) -> str:
    tax = paper.totals.tax
    return f", в т. ч. НДС {tax:.2f}".replace(".", ",").replace("т, ч,", "т. ч.") if tax else ", без НДС"


def svg_of(body: bytes) -> str:
    """Return a QR code of bytes: runs of dark squares as one path, no margin.

    The mask is given: weighing all eight costs 20 ms a code, and readers take any.
    """
    code = segno.make(body, error="m", micro=False, mask=3)
    pieces = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            pieces.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
    size = len(code.matrix)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{"".join(pieces)}"/></svg>'
