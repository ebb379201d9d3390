"""Addresses of clients."""

from django.urls import path

from voronka.people.views import (
    addresses,
    bulk,
    cards,
    doubles,
    editing,
    fields,
    fullness,
    intake,
    lists,
    merging,
    organisations,
)
from voronka.people.views import bin as recycle_bin
from voronka.people.views.imports import addresses as imports

app_name = "people"

urlpatterns = [
    *imports.urlpatterns,  # before the cards, whose addresses would take "import" for an id
    path("clients/", lists.client_list, name="client-list"),
    path("clients/count/", lists.client_count, name="client-count"),
    path("clients/export.<slug:code>", lists.client_export, name="client-export"),
    path("clients/add/", editing.client_add, name="client-add"),
    path("clients/duplicates/", doubles.double_list, name="double-list"),
    path("clients/duplicates/export.<slug:code>", doubles.double_export, name="double-export"),
    path("clients/duplicates/hint/", editing.duplicate_hint, name="duplicates"),
    path("clients/duplicates/merge/", doubles.double_merge, name="double-merge"),
    path("clients/duplicates/different/", doubles.different, name="different"),
    path("clients/merge/", merging.merge, name="merge"),
    path("clients/merges/<slug:public_id>/", merging.merge_run, name="merge-run"),
    path("clients/merges/<slug:public_id>/undo/", merging.merge_undo, name="merge-undo"),
    path("clients/bulk/", bulk.begin, name="bulk-begin"),
    path("clients/bulk/<slug:public_id>/", bulk.page, name="bulk"),
    path("clients/bulk/<slug:public_id>/start/", bulk.start, name="bulk-start"),
    path("clients/bulk/<slug:public_id>/progress/", bulk.progress, name="bulk-progress"),
    path("clients/bulk/<slug:public_id>/stop/", bulk.stop, name="bulk-stop"),
    path("clients/bulk/<slug:public_id>/undo/", bulk.undo, name="bulk-undo"),
    path("clients/bin/", recycle_bin.bin_list, name="bin"),
    path("clients/bin/export.<slug:code>", recycle_bin.bin_export, name="bin-export"),
    path("clients/bin/restore/", recycle_bin.restore, name="bin-restore"),
    path("clients/<slug:public_id>/", cards.client_detail, name="client-detail"),
    path("clients/<slug:public_id>/edit/", editing.client_edit, name="client-edit"),
    path("clients/<slug:public_id>/delete/", recycle_bin.client_delete, name="client-delete"),
    path("clients/<slug:public_id>/feed/", cards.client_feed, name="client-feed"),
    path("clients/<slug:public_id>/note/", cards.note_add, name="note-add"),
    path("clients/<slug:public_id>/consent/", cards.consent_add, name="consent-add"),
    path("clients/<slug:public_id>/addresses/", addresses.address_save, name="addresses"),
    path("clients/<slug:public_id>/addresses/act/", addresses.address_act, name="address-act"),
    path("clients/<slug:public_id>/answer/", fullness.full_answer, name="full-answer"),
    path("clients/<slug:public_id>/history/", cards.client_history, name="client-history"),
    path("clients/<slug:public_id>/files/<slug:file_id>/", cards.client_file, name="client-file"),
    path("clients/<slug:public_id>/persons/", organisations.person_add, name="person-add"),
    path("clients/<slug:public_id>/persons/remove/", organisations.person_remove, name="person-remove"),
    path("settings/completeness/", fullness.weights, name="weights"),
    path("settings/fields/", fields.field_list, name="fields"),
    path("settings/fields/<slug:public_id>/", fields.field_edit, name="field"),
    path("settings/fields/<slug:public_id>/move/", fields.field_move, name="field-move"),
    path("settings/fields/<slug:public_id>/switch/", fields.field_switch, name="field-switch"),
    path("f/<slug:form_key>", intake.lead_form, name="lead-form"),
]
