"""Addresses that strangers open, and the page that sets them up."""

from django.urls import path

from voronka.orders.client_page import setting, shop, views

urlpatterns = [
    path("o/<str:token>/", views.client, name="client"),
    path("o/<str:token>/cancel/", views.client_cancel, name="client-cancel"),
    path("o/<str:token>/change/", views.client_change, name="client-change"),
    path("o/<str:token>/return/", views.client_return, name="client-return"),
    path("o/<str:token>/repeat/", views.client_repeat, name="client-repeat"),
    path("o/<str:token>/rate/", views.client_rate, name="client-rate"),
    path("o/<str:token>/friend/", views.client_friend, name="client-friend"),
    path("o/<str:token>/papers/<str:key>", views.client_paper, name="client-paper"),
    path("order/<slug:form_key>/", shop.order_form, name="order-form"),
    path("orders/<slug:public_id>/client-page/", setting.client_panel, name="client-panel"),
    path("settings/order-form/", setting.shop_page, name="shop-page"),
]
