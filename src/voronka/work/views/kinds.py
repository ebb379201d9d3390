"""Settings of tasks for people: kinds and what they need, when overdue tasks are told to the head."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in
from voronka.work import services
from voronka.work.permissions import MANAGE_TASK_KINDS
from voronka.work.queries import tasks
from voronka.work.queries.reminders import overdue_hours
from voronka.work.views.task_words import requirement_names, requirement_words
from voronka.work.views.typed import posted


def _context(typed: Mapping[str, object] | None = None, problems: dict[str, str] | None = None) -> dict[str, object]:
    kinds = tasks.list_kinds(active=False)
    return {
        "kinds": [(one, requirement_words(one)) for one in kinds],
        "requirements": list(requirement_names().items()),
        "hours": overdue_hours(),
        "typed": typed or {"name": "", "asks": "", "requires": []},
        "problems": problems or {},
    }


@require_http_methods(["GET", "POST"])
@signed_in
def kinds(request: HttpRequest) -> HttpResponse:
    """Show the kinds of tasks, and add one."""
    actor = actor_of(request)
    actor.require(MANAGE_TASK_KINDS)
    if request.method == "GET":
        return render(request, "work/kinds.html", _context())
    sent = posted(request)
    try:
        services.add_kind(
            actor=actor,
            name=sent.get("name", "")[:500],
            requires=sent.getlist("requires")[:10],
            asks=sent.get("asks", "")[:5000].splitlines(),
        )
    except Invalid as wrong:
        typed = {"name": sent.get("name", ""), "asks": sent.get("asks", ""), "requires": sent.getlist("requires")}
        return render(request, "work/kinds.html", _context(typed, dict(wrong.fields)), status=422)
    messages.success(request, _("Saved"))
    return redirect("work:kinds")


@require_http_methods(["GET", "POST"])
@signed_in
def kind(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show and change one kind."""
    actor = actor_of(request)
    actor.require(MANAGE_TASK_KINDS)
    found = tasks.get_kind(public_id)
    typed = {"name": found.name, "asks": "\n".join(found.asks), "requires": found.requires, "active": found.is_active}
    problems: dict[str, str] = {}
    if request.method == "POST":
        sent = posted(request)
        typed = {
            "name": sent.get("name", "")[:500],
            "asks": sent.get("asks", "")[:5000],
            "requires": sent.getlist("requires")[:10],
            "active": sent.get("active") == "1",
        }
        try:
            services.change_kind(
                actor=actor,
                public_id=public_id,
                name=str(typed["name"]),
                requires=sent.getlist("requires")[:10],
                asks=str(typed["asks"]).splitlines(),
                is_active=bool(typed["active"]),
            )
        except Invalid as wrong:
            problems = dict(wrong.fields)
        else:
            messages.success(request, _("Saved"))
            return redirect("work:kinds")
    context = {"kind": found, "typed": typed, "problems": problems, "requirements": list(requirement_names().items())}
    return render(request, "work/kind.html", context, status=422 if problems else 200)


@require_POST
@signed_in
def overdue(request: HttpRequest) -> HttpResponse:
    """Set after how many hours of being overdue the head hears of a task."""
    text = posted(request).get("hours", "")
    hours = int(text) if text.isdecimal() and len(text) < 6 else 0
    services.set_overdue_hours(actor=actor_of(request), hours=hours)
    messages.success(request, _("Saved"))
    return redirect("work:kinds")
