"""Own papers as files of Word: places for values in Liquid, filled in the caged child, never run as code.

A file is taken apart into pieces of its XML and the Liquid between them. What goes to the engine is the Liquid with a
short mark for each piece, so the child sees no XML and values come back escaped. Word cuts texts into runs as it
likes: a place that crosses runs is put together in its first one. A row of a table that begins and ends a loop is
repeated whole.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from io import BytesIO
from xml.etree import ElementTree as ET

MOST_BYTES = 5 * 1024 * 1024
MOST_OPENED = 40 * 1024 * 1024
MOST_PARTS = 400
MAIN = "word/document.xml"
_TEXTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_RUNNING = re.compile(r"(^|/)(vbaProject|vbaData|activeX|embeddings|oleObject)", re.IGNORECASE)
_LINK = "/relationships/hyperlink"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH = re.compile(r"(<w:p(?=[\s>/])|</w:p>)")
_TEXT = re.compile(r"(<w:t(?:\s[^>]*)?>)([^<]*)(</w:t>)")
_ROW = re.compile(r"<w:tr\b(?:(?!<w:tr\b).)*?</w:tr>", re.DOTALL)
# A place is short and holds no other: a file of nothing but openings is read once, not once for each of them.
_TAG = re.compile(r"\{\{(?:(?!\{\{|\{%).){0,2000}?\}\}|\{%(?:(?!\{\{|\{%).){0,2000}?%\}", re.DOTALL)
_LOOP = re.compile(r"\{%-?\s*(for|endfor)\b(?:(?!\{\{|\{%).){0,2000}?%\}", re.DOTALL)
_PIECE = re.compile("\ue000(\\d{1,7})\ue001")
_OPEN, _CLOSE = "\ue000", "\ue001"


class DocxProblem(Exception):
    """A file that is no paper of Word, or holds what no paper needs.

    `code` for words: not_docx, too_big, running, outer.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Opened:
    """A file taken apart: its parts by name, and the Liquid of those that hold texts."""

    parts: Mapping[str, bytes]
    sources: Mapping[str, str]
    pieces: Mapping[str, tuple[str, ...]]

    @property
    def source(self) -> str:
        """All Liquid of the file, to be checked as one text."""
        return "\n".join(self.sources.values())


def open_docx(body: bytes) -> Opened:
    """Take a file apart. Raises DocxProblem: also for macros, controls, objects and anything fetched from elsewhere."""
    parts = _unpacked(body)
    if MAIN not in parts:
        raise DocxProblem("not_docx")
    for name, part in parts.items():
        if _RUNNING.search(name):
            raise DocxProblem("running")
        if name.lower().endswith(".rels") and _leads_out(part):
            raise DocxProblem("outer")
    sources, pieces = {}, {}
    for name in sorted(parts):
        if _TEXTS.fullmatch(name):
            sources[name], pieces[name] = _cut(_joined(parts[name]))
    return Opened(parts, sources, pieces)


def _leads_out(part: bytes) -> bool:
    """Tell whether a list of relations names anything outside of the file, other than links to be pressed."""
    _well_formed(part)
    root = ET.fromstring(part)  # noqa: S314 - judged above
    return any(
        one.get("TargetMode", "").strip().lower() == "external" and not one.get("Type", "").endswith(_LINK)
        for one in root.iter()
    )


def fill_docx(opened: Opened, render: Callable[[str], str]) -> bytes:
    """Return the file with its places filled by `render`, which takes Liquid and returns text escaped for XML."""
    filled = dict(opened.parts)
    for name, source in opened.sources.items():
        pieces = opened.pieces[name]

        def put(match: re.Match[str], pieces: tuple[str, ...] = pieces) -> str:
            at = int(match[1])
            return pieces[at] if at < len(pieces) else ""

        filled[name] = _PIECE.sub(put, render(source)).encode()
        _well_formed(filled[name])
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in filled.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def without_marks(text: str) -> str:
    """Return a value without the signs that mark pieces, and those that XML cannot hold."""
    return "".join(one for one in text if one not in (_OPEN, _CLOSE) and (one >= " " or one in "\t\n"))


def _unpacked(body: bytes) -> dict[str, bytes]:
    if len(body) > MOST_BYTES:
        raise DocxProblem("too_big")
    found: dict[str, bytes] = {}
    left = MOST_OPENED
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            if len(archive.infolist()) > MOST_PARTS:
                raise DocxProblem("too_big")
            for one in archive.infolist():
                if one.is_dir():
                    continue
                if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise DocxProblem("not_docx")
                if one.filename in found or ".." in one.filename.split("/") or one.filename.startswith("/"):
                    raise DocxProblem("not_docx")
                with archive.open(one) as file:
                    part = file.read(left + 1)
                left -= len(part)
                if left < 0:
                    raise DocxProblem("too_big")
                found[one.filename] = part
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise DocxProblem("not_docx") from None
    return found


