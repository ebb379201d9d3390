"""Background jobs of deals; each calls one service."""

from datetime import UTC, datetime

from voronka.deals.services import after_import, following, pipelines
from voronka.kit.jobs import job


@job("deals.empty_stage")
def empty_stage(stage_id: int, target_id: int) -> None:
    """Move a stage's deals to another one and delete the stage."""
    pipelines.empty_stage(stage_id=stage_id, target_id=target_id, now=datetime.now(UTC))


@job("deals.open_for_import")
def open_for_import(run_id: int, pipeline_id: int, responsible_id: int, per_day: int, title: str) -> None:
    """Open deals for the clients that an import made."""
    after_import.open_for_import(
        run_id=run_id,
        pipeline_id=pipeline_id,
        responsible_id=responsible_id,
        per_day=per_day,
        title=title,
        now=datetime.now(UTC),
    )


@job("deals.follow_company")
def follow_company() -> None:
    """Give open tasks the company's present calling hours."""
    following.follow_company()


@job("deals.hand_over")
def hand_over(employee_id: int) -> None:
    """Give the open deals of a dismissed employee to the common pools."""
    following.hand_over(employee_id, now=datetime.now(UTC))
