"""What a visitor does in his chat. He has no account: the signed cookie of his talk is the key to it."""

import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Denied, Invalid, TooMany
from voronka.kit.events import publish
from voronka.kit.ids import PUBLIC_ID_LENGTH
from voronka.messaging.events import TalkBegun, TalkChanged, TalkSeen
from voronka.messaging.models import ChatDepartment, ChatSettings, Talk, TalkLine
from voronka.messaging.queries.chat import get_chat
from voronka.messaging.queries.consents import newest_text, text_sign
from voronka.messaging.rules.chat import MOST_A_MINUTE, MOST_TEXT
from voronka.messaging.services.chat import bot, speaking
from voronka.messaging.services.chat.lines import add_line, line_of_key, lock_talk
from voronka.people import services as people
from voronka.people.services.cleaning import Problems, fit

BLOCKED_FOR = timedelta(days=1)  # how long the address of a blocked visitor begins no talks
_SALT, _SIGN = "voronka.messaging.talk", 32


def talk_token(talk: Talk) -> str:
    """Return what the visitor's cookie holds: the talk's id with our signature."""
    return f"{talk.public_id}{_sign(talk.public_id)}"


def _sign(public_id: str) -> str:
    return str(salted_hmac(_SALT, public_id, algorithm="sha256").hexdigest())[:_SIGN]


def find_talk(token: str) -> Talk | None:
    """Return the talk of a cookie; None for one that we never signed, without asking the database."""
    public_id, sign = token[:PUBLIC_ID_LENGTH], token[PUBLIC_ID_LENGTH:]
    if not token.isascii() or not hmac.compare_digest(sign, _sign(public_id)):
        return None
    return Talk.objects.filter(public_id=public_id, channel="chat").first()


@dataclass(frozen=True, slots=True)
class Written:
    """What a visitor sends: the text, the id that his browser made for it, who he is where he was asked first.

    `choice` is the button of the bot that he pressed instead of writing: an article, or bot.PERSON. `visitor` is by
    what the part of sites knows him, where he writes from a page of one and may be followed.
    """

    key: uuid.UUID
    text: str
    choice: str = ""
    department: str = ""
    consent: bool = False
    name: str = ""
    contact: str = ""
    language: str = "ru"
    address: str = ""
    visitor: str = ""

    def with_text(self, text: str) -> "Written":
        """Return the same with another text."""
        return replace(self, text=text)


@transaction.atomic
def write(*, talk: Talk | None, written: Written, now: datetime) -> Talk:
    """Add what a visitor wrote to his talk, or begin one; sent again, it is there once.

    A talk that was closed or put off is open again. Raises Conflict `chat_off`, Invalid, Denied for a blocked visitor,
    TooMany.
    """
    settings = get_chat()
    if not settings.is_on:
        raise Conflict(_("The chat is switched off."), code="chat_off")
    problems = Problems()
    text = fit("text", bot.words_of(written.choice, talk) or written.text, MOST_TEXT, problems, lines=True)
    if not text and "text" not in problems.fields:
        problems.add("text", _("Write something."))
    problems.settle()
    row = _begun(written, settings, now) if talk is None else lock_talk(pk=talk.pk)
    if row is None:
        raise Conflict(_("This talk is no more: load the page again."), code="talk_gone")
    if line_of_key(row, written.key) is not None:
        return row
    _let(row, now)
    if written.visitor and not row.visitor:
        row.visitor = written.visitor
        row.save(update_fields=["visitor"])
    hear(row, text, key=written.key, choice=written.choice, settings=settings, now=now)
    return row


