"""Files from outside as tables: kinds, encodings, delimiters, damage to text files, agreement with openpyxl."""

import csv
import io
import json
import resource
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from voronka.kit.tables import Fault, Kind, Limits, Reason, Row, Table, TableError, explain, explain_fault, open_table

SAMPLES = Path(__file__).parent / "samples" / "tables"
# location_coordinates has another phone in its JSON than in its CSV, so it has a test of its own.
SPECTRUM = sorted(
    path.stem for path in (SAMPLES / "csv_spectrum" / "csvs").glob("*.csv") if path.stem != "location_coordinates"
)

RUSSIAN = "ФИО;Телефон;Сумма\r\nРомашкина Анна;8 921 218-05-60;4 784,85\r\nЛютиков Пётр;+79584443744;12,50\r\n"


def read(path: Path, **options: object) -> tuple[Table, list[Row]]:
    with open_table(path, **options) as table:  # type: ignore[arg-type]
        return table, list(table.rows())


def write(folder: Path, content: bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", SPECTRUM)
def test_reads_the_awkward_files_of_csv_spectrum(name: str) -> None:
    expected = json.loads((SAMPLES / "csv_spectrum" / "json" / f"{name}.json").read_text("utf-8"))
    _, rows = read(SAMPLES / "csv_spectrum" / "csvs" / f"{name}.csv")
    heading, *others = [row.cells for row in rows]
    assert [dict(zip(heading, (cell or "" for cell in cells), strict=True)) for cells in others] == expected
    assert not any(row.fault for row in rows)


def test_letters_lost_before_us_are_no_fault_of_the_row() -> None:
    _, rows = read(SAMPLES / "csv_spectrum" / "csvs" / "location_coordinates.csv")
    assert rows[1:] == [Row(2, ["2095257564", "37\ufffd36'37.8\"N 121\ufffd2'17.9\"W", "Modesto", "Stanislaus"])]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("cp1251", "cp1251"),
        ("cp866", "cp866"),
        ("koi8-r", "koi8-r"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        RUSSIAN,
        "ИМЯ;ГОРОД\nАННА;ТВЕРЬ\nПЁТР;УФА\nФЁДОР;ЩЁЛКОВО\n",
        "id;name;city\n1;Ян;Уфа\n",
        "code;note\n" + "".join(f"{number};plain\n" for number in range(9000)) + "9001;Привет, щука и ёж\n",
    ],
    ids=["list", "capitals", "short", "late letters"],
)
def test_finds_the_encoding(tmp_path: Path, encoding: str, found: str, text: str) -> None:
    table, rows = read(write(tmp_path, text.encode(encoding)))
    assert table.encoding == found
    assert [row.cells for row in rows] == list(csv.reader(io.StringIO(text), delimiter=";"))


def test_finds_the_encoding_of_accented_latin(tmp_path: Path) -> None:
    text = "name;city\n" + "Müller Jürgen;Köln\nLefèvre François;Orléans\nGarcía Peña;Málaga\n" * 20
    _, rows = read(write(tmp_path, text.encode("cp1252")))
    assert rows[1].cells == ["Müller Jürgen", "Köln"]


@pytest.mark.parametrize(
    ("text", "delimiter", "second"),
    [
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";", ["1,5", "2,5"]),
        ("1,5;2,5\n3,5;4,5\n", ";", ["1,5", "2,5"]),
        ("a,b,c\n1,2,3\n", ",", ["1", "2", "3"]),
        ("1,2,3\n4,5,6\n", ",", ["1", "2", "3"]),
        ("a\tb\nx, y\tz; w\n", "\t", ["x, y", "z; w"]),
        ("a|b|c\n1|2|3\n", "|", ["1", "2", "3"]),
        ("ФИО;Адрес\nАнна;Тверь, Мира, 5\nПётр;Уфа, Ленина, 7\n", ";", ["Анна", "Тверь, Мира, 5"]),
        ("name,tags,city\nAnna,a;b,Ufa\nPetr,c;d,Tver\n", ",", ["Anna", "a;b", "Ufa"]),
        ("sep=|\na;b|c;d\n", "|", ["a;b", "c;d"]),
        ("Телефон\n89212180560\n", ",", ["89212180560"]),
    ],
)
def test_finds_the_delimiter(tmp_path: Path, text: str, delimiter: str, second: list[str]) -> None:
    table, rows = read(write(tmp_path, text.encode()))
    assert table.delimiter == delimiter
    assert second in [row.cells for row in rows[:2]]


