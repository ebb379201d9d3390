"""Plain rules: barcodes, VAT, rounding, markups, kits, periods of prices, pictures."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.catalogue.rules import barcodes, kits, markups, periods, vat
from voronka.catalogue.rules.names import printed
from voronka.catalogue.rules.rounding import rounded
from voronka.catalogue.rules.units import sign_of
from voronka.kit import pictures

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)


# --- Barcodes --------------------------------------------------- ----------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4006381333931", "ean13"),
        ("4006 3813-3393 1", "ean13"),
        ("96385074", "ean8"),
        ("036000291452", "upca"),
        ("15400141288763", "itf14"),
        ("ABC-123", "code128"),
        ("1234567", "code128"),
    ],
)
def test_a_barcode_is_told_by_its_length(text, kind):
    assert barcodes.read(text).kind == kind


@pytest.mark.parametrize(
    ("text", "kind", "fault"),
    [
        ("4006381333932", "", "control"),
        ("", "", "empty"),
        ("  ", "", "empty"),
        ("400638133393", "ean13", "length"),
        ("40063813339З1", "ean13", "signs"),
        ("Стол", "", "signs"),
        ("x" * 49, "", "signs"),
        ("4006381333931", "qr", "kind"),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", "ean13", "signs"),
    ],
)
def test_a_wrong_barcode_says_why(text, kind, fault):
    with pytest.raises(ValueError, match=fault):
        barcodes.read(text, kind)


@given(st.text("0123456789", min_size=11, max_size=13))
def test_a_changed_digit_is_always_found(body):
    whole = body + barcodes.control_digit(body)
    assert barcodes.read(whole).kind in {"upca", "ean13", "itf14"}
    for place, digit in enumerate(whole):
        other = whole[:place] + str((int(digit) + 1) % 10) + whole[place + 1 :]
        with pytest.raises(ValueError, match="control"):
            barcodes.read(other)


def test_one_number_has_one_key_however_it_is_printed():
    keys = {barcodes.read(text).key for text in ("036000291452", "0036000291452", "00036000291452")}
    assert keys == {barcodes.key_of("036000291452")}
    assert barcodes.key_of("036000291453") == "036000291453"  # no number of GTIN: a text like any other


def test_scales_print_goods_and_grams():
    body = "21" + "00042" + "01250"
    read = barcodes.read_weighed(body + barcodes.control_digit(body))
    assert read == barcodes.Weighed("42", 1250)
    assert barcodes.read_weighed("4006381333931") is None
    wrong = str((int(barcodes.control_digit(body)) + 1) % 10)
    assert barcodes.read_weighed(body + wrong) is None
    assert barcodes.read(barcodes.own_number(17)).kind == "ean13"


# --- VAT -------------------------------------------------------- ----------------------------------------


def test_vat_changes_with_the_year():
    assert vat.percent_on("main", date(2025, 12, 31)) == 20
    assert vat.percent_on("main", date(2026, 1, 1)) == 22
    assert vat.percent_on("none", date(2026, 1, 1)) is None
    assert [vat.percent_on(code, date(2026, 6, 1)) for code in ("reduced", "seven", "five", "zero")] == [10, 7, 5, 0]
    assert vat.calculated("main") == "main_of"
    assert vat.calculated("zero") == "zero"
    rate = vat.rate_on("main_of", date(2026, 1, 1))
    assert rate is not None
    assert (rate.percent, rate.divisor) == (22, 122)


def test_vat_before_its_force_and_of_no_code_is_told():
    with pytest.raises(ValueError, match="not in force"):
        vat.percent_on("seven", date(2024, 12, 31))
    with pytest.raises(KeyError):
        vat.percent_on("18", date(2026, 1, 1))
    assert set(vat.codes()) == {"main", "reduced", "seven", "five", "zero", "none"}


# --- Rounding and markups --------------------------------------- ----------------------------------------

ENDINGS = [
    ("1284.37", "0.01", None, "1284.37"),
    ("1284.50", "1", None, "1285.00"),
    ("1284.37", "10", None, "1280.00"),
    ("1285.00", "10", None, "1290.00"),
    ("1284.37", "1", "0.99", "1283.99"),
    ("1284.60", "1", "0.99", "1284.99"),
    ("1240.00", "100", "90", "1290.00"),
    ("0.10", "10", None, "10.00"),
    ("1.00", "100", "90", "90.00"),
]


@pytest.mark.parametrize(("amount", "step", "ending", "expected"), ENDINGS)
def test_prices_are_rounded(amount, step, ending, expected):
    found = rounded(Decimal(amount), Decimal(step), None if ending is None else Decimal(ending))
    assert str(found) == expected


WAYS = [("0.01", None), ("1", None), ("10", None), ("1", "0.99"), ("10", "9"), ("100", "90"), ("50", "49.5")]


@given(
    st.decimals("0.01", "9999999", places=2),
    st.sampled_from(
        [("0.01", None), ("1", None), ("10", None), ("1", "0.99"), ("10", "9"), ("100", "90"), ("50", "49.5")]
    ),
)
def test_a_rounded_price_ends_right_is_near_and_stays_so(amount, how):
    step, ending = Decimal(how[0]), None if how[1] is None else Decimal(how[1])
    found = rounded(amount, step, ending)
    assert found > 0
    assert (found - (ending or 0)) % step == 0
    assert abs(found - amount) <= step / 2 or found <= step
    assert rounded(found, step, ending) == found


def test_the_first_rule_that_covers_makes_the_price():
    rules = [
        markups.Rule(markup_percent=Decimal(10), supplier_id=7),
        markups.Rule(markup_percent=Decimal(100), cost_to=Decimal(100)),
        markups.Rule(markup_percent=Decimal(50), categories=frozenset({3, 4}), plus=Decimal(20)),
        markups.Rule(markup_percent=Decimal(30), currency="USD"),
    ]

    def price(amount, *, category=None, **more):
        bought = markups.Bought(Decimal(amount), **more)
        rule = markups.first_of(rules, bought, category)
        return None if rule is None else rule.price(bought)

    assert price(50, supplier_id=7) == 55
    assert price(50) == 100
    assert price(100) is None  # the upper end of a range belongs to the next one
    assert price(100, category=4) == 170
    assert price(100, currency="USD") == 130


def test_the_cost_is_the_lowest_of_suppliers_and_what_was_typed_only_without_any():
    typed, dear, cheap = (markups.Bought(Decimal(n), supplier_id=s) for n, s in ((1, None), (9, 1), (5, 2)))
    assert markups.cheapest([typed, dear, cheap]) == cheap
    assert markups.cheapest([typed]) == typed
    assert markups.cheapest([]) is None
    assert markups.in_roubles(Decimal("10.10"), "USD", {"USD": Decimal("81.2345")}) == Decimal("820.47")
    assert markups.in_roubles(Decimal(10), "EUR", {}) is None


@pytest.mark.parametrize(
    ("amount", "was", "cost", "expected"),
    [
        (130, 100, 50, []),
        (131, 100, 50, ["jump"]),
        (69, 100, 50, ["jump"]),
        (70, 100, 50, []),
        (100, 100, 95, []),
        (100, 100, "95.01", ["margin"]),
        (10, 100, 95, ["jump", "margin"]),
        (1000, None, None, []),
    ],
)
def test_the_guard_objects(amount, was, cost, expected):
    found = markups.objections(
        Decimal(amount),
        was=None if was is None else Decimal(was),
        cost=None if cost is None else Decimal(cost),
        most_percent=Decimal(30),
        least_margin=Decimal(5),
    )
    assert found == expected


# --- Kits ------------------------------------------------------- ----------------------------------------


def test_a_kit_that_comes_to_hold_itself_is_found():
    assert kits.depth_with({1: {2, 3}, 2: {4}}, 1) == 2
    assert kits.depth_with({1: {2}}, 1) == 1
    with pytest.raises(ValueError, match="cycle"):
        kits.depth_with({1: {2}, 2: {3}, 3: {1}}, 1)
    chain = {number: {number + 1} for number in range(1, 30)}
    assert kits.depth_with(chain, 1) > kits.MOST_DEPTH


def test_a_kit_takes_its_parts_from_stock():
    lines = {1: {2: Decimal(2), 3: Decimal(1)}, 2: {3: Decimal(4), 5: Decimal("0.5")}}
    assert kits.exploded(lines, 1, Decimal(3)) == {3: Decimal(27), 5: Decimal(3)}
    assert kits.exploded(lines, 9, Decimal(2)) == {9: Decimal(2)}


# --- Periods ---------------------------------------------------- ----------------------------------------

ACTS = st.lists(
    st.tuples(
        st.integers(0, 20),  # the day it begins
        st.one_of(st.none(), st.integers(1, 10)),  # for how many days
        st.sampled_from([Decimal(100), Decimal(110), Decimal(120)]),
    ),
    max_size=12,
)


@given(ACTS)
def test_prices_never_overlap_and_each_day_has_the_price_that_was_last_set_for_it(acts):
    spans: list[periods.Span] = []
    days: dict[int, Decimal | None] = dict.fromkeys(range(60))
    for number, (day, length, amount) in enumerate(acts):
        since = BEGIN + timedelta(days=day)
        until = None if length is None else since + timedelta(days=length)
        end = day + length if length is not None else _next_beginning(spans, day)
        for one in range(day, min(end, 60)):
            days[one] = amount
        spans = applied(spans, periods.place(spans, amount, since, until), number)
        assert all(a.until is not None and a.until <= b.since for a, b in pairwise(spans))
        for one in days:
            at = BEGIN + timedelta(days=one)
            assert next((span.amount for span in spans if span.holds(at)), None) == days[one]


def _next_beginning(spans, day):
    later = [(one.since - BEGIN).days for one in spans if one.since > BEGIN + timedelta(days=day)]
    return min(later, default=60)


def applied(spans, change, number):
    gone = {one.id for one in (*change.cut, *change.dropped)}
    new = [
        periods.Span(one.amount, one.since, one.until, number * 100 + place) for place, one in enumerate(change.added)
    ]
    return sorted([*(one for one in spans if one.id not in gone), *change.cut, *new], key=lambda one: one.since)


def test_the_same_price_again_changes_nothing():
    now = periods.Span(Decimal(100), BEGIN, None, 1)
    assert not periods.place([now], Decimal(100), BEGIN + timedelta(days=3))
    assert not periods.place([now], Decimal(100), BEGIN + timedelta(days=3), BEGIN + timedelta(days=5))
    assert periods.place([now], Decimal(101), BEGIN + timedelta(days=3))


def test_a_period_without_a_price_is_cut_out():
    now = periods.Span(Decimal(100), BEGIN, None, 1)
    at = BEGIN + timedelta(days=3)
    assert applied([now], periods.clear([now], at), 1) == [periods.Span(Decimal(100), BEGIN, at, 1)]


# --- Pictures and names ----------------------------------------- ----------------------------------------

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big") + b"\x08\x02\0\0\0"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\x00\x11\x08"
    + (480).to_bytes(2, "big") + (640).to_bytes(2, "big") + b"\x03"
)  # fmt: skip
WEBP = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")


@pytest.mark.parametrize(("head", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")])
def test_a_picture_is_told_by_its_bytes(head, kind):
    assert pictures.read_size(head) == pictures.Size(kind, 640, 480)


@pytest.mark.parametrize("head", [b"", b"<svg xmlns=", b"GIF89a", PNG[:20], b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP"])
def test_anything_else_is_no_picture(head):
    assert pictures.read_size(head) is None


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(noise):
    for begin in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 "):
        pictures.read_size(begin + noise)


def test_names_and_signs():
    assert printed("Стул", {"Цвет": "белый", "Размер": ""}) == "Стул, белый"
    assert len(printed("я" * 300, {"a": "b"})) == 300
    assert sign_of("166") == "кг"
    assert sign_of("999") == "999"
