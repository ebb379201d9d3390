"""Background jobs of deals; each calls one service."""

from datetime import UTC, datetime

from voronka.deals.services import after_import, escalating, following, handovers, pipelines
from voronka.kit.jobs import defer, job
from voronka.kit.pulse import sweep


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
    """Give the open deals of a dismissed employee by the rules of their pipelines, else to the common pools."""
    handovers.after_dismissal(employee_id, now=datetime.now(UTC))


@sweep("deals.answers", every_seconds=15)
def answers(now: datetime) -> None:
    """Order a look at the new deals of each company in which one waits too long."""
    for company_id in escalating.companies_late(now):
        defer("deals.answers", to_company=company_id, once=f"answers {company_id}")


@job("deals.answers")
def answers_job(to_company: int) -> None:
    """Take the due steps of the escalation in one company."""
    escalating.escalate_company(to_company, now=datetime.now(UTC))
