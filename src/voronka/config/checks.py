"""`voronka check`: what must be empty, by name; parts add theirs to `CHECKS`."""

from collections.abc import Callable, Sequence

from django.db import connection, connections, transaction

from voronka.audience import services as audience
from voronka.billing import services as billing
from voronka.config.env import SettingError
from voronka.kit.tenancy import company_context, walls
from voronka.orders import services as orders
from voronka.stock import services as stock

Check = Callable[[], list[str]]


def figures_off() -> list[str]:
    """Return where the facts of the reports differ from the log, company by company."""
    found: list[str] = []
    for company_id in company_ids():
        with company_context(company_id, origin="check"):
            found += [f"company {company_id}: {line}" for line in audience.compare_with_log()]
    return found


def stock_off() -> list[str]:
    """Return where balances, reservations, lots and costs differ from the ledger of moves, company by company."""
    found: list[str] = []
    for company_id in company_ids():
        with company_context(company_id, origin="check"), transaction.atomic():
            found += [f"company {company_id}: {line}" for line in stock.compare_with_ledger()]
    return found


def orders_off() -> list[str]:
    """Return where orders differ from their lines, shipments, returns, promises and clients' figures, by company."""
    found: list[str] = []
    for company_id in company_ids():
        with company_context(company_id, origin="check"), transaction.atomic():
            found += [f"company {company_id}: {line}" for line in orders.compare_orders()]
    return found


def money_off() -> list[str]:
    """Return where what is paid, given and refunded differs from the ledger of money, company by company."""
    found: list[str] = []
    for company_id in company_ids():
        with company_context(company_id, origin="check"):
            found += [f"company {company_id}: {line}" for line in billing.compare_with_ledger()]
    return found


def make_figures_anew() -> int:
    """Make the facts of the reports of every company anew from its log; return how many deals there are."""
    count = 0
    for company_id in company_ids():
        with company_context(company_id, origin="figures"):
            count += audience.rebuild()
    return count


def company_ids() -> list[int]:
    """Return the companies of the installation, as the owner of the database sees them."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_company ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


CHECKS: dict[str, Check] = {
    "walls": lambda: walls.exceptions(connection),
    "figures": figures_off,
    "stock": stock_off,
    "orders": orders_off,
    "money": money_off,
}


def run_checks(names: Sequence[str]) -> list[str]:
    """Run the checks of these names, all without any; return what is wrong, a sentence each.

    Raises SettingError for a name that is not known.
    """
    for name in names:
        if name not in CHECKS:
            raise SettingError(f"There is no check {name}; there are: {', '.join(sorted(CHECKS))}")
    return [f"{name}: {line}" for name in names or CHECKS for line in CHECKS[name]()]
