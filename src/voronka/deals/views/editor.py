"""The editor of a stage's buttons: every edit is kept in the draft at once, managers see it when it is enabled."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from voronka.deals.permissions import EDIT_BUTTONS
from voronka.deals.queries import editor as queries
from voronka.deals.rules import edits
from voronka.deals.rules.buttons import LABEL_LIMIT
from voronka.deals.services import editing
from voronka.deals.services.settings import StepChecker
from voronka.deals.views import editor_dry, editor_pieces
from voronka.deals.views.editor_pieces import Here, address, look_at, whole
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.screens import actor_of, signed_in, wants_fragment
from voronka.kit.step_forms import read_settings
from voronka.kit.steps import Step

Edit = Callable[[edits.Document], edits.Document]
# Edits of one value: the inputs stay as they are, only what shows the value is sent back.
QUIET = frozenset({"button.label", "button.tone", "button.icon", "outcome.set", "step.set"})


@require_GET
@signed_in
def stage_buttons(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the editor of a stage's buttons."""
    actor = actor_of(request)
    actor.require(EDIT_BUTTONS)
    now = datetime.now(UTC)
    return _page(request, look_at(editing.get_draft(actor, public_id), request.GET, actor, now))


def _page(request: HttpRequest, here: Here, *, status: int = 200, focus: str = "") -> HttpResponse:
    """Return the whole editor: a page, or the element itself for htmx."""
    context = {**editor_pieces.editor_context(here), "dry": editor_dry.dry_piece(here, request.GET)}
    template = "deals/editor_body.html" if wants_fragment(request) else "deals/editor.html"
    response = render(request, template, context, status=status)
    if wants_fragment(request):
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#v-editor", "outerHTML"
        response.headers["HX-Push-Url"] = address(here)
        if focus:
            response.headers["HX-Trigger-After-Settle"] = json.dumps({"v-editor:focus": {"to": focus}})
    return response


