"""What the reports contribute to pages: their section of the top bar, and how deals usually pass their stages."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy

from voronka.audience.permissions import MADE_OF, SEE_REPORTS
from voronka.audience.queries.pace import usual_pace
from voronka.deals.ports import register_pace
from voronka.kit.screens import Section, register_section

register_section(
    Section(
        "audience",
        gettext_lazy("Reports"),
        reverse_lazy("audience:funnel"),
        order=60,
        right=SEE_REPORTS,
        field=MADE_OF,
    )
)

register_pace(usual_pace)
