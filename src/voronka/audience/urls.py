"""Addresses of the reports."""

from django.urls import path

from voronka.audience.views import behind, files, funnel, goods, managers

app_name = "audience"
urlpatterns = [
    path("reports/", funnel.funnel, name="funnel"),
    path("reports/team/", funnel.team, name="funnel-team"),
    path("reports/goods/", goods.goods, name="funnel-goods"),
    path("reports/funnel.xlsx", files.funnel_file, name="funnel-file"),
    path("reports/managers/", managers.managers, name="managers"),
    path("reports/managers.xlsx", files.managers_file, name="managers-file"),
    path("reports/behind/", behind.behind, name="behind"),
]
