"""Tables written: no cell a stranger typed becomes a formula (SAFETY, check 10), numbers and phones stay usable."""

import csv
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.kit.tables import open_table, write_csv, write_xlsx
from voronka.kit.tables.writers import disarm

DANGEROUS = [
    "=1+1",
    '=HYPERLINK("http://evil.example";"x")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "＝1+1",
    "+7 921 218-05-60",
    "-2+3+cmd|' /C calc'!A0",
    "%0A-3",
]
HARMLESS = ["+79212180560", "-5", "-5,25", "+1.5", "Анна", "a=b", "5-3", "", "'=1", "8 921 218-05-60"]


@pytest.mark.parametrize("text", [text for text in DANGEROUS if not text.startswith("%")])
def test_what_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert disarm(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_can_only_be_text_or_a_number_is_left_alone(text: str) -> None:
    assert disarm(text) == text


@given(st.text())
def test_no_text_in_csv_starts_a_formula(text: str) -> None:
    written = disarm(text)
    starts = written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert not starts or re.fullmatch(r"[+-][0-9]+([.,][0-9]+)?", written)


def test_csv_opens_in_a_russian_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    moment = datetime(2026, 3, 1, 14, 30, tzinfo=UTC)
    rows = [
        ["Имя", "Сумма"],
        ["=1+1", Decimal("-4784.85"), 12, 0.5, date(2026, 3, 1), moment, None, True, "a\0b\x07"],
    ]
    assert write_csv(path, rows) == 2
    content = path.read_bytes()
    assert content.startswith("\ufeffИмя;Сумма\r\n".encode())
    with path.open(encoding="utf-8-sig", newline="") as source:
        assert list(csv.reader(source, delimiter=";"))[1] == [
            "'=1+1", "-4784,85", "12", "0,5", "2026-03-01", "2026-03-01 14:30:00", "", "1", "ab",
        ]  # fmt: skip


def test_xlsx_holds_no_formula_and_the_texts_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    texts = [*DANGEROUS, *HARMLESS, "#N/A", "#REF!", "_x0041_", "a\r\nb"]
    write_xlsx(path, [["Текст", "Число"], *([text, Decimal("4784.85")] for text in texts)], sheet="Клиенты: 1/2")
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in sheet.replace("<formatCode", "")
    book = openpyxl.load_workbook(path)
    cells = [row[0] for row in book.active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    assert all(cell.quotePrefix for cell, text in zip(cells, texts, strict=True) if text in DANGEROUS[:-1])
    with open_table(path) as table:
        read = [row.cells for row in table.rows()]
    assert [cells[0] for cells in read[1:]] == [text or None for text in texts]
    assert {cells[1] for cells in read[1:]} == {4784.85}


def test_xlsx_cuts_what_no_cell_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    assert write_xlsx(path, ([text] for text in ("x" * 40_000, "\x00\x07ok")), header_rows=0) == 2
    with open_table(path) as table:
        assert [len(str(row.cells[0])) for row in table.rows()] == [32_767, 2]
