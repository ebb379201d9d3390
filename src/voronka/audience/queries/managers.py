"""The figures of each employee in both periods, read by few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from voronka.audience.queries import figures
from voronka.audience.queries.figures import NOW, WAS, Answered, Asked
from voronka.audience.rules.managers import Figures
from voronka.orders import queries as orders

Days = tuple[date, date]
Pair = tuple[Figures, Figures]


@dataclass(slots=True)
class Managers:
    """Figures now and before by employee (None: nobody, the common pool), and of all together; answers by hour."""

    by_employee: dict[int | None, Pair] = field(default_factory=dict)
    whole: Pair = field(default_factory=lambda: (Figures(), Figures()))
    hours: Sequence[Answered] = ()

    def of(self, employee_id: int | None) -> Pair:
        """Return the figures of an employee, empty ones when he did nothing."""
        return self.by_employee.setdefault(employee_id, (Figures(), Figures()))


def read_managers(asked: Asked, now: Days, was: Days, zone: str, *, with_opened: bool = True) -> Managers:
    """Return what each employee did in both periods; presses are those of all pipelines and sources."""
    found = Managers()
    _add_presses(found, figures.list_presses(now, was, asked.employee_ids))
    opened = figures.list_opened(asked) if with_opened else {}
    for (period, who), count in opened.items():
        for one in (found.of(who)[period], found.whole[period]):
            one.opened += count
    for row in figures.list_closed_by_employee(asked):
        for one in (found.of(row.key)[row.period], found.whole[row.period]):
            if row.state == "won":
                one.won, one.sum = one.won + row.count, one.sum + row.sum
            elif row.state == "lost":
                one.lost += row.count
            else:
                one.archived += row.count
    for period, bounds in ((NOW, asked.now), (WAS, asked.was)):
        for who, count in orders.repeats_by_employee(*bounds, asked.employee_ids).items():
            for one in (found.of(who)[period], found.whole[period]):
                one.repeats += count
    answers = figures.list_answered(asked, zone)
    for answer in answers:
        if not answer.is_by_hour:
            whose = found.of(answer.employee_id) if answer.is_by_employee else found.whole
            whose[answer.period].answered, whose[answer.period].answer = answer.count, answer.median
    found.hours = [one for one in answers if one.is_by_hour]
    return found


def _add_presses(found: Managers, presses: Mapping[tuple[int, int | None, str], int]) -> None:
    for (period, who, result), count in presses.items():
        assert period in (NOW, WAS)
        for one in (found.of(who)[period], found.whole[period]):
            one.by_result[result] = one.by_result.get(result, 0) + count
