"""Who is mentioned in a text."""

import pytest

from voronka.accounts.rules.mentions import mentioned

NAMES = {1: "Анна Петрова", 2: "Анна Петрова-Водкина", 3: "Пётр", 4: "Анна Петрова", 5: ""}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("@Анна Петрова, посмотри", [1, 4]),
        ("@Анна Петрова-Водкина и @пётр", [2, 3]),
        ("@ПЕТР!", [3]),
        ("@Петров", []),
        ("почта info@Пётр", []),
        ("@@Пётр", []),
        ("@", []),
        ("(@Пётр)", [3]),
        ("@Пётр @Пётр", [3]),
        ("@Анна\u00a0Петрова", [1, 4]),
        ("İ@Пётр", []),
        ("İ @Пётр", [3]),
    ],
)
def test_who_is_mentioned(text: str, ids: list[int]) -> None:
    assert mentioned(text, NAMES) == ids
