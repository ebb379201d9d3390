"""The page of a task for people, and everything done on it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Conflict, Invalid
from voronka.kit.files import file_response
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.kit.subjects import subject_kind
from voronka.work import ports, services
from voronka.work.models import Assignment
from voronka.work.queries import tasks
from voronka.work.views.task_words import due_words, load_words, task_row
from voronka.work.views.tasks import deadline_of, over_words
from voronka.work.views.typed import posted


@require_GET
@signed_in
def task(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a task: what, why, who, by when, its list, subtasks, files, discussion, result."""
    return render(request, "work/task.html", _page(actor_of(request), public_id))


def _page(actor: Actor, public_id: str, problems: dict[str, str] | None = None, typed: str = "") -> dict[str, object]:
    now = datetime.now(UTC)
    found = tasks.get_assignment(actor, public_id)
    page = tasks.get_page(found)
    item = found.task
    done = sum(line.done_at is not None for line in page.checks)
    return {
        "task": item,
        "found": found,
        "is_mine": item.employee_id == actor.employee_id,
        "may_work": services.may_change(actor, found),
        "may_change": services.may_change(actor, found, as_author=True),
        "executor": item.employee.name if item.employee else "",
        "author": found.author.name if found.author else _("the system"),
        "due": due_words(item.due_at, actor, now),
        "is_late": item.is_open and item.due_at is not None and item.due_at < now,
        "closed": wording.moment(item.closed_at, actor.zone.key, now, actor.language) if item.closed_at else "",
        "about": _about(actor, found),
        "answers": [(label, text) for label, text in found.answers.items() if text],
        "checks": page.checks,
        "checks_done": done,
        "subtasks": [task_row(one, actor, now) for one in page.subtasks],
        "files": page.files,
        "remarks": [
            {
                "who": one.author.name if one.author else "",
                "at": wording.moment(one.at, actor.zone.key, now, actor.language),
                "text": one.text,
            }
            for one in page.remarks
        ],
        "wants_result": found.kind is not None and "result" in found.kind.requires,
        "problems": problems or {},
        "typed": typed,
    }


def _about(actor: Actor, found: Assignment) -> dict[str, str] | None:
    item = found.task
    if item.subject_kind == "task":
        return None
    about = ports.view_about(actor, item.subject_kind, [item.subject_id]).get(item.subject_id)
    if about is None:
        return {"name": _("a record out of your reach"), "url": ""}
    return {"name": about.name, "url": subject_kind(item.subject_kind).page(item.subject_id)}


def _again(request: HttpRequest, public_id: str, wrong: Invalid, typed: str) -> HttpResponse:
    context = _page(actor_of(request), public_id, dict(wrong.fields), typed)
    return render(request, "work/task.html", context, status=422)


