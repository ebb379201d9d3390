"""Rights over reports."""

from django.utils.translation import gettext_lazy as _

from voronka.kit.actors import Reach, declare

MADE_OF = "deal.sum"  # a field without which no report can be shown
SEE_REPORTS = declare(
    "audience.see_reports",
    _("see reports"),
    by_record=True,
    shipped={"head": Reach.ALL, "manager": Reach.OWN, "marketer": Reach.ALL, "reader": Reach.ALL},
)
