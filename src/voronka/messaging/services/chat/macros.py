"""Macros run on talks, and taken back by one press: what has left the house stays said, and it is told."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from voronka.kit import outbox
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, NotFound
from voronka.messaging.models import CannedAnswer, MacroPress, Message, OutsideLine, Talk, TalkLine
from voronka.messaging.permissions import TALK
from voronka.messaging.queries.channels import talks_within
from voronka.messaging.rules.states import STILL
from voronka.messaging.services.chat.canned import fill_canned
from voronka.messaging.services.chat.lines import add_line, line_of_key, lock_talk
from voronka.messaging.services.chat.operating import Reply, close, locked, move, reply, tag
from voronka.messaging.services.planning import call_back

UNDO_FOR = timedelta(minutes=15)
_MOMENTS = ("waits_since", "wakes_at", "closed_at", "answered_at", "given_at", "due_at", "warned_at")
_PLAIN = ("state", "owner_id", "department_id", "with_bot")


@transaction.atomic
def run_macro(*, actor: Actor, public_id: str, macro: str, key: uuid.UUID, seen: int, now: datetime) -> Talk:
    """Do all that a macro says: answer, put its tag on, close or move the talk; done again, nothing more happens.

    What goes by another channel than the chat waits as the letters of buttons do, so that it may be called back. Raises
    Denied, NotFound, Conflict as `reply` does, Refusal for a broken text.
    """
    talk = locked(actor, public_id)
    row = CannedAnswer.objects.filter(public_id=macro, is_macro=True).select_related("department").first()
    if row is None:
        raise NotFound(_("There is no such text."))
    if MacroPress.objects.filter(talk=talk, key=key).exists():
        return talk
    was, line = _standing(talk), line_of_key(talk, key)
    if row.text and line is None:
        text = fill_canned(actor=actor, public_id=macro, talk=talk)
        talk = reply(actor=actor, public_id=public_id, draft=Reply(key, text, seen), now=now)
        line = line_of_key(talk, key)
        _let_wait(line, key, now + timedelta(seconds=outbox.UNDO_SECONDS))
    if row.tag:
        talk = tag(actor=actor, public_id=public_id, name=row.tag, is_on=True, now=now)
    if row.closes:
        talk = close(actor=actor, public_id=public_id, now=now)
    if row.department is not None:
        move(talk, row.department, actor, now)
    MacroPress.objects.create(
        talk=talk, author_id=actor.person_id, key=key, code=row.code, answer=line.number if line is not None else None,
        was=was, then=_standing(talk), at=now,
    )  # fmt: skip
    return talk


def _let_wait(line: TalkLine | None, key: uuid.UUID, till: datetime) -> None:
    OutsideLine.objects.filter(line=line, state="waiting", due_at__lt=till).update(due_at=till)
    Message.objects.filter(cause=key, state__in=STILL, due_at__lt=till).update(due_at=till)


def _standing(talk: Talk) -> dict[str, Any]:
    moments = {name: getattr(talk, name) for name in _MOMENTS}
    said = {name: at.isoformat() if at is not None else None for name, at in moments.items()}
    return {
        **{name: getattr(talk, name) for name in _PLAIN},
        **said,
        "tags": list(talk.tags),
        "last": talk.last_number,
    }


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of an undo: whether the answer of the macro stays said, since it has left."""

    talk: Talk
    is_answered: bool = False


def macro_to_undo(actor: Actor, talk: Talk, *, now: datetime) -> MacroPress | None:
    """Return the last macro that the actor has run on a talk, while it can be taken back."""
    rows = MacroPress.objects.filter(talk=talk, author_id=actor.person_id, at__gt=now - UNDO_FOR)
    last = rows.order_by("-id").first()
    return last if last is not None and last.undone_at is None else None


