"""`voronka bench documents`: invoices to PDF, fonts embedded, by one child of one core."""

import os
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

from voronka.billing.rules.papers import FORMS, Paper, Party
from voronka.billing.rules.papers.codes import payment_code
from voronka.billing.rules.totals import Line, counted
from voronka.billing.services.printing.pdf import Printer
from voronka.config.benches.frame import Result

LINES = 20
DAY = date(2026, 3, 3)
FLOOR = 20.0


def run(*, scale: float, seconds: float) -> Result:
    """Print invoices of twenty lines, each with a code of its own, for so many seconds."""
    result = Result("documents", scale)
    printer = Printer()
    printer.draw(FORMS["invoice"](_paper(0)), day=DAY)  # the child starts and reads its fonts
    assert printer.child_id is not None
    count, size, started = 0, 0, time.monotonic()
    before = _own() + _of(printer.child_id)
    while time.monotonic() - started < max(1.0, seconds * scale):
        count += 1
        size += len(printer.draw(FORMS["invoice"](_paper(count)), day=DAY))
    wall = time.monotonic() - started
    spent = _own() + _of(printer.child_id) - before
    printer.stop()
    result.figures["documents_per_second_of_a_core"] = count / spent
    result.figures["documents_per_second"] = count / wall
    result.figures["ms_of_a_core_each"] = spent / count * 1000
    result.figures["kib_each"] = size / count / 1024
    result.demand(count / spent >= FLOOR, f"fewer than {FLOOR:.0f} invoices a second and core")
    return result


def _paper(number: int) -> Paper:
    seller = Party(
        "ООО «Ладная кухня»", "7719402184", "771901001", address="105318, г. Москва, ул. Мироновская, д. 25",
        bank="АО «Банк Полевой», г. Москва", bik="044525000", account="40702810500000004821",
        corr_account="30101810000000000000", director="Ладный К. С.", accountant="Белова З. И.",
    )  # fmt: skip
    lines = [
        Line(
            f"Стул «Брусок», дуб, ткань «графит», № {number + place}",
            Decimal(place),
            Decimal(9800),
            percent=Decimal(22),
        )
        for place in range(1, LINES + 1)
    ]
    paper = Paper(
        str(number), DAY, seller, Party(f"ООО «Покупатель {number}»", "2463118402"), tuple(counted(lines)), due=DAY
    )
    return replace(paper, qr=payment_code(paper))


def _own() -> float:
    return time.process_time()


def _of(process: int) -> float:
    """Return the seconds that another process has spent; 14th and 15th fields of its state."""
    with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