def test_rows_keep_the_numbers_a_spreadsheet_shows(tmp_path: Path) -> None:
    _, rows = read(write(tmp_path, b'a;b\r\n\r\n;\r\n1;"two\nlines"\r3;4\n'))
    assert [(row.number, row.cells) for row in rows] == [(1, ["a", "b"]), (4, ["1", "two\nlines"]), (5, ["3", "4"])]


UNBALANCED = [
    pytest.param('a;b\n1;"x\n2;y\n3;z\n', [(2, ["1", '"x'])], [["2", "y"], ["3", "z"]], id="swallows to the end"),
    pytest.param('a;b\n1;y\n2;"x', [(3, ["2", '"x'])], [["1", "y"]], id="last cell"),
    pytest.param(
        'a;b;c\n1;"ООО Ромашка;x\n2;y;z\n3;"q";w\n',
        [(2, ["1", '"ООО Ромашка', "x"])],
        [["2", "y", "z"], ["3", "q", "w"]],
        id="swallows to the next mark",
    ),
    pytest.param(
        "a;b\n" + '1;"x\n' + "2;y\n" * 3000, [(2, ["1", '"x'])], [["2", "y"]] * 3000, id="swallows without measure"
    ),
]


@pytest.mark.parametrize(("text", "faulty", "good"), UNBALANCED)
def test_an_open_quotation_mark_costs_its_own_row_only(
    tmp_path: Path, text: str, faulty: list[tuple[int, list[str]]], good: list[list[str]]
) -> None:
    _, rows = read(write(tmp_path, text.encode()))
    assert [(row.number, row.cells) for row in rows if row.fault is Fault.QUOTES] == faulty
    assert [row.cells for row in rows[1:] if row.fault is None] == good


def test_quotation_marks_inside_a_cell_do_no_harm(tmp_path: Path) -> None:
    _, rows = read(write(tmp_path, 'a;b\nООО "Ромашка";1\n"Ромашка" ООО;2\n'.encode()))
    assert [row.cells for row in rows[1:]] == [['ООО "Ромашка"', "1"], ["Ромашка ООО", "2"]]


