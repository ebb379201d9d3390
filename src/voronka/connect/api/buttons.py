"""Operations on the buttons of a stage: read, drafted, enabled, put back, tried on a client."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import operation
from voronka.connect.api.pipelines import SETS_UP, stages
from voronka.connect.api.problems import Detailed
from voronka.connect.rules import scopes
from voronka.connect.schemas import buttons as docs
from voronka.connect.schemas.common import IdInPath, VersionInPath
from voronka.deals.queries import editor
from voronka.deals.queries.shown import effects_shown
from voronka.deals.services import drafting, editing, trying
from voronka.deals.services.settings import StepChecker
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.steps import Effect
from voronka.people import queries as people

if TYPE_CHECKING:
    from voronka.people.models import Client


router = stages  # with the operations below


class DraftStale(Detailed):
    """Somebody has changed the draft since it was read; `rev` is its sign now."""

    code = "draft_moved"


def _told(draft: editing.Draft) -> docs.StageButtons:
    problems = editing.list_problems(draft.stage, draft.buttons) if draft.is_draft else []
    return docs.stage_buttons_out(draft, problems)


@contextmanager
def _stale_told() -> Iterator[None]:
    try:
        yield
    except editing.DraftMoved as moved:
        raise DraftStale(moved.message, more={"rev": moved.draft.rev}) from moved


@operation(
    stages,
    "GET",
    "/{stage}/buttons",
    scope=scopes.SETTINGS_READ,
    answer=docs.StageButtons,
    right=SETS_UP,
    summary=gettext_lazy("Show the buttons of a stage: the live ones and the draft"),
)
def get_stage_buttons(request: ApiRequest, stage: IdInPath) -> docs.StageButtons:
    """Return the live buttons, the draft and what is wrong with it."""
    return _told(editing.get_draft(request.auth.actor, stage))


@operation(
    stages,
    "PUT",
    "/{stage}/buttons/draft",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.StageButtons,
    summary=gettext_lazy("Put the draft of a stage's buttons; nobody works by it until it is enabled"),
)
def put_button_draft(request: ApiRequest, stage: IdInPath, sent: docs.DraftGiven) -> docs.StageButtons:
    """Put the whole draft: steps are checked by their types; what is unfinished is told in `problems`."""
    caller = request.auth
    with _stale_told():
        draft = drafting.put_draft(
            actor=caller.actor,
            stage_id=stage,
            rev=sent.rev,
            buttons=docs.buttons_in(sent.buttons),
            now=caller.now,
        )
    return _told(draft)


@operation(
    stages,
    "POST",
    "/{stage}/buttons/enable",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.StageButtons,
    summary=gettext_lazy("Put the draft before everybody"),
)
def enable_buttons(request: ApiRequest, stage: IdInPath, sent: docs.RevGiven) -> docs.StageButtons:
    """Make the draft live; the version before it stays in the list of versions."""
    actor = request.auth.actor
    try:
        with _stale_told():
            draft = editing.enable(actor=actor, stage_id=stage, rev=sent.rev, now=request.auth.now)
    except editing.NotReady as refusal:
        buttons = editing.get_draft(actor, stage).buttons
        places: dict[str, str] = {}
        for one in refusal.problems:
            places.setdefault(docs.problem_place(buttons, one), one.message)
        raise Invalid(refusal.message, code=refusal.code, fields=places) from refusal
    return _told(draft)


@operation(
    stages,
    "POST",
    "/{stage}/buttons/drop",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.StageButtons,
    summary=gettext_lazy("Throw the draft of a stage's buttons away"),
)
def drop_button_draft(request: ApiRequest, stage: IdInPath, sent: docs.RevGiven) -> docs.StageButtons:
    """Throw the draft away: the live buttons stay as they are."""
    with _stale_told():
        return _told(editing.drop_draft(actor=request.auth.actor, stage_id=stage, rev=sent.rev))


@operation(
    stages,
    "GET",
    "/{stage}/buttons/versions",
    scope=scopes.SETTINGS_READ,
    answer=docs.VersionList,
    right=SETS_UP,
    summary=gettext_lazy("List the versions of a stage's buttons that are or were live"),
)
def list_button_versions(request: ApiRequest, stage: IdInPath) -> docs.VersionList:
    """Return the versions, newest first."""
    draft = editing.get_draft(request.auth.actor, stage)
    return docs.VersionList(items=[docs.version_out(one) for one in editor.list_versions(draft.stage.pk)])


@operation(
    stages,
    "POST",
    "/{stage}/buttons/versions/{version}/restore",
    scope=scopes.SETTINGS_WRITE,
    answer=docs.StageButtons,
    summary=gettext_lazy("Make an earlier version of the buttons the draft"),
)
def restore_buttons(
    request: ApiRequest, stage: IdInPath, version: VersionInPath, sent: docs.RevGiven
) -> docs.StageButtons:
    """Make an earlier version the draft; it becomes live only when it is enabled."""
    caller = request.auth
    with _stale_told():
        draft = editing.restore(actor=caller.actor, stage_id=stage, version=version, rev=sent.rev, now=caller.now)
    return _told(draft)


@operation(
    stages,
    "POST",
    "/{stage}/buttons/try",
    scope=scopes.SETTINGS_READ,
    answer=docs.Tried,
    summary=gettext_lazy("Try an outcome of a button out on a client, changing nothing"),
)
def try_button(request: ApiRequest, stage: IdInPath, sent: docs.TryGiven) -> docs.Tried:
    """Return what the outcome would do to the client now."""
    caller = request.auth
    draft = editing.get_draft(caller.actor, stage)
    buttons = draft.buttons if sent.which == "draft" else draft.live
    button = next((one for one in buttons if one["key"] == sent.button), None)
    if button is None:
        message = _("The stage has no such button.")
        raise Invalid(message, fields={"button": message})
    wanted = sent.outcome or button["outcomes"][0]["key"]
    outcome = next((one for one in button["outcomes"] if one["key"] == wanted), None)
    if outcome is None:
        message = _("The button has no such outcome.")
        raise Invalid(message, fields={"outcome": message})
    effects = trying.try_outcome(
        actor=caller.actor,
        stage=draft.stage,
        outcome=outcome,
        client=_client(caller.actor, sent.client),
        misses=sent.misses,
        answers=sent.answers,
        now=caller.now,
    )
    return docs.Tried(effects=[one for effect in effects for one in _effect(caller.actor, effect)])


def _client(actor: Actor, public_id: str) -> "Client":
    try:
        return people.get_client(actor, public_id)
    except NotFound as missing:
        raise Invalid(missing.message, fields={"client": missing.message}) from missing


def _effect(actor: Actor, effect: Effect) -> list[docs.TriedEffect]:
    """Return an effect with the words that the actor may read; none where he may read nothing of it."""
    shown = effects_shown(actor, [{"code": effect.code, "words": effect.words}])
    return [
        docs.TriedEffect(code=effect.code, words=one["words"], at=effect.at, happens=effect.happens) for one in shown
    ]


@operation(
    stages,
    "GET",
    "/{stage}/step-kinds",
    scope=scopes.SETTINGS_READ,
    answer=docs.StepKindList,
    right=SETS_UP,
    summary=gettext_lazy("List the kinds of steps with the JSON Schema of their settings"),
)
def list_step_kinds(request: ApiRequest, stage: IdInPath) -> docs.StepKindList:
    """Return the kinds of steps that a button of the stage may have, with what may be picked there."""
    actor = request.auth.actor
    checker = StepChecker(editing.get_draft(actor, stage).stage)
    return docs.StepKindList(items=[docs.step_kind_out(kind, checker) for kind in editing.offered_steps(actor)])
