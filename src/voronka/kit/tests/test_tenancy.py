"""The two walls between companies, on the real catalogue."""

import pytest
from django.db import connection

from voronka.kit.tenancy import NoCompany, walls
from voronka.people.models import Client


@pytest.mark.django_db
def test_the_second_wall_has_no_hole() -> None:
    assert walls.exceptions(connection) == []


def test_the_first_wall_fails_closed() -> None:
    with pytest.raises(NoCompany):
        Client.objects.all()


def test_the_tables_of_companies_are_found_once_and_nobody_changes_the_list():
    tables = walls.company_tables()
    assert walls.company_tables() is tables
    with pytest.raises(TypeError):
        tables["kit_event"] = None
