"""What a letter that came back says: a report of delivery (RFC 3464), a complaint (RFC 5965), or nothing of the kind.

What people and their absence notes write is nothing of the kind, whatever words stand in it. A report is found however
deep in the letter it lies: gateways and forwards put it into wrappings of their own. Servers that write plain texts
instead are known by signs of their own (Exim, qmail), or by who writes and what he says: a robot of mail whose words
are those of a letter that was not delivered, and none of those of one that is still on its way. What he calls an
address that is not there blocks it; whatever else he says, the letter has come back and nobody knows why.
The words are those of https://yandex.ru/support/mail/bounces/other.html and of letters of Yandex, Mail.ru, Exchange.
"""

import email
import email.policy
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from typing import Literal

Kind = Literal["failed", "delivered", "complaint", ""]
MOST_PARTS = 200
# Not a piece of a network address, of which refusals are full.
_ENHANCED = re.compile(r"(?<![\w.])([245])\.(\d{1,3})\.(\d{1,3})(?!\w|\.\d)")
_REPLY = re.compile(r"\b(5\d\d)\b")
# Looked for from the beginning of a word only: of a word without an end each letter would be tried as one.
_ADDRESS = re.compile(r"(?<![^\s<>,;:\"()])[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")
_LEAVING = re.compile(r"/u/([0-9a-z]{13,80})/")
_NOBODY = frozenset({"550", "551", "553"})
_PLAINLY = ("no such user", "user not found", "user unknown", "unknown user")
_NOBODY_WORDS = ("user", "mailbox", "recipient", "no such")
_REPORTS = frozenset(
    {"message/delivery-status", "message/global-delivery-status", "message/feedback-report",
     "message/disposition-notification"}
)  # fmt: skip
# A report of qmail begins so (QSBMF); Exim heads its own with X-Failed-Recipients, and notes of delay without it.
_QMAIL = "Hi. This is the qmail-send program"
_BEFORE = 4_000
_COPY = re.compile(r"^-{3,} (?:Below this line|This is a copy)", re.MULTILINE)
_ANSWER = re.compile(r"(?<![\w.])(5\d\d)[ -][^\n]{0,300}")
# Who writes for a server of mail; Exchange signs its own by the organisation.
_ROBOT = re.compile(r"(?:mailer-?daemon|mail-?daemon|postmaster|microsoftexchange[0-9a-f]{20,40})@", re.IGNORECASE)
_CAME_BACK = (
    "undeliver", "not be delivered", "n't be delivered", "not delivered", "n't delivered", "delivery failed",
    "delivery has failed", "delivery failure", "failure notice", "returned to sender", "returned mail",
    "status notification (failure)", "permanent error", "не доставлен", "недоставлен", "не было доставлено",
    "не была доставлена", "не удалось доставить", "не может быть доставлен", "невозможно доставить",
    "доставка не удалась", "ошибка доставки", "сбой доставки",
)  # fmt: skip
_ON_ITS_WAY = (
    "delay", "will be retried", "will retry", "keep trying", "continue to try", "continue trying", "still trying",
    "no action is required", "not yet been delivered", "задерж", "продолжа", "повторн", "ещё не доставлен",
    "еще не доставлен", "пока не доставлен", "будут предприняты", "будет предпринята",
)  # fmt: skip
_GONE = (
    "no such user", "user not found", "user unknown", "unknown user", "invalid mailbox", "invalid recipient",
    "recipient not found", "address not found", "couldn't be found", "could not be found", "wasn't found",
    "does not exist", "doesn't exist", "no such domain", "unrouteable address", "не существует", "не найден",
    "нет такого", "неизвестный получатель",
)  # fmt: skip
# Beside these a word of the list above speaks of something else.
_OF_OTHERS = ("spam", "спам", "quota", "full", "квот", "переполн", "policy", "block", "блокир", "sender address")
_OURS_BELOW = re.compile(
    r"^[-_=* ]{0,12}(?:original message|below this line|this is a copy|исходное (?:сообщение|письмо)|"
    r"копия (?:сообщения|письма)|заголовки (?:исходного|оригинального)|return-path:|received:)",
    re.IGNORECASE | re.MULTILINE,
)
# One that is not closed goes to the end, as in browsers: looked for anew from each of thousands it would take hours.
_TAGS = re.compile(r"<(?:style|script)\b.*?(?:</(?:style|script)\s*>|\Z)|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)
# Of x.1.x these speak of the sender (RFC 3463, 3.2).
_OF_SENDER = frozenset({"7", "8"})
# Where the servers on the way write to whom a letter was sent; the first are written by the one that keeps it.
_SENT_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")


class Unreadable(Exception):
    """Bytes that are no letter, or one that was made to break its readers."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What a letter says. `is_nobody` tells that there is no such mailbox, `words` are the other side's.

    `addresses` are those that it came to, or that our letter in it names as the way back; `leavings` are the signs of
    the ways to leave that stand in our letter.
    """

    kind: Kind = ""
    is_nobody: bool = False
    words: str = ""
    addresses: tuple[str, ...] = ()
    leavings: tuple[str, ...] = ()


def is_nobody(code: str, words: str) -> bool:
    """Tell whether a reply says that there is no such mailbox; a refusal of us or of the text says nothing of it."""
    enhanced = _ENHANCED.search(words)
    if enhanced is None:
        return _says_nobody(code, words)
    return _is_of_mailbox(enhanced) or (code.startswith("5") and _says_plainly(words))


def _is_of_mailbox(enhanced: re.Match[str]) -> bool:
    return enhanced[2] == "1" and enhanced[3] not in _OF_SENDER


def _says_nobody(code: str, words: str) -> bool:
    return code in _NOBODY and any(one in words.lower() for one in _NOBODY_WORDS)


def _says_plainly(words: str) -> bool:
    """Tell whether words leave no doubt, whatever figures stand before them: Yandex says "550 5.7.1 No such user!"."""
    said = words.lower()
    return any(one in said for one in _PLAINLY) and not any(one in said for one in _OF_OTHERS)


def read_returned(raw: bytes) -> Returned:
    """Read a letter that came to the mailbox of returns. Raises Unreadable."""
    try:
        letter = email.message_from_bytes(raw, policy=email.policy.compat32)
        parts = list(_parts(letter))
        said, words = _report(parts)
        if not said:
            said, words = _plain(letter, parts)
        if not said:
            return Returned()
        addresses = [*_sent_to(letter), *_ways_back(parts)]
        return Returned(
            kind="failed" if said in {"failed", "nobody"} else "complaint" if said == "complaint" else "delivered",
            is_nobody=said == "nobody",
            words=words[:300],
            addresses=tuple(dict.fromkeys(addresses)),
            leavings=tuple(dict.fromkeys(_leavings(parts))),
        )
    except (RecursionError, ValueError, TypeError, LookupError, AttributeError, AssertionError) as error:
        raise Unreadable(type(error).__name__) from error


def _parts(letter: Message) -> Iterator[Message]:
    for number, part in enumerate(letter.walk()):
        if number >= MOST_PARTS:
            return
        yield part


# --- Reports ------------------------------------------------------------------------------------------------------


def _report(parts: list[Message]) -> tuple[str, str]:
    """Return what the reports of a letter come to (nobody, failed, delivered, complaint, or nothing) and the words."""
    found: dict[str, str] = {}
    for part in parts:
        kind = part.get_content_type()
        if kind in {"message/delivery-status", "message/global-delivery-status"}:
            for fields in _blocks(part):
                said, words = _delivery(fields)
                found.setdefault(said, words)
        elif kind == "message/feedback-report":
            for fields in _blocks(part)[:1]:
                if fields.get("feedback-type", "").strip().lower() == "abuse":
                    found.setdefault("complaint", "")
    said = next((one for one in ("complaint", "nobody", "failed", "delivered") if one in found), "")
    return said, found.get(said, "")


def _delivery(fields: dict[str, str]) -> tuple[str, str]:
    """Return what one group of fields says of its recipient. The action goes before the status, whatever that is."""
    action = fields.get("action", "").split("(")[0].strip().lower()
    status, diagnostic = fields.get("status", ""), fields.get("diagnostic-code", "")
    words = " ".join(diagnostic.partition(";")[2].split()) or status.strip()
    if action == "delivered":
        return "delivered", words
    if action and action != "failed":
        return "", ""  # delayed, relayed, expanded: it is on its way
    if not action and not status.strip().startswith("5"):
        return "", ""
    reply = _REPLY.search(diagnostic)
    # The far server's own words come before what the near one made of them; x.0.x says nothing.
    exact = [one for said in (diagnostic, status) for one in _ENHANCED.finditer(said) if one[2] != "0"]
    if exact:
        is_there_none = exact[0][1] == "5" and (_is_of_mailbox(exact[0]) or _says_plainly(diagnostic))
    else:
        is_there_none = _says_nobody(reply[1] if reply else "", words)
    return "nobody" if is_there_none else "failed", words


def _plain(letter: Message, parts: list[Message]) -> tuple[str, str]:
    """Return what a report is that is a text only; it says of a letter that it failed, never that it is on its way."""
    text = next((_heads(one) for one in parts if one.get_content_type() == "text/plain"), "")
    if any(one.get_content_type() in _REPORTS for one in parts):
        return "", ""
    is_qmail = text.startswith(_QMAIL) and "permanent error" in text[:_BEFORE]
    if not is_qmail and not letter.get("X-Failed-Recipients"):
        return _told(letter, parts)
    # What follows is our own letter, whatever figures stand in it.
    answer = _ANSWER.search(_COPY.split(text[:_BEFORE])[0])
    if answer is None:
        return "failed", ""
    words = " ".join(answer[0].split())
    return "nobody" if is_nobody(answer[1], words) else "failed", words


def _told(letter: Message, parts: list[Message]) -> tuple[str, str]:
    """Return what a robot of mail says in words alone; by anybody else's nothing is told, whatever he writes."""
    if not any(_ROBOT.match(one) for said in letter.get_all("From", []) for one in _ADDRESS.findall(str(said))):
        return "", ""
    text = next((found for one in parts if (found := _words(one))), "")
    own = _OURS_BELOW.split(text[:_BEFORE])[0]
    whole = f"{_subject(letter)}\n{own}".lower().replace("\u2019", "'")
    if not any(one in whole for one in _CAME_BACK) or any(one in whole for one in _ON_ITS_WAY):
        return "", ""
    answer = _ANSWER.search(own)
    if answer is not None:
        words = " ".join(answer[0].split())
        if _ENHANCED.search(words) or is_nobody(answer[1], words):
            return "nobody" if is_nobody(answer[1], words) else "failed", words
    line = next((one for one in own.splitlines() if _says_gone(one.lower().replace("\u2019", "'"))), "")
    if line:
        return "nobody", " ".join(line.split())
    return "failed", " ".join(answer[0].split()) if answer is not None else ""


def _says_gone(line: str) -> bool:
    return any(one in line for one in _GONE) and not any(one in line for one in _OF_OTHERS)


def _words(part: Message) -> str:
    """Return the text of a part as it is read, in its own letters, without the marks of HTML."""
    kind = part.get_content_type()
    decoded = part.get_payload(decode=True) if kind in {"text/plain", "text/html"} else None
    if not isinstance(decoded, bytes):
        return ""
    try:
        text = decoded.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        text = decoded.decode("utf-8", "replace")
    text = text.replace("\r\n", "\n")
    return html.unescape(_TAGS.sub("\n", text)).strip() if kind == "text/html" else text.strip()


def _subject(letter: Message) -> str:
    kept = str(letter.get("Subject", ""))[:1_000]
    try:
        return str(make_header(decode_header(kept)))
    except (LookupError, ValueError, MessageError):  # the last one for base64 that is none
        return kept


def _blocks(part: Message) -> list[dict[str, str]]:
    """Return the groups of fields of a report, names in small letters, lines of a field joined."""
    inner = part.get_payload()
    if isinstance(inner, list):
        # What no reader of parts has divided follows the first group as its text.
        text = "\n\n".join(_text(one) for one in inner)
    else:
        decoded = part.get_payload(decode=True)
        text = decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else str(inner)
    groups = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip())
    return [found for one in groups[:MOST_PARTS] if (found := _fields(one))]


