"""Queries compiled once read what the same queries read anew."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from voronka.accounts.models import Employee
from voronka.accounts.testing import add_person, make_company
from voronka.kit.db.hot import HotQuery
from voronka.kit.tenancy import company_context

pytestmark = pytest.mark.django_db


def by_id() -> "HotQuery[Employee]":
    return HotQuery(
        lambda employee_id: Employee.objects.select_related("role", "team", "company").filter(pk=employee_id),
        employee_id=int,
    )


def test_a_hot_query_reads_the_same_row_with_its_relations_by_one_statement() -> None:
    cast, hot = make_company(), by_id()
    with company_context(cast.company_id), transaction.atomic():
        for actor in (cast.owner, cast.colleague, cast.owner):
            with CaptureQueriesContext(connection) as sent:
                found = hot.first(employee_id=actor.employee_id)
                assert found is not None
                assert (found.name, found.role.rights is not None, found.company.pk, found.team) == (
                    actor.name, True, cast.company_id, None,
                )  # fmt: skip
            assert len(sent) == 1
            plain = Employee.objects.get(pk=actor.employee_id)
            assert [getattr(found, one.attname) for one in Employee._meta.concrete_fields] == [
                getattr(plain, one.attname) for one in Employee._meta.concrete_fields
            ]


def test_a_hot_query_is_of_the_company_that_asks_not_of_the_one_that_asked_first() -> None:
    cast, hot = make_company(), by_id()
    for company_id, mine, other in (
        (cast.company_id, cast.owner, cast.stranger),
        (cast.other_company_id, cast.stranger, cast.owner),
    ):
        with company_context(company_id), transaction.atomic():
            assert hot.first(employee_id=mine.employee_id) is not None
            assert hot.first(employee_id=other.employee_id) is None
    newcomer = add_person(cast.owner, "manager")
    with company_context(cast.company_id), transaction.atomic():
        assert hot.first(employee_id=newcomer.employee_id) is not None


def test_a_query_that_forgets_the_company_or_a_value_is_refused() -> None:
    cast = make_company()
    careless = HotQuery(lambda name: Employee.objects.filter(first_name="Anna"), name=str)
    wide = HotQuery(lambda employee_id: Employee._base_manager.filter(pk=employee_id), employee_id=int)
    with company_context(cast.company_id), transaction.atomic():
        with pytest.raises(ValueError, match="each of its values"):
            careless.first(name="Anna")
        with pytest.raises(ValueError, match="company"):
            wide.first(employee_id=1)
