"""Files sent in a talk: told by their bytes, handed back as downloads; pictures are shown in place."""

from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO, cast

from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.files import store_file
from voronka.kit.models import StoredFile
from voronka.kit.uploads import PICTURES, PLAIN_TYPES, Upload, check_upload, delivery_headers
from voronka.messaging.models import Talk, TalkLine
from voronka.messaging.services.chat import operating, visiting
from voronka.messaging.services.chat.crossing import MOST_FILES, attach
from voronka.messaging.services.chat.lines import line_of_key

MOST_MIB = 10
KIND, GOODS = "talk", "product"  # whose files: of talks, and of the catalogue's products
# Packed files may hold anything: nobody sends them through a chat.
TAKEN = frozenset(PLAIN_TYPES - {"application/zip"})


@transaction.atomic
def bring(*, talk: Talk | None, written: visiting.Written, source: BinaryIO, name: str, now: datetime) -> Talk:
    """Add a file of a visitor to his talk, or begin one by it; sent again, it is there once.

    Raises what `write` raises, Invalid at `file` for what is no picture, document, sound or film, or over 10 MB.
    """
    upload = check_upload(name, source, max_mib=MOST_MIB, allowed=TAKEN)
    row = visiting.write(talk=talk, written=written.with_text(written.text or upload.name), now=now)
    _attach(row, line_of_key(row, written.key), source, upload, None, now)
    return row


@transaction.atomic
def send(*, actor: Actor, public_id: str, draft: operating.Reply, source: BinaryIO, name: str, now: datetime) -> Talk:
    """Answer with a file; sent again, it is there once. Raises what `reply` raises, Invalid at `file` as above."""
    if Talk.objects.filter(public_id=public_id, channel="sms").exists():
        message = _("No file goes by SMS: send a link.")
        raise Invalid(message, fields={"file": message})
    upload = check_upload(name, source, max_mib=MOST_MIB, allowed=TAKEN)
    given = operating.Reply(draft.key, draft.text.strip() or upload.name, draft.seen, draft.anyway)
    row = operating.reply(actor=actor, public_id=public_id, draft=given, now=now)
    line = line_of_key(row, draft.key)
    if row.channel == "chat":
        _attach(row, line, source, upload, actor.person_id, now)
    elif line is not None:
        attach(row, line, [(source, upload)], employee_id=actor.person_id, now=now)
    return row


def _attach(
    talk: Talk, line: TalkLine | None, source: BinaryIO, upload: Upload, employee_id: int | None, now: datetime
) -> None:
    if line is None or line.file is not None:
        return
    if TalkLine.objects.filter(talk=talk, file__isnull=False).count() >= MOST_FILES:
        message = _("A talk holds at most %(most)d files.") % {"most": MOST_FILES}
        raise Invalid(message, fields={"file": message})
    kept = store_file(
        source, name=upload.name, subject_kind=KIND, subject_id=talk.pk, added_by=employee_id, now=now,
        content_type=upload.content_type, most_mib=MOST_MIB,
    )  # fmt: skip
    line.file = {"id": kept.public_id, "name": kept.name, "size": kept.size, "picture": upload.is_picture}
    line.save(update_fields=["file"])


def open_file(talk: Talk, file_id: str) -> tuple[StoredFile, BinaryIO, bool]:
    """Return a file of a talk that both sides see, or the picture of goods in it, open, and whether it is a picture.

    Raises NotFound.
    """
    seen = TalkLine.objects.filter(talk=talk).exclude(by="note")
    line = seen.filter(file__id=file_id).first()
    kept = StoredFile.objects.filter(public_id=file_id, subject_kind=KIND, subject_id=talk.pk).first()
    of_goods = None if line is not None else seen.filter(goods__picture=file_id).first()
    if of_goods is not None:
        kept = StoredFile.objects.filter(public_id=file_id, subject_kind=GOODS).first()
    if (line is None and of_goods is None) or kept is None:
        raise NotFound(_("There is no such file."))
    try:
        source = default_storage.open(kept.key)
    except FileNotFoundError:
        raise NotFound(_("This file is no longer kept.")) from None
    held = cast("Mapping[str, object]", line.file if line is not None else {"picture": True})  # a document of ours
    return kept, cast("BinaryIO", source), bool(held.get("picture")) and kept.content_type in PICTURES


def file_answer(talk: Talk, file_id: str) -> FileResponse:
    """Return a file of a talk that the reader may see; a picture is shown in place. Raises NotFound."""
    kept, source, is_shown = open_file(talk, file_id)
    answer = FileResponse(source)
    for name, value in delivery_headers(kept.name, kept.content_type, as_picture=is_shown).items():
        answer.headers[name] = value
    return answer
