"""The chat as a page of another site shows it: everything as plain values, the words in the visitor's language."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.errors import Conflict
from voronka.kit.events import publish
from voronka.kit.live import tickets
from voronka.messaging.events import TalkBegun
from voronka.messaging.models import Talk, TalkLine
from voronka.messaging.queries.chat import HoursNow, get_chat, hours_now, lines_shown, read_number, usual_seconds
from voronka.messaging.queries.consents import newest_text
from voronka.messaging.queries.talks import list_departments
from voronka.messaging.rules.chat import MOST_TEXT, pieces
from voronka.messaging.services.chat import bot, speaking
from voronka.messaging.services.chat.files import MOST_MIB
from voronka.messaging.services.chat.goods import goods_shown, text_beside
from voronka.messaging.services.chat.lines import add_line, line_of_key, lock_talk
from voronka.messaging.services.chat.moving import telegram_name
from voronka.messaging.services.chat.typing import room_of
from voronka.messaging.services.chat.visiting import talk_token
from voronka.people import services as people


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks at the chat from a page: in which language, by which clock."""

    language: str
    zone: str
    now: datetime


def opening(talk: Talk | None, who: Looker) -> dict[str, Any]:
    """Return all that the panel shows when it is opened. Raises Conflict `chat_off`."""
    settings, hours = get_chat(), hours_now(who.now)
    if not settings.is_on:
        raise Conflict(_("The chat is switched off."), code="chat_off")
    is_new = talk is None
    begins = speaking.offers(who.now) if is_new else []
    speaks = bot.is_speaking(settings, who.now)
    asks = is_new and settings.asks_first
    read = newest_text("personal_data", "any") if asks else None
    offered = list_departments(offered=True) if is_new else []
    return {
        **told(talk),
        "token": talk_token(talk) if talk is not None else "",
        "company": accounts.get_company_rules().name,
        "open": hours.is_open,
        "when": when_words(hours, who),
        "greeting": settings.greeting,
        "hello": bot.hello() if is_new and (speaks or begins) else "",
        "begins": [{"id": choice, "title": title} for choice, title in begins],
        "asks": asks,
        "consent": read.text if read is not None else "",
        "departments": [[one.public_id, one.name] for one in offered] if len(offered) > 1 else [],
        # Nobody there and nothing begun: what is left becomes a request.
        "away": is_new and not (hours.is_open or speaks or speaking.would_speak(who.now)),
        "telegram": bool(telegram_name()),
        "away_text": settings.away or _("Nobody is here now. We answer as soon as we are back."),
        "most": MOST_TEXT,
        "most_mib": MOST_MIB,
        "trap": people.HONEYPOT,
        "words": words(),
    }


def told(talk: Talk | None, *, after: int = 0) -> dict[str, Any]:
    """Return what a visitor sees of his talk beyond a line."""
    if talk is None:
        return {"lines": [], "last": 0, "unread": 0}
    rows = lines_shown(talk, after=after)
    ours = TalkLine.objects.filter(talk=talk, by__in=("operator", "bot"), number__gt=talk.seen_number)
    owner = talk.owner
    return {
        "lines": [_line(one) for one in rows],
        "last": rows[-1].number if rows else after,
        "unread": ours.count(),
        "read": read_number(talk),
        "ended": talk.state == "closed" and talk.closed_at is not None and get_chat().asks_rating,
        "rating": talk.rating or 0,
        "who": owner.first_name if owner is not None else "",
        "face": wording.initials(owner.name) if owner is not None else "",
    }


def ticket_of(talk: Talk, *, company_id: int, origin: str) -> str:
    """Return a ticket to the stream of one talk, for pages of one origin."""
    return tickets.sign(tickets.Ticket(company_id, 0, room_of(talk), origin))


def _line(line: TalkLine) -> dict[str, Any]:
    held = line.file
    bare = held is not None and held.get("name") == line.text
    return {
        "n": line.number,
        "by": line.by,
        "at": line.at.isoformat(),
        "parts": []
        if bare
        else [[one.text, one.href] if one.href else [one.text] for one in pieces(text_beside(line))],
        "name": line.author.first_name if line.author else "",
        "key": str(line.key) if line.by == "visitor" and line.key else "",
        "choices": line.choices,
        "file": held,
        **({} if line.goods is None else {"goods": goods_shown(line.goods, get_language() or "ru")}),
    }


