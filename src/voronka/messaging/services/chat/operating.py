"""What operators do with talks. Each verb locks the talk and reads it again: of two at once one is told."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.flows.services import scenes
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid, NotFound
from voronka.kit.events import publish
from voronka.kit.tenancy import current_company_id
from voronka.messaging.events import TalkBound
from voronka.messaging.models import ChatDepartment, Talk, TalkLine
from voronka.messaging.permissions import TALK
from voronka.messaging.queries.chat import read_number
from voronka.messaging.queries.talks import get_talk, operators
from voronka.messaging.rules.chat import MOST_TEXT
from voronka.messaging.services.chat import speaking
from voronka.messaging.services.chat.lines import add_line, line_of_key, lock_talk
from voronka.messaging.services.chat.moving import CODE as CROSSED
from voronka.messaging.services.chat.typing import tell_read, tell_typing
from voronka.people import queries as clients
from voronka.people import services as people
from voronka.people.services.cleaning import Problems, fit

if TYPE_CHECKING:
    from voronka.people.models import Client

LONGEST_SNOOZE = timedelta(days=90)
MOST_TAGS = 10


def locked(actor: Actor, public_id: str) -> Talk:
    """Lock a talk within reach as it is now. Raises Denied, NotFound."""
    get_talk(actor, public_id)
    row = lock_talk(public_id=public_id)
    if row is None:
        raise NotFound(_("There is no such talk."))
    team = row.owner.team_id if row.owner is not None else None
    if not actor.may(TALK, owner_id=row.owner_id, team_id=team):
        raise _taken(row)  # somebody has been quicker
    return row


def _taken(talk: Talk) -> Conflict:
    name = accounts.employee_names([talk.owner_id or 0]).get(talk.owner_id or 0, "")
    return Conflict(_("%(name)s has taken this talk already.") % {"name": name}, code="taken_already")


@transaction.atomic
def take(*, actor: Actor, public_id: str, now: datetime) -> Talk:
    """Take a talk that is nobody's; the bot is silent from then on.

    Raises Denied, NotFound, Conflict `taken_already`.
    """
    talk = locked(actor, public_id)
    if talk.owner_id == actor.person_id:
        return talk
    if talk.owner_id is not None:
        raise _taken(talk)
    _own(talk, actor.person_id, now)
    return talk


def _own(talk: Talk, employee_id: int, now: datetime, *, code: str = "taken", by: int | None = None) -> None:
    talk.owner_id, talk.with_bot, talk.given_at = employee_id, False, now
    talk.save(update_fields=["owner", "with_bot", "given_at"])
    speaking.silence(talk, why="taken", now=now)
    name = accounts.employee_names([employee_id]).get(employee_id, "")
    add_line(talk, by="event", code=code, text=name, author_id=by or employee_id, now=now)


@transaction.atomic
def pass_on(*, actor: Actor, public_id: str, to: str, now: datetime, why: str = "") -> Talk:
    """Give a talk to a colleague (public id) who may answer, or to the queue of a department; `why` becomes a note.

    Raises Denied, NotFound, Invalid, Conflict.
    """
    talk = locked(actor, public_id)
    if why.strip():
        add_line(talk, by="note", text=_text(why), author_id=actor.person_id, now=now)
    department = ChatDepartment.objects.filter(public_id=to).first()
    if department is not None:
        move(talk, department, actor, now)
        return talk
    if to not in dict(operators()):
        message = _("Choose one of the list.")
        raise Invalid(message, fields={"to": message})
    employee = next(one for one in accounts.list_employees() if one.public_id == to)
    if talk.owner_id != employee.pk:
        _own(talk, employee.pk, now, code="passed", by=actor.person_id)
    return talk


def move(talk: Talk, department: ChatDepartment, actor: Actor, now: datetime) -> None:
    """Put a talk into the queue of a department; one that is there already stays with whom it is."""
    if talk.department_id == department.pk:
        return
    talk.department, talk.owner_id, talk.with_bot = department, None, False
    talk.save(update_fields=["department", "owner", "with_bot"])
    speaking.silence(talk, why="taken", now=now)
    add_line(talk, by="event", code="moved", text=department.name, author_id=actor.person_id, now=now)


@transaction.atomic
def tag(*, actor: Actor, public_id: str, name: str, is_on: bool, now: datetime) -> Talk:
    """Put a tag on a talk, or take it off; done again, nothing more happens. Raises Invalid for more than ten."""
    talk = locked(actor, public_id)
    problems = Problems()
    found = fit("tag", name, 30, problems)
    if not found:
        problems.add("tag", _("Write something."))
    if is_on and found not in talk.tags and len(talk.tags) >= MOST_TAGS:
        problems.add("tag", _("A talk has at most %(most)d tags.") % {"most": MOST_TAGS})
    problems.settle()
    if (found in talk.tags) != is_on:
        talk.tags = [*talk.tags, found] if is_on else [one for one in talk.tags if one != found]
        talk.save(update_fields=["tags"])
        code = "tagged" if is_on else "untagged"
        add_line(talk, by="event", code=code, text=found, author_id=actor.person_id, now=now)
    return talk


@dataclass(frozen=True, slots=True)
class Reply:
    """What an operator writes; `seen` is the last line on his page, `anyway` that he has read the warning."""

    key: uuid.UUID
    text: str
    seen: int = 0
    anyway: bool = False


@transaction.atomic
def reply(*, actor: Actor, public_id: str, draft: Reply, now: datetime) -> Talk:
    """Answer the visitor; sent again, it is there once. A talk that is nobody's becomes the writer's.

    Raises Denied, NotFound, Invalid, Conflict `taken_already`, Conflict `answered` where a colleague has answered since
    what the writer had before his eyes.
    """
    talk = locked(actor, public_id)
    if line_of_key(talk, draft.key) is not None:
        return talk
    text = _text(draft.text)
    others = TalkLine.objects.filter(talk=talk, by="operator", number__gt=draft.seen).exclude(
        author_id=actor.person_id
    )
    other = None if draft.anyway else others.select_related("author").last()
    if other is not None and other.author is not None:
        message = _("%(name)s has answered meanwhile: “%(text)s”. Send yours as well?")
        said = message % {"name": other.author.name, "text": other.text[:100]}
        raise Conflict(said, code="answered")
    if talk.owner_id is None:
        _own(talk, actor.person_id, now)
    was, talk.state, talk.wakes_at, talk.waits_since, talk.with_bot = talk.state, "open", None, None, False
    talk.save(update_fields=["state", "wakes_at", "waits_since", "with_bot"])
    speaking.silence(talk, why="taken", now=now)
    if was == "closed":
        add_line(talk, by="event", code="reopened", author_id=actor.person_id, now=now)
    line = add_line(talk, by="operator", text=text, author_id=actor.person_id, key=draft.key, now=now)
    read(actor=actor, talk=talk, number=line.number, now=now)
    return talk


@transaction.atomic
def note(*, actor: Actor, public_id: str, draft: Reply, now: datetime) -> Talk:
    """Write a note that colleagues see and the visitor does not; sent again, it is there once."""
    talk = locked(actor, public_id)
    if line_of_key(talk, draft.key) is None:
        text = _text(draft.text)
        line = add_line(talk, by="note", text=text, author_id=actor.person_id, key=draft.key, now=now)
        read(actor=actor, talk=talk, number=line.number, now=now)
    return talk


def _text(text: str) -> str:
    problems = Problems()
    found = fit("text", text, MOST_TEXT, problems, lines=True)
    if not found:
        problems.add("text", _("Write something."))
    problems.settle()
    return found


@transaction.atomic
def close(*, actor: Actor, public_id: str, now: datetime) -> Talk:
    """End a talk; what its visitor writes later opens it again."""
    talk = locked(actor, public_id)
    if talk.state != "closed":
        talk.state, talk.waits_since, talk.wakes_at, talk.with_bot, talk.closed_at = "closed", None, None, False, now
        talk.save(update_fields=["state", "waits_since", "wakes_at", "with_bot", "closed_at"])
        speaking.silence(talk, why="closed", now=now)
        add_line(talk, by="event", code="closed", author_id=actor.person_id, now=now)
    return talk


@transaction.atomic
def reopen(*, actor: Actor, public_id: str, now: datetime) -> Talk:
    """Take up a talk that was closed or put off."""
    talk = locked(actor, public_id)
    if talk.state != "open":
        talk.state, talk.wakes_at = "open", None
        talk.save(update_fields=["state", "wakes_at"])
        add_line(talk, by="event", code="reopened", author_id=actor.person_id, now=now)
    return talk


@transaction.atomic
def snooze(*, actor: Actor, public_id: str, until: datetime, now: datetime) -> Talk:
    """Put a talk off till a moment; the visitor's next line brings it back before. Raises Invalid for the past."""
    if not now < until <= now + LONGEST_SNOOZE:
        message = _("Choose a time from now to three months ahead.")
        raise Invalid(message, fields={"until": message})
    talk = locked(actor, public_id)
    talk.state, talk.wakes_at = "snoozed", until
    talk.save(update_fields=["state", "wakes_at"])
    add_line(talk, by="event", code="snoozed", text=until.isoformat(), author_id=actor.person_id, now=now)
    return talk


