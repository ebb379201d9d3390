"""Letters as talks: by what a letter names those before it, and by which of our ids an answer finds its talk.

Our Message-ID and the address to answer to hold the talk with our signature: nobody puts a letter into another's talk
who has not got one of it.
"""

import hashlib
import hmac
import re

from django.utils.crypto import salted_hmac

from voronka.accounts import queries as accounts
from voronka.kit import texts
from voronka.kit.letter import ReadLetter
from voronka.messaging.models import ChannelAccount, ChannelNews, OutsideLine, Talk
from voronka.messaging.ports import LineOut
from voronka.messaging.services.channels.attached import files_of

_SALT, _SIGN = "voronka.messaging.talk_letter", 20
_OURS = re.compile(r"([0-9a-z]{8,20})\.(\d{1,9})\.(\d{1,4})\.([0-9a-f]{20})@")
_PLUS = re.compile(r"\+([0-9a-z]{8,20})-([0-9a-f]{20})@")
MOST_NAMED = 10
PLACES = ("manager.name", "company.name")


def _sign(text: str) -> str:
    return str(salted_hmac(_SALT, text, algorithm="sha256").hexdigest())[:_SIGN]


def message_id(row: OutsideLine, address: str) -> str:
    """Return our id of a letter: the talk, the line, the part, signed."""
    named = f"{row.talk.public_id}.{row.line.number}.{row.part}"
    return f"<{named}.{_sign(named)}@{address.rpartition('@')[2]}>"


def reply_address(talk: Talk, address: str) -> str:
    """Return the address that answers to a talk come to, for mailboxes that take name+anything."""
    name, _at, domain = address.rpartition("@")
    return f"{name}+{talk.public_id}-{_sign(talk.public_id)}@{domain}"


def sign_of(named: str) -> str:
    """Return how the id of a letter is kept."""
    return hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()


def ours_in(text: str) -> list[tuple[str, int, int]]:
    """Return the talks, lines and parts of the ids in a text that we signed."""
    found = []
    for talk, number, part, sign in _OURS.findall(text):
        if hmac.compare_digest(sign, _sign(f"{talk}.{number}.{part}")):
            found.append((talk, int(number), int(part)))
    return found


def find_thread(account: ChannelAccount, read: ReadLetter) -> Talk | None:
    """Return the talk that a letter belongs to, None for one that begins its own.

    What we signed is enough; what others named belongs to the talk only when the same person writes.
    """
    signed = [talk for talk, _number, _part in ours_in(" ".join(read.answers))]
    signed += [talk for talk, sign in _PLUS.findall(" ".join(read.to)) if hmac.compare_digest(sign, _sign(talk))]
    if signed:
        found = Talk.objects.filter(account=account, public_id__in=signed).order_by("-id").first()
        if found is not None:
            return found
    signs = [sign_of(one) for one in read.answers[:MOST_NAMED]]
    news = ChannelNews.objects.filter(account=account, sign__in=signs, talk__email=read.sender)
    known = news.select_related("talk").order_by("-id").first() if read.sender else None
    return known.talk if known is not None else None


def signature_of(account: ChannelAccount, author: str, company: str, language: str) -> str:
    """Return what stands under the letters of a mailbox when this employee writes."""
    kept = account.settings.get("signature", "")
    values: dict[str, texts.Value] = {"manager": {"name": author}, "company": {"name": company}}
    return texts.render(kept, values, autoescape=False, language=language) if kept else ""


def letter_of(row: OutsideLine) -> LineOut:
    """Return a line as a letter in its thread, with the signature of who wrote it."""
    talk, line, account = row.talk, row.line, row.account
    assert account is not None  # a letter goes by a mailbox
    kept = account.settings
    came = OutsideLine.objects.filter(talk=talk, state="came").exclude(outside_id="").order_by("-line_id")
    ids = list(came.values_list("outside_id", flat=True)[:MOST_NAMED])[::-1]
    if not ids:  # nobody has answered yet in a thread that we began: ours are what it goes on from
        ours = OutsideLine.objects.filter(talk=talk, state="sent", line__lt=line).exclude(outside_id="")
        ids = list(ours.order_by("line_id", "part").values_list("outside_id", flat=True)[:MOST_NAMED])
    company = accounts.get_company_rules().name
    author = line.author.name if line.author is not None else ""
    signed = signature_of(account, author, company, talk.language)
    subject = talk.subject or company
    is_answer = bool(ids) and not subject.lower().startswith("re:")
    return LineOut(
        talk.email, row.text + (f"\n\n-- \n{signed}" if signed else ""), message_id(row, kept.get("address", "")),
        address=reply_address(talk, kept["address"]) if kept.get("plus") else "",
        subject=f"Re: {subject}" if is_answer else subject, files=files_of(row.files),
        author=", ".join(one for one in (author, kept.get("from_name", "")) if one), answers=tuple(ids),
        by_machine=line.by == "bot",
    )  # fmt: skip
