"""A scenario tried out by whoever draws it: he talks with the draft, and nothing of it lasts.

The talk so far is in a signed text that the page sends back; what steps write meanwhile is taken back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.flows.permissions import SEE
from voronka.flows.ports import Conversation
from voronka.flows.rules.maps import Map
from voronka.flows.services import offering
from voronka.flows.services.acting import machine
from voronka.flows.services.scenes.engine import LIMIT, State, Walker
from voronka.kit.actors import Actor

_SALT = "voronka.flows.try"
MOST_LINES = 200


@dataclass(slots=True)
class Tried:
    """A talk with a draft: who said what, the buttons that stand at the end, where it is."""

    sign: str  # of the map that is tried: another one begins anew
    state: State = field(default_factory=State)
    lines: list[tuple[str, str]] = field(default_factory=list)
    buttons: Sequence[str] = ()
    over: str = ""
    away: bool = False
    begun: bool = False

    def kept(self) -> str:
        """Return it signed, for the page to keep."""
        held = {
            "sign": self.sign, "node": self.state.node, "state": self.state.to_json(), "lines": self.lines,
            "buttons": list(self.buttons), "over": self.over, "away": self.away,
        }  # fmt: skip
        return signing.dumps(held, salt=_SALT, compress=True)


def read_tried(kept: str, sign: str) -> Tried:
    """Return what a page has kept; what was not signed here, or is of another map, is a try that has not begun."""
    try:
        held = signing.loads(kept, salt=_SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return Tried(sign)
    if held.get("sign") != sign:
        return Tried(sign)
    return Tried(
        sign, State.of(held["state"], held["node"]), [(by, text) for by, text in held["lines"]][-MOST_LINES:],
        tuple(held["buttons"]), held["over"], held["away"], begun=True,
    )  # fmt: skip


class TriedConversation(Conversation):
    """A talk that nobody has: what is said is shown."""

    key, talk_id, client_id, channel, dry = "try", 0, None, "chat", True

    def __init__(self, language: str, *, away: bool) -> None:
        super().__init__()
        self.language, self._away = language, away

    def write(self, *, is_over: bool) -> None:
        """Keep nothing."""

    def set_field(self, field: str, value: str) -> bool:
        """Set nothing; it is taken for done."""
        return True

    def facts(self) -> Mapping[str, Any]:
        """Return the company's name and a visitor without one."""
        talks = offering.find_talks()
        return talks.tried_facts() if talks else {}

    def is_open(self) -> bool:
        """Tell what whoever tries has chosen."""
        return not self._away


def try_scene(*, actor: Actor, held: Map, name: str, tried: Tried, text: str, now: datetime) -> Tried:
    """Begin a try, or say something in it. Nothing lasts. Raises Denied."""
    actor.require(SEE)
    if tried.begun and (tried.over or not text.strip()):
        return tried
    conversation = TriedConversation(actor.language, away=tried.away)
    with transaction.atomic():
        with machine() as acting, translation.override(actor.language):
            walker = Walker(held, tried.state, conversation, actor=acting, now=now, name=name)
            turn = walker.hear(text) if tried.begun else walker.begin()
        transaction.set_rollback(True)
    lines = [*tried.lines, *([("visitor", text.strip()[:500])] if tried.begun else [])]
    lines += [("bot", said) for said, _titles in conversation.said]
    if conversation.handed is not None:
        said, _department, summary = conversation.handed
        lines += [("bot", said or _("I have called a person: the answer comes here.")), ("note", summary)]
    over = {
        "end": _("The scenario has ended."),
        "person": _("A person has the talk from here on."),
        LIMIT: _("The scenario went on and on: look at its map."),
    }.get(turn.over, _("The scenario broke: mend the marked places.") if turn.over else "")
    buttons = conversation.said[-1][1] if conversation.said and not turn.over else ()
    return Tried(tried.sign, walker.state, lines[-MOST_LINES:], buttons, over, tried.away, begun=True)
