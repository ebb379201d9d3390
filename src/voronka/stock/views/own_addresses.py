"""Addresses of replenishment, lost sales and labels."""

from django.urls import path

from voronka.stock.views import buffer_list, buffers, labels, lost, replenishing

urlpatterns = [
    path("stock/replenish/", replenishing.replenish, name="replenish"),
    path("stock/replenish/export.<slug:code>", replenishing.replenish_export, name="replenish-export"),
    path("stock/replenish/order/", replenishing.replenish_order, name="replenish-order"),
    path("stock/replenish/<slug:public_id>/", replenishing.replenish_open, name="replenish-open"),
    path("stock/replenish/<slug:public_id>/advice/", replenishing.replenish_advice, name="replenish-advice"),
    path("stock/buffers/", buffer_list.buffer_list, name="buffers"),
    path("stock/buffers/change/", buffer_list.buffers_change, name="buffers-change"),
    path("stock/buffers/new/", buffers.buffer_edit, name="buffer-new"),
    path("stock/buffers/propose/", buffers.buffers_propose, name="buffers-propose"),
    path("stock/buffers/file/", buffers.buffers_file, name="buffers-file"),
    path("stock/buffers/<slug:public_id>/", buffers.buffer_edit, name="buffer-edit"),
    path("stock/buffers/<slug:public_id>/drop/", buffers.buffer_drop, name="buffer-drop"),
    path("stock/lost/", lost.lost_sales, name="lost-sales"),
    path("stock/lost/export.<slug:code>", lost.lost_sales_export, name="lost-sales-export"),
    path("stock/labels/", labels.label_page, name="labels"),
    path("stock/labels/print/", labels.labels_print, name="labels-print"),
]