def test_many_open_quotation_marks_end_the_reading_with_the_first_line(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read(write(tmp_path, b"a;b\n1;2\n" + b'1;"x\n' * 301))
    assert (caught.value.code, caught.value.row) == (Reason.QUOTES, 3)


def test_what_cannot_be_made_out_marks_its_row(tmp_path: Path) -> None:
    good = "Имя;Город\n" + "Анна Ромашкина;Нижний Новгород\n" * 100
    _, rows = read(write(tmp_path, good.encode() + b"Fo\xff;x\n"))
    assert [(row.number, row.cells, row.fault) for row in rows if row.fault] == [
        (102, ["Fo\ufffd", "x"], Fault.ENCODING)
    ]


def test_zero_bytes_are_dropped(tmp_path: Path) -> None:
    _, rows = read(write(tmp_path, "a;b\nАн\0на;2\n".encode()))
    assert rows[1].cells == ["Анна", "2"]


def test_long_cells_and_wide_rows_are_cut_and_marked(tmp_path: Path) -> None:
    content = b"a;b\n" + b"x" * 40_000 + b";1\n" + b";".join([b"1"] * 301) + b"\n2;3\n"
    _, rows = read(write(tmp_path, content))
    assert [row.fault for row in rows] == [None, Fault.LONG_CELL, Fault.TOO_WIDE, None]
    assert (len(str(rows[1].cells[0])), rows[1].cells[1], len(rows[2].cells)) == (32_767, "1", 300)


WORKBOOKS = [("clients.xls", Kind.XLS, 2), ("clients.ods", Kind.ODS, 2), ("clients_shared.xlsx", Kind.XLSX, 2)]


@pytest.mark.parametrize(("name", "kind", "heading"), WORKBOOKS)
def test_workbooks_of_all_kinds_give_the_same_values(tmp_path: Path, name: str, kind: Kind, heading: int) -> None:
    misnamed = write(tmp_path, (SAMPLES / name).read_bytes(), "list.csv")
    table, rows = read(misnamed)
    assert (table.kind, table.sheet) == (kind, "Клиенты")
    assert rows[:3] == [
        Row(heading, [None, "ФИО", "Телефон", "Дата", "Сумма", "Звонок", "Возраст"]),
        Row(
            heading + 1,
            [None, "Ромашкина Анна", 79212180560, date(1974, 12, 9), 4784.85, datetime(2026, 3, 1, 14, 30), 51],
        ),
        Row(heading + 3, [None, "Лютиков «Пётр»", "+7 (921) 218-05-60", None, 0.5, None, -3]),
    ]


def test_workbook_formulas_rich_text_merged_cells_and_control_characters() -> None:
    _, rows = read(SAMPLES / "clients_shared.xlsx")
    assert rows[3] == Row(7, [None, 3, "жирный текст", "слито", None, True, "строка\r\nвторая\x07"])


def test_a_sheet_is_chosen_by_name() -> None:
    table, rows = read(SAMPLES / "clients.xls", sheet="Скрытый")
    assert (table.sheets, rows) == (["Скрытый", "Клиенты"], [Row(1, ["x"])])
    with pytest.raises(TableError) as caught:
        read(SAMPLES / "clients.xls", sheet="Нет")
    assert (caught.value.code, caught.value.detail) == (Reason.NO_SHEET, "Нет")


def as_openpyxl_reads(path: Path, sheet: str) -> list[tuple[int, list[object]]]:
    """Rows by openpyxl brought to our shapes: midnight is a date, whole floats are integers, empty ends are gone."""
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    rows = []
    for number, values in enumerate(book[sheet].iter_rows(values_only=True), 1):
        cells = [_shape(value) for value in values]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            rows.append((number, cells))
    book.close()
    return rows


def _shape(value: object) -> object:
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value != "" else None


@pytest.mark.parametrize("index", [0, 1, 2])
def test_agrees_with_openpyxl_on_a_real_workbook(index: int) -> None:
    path = SAMPLES / "wondersell.xlsx"
    with open_table(path) as table:
        sheet = table.sheets[index]
    _, rows = read(path, sheet=sheet)
    ours = [(row.number, row.cells) for row in rows]
    for _, cells in ours:
        while cells and cells[-1] is None:
            cells.pop()
    assert ours == as_openpyxl_reads(path, sheet)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
VALUES = st.one_of(
    st.none(),
    TEXTS.filter(lambda text: not text.startswith("=") and "_x" not in text),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
    st.booleans(),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(VALUES, max_size=8), min_size=1, max_size=12))
