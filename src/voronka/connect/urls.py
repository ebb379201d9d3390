"""Addresses of keys, webhooks and the documentation; those of the API itself are in `api.assembly`."""

from django.urls import path, re_path

from voronka.connect.api import documentation
from voronka.connect.api.nowhere import nowhere
from voronka.connect.views import keys, webhooks

app_name = "connect"

urlpatterns = [
    path("api/", documentation.documentation, name="documentation"),
    path("settings/keys/", keys.key_list, name="keys"),
    path("settings/keys/<slug:public_id>/revoke/", keys.key_revoke, name="key-revoke"),
    path("settings/webhooks/", webhooks.webhook_list, name="webhooks"),
    path("settings/webhooks/add/", webhooks.webhook_add, name="webhook-add"),
    path("settings/webhooks/<slug:public_id>/", webhooks.webhook_detail, name="webhook"),
    path("settings/webhooks/<slug:public_id>/edit/", webhooks.webhook_edit, name="webhook-edit"),
    path("settings/webhooks/<slug:public_id>/act/", webhooks.webhook_act, name="webhook-act"),
    path("settings/webhooks/<slug:public_id>/replay/", webhooks.webhook_replay, name="webhook-replay"),
    path(
        "settings/webhooks/<slug:public_id>/deliveries/<slug:delivery_id>/",
        webhooks.delivery_detail,
        name="delivery",
    ),
    re_path(r"^api/(?P<rest>.+)$", nowhere, name="nowhere"),
]
