"""A letter as the mail server gets it: plain text, HTML beside it, the ways to leave, the signature of the domain."""

import base64
import quopri
import re
import secrets
from datetime import datetime
from email import policy
from email.utils import format_datetime, parseaddr
from functools import cache, lru_cache

from django.conf import settings
from django.urls import reverse

from voronka.messaging.channels.signing import signed
from voronka.messaging.ports import Outgoing
from voronka.messaging.rules.block_html import LEAVE, LEAVE_BEGINS, LEAVE_ENDS
from voronka.messaging.rules.tracked import tracked
from voronka.messaging.services.leaving import leave_token
from voronka.messaging.services.tracking import link_address, pixel_address, trap_address

# Seven bits only: no server on the way has to change a sign, so the signature holds.
_POLICY = policy.SMTP.clone(cte_type="7bit", max_line_length=76)
# An address that stands in a header as it is; others are quoted and folded as RFC 5322 asks.
_SIMPLE = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
_PLACE = "-token-"
_LONGEST_LINE = 76
# Beyond this share of signs outside of ASCII a text is shorter in base64 than quoted.
_MANY = 1 / 6


def compose(one: Outgoing, *, now: datetime) -> bytes:
    """Return a letter ready to go, signed where the installation has a key.

    Put together of its lines: thousands a second go, and the library's headers cost ten times as much.
    """
    heads = [
        _header("From", _sender(one.sender or settings.MAIL_FROM)),
        b"To: %b\r\n" % one.address.encode() if _SIMPLE.fullmatch(one.address) else _folded("To", one.address),
        _header("Subject", one.subject),
        b"Date: %b\r\n" % _date(now.replace(microsecond=0)),
        b"Message-ID: <%b@%b>\r\n" % (one.public_id.encode(), _idna(domain_of(settings.MAIL_FROM))),
    ]
    if one.by_machine:
        heads.append(b"Auto-Submitted: auto-generated\r\n")  # RFC 3834: machines do not answer it
    if one.traffic == "advertising":
        # On a line of its own however long: some mail programs see an empty header before a folded address.
        heads.append(b"List-Unsubscribe: <%b>\r\n" % leave_address(one.public_id).encode())
        heads.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
    heads.append(b"MIME-Version: 1.0\r\n")
    letter = b"".join(heads) + _content(one)
    if not settings.DKIM_KEY:
        return letter
    domain, selector = _idna(domain_of(settings.MAIL_FROM)), settings.DKIM_SELECTOR.encode()
    return signed(letter, settings.DKIM_KEY, domain=domain, selector=selector, now=now)


@lru_cache(maxsize=4)
def _date(second: datetime) -> bytes:
    return format_datetime(second).encode()


@lru_cache(maxsize=512)
def _header(name: str, value: str) -> bytes:
    return _folded(name, value)


def _folded(name: str, value: str) -> bytes:
    return _POLICY.fold_binary(name, _POLICY.header_store_parse(name, value)[1])


def _content(one: Outgoing) -> bytes:
    if not one.html:
        return _part(_with_leave(one.text, one), "plain")
    page = _with_leave(_tracked(one) if one.is_tracked else one.html, one)
    border = b"=_%b" % secrets.token_hex(16).encode()
    return b"".join(
        (
            b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n' % border,
            *(b"--%b\r\n%b\r\n" % (border, _part(text, kind)) for text, kind in
              ((_with_leave(one.text, one), "plain"), (page, "html"))),
            b"--%b--\r\n" % border,
        )
    )  # fmt: skip


def _part(text: str, kind: str) -> bytes:
    """Return a text as a part of a letter, in seven bits only."""
    lines = text.splitlines() or [""]
    raw = "\n".join(lines).encode() + b"\n"
    if text.isascii() and max(map(len, lines)) <= _LONGEST_LINE:
        way, body = b"7bit", raw.replace(b"\n", b"\r\n")
    elif len(raw) - len(text) > len(text) * _MANY:
        way, body = b"base64", base64.encodebytes(raw.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n")
    else:
        way, body = b"quoted-printable", quopri.encodestring(raw).replace(b"\n", b"\r\n")
    return b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: %b\r\n\r\n%b' % (
        kind.encode(), way, body,
    )  # fmt: skip


def _tracked(one: Outgoing) -> str:
    return tracked(
        one.html,
        link=lambda number, url: link_address(one.public_id, number, url),
        pixel=pixel_address(one.public_id),
        trap=trap_address(one.public_id),
    )


_LEAVE_HTML = re.compile(re.escape(LEAVE_BEGINS) + r".*?" + re.escape(LEAVE_ENDS), re.DOTALL)
_LEAVE_LINE = re.compile(r"^.*" + re.escape(LEAVE) + r".*\n?", re.MULTILINE)


def _with_leave(text: str, one: Outgoing) -> str:
    """Return a text of blocks with the way out of advertising at its place; a service letter says nothing of it."""
    if LEAVE not in text:
        return text
    if one.traffic != "advertising":
        return _LEAVE_LINE.sub("", text) if LEAVE_BEGINS not in text else _LEAVE_HTML.sub("", text)
    bare = text.replace(LEAVE_BEGINS, "").replace(LEAVE_ENDS, "")
    return bare.replace(LEAVE, leave_address(one.public_id))


def leave_address(public_id: str) -> str:
    """Return the address by which the client of a message leaves advertising."""
    before, after = _around_leave()
    return f"{settings.SITE}{before}{leave_token(public_id)}{after}"


@cache
def _around_leave() -> tuple[str, str]:
    before, _token, after = reverse("messaging:leave", args=[_PLACE]).rpartition(_PLACE)
    return before, after


@lru_cache(maxsize=64)
def _sender(sender: str) -> str:
    """Return a sender with the domain of the address in punycode: other letters are no address in seven bits."""
    domain = domain_of(sender)
    return sender if domain.isascii() else _idna(domain).decode().join(sender.rsplit(domain, 1))


@lru_cache(maxsize=64)
def _idna(domain: str) -> bytes:
    return domain.encode("idna")


@lru_cache(maxsize=64)
def domain_of(sender: str) -> str:
    """Return the domain of a sender, with or without a name before the address."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
