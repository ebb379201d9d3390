"""Tests as people ask for them."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.trials.models import Trial
from voronka.trials.permissions import SEE

PAGE = 30


def list_trials(
    actor: Actor, *, states: Sequence[str] = (), kind: str = "", before: int = 0, limit: int = PAGE
) -> list[Trial]:
    """Return tests with their arms, newest first, behind the id `before`. Raises Denied."""
    actor.require(SEE)
    rows = Trial.objects.prefetch_related("arms")
    if states:
        rows = rows.filter(state__in=states)
    if kind:
        rows = rows.filter(kind=kind)
    if before:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-id")[:limit])


def get_trial(actor: Actor, public_id: str) -> Trial:
    """Return a test. Raises Denied, NotFound."""
    actor.require(SEE)
    found = Trial.objects.select_related("by").filter(public_id=public_id).first() if public_id.isalnum() else None
    if found is None:
        raise NotFound(_("There is no such test."))
    return found
