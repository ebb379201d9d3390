"""Addresses of the planner, of tasks, reminders and hours."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from isolation_table import EVERYBODY, SECRET, Row, World

from voronka.deals.models import Pipeline
from voronka.deals.services.shipped import ship
from voronka.deals.testing import make_client, make_deal
from voronka.kit.models import StoredFile
from voronka.kit.tenancy import company_context
from voronka.work import services
from voronka.work.models import CheckItem, Task

SETS_UP = "owner head"
PLANS = "owner head manager marketer storekeeper cashier accountant"
GIVES = "owner head"
# The keys are those of the example of RFC 8291.
DEVICE = {
    "endpoint": "https://push.example.net/1",
    "point": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "secret": "BTBZMqHH6r4Tts7J_aSIgg",
}


def build(world: World) -> None:
    """Make a manager's step of tomorrow, a leave of his, and another manager's task that may be taken."""
    now = datetime.now(UTC)
    manager = world.people["manager"]
    if not Pipeline.objects.exists():
        ship(actor=world.owner, now=now)
    with company_context(world.company_id, employee_id=manager.employee_id):
        client = make_client(f"{SECRET} planned", zone="Europe/Moscow", call_opens_minute=0, call_closes_minute=1440)
        deal = make_deal(manager, client=client, now=now, responsible_id=manager.employee_id)
        Task.objects.filter(pk=deal.open_task_id).update(band=2, ready_at=now + timedelta(minutes=2))
    leave = services.add_leave(
        actor=world.owner,
        employee_id=manager.person_id,
        kind="vacation",
        starts_on=date(2027, 7, 1),
        ends_on=date(2027, 7, 14),
    )
    draft = services.TaskDraft(
        f"{SECRET} task",
        manager.person_id,
        now + timedelta(days=2),
        "why",
        f"client:{client.public_id}",
        checks=["a"],
    )
    with company_context(world.company_id, employee_id=manager.employee_id):
        hand = services.set_task(actor=manager, draft=draft, now=now, files=[("x.txt", BytesIO(b"x"), "text/plain")])
        done = services.set_task(actor=manager, draft=replace(draft, checks=[]), now=now)
        services.finish_task(actor=manager, public_id=done.public_id, result="", now=now)
        reminder = services.remind_me(actor=manager, text=SECRET, at=now, now=now)
        given = services.Given(**{**DEVICE, "agent": SECRET})
        device = services.add_device(actor=manager, given=given, sign_in="x", now=now)
    kind = services.add_kind(actor=world.owner, name=SECRET, requires=["why"], asks=[])
    world.kept |= {
        "hand": hand.public_id,
        "done": done.public_id,
        "hand_client": client.public_id,
        "check": CheckItem.objects.values_list("public_id", flat=True).get(task=hand),
        "task_file": StoredFile.objects.values_list("public_id", flat=True).get(
            subject_kind="task", subject_id=hand.pk
        ),
        "reminder": reminder.public_id,
        "device": device.public_id,
        "kind": kind.public_id,
        "task": Task.objects.values_list("public_id", flat=True).get(pk=deal.open_task_id),
        "leave": leave.public_id,
        "mate": _public(manager.person_id),
    }


def _public(employee_id: int) -> str:
    from voronka.accounts.models import Employee

    return Employee.objects.values_list("public_id", flat=True).get(pk=employee_id)


def _of(key: str):
    return lambda world: {"public_id": world.kept[key]}


def _at(world: World) -> dict[str, str]:
    return {"at": (datetime.now(UTC) + timedelta(hours=5)).isoformat()}


def _undo(world: World) -> dict[str, str]:
    return {"undo": "x"}


def _file(world: World) -> dict[str, str]:
    return {"public_id": world.kept["hand"], "file_id": world.kept["task_file"]}


def _new(world: World) -> dict[str, str]:
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    return {"title": "Новая задача", "day": day, "time": "12:00", "employee": world.kept["mate"]}


def _changed(world: World) -> dict[str, str]:
    return {**_new(world), "title": "Иначе"}


# Set by the manager for himself: he, and those who rule over his tasks.
TAKES_PART = "owner head manager"

ROWS = [
    Row("work:tasks", roles=EVERYBODY),
    Row(
        "work:task-export",
        roles="owner head marketer",
        args=lambda w: {"code": "csv"},
        data=lambda w: {"tab": "team"},
    ),
    Row("work:task-export", roles="owner head marketer", args=lambda w: {"code": "csv"}),
    Row("work:task-quick", "POST", roles=PLANS, answer=(302,), data=lambda w: {"line": "Позвонить завтра в 15"}),
    Row("work:task-new", roles=PLANS),
    Row("work:task-new", "POST", roles=PLANS, answer=(302,), data=_new),
    Row("work:task-parts", roles=PLANS),
    Row("work:client-tasks", roles=EVERYBODY, args=lambda w: {"public_id": w.kept["hand_client"]}),
    Row("work:task", roles=TAKES_PART, args=_of("hand"), by_record=True),
    Row("work:task-change", roles=TAKES_PART, args=_of("hand"), by_record=True),
    Row("work:task-change", "POST", roles=TAKES_PART, answer=(302,), args=_of("hand"), data=_changed, by_record=True),
    Row(
        "work:task-tick",
        "POST",
        roles=TAKES_PART,
        answer=(302,),
        args=_of("hand"),
        data=lambda w: {"item": w.kept["check"], "done": "1"},
        by_record=True,
    ),
    Row(
        "work:task-say",
        "POST",
        roles=TAKES_PART,
        answer=(302,),
        args=_of("hand"),
        data=lambda w: {"text": "?"},
        by_record=True,
    ),
    Row(
        "work:task-attach",
        "POST",
        roles=TAKES_PART,
        answer=(302,),
        args=_of("hand"),
        data=lambda w: {"drop": w.kept["task_file"]},
        by_record=True,
    ),
    Row("work:task-file", roles=TAKES_PART, args=_file, by_record=True),
    Row(
        "work:task-end",
        "POST",
        roles=TAKES_PART,
        answer=(302,),
        args=_of("hand"),
        data=lambda w: {"how": "done"},
        by_record=True,
    ),
    Row("work:reminders", roles=EVERYBODY),
    Row("work:reminders", "POST", roles=EVERYBODY, answer=(302,), data=lambda w: {"line": "Почта завтра в 10"}),
    Row("work:reminders-due", roles=EVERYBODY),
    Row("work:reminders-settle", "POST", roles=EVERYBODY, answer=(302,)),
    Row("work:habit", "POST", roles=EVERYBODY, answer=(302,), data=lambda w: {"lead_minutes": "15"}),
    Row("work:device-add", "POST", roles=EVERYBODY, answer=(204,), data=lambda w: DEVICE),
    Row("work:devices-try", "POST", roles=EVERYBODY, answer=(302,)),
    Row("work:device-drop", "POST", roles="manager", answer=(302,), args=_of("device"), by_record=True),
    Row("work:reminder-settle", "POST", roles="manager", answer=(302,), args=_of("reminder"), by_record=True),
    Row(
        "work:reminder-snooze",
        "POST",
        roles="manager",
        answer=(302,),
        args=_of("reminder"),
        data=lambda w: {"for": "1h"},
        by_record=True,
    ),
    Row("work:kinds", roles=SETS_UP),
    Row("work:kinds", "POST", roles=SETS_UP, answer=(302,), data=lambda w: {"name": "Ещё вид"}),
    Row("work:kind", roles=SETS_UP, args=_of("kind")),
    Row(
        "work:kind",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        args=_of("kind"),
        data=lambda w: {"name": "Вид", "active": "1"},
    ),
    Row("work:overdue", "POST", roles=SETS_UP, answer=(302,), data=lambda w: {"hours": "48"}),
    Row("work:planner", roles=PLANS),
    Row("work:task-move", roles="owner head manager", args=_of("task"), by_record=True),
    Row(
        "work:task-move",
        "POST",
        roles="owner head manager",
        answer=(302,),
        args=_of("task"),
        data=_at,
        by_record=True,
    ),
    Row("work:task-open", roles="owner head manager", answer=(302,), args=_of("task"), by_record=True),
    Row("work:move-undo", "POST", roles=EVERYBODY, answer=(409,), data=_undo),
    Row("work:planner-take", roles="owner head", args=_of("mate")),
    Row(
        "work:planner-take",
        "POST",
        roles="owner head",
        answer=(302,),
        args=_of("mate"),
        data=lambda w: {"task": w.kept["task"]},
    ),
    Row("work:hours", roles=SETS_UP),
    Row(
        "work:hours",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        data=lambda w: {"works0": "1", "from0": "9:00", "to0": "18:00"},
    ),
    Row("work:hours-of", roles=SETS_UP, args=_of("mate")),
    Row("work:hours-of", "POST", roles=SETS_UP, answer=(302,), args=_of("mate"), data=lambda w: {"own": ""}),
    Row("work:hours-day", "POST", roles=SETS_UP, answer=(302,), data=lambda w: {"on": "2027-08-02", "works": "0"}),
    Row(
        "work:leave-add",
        "POST",
        roles=SETS_UP,
        answer=(302,),
        data=lambda w: {"whose": w.kept["mate"], "kind": "sick", "starts_on": "2027-08-02", "ends_on": "2027-08-03"},
    ),
    Row("work:leave-drop", "POST", roles=SETS_UP, answer=(302,), args=_of("leave")),
    Row("work:holidays-load", "POST", roles=SETS_UP, answer=(302,), data=lambda w: {"year": "2027"}),
]
