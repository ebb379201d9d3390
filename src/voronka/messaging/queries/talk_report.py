"""The report of talks: how many, how soon answered, how rated, what the bot did alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from voronka.accounts import queries as accounts
from voronka.kit.tenancy import current_company_id
from voronka.messaging.models import ChatDepartment

# One pass over the talks of the period: all of them, by day, by owner, by department.
_REPORT = """
WITH talks AS (
  SELECT t.owner_id, t.department_id, (t.begun_at AT TIME ZONE %(zone)s)::date AS day, t.answered_at, t.first_seconds,
    t.rating, t.answered_at IS NULL AND t.asked_at IS NOT NULL AS is_unanswered,
    t.answered_at IS NULL AND t.asked_at IS NULL AND EXISTS (
      SELECT 1 FROM messaging_talkline l WHERE l.company_id = t.company_id AND l.talk_id = t.id
        AND l.by = 'bot' AND l.article_id IS NOT NULL) AS is_bots
  FROM messaging_talk t WHERE t.company_id = %(company)s AND t.begun_at >= %(since)s
)
SELECT grouping(owner_id), grouping(department_id), grouping(day), owner_id, department_id, day, count(*),
  count(answered_at), count(*) FILTER (WHERE is_unanswered), count(*) FILTER (WHERE is_bots),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY first_seconds),
  percentile_cont(0.95) WITHIN GROUP (ORDER BY first_seconds), avg(rating), count(rating)
FROM talks GROUP BY GROUPING SETS ((), (owner_id), (department_id), (day))
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of some talks; `p50` and `p95` are working seconds to the first answer, None where nobody answered."""

    name: str
    day: date | None
    talks: int
    answered: int
    unanswered: int
    by_bot: int
    p50: float | None
    p95: float | None
    rating: float | None
    rated: int

    @property
    def bot_share(self) -> int:
        """Return how many of a hundred talks the bot dealt with alone."""
        return round(100 * self.by_bot / self.talks) if self.talks else 0


@dataclass(frozen=True, slots=True)
class TalkReport:
    """The report: all talks, and by operator, department and day. Talks of nobody or no department have no name."""

    whole: Figures
    operators: Sequence[Figures]
    departments: Sequence[Figures]
    days: Sequence[Figures]


def talk_report(*, since: datetime) -> TalkReport:
    """Return the report of the talks begun since a moment. Who asks has checked that he may see all of them."""
    zone = accounts.get_company_rules().zone
    with connection.cursor() as cursor:
        cursor.execute(_REPORT, {"zone": zone, "company": current_company_id(), "since": since})
        rows = cursor.fetchall()
    people = accounts.employee_names([row[3] for row in rows if row[3] is not None])
    departments = dict(ChatDepartment.objects.values_list("pk", "name"))
    whole, by_owner, by_department, by_day = [], [], [], []
    for no_owner, no_department, no_day, owner, department, day, *figures in rows:
        if not no_owner:
            by_owner.append(Figures(people.get(owner, ""), None, *figures))
        elif not no_department:
            by_department.append(Figures(departments.get(department, ""), None, *figures))
        elif not no_day:
            by_day.append(Figures("", day, *figures))
        else:
            whole.append(Figures("", None, *figures))

    def busiest(one: Figures) -> tuple[bool, int, str]:
        return (not one.name, -one.talks, one.name)

    return TalkReport(
        whole[0],
        sorted(by_owner, key=busiest),
        sorted(by_department, key=busiest),
        sorted(by_day, key=lambda one: one.day or date.min, reverse=True),
    )
