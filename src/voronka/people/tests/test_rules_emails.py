import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.people.rules.emails import MOST_EMAILS, parse_emails

NAUGHTY = json.loads((Path(__file__).parent / "data" / "blns.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("cell", "addresses"),
    [
        ("anna@mail.ru", ["anna@mail.ru"]),
        (" KAKDZHANOVA.Y75@YANDEX.RU ", ["kakdzhanova.y75@yandex.ru"]),
        ("Анна <anna@mail.ru>", ["anna@mail.ru"]),
        ("anna@mail.ru, ivan@bk.ru", ["anna@mail.ru", "ivan@bk.ru"]),
        ("anna@mail.ru; anna@MAIL.ru", ["anna@mail.ru"]),
        ("anna@mail.ru/ivan@bk.ru", ["anna@mail.ru", "ivan@bk.ru"]),
        ("anna@mail.ru\nivan@bk.ru (муж)", ["anna@mail.ru", "ivan@bk.ru"]),
        ("mailto:anna@mail.ru", ["anna@mail.ru"]),
        ("e-mail: anna@mail.ru.", ["anna@mail.ru"]),
        ("anna @ mail.ru", ["anna@mail.ru"]),
        ("anna(at)mail.ru", ["anna@mail.ru"]),
        ("анна@кириллица.рф", ["анна@кириллица.рф"]),
        ("anna@xn--80apaohbc3aw9e.xn--p1ai", ["anna@моифинансы.рф"]),
        ("a+tag@sub.domain.co.uk", ["a+tag@sub.domain.co.uk"]),
        ("", []),
        ("нет", []),
        ("—", []),
        (None, []),
    ],
)
def test_addresses_of_a_cell(cell, addresses):
    assert [one.address for one in parse_emails(cell)] == addresses


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("ivan@@mail", "two_ats"),
        ("a@b", "domain"),
        ("позвоните", "no_at"),
        ("a..b@mail.ru", "local_part"),
        (".a@mail.ru", ""),  # the dot before it is trimmed
        ("anna@mail", "domain"),
        ("anna@-mail.ru", "domain"),
        ("anna@127.0.0.1", "domain"),
        ("info@romashka.example", "reserved_domain"),
        ("a@example.com", "reserved_domain"),
        ("=cmd|' /C calc'!A0", "formula"),
        ("x" * 65 + "@mail.ru", "local_part"),
        ("x@" + "a." * 130 + "ru", "domain"),
        ("x" * 3000, "too_long"),
    ],
)
def test_what_is_no_address_says_why(cell, reason):
    assert [one.reason for one in parse_emails(cell)] == [reason]


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("anna@gmial.com", "anna@gmail.com"),
        ("anna@gmail.ru", "anna@gmail.com"),
        ("anna@yandx.ru", "anna@yandex.ru"),
        ("anna@ramber.ru", "anna@rambler.ru"),
        ("anna@mail", "anna@mail.ru"),
        ("anna@mail.ru", ""),
        ("anna@yandex.com", ""),
        ("anna@company.ru", ""),
    ],
)
def test_mistyped_domains_are_hinted_at(cell, hint):
    assert parse_emails(cell)[0].hint == hint


def test_what_is_known_of_a_box():
    assert parse_emails("x@mailinator.com")[0].disposable
    assert parse_emails("x@sub.mailinator.com")[0].disposable
    assert not parse_emails("x@mail.ru")[0].disposable
    assert parse_emails("info@company.ru")[0].role
    assert len(parse_emails(" ".join(f"a{n}@mail.ru" for n in range(50)))) == MOST_EMAILS + 1


@given(st.emails(domains=st.sampled_from(["mail.ru", "company.co.uk"])))
def test_an_address_is_read_back(address):
    for one in parse_emails(address):
        if one.address:
            assert [again.address for again in parse_emails(one.address)] == [one.address]


@given(st.one_of(st.text(), st.sampled_from(NAUGHTY), st.text("a@.-, ;<>ё\n"), st.floats()))
def test_nothing_makes_reading_fail(cell):
    for one in parse_emails(cell):
        assert bool(one.address) != bool(one.reason)
        if one.address:
            assert [again.address for again in parse_emails(one.address)] == [one.address]
