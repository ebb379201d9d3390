"""Verbs of kinds of tasks: what a task of each sort cannot be set without."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.work.models import TaskKind
from voronka.work.permissions import MANAGE_TASK_KINDS
from voronka.work.queries.tasks import get_kind
from voronka.work.rules.tasks import REQUIREMENTS

MOST_KINDS, MOST_ASKS, LONGEST_NAME, LONGEST_ASK = 40, 10, 60, 80


def ship_kinds(*, actor: Actor) -> int:
    """Give a company that has none the usual kinds of tasks; return how many were made."""
    actor.require(MANAGE_TASK_KINDS)
    if TaskKind.objects.exists():
        return 0
    usual: Sequence[tuple[str, list[str], list[str]]] = (
        (_("Call somebody"), ["about"], []),
        (_("Prepare a document"), ["why", "result"], []),
        (_("Visit"), ["about", "result"], [_("Address")]),
        (_("Purchase"), ["why"], [_("What and how much")]),
    )
    rows = [
        TaskKind(name=name, requires=requires, asks=asks, position=at)
        for at, (name, requires, asks) in enumerate(usual)
    ]
    TaskKind.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def add_kind(*, actor: Actor, name: str, requires: Sequence[str], asks: Sequence[str]) -> TaskKind:
    """Add a kind of tasks. Raises Invalid."""
    actor.require(MANAGE_TASK_KINDS)
    count = TaskKind.objects.count()
    if count >= MOST_KINDS:
        raise Invalid(_("There are enough kinds already."), fields={"name": _("There are enough kinds already.")})
    return _save(TaskKind(position=count), name, requires, asks)


@transaction.atomic
def change_kind(
    *,
    actor: Actor,
    public_id: str,
    name: str | None = None,
    requires: Sequence[str] | None = None,
    asks: Sequence[str] | None = None,
    is_active: bool | None = None,
) -> TaskKind:
    """Change what is given of a kind, or put it away: tasks that were set keep what they were asked.

    Raises NotFound, Invalid.
    """
    actor.require(MANAGE_TASK_KINDS)
    kind = TaskKind.objects.select_for_update().get(pk=get_kind(public_id).pk)
    kind.is_active = kind.is_active if is_active is None else is_active
    return _save(
        kind,
        kind.name if name is None else name,
        kind.requires if requires is None else requires,
        kind.asks if asks is None else asks,
    )


def _save(kind: TaskKind, name: str, requires: Sequence[str], asks: Sequence[str]) -> TaskKind:
    tidy = " ".join(name.split())
    lines = [line for line in (" ".join(ask.split()) for ask in asks) if line]
    problems: dict[str, str] = {}
    if not tidy or len(tidy) > LONGEST_NAME:
        problems["name"] = _("Write up to %(limit)s signs.") % {"limit": LONGEST_NAME}
    if len(lines) > MOST_ASKS or any(len(line) > LONGEST_ASK for line in lines) or len(set(lines)) < len(lines):
        problems["asks"] = _("At most %(n)s different questions of %(limit)s signs.") % {
            "n": MOST_ASKS,
            "limit": LONGEST_ASK,
        }
    if unknown := set(requires) - set(REQUIREMENTS):
        problems["requires"] = _("This choice is no longer in the list.") + f" {min(unknown)[:20]}"
    if problems:
        raise Invalid(_("Not saved: mend the marked places."), fields=problems)
    kind.name, kind.asks = tidy, lines
    kind.requires = [code for code in REQUIREMENTS if code in requires]
    try:
        with transaction.atomic():
            kind.save()
    except IntegrityError as error:
        message = _("There is such a kind already.")
        raise Invalid(message, fields={"name": message}) from error
    return kind