@require_POST
@signed_in
def stage_buttons_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make one edit of the draft; `do` says which, `rev` is the sign of the draft it was made on."""
    actor, now = actor_of(request), datetime.now(UTC)
    actor.require(EDIT_BUTTONS)
    do, posted = request.POST.get("do", ""), request.POST
    before = look_at(editing.get_draft(actor, public_id), request.GET, actor, now)
    chosen = _chosen(do, posted, before)
    try:
        draft = editing.change(actor=actor, stage_id=public_id, rev=posted.get("rev", ""), edit=chosen.edit, now=now)
    except editing.DraftMoved as moved:
        return _moved(request, before, moved)
    except edits.BadEdit as bad:
        return _refused(request, before, do, bad)
    except _WrongSettings as wrong:
        here = replace(before, opened=chosen.number, raw=wrong.typed, errors=wrong.problems)
        return _page(request, here, status=422)
    here = look_at(draft, _looking(request.GET, chosen.look), actor, now)
    if do in QUIET and wants_fragment(request):
        return _saved(request, here, do)
    if not wants_fragment(request):
        return HttpResponseRedirect(address(here))
    return _page(request, here, focus=chosen.focus)


class _WrongSettings(ValueError):
    def __init__(self, typed: dict[str, object], problems: dict[str, str]) -> None:
        super().__init__("wrong settings")
        self.typed, self.problems = typed, problems


class _Chosen:
    """An edit that was asked for, where to look after it, and what takes the focus."""

    def __init__(self, edit: Edit, *, look: dict[str, str] | None = None, focus: str = "", number: int | None = None):
        self.edit, self.look, self.focus, self.number = edit, look or {}, focus, number


def _looking(asked: QueryDict, changed: dict[str, str]) -> QueryDict:
    """Return the query of the page with some of its values changed; an empty one is left out."""
    query = asked.copy()
    for name, value in changed.items():
        query[name] = value
    return query


def _chosen(do: str, posted: QueryDict, here: Here) -> _Chosen:
    """Return the edit that was asked for. Raises Invalid for one that nobody knows."""
    part, _dot, act = do.partition(".")
    makers = {"button": _button_edit, "outcome": _outcome_edit, "step": _step_edit}
    found = makers[part](act, posted, here) if part in makers else None
    if found is None:
        raise Invalid(_("The page is broken: reload it and try again."), code="unknown_edit")
    return found


def _button_edit(act: str, posted: QueryDict, here: Here) -> _Chosen | None:
    key = posted.get("button", "")
    match act:
        case "add":
            key, outcome = editing.new_key([one["key"] for one in here.draft.buttons]), editing.new_key()
            look = {"button": key, "outcome": outcome, "open": ""}
            label = _("New button")
            return _Chosen(
                lambda doc: edits.add_button(doc, key=key, outcome=outcome, label=label),
                look=look,
                focus="v-edit-label",
            )
        case "label":
            return _Chosen(lambda doc: edits.set_label(doc, key, posted.get("label", "")))
        case "icon":
            known = [*edits.ICONS, *(one.get("icon", "") for one in here.draft.buttons)]
            return _Chosen(lambda doc: edits.set_icon(doc, key, posted.get("icon", ""), known))
        case "tone":
            return _Chosen(lambda doc: edits.set_tone(doc, key, posted.get("tone", "")))
        case "hotkey":
            return _Chosen(lambda doc: edits.set_hotkey(doc, key, posted.get("hotkey", "")), focus="v-edit-hotkey")
        case "move":
            to = _to(posted)
            return _Chosen(lambda doc: edits.move_button(doc, key, to), focus=f"press-{key}")
        case "delete":
            return _Chosen(
                lambda doc: edits.drop_button(doc, key), look={"button": "", "outcome": "", "open": ""},
                focus="v-edit-add",
            )  # fmt: skip
    return None


def _outcome_edit(act: str, posted: QueryDict, here: Here) -> _Chosen | None:
    key, outcome = posted.get("button", ""), posted.get("outcome", "")
    match act:
        case "add":
            new, label = editing.new_key(), _("New outcome")
            return _Chosen(
                lambda doc: edits.add_outcome(doc, key, outcome, outcome=new, label=label),
                look={"outcome": new, "open": ""}, focus="v-out-label",
            )  # fmt: skip
        case "set":
            label, result = posted.get("outcome_label", ""), posted.get("result", "")
            return _Chosen(lambda doc: edits.set_outcome(doc, key, outcome, label=label, result=result))
        case "move":
            to = _to(posted)
            return _Chosen(lambda doc: edits.move_outcome(doc, key, outcome, to), focus=f"out-{outcome}")
        case "delete":
            return _Chosen(lambda doc: edits.drop_outcome(doc, key, outcome), look={"outcome": "", "open": ""})
    return None


def _step_edit(act: str, posted: QueryDict, here: Here) -> _Chosen | None:
    key, outcome = posted.get("button", ""), posted.get("outcome", "")
    number = whole(posted.get("number")) if act != "add" else 0
    if number is None:
        return None
    match act:
        case "add":
            return _add_step(key, outcome, posted.get("kind", ""), here)
        case "set":
            kind = _kind_of(posted.get("kind", ""))
            typed = read_settings(kind, posted)
            return _Chosen(_setter(here, kind, typed, (key, outcome, number)), number=number)
        case "move":
            to = _to(posted)
            return _Chosen(
                lambda doc: edits.move_step(doc, key, outcome, number, to), look={"open": ""}, focus=f"step-{to}"
            )
        case "delete":
            focus = f"step-{max(0, number - 1)}"
            return _Chosen(lambda doc: edits.drop_step(doc, key, outcome, number), look={"open": ""}, focus=focus)
    return None


def _add_step(key: str, outcome: str, wanted: str, here: Here) -> _Chosen:
    kind = _kind_of(wanted, here.actor)
    count = len(here.outcome["steps"]) if here.outcome else 0
    first = next(iter(kind.model_fields), "")
    return _Chosen(
        lambda doc: edits.add_step(doc, key, outcome, {"kind": kind.kind}),
        look={"open": str(count) if first else ""},
        focus=f"step-{count}-{first}" if first else f"step-{count}",
    )


def _kind_of(kind: str, actor: Actor | None = None) -> type[Step]:
    found = next((one for one in editing.offered_steps(actor) if one.kind == kind), None)
    if found is None:
        raise NotFound(_("There is no such step."))
    return found


def _setter(here: Here, kind: type[Step], typed: dict[str, object], at: tuple[str, str, int]) -> Edit:
    """Return the edit that gives a step what was typed, once its type and the stage allow it."""

    def edit(document: edits.Document) -> edits.Document:
        checker = StepChecker(here.draft.stage)
        for name in [name for name in typed if not checker.matters(kind, name, typed)]:
            del typed[name]
        problems = checker.problems(kind, typed)
        if problems:
            raise _WrongSettings(typed, problems)
        return edits.set_step(document, *at, kind.model_validate(typed).to_json())

    return edit


def _to(posted: QueryDict) -> int:
    to = whole(posted.get("to"))
    if to is None:
        raise Invalid(_("The page is broken: reload it and try again."), code="unknown_edit")
    return to


def _saved(request: HttpRequest, here: Here, do: str) -> HttpResponse:
    """Send back what shows the changed value, out of band: what is being typed elsewhere stays."""
    context = {
        **editor_pieces.editor_context(here),
        "dry": editor_dry.dry_piece(here, request.GET),
        "with_rules": do == "step.set",
        "oob": True,
    }
    if do == "step.set" and here.opened is not None:
        context["rule"] = editor_pieces.rule_piece(here, StepChecker(here.draft.stage), here.opened)
    response = render(request, "deals/editor_saved.html", context)
    response.headers["HX-Reswap"] = "none"
    response.headers["HX-Trigger"] = json.dumps({"v-editor:saved": {"rev": here.draft.rev}})
    return response


def _refused(request: HttpRequest, before: Here, do: str, bad: edits.BadEdit) -> HttpResponse:
    """Show why an edit cannot be made, at its place, with what was typed."""
    place = bad.place or do
    errors = {place: _bad_words(bad)}
    if place == "label":
        errors["typed_label"] = edits.clean_line(request.POST.get("label", "")[:200])
    if place == "outcome_label":
        errors["typed_outcome"] = edits.clean_line(request.POST.get("outcome_label", "")[:200])
    if place not in {"label", "outcome_label"}:
        errors["general"] = errors[place]
    return _page(request, replace(before, errors=errors), status=422)


def _bad_words(bad: edits.BadEdit) -> str:
    limits = {"button": len(edits.HOTKEYS), "outcome": edits.OUTCOME_LIMIT, "step": edits.STEP_LIMIT}
    match bad.code:
        case "gone":
            return _("This is gone meanwhile: here are the buttons as they are now.")
        case "empty":
            return _("A name is needed.")
        case "too_long":
            limit = LABEL_LIMIT if bad.place == "label" else edits.OUTCOME_LABEL_LIMIT
            return _("Longer than %(limit)s signs.") % {"limit": limit}
        case "too_many":
            return _("No more than %(limit)s fit here.") % {"limit": limits.get(bad.place, 0)}
        case "last":
            return _("A button needs at least one outcome.")
    return _("This choice is no longer in the list.")


def _moved(request: HttpRequest, before: Here, moved: editing.DraftMoved) -> HttpResponse:
    """Show the draft as somebody else left it, with the edit that was not made, ready to be made on it."""
    here = look_at(moved.draft, request.GET, before.actor, before.now)
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "rev"}
        for value in values
    ]
    shown = [
        value for name, value in typed if name not in {"do", "button", "outcome", "number", "kind", "to"} and value
    ]
    at = moved.draft.saved_at
    here = replace(
        here,
        moved={
            "message": moved.message,
            "at": at,
            "zone": before.actor.zone.key,
            "hidden": [(name, str(value)[:20_000]) for name, value in typed],
            "mine": ", ".join(str(one)[:200] for one in shown),
            "action": address(here, "stage-buttons-change"),
        },
    )
    return _page(request, here, status=409)


@require_POST
@signed_in
def stage_buttons_enable(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put the draft before everybody, or show at their places the problems that keep it from that."""
    actor, now = actor_of(request), datetime.now(UTC)
    actor.require(EDIT_BUTTONS)
    try:
        draft = editing.enable(actor=actor, stage_id=public_id, rev=request.POST.get("rev", ""), now=now)
    except editing.DraftMoved as moved:
        here = look_at(moved.draft, request.GET, actor, now, moved={"message": moved.message, "hidden": []})
        return _page(request, here, status=409)
    except editing.NotReady as refusal:
        draft = editing.get_draft(actor, public_id)
        first = refusal.problems[0]
        query = _looking(request.GET, {"button": first.button, "outcome": first.outcome})
        query["open"] = "" if first.step is None else str(first.step)
        here = look_at(draft, query, actor, now, problems=refusal.problems)
        return _page(request, here, status=422, focus="v-edit-problems")
    messages.success(request, _("Enabled: version %(n)s works for everybody.") % {"n": draft.live_version})
    here = look_at(draft, request.GET, actor, now)
    return _page(request, here) if wants_fragment(request) else HttpResponseRedirect(address(here))


