"""Reading the letters that the local mailbox took, where none leave this machine."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from voronka.kit.ids import ALPHABET, PUBLIC_ID_LENGTH
from voronka.messaging.models import Letter, Message

LARGEST = 2_000_000
LOOKED_AT = 500
# The operation of a letter, or the public id of a message before the sign of the address.
_SIGN = re.compile(
    rf"[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|(?<=<)[{ALPHABET}]{{{PUBLIC_ID_LENGTH}}}(?=@)"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter in the mailbox: its file's name, when it was written, to whom, subject, text, client."""

    name: str
    at: datetime | None
    to: str
    subject: str
    text: str
    sign: str


def list_taken(folder: Path, *, most: int = 50) -> list[Taken]:
    """Return the newest letters that the current company wrote to its clients.

    The mailbox is one for the whole installation: a letter is the company's own when its Message-ID carries the
    operation of one of its letters or the public id of one of its messages, so letters of others and letters about
    signing in never show.
    """
    newest = sorted(folder.glob("*.eml"), reverse=True)[:LOOKED_AT] if folder.is_dir() else []
    read = list(_read(newest))
    signs = [one.sign for one in read]
    letters = Letter.objects.filter(operation_id__in=[one for one in signs if "-" in one])
    messages = Message.objects.filter(public_id__in=[one for one in signs if "-" not in one])
    own = {str(one) for one in letters.values_list("operation_id", flat=True)}
    own |= set(messages.values_list("public_id", flat=True))
    return list(islice((one for one in read if one.sign in own), most))


def _read(files: list[Path]) -> Iterator[Taken]:
    for file in files:
        try:
            with file.open("rb") as opened:
                message = BytesParser(policy=policy.default).parsebytes(opened.read(LARGEST))
            found = _SIGN.search(str(message["Message-ID"] or ""))
            if found is None:
                continue
            body = message.get_body(preferencelist=("plain", "html"))
            text = str(body.get_content()) if body is not None else ""
            at = parsedate_to_datetime(str(message["Date"])) if message["Date"] else None
            subject = str(message["Subject"] or "")
            yield Taken(file.stem, at, str(message["To"] or ""), subject, text, found[0])
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            # A letter cut short or of a broken coding is passed over: the page shows the rest.
            continue
