"""Addresses of price lists, taken in by the part's own; `/import` in a path lets a large body through."""

from django.urls import path

from voronka.catalogue.views.supply import doubts, pages, sources

urlpatterns = [
    path("goods/import/", pages.supplier_list, name="supply"),
    path("goods/import/suppliers/<slug:public_id>/", pages.supplier_page, name="supply-supplier"),
    path("goods/import/suppliers/<slug:public_id>/upload", pages.load_upload, name="supply-upload"),
    path("goods/import/suppliers/<slug:public_id>/doubts/", doubts.doubt, name="supply-doubts"),
    path("goods/import/suppliers/<slug:public_id>/doubts/answer", doubts.answer, name="supply-answer"),
    path("goods/import/suppliers/<slug:public_id>/doubts/back", doubts.answer_back, name="supply-answer-back"),
    path("goods/import/suppliers/<slug:public_id>/doubts/find", doubts.find, name="supply-find"),
    path("goods/import/suppliers/<slug:public_id>/sources/<slug:kind>/", sources.source_new, name="source-new"),
    path("goods/import/sources/<slug:public_id>/", sources.source_edit, name="source"),
    path("goods/import/sources/<slug:public_id>/act", sources.source_act, name="source-act"),
    path("goods/import/refused/<slug:public_id>/act", sources.refused_act, name="refused-act"),
    path("goods/import/<slug:public_id>/", pages.load_page, name="supply-load"),
    path("goods/import/<slug:public_id>/columns", pages.load_columns, name="supply-columns"),
    path("goods/import/<slug:public_id>/progress", pages.load_progress, name="supply-progress"),
    path("goods/import/<slug:public_id>/undo", pages.load_undo, name="supply-undo"),
    path("goods/import/<slug:public_id>/drop", pages.load_drop, name="supply-drop"),
    path("goods/import/<slug:public_id>/bad", pages.load_bad, name="supply-bad"),
]
