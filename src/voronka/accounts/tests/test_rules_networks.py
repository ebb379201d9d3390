"""What may be typed as a network, and who is inside: cases as data."""

import pytest

from voronka.accounts.rules.networks import BadNetworkError, is_inside, read_networks


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("  203.0.113.77/24  # the office", "203.0.113.0/24"),
        ("2001:DB8::1/48", "2001:db8::/48"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("::1", "::1/128"),
        ("127.0.0.0/8", "127.0.0.0/8"),
    ],
)
def test_a_network_is_kept_in_one_way(line: str, kept: str) -> None:
    assert read_networks(["", line, "# a remark", line]) == [kept]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("0.0.0.0/0", "too_wide"),
        ("::/0", "too_wide"),
        ("128.0.0.0/1", "too_wide"),
        ("2000::/3", "too_wide"),
        ("::ffff:0.0.0.0/96", "too_wide"),
        ("300.1.1.1", "not_network"),
        ("010.0.0.1", "not_network"),
        ("127.1", "not_network"),
        ("10.0.0.1/33", "not_network"),
        ("10.0.0.1-10.0.0.9", "not_network"),
        ("example.com", "not_network"),
        ("fe80::1%eth0", "not_network"),
        ("'; DROP TABLE x", "not_network"),
        ("1" * 5000, "not_network"),
        ("\x00", "not_network"),
        ("１２７.0.0.1", "not_network"),
    ],
)
def test_garbage_and_half_the_world_are_refused(line: str, reason: str) -> None:
    with pytest.raises(BadNetworkError) as wrong:
        read_networks(["10.0.0.0/8", line])
    assert wrong.value.reason == reason


def test_there_is_an_end_to_a_list() -> None:
    with pytest.raises(BadNetworkError) as wrong:
        read_networks([f"10.0.{number // 250}.{number % 250}" for number in range(101)])
    assert wrong.value.reason == "too_many"


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("203.0.113.200", True),
        ("::ffff:203.0.113.200", True),
        ("203.0.114.1", False),
        ("2001:db8::5", True),
        ("2001:db9::5", False),
        ("", False),
        ("unknown", False),
        ("203.0.113.200, 203.0.113.1", False),
    ],
)
def test_who_is_inside(address: str, inside: bool) -> None:
    assert is_inside(address, ["203.0.113.0/24", "2001:db8::/48"]) is inside
