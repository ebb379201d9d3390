"""Addresses of automations."""

from django.urls import path

from voronka.flows.views import hooks, lists, maps, runs

app_name = "flows"

urlpatterns = [
    path("automations/", lists.automation_list, name="automations"),
    path("automations/new/", lists.automation_new, name="automation-new"),
    path("automations/scenarios/", lists.scenario_list, name="scenarios"),
    path("automations/scenarios/new/", lists.scenario_new, name="scenario-new"),
    path("automations/walk/<slug:public_id>/", runs.run_page, name="run"),
    path("automations/walk/<slug:public_id>/act/", runs.run_act, name="run-act"),
    path("automations/client/<slug:public_id>/", runs.client_panel, name="client-panel"),
    path("automations/client/<slug:public_id>/bring/", runs.client_bring, name="client-bring"),
    path("automations/talk/<slug:public_id>/", runs.talk_panel, name="talk-panel"),
    path("automations/in/<slug:token>", hooks.hook, name="hook"),
    path("automations/<slug:public_id>/", maps.automation, name="automation"),
    path("automations/<slug:public_id>/change/", maps.change, name="automation-change"),
    path("automations/<slug:public_id>/set-up/", maps.set_up, name="automation-set-up"),
    path("automations/<slug:public_id>/try/", maps.try_scenario, name="scenario-try"),
    path("automations/<slug:public_id>/walks/", runs.run_list, name="runs"),
]
