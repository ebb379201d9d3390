"""The task that a bad answer makes: one a response, whoever answers for the client does it, first of all he has."""

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.care.models import Invitation, Response, SurveyVersion
from voronka.care.rules import questions as rules
from voronka.kit.actors import Actor
from voronka.kit.tenancy import current_company_id
from voronka.orders import queries as orders
from voronka.people import queries as people
from voronka.work import queries as work_asks
from voronka.work import services as work
from voronka.work.queries.tasks import get_assignment

SOON = timedelta(hours=2)
LONGEST = 4_000


def follow(response: Response, row: Invitation, version: SurveyVersion, *, now: datetime) -> None:
    """Set the task of a bad answer, or write into it what was changed since; the caller locks."""
    house = Actor.system(current_company_id(), origin="survey")
    with translation.override(accounts.get_company_rules().language):
        if response.task_id is None:
            executor = _executor(row)
            if executor is None:
                return
            title, why = _words(response, row, version, executor)
            draft = work.TaskDraft(
                title=title, employee_id=executor, due_at=now + SOON, why=why, about=_about(row), high=True
            )
            response.task = work.set_task(actor=house, draft=draft, now=now)
            response.save(update_fields=["task"])
            return
        address = work_asks.public_ids_of_tasks([response.task_id]).get(response.task_id, "")
        task = get_assignment(house, address).task
        if task.employee_id is None:
            return
        title, why = _words(response, row, version, task.employee_id)
        if task.is_open:
            work.change_task(
                actor=house, public_id=task.public_id, title=title, why=why, due_at=task.due_at,
                employee_id=task.employee_id, high=True, now=now,
            )  # fmt: skip
        else:
            work.say(actor=house, public_id=task.public_id, text=why, now=now)


def _executor(row: Invitation) -> int | None:
    """Return who is to call: the client's own, else the order's, else whoever heads, else the owner."""
    client = people.client_rows([row.client_id or 0]).get(row.client_id or 0)
    order = orders.asked_about(row.subject_id) if row.subject_kind == "order" else None
    for one in (client.responsible_id if client else None, order.responsible_id if order else None):
        if one is not None and accounts.is_working(one):
            return int(one)
    staff = accounts.list_employees()
    for role in ("head", "owner"):
        for person in staff:
            if person.role.code == role:
                return int(person.pk)
    return None


def _about(row: Invitation) -> str:
    if row.subject_kind == "order":
        order = orders.asked_about(row.subject_id)
        if order is not None:
            return f"order:{order.public_id}"
    client = people.client_rows([row.client_id or 0]).get(row.client_id or 0)
    return f"client:{client.public_id}" if client is not None else ""


def _words(response: Response, row: Invitation, version: SurveyVersion, executor: int) -> tuple[str, str]:
    """Return title and reason of the task, with all that was answered.

    What was said in the client's own words may hold what a field of his card does, a phone: who may not see every
    field is told that there are some.
    """
    reader = accounts.find_actor(current_company_id(), executor)
    hides = reader is None or people.hides_any(reader)
    order = orders.asked_about(row.subject_id) if row.subject_kind == "order" else None
    stars = {"rating": response.rating or 0}
    if order is not None:
        title = _("Order № %(number)d was rated %(rating)d of 5: call the client") % {**stars, "number": order.number}
    else:
        title = _("A client rated us %(rating)d of 5: call him") % stars
    lines = [f"{version.ask} — {response.rating} / 5"]
    asked = [one for one in rules.read(version.questions) if one.key in response.answers]
    lines += [
        f"{one.text} — {rules.words(response.answers[one.key])}" for one in asked if one.kind != "text" or not hides
    ]
    if hides and any(one.kind == "text" for one in asked):
        lines.append(_("There is more in the client's own words, for who may see all fields of his card."))
    return title, "\n".join(lines)[:LONGEST]
