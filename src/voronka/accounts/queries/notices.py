"""Notices of one employee, and colleagues to be mentioned."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from voronka.accounts.models import Employee, Notice
from voronka.accounts.queries import find_actor, list_employees
from voronka.accounts.rules.mentions import mentioned
from voronka.kit.actors import Actor
from voronka.kit.notices import NoticeSeed, ToldNotice, tell_notices

PAGE = 50
OFFERED = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice with its words."""

    notice: Notice
    told: ToldNotice


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page of notices; `before` asks for the next one, None at the end."""

    rows: Sequence[Shown]
    before: int | None


def list_notices(actor: Actor, *, before: int | None = None, size: int = PAGE) -> NoticePage:
    """Return a page of the actor's notices, newest first; those about what he may not see any more read so."""
    found = Notice.objects.filter(employee_id=actor.employee_id or 0).select_related("by").order_by("-id")
    rows = list((found if before is None else found.filter(pk__lt=before))[: size + 1])
    is_more, rows = len(rows) > size, rows[:size]
    told: dict[int, ToldNotice] = {}
    for code in {row.code for row in rows}:
        own = [row for row in rows if row.code == code]
        seeds = [
            NoticeSeed(one.pk, one.subject_id, one.detail_id, one.by.name if one.by else "", one.made_at)
            for one in own
        ]
        told |= tell_notices(code, seeds, actor)
    gone = ToldNotice(_("What this was about is not open to you any more"), icon="eye-off")
    return NoticePage([Shown(row, told.get(row.pk, gone)) for row in rows], rows[-1].pk if is_more else None)


def tell_one(actor: Actor, notice_id: int) -> Shown | None:
    """Return an unread notice of the actor's with its words; None when it was read or is not open to him any more."""
    found = Notice.objects.filter(employee_id=actor.employee_id or 0, read_at=None, pk=notice_id).select_related("by")
    one = found.first()
    if one is None:
        return None
    seed = NoticeSeed(one.pk, one.subject_id, one.detail_id, one.by.name if one.by else "", one.made_at)
    told = tell_notices(one.code, [seed], actor).get(one.pk)
    return Shown(one, told) if told is not None else None


def unread_count(actor: Actor) -> int:
    """Return how many notices the actor has not read, counting no further than a hundred."""
    return Notice.objects.filter(employee_id=actor.employee_id or 0, read_at=None)[:100].count()


def notices_title(unread: int) -> str:
    """Return the name of the page of notices with what is unread."""
    return _("Notices · %(n)d") % {"n": unread} if unread else _("Notices")


def offer_colleagues(actor: Actor, typed: str) -> list[Employee]:
    """Return the colleagues one of whose names begins with what was typed, for the completion of a mention."""
    wanted = typed.casefold().replace("ё", "е").split()
    found = []
    for one in list_employees():
        words = one.name.casefold().replace("ё", "е").split()
        if one.pk != actor.employee_id and all(any(word.startswith(part) for word in words) for part in wanted):
            found.append(one)
    return found[:OFFERED]


def mentioned_colleagues(actor: Actor, text: str) -> list[Actor]:
    """Return the working colleagues whom a text mentions, as actors: with the rights by which they would see it."""
    if "@" not in text:
        return []
    names = {one.pk: one.name for one in list_employees() if one.pk != actor.employee_id}
    found = (find_actor(actor.company_id, one, origin="mention") for one in mentioned(text, names))
    return [one for one in found if one is not None]
