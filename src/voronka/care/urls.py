"""Addresses of surveys."""

from django.urls import path

from voronka.care.views import editing, page, results

app_name = "care"

urlpatterns = [
    path("s/<str:token>/", page.page, name="page"),
    path("surveys/", results.surveys, name="surveys"),
    path("surveys/new/", editing.survey_edit, name="survey-new"),
    path("surveys/ready/", editing.add_ready, name="add-ready"),
    path("surveys/rules/", editing.rules_page, name="rules"),
    path("surveys/<slug:public_id>/", results.survey, name="survey"),
    path("surveys/<slug:public_id>/edit/", editing.survey_edit, name="survey-edit"),
    path("surveys/<slug:public_id>/switch/", editing.survey_switch, name="survey-switch"),
    path("surveys/<slug:public_id>/answers.<slug:code>", results.answers_file, name="answers-file"),
]
