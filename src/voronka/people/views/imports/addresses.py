"""Addresses of imports, taken in by the part's own; `/import` in a path lets a large body through."""

from django.urls import path

from voronka.people.views.imports import pages, questions

urlpatterns = [
    path("clients/import/", pages.import_list, name="imports"),
    path("clients/import/upload", pages.import_upload, name="import-upload"),
    path("clients/import/<slug:public_id>/", pages.import_page, name="import"),
    path("clients/import/<slug:public_id>/columns", pages.import_columns, name="import-columns"),
    path("clients/import/<slug:public_id>/sheet", pages.import_sheet, name="import-sheet"),
    path("clients/import/<slug:public_id>/remarks", pages.import_remarks, name="import-remarks"),
    path("clients/import/<slug:public_id>/start", pages.import_start, name="import-start"),
    path("clients/import/<slug:public_id>/progress", pages.import_progress, name="import-progress"),
    path("clients/import/<slug:public_id>/pause", pages.import_pause, name="import-pause"),
    path("clients/import/<slug:public_id>/resume", pages.import_resume, name="import-resume"),
    path("clients/import/<slug:public_id>/undo", pages.import_undo, name="import-undo"),
    path("clients/import/<slug:public_id>/drop", pages.import_drop, name="import-drop"),
    path("clients/import/<slug:public_id>/rejected", pages.import_rejected, name="import-rejected"),
    path("clients/import/<slug:public_id>/file", pages.import_file, name="import-file"),
    path("clients/import/<slug:public_id>/questions", questions.question, name="import-questions"),
    path("clients/import/<slug:public_id>/questions/<int:row>", questions.answer, name="import-answer"),
]
