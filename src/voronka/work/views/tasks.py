"""Tasks for people: lists, quick adding by a typed line, the form of a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import IO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.kit import pieces, wording
from voronka.kit.actors import Actor
from voronka.kit.clocks import place
from voronka.kit.errors import Invalid
from voronka.kit.listfile import file_links
from voronka.kit.screens import actor_of, signed_in
from voronka.people import queries as people
from voronka.work import ports, queries, services
from voronka.work.permissions import MANAGE_TASK_KINDS, PLAN, SEE_TASKS, SET_TASKS
from voronka.work.queries import tasks
from voronka.work.queries.planner import cards_of
from voronka.work.rules.tasks import find_mate, read_line
from voronka.work.views.task_words import due_words, load_words, requirement_words, task_row
from voronka.work.views.typed import posted

TABS = ("focus", "mine", "set", "team")
USUAL_END = 18 * 60


@require_GET
@signed_in
def task_list(request: HttpRequest) -> HttpResponse:
    """Show what matters now, or the tasks that are mine, set by me, of the team; `state=closed` shows the done ones."""
    actor, now = actor_of(request), datetime.now(UTC)
    tab = request.GET.get("tab", "focus")
    tab = tab if tab in TABS else "focus"
    return render(request, "work/task_list.html", _list(actor, now, tab, request.GET.dict(), "", ""))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list of tasks asks for: open or closed ones, of whom, as a query too."""

    state: str
    who: int | None
    whose: str


def asked_of(values: Mapping[str, str]) -> Asked:
    """Return what an address asks for; somebody unknown is nobody in particular."""
    who = _employee_of(values["who"]) if values.get("who") else None
    whose = f"&who={values['who']}" if who is not None else ""
    return Asked("closed" if values.get("state") == "closed" else "open", who, whose)


def tab_names() -> dict[str, str]:
    """Return the names of the lists by code."""
    return {"focus": _("What matters now"), "mine": _("Mine"), "set": _("Set by me"), "team": _("The team")}


def _list(actor: Actor, now: datetime, tab: str, asked: Mapping[str, str], typed: str, why: str) -> dict[str, object]:
    seen = asked.get("after", "")
    after = int(seen) if seen.isdecimal() and len(seen) < 7 else 0
    read = asked_of(asked)
    state, who, whose = read.state, read.who, read.whose
    rows: list[dict[str, object]] = []
    more = ""
    if tab == "focus":
        rows = _focus(actor, now)
    else:
        found = tasks.list_tasks(actor, whose=tab, state=state, employee_id=who, after=after)
        rows = [task_row(one, actor, now) for one in found]
        if len(found) == tasks.PAGE:
            more = f"{reverse('work:tasks')}?tab={tab}&state={state}{whose}&after={after + tasks.PAGE}"
    names = tab_names()
    shown = [one for one in TABS if one != "team" or actor.reach(SEE_TASKS) >= 2]
    return {
        "tab": tab,
        "tabs": [pieces.Tab(names[one], f"{reverse('work:tasks')}?tab={one}", active=one == tab) for one in shown],
        "views": _views(actor),
        "state": state,
        "state_url": f"{reverse('work:tasks')}?tab={tab}&state={'open' if state == 'closed' else 'closed'}{whose}",
        "rows": rows,
        "more": more,
        "typed": typed,
        "why": why,
        "may_set": actor.may(SET_TASKS, owner_id=actor.employee_id),
        "overdue": tasks.count_overdue(actor.person_id, now=now),
        "files": file_links(actor, "work:task-export", f"tab={tab}&state={state}{whose}"),
        "kinds_url": reverse("work:kinds") if actor.may(MANAGE_TASK_KINDS) else "",
    }


def _views(actor: Actor) -> list[pieces.Tab]:
    """Return the ways between planner, tasks and reminders."""
    planner = [pieces.Tab(_("Planner"), reverse("work:planner"))] if actor.may(PLAN) else []
    return [
        *planner,
        pieces.Tab(_("Tasks"), reverse("work:tasks"), active=True),
        pieces.Tab(_("Reminders"), reverse("work:reminders")),
    ]


def _employee_of(public_id: str) -> int | None:
    return next((one.pk for one in accounts.list_employees() if one.public_id == public_id), None)