@require_http_methods(["GET", "POST"])
@signed_in
def task_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change what a task asks for, by when and of whom."""
    actor, now = actor_of(request), datetime.now(UTC)
    found = tasks.get_assignment(actor, public_id)
    item = found.task
    if request.method == "GET":
        local = (item.due_at or now).astimezone(actor.zone)
        typed = {
            "title": item.title,
            "why": found.why,
            "day": local.date().isoformat(),
            "time": f"{local:%H:%M}",
            "employee": item.employee.public_id if item.employee else "",
            "high": "1" if item.priority < 2 else "",
        }
        return _change_page(request, actor, found, typed, {}, now)
    sent = posted(request)
    chosen = next((one.pk for one in accounts.list_employees() if one.public_id == sent.get("employee")), 0)
    try:
        services.change_task(
            actor=actor,
            public_id=public_id,
            title=sent.get("title", "")[:2000],
            why=sent.get("why", "")[:20_000],
            due_at=deadline_of(sent, actor),
            employee_id=chosen,
            high=sent.get("high") == "1",
            now=now,
        )
    except Invalid as wrong:
        return _change_page(request, actor, found, sent.dict(), dict(wrong.fields), now)
    messages.success(request, _("Saved"))
    return redirect("work:task", public_id)


def _change_page(
    request: HttpRequest,
    actor: Actor,
    found: Assignment,
    typed: dict[str, str],
    problems: dict[str, str],
    now: datetime,
) -> HttpResponse:
    due = deadline_of(typed, actor)
    day = due.astimezone(actor.zone).date() if due else None
    loads = tasks.list_loads(actor, day=day, now=now)
    context = {
        "task": found.task,
        "typed": typed,
        "problems": problems,
        "loads": [
            {"id": one.public_id, "name": one.name, "said": load_words(one, day, actor, now), "is_over": one.is_over}
            for one in loads
        ],
        "over": over_words(loads, typed.get("employee", ""), day, actor, now),
        "action": reverse("work:task-change", args=[found.task.public_id]),
        "back": reverse("work:task", args=[found.task.public_id]),
    }
    return render(request, "work/task_change.html", context, status=422 if problems else 200)


@require_POST
@signed_in
def task_tick(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tick or untick a line (`item`), or add one (`text`)."""
    actor = actor_of(request)
    try:
        if "item" in posted(request):
            services.tick(
                actor=actor,
                public_id=public_id,
                item=posted(request)["item"],
                done=posted(request).get("done") == "1",
                now=datetime.now(UTC),
            )
        else:
            services.add_check(actor=actor, public_id=public_id, text=posted(request).get("text", "")[:1000])
    except Invalid as wrong:
        return _again(request, public_id, wrong, "")
    if wants_fragment(request):
        return render(request, "work/task_checks.html", _page(actor, public_id))
    return redirect("work:task", public_id)


@require_POST
@signed_in
def task_say(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write in the discussion."""
    text = posted(request).get("text", "")[:20_000]
    try:
        services.say(actor=actor_of(request), public_id=public_id, text=text, now=datetime.now(UTC))
    except Invalid as wrong:
        return _again(request, public_id, Invalid(wrong.message, fields={"remark": wrong.message}), text)
    return redirect(reverse("work:task", args=[public_id]) + "#v-remarks")


@require_POST
@signed_in
def task_attach(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep files with a task, or (`drop`) remove one."""
    actor = actor_of(request)
    if posted(request).get("drop"):
        services.detach(actor=actor, public_id=public_id, file_id=posted(request)["drop"][:40])
        return redirect("work:task", public_id)
    try:
        sent = request.FILES.getlist("file")
        if not sent:
            message = _("Choose a file.")
            raise Invalid(message, fields={"file": message})
        for one in sent:
            services.attach(
                actor=actor,
                public_id=public_id,
                source=one,
                name=one.name or "",
                content_type=one.content_type or "",
                now=datetime.now(UTC),
            )
    except Invalid as wrong:
        return _again(request, public_id, wrong, "")
    return redirect("work:task", public_id)


@require_GET
@signed_in
def task_file(request: HttpRequest, public_id: str, file_id: str) -> HttpResponse:
    """Hand a file of a task over."""
    file = tasks.get_task_file(actor_of(request), public_id, file_id)
    return file_response(file)  # type: ignore[return-value]  # a streamed answer is one too


@require_POST
@signed_in
def task_end(request: HttpRequest, public_id: str) -> HttpResponse:
    """End a task: `how` is done, withdraw or again."""
    actor, now, how = actor_of(request), datetime.now(UTC), posted(request).get("how", "done")
    result = posted(request).get("result", "")[:20_000]
    try:
        if how == "withdraw":
            services.withdraw_task(actor=actor, public_id=public_id, now=now)
            messages.success(request, _("The task is withdrawn."))
        elif how == "again":
            services.take_up_again(actor=actor, public_id=public_id, now=now)
            messages.success(request, _("The task is open again."))
        elif how == "done":
            services.finish_task(actor=actor, public_id=public_id, result=result, now=now)
            messages.success(request, _("Done. Its author is told."))
        else:
            raise Conflict(_("The page is broken: reload it and press again."))
    except Invalid as wrong:
        return _again(request, public_id, wrong, result)
    return redirect("work:task", public_id)
