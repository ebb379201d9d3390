"""Rights over the queue."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare

WORK_FEED = declare(
    "work.feed",
    _("work through the feed"),
    shipped={"head": Reach.ALL, "manager": Reach.ALL},
    about=_("Get the next client from the queue and hold him while talking."),
)
MANAGE_HOURS = declare(
    "work.manage_hours",
    _("set working hours and days off"),
    shipped={"head": Reach.ALL},
    about=_("Say when the company and its people work and rest: tasks are planned by it."),
)
SEE_LOAD = declare(
    "work.see_load",
    _("see the load of colleagues"),
    by_record=True,
    shipped={"head": Reach.ALL, "manager": Reach.TEAM},
    about=_("See how busy colleagues are by the hour while a time is chosen."),
)