def _joined(part: bytes) -> str:
    """Return the XML of a part with each place in one run, and the loops of rows around their rows.

    The text is changed in place, never written anew from a tree: Word refuses files whose namespaces were tidied away.
    """
    xml = _well_formed(part)
    cut = _PARAGRAPH.split(xml)
    xml = "".join(one if at % 2 else _join_places(one) for at, one in enumerate(cut))
    return _ROW.sub(lambda match: _lift_loop(match[0]), xml)


def _well_formed(part: bytes) -> str:
    # A zero byte: two bytes a sign, in which the words below would not be found.
    if b"\0" in part or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise DocxProblem("not_docx")
    try:
        ET.fromstring(part)  # noqa: S314 - no document types, so no entities; the size is bounded
        return part.decode("utf-8-sig")
    except (ET.ParseError, ValueError, RecursionError, LookupError):
        raise DocxProblem("not_docx") from None


def _join_places(xml: str) -> str:
    """Put each place that crosses runs of a paragraph into the run where it begins."""
    texts = list(_TEXT.finditer(xml))
    whole = "".join(one[2] for one in texts)
    if "{" not in whole:
        return xml
    owner: list[int] = []
    for at, one in enumerate(texts):
        owner += [at] * len(one[2])
    for match in _TAG.finditer(whole):
        owner[match.start() : match.end()] = [owner[match.start()]] * (match.end() - match.start())
    kept: list[list[str]] = [[] for _one in texts]
    for sign, at in zip(whole, owner, strict=True):
        kept[at].append(sign)
    left = iter(kept)
    return _TEXT.sub(lambda _match: f'<w:t xml:space="preserve">{"".join(next(left))}</w:t>', xml)


def _lift_loop(row: str) -> str:
    """Let a loop that begins and ends in one row stand around it."""
    loops = [match[0] for match in _LOOP.finditer(row)]
    if len(loops) != 2 or "endfor" not in loops[1] or "endfor" in loops[0]:
        return row
    return f"{loops[0]}{_LOOP.sub('', row)}{loops[1]}"


def _cut(xml: str) -> tuple[str, tuple[str, ...]]:
    """Return the Liquid of a part with marks for its XML, and the pieces of XML by their marks."""
    pieces: list[str] = []
    out: list[str] = []
    last = 0
    for match in [*_TAG.finditer(xml), None]:
        end = len(xml) if match is None else match.start()
        if end > last:
            out.append(f"{_OPEN}{len(pieces)}{_CLOSE}")
            pieces.append(xml[last:end])
        if match is not None:
            out.append(_unescaped(match[0]))
            last = match.end()
    return "".join(out), tuple(pieces)


def _unescaped(text: str) -> str:
    """Return Liquid as it was typed: Word escapes signs and turns quotes."""
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    return plain.translate({0x201C: '"', 0x201D: '"', 0xAB: '"', 0xBB: '"', 0x2018: "'", 0x2019: "'"})


def as_html(body: bytes) -> str:
    """Return the text of a file as the small HTML of own texts: headings, paragraphs, bold and italic, tables.

    It is what the paper looks like as PDF and on the screen; the file itself keeps all that Word drew. Raises
    DocxProblem.
    """
    parts = _unpacked(body)
    _well_formed(parts.get(MAIN, b""))
    root = ET.fromstring(parts[MAIN])  # noqa: S314 - judged above
    main = root.find(f"{_W}body")
    return "" if main is None else "\n".join(_block_html(one) for one in main)


def _block_html(one: ET.Element) -> str:
    if one.tag == f"{_W}p":
        style = one.find(f"{_W}pPr/{_W}pStyle")
        named = "" if style is None else str(style.get(f"{_W}val", ""))
        heading = re.fullmatch(r"(?:Heading|heading |Заголовок ?)?([1-3])|(Title)", named)
        tag = "p" if heading is None else f"h{heading[1] or 1}"
        place = one.find(f"{_W}pPr/{_W}jc")
        align = "" if place is None else str(place.get(f"{_W}val", ""))
        mark = f' align="{align}"' if align in ("center", "right") else ""
        return f"<{tag}{mark}>{''.join(_run_html(run) for run in one.iter(f'{_W}r'))}</{tag}>"
    if one.tag == f"{_W}tbl":
        rows = (
            "".join(f"<td>{_cell_html(cell)}</td>" for cell in row.iter(f"{_W}tc")) for row in one.iter(f"{_W}tr")
        )
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    return "".join(_block_html(inner) for inner in one.iter() if inner is not one and inner.tag == f"{_W}p")


def _cell_html(cell: ET.Element) -> str:
    return "<br>".join("".join(_run_html(run) for run in one.iter(f"{_W}r")) for one in cell.iter(f"{_W}p"))


def _run_html(run: ET.Element) -> str:
    said = "".join(
        escape(one.text or "") if one.tag == f"{_W}t" else "<br>" if one.tag == f"{_W}br" else " "
        for one in run if one.tag in (f"{_W}t", f"{_W}br", f"{_W}tab")
    )  # fmt: skip
    for tag in ("b", "i"):
        mark = run.find(f"{_W}rPr/{_W}{tag}")
        if said and mark is not None and mark.get(f"{_W}val", "1") not in ("0", "false", "none"):
            said = f"<{tag}>{said}</{tag}>"
    return said
