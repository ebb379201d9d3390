"""Addresses of visitors as they are counted."""

import pytest

from voronka.kit.origin import address_of, counted_as


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_an_owner_of_a_network_is_counted_once(address: str, counted: str) -> None:
    assert counted_as(address) == counted


def test_an_address_of_the_fourth_version_is_one_however_it_is_written() -> None:
    assert address_of("::ffff:203.0.113.7", "") == "203.0.113.7"
    assert address_of("[2001:db8::7]", "") == "2001:db8::7"  # history keeps all of it