def test_agrees_with_openpyxl_on_any_workbook(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[object]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("one")
    for row in rows:
        sheet.append(row)
    book.save(path)
    expected = as_openpyxl_reads(path, "one")
    if not expected:
        with pytest.raises(TableError):
            read(path)
        return
    ours = []
    for row in read(path)[1]:
        while row.cells and row.cells[-1] is None:
            row.cells.pop()
        ours.append((row.number, row.cells))
    assert ours == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"\r\n\r\n;;;\r\n", Reason.EMPTY),
        (b"%PDF-1.7\n%\xe2\xe3", Reason.NOT_A_TABLE),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), Reason.NOT_A_TABLE),
        (b"<!DOCTYPE html><table></table>", Reason.NOT_A_TABLE),
        (b"PK\x03\x04" + b"x" * 100, Reason.TRUNCATED),
        ((SAMPLES / "clients_shared.xlsx").read_bytes()[:4000], Reason.TRUNCATED),
        ((SAMPLES / "clients_encrypted.xlsx").read_bytes(), Reason.ENCRYPTED),
        ((SAMPLES / "clients.xls").read_bytes()[:1000], Reason.TRUNCATED),
        (bytes([0x1B, 0x02, 0x05]) * 500, Reason.NOT_A_TABLE),
    ],
)
def test_says_what_is_wrong_with_the_file(tmp_path: Path, content: bytes, reason: Reason) -> None:
    with pytest.raises(TableError) as caught:
        read(write(tmp_path, content))
    assert caught.value.code is reason


def test_limits_of_size_rows_and_width(tmp_path: Path) -> None:
    path = write(tmp_path, b"a;b\n" + b"1;2\n" * 400_000)
    for limits, reason in [(Limits(file_mib=1), Reason.TOO_BIG), (Limits(rows=5000), Reason.TOO_MANY_ROWS)]:
        with pytest.raises(TableError) as caught:
            read(path, limits=limits)
        assert caught.value.code is reason
    with pytest.raises(TableError) as caught:
        read(write(tmp_path, b";".join([b"x"] * 400) + b"\n"))
    assert caught.value.code is Reason.TOO_WIDE


def client_lines(count: int) -> bytes:
    line = "{0};Ромашкина Анна {0};+7921{0:07};anna{0}@example.ru;Тверь;12.09.1974;4 784,85;звонить после 18\r\n"
    return "".join(line.format(number) for number in range(count)).encode("cp1251")


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for count in (10_000, 100_000):
        with open_table(write(tmp_path, client_lines(count))) as table:
            assert sum(1 for _ in table.rows()) == count
        peaks.append(table.peak_kib)
    assert peaks[1] <= 1.1 * peaks[0]


def test_memory_does_not_grow_with_shared_strings(tmp_path: Path) -> None:
    peaks = []
    for count in (10_000, 60_000):
        path = tmp_path / f"{count}.xlsx"
        write_shared(path, count)
        with open_table(path) as table:
            rows = list(table.rows())
        assert rows[-1].cells == [f"клиент {count - 1}", f"+7921{count - 1:07}", f"Тверь, дом {count - 1}"]
        peaks.append(table.peak_kib)
    assert peaks[1] <= 1.1 * peaks[0]


def write_shared(path: Path, count: int) -> None:
    """A workbook whose texts are all shared strings, in the order in which Excel writes them."""
    import zipfile

    source = zipfile.ZipFile(SAMPLES / "clients_shared.xlsx")
    texts = "".join(
        f"<si><t>клиент {n}</t></si><si><t>+7921{n:07}</t></si><si><t>Тверь, дом {n}</t></si>" for n in range(count)
    )
    cells = "".join(
        f'<row r="{n + 1}">' + "".join(f'<c r="{c}{n + 1}" t="s"><v>{3 * n + i}</v></c>' for i, c in enumerate("ABC"))
        + "</row>"
        for n in range(count)
    )  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/sharedStrings.xml":
                content = f"<sst>{texts}</sst>".encode()
            if name == "xl/worksheets/sheet2.xml":
                content = f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode()
            target.writestr(name, content)


def test_a_reader_that_stops_early_leaves_no_process(tmp_path: Path) -> None:
    with open_table(write(tmp_path, client_lines(50_000))) as table:
        assert next(table.rows()).number == 1
    assert table._child.poll() is not None
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0


def test_every_reason_is_told_in_words_of_its_own() -> None:
    with override("en"):
        said = [explain(TableError(reason, 7, "300")) for reason in Reason]
        said += [explain_fault(fault) for fault in Fault]
    assert len(set(said)) == len(said)
    assert not any("%(" in text for text in said)
