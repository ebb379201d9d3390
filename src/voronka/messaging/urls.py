"""Addresses of messages."""

from django.urls import path

from voronka.messaging.views import cards, leaving, letters, rules, writing

app_name = "messaging"

urlpatterns = [
    path("settings/letters/", letters.template_list, name="templates"),
    path("settings/letters/new/", letters.template_edit, name="template-new"),
    path("settings/letters/<slug:public_id>/", letters.template_edit, name="template"),
    path("settings/letters/<slug:public_id>/delete", letters.template_delete, name="template-delete"),
    path("settings/sending/", rules.rules, name="rules"),
    path("settings/sending/<slug:public_id>/unblock", rules.unblock, name="unblock"),
    path("settings/consents/", rules.consent_texts, name="consent-texts"),
    path("clients/<slug:public_id>/messages/", cards.client_messages, name="client-messages"),
    path("clients/<slug:public_id>/consents/", cards.client_consents, name="client-consents"),
    path("clients/<slug:public_id>/write/", writing.write, name="write"),
    path("messages/<slug:public_id>/call-back/", writing.call_back, name="call-back"),
    path("messages/<slug:public_id>/settle/", cards.settle, name="settle"),
    path("u/<slug:token>/", leaving.leave, name="leave"),
    path("mailbox/", letters.mailbox, name="mailbox"),
]
