"""A split that money is to decide is an A/B test: which way somebody goes is said, and remembered, by `trials`."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from voronka.flows.models import Run
from voronka.flows.rules.maps import Node
from voronka.trials import queries, services

WINDOW_DAYS = 14


def is_test(node: Node) -> bool:
    """Tell whether a split is to be decided by money."""
    return node.kind == "split" and node.set.get("is_test") is True


def way_of(run: Run, node: Node, shares: Sequence[int], *, now: datetime) -> int:
    """Return which of the ways a walk goes, from 0 on; once the test has ended, the winner's.

    The first who comes begins the test; whose shares were changed begins anew.
    """
    if queries.shares_of("flow", run.automation_id, place=node.id) != list(shares):
        services.open_trial(_draft(run, node, shares), by=run.automation.made_by_id, now=now)
    unit = f"{run.subject_kind}:{run.subject_id}"
    arm = services.assign("flow", run.automation_id, unit, run.client_id, now=now, place=node.id)
    return (arm or 1) - 1


def _draft(run: Run, node: Node, shares: Sequence[int]) -> services.TrialDraft:
    arms = [
        services.ArmDraft(_("way %(n)d, %(share)d %%") % {"n": number, "share": share}, share)
        for number, share in enumerate(shares, start=1)
    ]
    return services.TrialDraft(
        "flow", run.automation_id, run.automation.name, arms, place=node.id, window_days=WINDOW_DAYS, most_days=90
    )