@require_POST
@signed_in
def stage_buttons_drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Throw the draft away."""
    actor = actor_of(request)
    try:
        editing.drop_draft(actor=actor, stage_id=public_id, rev=request.POST.get("rev", ""))
    except editing.DraftMoved as moved:
        messages.error(request, moved.message)
    return HttpResponseRedirect(reverse("deals:stage-buttons", args=[public_id]))


@require_GET
@signed_in
def stage_buttons_history(request: HttpRequest, public_id: str) -> HttpResponse:
    """List the versions of a stage's buttons."""
    actor = actor_of(request)
    draft = editing.get_draft(actor, public_id)
    versions = [(one, [button["label"] for button in one.buttons]) for one in queries.list_versions(draft.stage.pk)]
    context = {"stage": draft.stage, "versions": versions, "draft": draft, "zone": actor.zone.key}
    return render(request, "deals/editor_history.html", context)


@require_POST
@signed_in
def stage_buttons_restore(request: HttpRequest, public_id: str, version: int) -> HttpResponse:
    """Make an earlier version the draft."""
    actor: Actor = actor_of(request)
    try:
        editing.restore(
            actor=actor, stage_id=public_id, version=version, rev=request.POST.get("rev", ""), now=datetime.now(UTC)
        )
        messages.success(request, _("Version %(n)s is the draft now. Enable it when it is right.") % {"n": version})
    except editing.DraftMoved as moved:
        messages.error(request, moved.message)
        return HttpResponseRedirect(reverse("deals:stage-buttons-history", args=[public_id]))
    return HttpResponseRedirect(reverse("deals:stage-buttons", args=[public_id]))
