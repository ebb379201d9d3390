"""A line of the bot to a visitor on his page, by a scenario of the site: the page opens its chat with it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from voronka.kit.errors import Conflict
from voronka.messaging.services import chat
from voronka.site.models import SiteChat, Visitor
from voronka.site.ports import Moment
from voronka.site.services.chatting import reference

_KEYS = uuid.UUID("6f0f4e0c-5a4b-4a53-9f1e-0d8f3a6d2c11")


@dataclass(slots=True)
class Said:
    """Whether the bot has said something to the visitor while his page was being answered."""

    anything: bool = False


_heard: ContextVar[Said | None] = ContextVar("said_to_visitor", default=None)


@contextmanager
def hearing() -> Iterator[Said]:
    """Watch, while the block runs, whether `speak` says something to the visitor of this page."""
    said = Said()
    token = _heard.set(said)
    try:
        yield said
    finally:
        _heard.reset(token)


def speak(*, moment: Moment, text: str, key: str) -> bool:
    """Say a line in the visitor's chat, once for each `key`.

    False where the site has no chat, or a person has the talk.
    """
    visitor = Visitor.objects.filter(pk=moment.visitor_id).first()
    if visitor is None or not SiteChat.objects.filter(site=moment.site_id, is_on=True).exists():
        return False
    try:
        talk = chat.say_to_visitor(
            visitor=reference(moment.site_id, visitor.key.hex), text=text,
            key=uuid.uuid5(_KEYS, f"{visitor.pk}:{key}"), now=moment.now,
        )  # fmt: skip
    except Conflict:  # it is off
        return False
    said = _heard.get()
    if talk is not None and said is not None:
        said.anything = True
    return talk is not None
