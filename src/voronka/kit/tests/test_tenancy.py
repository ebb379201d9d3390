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
