"""Counting and cutting SMS, by the table of GSM 03.38, by somebody else's cases, and by properties."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.messaging.rules.sms import (
    BASIC,
    EXTENSION,
    Alphabet,
    Tariff,
    alphabet_of,
    count,
    decode,
    encode,
    forcing,
    in_latin,
    mended,
    units_of,
)

DATA = Path(__file__).parent / "data"
ROWS = list(csv.DictReader((DATA / "gsm0338_table.csv").read_text(encoding="utf-8").splitlines()))
# Two cases of the library are its own way of forcing foreign text into GSM, with spaces for what does not fit.
CASES = [
    (alphabet, case)
    for alphabet, name in ((Alphabet.GSM7, "gsm"), (Alphabet.UCS2, "unicode"))
    for case in json.loads((DATA / f"split_sms_{name}.json").read_text(encoding="utf-8"))
    if not case["description"].startswith(("Split 160 two-byte", "Split 160 surrogate"))
]
gsm_texts = st.text(st.sampled_from(sorted(BASIC) + sorted(EXTENSION) * 6), max_size=700)
# Few letters, so that pairs often meet the border of a part.
wide_texts = st.text(st.sampled_from("яёЖ 😀🐳☃€a"), max_size=300)


def test_the_tables_are_those_of_the_standard() -> None:
    table = {"basic": {}, "extension": {}}
    for row in ROWS:
        table[row["table"]][chr(int(row["unicode_hex"], 16))] = int(row["code_hex"], 16)
    table["basic"].pop("\x1b", None)
    table["basic"] = {sign: code for sign, code in table["basic"].items() if code != 0x1B}
    assert dict(BASIC) == table["basic"]
    assert dict(EXTENSION) == table["extension"]
    assert (len(BASIC), len(EXTENSION), len(CASES)) == (127, 10, 19)


@pytest.mark.parametrize(("alphabet", "case"), CASES, ids=[case["description"] for _alphabet, case in CASES])
def test_texts_are_cut_as_others_cut_them(alphabet: Alphabet, case: dict) -> None:
    found = count(case["message"])
    octets = 1 if alphabet is Alphabet.GSM7 else 2
    assert [(one.text, one.units * octets) for one in found.parts] == [
        (part["content"], part["bytes"]) for part in case["parts"] if part["content"]
    ]
    assert not case["message"] or found.alphabet is alphabet


@pytest.mark.parametrize(
    ("text", "alphabet", "parts", "left"),
    [
        ("", Alphabet.GSM7, [], 160),
        ("a" * 160, Alphabet.GSM7, [160], 0),
        ("a" * 161, Alphabet.GSM7, [153, 8], 145),
        ("€" * 80, Alphabet.GSM7, [160], 0),
        ("€" * 80 + "a", Alphabet.GSM7, [152, 9], 144),
        ("a" * 152 + "€" + "a" * 10, Alphabet.GSM7, [152, 12], 141),
        ("a" * 306, Alphabet.GSM7, [153, 153], 0),
        ("я" * 70, Alphabet.UCS2, [70], 0),
        ("я" * 71, Alphabet.UCS2, [67, 4], 63),
        ("я" * 69 + "😀", Alphabet.UCS2, [67, 4], 63),
        ("я" * 66 + "😀" + "яяя", Alphabet.UCS2, [66, 5], 62),
        ("€" * 70, Alphabet.GSM7, [140], 20),
        ("я" + "€" * 69, Alphabet.UCS2, [70], 0),
        ("а" * 134, Alphabet.UCS2, [67, 67], 0),
    ],
)
def test_the_borders(text: str, alphabet: Alphabet, parts: list[int], left: int) -> None:
    found = count(text)
    assert (found.alphabet, [one.units for one in found.parts], found.left) == (alphabet, parts, left)


@given(gsm_texts | wide_texts | st.text(max_size=400))
def test_nothing_is_lost_and_no_pair_is_parted(text: str) -> None:
    found = count(text)
    whole, each = (160, 153) if found.alphabet is Alphabet.GSM7 else (70, 67)
    assert "".join(one.text for one in found.parts) == text
    assert sum(one.units for one in found.parts) == found.units
    assert all(one.units <= (whole if len(found.parts) == 1 else each) for one in found.parts)
    assert (len(found.parts) > 1) is (found.units > whole)
    for one in found.parts:
        if found.alphabet is Alphabet.GSM7:
            octets = encode(one.text)
            assert len(octets) == one.units
            assert not octets.endswith(b"\x1b")
            assert decode(octets) == one.text
        else:
            sent = one.text.encode("utf-16-be", "surrogatepass")
            assert len(sent) == one.units * 2


@given(gsm_texts | wide_texts)
def test_no_cut_takes_fewer_parts(text: str) -> None:
    found = count(text)
    each = 153 if found.alphabet is Alphabet.GSM7 else 67
    # A part that is not the last is full but for a pair that does not fit.
    for one, after in zip(found.parts, found.parts[1:], strict=False):
        assert one.units + units_of(after.text[0], found.alphabet) > each


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("Скидка", [None] * 6),
        ("Sale «-20%»", ['"', '"']),
        ("A\u00a0B — C…", [" ", "-", "..."]),
        ("С\u200b ALE", [None, ""]),
        ("САLE 50", ["C", "A"]),
        ("AТTENTION", ["T"]),
        ("Ｓａｌｅ", ["S", "a", "l", "e"]),
        ("Žižkov", ["Z", "z"]),
        ("ç ok", ["c"]),
        ("5 ₽", ["RUB"]),
        ("日本", [None, None]),
        ("\x1b", [""]),
        ("plain {text} ~ €", []),
    ],
)
def test_what_forces_unicode_is_marked_with_a_replacement(text: str, instead: list[str | None]) -> None:
    assert [one.instead for one in forcing(text)] == instead
    assert all(text[one.at] == one.character for one in forcing(text))


@given(st.text(max_size=120))
def test_mending_leaves_only_what_has_no_replacement(text: str) -> None:
    again = forcing(mended(text))
    assert all(one.instead is None for one in again if one.character not in "АВЕКМНОРСТУХаеорсухІіЈјЅѕ")
    if all(one.instead is not None for one in forcing(text)):
        assert alphabet_of(mended(text)) is Alphabet.GSM7


def test_one_quote_of_word_costs_a_part_more() -> None:
    text = "Your order “A-17” is ready. " + "x" * 100
    assert len(count(text).parts) == 2
    assert count(mended(text)).alphabet is Alphabet.GSM7
    assert (Tariff(Decimal("4.5000")).cost(text), Tariff(Decimal("4.5000")).cost(mended(text))) == (
        Decimal("9.0000"), Decimal("4.5000"),
    )  # fmt: skip


def test_russian_goes_in_latin_letters_at_half_the_price() -> None:
    text = "Ваш заказ «А-17» готов, ждём вас до пятницы. Щука и ёж"
    assert in_latin(text) == 'Vash zakaz "A-17" gotov, zhdem vas do pyatnitsy. Shchuka i ezh'
    assert alphabet_of(in_latin(text)) is Alphabet.GSM7


def test_a_foreign_text_is_no_octets() -> None:
    with pytest.raises(ValueError, match="U\\+042F"):
        encode("Я")
    assert decode(b"\x1b\x41\x1b") == "A"
    assert decode(b"\xc1") == "A"
