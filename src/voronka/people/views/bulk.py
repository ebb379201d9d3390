"""Many cards changed at once: one address a change, which shows the step it is at."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from voronka.accounts import queries as accounts
from voronka.kit import wording
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.pieces import Stat, Tab
from voronka.kit.screens import actor_of, signed_in
from voronka.people.models import BulkRun, CustomField
from voronka.people.queries.shown import fields_open
from voronka.people.services import MOST_CARDS, bulk
from voronka.people.services.bulk.actions import ADD, BIN, CITY, FIELD, REMOVE, RESPONSIBLE, VIP, Action, value_words


@signed_in
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Take the choice of cards from the list and go to what is to be done with them."""
    ids = request.POST.getlist("id") if request.POST.get("what") != "all" else []
    if not ids and request.POST.get("what") != "all":
        message = _("Choose at least one client.")
        raise Invalid(message, fields={"id": message})
    if request.POST.get("what") == "merge":
        return redirect(_merging(ids))
    run = bulk.begin_bulk(
        actor=actor_of(request), public_ids=ids, query=request.POST.get("query", ""), now=timezone.now()
    )
    return redirect("people:bulk", run.public_id)


def _merging(ids: list[str]) -> str:
    """Return the address that joins the chosen cards. Raises Invalid for too few and too many."""
    if not 2 <= len(set(ids)) <= MOST_CARDS:
        message = _("Choose two to %(most)d cards of one client.") % {"most": MOST_CARDS}
        raise Invalid(message, fields={"id": message})
    return f"{reverse('people:merge')}?{urlencode({'ids': ','.join(ids)})}"


@signed_in
@require_GET
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a change at the step it is at: what to do, the preview, the progress, the result."""
    actor = actor_of(request)
    run = bulk.get_bulk(actor, public_id)
    if run.state == "draft":
        return _choice(request, actor, run)
    if run.state in ("running", "undoing"):
        return render(request, "people/bulk_run.html", _frame(actor, run))
    return render(request, "people/bulk_result.html", {**_frame(actor, run), **_result(actor, run)})


def _choice(request: HttpRequest, actor: Actor, run: BulkRun, refusal: Invalid | None = None) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    able = bulk.actions_for(actor)
    code = given.get("do", "")
    code = code if code in able else (able[0] if able else "")
    context = {**_frame(actor, run), "tabs": _tabs(run, able, code), "code": code, **_inputs(actor, code, given)}
    if refusal is None and given.get("look"):
        try:
            action = _action(actor, code, given)
            context |= {"action": action, "preview": bulk.preview(actor, run, action), "value": _words(actor, action)}
        except Invalid as wrong:
            refusal = wrong
    elif refusal is None and code == BIN:
        action = Action(BIN)
        context |= {"action": action, "preview": bulk.preview(actor, run, action)}
    errors = refusal.fields if refusal else {}
    context |= {"error": errors.get("value") or errors.get("field") or (refusal.message if refusal else "")}
    context["reasons"] = _reasons(context["preview"].left) if "preview" in context else []
    context["sent"] = [(name, value) for name in ("field", "value") for value in given.getlist(name)]
    return render(request, "people/bulk.html", context, status=422 if refusal else 200)


def _tabs(run: BulkRun, able: list[str], code: str) -> list[Tab]:
    address = reverse("people:bulk", args=[run.public_id])
    return [Tab(str(bulk.ACTIONS[one]), f"{address}?{urlencode({'do': one})}", None, one == code) for one in able]


def _inputs(actor: Actor, code: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form of an action asks for: a field where it is about one, and the value by its kind."""
    fields = [one for one in fields_open(actor) if one.kind != CustomField.Kind.FILE]
    if code in (ADD, REMOVE):
        fields = [one for one in fields if one.kind == CustomField.Kind.CHOICES]
    found: dict[str, Any] = {"fields": [], "kind": "", "options": [], "held": given.get("value", "")}
    yes_no = [("yes", _("yes")), ("no", _("no"))]
    people = [(str(one.pk), one.name) for one in accounts.list_employees()]
    match code:
        case "responsible":
            found |= {"kind": "select", "options": [*people, ("none", _("nobody"))]}
        case "vip":
            found |= {"kind": "select", "options": yes_no}
        case "city":
            found |= {"kind": "text"}
        case "field" | "add" | "remove":
            chosen = next(
                (one for one in fields if one.code == given.get("field", "")), fields[0] if fields else None
            )
            found["fields"] = [(one.code, one.name) for one in fields]
            if chosen is not None:
                found |= {"field": chosen.code, **_of_kind(chosen, people, yes_no)}
    return found


