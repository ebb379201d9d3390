"""The cast of the tests of documents and money."""

from collections.abc import Iterator

import pytest

from voronka.accounts.testing import Cast, make_company
from voronka.billing.testing import make_requisites
from voronka.kit.tenancy import company_context


@pytest.fixture
def cast(db: None) -> Cast:
    """Return a company with an owner and a manager, and a stranger."""
    return make_company()


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    """Run the test as the owner, inside the company, whose requisites are there."""
    with company_context(cast.company_id, employee_id=cast.owner.employee_id):
        make_requisites(cast.owner)
        yield cast
