"""Many values as one array: whatever they hold, it is the same rows as by Django's `in`."""

import pytest

from voronka.accounts.testing import make_company
from voronka.kit.db.arrays import Array
from voronka.kit.tenancy import company_context
from voronka.people.models import Client

pytestmark = pytest.mark.django_db
NAMES = ["Анна", "NULL", "", '"', "\\", "{a,b}", "a,b", "\\'; --", " Анна", 'x"\\', "%s", "\n"]


def test_any_of_finds_what_in_finds() -> None:
    cast = make_company()
    with company_context(cast.company_id):
        rows = Client.objects.bulk_create([Client(name=one) for one in NAMES])
        ids = [one.pk for one in rows]
        for count in (0, 1, len(ids)):
            assert list(Client.objects.filter(pk__any_of=Array(ids[:count])).order_by("pk")) == rows[:count]
        for name in NAMES:
            assert set(Client.objects.filter(name__any_of=Array([name, "nobody"]))) == set(
                Client.objects.filter(name__in=[name, "nobody"])
            )
        assert set(Client.objects.exclude(name__any_of=Array(NAMES[1:]))) == {rows[0]}
        assert not Client.objects.filter(responsible_id__any_of=Array(ids)).exists()
