"""Rights over the queue."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare

WORK_FEED = declare("work.feed", _("work through the feed"), shipped={"head": Reach.ALL, "manager": Reach.ALL})
MANAGE_HOURS = declare("work.manage_hours", _("set working hours and days off"), shipped={"head": Reach.ALL})
SEE_LOAD = declare(
    "work.see_load",
    _("see the load of colleagues"),
    by_record=True,
    shipped={"head": Reach.ALL, "manager": Reach.TEAM},
)
SET_TASKS = declare(
    "work.set_tasks",
    _("set tasks for people"),
    by_record=True,
    shipped=dict.fromkeys(
        ("head", "manager", "marketer", "storekeeper", "cashier", "accountant"), Reach.ALL
    ),
)  # fmt: skip
SEE_TASKS = declare(
    "work.see_tasks",
    _("see tasks of colleagues"),
    by_record=True,
    shipped={"head": Reach.ALL, **dict.fromkeys(
        ("manager", "marketer", "storekeeper", "cashier", "accountant", "reader"), Reach.OWN
    )},
)  # fmt: skip
MANAGE_TASK_KINDS = declare(
    "work.manage_task_kinds", _("set up kinds of tasks and overdue rules"), shipped={"head": Reach.ALL}
)
PLAN = declare(
    "work.plan",
    _("move tasks in the planner"),
    by_record=True,
    shipped={"head": Reach.ALL, **dict.fromkeys(
        ("manager", "marketer", "storekeeper", "cashier", "accountant"), Reach.OWN
    )},
)  # fmt: skip
