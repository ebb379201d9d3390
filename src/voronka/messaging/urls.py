"""Addresses of messages."""

from django.urls import path

from voronka.messaging import views

app_name = "messaging"

urlpatterns = [
    path("settings/letters/", views.template_list, name="templates"),
    path("settings/letters/new/", views.template_edit, name="template-new"),
    path("settings/letters/<slug:public_id>/", views.template_edit, name="template"),
    path("settings/letters/<slug:public_id>/delete", views.template_delete, name="template-delete"),
    path("mailbox/", views.mailbox, name="mailbox"),
]
