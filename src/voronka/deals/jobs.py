"""Background jobs of deals; each calls one service."""

from datetime import UTC, datetime

from voronka.deals.services import pipelines
from voronka.kit.jobs import job


@job("deals.empty_stage")
def empty_stage(stage_id: int, target_id: int) -> None:
    """Move a stage's deals to another one and delete the stage."""
    pipelines.empty_stage(stage_id=stage_id, target_id=target_id, now=datetime.now(UTC))