def hear(
    talk: Talk, text: str, *, key: uuid.UUID, settings: ChatSettings, now: datetime, choice: str = "",
    waits: bool = True,
) -> TalkLine:  # fmt: skip
    """Add what the other side said to a locked talk, whatever the channel; a scenario answers, else the bot.

    What was closed or put off is open again. A line that asks nothing (`waits`) is answered by nobody.
    """
    was, talk.state, talk.wakes_at = talk.state, "open", None
    # Who answers a thread that a person of ours began writes to that person.
    is_first = was == "closed" or not TalkLine.objects.filter(talk=talk, by__in=("visitor", "operator")).exists()
    talk.waits_since = talk.waits_since or (now if waits else None)
    talk.with_bot = talk.with_bot or (was == "closed" and bot.may_speak(talk, settings, now))
    talk.save(update_fields=["state", "wakes_at", "waits_since", "with_bot"])
    if was == "closed" and talk.closed_at is not None:  # else a scenario of the site began it, and he answers now
        add_line(talk, by="event", code="reopened", now=now)
    line = add_line(talk, by="visitor", text=text, key=key, now=now)
    if waits and not speaking.answer(talk, text, choice=choice, is_first=is_first, now=now) and talk.with_bot:
        bot.answer(talk, text, choice=choice, settings=settings, now=now)
    return line


def _let(talk: Talk, now: datetime) -> None:
    """Refuse a blocked visitor, and one who writes faster than anybody reads."""
    if talk.blocked_at is not None:
        raise Denied(_("You cannot write here any more."))
    minute = TalkLine.objects.filter(talk=talk, by="visitor", at__gt=now - timedelta(minutes=1))
    if minute.count() >= MOST_A_MINUTE:
        raise TooMany(_("Too many messages at once. Wait a minute and send again."))


def _begun(written: Written, settings: ChatSettings, now: datetime) -> Talk:
    """Return a new locked talk, or the one that this first message has begun already: its answer was lost."""
    known = lock_talk(key=written.key)
    if known is not None and known.channel != "chat":
        # Keys of talks that came by other ways are made of numbers that anybody may know: no visitor has such a one.
        raise Conflict(_("This talk is no more: load the page again."), code="talk_gone")
    if known is not None:
        return known
    if written.address and Talk.objects.filter(address=written.address, blocked_at__gt=now - BLOCKED_FOR).exists():
        raise Denied(_("You cannot write here any more."))
    who = read_who({"name": written.name, "contact": written.contact}, is_needed=settings.asks_first)
    if settings.asks_first and not written.consent:
        message = _("Without your consent we may not keep your data.")
        raise Invalid(message, fields={"consent": message})
    read = newest_text("personal_data", "any") if settings.asks_first else None
    row, is_new = Talk.objects.get_or_create(
        key=written.key,
        defaults={
            "name": who.name,
            "phone": who.phone,
            "email": who.email,
            "language": written.language,
            "address": written.address[:64],
            "visitor": written.visitor,
            "with_bot": bot.is_speaking(settings, now),
            "last_at": now,
            "begun_at": now,
            "department": _chosen(written.department),
            "agreed": text_sign(read) if read is not None else "",
            "agreed_at": now if settings.asks_first else None,
        },
    )
    if is_new:
        publish(TalkBegun(talk_id=row.pk, talk=row.public_id), at=now)
    found = lock_talk(pk=row.pk)
    if found is None:
        return row
    if is_new and found.with_bot:
        bot.greet(found, now)
    return found


def _chosen(public_id: str) -> ChatDepartment | None:
    """Return the department that a visitor chose; where only one is offered it is his without choosing."""
    offered = list(ChatDepartment.objects.filter(is_offered=True).order_by("name"))
    if len(offered) == 1:
        return offered[0]
    return next((one for one in offered if one.public_id == public_id), None)


