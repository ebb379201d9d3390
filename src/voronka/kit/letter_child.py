"""What runs in the caged child: one letter from standard input, what it says to standard output."""

import base64
import email
import re
import sys
import warnings
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

from voronka.kit import cage
from voronka.kit.letter_html import Block, blocks_of, plain_of, tidy_text

IN, OUT = 0, 1
DONE, REFUSED = 1, 2
MOST_PARTS, MOST_DEEP, MOST_FILES, MOST_TEXT, MOST_HEAD = 200, 15, 20, 100_000, 4_000
# Alphabets that letters are written in; a name of anything else (there are codecs that unpack) is not looked up.
_ALPHABET = re.compile(
    r"utf-?8|utf-?16(le|be)?|us-ascii|ascii|windows-125\d|cp125\d|cp866|koi8-[rut]|iso-?8859-\d{1,2}|latin-?1|"
    r"mac-?cyrillic|x-mac-cyrillic|gb2312|gbk|gb18030|big5|shift_jis|euc-(jp|kr)|iso-2022-jp"
)
_ID = re.compile(r"<[^<>\s]{3,250}>")
_CAME_TO = ("delivered-to", "x-original-to", "to", "cc")
MOST_ANSWERS = 50
_ROBOTS = ("mailer-daemon", "mail-daemon", "postmaster", "autoreply", "auto-reply")
_ROBOT_WORDS = re.compile(
    r"автоответ|автоматический ответ|out of office|automatic reply|auto(matic)?[- ]?reply|undeliver|"
    r"недоставленн|delivery (status|failure)|не доставлено|returned mail|вне офиса",
    re.IGNORECASE,
)


def main(arguments: list[str]) -> None:
    """Read one letter and tell it. Arguments: memory in MiB, seconds of the processor."""
    cage.confine(memory_mib=int(arguments[0]), cpu_seconds=int(arguments[1]))
    warnings.simplefilter("ignore")
    try:
        cage.write_frame(OUT, DONE, tell(sys.stdin.buffer.read()))
    except RecursionError:
        cage.write_frame(OUT, REFUSED, "nested")
    except MemoryError:
        cage.write_frame(OUT, REFUSED, "memory")
    except Exception:  # noqa: BLE001 - a letter no one foresaw is told as such
        cage.write_frame(OUT, REFUSED, "unreadable")


def tell(raw: bytes) -> dict[str, Any]:  # plain JSON
    """Return what a letter says as plain values."""
    letter = email.message_from_bytes(raw)
    found: dict[str, Any] = {"plain": [], "html": [], "files": [], "problems": []}
    _walk(letter, found)
    name, address = _sender(letter)
    subject = _head(letter, "subject")[:500]
    blocks, text = _said(found)
    return {
        "sender": address,
        "sender_name": name,
        "subject": subject,
        "message_id": _head(letter, "message-id")[:1_000],
        "is_reply": bool(_head(letter, "in-reply-to") or _head(letter, "references")),
        "robot": _robot(letter, address, subject),
        "is_doubtful": _is_doubtful(letter),
        "text": text,
        "blocks": blocks,
        "files": found["files"],
        "problems": sorted(set(found["problems"])),
        "answers": _answers(letter),
        "to": _came_to(letter),
    }


def _answers(letter: Message) -> list[str]:
    """Return the ids of the letters that this one answers, the nearest first."""
    raw = [str(one)[:16_000] for name in ("references", "in-reply-to") for one in letter.get_all(name, [])]
    found = [clean(one) for one in _ID.findall(" ".join(raw))]
    return list(dict.fromkeys(reversed(found)))[:MOST_ANSWERS]


def _came_to(letter: Message) -> list[str]:
    """Return the addresses that a letter came to, as the servers on the way and its writer say."""
    raw = [str(one)[:MOST_HEAD] for name in _CAME_TO for one in letter.get_all(name, [])]
    try:
        found = [clean(one[1]).lower() for one in getaddresses(raw) if "@" in one[1]]
    except (ValueError, IndexError):
        return []
    return list(dict.fromkeys(found))[:MOST_ANSWERS]


def _said(found: dict[str, Any]) -> tuple[list[Block], str]:  # plain JSON
    """Return the letter in blocks and as a person reads it: HTML where it has tables, else the plain part."""
    plain = tidy_text("\n\n".join(found["plain"]))
    if len(plain) > MOST_TEXT:
        found["problems"].append("long")
        plain = plain[:MOST_TEXT]
    blocks: list[Block] = []
    for html in found["html"]:
        more, is_whole = blocks_of(html)
        blocks += more
        if not is_whole:
            found["problems"].append("long")
    has_table = any(not isinstance(one, str) for one in blocks)
    if plain and not has_table:
        return [plain], plain
    shown = plain_of(blocks)
    return blocks, (shown or plain)[:MOST_TEXT]


