"""The cast of the tests of goods."""

from collections.abc import Iterator

import pytest

from voronka.accounts.testing import Cast, make_company
from voronka.catalogue.services import ship_kinds
from voronka.kit.tenancy import company_context


@pytest.fixture
def cast(db: None) -> Cast:
    """Return a company with an owner and a manager, and a stranger; it has the kinds of prices of every shop."""
    cast = make_company()
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        ship_kinds()
    return cast


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    """Run the test as the owner, inside the company."""
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        yield cast