@transaction.atomic
def block(*, actor: Actor, public_id: str, is_blocked: bool, now: datetime) -> Talk:
    """Take nothing more from a visitor, nor new talks from his address for a day; or take it again."""
    talk = locked(actor, public_id)
    if (talk.blocked_at is not None) != is_blocked:
        talk.blocked_at = now if is_blocked else None
        talk.save(update_fields=["blocked_at"])
        if is_blocked:
            speaking.silence(talk, why="closed", now=now)
        code = "blocked" if is_blocked else "freed"
        add_line(talk, by="event", code=code, author_id=actor.person_id, now=now)
    return talk


@transaction.atomic
def bind(*, actor: Actor, public_id: str, client: str, now: datetime) -> Talk:
    """Say that a talk is with this client (public id), whom the actor may see. Raises Denied, NotFound."""
    talk = locked(actor, public_id)
    found = clients.get_client(actor, client)
    _bind(talk, found.pk, found.name, actor, now)
    return talk


@transaction.atomic
def make_client(*, actor: Actor, public_id: str, now: datetime) -> Talk:
    """Make a card of what the visitor said of himself. Raises Denied, NotFound, Invalid."""
    talk = locked(actor, public_id)
    if talk.client_id is not None:
        return talk
    contacts = [
        people.ContactDraft(kind=kind, value=value)
        for kind, value in (("phone", talk.phone), ("email", talk.email))
        if value
    ]
    draft = people.ClientDraft(name=talk.name or _("Visitor of the chat"), contacts=tuple(contacts))
    made = people.create_client(actor=actor, draft=draft, now=now, channel="form")
    _bind(talk, made.pk, made.name, actor, now)
    return talk


