"""The planner: days and weeks by the viewer's hours, moved by hand, finger or keys."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from voronka.accounts import queries as accounts
from voronka.kit import pieces, wording
from voronka.kit.actors import Actor, Reach
from voronka.kit.clocks import place
from voronka.kit.errors import Invalid
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.kit.subjects import subject_kind
from voronka.work import queries, services
from voronka.work.models import Task
from voronka.work.permissions import MANAGE_HOURS, PLAN, SEE_LOAD
from voronka.work.queries import planner as plans
from voronka.work.rules.planner import week_of
from voronka.work.views import planner_words as words
from voronka.work.views.planner_words import Reading
from voronka.work.views.typed import posted

LOOSE_IN_SIGHT, LOOSE_MOST = 6, 200
FURTHEST_DAYS = 800


@require_GET
@signed_in
def planner(request: HttpRequest) -> HttpResponse:
    """Show a week, or a day by `view=day`; `on` is any of its days, `who` a colleague whom the reader may plan."""
    return render(request, "work/planner.html", _context(request, request.GET.dict()))


def _context(request: HttpRequest, asked: dict[str, str]) -> dict[str, object]:
    """Return everything the planner shows for the asked view, day and person."""
    actor, now = actor_of(request), datetime.now(UTC)
    actor.require(PLAN)
    whose = plans.get_whose(actor, asked.get("who", ""))
    look = Reading(actor, whose, now)
    view = "day" if asked.get("view") == "day" else "week"
    on = _day(asked.get("on", ""), look.today)
    days = [on] if view == "day" else week_of(on)
    rules = accounts.get_company_rules()
    all_cards, each = view == "day", None if view == "day" else words.CARDS_IN_SIGHT
    plan = plans.get_plan(actor, whose, days, now=now, all_cards=all_cards, each=each, rules=rules)
    named = {one.on: one.name for one in queries.list_named_days(whose.employee_id, days)}
    leaves = queries.list_leaves([whose.employee_id], since=look.today)
    named |= {
        day: words.leave_name(one.kind) for one in leaves for day in days if one.starts_on <= day <= one.ends_on
    }
    wanted = {"view": view, "on": on.isoformat(), **({"who": whose.public_id} if not look.is_mine else {})}
    all_loose = asked.get("loose") == "all"
    loose = plans.list_loose(actor, whose, now=now, most=LOOSE_MOST if all_loose else LOOSE_IN_SIGHT, rules=rules)
    return {
        "title": words.title(days, look),
        "sums": words.sums(plan.days, look),
        "whose": whose,
        "is_mine": look.is_mine,
        "is_week": view == "week",
        "wanted": wanted,
        "links": _links(view, on, look),
        "tabs": [
            pieces.Tab(_("Day"), _address(look, "day", on), active=view == "day"),
            pieces.Tab(_("Week"), _address(look, "week", on), active=view == "week"),
            pieces.Tab(_("Tasks"), reverse("work:tasks")),
        ],
        "days": [words.day_piece(day, look, _address(look, "day", day.day), named) for day in plan.days],
        "rows": _rows(plan, look, wide=view == "day"),
        "loose": words.loose_pieces(loose, look),
        "loose_total": loose.total,
        "loose_more": loose.total - len(loose.cards),
        "loose_url": f"{_address(look, view, on)}&loose=all",
        "facts": words.week_facts(plan.schedule, leaves, look),
        "hours_url": reverse("work:hours") if actor.may(MANAGE_HOURS) else "",
        "zone": whose.zone,
        "now": now,
        **_team(actor, look),
    }


def _team(actor: Actor, look: Reading) -> dict[str, object]:
    if not look.is_mine or actor.reach(SEE_LOAD) <= Reach.OWN:  # a team of one is no team
        return {"team": []}
    mates = plans.list_team_day(actor, now=look.now)
    shown = next((words.hours_in_sight(mate) for mate in mates if mate.hours), None)
    facts = ""
    if shown is not None:
        facts = _("%(from)s\u2013%(to)s by hours") % {"from": shown[0].hour, "to": shown[-1].hour + 1}
    return {
        "team": [words.mate_piece(mate, look) for mate in mates] if len(mates) > 1 else [],
        "team_facts": facts,
        "advice": words.advice(mates, look),
    }


def _rows(plan: plans.Plan, look: Reading, *, wide: bool) -> list[dict[str, object]]:
    count = len(plan.days[0].hours)
    rows = []
    for number in range(count):
        cells = []
        for at, day in enumerate(plan.days):
            place_class = " ".join(
                name
                for name, on in (("is-left", at > 3 and not wide), ("is-up", number > count - 4 and count > 4))
                if on
            )
            url = _address(look, "day", day.day)
            hour = day.hours[number]
            cells.append(words.cell_piece(hour, day, plan, look, place=place_class, url=url, wide=wide))
        rows.append({"hour": plan.days[0].hours[number].hour, "cells": cells})
    return rows


def _day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) <= FURTHEST_DAYS else today


@cache
def _path() -> str:
    """Return the path of the planner: a week has hundreds of addresses of it."""
    return reverse("work:planner")


def _address(look: Reading, view: str, on: date) -> str:
    who = "" if look.is_mine else f"&who={look.whose.public_id}"
    return f"{_path()}?view={view}&on={on.isoformat()}{who}"


def _links(view: str, on: date, look: Reading) -> dict[str, str]:
    step = timedelta(days=1 if view == "day" else 7)
    return {
        "before": _address(look, view, on - step),
        "today": _address(look, view, look.today),
        "after": _address(look, view, on + step),
        "before_label": _("Day before") if view == "day" else _("Week before"),
        "after_label": _("Next day") if view == "day" else _("Next week"),
    }


@require_http_methods(["GET", "POST"])
@signed_in
def task_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Move a task to `at` (ISO), or to `day` and `time` by the viewer's clock; its own page asks for these."""
    actor, now = actor_of(request), datetime.now(UTC)
    if request.method == "GET":
        return _time_page(request, public_id, {}, "")
    try:
        at = _moment(request, actor)
        moved = services.reschedule_task(
            actor=actor, public_id=public_id, at=at, now=now, agreed=posted(request).get("agreed") == "1"
        )
    except services.QuietHours as quiet:
        return _ask_consent(request, quiet, actor, now)
    except Invalid as wrong:
        if wants_fragment(request):
            raise
        return _time_page(request, public_id, posted(request).dict(), wrong.message)
    toast = _moved_toast(moved, actor, now)
    if not wants_fragment(request):
        messages.success(request, f"{toast['what']}. {toast['more']}")
        return redirect(_back(request))
    return render(request, "work/planner_moved.html", {**_context(request, posted(request).dict()), "toast": toast})


