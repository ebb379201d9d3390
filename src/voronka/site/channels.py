"""The company's chat as pages of its sites reach it: calls of the panel, and what its launcher is told.

Who holds the key of a talk (messaging's `talk_token`) reads that talk and no other; the key comes in the call, never
in an address. What stands before the chat is that of its own page: the same counters, checks and words.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.messaging.ports import GoodsSource, offer_goods
from voronka.messaging.queries.chat import get_chat
from voronka.messaging.services import chat
from voronka.people import services as people
from voronka.site.ports import Bytes, OpenCall, register_call, register_module
from voronka.site.queries.chatting import get_site_chat
from voronka.site.rules.origins import page_at
from voronka.site.services import goods
from voronka.site.services.chatting import reference

LANGUAGES = ("ru", "en")


def tell(site_id: int, _now: datetime) -> Mapping[str, Any] | None:
    """Tell the launcher how it looks; None where the chat is not on this site."""
    row = get_site_chat(site_id)
    if not row.is_on or not get_chat().is_on:
        return None
    said: dict[str, Any] = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = {
                "open": _("Open the chat"), "new": _("new messages"), "failed": _("The chat does not load."),
                "lost": _("No connection. What you write goes as soon as it is back."),
            }  # fmt: skip
    return {"asked": True, "colour": row.colour, "side": row.side, "greeting": row.greeting, "words": said}


def _count(asked: OpenCall, what: str) -> None:
    chat.count_try(what, company_id=asked.company_id, address=asked.address, now=asked.now)


def _talk(asked: OpenCall) -> Any:  # a talk, which only messaging knows
    """Return the talk of a call's key; None where it brings none. Raises NotFound for one that opens nothing."""
    key = asked.text("key", 100)
    if not key:
        return None
    found = chat.find_talk(key)
    if found is None:
        raise NotFound(_("This talk is no more: load the page again."), code="talk_gone")
    return found


def _own(asked: OpenCall) -> Any:  # as above
    talk = _talk(asked)
    if talk is None:
        raise NotFound(_("This talk is no more: load the page again."), code="talk_gone")
    return talk


def _after(asked: OpenCall, name: str = "after") -> int:
    return min(max(asked.number(name) or 0, 0), 2_000_000_000)


def _written(asked: OpenCall) -> chat.Written:
    try:
        key = uuid.UUID(asked.text("id", 40))
    except ValueError:
        message = _("This message has no number.")
        raise Invalid(message, fields={"text": message}) from None
    return chat.Written(
        key=key,
        text=asked.text("text", 8_000),
        choice=asked.text("choice", 20),
        department=asked.text("department", 20),
        consent=asked.about.get("consent") is True,
        name=asked.text("name", 400),
        contact=asked.text("contact", 400),
        language=asked.language,
        address=asked.address,
        visitor=reference(asked.site_id, asked.visitor),
    )


def open_chat(asked: OpenCall) -> Mapping[str, Any]:
    """Give all that the panel shows, and the key of a talk that a scenario has begun for this visitor."""
    _count(asked, "look")
    talk = _talk(asked) or chat.begun_for(reference(asked.site_id, asked.visitor))
    who = chat.Looker(asked.language, asked.zone, asked.now)
    said = chat.opening(talk, who)
    greeting = get_site_chat(asked.site_id).greeting
    return {**said, "greeting": greeting or said["greeting"]}


def lines(asked: OpenCall) -> Mapping[str, Any]:
    """Give what is beyond a line, note how far was read, and give a ticket to the stream where one is wanted."""
    _count(asked, "look")
    talk = _own(asked)
    chat.look(talk=talk, seen=_after(asked, "seen"), now=asked.now)
    talk.refresh_from_db()
    said = chat.told(talk, after=_after(asked))
    if asked.about.get("ticket") is True:
        said["ticket"] = chat.ticket_of(talk, company_id=asked.company_id, origin=asked.origin)
    return said


def write(asked: OpenCall) -> Mapping[str, Any]:
    """Add what the visitor wrote; sent again, it is there once."""
    _count(asked, "write")
    talk = chat.write(talk=_talk(asked), written=_written(asked), now=asked.now)
    return {**chat.told(talk, after=_after(asked)), "token": chat.talk_token(talk)}


def bring(asked: OpenCall) -> Mapping[str, Any]:
    """Add a file of the visitor: what it is tells its content, never its name."""
    _count(asked, "write")
    _count(asked, "file")
    if asked.file is None:
        raise NotFound(_("There is no such file."))
    name = asked.text("name_of_file", 200)
    talk = chat.bring(talk=_talk(asked), written=_written(asked), source=asked.file, name=name, now=asked.now)
    return {**chat.told(talk, after=_after(asked)), "token": chat.talk_token(talk)}


def fetch(asked: OpenCall) -> Bytes:
    """Give a file of the visitor's own talk."""
    _count(asked, "look")
    _kept, source, _is_picture = chat.open_file(_own(asked), asked.text("file", 40))
    with source:
        return Bytes(source.read())


def typing(asked: OpenCall) -> Mapping[str, Any]:
    """Tell the operators that the visitor writes."""
    _count(asked, "look")
    chat.types(_own(asked))
    return {}


def move(asked: OpenCall) -> Mapping[str, Any]:
    """Give the address by which the visitor goes on with his talk in Telegram, once."""
    _count(asked, "write")
    return {"url": chat.offer_move(talk=_own(asked), now=asked.now)}


def rate(asked: OpenCall) -> Mapping[str, Any]:
    """Keep what the visitor thinks of his talk that has ended."""
    _count(asked, "write")
    talk = chat.rate(talk=_own(asked), rating=_after(asked, "rating"), text=asked.text("text", 2_000), now=asked.now)
    return chat.told(talk, after=_after(asked))


def leave(asked: OpenCall) -> Mapping[str, Any]:
    """Take what is left when nobody is there; sent again, it is one."""
    _count(asked, "write")
    if asked.text(people.HONEYPOT, 10):  # only a machine fills in what nobody sees; it is told nothing
        return {}
    written = _written(asked)
    chat.leave_request(
        actor=Actor.system(asked.company_id, origin="chat"), written=written, talk=_talk(asked),
        consent=written.consent, now=asked.now, page=page_at(asked.origin, asked.text("page", 900)),
    )  # fmt: skip
    return {}


offer_goods(GoodsSource(goods.may_show, goods.find_goods, goods.get_goods))
register_module("chat", tell)
register_call("chat.open", open_chat)
register_call("chat.lines", lines)
register_call("chat.write", write)
register_call("chat.typing", typing)
register_call("chat.move", move)
register_call("chat.rate", rate)
register_call("chat.leave", leave)
register_call("chat.fetch", fetch, is_heavy=True)
register_call("chat.file", bring, most_bytes=chat.MOST_MIB * 1024 * 1024)
