"""Files that people and strangers upload: what they really are, under what name they are kept, how they are given back.

What a file is, is read from its bytes, never from its name or the browser's word. Only clean pictures are
ever shown in place; all else is handed over as a download, so that no uploaded page, drawing or polyglot runs
under our address.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote

from django.utils.translation import gettext as _

from .errors import Invalid

MIB = 1024 * 1024
HEAD = 4096
PIECE = 256 * 1024
LONGEST_NAME = 120
LONGEST_NAME_BYTES = 200
LONGEST_EXTENSION = 10
UNKNOWN = "application/octet-stream"

PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
# Types that a browser downloads or plays without running anything in them; others go as UNKNOWN.
PLAIN_TYPES = PICTURES | {
    "application/pdf",
    "application/zip",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/mp4",
    "video/mp4",
    "video/webm",
    "text/plain",
    "text/csv",
}
EXECUTABLE = "application/x-executable"

STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"MZ\x90\x00", EXECUTABLE),
    (b"MZ\x00", EXECUTABLE),
    (b"\x7fELF", EXECUTABLE),
    (b"\xfe\xed\xfa", EXECUTABLE),
    (b"\xcf\xfa\xed\xfe", EXECUTABLE),
    (b"\xca\xfe\xba\xbe", EXECUTABLE),
    (b"#!", EXECUTABLE),
    (b"L\x00\x00\x00\x01\x14\x02\x00", EXECUTABLE),
)
# In which member of a packed file its type shows; the member's name stands unpacked at the file's start or in
# its directory.
PACKED = (
    (b"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
)
RUNNABLE_NAMES = frozenset(
    {
        "exe", "com", "bat", "cmd", "scr", "pif", "msi", "msp", "hta", "js", "jse", "vbs", "vbe", "wsf", "wsh",
        "ps1", "lnk", "reg", "jar", "cpl", "dll", "sh", "app", "apk", "desktop",
    }
)  # fmt: skip
MARKUP = re.compile(
    rb"<(?:!doctype|html|head|body|script|svg|iframe|\?xml|[a-z]+:(?:html|svg|script))[\s>/]", re.IGNORECASE
)
ZIP_END = b"PK\x05\x06"
ZIP_END_REACH = 66_000
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # control, format, surrogate, private, unassigned
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A checked file: the name to keep it by, its type by content, its size in bytes.

    `is_picture` says that it may be shown in place: a raster picture with nothing else hidden in it.
    """

    name: str
    content_type: str
    size: int
    is_picture: bool


def check_upload(
    name: str, source: BinaryIO, *, max_mib: int = 25, allowed: Collection[str] | None = None, field: str = "file"
) -> Upload:
    """Return what the file is, or raise Invalid at `field`: empty, too big, a program, or of a type not `allowed`.

    Reads the source from its start and leaves it there.
    """
    cleaned = clean_file_name(name)
    size = source.seek(0, 2)
    if size == 0:
        raise _refused(_("The file is empty."), "upload_empty", field)
    if size > max_mib * MIB:
        message = _("The file is bigger than %(limit)s MB.") % {"limit": max_mib}
        raise _refused(message, "upload_too_big", field)
    content_type = find_type(source)
    if content_type == EXECUTABLE or cleaned.rpartition(".")[2].lower() in RUNNABLE_NAMES:
        raise _refused(_("Programs are not taken."), "upload_program", field)
    if allowed is not None and content_type not in allowed:
        raise _refused(_("A file of this kind is not taken here."), "upload_kind", field)
    is_picture = content_type in PICTURES and not hides_something(source, size)
    source.seek(0)
    return Upload(cleaned, content_type, size, is_picture)


def _refused(message: str, code: str, field: str) -> Invalid:
    return Invalid(message, code=code, fields={field: message})


def clean_file_name(raw: str) -> str:
    """Return a name safe to keep and to show: no folders, control, direction or invisible signs, of bounded length.

    Signs that some file system refuses become `_`; an empty name becomes `file`. The end of the name (its
    extension) survives.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", raw))[-1]
    seen = "".join(
        sign for sign in last if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    bare = re.sub(r'[<>:"|?*]', "_", re.sub(r"\s+", " ", seen)).strip(" .")
    if RESERVED.fullmatch(bare):
        bare = f"_{bare}"
    stem, dot, extension = bare.rpartition(".")
    if not dot or len(extension) > LONGEST_EXTENSION:
        stem, dot, extension = bare, "", ""
    stem = stem[: LONGEST_NAME - len(dot + extension)]
    while len(f"{stem}{dot}{extension}".encode()) > LONGEST_NAME_BYTES:
        stem = stem[:-1]
    return f"{stem.rstrip(' .')}{dot}{extension}" if stem.strip(" .") else f"file{dot}{extension}"


def find_type(source: BinaryIO) -> str:
    """Return the type of the file by its content."""
    source.seek(0)
    head = source.read(HEAD)
    for start, content_type in STARTS:
        if head.startswith(start):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if head[8:12] == b"WEBP" else "audio/wav"
    if head[4:8] == b"ftyp":
        return "audio/mp4" if head[8:11] == b"M4A" else "video/mp4"
    if head.startswith(b"PK\x03\x04"):
        return _packed_type(head, source)
    if head.startswith(bytes.fromhex("d0cf11e0a1b11ae1")):
        return _ole_type(source)
    return _text_type(head)


def _packed_type(head: bytes, source: BinaryIO) -> str:
    size = source.seek(0, 2)
    source.seek(max(0, size - ZIP_END_REACH))
    ends = head + source.read()
    return next((content_type for sign, content_type in PACKED if sign in ends), "application/zip")


def _ole_type(source: BinaryIO) -> str:
    source.seek(0)
    while piece := source.read(PIECE):
        if "WordDocument".encode("utf-16-le") in piece:
            return "application/msword"
        if "Workbook".encode("utf-16-le") in piece:
            return "application/vnd.ms-excel"
    return UNKNOWN


def _text_type(head: bytes) -> str:
    if MARKUP.search(head):
        return "image/svg+xml" if b"<svg" in head.lower() else "text/html"
    if any(byte < 32 and byte not in (9, 10, 12, 13, 26, 27) for byte in head):
        return UNKNOWN
    return "text/plain"


def hides_something(source: BinaryIO, size: int) -> bool:
    """Whether a picture holds markup or an archive beside itself: a polyglot."""
    source.seek(0)
    before = b""
    while piece := source.read(PIECE):
        if MARKUP.search(before + piece):
            return True
        before = piece[-32:]
    source.seek(0)
    if b"%PDF-" in source.read(1024):
        return True
    source.seek(max(0, size - ZIP_END_REACH))
    return ZIP_END in source.read()


def delivery_headers(name: str, content_type: str, *, as_picture: bool = False) -> Mapping[str, str]:
    """Return the headers with which an uploaded file is given back.

    `as_picture` (for files whose Upload `is_picture`) shows it in place; all else is a download, of no type
    that could run, and may not be guessed at, framed or scripted.
    """
    shown = as_picture and content_type in PICTURES
    plain = clean_file_name(name)
    fallback = re.sub(r'[^\x20-\x7e]|["\\%]', "_", plain)
    kind = "inline" if shown else "attachment"
    return {
        "Content-Type": content_type if content_type in PLAIN_TYPES else UNKNOWN,
        "Content-Disposition": f"{kind}; filename=\"{fallback}\"; filename*=UTF-8''{quote(plain, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-transform",
    }
