"""What the editor of letters of blocks holds between two acts, and the acts: add, move, delete, take back, choose."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from voronka.kit.actors import Actor
from voronka.messaging.rules import blocks as rules
from voronka.messaging.rules.blocks import Block
from voronka.messaging.services import blocks as services
from voronka.messaging.services import pictures

MOST_PAST = 20


def kind_words() -> dict[str, str]:
    """Return the names of the kinds of blocks."""
    return {
        "heading": pgettext("block of a letter", "Heading"),
        "text": pgettext("block of a letter", "Text"),
        "picture": pgettext("block of a letter", "Picture"),
        "button": pgettext("block of a letter", "Button"),
        "columns": pgettext("block of a letter", "Two columns"),
        "divider": pgettext("block of a letter", "Line"),
        "product": pgettext("block of a letter", "Product"),
        "order": pgettext("block of a letter", "Lines of the order"),
        "accessories": pgettext("block of a letter", "What goes with the purchase"),
        "footer": pgettext("block of a letter", "Foot"),
    }


@dataclass
class Desk:
    """What the editor holds between two acts: it comes with each form and goes back with each answer."""

    name: str = ""
    subject: str = ""
    blocks: list[Block] = field(default_factory=list)
    past: list[list[Block]] = field(default_factory=list)
    chosen: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    found: list[tuple[str, str]] = field(default_factory=list)
    asked: str = ""
    said: str = ""

    def change(self, blocks: list[Block]) -> None:
        """Take changed blocks, and keep those before for the way back."""
        if blocks != self.blocks:
            self.past = [*self.past, self.blocks][-MOST_PAST:]
            self.blocks = blocks

    def block(self) -> Block | None:
        """Return the chosen block."""
        return next((one for one in self.blocks if one["id"] == self.chosen), None)


def _json(text: str) -> object:
    try:
        return cast("object", json.loads(text[:400_000]))
    except (ValueError, RecursionError):
        return []


def read_desk(request: HttpRequest) -> Desk:
    """Return what the form holds, with what was typed into the settings of the chosen block."""
    sent = request.POST
    past = _json(sent.get("past", "[]"))
    desk = Desk(
        sent.get("name", "")[:200],
        sent.get("subject", "")[:400],
        rules.clean(_json(sent.get("blocks", "[]"))),
        [rules.clean(one) for one in (past if isinstance(past, list) else [])[-MOST_PAST:]],
        sent.get("chosen", "")[:12],
    )
    block = desk.block()
    if block is not None:
        typed = {name: sent[f"f-{name}"] for name in rules.SETTINGS[block["kind"]] if f"f-{name}" in sent}
        desk.change([rules.filled(one, typed) if one is block else one for one in desk.blocks])
    return desk


Act = Callable[[HttpRequest, Actor, Desk, str], None]


def _add(_request: HttpRequest, _actor: Actor, desk: Desk, kind: str) -> None:
    if kind in rules.KINDS and len(desk.blocks) < rules.MOST:
        blocks, new = rules.added(desk.blocks, kind, desk.chosen)
        if desk.chosen and (block := desk.block()) is not None and block["kind"] == "footer":
            blocks, new = rules.added(desk.blocks, kind)
        desk.change(blocks)
        desk.chosen = new
        desk.said = _("Added: %(block)s.") % {"block": kind_words()[kind]}


def _move(by: int) -> Act:
    def move(_request: HttpRequest, _actor: Actor, desk: Desk, block_id: str) -> None:
        desk.change(rules.moved(desk.blocks, block_id, by))
        desk.said = _place(desk, block_id)

    return move


def _order(request: HttpRequest, _actor: Actor, desk: Desk, block_id: str) -> None:
    desk.change(rules.ordered(desk.blocks, request.POST.get("order", "").split(",")[: rules.MOST]))
    desk.said = _place(desk, block_id)


def _place(desk: Desk, block_id: str) -> str:
    for number, one in enumerate(desk.blocks, 1):
        if one["id"] == block_id:
            said = {"block": kind_words()[one["kind"]], "n": number, "of": len(desk.blocks)}
            return _("%(block)s: place %(n)d of %(of)d.") % said
    return ""


def _delete(_request: HttpRequest, _actor: Actor, desk: Desk, block_id: str) -> None:
    at = next((n for n, one in enumerate(desk.blocks) if one["id"] == block_id), 0)
    desk.change(rules.without(desk.blocks, block_id))
    if desk.chosen == block_id:
        desk.chosen = desk.blocks[min(at, len(desk.blocks) - 1)]["id"] if desk.blocks else ""
    desk.said = _("Deleted. It can be taken back.")


def _pick(_request: HttpRequest, _actor: Actor, desk: Desk, block_id: str) -> None:
    desk.chosen = block_id or desk.chosen


def _undo(_request: HttpRequest, _actor: Actor, desk: Desk, _what: str) -> None:
    if desk.past:
        desk.blocks, desk.past = desk.past[-1], desk.past[:-1]
        if desk.block() is None:
            desk.chosen = desk.blocks[0]["id"] if desk.blocks else ""
        desk.said = _("Taken back.")


def _upload(request: HttpRequest, actor: Actor, desk: Desk, name: str) -> None:
    sent = request.FILES.get(f"u-{name}")
    block = desk.block()
    if isinstance(sent, UploadedFile) and sent.file is not None and block is not None and name in rules.FILES:
        kept = pictures.add_picture(actor=actor, source=sent.file, name=sent.name or "", now=datetime.now(UTC))
        desk.change([rules.filled(one, {name: kept.public_id}) if one is block else one for one in desk.blocks])


def _find(request: HttpRequest, actor: Actor, desk: Desk, _what: str) -> None:
    desk.asked = request.POST.get("goods", "")[:100]
    desk.found = services.find_goods(actor, desk.asked)
    if not desk.found:
        desk.said = _("Nothing is found by this.")


def _goods(request: HttpRequest, actor: Actor, desk: Desk, public_id: str) -> None:
    names = dict(services.find_goods(actor, request.POST.get("goods", "")[:100]))
    block = desk.block()
    if block is not None and public_id in names:
        chosen = {"goods": public_id, "name": names[public_id]}
        desk.change([rules.filled(one, chosen) if one is block else one for one in desk.blocks])


# By the name that the form gives; the text behind its colon is the last argument.
ACTS: Mapping[str, Act] = {
    "add": _add, "up": _move(-1), "down": _move(1), "order": _order, "delete": _delete, "pick": _pick, "undo": _undo,
    "upload": _upload, "find": _find, "goods": _goods,
}  # fmt: skip
