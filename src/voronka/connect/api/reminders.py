"""Operations on what the key's maker is told: reminders, notices, and how he likes to be reminded."""

from typing import Literal

from django.db.models import F
from django.utils.translation import gettext_lazy
from ninja import Router

from voronka.accounts import services as accounts
from voronka.accounts.queries.notices import list_notices as read_notices
from voronka.accounts.queries.notices import unread_count
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.paging import bad_cursor, before_of, cursor_of, place_of
from voronka.connect.queries.walking import BadPlace, read_page_by
from voronka.connect.rules import scopes
from voronka.connect.schemas import reminders as docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.work import services
from voronka.work.queries import reminders as queries

router = Router(tags=["reminders"])
notices = Router(tags=["reminders"])


@operation(
    router,
    "GET",
    "",
    scope=scopes.REMINDERS_READ,
    answer=docs.ReminderList,
    summary=gettext_lazy("List one's reminders: those that are due, or those ahead"),
)
def list_reminders(
    request: ApiRequest, state: Literal["due", "ahead"] = "due", limit: Limit = 50, cursor: Cursor = ""
) -> docs.ReminderList:
    """Return a page of reminders, the oldest first; what was settled or has become void is not among them."""
    actor, now, key = request.auth.actor, request.auth.now, {"reminders": state}
    rows = queries.due_of(actor, now=now) if state == "due" else queries.ahead_of(actor, now=now)
    try:
        page, after = read_page_by(rows, F("due_at"), place_of(cursor, key), limit, down=False)
    except BadPlace as error:
        raise bad_cursor() from error
    items = [docs.reminder_out(one, now) for one in queries.tell(actor, page)]
    return docs.ReminderList(items=items, next=cursor_of(after, key))


@operation(
    router,
    "POST",
    "",
    scope=scopes.REMINDERS_WRITE,
    answer=docs.Reminder,
    status=201,
    summary=gettext_lazy("Ask to be reminded of something"),
)
def add_reminder(request: ApiRequest, sent: docs.NewReminder) -> docs.Reminder:
    """Ask for a reminder of one's own."""
    actor, now = request.auth.actor, request.auth.now
    made = services.remind_me(actor=actor, text=sent.text, at=sent.at, now=now)
    return docs.reminder_out(queries.tell(actor, [made])[0], now)


@operation(
    router,
    "POST",
    "/settle",
    scope=scopes.REMINDERS_WRITE,
    answer=docs.Settled,
    summary=gettext_lazy("Settle everything that is due"),
)
def settle_reminders(request: ApiRequest) -> docs.Settled:
    """Note that everything due has been seen."""
    return docs.Settled(count=services.settle_all(actor=request.auth.actor, now=request.auth.now))


@operation(
    router,
    "GET",
    "/habits",
    scope=scopes.REMINDERS_READ,
    answer=docs.Habits,
    summary=gettext_lazy("Show how one likes to be reminded"),
)
def get_habits(request: ApiRequest) -> docs.Habits:
    """Return the habits; the usual ones of who has said nothing."""
    return docs.habits_out(queries.habit_of(request.auth.actor.person_id))


@operation(
    router,
    "PATCH",
    "/habits",
    scope=scopes.REMINDERS_WRITE,
    answer=docs.Habits,
    summary=gettext_lazy("Say how one likes to be reminded: sound, the letter of the day, how long before"),
)
def change_habits(request: ApiRequest, sent: docs.HabitChanges) -> docs.Habits:
    """Change what is sent of the habits."""
    actor = request.auth.actor
    held = queries.habit_of(actor.person_id)
    services.set_habit(
        actor=actor,
        sound=held.sound if sent.sound is None else sent.sound,
        letter=held.letter if sent.letter is None else sent.letter,
        push_always=held.push_always if sent.push_always is None else sent.push_always,
        lead_minutes=held.lead_minutes if sent.lead_minutes is None else sent.lead_minutes,
    )
    return docs.habits_out(queries.habit_of(actor.person_id))


@operation(
    router,
    "POST",
    "/{reminder}/settle",
    scope=scopes.REMINDERS_WRITE,
    status=204,
    summary=gettext_lazy("Settle a reminder"),
)
def settle_reminder(request: ApiRequest, reminder: IdInPath) -> Reply:
    """Note that a reminder was dealt with; one settled before stays so."""
    services.settle_reminder(actor=request.auth.actor, public_id=reminder, now=request.auth.now)
    return Reply(None)


@operation(
    router,
    "POST",
    "/{reminder}/snooze",
    scope=scopes.REMINDERS_WRITE,
    answer=docs.Snoozed,
    summary=gettext_lazy("Put a reminder off"),
)
def snooze_reminder(request: ApiRequest, reminder: IdInPath, sent: docs.Snooze) -> docs.Snoozed:
    """Put a reminder off by ten minutes, an hour, or until the next working morning."""
    until = services.snooze_reminder(actor=request.auth.actor, public_id=reminder, word=sent.by, now=request.auth.now)
    return docs.Snoozed(until=until)


@operation(
    notices,
    "GET",
    "",
    scope=scopes.REMINDERS_READ,
    answer=docs.NoticeList,
    summary=gettext_lazy("List one's notices: mentions, finished changes"),
)
def list_notices(request: ApiRequest, limit: Limit = 50, cursor: Cursor = "") -> docs.NoticeList:
    """Return a page of notices, newest first; one about what is no longer open to the reader says just that."""
    actor, key = request.auth.actor, {"notices": ""}
    page = read_notices(actor, before=before_of(cursor, key), size=limit)
    return docs.NoticeList(
        items=[docs.notice_out(one) for one in page.rows],
        next=cursor_of(str(page.before or ""), key),
        unread=unread_count(actor),
    )


@operation(
    notices,
    "POST",
    "/read",
    scope=scopes.REMINDERS_WRITE,
    answer=docs.ReadDone,
    summary=gettext_lazy("Mark notices as read, or all of them"),
)
def mark_read(request: ApiRequest, sent: docs.ReadGiven) -> docs.ReadDone:
    """Mark one's notices as read; those of others are left alone."""
    count = accounts.read_notices(actor=request.auth.actor, public_ids=sent.notices, now=request.auth.now)
    return docs.ReadDone(count=count)
