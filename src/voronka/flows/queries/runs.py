"""Walks as pages show them: those of records that the actor may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from voronka.flows.models import Automation, Run, RunStep
from voronka.flows.permissions import SEE
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.subjects import all_subject_kinds

PAGE = 50
STATES = ("running", "failed", "done", "left", "stopped")


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of walks; `before` asks for the next one, None at the end."""

    rows: list[Run]
    before: int | None


def list_runs(
    actor: Actor, *, automation: Automation | None = None, state: str = "", node: str = "",
    client_id: int | None = None, subject: tuple[str, int] | None = None, before: int | None = None, size: int = PAGE,
) -> RunPage:  # fmt: skip
    """Return a page of walks, the newest first. Whom the actor may see is asked of their parts by `seen_of`."""
    actor.require(SEE)
    found = Run.objects.select_related("automation", "version").order_by("-id")
    if automation is not None:
        found = found.filter(automation=automation)
    if state in STATES:
        found = found.filter(state=state)
    if node:
        found = found.filter(node=node, state__in=("running", "failed"))
    if client_id is not None:
        found = found.filter(client_id=client_id)
    if subject is not None:
        found = found.filter(subject_kind=subject[0], subject_id=subject[1])
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: size + 1])
    return RunPage(rows[:size], rows[size - 1].pk if len(rows) > size else None)


def get_run(actor: Actor, public_id: str) -> Run:
    """Return a walk. Raises Denied, NotFound."""
    actor.require(SEE)
    found = Run.objects.select_related("automation", "version").filter(public_id=public_id).first()
    if found is None:
        raise NotFound(_("There is no such walk."))
    return found


def log_of(run: Run) -> list[RunStep]:
    """Return the lines of a walk's log in their order."""
    return list(RunStep.objects.filter(run=run).order_by("number"))


def names_of(rows: Sequence[Run]) -> Mapping[tuple[str, int], tuple[str, str]]:
    """Return name and address of the records of walks, one or two statements a kind; missing ones are left out."""
    kinds = {one.kind: one for one in all_subject_kinds()}
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for kind in {one.subject_kind for one in rows} & set(kinds):
        ids = [one.subject_id for one in rows if one.subject_kind == kind]
        found |= {(kind, pk): (name, kinds[kind].page(pk)) for pk, name in kinds[kind].names(ids).items()}
    return found
