"""Addresses of messages."""

from django.urls import path

from voronka.messaging.views import cards, knowledge, learning, leaving, letters, rules, sms, writing

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
    path("settings/sms/", sms.overview, name="sms"),
    path("settings/sms/new/", sms.provider_edit, name="sms-provider-new"),
    path("settings/sms/try/", sms.try_page, name="sms-try"),
    path("settings/sms/try/<slug:public_id>/ask", sms.try_ask, name="sms-try-ask"),
    path("settings/sms/count", sms.counted, name="sms-count"),
    path("settings/sms/errors/", sms.errors, name="sms-errors"),
    path("settings/sms/checklist/", sms.checklist, name="sms-checklist"),
    path("settings/sms/<slug:public_id>/", sms.provider_edit, name="sms-provider"),
    path("settings/sms/<slug:public_id>/balance", sms.balance, name="sms-balance"),
    path("settings/sms/<slug:public_id>/senders", sms.sender_save, name="sms-sender-add"),
    path("settings/sms/<slug:public_id>/senders/<slug:sender_id>", sms.sender_save, name="sms-sender"),
    path("settings/sms/<slug:public_id>/senders/<slug:sender_id>/drop", sms.sender_drop, name="sms-sender-drop"),
    path("answers/", knowledge.answer_list, name="answers"),
    path("answers/new/", knowledge.answer_edit, name="answer-new"),
    path("answers/synonyms/", knowledge.synonyms, name="synonyms"),
    path("answers/propose/", learning.propose, name="propose"),
    path("answers/learnt/", learning.learnt, name="learnt"),
    path("answers/learnt/<slug:public_id>/judge", learning.learnt_judge, name="learnt-judge"),
    path("answers/unanswered/", learning.unanswered, name="unanswered"),
    path("answers/unanswered/<slug:public_id>/act", learning.unanswered_act, name="unanswered-act"),
    path("answers/<slug:public_id>/", knowledge.answer_edit, name="answer"),
    path("answers/<slug:public_id>/switch", knowledge.answer_switch, name="answer-switch"),
    path("answers/<slug:public_id>/delete", knowledge.answer_delete, name="answer-delete"),
]
