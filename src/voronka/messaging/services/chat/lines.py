"""One more line of a talk: numbered under the lock of the talk, announced to whoever listens."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from voronka.kit.events import publish
from voronka.messaging.events import TalkChanged, TalkSaid
from voronka.messaging.models import Talk, TalkLine
from voronka.messaging.rules.chat import PUBLIC, first_line
from voronka.messaging.services.chat.crossing import queue


def lock_talk(**wanted: object) -> Talk | None:
    """Lock a talk and read it as it is then."""
    return Talk.objects.select_for_update(of=("self",)).filter(**wanted).first()


def line_of_key(talk: Talk, key: uuid.UUID | None) -> TalkLine | None:
    """Return the line that a browser has sent under this id already."""
    return None if key is None else TalkLine.objects.filter(talk=talk, key=key).first()


def add_line(
    talk: Talk,
    *,
    by: str,
    now: datetime,
    text: str = "",
    author_id: int | None = None,
    key: uuid.UUID | None = None,
    code: str = "",
    choices: Sequence[dict[str, str]] = (),
    article_id: int | None = None,
    file: dict[str, object] | None = None,
) -> TalkLine:
    """Add a line to a locked talk and announce it; the caller saves what else it changes of the talk before."""
    talk.last_number += 1
    changed = ["last_number"]
    if talk.waits_since is None and talk.due_at is not None:
        talk.due_at = talk.warned_at = None
        changed += ["due_at", "warned_at"]
    if by == "operator" and talk.answered_at is None:
        talk.answered_at = now
        changed.append("answered_at")
    if by in PUBLIC:
        talk.last_at, talk.last_text, talk.last_by = now, first_line(text), by
        changed += ["last_at", "last_text", "last_by"]
    talk.save(update_fields=changed)
    line = TalkLine(
        talk=talk, number=talk.last_number, by=by, author_id=author_id, code=code, text=text, key=key,
        choices=list(choices), article_id=article_id, file=file, at=now,
    )  # fmt: skip
    line.save(force_insert=True)
    queue(talk, line, now=now)
    if by in PUBLIC:
        publish(TalkSaid(talk_id=talk.pk, talk=talk.public_id, number=line.number, by=by), at=now)
    else:
        publish(TalkChanged(talk_id=talk.pk, talk=talk.public_id, number=line.number, code=code or by), at=now)
    return line