def _moment(request: HttpRequest, actor: Actor) -> datetime:
    """Return the moment that was sent. Raises Invalid for what is none."""
    text, day, time = (posted(request).get(name, "") for name in ("at", "day", "time"))
    try:
        if text:
            at = datetime.fromisoformat(text)
            if at.tzinfo is None:
                raise ValueError("a moment without its zone")
            return at.astimezone(UTC)
        hour, _colon, minute = time.partition(":")
        if not (0 <= int(hour) < 24 and 0 <= int(minute or 0) < 60):
            raise ValueError("no such time")
        return place(date.fromisoformat(day), int(hour) * 60 + int(minute or 0), actor.zone.key).at
    except (ValueError, OverflowError) as error:
        message = _("This is not a day and a time.")
        raise Invalid(message, fields={"time": message}) from error


def _time_page(request: HttpRequest, public_id: str, typed: dict[str, str], why: str) -> HttpResponse:
    actor, now = actor_of(request), datetime.now(UTC)
    card = plans.get_card(actor, public_id)
    local = max(card.task.ready_at, now).astimezone(actor.zone)
    context = {
        "card": card,
        "day": typed.get("day") or local.date().isoformat(),
        "time": typed.get("time") or f"{local:%H:%M}",
        "why": why,
        "place": wording.place_of(actor.zone.key, actor.language),
        "action": reverse("work:task-move", args=[public_id]),
        "back": reverse("work:planner"),
    }
    return render(request, "work/task_time.html", context, status=422 if why else 200)


