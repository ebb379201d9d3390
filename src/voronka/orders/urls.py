"""Addresses of orders."""

from django.urls import path

from voronka.orders.client_page.addresses import urlpatterns as client_page
from voronka.orders.views import (
    acts,
    bulk,
    cards,
    entering,
    lists,
    looks,
    moving,
    packing,
    reports,
    returning,
    settings,
    sheets,
)

app_name = "orders"

urlpatterns = [
    path("orders/", looks.order_list, name="order-list"),
    path("orders/list.<slug:code>", lists.order_export, name="order-export"),
    path("orders/new/", entering.order_new, name="order-new"),
    path("orders/new/goods", entering.entry_goods, name="entry-goods"),
    path("orders/new/clients", entering.entry_clients, name="entry-clients"),
    path("orders/new/sum", entering.entry_sum, name="entry-sum"),
    path("orders/bulk/<slug:act>", bulk.orders_bulk, name="bulk"),
    path("orders/board/<slug:public_id>", looks.board_more, name="board-more"),
    path("orders/of/<slug:public_id>", cards.client_orders, name="client-orders"),
    path("orders/picking/", packing.picking, name="picking"),
    path("orders/picking/sheet.pdf", sheets.wave_sheet, name="wave-sheet"),
    path("orders/report/", reports.report, name="report"),
    path("orders/returns/", returning.return_list, name="returns"),
    path("orders/returns/<slug:public_id>/", returning.return_card, name="return"),
    path("orders/returns/<slug:public_id>/act/<slug:act>", returning.return_act, name="return-act"),
    path("orders/shipments/<slug:public_id>/", packing.shipment, name="shipment"),
    path("orders/shipments/<slug:public_id>/sheet.pdf", sheets.shipment_sheet, name="shipment-sheet"),
    path("orders/shipments/<slug:public_id>/scan", packing.pack_scan, name="pack-scan"),
    path("orders/shipments/<slug:public_id>/act/<slug:act>", packing.shipment_act, name="shipment-act"),
    path("orders/<slug:public_id>/", cards.order, name="order"),
    path("orders/<slug:public_id>/change/", entering.order_change, name="order-change"),
    path("orders/<slug:public_id>/return/", returning.return_new, name="return-new"),
    path("orders/<slug:public_id>/move", moving.order_move, name="move"),
    path("orders/<slug:public_id>/act/<slug:act>", acts.order_act, name="act"),
    path("settings/orders/", settings.orders_settings, name="settings"),
    path("settings/orders/routing", settings.routing, name="routing"),
    path("settings/orders/statuses/new/", settings.status_edit, name="status-new"),
    path("settings/orders/statuses/<slug:public_id>/", settings.status_edit, name="status"),
    path("settings/orders/delivery/new/", settings.delivery_edit, name="delivery-new"),
    path("settings/orders/delivery/<slug:public_id>/", settings.delivery_edit, name="delivery"),
    path("settings/orders/payment/new/", settings.payment_edit, name="payment-new"),
    path("settings/orders/payment/<slug:public_id>/", settings.payment_edit, name="payment"),
    *client_page,
]