def _focus(actor: Actor, now: datetime) -> list[dict[str, object]]:
    found = tasks.list_focus(actor, now=now)
    cards = {card.task.pk: card for card in cards_of(actor, found)}
    rows: list[dict[str, object]] = []
    for task in found:
        by_hand = task.kind == "hand"
        name = cards[task.pk].name
        rows.append(
            {
                "title": task.title or name,
                "url": reverse("work:task" if by_hand else "work:task-open", args=[task.public_id]),
                "about": name if name != task.title else "",
                "who": "",
                "due": due_words(task.due_at, actor, now) if by_hand else due_words(task.ready_at, actor, now),
                "tone": "late" if task.due_at is not None and task.due_at < now else "",
                "high": task.priority < 2,
                "icon": "checklist" if by_hand else "phone-outgoing",
                "kind": "" if by_hand else _("promised") if task.band == 0 else "",
            }
        )
    return rows


@require_POST
@signed_in
def task_quick(request: HttpRequest) -> HttpResponse:
    """Set a task by a typed line: what, @who, by when."""
    actor, now = actor_of(request), datetime.now(UTC)
    text = posted(request).get("line", "")[:500]
    read = read_line(text, now=now, zone=actor.zone.key)
    try:
        employee_id = _mate(actor, read.mate)
        due_at = _end_of_day(employee_id, read.due_at, actor) if read.assumed else read.due_at
        draft = services.TaskDraft(
            read.title,
            employee_id,
            due_at,
            about=posted(request).get("about", ""),
            parent=posted(request).get("parent", ""),
        )
        task = services.set_task(actor=actor, draft=draft, now=now)
    except Invalid as wrong:
        said = next(iter(wrong.fields.values()), wrong.message)
        tab = posted(request).get("tab", "mine")
        return render(
            request,
            "work/task_list.html",
            _list(actor, now, tab if tab in TABS else "mine", {}, text, said),
            status=422,
        )
    messages.success(
        request, _("Set: %(title)s, %(due)s") % {"title": task.title, "due": due_words(task.due_at, actor, now)}
    )
    if posted(request).get("parent"):
        return redirect("work:task", posted(request)["parent"][:40])
    return redirect(f"{reverse('work:tasks')}?tab={'mine' if employee_id == actor.employee_id else 'set'}")


def _mate(actor: Actor, word: str) -> int:
    if not word:
        return actor.person_id
    names = {one.pk: one.name for one in accounts.list_employees()}
    found = find_mate(word, names)
    if found is None:
        message = _("Who is @%(word)s? Write more of the name.") % {"word": word}
        raise Invalid(message, fields={"employee": message})
    return found


def _end_of_day(employee_id: int, at: datetime | None, actor: Actor) -> datetime | None:
    """A deadline that names a day only is the end of work on it."""
    if at is None:
        return None
    day = at.astimezone(actor.zone).date()
    shift = queries.schedule_of(employee_id, actor.zone.key).shift_on(day)
    return shift.end if shift is not None else place(day, USUAL_END, actor.zone.key).at


@require_http_methods(["GET", "POST"])
@signed_in
def task_new(request: HttpRequest) -> HttpResponse:
    """Ask everything about a new task, with the loads of those who may do it."""
    actor, now = actor_of(request), datetime.now(UTC)
    if request.method == "GET":
        actor.require(SET_TASKS, owner_id=actor.employee_id)
        return render(request, "work/task_new.html", _form(actor, now, request.GET.dict(), {}))
    sent = posted(request)
    try:
        draft = draft_of(sent, actor)
        task = services.set_task(actor=actor, draft=draft, now=now, files=_files(request))
    except Invalid as wrong:
        context = _form(actor, now, {**sent.dict(), "checks": sent.get("checks", "")}, wrong.fields)
        return render(request, "work/task_new.html", {**context, "why_not": wrong.message}, status=422)
    said = _("Set: %(title)s, %(due)s") % {"title": task.title, "due": due_words(task.due_at, actor, now)}
    messages.success(request, said)
    return redirect("work:task", task.public_id)


def draft_of(sent: Mapping[str, str], actor: Actor) -> services.TaskDraft:
    """Return what the form of a task holds; a deadline that is none is left out."""
    kind = sent.get("kind", "")
    asks = next((one.asks for one in tasks.list_kinds() if one.public_id == kind), [])
    return services.TaskDraft(
        title=sent.get("title", "")[:2000],
        employee_id=_employee_of(sent.get("employee", "")) or 0,
        due_at=deadline_of(sent, actor),
        why=sent.get("why", "")[:20_000],
        about=sent.get("about", ""),
        kind=kind,
        answers={label: sent.get(f"ask{number}", "")[:2000] for number, label in enumerate(asks)},
        checks=sent.get("checks", "")[:20_000].splitlines(),
        high=sent.get("high") == "1",
        parent=sent.get("parent", ""),
    )


