"""What a foreign form sent, read as a touch: known fields under many names, all others kept."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voronka.people.rules.emails import parse_emails
from voronka.people.rules.spam import spam_signs
from voronka.people.rules.texts import clean_text
from voronka.people.services.shapes import ConsentDraft, TouchData

FIELDS_LIMIT, NAME_LIMIT, VALUE_LIMIT = 100, 100, 2_000
HONEYPOT = "company_site"

# Names under which forms of the world send what a card knows.
_ALIASES = {
    "name": ("name", "fio", "full_name", "fullname", "your_name", "client_name", "имя", "фио", "ваше имя"),
    "last_name": ("last_name", "lastname", "surname", "фамилия"),
    "first_name": ("first_name", "firstname"),
    "phone": (
        "phone",
        "tel",
        "telephone",
        "mobile",
        "phone_number",
        "your_phone",
        "телефон",
        "номер",
        "номер телефона",
    ),
    "email": ("email", "e-mail", "mail", "e_mail", "your_email", "почта", "эл. почта"),
    "message": (
        "message",
        "comment",
        "comments",
        "text",
        "question",
        "your_message",
        "сообщение",
        "комментарий",
        "вопрос",
    ),
    "city": ("city", "town", "город"),
    "source": ("utm_source",),
    "medium": ("utm_medium",),
    "campaign": ("utm_campaign",),
    "term": ("utm_term",),
    "content": ("utm_content",),
    "referrer": ("referrer", "referer"),
    "page": ("page", "page_url", "url", "location"),
    "zone": ("timezone", "time_zone", "tz"),
    "external_id": ("external_id", "client_id", "user_id"),
    "request_id": ("request_id", "idempotency_key"),
    "advertising": ("consent_advertising", "subscribe", "consent_ads"),
    "personal_data": ("consent", "consent_personal_data", "agree", "agreement", "policy"),
    "text_version": ("consent_version",),
    "seconds": ("filled_seconds",),
}
_KNOWN = {alias: code for code, aliases in _ALIASES.items() for alias in aliases}
_NOT_KEPT = {"csrfmiddlewaretoken", "redirect", HONEYPOT}
_YES = {"1", "on", "yes", "true", "да", "y"}


@dataclass(frozen=True, slots=True)
class Intake:
    """What came: the touch, and whether it is certainly no person (the hidden field was filled in)."""

    touch: TouchData
    is_machine: bool


def read_intake(sent: Mapping[str, object], *, referrer: str = "", request_id: str = "") -> Intake:
    """Read the fields of a form. Too many of them and too long values are cut; nested values become texts."""
    known: dict[str, str] = {}
    extra: dict[str, str] = {}
    for name, value in list(sent.items())[:FIELDS_LIMIT]:
        text = _text(value)
        key = " ".join(clean_text(name, NAME_LIMIT).text.lower().split())
        code = _KNOWN.get(key)
        if code is not None and code not in known and text:
            known[code] = text
        elif key and key not in _NOT_KEPT and text:
            extra[key] = text
    whole = known.get("name", "")
    parts = [known.get("last_name", ""), known.get("first_name", "") or whole]
    name = (
        " ".join(part for part in parts if part) if known.get("last_name") else whole or known.get("first_name", "")
    )
    touch = TouchData(
        channel="form",
        name=name[:300],
        phones=(known["phone"],) if "phone" in known else (),
        emails=(known["email"],) if "email" in known else (),
        city=known.get("city", "")[:120],
        message=known.get("message", ""),
        browser_zone=known.get("zone", "")[:64],
        external_id=known.get("external_id", "")[:100],
        source=known.get("source", "")[:200],
        medium=known.get("medium", "")[:200],
        campaign=known.get("campaign", "")[:200],
        term=known.get("term", "")[:200],
        content=known.get("content", "")[:200],
        referrer=known.get("referrer", referrer)[:1000],
        page=known.get("page", "")[:1000],
        extra=extra,
        consents=_consents(known),
        signs=tuple(_signs(known)),
        request_id=(request_id or known.get("request_id", ""))[:64],
    )
    return Intake(touch, bool(_text(sent.get(HONEYPOT))))


def _consents(known: Mapping[str, str]) -> tuple[ConsentDraft, ...]:
    version = known.get("text_version", "")[:100]
    return tuple(
        ConsentDraft(purpose=purpose, text_version=version)
        for purpose in ("personal_data", "advertising")
        if known.get(purpose, "").lower() in _YES
    )


def _signs(known: Mapping[str, str]) -> list[str]:
    signs = signs_of(known.get("name", ""), known.get("message", ""), [known.get("email", "")])
    seconds = known.get("seconds", "")
    if seconds.isdecimal() and int(seconds[:6]) < 2:
        signs.append("quick")
    return signs


def signs_of(name: str, message: str, emails: Iterable[str]) -> list[str]:
    """Return what looks like spam; it is shown beside the lead, nothing is thrown away for it."""
    signs = spam_signs(message)
    if spam_signs(name) or re.search(r"[<>{}]|\d{5}", name):
        signs.append("name")
    if any(one.disposable for text in emails for one in parse_emails(text)):
        signs.append("disposable_email")
    return signs


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else ""
    try:
        text = ", ".join(str(one) for one in value[:50]) if isinstance(value, list | tuple) else str(value)
    except RecursionError:  # nested as deep as the parser just bore
        return ""
    return clean_text(text, VALUE_LIMIT, lines=True).text
