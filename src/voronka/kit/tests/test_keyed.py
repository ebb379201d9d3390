"""Places in lists by key: a value that the database cannot compare with is refused before it is asked."""

from decimal import Decimal

import pytest

from voronka.kit.keyed import fit


@pytest.mark.parametrize("value", ["\ud800", "a\udfff", "a\0", Decimal("NaN"), Decimal("Infinity"), Decimal("1e100")])
def test_what_the_database_cannot_take_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        fit(value)


@pytest.mark.parametrize("value", ["", "Анна", "\U0001f600", Decimal("-1e99"), Decimal("1e-99"), 7, None])
def test_the_rest_is_taken_as_it_is(value: object) -> None:
    assert fit(value) is value
