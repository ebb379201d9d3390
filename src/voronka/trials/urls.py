"""Addresses of A/B tests."""

from django.urls import path

from voronka.trials.views import results

app_name = "trials"

urlpatterns = [
    path("tests/", results.trials, name="trials"),
    path("tests/plan/", results.plan, name="plan"),
    path("tests/<slug:public_id>/", results.trial, name="trial"),
    path("tests/<slug:public_id>/stop/", results.trial_stop, name="trial-stop"),
]
