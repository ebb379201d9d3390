"""How deals usually pass the stages of a pipeline, and how soon requests are answered: of the latest, read all day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from voronka.deals.ports import Pace
from voronka.kit.tenancy import current_company_id

LATEST = 200  # stays of a stage, and a thousand closed deals: enough for a median, few enough for every view
SINCE = timedelta(days=90)
ANSWERS_SINCE, FEWEST_ANSWERS = timedelta(days=30), 10


def usual_pace(pipeline_id: int, stage_ids: Sequence[int], now: datetime) -> Mapping[int, Pace]:
    """Return the median seconds of the latest stays in each stage, and the share of deals that went on from it.

    `stage_ids` are the stages of the pipeline in their order. Two short probes of indexes, whatever the history is.
    """
    given: dict[str, Any] = {  # parameters are of many types
        "company": current_company_id(),
        "pipeline": pipeline_id,
        "stages": list(stage_ids),
        "latest": LATEST,
        "since": now - SINCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MEDIANS, given)
        seconds = {stage: float(median) for stage, median in cursor.fetchall()}
        cursor.execute(_ENDED, given)
        ended = cursor.fetchall()
    passed = _passed(stage_ids, ended)
    return {stage: Pace(seconds.get(stage), passed.get(stage)) for stage in stage_ids}


def usual_answer(source: str, now: datetime) -> float | None:
    """Return the median seconds in which requests of a way were answered lately; None where too few were measured.

    Those who were called at the hour that they had named have not waited and are left out.
    """
    given: dict[str, Any] = {  # parameters are of many types
        "company": current_company_id(), "source": source, "latest": LATEST, "since": now - ANSWERS_SINCE, "now": now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, given)
        count, median = cursor.fetchone()
    return float(median) if count >= FEWEST_ANSWERS else None


def _passed(stage_ids: Sequence[int], ended: Sequence[tuple[int, str, int]]) -> dict[int, float]:
    """Return the share that went on from each stage, of those that had come to it."""
    reached = sum(count for _stage, state, count in ended if state == "won")
    lost: dict[int, int] = {}
    for stage, state, count in ended:
        if state != "won":
            lost[stage] = lost.get(stage, 0) + count
    found: dict[int, float] = {}
    for stage in reversed(stage_ids):
        came = reached + lost.get(stage, 0)
        if came:
            found[stage] = reached / came
        reached = came
    return found


_MEDIANS = (
    "SELECT s.id, m.median FROM unnest(%(stages)s::bigint[]) AS s (id) CROSS JOIN LATERAL ("
    "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY t.seconds) AS median FROM ("
    "SELECT seconds FROM audience_stagetime WHERE company_id = %(company)s AND stage_id = s.id"
    " AND closed_at >= %(since)s ORDER BY closed_at DESC LIMIT %(latest)s) t) m WHERE m.median IS NOT NULL"
)
_ENDED = (
    "SELECT stage_id, state, count(*) FROM (SELECT stage_id, state FROM audience_dealfact"
    " WHERE company_id = %(company)s AND closed_at >= %(since)s AND pipeline_id = %(pipeline)s"
    " ORDER BY closed_at DESC LIMIT 1000) f GROUP BY 1, 2"
)
_ANSWERS = (
    "SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY wait_seconds) FROM ("
    "SELECT wait_seconds FROM audience_dealfact WHERE company_id = %(company)s AND answered_at >= %(since)s"
    " AND answered_at <= %(now)s AND source = %(source)s AND wait_seconds > 0"
    " ORDER BY answered_at DESC LIMIT %(latest)s) a"
)
