"""What others may ask of the queue and the hours."""

from voronka.work.queries.hours import (
    Called,
    CallingHours,
    find_week,
    is_day_off,
    list_days,
    list_leaves,
    list_named_days,
    lunch_of,
    next_client_morning,
    next_shared_moment,
    scale_of,
    schedule_of,
    schedules_of,
)
from voronka.work.queries.planner import cards_of, team_load_by_quarters
from voronka.work.queries.queue import (
    Ahead,
    count_done,
    count_promised_ahead,
    count_waiting,
    find_ahead,
    find_holder,
    held_by_others,
    is_always_open,
    list_promised,
    load_by_quarters,
    my_day_load,
    planned_moments,
    pools_by_key,
    why_now,
)
from voronka.work.rules.bands import Why
from voronka.work.rules.clock import DayScale
from voronka.work.rules.load import HourLoad
from voronka.work.rules.schedule import Schedule

__all__ = [
    "Ahead",
    "Called",
    "CallingHours",
    "DayScale",
    "HourLoad",
    "Schedule",
    "Why",
    "cards_of",
    "count_done",
    "count_promised_ahead",
    "count_waiting",
    "find_ahead",
    "find_holder",
    "find_week",
    "held_by_others",
    "is_always_open",
    "is_day_off",
    "list_days",
    "list_leaves",
    "list_named_days",
    "list_promised",
    "load_by_quarters",
    "lunch_of",
    "my_day_load",
    "next_client_morning",
    "next_shared_moment",
    "planned_moments",
    "pools_by_key",
    "scale_of",
    "schedule_of",
    "schedules_of",
    "team_load_by_quarters",
    "why_now",
]
