"""Addresses of documents and money."""

from django.urls import path

from voronka.billing.views import crediting, debts, documents, money, online, paying, settings, writing

app_name = "billing"

urlpatterns = [
    path("money/", documents.home, name="home"),
    path("money/documents/", documents.document_list, name="documents"),
    path("money/documents/export.<slug:code>", documents.document_export, name="documents-export"),
    path("money/documents/new/", writing.document_new, name="document-new"),
    path("money/documents/of/<slug:public_id>", documents.client_documents, name="client-documents"),
    path("money/documents/<slug:public_id>/", documents.document, name="document"),
    path("money/documents/<slug:public_id>/change/", writing.document_change, name="document-change"),
    path("money/documents/<slug:public_id>/file.<slug:ending>", documents.document_file, name="document-file"),
    path("money/documents/<slug:public_id>/page-<int:page>.png", documents.document_page, name="document-page"),
    path("money/documents/<slug:public_id>/versions/<int:version>", documents.document_kept, name="document-kept"),
    path("money/documents/<slug:public_id>/act/<slug:act>", documents.document_act, name="document-act"),
    path("money/documents/<slug:public_id>/link/<slug:act>", online.document_link, name="document-link"),
    path("money/orders/<slug:public_id>", documents.order_papers, name="order-papers"),
    path("money/payments/", money.payment_list, name="payments"),
    path("money/payments/export.<slug:code>", money.payment_export, name="payments-export"),
    path("money/payments/new/", money.payment_new, name="payment-new"),
    path("money/payments/<slug:public_id>/", money.payment, name="payment"),
    path("money/payments/<slug:public_id>/act/<slug:act>", money.payment_act, name="payment-act"),
    path("money/payments/<slug:public_id>/refund-by-provider", online.refund_online, name="payment-refund-online"),
    path("money/surpluses/<slug:public_id>/act/<slug:act>", crediting.surplus_act, name="surplus-act"),
    path("money/statements/", money.statement_list, name="statements"),
    path("money/statements/<slug:public_id>/", money.statement, name="statement"),
    path("money/debts/", debts.debt_list, name="debts"),
    path("settings/requisites/", settings.requisites_list, name="requisites"),
    path("settings/requisites/new/", settings.requisites_edit, name="requisites-new"),
    path("settings/requisites/accounts/<slug:public_id>/drop", settings.account_drop, name="account-drop"),
    path("settings/requisites/<slug:public_id>/", settings.requisites_edit, name="requisites-one"),
    path("settings/requisites/<slug:public_id>/accounts", settings.account_add, name="account-add"),
    path("settings/requisites/<slug:public_id>/pictures/<slug:slot>", settings.picture, name="picture"),
    path("settings/providers/", online.provider_list, name="providers"),
    path("settings/providers/new/", online.provider_edit, name="provider-new"),
    path("settings/providers/<slug:public_id>/", online.provider_edit, name="provider"),
    path("settings/numbering/", settings.numbering, name="numbering"),
    path("settings/papers/", settings.template_list, name="templates"),
    path("settings/papers/new/", settings.template_edit, name="template-new"),
    path("settings/papers/<slug:public_id>/", settings.template_edit, name="template"),
    path("settings/papers/<slug:public_id>/file.docx", settings.template_file, name="template-file"),
    path("settings/papers/<slug:public_id>/drop", settings.template_drop, name="template-drop"),
    path("pay/<slug:sign>", paying.pay, name="pay"),
    path("pay/<slug:sign>/invoice.pdf", paying.pay_file, name="pay-file"),
    path("pay/notices/<slug:key>", paying.hook, name="hook"),
    path("pay/sandbox/<slug:outer_id>", paying.sandbox_page, name="sandbox"),
]