def _text(part: Message | str) -> str:
    if isinstance(part, str):
        return part
    heads = "\n".join(f"{name}: {said}" for name, said in part.items())
    rest = part.get_payload()
    return f"{heads}\n\n{rest}" if isinstance(rest, str) else heads


def _fields(group: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in re.sub(r"\n[ \t]+", " ", group).split("\n"):
        name, colon, said = line.partition(":")
        if colon and name.strip():
            found.setdefault(name.strip().lower(), said.strip())
    return found


# --- Which letter of ours it is about -----------------------------------------------------------------------------


def _sent_to(letter: Message) -> Iterator[str]:
    for name in _SENT_TO:
        for said in letter.get_all(name, []):
            yield from _ADDRESS.findall(str(said))


def _ways_back(parts: list[Message]) -> Iterator[str]:
    """Return the ways back that our letter names inside of the report, and the report of it."""
    for part in parts[1:]:
        for said in part.get_all("Return-Path", []):
            yield from _ADDRESS.findall(str(said))
        if part.get_content_type() == "message/feedback-report":
            for fields in _blocks(part)[:1]:
                yield from _ADDRESS.findall(fields.get("original-mail-from", ""))
        if part.get_content_type() == "text/rfc822-headers":
            yield from _ADDRESS.findall(_fields(_heads(part)).get("return-path", ""))


def _leavings(parts: list[Message]) -> Iterator[str]:
    for part in parts[1:]:
        for said in part.get_all("List-Unsubscribe", []):
            yield from _LEAVING.findall("".join(str(said).split()))
        if part.get_content_type() == "text/rfc822-headers":
            yield from _LEAVING.findall("".join(_fields(_heads(part)).get("list-unsubscribe", "").split()))


def _heads(part: Message) -> str:
    decoded = part.get_payload(decode=True)
    return decoded.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(decoded, bytes) else ""
