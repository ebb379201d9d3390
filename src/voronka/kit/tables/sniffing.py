"""What kind of file it is, by its content, and what parts the columns of a text file."""

import csv
import math
import re
import zipfile
from collections import Counter
from typing import BinaryIO

from .alphabet import unmarked_utf16
from .errors import Reason, TableError
from .shapes import Kind, Limits

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
ENTRIES = 10_000
RATIO = 200
DELIMITERS = ";\t|,"
DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
SAMPLE_LINES = 500


def find_kind(source: BinaryIO, limits: Limits) -> Kind:
    """Return the kind of the file; raises TableError for no table, an encrypted one or a bomb."""
    source.seek(0)
    head = source.read(4096)
    if head.startswith(b"PK"):
        return _packed_kind(source, limits)
    if head.startswith(OLE):
        return _ole_kind(source)
    if not (head.startswith((b"\xff\xfe", b"\xfe\xff")) or unmarked_utf16(head)) and _is_binary(head):
        raise TableError(Reason.NOT_A_TABLE)
    if _is_elements(head):
        return Kind.XML
    if _is_markup(head):
        raise TableError(Reason.NOT_A_TABLE, detail="markup")
    return Kind.CSV


def _packed_kind(source: BinaryIO, limits: Limits) -> Kind:
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise TableError(Reason.TRUNCATED) from error
    members = archive.infolist()
    check_members(members, limits)
    names = {member.filename.replace("\\", "/").lower() for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise TableError(Reason.ENCRYPTED)
    if "xl/workbook.xml" in names or ({"[content_types].xml", "_rels/.rels"} <= names and _names_sheet(names)):
        return Kind.XLSX
    if "mimetype" in names and archive.read("mimetype", None)[:100].startswith(
        b"application/vnd.oasis.opendocument.spreadsheet"
    ):
        if "meta-inf/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise TableError(Reason.ENCRYPTED)
        return Kind.ODS
    raise TableError(Reason.NOT_A_TABLE, detail="archive")


def _names_sheet(names: set[str]) -> bool:
    return any(name.startswith("xl/worksheets/") for name in names)


def check_members(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse archives of too many members, or that unfold too far; raises TableError(BOMB).

    Sheets of repeated rows shrink a hundredfold in earnest, so the ratio counts from 100 MiB unfolded on.
    """
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > ENTRIES or unpacked > limits.unpacked_mib * 2**20:
        raise TableError(Reason.BOMB)
    if unpacked > 100 * 2**20 and unpacked > RATIO * packed:
        raise TableError(Reason.BOMB)


def _ole_kind(source: BinaryIO) -> Kind:
    source.seek(0)
    content = source.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise TableError(Reason.ENCRYPTED)
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        return Kind.XLS
    if len(content) < 1536:
        raise TableError(Reason.TRUNCATED)
    raise TableError(Reason.NOT_A_TABLE, detail="ole")


def _is_binary(head: bytes) -> bool:
    """Text holds next to no control characters; zeros alone may be UTF-16 without its mark or a torn export."""
    if head.startswith(
        (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"BM\x00")
    ):
        return True
    odd = sum(byte < 32 and byte not in (0, 4, 9, 10, 11, 12, 13, 26) for byte in head)
    return odd * 50 > len(head) or head.count(0) * 10 > len(head) * 7


def _is_elements(head: bytes) -> bool:
    """Tell an XML of records from a page or a picture written in tags."""
    text = head.decode("latin-1").lstrip("\xef\xbb\xbf \t\r\n").lower()
    if not text.startswith(("<?xml", "<yml_catalog")):
        return False
    return not re.search(r"<(?:html|svg|!doctype\s+(?:html|svg)|\w+:workbook|workbook)\b", text)


def _is_markup(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    return start.startswith((b"<?xml", b"<!doctype", b"<html", b"<table", b"<svg", b"{\\rtf"))


def find_delimiter(sample: str) -> str:
    """Return what parts the columns, judged by the whole records of the sample; a comma where nothing does.

    The right sign gives most records one and the same width, and a large one. Commas between digits are not counted:
    they may be decimal, and a list of bare whole numbers comes out right as nothing else parts it.
    """
    stated = sample[:5].lower()
    if stated.startswith("sep=") and stated[4:] and stated[4] in DELIMITERS:
        return stated[4]
    scores = {sign: _evenness(sample, sign) for sign in DELIMITERS}
    best = max(scores, key=lambda sign: scores[sign])
    return best if scores[best] > 0 else ","


def _evenness(sample: str, delimiter: str) -> float:
    """Share of the records of the commonest width, times the root of that width; 0 when it parts nothing."""
    if delimiter == ",":
        sample = DECIMAL_COMMA.sub(" ", sample)
    widths = record_widths(sample, delimiter)
    usual = usual_width(widths)
    return widths.count(usual) / len(widths) * math.sqrt(usual) if usual > 1 else 0.0


def record_widths(sample: str, delimiter: str) -> list[int]:
    """Return the numbers of columns of the records at the start of a text."""
    lines = sample.splitlines(keepends=True)[:SAMPLE_LINES]
    try:
        return [len(record) for record in csv.reader(lines, delimiter=delimiter) if record]
    except csv.Error:
        return []


def usual_width(widths: list[int]) -> int:
    """Return the commonest number of columns, the larger of two equally common."""
    counts = Counter(widths)
    return max(counts, key=lambda width: (counts[width], width)) if counts else 0
