"""Walks: the list of an automation's, the log of one, the block on a client's card."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.flows import queries, services
from voronka.flows.models import Automation, Run
from voronka.flows.permissions import RUN, SEE
from voronka.flows.rules.scenes import SUBJECT, read_map
from voronka.flows.services import nodes, offering, stopping
from voronka.flows.services.words import STATES, clock, line_words, state_of
from voronka.kit.errors import Conflict, NotFound
from voronka.kit.screens import actor_of, signed_in


@signed_in
@require_GET
def run_list(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show who walked an automation: filters by state and node stand in the address."""
    actor, now = actor_of(request), timezone.now()
    row = queries.get_automation(actor, public_id)
    before, state, node = (request.GET.get(name, "")[:18] for name in ("before", "state", "node"))
    page = queries.list_runs(
        actor, automation=row, state=state, node=node if node.isalnum() else "",
        before=int(before) if before.isascii() and before.isdecimal() else None,
    )  # fmt: skip
    seen = stopping.sees(actor, page.rows)
    names = stopping.names_seen(actor, seen)
    kept = f"state={state}&" if state in STATES else ""
    context = {
        "row": row,
        "rows": [
            {
                "run": one,
                "name": names.get((one.subject_kind, one.subject_id), ("—", ""))[0],
                "state": state_of(one),
                "at": clock(one.entered_at, actor, now),
                "moved": clock(one.moved_at, actor, now),
                "due": clock(one.due_at, actor, now) if one.state == "running" and one.is_armed else "",
            }
            for one in seen
        ],
        "hidden": len(page.rows) - len(seen),
        "state": state,
        "may_go_on": row.subject != SUBJECT and actor.may(RUN) and any(one.state == "failed" for one in seen),
        "states": [("", _("all")), *((code, str(words)) for code, (words, _tone) in STATES.items())],
        "next_url": f"?{kept}before={page.before}" if page.before else "",
        "first_url": f"?{kept}" if before else "",
    }
    return render(request, "flows/runs.html", context)


@signed_in
@require_GET
def run_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the log of a walk."""
    actor, now = actor_of(request), timezone.now()
    run = services.seen_run(actor, public_id)
    held, speaker = read_map(run.version.map), nodes.Speaker(run.subject_kind, actor)
    lines = queries.log_of(run)
    chain = {int(one) for line in lines for one in line.about.get("chain", [])}
    names = dict(Automation.objects.filter(pk__in=chain).values_list("id", "name"))
    told = []
    for line in lines:
        node = held.node(line.node)
        told.append(
            {
                "at": clock(line.at, actor, now),
                "node": speaker.words(node) if node else "",
                "words": line_words(line, names, actor, now),
                "is_late": line.code in ("failed", "held", "kept_out"),
            }
        )
    name, url = stopping.names_seen(actor, [run]).get((run.subject_kind, run.subject_id), ("—", ""))
    context = {
        "run": run, "lines": told, "name": name, "url": url, "state": state_of(run),
        "due": clock(run.due_at, actor, now) if run.is_armed else "", "may_run": actor.may(RUN),
    }  # fmt: skip
    return render(request, "flows/run.html", context)


@signed_in
@require_POST
def run_act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop a walk, or let a stuck step be tried again; back to where it was asked."""
    actor, now = actor_of(request), timezone.now()
    run = services.seen_run(actor, public_id)
    try:
        if request.POST.get("do") == "again":
            services.try_again(actor=actor, public_id=public_id, now=now)
            messages.success(request, _("It is tried again"))
        else:
            services.stop(actor=actor, public_id=public_id, now=now)
            messages.success(request, _("Stopped for this one"))
    except Conflict as refusal:
        messages.error(request, refusal.message)
    client = offering.find_traveller("client")
    if request.POST.get("back") == "client" and run.client_id is not None and client is not None:
        found = queries.names_of([Run(subject_kind="client", subject_id=run.client_id)])
        return redirect(found[("client", run.client_id)][1])
    return redirect("flows:run", public_id)


@signed_in
@require_GET
def client_panel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the automations that a client is in, for his card."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    client = offering.traveller_of("client").pick(actor, public_id)
    if client is None:
        raise NotFound(_("There is no such client."))
    rows = stopping.sees(actor, queries.list_runs(actor, client_id=client.id, size=8).rows)
    by_hand = Automation.objects.filter(is_on=True, subject="client").order_by("name")[:40] if actor.may(RUN) else []
    context = {
        "rows": [(one, state_of(one), clock(one.due_at, actor, now) if one.is_armed else "") for one in rows],
        "by_hand": [(one.public_id, one.name) for one in by_hand],
        "bring_url": reverse("flows:client-bring", args=[public_id]),
        "may_run": actor.may(RUN),
    }
    return render(request, "flows/_client.html", context)


@signed_in
@require_GET
def talk_panel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the scenarios that a talk went through, for the desk of operators; each leads to its log."""
    actor, now = actor_of(request), timezone.now()
    actor.require(SEE)
    talk = offering.traveller_of(SUBJECT).pick(actor, public_id)
    if talk is None:
        raise NotFound(_("There is no such talk."))
    rows = queries.list_runs(actor, subject=(SUBJECT, talk.id), size=8).rows
    context = {"rows": [(one, state_of(one), clock(one.entered_at, actor, now)) for one in rows]}
    return render(request, "flows/_talk.html", context)


@signed_in
@require_POST
def client_bring(request: HttpRequest, public_id: str) -> HttpResponse:
    """Bring a client into an automation by hand."""
    actor, now = actor_of(request), timezone.now()
    try:
        run = services.bring_in(
            actor=actor, automation=request.POST.get("automation", "")[:12], subject=public_id, now=now
        )  # fmt: skip
    except Conflict as refusal:
        messages.error(request, refusal.message)
        client = offering.traveller_of("client").pick(actor, public_id)
        found = queries.names_of([Run(subject_kind="client", subject_id=client.id if client else 0)])
        return redirect(found[("client", client.id)][1] if client else "/")
    return redirect("flows:run", run.public_id)
