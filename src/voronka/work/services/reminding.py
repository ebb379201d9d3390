"""Verbs of reminders: settle, put off, ask for one; the sweep that makes and announces them; the letter of the day."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.mail import send_mail
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.events import publish
from voronka.kit.ids import new_public_id
from voronka.kit.jobs import defer
from voronka.kit.tenancy import company_context, current_company_id
from voronka.work import queries
from voronka.work.events import ReminderDue, ReminderSettled
from voronka.work.models import Digest, Habit, OverdueRule, Reminder, Task
from voronka.work.permissions import MANAGE_TASK_KINDS, SEE_TASKS
from voronka.work.queries.reminders import get_reminder, habit_of, overdue_hours, standing
from voronka.work.rules.bands import Band
from voronka.work.rules.reminders import LEADS, is_morning, snoozed_until
from voronka.work.services.notices import notify
from voronka.work.services.planning import FURTHEST

BATCH = 500
HAND = "hand"
LONGEST = 200
DEADLINE_LEAD = timedelta(hours=1)
SHORTEST_HOURS, LONGEST_HOURS = 1, 720


@transaction.atomic
def settle_reminder(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Note that the actor has dealt with a reminder. Repeated, it is harmless."""
    row = _locked(actor, public_id)
    if row.done_at is None:
        row.done_at = now
        row.save(update_fields=["done_at"])
        publish(ReminderSettled(reminder_id=row.pk, employee_id=actor.person_id, due_at=""))


@transaction.atomic
def snooze_reminder(*, actor: Actor, public_id: str, word: str, now: datetime) -> datetime:
    """Put a reminder off by a `word`: 10m, 1h or morning (of the next working day); return when it comes again.

    Raises NotFound for one of somebody else, Invalid for another word.
    """
    row = _locked(actor, public_id)
    try:
        until = snoozed_until(word, now, queries.schedule_of(actor.employee_id, actor.zone.key))
    except ValueError as error:
        message = _("Put off for how long?")
        raise Invalid(message, fields={"for": message}) from error
    row.due_at, row.announced_at, row.done_at, row.snoozed = until, None, None, min(row.snoozed + 1, 30_000)
    row.save(update_fields=["due_at", "announced_at", "done_at", "snoozed"])
    publish(ReminderSettled(reminder_id=row.pk, employee_id=actor.person_id, due_at=until.isoformat()))
    return until


def _locked(actor: Actor, public_id: str) -> Reminder:
    found = get_reminder(actor, public_id)
    return Reminder.objects.select_for_update().get(pk=found.pk)


@transaction.atomic
def settle_all(*, actor: Actor, now: datetime) -> int:
    """Note that the actor has seen everything that is due; return how many that were."""
    return standing(actor.person_id).filter(due_at__lte=now).update(done_at=now)


@transaction.atomic
def remind_me(*, actor: Actor, text: str, at: datetime, now: datetime) -> Reminder:
    """Ask to be reminded of something at a moment. Raises Invalid."""
    tidy = " ".join(text.split())
    problems: dict[str, str] = {}
    if not tidy or len(tidy) > LONGEST:
        problems["text"] = _("Write up to %(limit)s signs.") % {"limit": LONGEST}
    if at < now:
        problems["at"] = _("That time has passed.")
    elif at > now + FURTHEST:
        problems["at"] = _("That is more than a year ahead.")
    if problems:
        raise Invalid(next(iter(problems.values())), fields=problems)
    return Reminder.objects.create(
        employee_id=actor.person_id,
        kind=Reminder.Kind.OWN,
        key=f"own:{new_public_id()}",
        text=tidy,
        due_at=at,
        made_at=now,
    )


@transaction.atomic
def set_habit(*, actor: Actor, sound: bool, letter: bool, lead_minutes: int, push_always: bool = False) -> None:
    """Set how the actor likes to be reminded; `lead_minutes` before a call, one of LEADS. Raises Invalid."""
    if lead_minutes not in LEADS:
        message = _("This choice is no longer in the list.")
        raise Invalid(message, fields={"lead_minutes": message})
    Habit.objects.update_or_create(
        employee_id=actor.person_id,
        defaults={"sound": sound, "letter": letter, "lead_minutes": lead_minutes, "push_always": push_always},
    )


def remember_site(*, actor: Actor, site: str) -> None:
    """Keep the address by which the actor reaches the product, for links in his letters; written when it differs."""
    if habit_of(actor.person_id).site != site:
        Habit.objects.update_or_create(employee_id=actor.person_id, defaults={"site": site[:200]})


