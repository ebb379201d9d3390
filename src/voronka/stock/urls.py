"""Addresses of the stock."""

from django.urls import path

from voronka.stock.views import documents, filling, goods, lists, places, scanning, sheets
from voronka.stock.views.own_addresses import urlpatterns as replenishing

app_name = "stock"

urlpatterns = [
    path("stock/", lists.stock_list, name="goods"),
    path("stock/count/", lists.stock_count, name="goods-count"),
    path("stock/export.<slug:code>", lists.stock_export, name="goods-export"),
    path("stock/goods/<slug:public_id>/", goods.goods_ledger, name="ledger"),
    path("stock/product/<slug:public_id>/", goods.product_block, name="product"),
    path("stock/places/", places.place_list, name="places"),
    path("stock/places/new/", places.place_edit, name="place-new"),
    path("stock/places/order/", places.place_order, name="place-order"),
    path("stock/places/<slug:public_id>/", places.place_edit, name="place"),
    path("stock/settings/", places.settings, name="settings"),
    path("stock/scan/", scanning.scan_begin, name="scan-begin"),
    path("stock/papers/", documents.paper_list, name="papers"),
    path("stock/papers/new/", documents.paper_new, name="paper-new"),
    path("stock/papers/<slug:public_id>/", documents.paper, name="paper"),
    path("stock/papers/<slug:public_id>/find/", filling.paper_find, name="paper-find"),
    path("stock/papers/<slug:public_id>/add/", filling.paper_add, name="paper-add"),
    path("stock/papers/<slug:public_id>/lines/", filling.paper_lines, name="paper-lines"),
    path("stock/papers/<slug:public_id>/export.<slug:code>", documents.paper_export, name="paper-export"),
    path("stock/papers/<slug:public_id>/sheet.pdf", sheets.paper_sheet, name="paper-sheet"),
    path("stock/papers/<slug:public_id>/scan/", scanning.scan_page, name="scan"),
    path("stock/papers/<slug:public_id>/state/", scanning.scan_state, name="scan-state"),
    path("stock/papers/<slug:public_id>/readings/", scanning.scan_readings, name="scan-readings"),
    path("stock/papers/<slug:public_id>/<slug:act>/", documents.paper_act, name="paper-act"),
    *replenishing,
]