@transaction.atomic
def rate(*, talk: Talk, rating: int, text: str, now: datetime) -> Talk:
    """Keep what a visitor thinks of a talk that has ended: 1 to 5, and a word; the last one counts.

    However often he thinks better of it, the talk has one line of it since it was closed.
    Raises Conflict `not_ended`, Invalid.
    """
    row = lock_talk(pk=talk.pk)
    if row is None or row.state != "closed":
        raise Conflict(_("This talk is still going on."), code="not_ended")
    problems = Problems()
    said = fit("rating_text", text, 500, problems)
    if not 1 <= rating <= 5:
        problems.add("rating", _("Choose from one to five."))
    problems.settle()
    rated = TalkLine.objects.filter(talk=row, by="event", code="rated", at__gte=row.closed_at or row.begun_at)
    line = rated.order_by("-number").first()
    row.rating, row.rating_text, row.rated_at = rating, said, now
    row.save(update_fields=["rating", "rating_text", "rated_at"])
    if line is None:
        add_line(row, by="event", code="rated", text=str(rating), now=now)
    elif line.text != str(rating):
        line.text = str(rating)
        line.save(update_fields=["text"])
        publish(TalkChanged(talk_id=row.pk, talk=row.public_id, number=line.number, code="rated"), at=now)
    return row


@dataclass(frozen=True, slots=True)
class Who:
    """Who a visitor says he is."""

    name: str
    phone: str
    email: str


def read_who(sent: Mapping[str, str], *, is_needed: bool) -> Who:
    """Read a name and a contact, which is a phone or an e-mail. Raises Invalid at their places."""
    problems = Problems()
    name = fit("name", sent.get("name", ""), 200, problems)
    contact = fit("contact", sent.get("contact", ""), 254, problems)
    if is_needed and not name and "name" not in problems.fields:
        problems.add("name", _("Say your name."))
    if is_needed and not contact and "contact" not in problems.fields:
        problems.add("contact", _("Leave a phone or an e-mail."))
    is_mail = "@" in contact
    if contact and not is_mail and not 5 <= sum(sign.isdigit() for sign in contact) <= 15:
        problems.add("contact", _("This is neither a phone nor an e-mail."))
    if not is_mail and len(contact) > 40:
        problems.add("contact", _("This is neither a phone nor an e-mail."))
    problems.settle()
    return Who(name, "" if is_mail else contact, contact if is_mail else "")


@transaction.atomic
def leave_request(
    *, actor: Actor, written: Written, consent: bool, page: str, talk: Talk | None, now: datetime
) -> None:
    """Take what a visitor leaves when nobody is there, as a form of the site is taken; sent again, it is one.

    Raises Conflict `chat_off`, Invalid at the places of the form, TooMany.
    """
    if not get_chat().is_on:
        raise Conflict(_("The chat is switched off."), code="chat_off")
    who = read_who({"name": written.name, "contact": written.contact}, is_needed=True)
    problems = Problems()
    text = fit("text", written.text, MOST_TEXT, problems, lines=True)
    if not consent:
        problems.add("consent", _("Without your consent we may not keep your data."))
    problems.settle()
    touch = people.TouchData(
        channel="form",
        name=who.name,
        phones=(who.phone,) if who.phone else (),
        emails=(who.email,) if who.email else (),
        message=text,
        page=page[:1000],
        extra={"chat": talk.public_id} if talk is not None else {},
        consents=(people.ConsentDraft(purpose="personal_data"),),
        signs=tuple(people.signs_of(who.name, text, [who.email])),
        request_id=f"chat-{written.key}",
    )
    try:
        people.receive(actor=actor, touch=touch, now=now, address=written.address)
    except Invalid as refusal:
        fields = {"contact" if name in ("phone", "email") else name: why for name, why in refusal.fields.items()}
        raise Invalid(refusal.message, fields=fields) from refusal
    if talk is not None:
        Talk.objects.filter(pk=talk.pk, phone="", email="").update(name=who.name, phone=who.phone, email=who.email)


@transaction.atomic
def look(*, talk: Talk, seen: int, now: datetime) -> None:
    """Note that the visitor has read his talk up to a line; a late look takes nothing back."""
    if Talk.objects.filter(pk=talk.pk, seen_number__lt=seen, last_number__gte=seen).update(seen_number=seen):
        publish(TalkSeen(talk_id=talk.pk, talk=talk.public_id, number=seen), at=now)