@transaction.atomic
def set_overdue_hours(*, actor: Actor, hours: int) -> None:
    """Set after how many hours of being overdue a task is told to the head. Raises Denied, Invalid."""
    actor.require(MANAGE_TASK_KINDS)
    if not SHORTEST_HOURS <= hours <= LONGEST_HOURS:
        message = _("From %(from)s to %(to)s hours.") % {"from": SHORTEST_HOURS, "to": LONGEST_HOURS}
        raise Invalid(message, fields={"hours": message})
    rule = OverdueRule.objects.select_for_update().first()
    if rule is None:
        OverdueRule.objects.create(hours=hours)
    elif rule.hours != hours:
        rule.hours = hours
        rule.save(update_fields=["hours"])


# -- the sweep ----------------------------------------------------------------------------------------------------


def companies_to_remind(now: datetime) -> list[int]:
    """Return the companies in which somebody may have to be told something now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM work_companies_to_remind(%s) AS company", [now])
        return [row[0] for row in cursor.fetchall()]


def all_companies() -> list[int]:
    """Return the ids of all companies, for the letters of the day."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT company FROM work_companies() AS company")
        return [row[0] for row in cursor.fetchall()]


def remind_company(company_id: int, *, now: datetime) -> int:
    """Make what has come near into reminders, announce what is due; return how many were announced.

    Safe with any number of workers: a reminder is made once by its key and announced under the lock of its row.
    """
    with company_context(company_id, origin="reminders"), transaction.atomic():
        _make_near(now)
        return _announce_due(now)


def _make_near(now: datetime) -> None:
    """Turn promised calls and deadlines that are near into reminders of their employees."""
    leads = dict(Habit.objects.values_list("employee_id", "lead_minutes"))
    near = Task.objects.filter(
        is_open=True,
        employee__is_active=True,
        due_at__lte=now + timedelta(hours=2),
        due_at__gt=now - timedelta(days=2),
    )
    # What has been told is left out here: else a heap of overdue tasks would keep the next ones from being seen.
    told = Reminder.objects.filter(task_id=OuterRef("pk"), employee_id=OuterRef("employee_id"))
    calls = Q(band=Band.PROMISED) & ~Q(kind=HAND) & ~Exists(told.filter(moment=OuterRef("ready_at")))
    deadlines = Q(kind=HAND) & ~Exists(told.filter(moment=OuterRef("due_at")))
    rows = []
    for task in near.filter(calls | deadlines).order_by("due_at")[: BATCH * 4]:
        if task.kind == HAND:
            kind, moment, lead = Reminder.Kind.DEADLINE, task.due_at, DEADLINE_LEAD
        else:
            kind, moment = Reminder.Kind.PROMISE, task.ready_at
            lead = timedelta(minutes=leads.get(task.employee_id or 0, 10))
        if moment is None or moment - lead > now:
            continue
        key = f"{kind}:{task.pk}:{moment.astimezone(UTC):%Y%m%d%H%M%S}"
        rows.append(
            Reminder(employee_id=task.employee_id or 0, kind=kind, key=key, task=task, moment=moment,
                     due_at=moment - lead, made_at=now)
        )  # fmt: skip
    if rows:
        known = set(Reminder.objects.filter(key__in=[row.key for row in rows]).values_list("employee_id", "key"))
        fresh = [row for row in rows if (row.employee_id, row.key) not in known]
        Reminder.objects.bulk_create(fresh, ignore_conflicts=True)


def _announce_due(now: datetime) -> int:
    due = Reminder.objects.select_for_update(skip_locked=True).filter(
        done_at=None, announced_at=None, due_at__lte=now
    )
    rows = list(due.order_by("due_at", "id")[:BATCH])
    Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(announced_at=now)
    publish(*(ReminderDue(reminder_id=row.pk, employee_id=row.employee_id) for row in rows))
    return len(rows)


def tell_heads(company_id: int, *, now: datetime) -> int:
    """Tell the heads once a day of each colleague whose tasks are overdue longer than the company allows."""
    with company_context(company_id, origin="overdue"), transaction.atomic():
        return _tell_heads(now)


def _tell_heads(now: datetime) -> int:
    limit = now - timedelta(hours=overdue_hours())
    late: dict[int, int] = {
        row["employee_id"]: row["n"]
        for row in Task.objects.filter(is_open=True, employee__isnull=False, due_at__lt=limit)
        .values("employee_id")
        .annotate(n=Count("id"))
    }
    if not late:
        return 0
    heads = _heads()
    told = 0
    for one in accounts.list_employees(active=False):
        if one.pk not in late:
            continue
        for head in heads:
            if head.employee_id == one.pk or not head.may(SEE_TASKS, owner_id=one.pk, team_id=one.team_id):
                continue
            day = now.astimezone(head.zone).date()
            told += notify(
                Reminder.Kind.LATE, [head.person_id], key=f"late:{one.pk}:{day}", mate_id=one.pk,
                text=str(late[one.pk]), now=now,
            )  # fmt: skip
    return told