def _of_kind(field: CustomField, people: list[tuple[str, str]], yes_no: list[tuple[str, str]]) -> dict[str, Any]:
    kinds, empty = CustomField.Kind, ("", _("nothing: empty the field"))
    if field.kind == kinds.CHOICES:
        return {"kind": "ticks", "options": [(one, one) for one in field.options]}
    if field.kind == kinds.CHOICE:
        return {"kind": "select", "options": [empty, *((one, one) for one in field.options)]}
    if field.kind == kinds.YES_NO:
        return {"kind": "select", "options": [empty, *yes_no]}
    if field.kind == kinds.PERSON:
        return {"kind": "select", "options": [empty, *people]}
    return {"kind": "date" if field.kind == kinds.DATE else "text", "options": []}


def _action(actor: Actor, code: str, given: Any) -> Action:  # a QueryDict
    fields = {one.code: one for one in fields_open(actor)}
    field = given.get("field", "") if code in (FIELD, ADD, REMOVE) else ""
    many = field in fields and fields[field].kind == CustomField.Kind.CHOICES
    value = given.getlist("value") if many else given.get("value", "")
    return bulk.read_action(actor, code, field=field, value=value)


@signed_in
@require_POST
def start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begin the change that was looked at."""
    actor = actor_of(request)
    run = bulk.get_bulk(actor, public_id)
    try:
        action = _action(actor, request.POST.get("do", ""), request.POST)
    except Invalid as refusal:
        return _choice(request, actor, run, refusal)
    bulk.start_bulk(actor=actor, public_id=public_id, action=action)
    return redirect("people:bulk", public_id)


@signed_in
@require_GET
def progress(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer with the moving piece of the page alone."""
    actor = actor_of(request)
    run = bulk.get_bulk(actor, public_id)
    return render(request, "people/_bulk_progress.html", _frame(actor, run))


@signed_in
@require_POST
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop the change where it is."""
    bulk.stop_bulk(actor=actor_of(request), public_id=public_id, now=timezone.now())
    return redirect("people:bulk", public_id)


@signed_in
@require_POST
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the change back."""
    bulk.undo_bulk(actor=actor_of(request), public_id=public_id)
    return redirect("people:bulk", public_id)


def _frame(actor: Actor, run: BulkRun) -> dict[str, Any]:
    action = Action(run.action, run.field, run.value)
    done = sum(run.undo.values()) if run.state == "undoing" else run.seen
    return {
        "run": run,
        "done": done,
        "of": run.changed if run.state == "undoing" else run.total,
        "ended": "" if run.state in ("running", "undoing") else "ended",
        "what": _what(actor, action) if run.action else "",
        "back": f"{reverse('people:client-list')}?{run.query}" if run.query else reverse("people:client-list"),
    }


def _what(actor: Actor, action: Action) -> str:
    """Say the action with its value: "City → Omsk"."""
    if action.code == BIN:
        return _("Delete")
    title = str(bulk.ACTIONS[action.code])
    if action.field:
        names = {one.code: one.name for one in fields_open(actor)}
        title = (
            f"{names.get(action.field, action.field)}"
            if action.code == FIELD
            else f"{title}: {names.get(action.field, action.field)}"
        )
    return f"{title} → {_words(actor, action) or '—'}"


def _words(actor: Actor, action: Action) -> str:
    if action.code in (CITY, VIP, RESPONSIBLE, FIELD, ADD, REMOVE):
        names = accounts.employee_names([action.value]) if action.code == RESPONSIBLE and action.value else {}
        return value_words(action, action.value, names)
    return ""


def _reasons(left: Mapping[str, int]) -> list[tuple[str, int]]:
    words = {
        "not_yours": _("you may not change them"),
        "same": _("they are so already"),
        "held": _("they have an open deal or are in somebody's hands"),
    }
    return [(words.get(code, code), count) for code, count in left.items() if count]


def _result(actor: Actor, run: BulkRun) -> dict[str, Any]:
    figures = [(pgettext("clients", "changed"), run.changed)]
    figures += [(_("left out: %(why)s") % {"why": why}, count) for why, count in _reasons(run.left)]
    if run.state == "undone":
        figures.append((_("put back"), run.undo.get("restored", 0)))
        figures.append((_("kept: changed again since"), run.undo.get("kept", 0)))
    errors = {
        "denied": _("Your rights have changed, so the rest stayed as it was."),
        "gone": _("You no longer work here, so the rest stayed as it was."),
        "invalid": _("A condition of the list makes no sense any more, so the rest stayed as it was."),
    }
    return {
        "stats": [Stat(name, wording.number(count, actor.language)) for name, count in figures],
        "error": errors.get(run.error, _("Something went wrong; the rest stayed as it was.")) if run.error else "",
        "may_undo": run.state in ("done", "stopped", "failed") and run.changed > 0,
    }