def _walk(letter: Message, found: dict[str, Any]) -> None:  # plain JSON
    """Sort the parts of a letter; a letter inside of it is a file."""
    waiting: list[tuple[Message, int]] = [(letter, 0)]
    count = 0
    while waiting:
        part, deep = waiting.pop(0)
        count += 1
        if count > MOST_PARTS or deep > MOST_DEEP:
            found["problems"].append("nested")
            return
        kind = part.get_content_type()
        if kind.startswith("message/"):
            found["files"].append({"name": _file_name(part) or "letter.eml", "body": "", "inline": False})
        elif part.is_multipart():
            inner = part.get_payload()
            waiting.extend((one, deep + 1) for one in inner if isinstance(one, Message))
        else:
            _take(part, kind, found)


def _take(part: Message, kind: str, found: dict[str, Any]) -> None:  # plain JSON
    name, manner = _file_name(part), str(part.get("content-disposition", "")).lower()
    is_file = bool(name) or manner.startswith("attachment")
    if not is_file and kind in ("text/plain", "text/html"):
        found["plain" if kind == "text/plain" else "html"].append(_text(part))
        return
    if len(found["files"]) >= MOST_FILES:
        found["problems"].append("files")
        return
    is_inline = manner.startswith("inline") or bool(part.get("content-id"))
    body = b"" if is_inline and kind.startswith("image/") else _bytes(part)
    found["files"].append(
        {"name": name or kind.replace("/", "."), "body": base64.b64encode(body).decode("ascii"),
         "inline": is_inline and kind.startswith("image/")}
    )  # fmt: skip


def _bytes(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _text(part: Message) -> str:
    body = _bytes(part)
    named = str(part.get_content_charset() or "").lower()
    return clean(decoded(body, named))


def decoded(body: bytes, named: str) -> str:
    """Return bytes as text: in the alphabet they name where it is one, else as letters from here are written."""
    tried = [named] if _ALPHABET.fullmatch(named) else []
    for alphabet in [*tried, "utf-8", "windows-1251"]:
        try:
            return body.decode(alphabet)
        except (UnicodeError, LookupError):
            continue
    return body.decode("utf-8", "replace")


def _head(letter: Message, name: str) -> str:
    """Return a heading on one line, decoded; of several the first."""
    raw = letter.get(name)
    if raw is None:
        return ""
    return _decoded_head(str(raw)[:MOST_HEAD])


def _decoded_head(text: str) -> str:
    try:
        pieces = decode_header(text)
    except (ValueError, LookupError):
        return clean(" ".join(text.split()))
    said = "".join(one if isinstance(one, str) else decoded(one, str(named or "").lower()) for one, named in pieces)
    return clean(" ".join(said.split()))


def _sender(letter: Message) -> tuple[str, str]:
    """Return name and address of who wrote; no address where there is not exactly one."""
    raw = [str(one)[:MOST_HEAD] for one in letter.get_all("from", [])]
    try:
        found = [one for one in getaddresses(raw) if one[1]]
    except (ValueError, IndexError):
        return "", ""
    if len(raw) != 1 or len(found) != 1:
        return "", ""
    name, address = found[0]
    is_address = re.fullmatch(r"[^\s@<>,;:]{1,64}@[^\s@<>,;:]{1,190}", address)
    return _decoded_head(name)[:200], clean(address).lower() if is_address else ""


def _file_name(part: Message) -> str:
    try:
        return _decoded_head(str(part.get_filename() or "")[:MOST_HEAD])[:200]
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return "file"


def _robot(letter: Message, address: str, subject: str) -> str:
    """Return why nobody wrote this letter: auto, bulk, bounce; nothing where somebody did."""
    kind = letter.get_content_type()
    local = address.partition("@")[0]
    if kind in ("multipart/report", "message/delivery-status") or str(letter.get("return-path", "")).strip() == "<>":
        return "bounce"
    if local.startswith(_ROBOTS[:3]):
        return "bounce"
    said = _head(letter, "auto-submitted").lower()
    if said not in ("", "no") or letter.get("x-autoreply") or letter.get("x-autorespond"):
        return "auto"
    if local.startswith(_ROBOTS[3:]) or _ROBOT_WORDS.search(subject):
        return "auto"
    if _head(letter, "precedence").lower() in ("bulk", "junk", "list", "auto_reply"):
        return "bulk"
    return "bulk" if letter.get("list-id") or letter.get("list-unsubscribe") else ""


def _is_doubtful(letter: Message) -> bool:
    """Tell whether the server that took the letter doubts who wrote it (RFC 8601)."""
    said = _head(letter, "authentication-results").lower()
    if "dmarc=fail" in said:
        return True
    return "spf=fail" in said and "dkim=pass" not in said


def clean(text: str) -> str:
    """Return a text without signs that neither a database nor a page can hold."""
    kept = text.encode("utf-8", "ignore").decode("utf-8")
    return "".join(sign for sign in kept if sign.isprintable() or sign in "\n\t\r")