def deadline_of(sent: Mapping[str, str], actor: Actor) -> datetime | None:
    """Return the typed day and time by the actor's clock as a moment, None for none."""
    try:
        hour, _colon, minute = (sent.get("time", "") or "18:00").partition(":")
        if not (0 <= int(hour) < 24 and 0 <= int(minute or 0) < 60):
            return None
        return place(date.fromisoformat(sent.get("day", "")), int(hour) * 60 + int(minute or 0), actor.zone.key).at
    except (ValueError, OverflowError):
        return None


def _files(request: HttpRequest) -> list[tuple[str, IO[bytes], str]]:
    return [(one.name or "", one, one.content_type or "") for one in request.FILES.getlist("file") if one.size]


def _form(actor: Actor, now: datetime, typed: Mapping[str, str], problems: Mapping[str, str]) -> dict[str, object]:
    kinds = tasks.list_kinds()
    kind = next((one for one in kinds if one.public_id == typed.get("kind", "")), None)
    about = ports.find_about(actor, typed.get("about", "")) if typed.get("about") else None
    day = _day(typed.get("day", ""))
    local = now.astimezone(actor.zone)
    chosen = typed.get("employee", "")
    loads = tasks.list_loads(actor, day=day, now=now)
    return {
        "typed": typed,
        "problems": problems,
        "kinds": [("", _("Any task")), *((one.public_id, one.name) for one in kinds)],
        "kind": kind,
        "wants": requirement_words(kind) if kind else "",
        "asks": [
            (f"ask{at}", label, typed.get(f"ask{at}", ""), problems.get(f"ask:{at}", ""))
            for at, label in enumerate(kind.asks if kind else [])
        ],
        "about": about,
        "day": typed.get("day") or (local.date() + timedelta(days=1)).isoformat(),
        "time": typed.get("time") or "18:00",
        "loads": [
            {"id": one.public_id, "name": one.name, "said": load_words(one, day, actor, now), "is_over": one.is_over}
            for one in loads
        ],
        "employee": chosen or (loads[0].public_id if loads else ""),
        "over": over_words(loads, chosen or (loads[0].public_id if loads else ""), day, actor, now),
    }


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2020 < day.year < 2100 else None


def over_words(loads: Sequence[tasks.Load], chosen: str, day: date | None, actor: Actor, now: datetime) -> str:
    """Return the warning about an overloaded executor with both numbers, empty when he is not."""
    load = next((one for one in loads if one.public_id == chosen), None)
    if load is None or load.planned is None or not load.is_over:
        return ""
    on = wording.day(day or now.astimezone(actor.zone).date(), now.astimezone(actor.zone).date(), actor.language)
    if load.is_off:
        return _("%(name)s is not at work %(day)s.") % {"name": load.name, "day": on}
    planned = ngettext("%(n)s task is planned", "%(n)s tasks are planned", load.planned) % {"n": load.planned}
    return _("%(name)s, %(day)s: %(planned)s, the day holds %(norm)s. Another day or another person?") % {
        "name": load.name,
        "day": on,
        "planned": planned,
        "norm": load.norm,
    }


@require_GET
@signed_in
def task_parts(request: HttpRequest) -> HttpResponse:
    """Return what depends on the chosen kind, day and executor while a task is being typed."""
    actor, now = actor_of(request), datetime.now(UTC)
    actor.require(SET_TASKS, owner_id=actor.employee_id)
    return render(request, "work/task_parts.html", _form(actor, now, request.GET.dict(), {}))


@require_GET
@signed_in
def client_tasks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the open tasks about a client on his card."""
    actor, now = actor_of(request), datetime.now(UTC)
    client = people.get_client(actor, public_id)
    rows = [task_row(one, actor, now) for one in tasks.about_client(actor, client.pk)]
    may_set = actor.may(SET_TASKS, owner_id=actor.employee_id)
    new_url = f"{reverse('work:task-new')}?about=client:{public_id}" if may_set else ""
    return render(request, "work/client_tasks.html", {"rows": rows, "new_url": new_url})