def when_words(hours: HoursNow, who: Looker) -> str:
    """Return till when somebody answers, or from when, by the company's clock and by the visitor's."""
    if hours.until is None:
        return _quick(who) if hours.is_open else _("nobody is here now")
    clock, theirs = wording.clock(hours.until, hours.zone), ""
    ours = ZoneInfo(hours.zone)
    try:
        there = ZoneInfo(who.zone) if who.zone else ours
    except (KeyError, ValueError, OSError):  # no such zone: a browser says what it likes
        there = ours
    if hours.until.astimezone(there).utcoffset() != hours.until.astimezone(ours).utcoffset():
        theirs = _(", %(clock)s your time") % {"clock": wording.clock(hours.until, there.key)}
    if hours.is_open:
        said = _quick(who)
        till = _("we answer till %(clock)s") % {"clock": clock} + theirs
        return f"{said} · {till}" if said else till
    day = wording.day(hours.until.astimezone(ours).date(), who.now.astimezone(ours).date(), who.language)
    return _("we answer from %(clock)s, %(day)s") % {"clock": clock, "day": day} + theirs


def _quick(who: Looker) -> str:
    """Return how soon somebody answers as a rule; nothing before it was measured."""
    seconds = usual_seconds(who.now)
    if seconds is None:
        return ""
    rounded = -(-max(seconds, 10) // 10) * 10 if seconds < 60 else -(-seconds // 60) * 60  # up: no promise too short
    return _("usually answered within %(length)s") % {"length": wording.duration(rounded, who.language)}


def words() -> dict[str, str]:
    """Return the words of the panel in the language of this moment."""
    return {
        "agree": _("I agree that my data may be kept and used to answer me"),
        "agree_text": _("The text of the consent"),
        "away": _("Leave a phone or an e-mail"),
        "back": _("Back to the chat"),
        "bot": _("Bot"),
        "close": _("Close the chat"),
        "contact": _("Phone or e-mail"),
        "department": _("Whom to ask"),
        "ended": _("The talk has ended. How was it?"),
        "file": _("A file"),
        "file_more": _("A picture, a document, a sound or a film, up to %(most)s MB") % {"most": MOST_MIB},
        "left": _("Thank you: it has come. We shall answer soon."),
        "lost": _("No connection. What you write goes as soon as it is back."),
        "mark": _("Send the mark"),
        "message": _("Message"),
        "messages": _("Messages"),
        "name": _("Your name"),
        "pending": _("is being sent…"),
        "read": pgettext("of a message", "read"),
        "send": _("Send"),
        "sound": _("Sound of new messages"),
        "telegram": _("Go on in Telegram"),
        "telegram_open": _("Open Telegram"),
        "thanks": _("Thank you. Your mark: %(mark)s of 5"),
        "types": _("%(name)s is writing…"),
        "types_nobody": _("is writing…"),
        "what": _("What is it about?"),
        "word": _("A word, if you like"),
        "you": _("You"),
    }


def begun_for(visitor: str) -> Talk | None:
    """Return the talk that a scenario began for a visitor who has written nothing in it yet.

    Once he has, it opens by its own key alone: by what a visitor is known nobody reads what he wrote.
    """
    if not visitor:
        return None
    return (
        Talk.objects.filter(visitor=visitor, channel="chat", state="closed", closed_at=None).order_by("-id").first()
    )


@transaction.atomic
def say_to_visitor(*, visitor: str, text: str, key: uuid.UUID, now: datetime, language: str = "ru") -> Talk | None:
    """Say a line as the bot to a visitor of a site, in his talk or in one begun for it; said again, it is there once.

    `visitor` is as the talk has it (site.services.chatting.reference). None where a person has the talk or was called
    to it: the bot is silent then. Raises Conflict `chat_off`.
    """
    settings = get_chat()
    if not settings.is_on:
        raise Conflict(_("The chat is switched off."), code="chat_off")
    known = Talk.objects.filter(visitor=visitor, channel="chat").order_by("-id").first()
    if known is None:
        known, is_new = Talk.objects.get_or_create(
            key=key,
            defaults={
                "visitor": visitor, "state": "closed", "language": language, "last_at": now, "begun_at": now,
                "with_bot": bot.is_speaking(settings, now),
            },
        )  # fmt: skip
        if is_new:
            publish(TalkBegun(talk_id=known.pk, talk=known.public_id), at=now)
    talk = lock_talk(pk=known.pk)
    if talk is None or talk.visitor != visitor or talk.blocked_at is not None or not speaking.is_free(talk):
        return None
    if line_of_key(talk, key) is None:
        add_line(talk, by="bot", text=text[:MOST_TEXT], key=key, now=now)
    return talk


__all__ = ["Looker", "begun_for", "opening", "say_to_visitor", "ticket_of", "told", "when_words", "words"]