@transaction.atomic
def undo_macro(*, actor: Actor, public_id: str, key: uuid.UUID, now: datetime) -> TakenBack:
    """Take back what a macro of one's own did, as far as nobody has changed it since; done again, nothing happens.

    An answer that waits does not go; one that has gone stays, and the visitor is answered. Raises Denied, NotFound,
    Conflict `too_late` a quarter of an hour later, Conflict `taken_already` where a colleague has the talk.
    """
    talk, press = _own(actor, public_id, key)
    if press.undone_at is not None:
        return TakenBack(talk, _is_answered(talk, press))
    if now - press.at > UNDO_FOR:
        raise Conflict(_("It was run more than a quarter of an hour ago: take it back by hand."), code="too_late")
    is_answered = press.answer is not None and not _recall(talk, press, now)
    changed = [*_moved_back(talk, press, actor, is_answered), *_opened_back(talk, press), *_untag(talk, press)]
    changed += _waits_again(talk, press, is_answered)
    if changed:
        talk.save(update_fields=sorted(set(changed)))
    press.undone_at = now
    press.save(update_fields=["undone_at"])
    add_line(talk, by="event", code="undone", text=press.code, author_id=actor.person_id, now=now)
    return TakenBack(talk, is_answered)


def _own(actor: Actor, public_id: str, key: uuid.UUID) -> tuple[Talk, MacroPress]:
    """Lock the talk of a macro that the actor ran, also where it has put it into a queue that is not his."""
    actor.require(TALK)
    rows = MacroPress.objects.filter(talk__public_id=public_id, key=key, author_id=actor.person_id)
    press = rows.first()
    talk = lock_talk(pk=press.talk_id) if press is not None and talks_within(actor, [press.talk_id]) else None
    if press is None or talk is None:
        raise NotFound(_("There is no such macro."))
    if talk.owner_id is not None:
        locked(actor, public_id)
    press.refresh_from_db()
    return talk, press


def _is_answered(talk: Talk, press: MacroPress) -> bool:
    if press.answer is None:
        return False
    line = TalkLine.objects.get(talk=talk, number=press.answer)
    if talk.channel == "sms":
        return Message.objects.filter(cause=line.key).exclude(state="cancelled").exists()
    return not OutsideLine.objects.filter(line=line, code="undone").exists()


def _recall(talk: Talk, press: MacroPress, now: datetime) -> bool:
    """Keep the answer of a macro back; False where it has left, or begins to."""
    line = TalkLine.objects.get(talk=talk, number=press.answer or 0)
    if talk.channel == "sms" and line.key is not None:
        return not call_back(line.key, now=now)
    parts = list(OutsideLine.objects.select_for_update().filter(line=line).order_by("part"))
    if not parts or any(one.state != "waiting" for one in parts):
        return False  # in the chat of the site it is read as soon as it is said
    OutsideLine.objects.filter(pk__in=[one.pk for one in parts]).update(state="failed", code="undone", due_at=None)
    return True


def _moved_back(talk: Talk, press: MacroPress, actor: Actor, is_answered: bool) -> Sequence[str]:
    """Give the talk back to whom it was; who has answered in one of nobody's keeps it."""
    was, then = press.was, press.then
    if (talk.owner_id, talk.department_id) != (then["owner_id"], then["department_id"]):
        return ()
    talk.department_id = was["department_id"]
    talk.owner_id = was["owner_id"] or (actor.person_id if is_answered else None)
    talk.given_at = _moment(was["given_at"]) if was["owner_id"] or not is_answered else talk.given_at
    talk.with_bot = was["with_bot"] and not is_answered
    return ("department", "owner", "given_at", "with_bot")


def _opened_back(talk: Talk, press: MacroPress) -> Sequence[str]:
    was, then = press.was, press.then
    if (talk.state, talk.closed_at) != (then["state"], _moment(then["closed_at"])) or talk.state == was["state"]:
        return ()
    talk.state, talk.closed_at, talk.wakes_at = was["state"], _moment(was["closed_at"]), _moment(was["wakes_at"])
    return ("state", "closed_at", "wakes_at")


def _untag(talk: Talk, press: MacroPress) -> Sequence[str]:
    put = [one for one in press.then["tags"] if one not in press.was["tags"]]
    if not set(put) & set(talk.tags):
        return ()
    talk.tags = [one for one in talk.tags if one not in put]
    return ("tags",)


def _waits_again(talk: Talk, press: MacroPress, is_answered: bool) -> Sequence[str]:
    """Let the visitor wait since when he did, unless he was answered, or has written anew or been answered since."""
    said = TalkLine.objects.filter(talk=talk, number__gt=press.then["last"], by__in=("visitor", "operator", "bot"))
    if is_answered or said.exists():
        return ()
    names = ("waits_since", "due_at", "warned_at", "answered_at")
    for name in names:
        setattr(talk, name, _moment(press.was[name]))
    return names


def _moment(said: str | None) -> datetime | None:
    return parse_datetime(said) if said else None