def _heads() -> list[Actor]:
    """Return the heads who rule over colleagues' tasks; the owner where there is none."""
    people = accounts.list_employees()
    chosen = [one for one in people if one.role.code == "head"] or [one for one in people if one.role.code == "owner"]
    found = (accounts.find_actor(current_company_id(), one.pk) for one in chosen)
    return [actor for actor in found if actor is not None]


# -- the letter of the day ----------------------------------------------------------------------------------------


def order_letters(company_id: int, *, now: datetime) -> int:
    """Order the letters of those whose local morning it is, once a local day each; return how many were ordered.

    The row of the day is written in the same transaction as the job: two workers, a repeated hour of the clock or a
    restart order one letter.
    """
    ordered = 0
    with company_context(company_id, origin="digest"), transaction.atomic():
        people = [one for one in accounts.list_employees() if one.joined_at is not None]
        silent = set(Habit.objects.filter(letter=False).values_list("employee_id", flat=True))
        schedules = queries.schedules_of([(one.pk, one.zone) for one in people])
        for one in people:
            if one.pk in silent or not is_morning(now, schedules[one.pk]):
                continue
            day = now.astimezone(ZoneInfo(one.zone)).date()
            row, made = Digest.objects.get_or_create(employee_id=one.pk, on=day, defaults={"made_at": now})
            if made:
                defer("work.digest_letter", company_id=company_id, employee_id=one.pk, digest_id=row.pk)
                ordered += 1
    return ordered


def send_digest(*, employee_id: int, digest_id: int, now: datetime) -> bool:
    """Send one letter of the day; False when there is nothing to tell. Runs inside the company."""
    with transaction.atomic():
        employee = next((one for one in accounts.list_employees() if one.pk == employee_id), None)
        actor = accounts.find_actor(current_company_id(), employee_id) if employee is not None else None
        if employee is None or actor is None:
            return False
        context = _digest(actor, now)
        Digest.objects.filter(pk=digest_id).update(overdue=context["overdue"])
    if not (context["overdue"] or context["missed"] or context["team"]):
        return False
    with translation.override(employee.user.language):
        text = render_to_string("work/letters/digest.txt", {**context, "name": employee.first_name})
    subject, _line, body = text.strip().partition("\n")
    send_mail(subject.strip(), body.strip() + "\n", None, [employee.user.email])
    return True


def _digest(actor: Actor, now: datetime) -> dict[str, object]:
    mine = Task.objects.filter(employee_id=actor.person_id, is_open=True)
    late = mine.filter(due_at__lt=now)
    day_end = now + timedelta(hours=16)
    return {
        "overdue": late.count(),
        "late": [_line_of(one, actor) for one in late.order_by("due_at")[:10]],
        "missed": standing(actor.person_id).filter(due_at__lt=now - timedelta(hours=1)).count(),
        "today": mine.filter(band=Band.PROMISED, ready_at__gte=now, ready_at__lt=day_end).count(),
        "team": list(_team_late(actor, now)),
        "site": habit_of(actor.person_id).site,
    }


def _line_of(task: Task, actor: Actor) -> dict[str, str]:
    at = (task.due_at or task.ready_at).astimezone(actor.zone)
    card = queries.cards_of(actor, [task])[0]
    name = card.name if card.name != task.title else ""
    return {"at": f"{at:%d.%m %H:%M}", "what": task.title, "who": name}


def _team_late(actor: Actor, now: datetime) -> Iterable[tuple[str, int]]:
    """Yield the colleagues under a head with how many of their tasks are overdue, the most first."""
    if actor.reach(SEE_TASKS) < 2:
        return
    rows = Task.objects.filter(is_open=True, employee__isnull=False, due_at__lt=now).exclude(
        employee_id=actor.person_id
    )
    counts = {row["employee_id"]: row["n"] for row in rows.values("employee_id").annotate(n=Count("id"))}
    for one in sorted(accounts.list_employees(), key=lambda one: -counts.get(one.pk, 0)):
        if counts.get(one.pk) and actor.may(SEE_TASKS, owner_id=one.pk, team_id=one.team_id):
            yield one.name, counts[one.pk]
