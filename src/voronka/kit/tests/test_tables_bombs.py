"""Files made to break the reader: the child dies or refuses within its limits, the parent lives (SAFETY, check 11)."""

import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from voronka.kit.tables import Fault, Limits, Reason, Row, TableError, open_table

SAMPLES = Path(__file__).parent / "samples" / "tables"
LIMITS = Limits(memory_mib=256, cpu_seconds=20, silent_seconds=20)
MANIFEST_HEAD = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
)
MANIFEST_HEAD += 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
MANIFEST_HEAD += 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'


def workbook(path: Path, *, sheet: str | None = None, strings: str | None = None, **other: bytes) -> Path:
    """A copy of a good workbook with some of its parts replaced."""
    source = zipfile.ZipFile(SAMPLES / "clients_shared.xlsx")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet2.xml") and sheet is not None:
                content = sheet.encode()
            if name.endswith("sharedStrings.xml") and strings is not None:
                content = strings.encode()
            if name.endswith("workbook.xml"):
                content = other.get("book", content)
            target.writestr(name, content)
    return path


def sheet_of(rows: str, head: str = "") -> str:
    return f"<?xml version='1.0'?>{head}<worksheet><sheetData>{rows}</sheetData></worksheet>"


def read(path: Path, limits: Limits = LIMITS) -> list[Row]:
    started = time.monotonic()
    try:
        with open_table(path, limits=limits) as table:
            rows = list(table.rows())
        assert table.peak_kib < limits.memory_mib * 1024
        return rows
    finally:
        assert time.monotonic() - started < limits.silent_seconds + 5


def refusal(path: Path, limits: Limits = LIMITS) -> Reason:
    with pytest.raises(TableError) as caught:
        read(path, limits)
    return caught.value.code


def test_a_far_cell_costs_nothing(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    first, last = read(workbook(tmp_path / "far.xlsx", sheet=sheet_of(rows)))
    assert first == Row(1, [1])
    assert (last.number, len(last.cells), last.fault) == (1_048_576, 300, Fault.TOO_WIDE)


@pytest.mark.parametrize("reference", ["XFE1", "ZZZZZZZZ1", "1", "Ж1"])
def test_impossible_references_are_refused(tmp_path: Path, reference: str) -> None:
    rows = f'<row r="1"><c r="{reference}"><v>1</v></c></row>'
    assert refusal(workbook(tmp_path / "odd.xlsx", sheet=sheet_of(rows))) is Reason.TRUNCATED


ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [ENTITIES, OUTSIDE, "<!DOCTYPE worksheet>"])
def test_document_types_are_refused(tmp_path: Path, head: str) -> None:
    rows = '<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>'
    assert refusal(workbook(tmp_path / "a.xlsx", sheet=sheet_of(rows, head))) is Reason.BOMB
    assert refusal(workbook(tmp_path / "b.xlsx", strings=f"{head}<sst><si><t>&a;</t></si></sst>")) is Reason.BOMB
    assert refusal(workbook(tmp_path / "c.xlsx", book=f"{head}<workbook/>".encode())) is Reason.BOMB


def test_a_string_of_400_megabytes_is_cut_as_it_comes(tmp_path: Path) -> None:
    """Letters that shrink too little for the ratio to tell, so that they are met by the reader itself."""
    piece = "".join(chr(0x430 + (number * number * 7919 >> 3) % 32) for number in range(50_000))
    path = tmp_path / "long.xlsx"
    source = zipfile.ZipFile(SAMPLES / "clients_shared.xlsx")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name in source.namelist():
            if not name.endswith("sheet2.xml"):
                target.writestr(name, source.read(name))
                continue
            with target.open(name, "w") as sheet:
                sheet.write(b'<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>')
                for _ in range(4200):
                    sheet.write(piece.encode())
                sheet.write(b'</t></is></c></row><row r="2"><c r="A2"><v>7</v></c></row></sheetData></worksheet>')
    long, short = read(path)
    assert (len(str(long.cells[0])), long.fault) == (32_767, Fault.LONG_CELL)
    assert short == Row(2, [7])


def zeros(path: Path) -> Path:
    """A sheet of 400 MB of blanks in 400 KB."""
    return workbook(path, sheet=sheet_of(" " * (400 * 1024 * 1024)))


def many_members(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(10_001):
            archive.writestr(f"{number}.xml", "")
    return path


def lying_sizes(path: Path) -> Path:
    """The directory says 10 bytes for a member of 400 MB."""
    content = bytearray(zeros(path).read_bytes())
    size = (400 * 1024 * 1024 + len(sheet_of(""))).to_bytes(4, "little")
    assert size in content
    path.write_bytes(content.replace(size, (10).to_bytes(4, "little")))
    return path


@pytest.mark.parametrize(
    ("make", "reasons"),
    [(zeros, {Reason.BOMB}), (many_members, {Reason.BOMB}), (lying_sizes, {Reason.TRUNCATED})],
)
def test_archives_that_unfold_without_measure(
    tmp_path: Path, make: Callable[[Path], Path], reasons: set[Reason]
) -> None:
    assert refusal(make(tmp_path / "bomb.xlsx")) in reasons


def ods(path: Path, table: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"{MANIFEST_HEAD}<office:body><office:spreadsheet><table:table table:name='x'>{table}</table:table>"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


@pytest.mark.parametrize(("columns", "rows"), [(16_384, 1_048_576), (16_384, 5_000), (1_024, 100_000)])
def test_repeated_cells_of_ods_end_the_child_not_the_parent(tmp_path: Path, columns: int, rows: int) -> None:
    cell = f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="float" office:value="1"/>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    # Some of these calamine's own limit of cells stops, which it tells as a format it cannot make out.
    assert refusal(ods(tmp_path / "far.ods", row)) in {Reason.MEMORY, Reason.TRUNCATED}


def test_a_line_without_end_ends_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    path.write_bytes(b"a;b\n" + b"x;" * 20_000_000)
    assert refusal(path) is Reason.LONG_LINE


def test_processor_time_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "slow.csv"
    path.write_bytes(b"1;" * 299 + b"1\n" + (b"1;" * 299 + b"1\n") * 200_000)
    assert refusal(path, Limits(cpu_seconds=1, silent_seconds=20)) is Reason.TIME


def test_a_child_that_says_nothing_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "quiet.csv"
    path.write_bytes(b"a;b\n" + b"\n" * 30_000_000)
    started = time.monotonic()
    with pytest.raises(TableError) as caught, open_table(path, limits=Limits(silent_seconds=0.5)) as table:
        list(table.rows())
    assert caught.value.code is Reason.TIME
    assert time.monotonic() - started < 3
    assert table._child.poll() is not None


def test_the_child_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    from voronka.kit import cage

    monkeypatch.setenv("VORONKA_SECRET_KEY", "secret")
    child = cage.start_caged("voronka.kit.tests.caged_environment")
    assert child.stdout is not None
    _, body = cage.FrameReader(child.stdout.fileno()).read(10)
    cage.stop(child)
    assert b"secret" not in body
