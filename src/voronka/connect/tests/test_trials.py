"""A/B tests by the API: the list by pages, one of them, each as it stands."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from voronka.connect.testing import Program
from voronka.deals.testing import make_shop
from voronka.trials.testing import make_trial, show

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC) - timedelta(days=1)


def test_tests_are_read_with_what_they_have_come_to():
    shop = make_shop()
    with shop.as_(shop.cast.owner) as owner:
        first = make_trial(owner, now=NOW, subject_id=1)
        make_trial(owner, now=NOW, subject_id=2)
        show(first, {1: (1_400, 80, Decimal(1_000)), 2: (1_400, 170, Decimal(1_000))}, now=NOW)
    program = Program.of(shop.cast.owner)
    page = program.get("tests", limit=1).json()
    assert [one["shown"] for one in page["items"][0]["arms"]] == [0, 0]
    [found] = program.get("tests", limit=1, cursor=page["next"]).json()["items"]
    assert found == program.get(f"tests/{first.public_id}").json()
    control, other = found["arms"]
    assert (control["band"], other["verdict"], other["buyers"], other["money"]) == (None, "better", 170, "255000.00")
    assert 0 < other["band"]["low"] < other["band"]["estimate"]
    assert program.get("tests", kind="letter").json() == {"items": [], "next": None}
    assert Program.of(make_shop().cast.owner).get(f"tests/{first.public_id}").status_code == 404
