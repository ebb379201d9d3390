"""Addresses of documents and money."""

from django.urls import path

from voronka.billing.views import documents, money, settings, writing

app_name = "billing"

urlpatterns = [
    path("money/", documents.home, name="home"),
    path("money/documents/", documents.document_list, name="documents"),
    path("money/documents/new/", writing.document_new, name="document-new"),
    path("money/documents/of/<slug:public_id>", documents.client_documents, name="client-documents"),
    path("money/documents/<slug:public_id>/", documents.document, name="document"),
    path("money/documents/<slug:public_id>/change/", writing.document_change, name="document-change"),
    path("money/documents/<slug:public_id>/file.<slug:ending>", documents.document_file, name="document-file"),
    path("money/documents/<slug:public_id>/page-<int:page>.png", documents.document_page, name="document-page"),
    path("money/documents/<slug:public_id>/versions/<int:version>", documents.document_kept, name="document-kept"),
    path("money/documents/<slug:public_id>/act/<slug:act>", documents.document_act, name="document-act"),
    path("money/payments/", money.payment_list, name="payments"),
    path("money/payments/new/", money.payment_new, name="payment-new"),
    path("money/payments/<slug:public_id>/", money.payment, name="payment"),
    path("money/payments/<slug:public_id>/act/<slug:act>", money.payment_act, name="payment-act"),
    path("money/statements/", money.statement_list, name="statements"),
    path("money/statements/<slug:public_id>/", money.statement, name="statement"),
    path("money/debts/", money.debt_list, name="debts"),
    path("settings/requisites/", settings.requisites_list, name="requisites"),
    path("settings/requisites/new/", settings.requisites_edit, name="requisites-new"),
    path("settings/requisites/accounts/<slug:public_id>/drop", settings.account_drop, name="account-drop"),
    path("settings/requisites/<slug:public_id>/", settings.requisites_edit, name="requisites-one"),
    path("settings/requisites/<slug:public_id>/accounts", settings.account_add, name="account-add"),
    path("settings/requisites/<slug:public_id>/pictures/<slug:slot>", settings.picture, name="picture"),
    path("settings/numbering/", settings.numbering, name="numbering"),
    path("settings/papers/", settings.template_list, name="templates"),
    path("settings/papers/new/", settings.template_edit, name="template-new"),
    path("settings/papers/<slug:public_id>/", settings.template_edit, name="template"),
    path("settings/papers/<slug:public_id>/drop", settings.template_drop, name="template-drop"),
]