def _bind(talk: Talk, client_id: int, name: str, actor: Actor, now: datetime) -> None:
    if talk.client_id == client_id:
        return
    talk.client_id = client_id
    talk.save(update_fields=["client"])
    scenes.bound(talk.pk, client_id)
    if talk.agreed_at is not None:
        consent = people.ConsentDraft(purpose="personal_data", text_version=talk.agreed)
        people.write_consents(client_id, [consent], source="chat", now=talk.agreed_at)
    publish(TalkBound(talk_id=talk.pk, client_id=client_id), at=now)
    add_line(talk, by="event", code="bound", text=name, author_id=actor.person_id, now=now)


_SEAT = """
INSERT INTO messaging_talkseat AS s (company_id, talk_id, employee_id, read_number, here_at, typed_at)
VALUES (%(company)s, %(talk)s, %(employee)s, %(number)s, %(now)s, %(typed)s)
ON CONFLICT (company_id, talk_id, employee_id) DO UPDATE
SET read_number = greatest(s.read_number, excluded.read_number), here_at = excluded.here_at,
  typed_at = COALESCE(excluded.typed_at, s.typed_at)
"""


def read(*, actor: Actor, talk: Talk, number: int, now: datetime, types: bool = False) -> None:
    """Note that an operator is at a talk within his reach, has read it up to a line, and whether he writes."""
    given: dict[str, int | datetime | None] = {
        "company": current_company_id(),
        "talk": talk.pk,
        "employee": actor.person_id,
        "number": min(number, talk.last_number),
        "now": now,
        "typed": now if types else None,
    }
    before = read_number(talk) if talk.channel == "chat" else talk.last_number
    with connection.cursor() as cursor:
        cursor.execute(_SEAT, given)
    if types and talk.channel == "chat":
        tell_typing(talk, name=accounts.employee_names([actor.person_id]).get(actor.person_id, "").partition(" ")[0])
    if before < min(number, talk.last_number):
        tell_read(talk)


def likely_clients(actor: Actor, talk: Talk) -> Sequence["Client"]:
    """Return whose a talk may be: whose the one is that it goes on from, and cards with what the visitor said.

    Whose it is, a person decides.
    """
    if talk.client_id is not None:
        return []
    asked = talk.phone or talk.email
    found = [*_of_other_talk(actor, talk), *(clients.find_clients(actor, asked, most=3) if asked else [])]
    return list({one.pk: one for one in found}.values())


def _of_other_talk(actor: Actor, talk: Talk) -> "list[Client]":
    """Return the client of the talk of the site that goes on in this one, where the actor may see him."""
    others = TalkLine.objects.filter(talk=talk, by="event", code=CROSSED).values("text")
    rows = Talk.objects.filter(public_id__in=others, client__isnull=False).order_by("-id")
    try:
        return [clients.get_client(actor, one) for one in rows.values_list("client__public_id", flat=True)[:1]]
    except NotFound:
        return []