def _ask_consent(request: HttpRequest, quiet: services.QuietHours, actor: Actor, now: datetime) -> HttpResponse:
    """Say that the client is not called then, with the next good moment and the client's own wish as ways out."""
    card = plans.get_card(actor, quiet.task.public_id)
    asked = {name: value for name, value in posted(request).items() if name in ("view", "on", "who", "loose")}
    context = {
        "card": card,
        "theirs": wording.moment(quiet.at, quiet.zone, now, actor.language),
        "better": wording.two_clocks(quiet.proposal, quiet.zone, actor.zone.key, now, actor.language),
        "better_at": quiet.proposal.isoformat(),
        "at": quiet.at.isoformat(),
        "asked": asked,
        "action": reverse("work:task-move", args=[quiet.task.public_id]),
        "back": reverse("work:planner"),
        "is_fragment": wants_fragment(request),
    }
    template = "work/planner_quiet.html" if wants_fragment(request) else "work/planner_quiet_page.html"
    response = render(request, template, context, status=409)
    response.headers["HX-Retarget"] = "#v-planner-ask"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _moved_toast(moved: services.Rescheduled, actor: Actor, now: datetime) -> dict[str, object]:
    card = plans.cards_of(actor, [moved.task])[0]
    name = wording.short_name(card.name)
    if card.zone:
        when = wording.two_clocks(moved.task.ready_at, card.zone, actor.zone.key, now, actor.language)
    else:
        when = wording.moment(moved.task.ready_at, actor.zone.key, now, actor.language)
    schedule = queries.schedule_of(actor.employee_id, actor.zone.key)
    more = "" if schedule.is_working(moved.task.ready_at) else _("You are not at work then.")
    return {
        "what": _("%(name)s: %(when)s") % {"name": name, "when": when},
        "more": more,
        "undo": reverse("work:move-undo"),
        "hidden": {"undo": moved.undo},
    }


@require_POST
@signed_in
def move_undo(request: HttpRequest) -> HttpResponse:
    """Put a moved task back."""
    services.undo_reschedule(
        actor=actor_of(request), undo=posted(request).get("undo", "")[:2000], now=datetime.now(UTC)
    )
    if not wants_fragment(request):
        messages.success(request, _("The task is back at its time."))
        return redirect(_back(request))
    toast = {"what": _("The task is back at its time."), "more": "", "undo": "", "hidden": {}}
    return render(request, "work/planner_moved.html", {**_context(request, posted(request).dict()), "toast": toast})


def _back(request: HttpRequest) -> str:
    wanted = {name: posted(request).get(name, "") for name in ("view", "on", "who")}
    query = "&".join(
        f"{name}={value}" for name, value in wanted.items() if value and value.replace("-", "").isalnum()
    )
    return reverse("work:planner") + (f"?{query}" if query else "")


@require_GET
@signed_in
def task_open(request: HttpRequest, public_id: str) -> HttpResponse:
    """Lead to the page of what a task is about."""
    card = plans.get_card(actor_of(request), public_id)
    return HttpResponseRedirect(address_of(card.task))


def address_of(task: Task) -> str:
    """Return the page on which the task is done: of its deal or its client, or its own."""
    return subject_kind(task.subject_kind).page(task.subject_id)


@require_http_methods(["GET", "POST"])
@signed_in
def planner_take(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show an overloaded colleague's tasks without promises, the suggested ones ticked, and take those chosen."""
    actor, now = actor_of(request), datetime.now(UTC)
    mate, cards = plans.list_to_take(actor, public_id, now=now)
    look = Reading(actor, mate.whose, now)
    if request.method == "POST":
        chosen = posted(request).getlist("task")[:50]
        if not chosen:
            raise Invalid(_("Choose at least one task."), fields={"task": _("Choose at least one task.")})
        done = services.take_over(actor=actor, from_employee_id=mate.whose.employee_id, public_ids=chosen, now=now)
        count = len(done.taken)
        messages.success(
            request, ngettext("%(n)s task is yours now.", "%(n)s tasks are yours now.", count) % {"n": count}
        )
        if done.left:
            names = ", ".join(wording.short_name(card.name) for card in plans.cards_of(actor, done.left))
            messages.warning(request, _("Done or promised meanwhile, so they stay: %(names)s.") % {"names": names})
        return redirect("work:planner")
    suggested = mate.over.over if mate.over else 0
    full = range(mate.over.from_hour, mate.over.to_hour) if mate.over else range(0)
    ticked = [card for card in cards if card.task.ready_at.astimezone(ZoneInfo(mate.whose.zone)).hour in full][
        :suggested
    ]
    context = {
        "mate": mate,
        "rows": [words.card_piece(card, look) | {"ticked": card in ticked} for card in cards],
        "mine": next((one for one in plans.list_team_day(actor, now=now)[:1]), None),
        "action": reverse("work:planner-take", args=[public_id]),
        "back": reverse("work:planner"),
    }
    return render(request, "work/planner_take.html", context)
