"""Everything open of one employee given to others, seen before it is done, and given back."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.deals.models import HandOver
from voronka.deals.permissions import ASSIGN
from voronka.deals.services import handovers
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, Refusal
from voronka.kit.screens import actor_of, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def hand_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what would pass to whom (`way`, `to` of the address), take the order, list what was done before."""
    actor, now = actor_of(request), datetime.now(UTC)
    actor.require(ASSIGN)
    employee = accounts.get_employee(public_id)
    sent = request.POST if request.method == "POST" else request.GET
    way, to = sent.get("way", "rules"), sent.get("to", "")
    mates = [one for one in accounts.list_employees() if one.pk != employee.pk and one.joined_at is not None]
    to_id = next((one.pk for one in mates if one.public_id == to), None)
    problem = ""
    if request.method == "POST":
        try:
            done = handovers.hand_over_all(
                actor=actor, employee_id=employee.pk, way=way, to_employee_id=to_id, now=now
            )
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            problem = refusal.message
        else:
            messages.success(
                request, _("Handed over: %(what)s.") % {"what": moved_words(len(done.moved), len(done.tasks))}
            )
            return redirect("deals:hand-over", public_id)
    context = {
        "employee": employee,
        "way": way if way in handovers.WAYS else "rules",
        "ways": [
            ("rules", _("by the rules of each pipeline")),
            ("pool", _("into the common pools")),
            ("person", _("to a colleague")),
        ],
        "to": to,
        "mates": [("", "—"), *((one.public_id, f"{one.name}, {one.role.name}") for one in mates)],
        "problem": problem,
        "past": [_past(one, actor, now) for one in handovers.list_hand_overs(actor, employee.pk)],
        **_plan(actor, employee.pk, way, to_id, now),
    }
    return render(request, "deals/hand_over.html", context, status=422 if problem else 200)


def _plan(actor: Actor, employee_id: int, way: str, to_id: int | None, now: datetime) -> dict[str, object]:
    try:
        plan = handovers.plan(actor=actor, employee_id=employee_id, way=way, to_employee_id=to_id, now=now)
    except Invalid:
        return {"plan": None}
    names = {one.pk: one.name for one in accounts.list_employees(active=False)}
    rows = [
        (names.get(to or 0, "") or _("common pool"), count)
        for to, count in sorted(plan.to.items(), key=lambda one: (-one[1], one[0] or 0))
    ]
    return {"plan": plan, "rows": rows, "most": handovers.MOST}


def _past(row: HandOver, actor: Actor, now: datetime) -> dict[str, object]:
    return {
        "at": wording.moment(row.made_at, actor.zone.key, now, actor.language),
        "what": moved_words(len(row.moved), len(row.tasks)),
        "to": row.to_employee.name
        if row.to_employee is not None
        else {"pool": _("into the common pools")}.get(row.way, _("by the rules of each pipeline")),
        "who": row.author.name if row.author is not None else _("by itself, after the dismissal"),
        "undo_url": "" if row.undone_at is not None else reverse("deals:hand-over-undo", args=[row.public_id]),
    }


def moved_words(deals: int, tasks: int) -> str:
    """Say how many deals and tasks."""
    parts = [ngettext("%(n)s deal", "%(n)s deals", deals) % {"n": deals}]
    if tasks:
        parts.append(ngettext("%(n)s task", "%(n)s tasks", tasks) % {"n": tasks})
    return ", ".join(parts)


@require_POST
@signed_in
def hand_over_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give back what was handed over and still stands as it was given."""
    actor = actor_of(request)
    employee = handovers.employee_of(actor, public_id)
    try:
        deals, tasks = handovers.undo_hand_over(actor=actor, public_id=public_id, now=datetime.now(UTC))
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Given back: %(what)s.") % {"what": moved_words(deals, tasks)})
    return redirect("deals:hand-over", employee)


@require_http_methods(["GET"])
@signed_in
def hand_over_panel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show on an employee's page how many deals he has, with the way to hand them over."""
    actor = actor_of(request)
    actor.require(ASSIGN)
    employee = accounts.get_employee(public_id)
    plan = handovers.plan(
        actor=actor, employee_id=employee.pk, way="pool", to_employee_id=None, now=datetime.now(UTC)
    )
    return render(request, "deals/hand_over_panel.html", {"employee": employee, "count": plan.deals})
