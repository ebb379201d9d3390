"""Lines of a talk as colleagues read them on their desk."""

from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.messaging.models import Talk, TalkLine
from voronka.messaging.queries import channels
from voronka.messaging.services.chat import goods_shown, text_beside
from voronka.messaging.services.chat.bot import ASKED
from voronka.messaging.services.chat.moving import CODE as CROSSED
from voronka.messaging.views.chat import linked
from voronka.people import queries as people


def desk_rows(actor: Actor, talk: Talk, lines: list[TalkLine]) -> list[dict[str, Any]]:
    """Return lines as colleagues read them; those of other channels with what became of them at the border."""
    fates = channels.fates(talk, [one.number for one in lines])
    return [
        {
            "fate": fates.get(one.number),
            "edits": (found.outside.edits or 0) if (found := fates.get(one.number)) is not None else 0,
            "line": one,
            "text": linked(text_beside(one)),
            "goods": goods_shown(one.goods, actor.language) if one.goods else None,
            "clock": wording.clock(one.at, actor.zone.key),
            "name": one.author.name if one.author else "",
            "is_read": one.by in ("operator", "bot") and one.number <= talk.seen_number,
            "said": _event(one, actor) if one.by == "event" else "",
            "other": one.text if one.code == CROSSED else "",
            "is_unsure": bool(one.choices) and not str(one.choices[0]["id"]).startswith(ASKED),
            "size": _size(one),
            "is_bare": _is_bare(one, fates.get(one.number)),
        }
        for one in lines
    ]


def _is_bare(line: TalkLine, fate: channels.Fate | None) -> bool:
    """Tell whether a line is a file only, without a word to it."""
    name = line.file["name"] if line.file else fate.files[0]["name"] if fate is not None and fate.files else None
    return bool(name == line.text)


def _size(line: TalkLine) -> str:
    """Return how big the file of a line is."""
    return filesizeformat(line.file["size"]) if line.file else ""


def _event(line: TalkLine, actor: Actor) -> str:
    """Say what happened to a talk."""
    who, text = line.author.name if line.author else "", line.text
    if line.code == "snoozed":
        text = wording.moment(datetime.fromisoformat(text), actor.zone.key, line.at, actor.language)
    if line.code == "bound":
        text = people.name_shown(actor, text)
    words = {
        "taken": _("%(who)s has taken the talk"),
        "passed": _("%(who)s has handed the talk over to %(text)s"),
        "snoozed": _("%(who)s has put the talk off: %(text)s"),
        "closed": _("%(who)s has closed the talk"),
        "reopened": _("%(who)s has opened the talk again") if who else _("The visitor has opened the talk again"),
        "called": _("The bot has called a person"),
        "given": _("It was the turn of %(text)s"),
        "moved": _("%(who)s has handed the talk over to the department “%(text)s”"),
        "tagged": _("%(who)s has put on the tag “%(text)s”"),
        "untagged": _("%(who)s has taken off the tag “%(text)s”"),
        "rated": _("The visitor has rated the talk: %(text)s of 5"),
        "late": _("The time to answer is over"),
        "crossed": _("The visitor goes on in Telegram with what was begun in the chat of the site."),
        "bound": _("%(who)s: this is %(text)s") if who else _("This is %(text)s"),
        "blocked": _("%(who)s has blocked the visitor"),
        "freed": _("%(who)s has let the visitor write again"),
        "undone": _("%(who)s has taken back the macro “%(text)s”"),
    }
    return words.get(line.code, "") % {"who": who, "text": text}
