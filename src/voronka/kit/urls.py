"""Addresses of the kit: tickets of live updates, the component page of development."""

from django.urls import path

from voronka.kit import app, components
from voronka.kit.help import help_list, help_topic
from voronka.kit.live import views as live

app_name = "kit"

urlpatterns = [
    path("manifest.webmanifest", app.manifest, name="manifest"),
    path("sw.js", app.worker, name="worker"),
    path("offline/", app.offline, name="offline"),
    path("help/", help_list, name="help"),
    path("help/<slug:code>/", help_topic, name="help-topic"),
    path("live/ticket", live.ticket, name="live-ticket"),
    path("components/", components.component_list, name="components"),
    path("components/workplace", components.component_workplace, name="component-workplace"),
    path("components/found", components.component_found, name="component-found"),
    path("components/phrase", components.component_phrase, name="component-phrase"),
    path("components/pressed", components.component_pressed, name="component-pressed"),
    path("components/ask/<slug:name>", components.component_ask, name="component-ask"),
    path("components/<slug:name>", components.component_page, name="component-page"),
]
