"""Trying an outcome of a button out on a real client: what it would do is told, and nothing is done."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voronka.deals.models import Deal, Stage
from voronka.deals.queries import editor as queries
from voronka.deals.rules.buttons import Outcome
from voronka.deals.rules.edits import Json
from voronka.deals.services.pressing import dry_run
from voronka.kit.actors import Actor
from voronka.kit.steps import Effect

if TYPE_CHECKING:
    from voronka.people.models import Client


def try_outcome(
    *,
    actor: Actor,
    stage: Stage,
    outcome: Json,
    client: "Client",
    misses: int,
    now: datetime,
    answers: Mapping[str, str] | None = None,
) -> list[Effect]:
    """Tell what an outcome of the stage's buttons would do to a client, with his open deal or one of the moment.

    `outcome` is in its stored form, `misses` how many calls he missed before. Raises Refusal for what would be refused.
    """
    deal = queries.find_deal_of(client.pk, stage.pipeline_id)
    if deal is None:
        deal = Deal(pk=0, client=client, pipeline=stage.pipeline, company=stage.company, task_open=True)
    deal.stage = stage
    return dry_run(
        actor=actor,
        deal=deal,
        outcome=Outcome.model_validate(outcome),
        answers=answers or {},
        now=now.astimezone(UTC),
        misses=misses,
    )
