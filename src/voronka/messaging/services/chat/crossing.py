"""A line that has to leave for another channel: its parts are written down with it, and go after the commit."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import BinaryIO

from django.utils.translation import gettext as _

from voronka.kit.errors import Invalid
from voronka.kit.files import store_file
from voronka.kit.jobs import defer
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import current_company_id
from voronka.kit.uploads import Upload
from voronka.messaging.models import OutsideLine, Talk, TalkLine
from voronka.messaging.ports import ways
from voronka.messaging.rules.channels import FILE_KIND, cut, units

OURS = ("operator", "bot")
MOST_FILES = 40
Planner = Callable[[Talk, TalkLine, datetime], None]
_planners: dict[str, Planner] = {}


def register_planner(channel: str, planner: Planner) -> None:
    """Have the lines of a channel that has no accounts of talks leave by messages of another kind."""
    _planners[channel] = planner


def queue(talk: Talk, line: TalkLine, *, now: datetime) -> None:
    """Write down that a new line of a locked talk has to go by the talk's account; of the site's chat nothing does."""
    if line.by not in OURS:
        return
    if talk.channel in _planners:
        _planners[talk.channel](talk, line, now)
    if talk.account_id is None:
        return
    kind = ways().get(talk.channel)
    pieces = cut(line.text, kind.most) if kind is not None else [line.text]
    OutsideLine.objects.bulk_create(
        [
            OutsideLine(
                line=line, talk=talk, account_id=talk.account_id, part=part, state="waiting", due_at=now, text=piece
            )
            for part, piece in enumerate(pieces)
        ]
    )
    order(current_company_id())


def attach(
    talk: Talk, line: TalkLine, sent: Sequence[tuple[BinaryIO, Upload]], *, employee_id: int | None, now: datetime
) -> None:
    """Have a line that waits take files along; where its text is none but the file's name, the file goes alone.

    They go with the last part where it can hold them, else in parts after it. Done again, nothing is added. Raises
    Invalid for more files than a talk holds.
    """
    kind = ways()[talk.channel]
    parts = list(OutsideLine.objects.filter(line=line).order_by("part"))
    if not sent or not parts or any(one.files or one.state != "waiting" for one in parts):
        return
    ours = StoredFile.objects.filter(subject_kind=FILE_KIND, subject_id=talk.pk, added_by__isnull=False).count()
    if ours + len(sent) > MOST_FILES:
        message = _("A talk holds at most %(most)d files.") % {"most": MOST_FILES}
        raise Invalid(message, fields={"file": message})
    told = [_kept(talk, source, upload, employee_id, now) for source, upload in sent]
    last = parts[-1]
    if last.text == sent[0][1].name and len(parts) == 1:
        last.text = ""
    if units(last.text) <= kind.caption:
        last.files, told = told[: kind.files], told[kind.files :]
        last.save(update_fields=["text", "files"])
    rest = [told[one : one + kind.files] for one in range(0, len(told), kind.files)]
    OutsideLine.objects.bulk_create(
        [
            OutsideLine(
                line=line, talk=talk, account_id=talk.account_id, part=part, state="waiting", due_at=last.due_at,
                files=files,
            )
            for part, files in enumerate(rest, last.part + 1)
        ]
    )  # fmt: skip


def _kept(talk: Talk, source: BinaryIO, upload: Upload, employee_id: int | None, now: datetime) -> dict[str, object]:
    row = store_file(
        source, name=upload.name, subject_kind=FILE_KIND, subject_id=talk.pk, added_by=employee_id, now=now,
        content_type=upload.content_type,
    )  # fmt: skip
    return {"name": row.name, "size": row.size, "kind": row.content_type, "why": "", "id": row.public_id}


def order(company_id: int) -> None:
    """Order the sending of what the company has due; once, however often it is wanted meanwhile."""
    defer("messaging.lines", of_company=company_id, once=f"lines {company_id}")
