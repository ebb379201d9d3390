"""How reminders read: what happened, when, and where to go."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.screens import place
from voronka.work.queries.reminders import Told


def row(told: Told, actor: Actor, now: datetime) -> dict[str, object]:
    """Return a reminder as people read it: what, when, and where to go."""
    reminder, card = told.reminder, told.card
    task = reminder.task
    name = card.name if card else ""
    title = task.title if task is not None else ""
    url = ""
    if task is not None:
        url = reverse("work:task" if task.kind == "hand" else "work:task-open", args=[task.public_id])
    elif reminder.kind == "answer":
        url = place("deals:inbox")
    what, more, icon = _words(told, name, title, actor, now)
    if reminder.kind == "late" and reminder.mate is not None:
        url = f"{reverse('work:tasks')}?tab=team&who={reminder.mate.public_id}"
    return {
        "id": reminder.public_id,
        "what": what,
        "more": more,
        "icon": icon,
        "url": url,
        "at": wording.moment(reminder.due_at, actor.zone.key, now, actor.language),
        "is_missed": (now - reminder.due_at).total_seconds() > 3600,
        "snoozed": reminder.snoozed,
        "settle_url": reverse("work:reminder-settle", args=[reminder.public_id]),
        "snooze_url": reverse("work:reminder-snooze", args=[reminder.public_id]),
    }


def _words(told: Told, name: str, title: str, actor: Actor, now: datetime) -> tuple[str, str, str]:
    reminder, card = told.reminder, told.card
    at = ""
    if reminder.moment is not None:
        zone = card.zone if card and card.zone and reminder.kind == "promise" else actor.zone.key
        at = wording.two_clocks(reminder.moment, zone, actor.zone.key, now, actor.language)
        if zone == actor.zone.key:
            at = wording.moment(reminder.moment, actor.zone.key, now, actor.language)
    match reminder.kind:
        case "promise":
            return (
                _("%(name)s: you promised to call") % {"name": name},
                f"{title} · {at}" if title else at,
                "phone-outgoing",
            )
        case "deadline":
            return _("Deadline: %(title)s") % {"title": title}, at, "hourglass"
        case "assigned":
            due = reminder.task.due_at if reminder.task else None
            when = wording.moment(due, actor.zone.key, now, actor.language) if due else ""
            return _("A task for you: %(title)s") % {"title": title}, when, "checklist"
        case "remark":
            return _("Discussion: %(title)s") % {"title": title}, reminder.text, "message"
        case "result":
            return _("Done: %(title)s") % {"title": title}, reminder.text, "check"
        case "late":
            mate = reminder.mate.name if reminder.mate else ""
            count = int(reminder.text) if reminder.text.isdecimal() else 0
            more = ngettext("%(n)s task is overdue for too long", "%(n)s tasks are overdue for too long", count)
            return mate, more % {"n": count}, "flame"
        case "answer":
            minutes = int(reminder.text) if reminder.text.isdecimal() else 0
            waited = wording.duration(minutes * 60, actor.language)
            if reminder.task is None:
                return _("A request waits to be sorted"), _("%(waited)s already") % {"waited": waited}, "inbox"
            what = _("%(name)s waits for an answer") % {"name": name or _("A new client")}
            return what, _("%(waited)s already, nobody has called") % {"waited": waited}, "bolt"
    return reminder.text, "", "bell"
