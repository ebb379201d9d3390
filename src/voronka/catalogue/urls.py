"""Addresses of goods."""

from django.urls import path

from voronka.catalogue.views import cards, categories, editing, feeds, held, lists, settings, terms
from voronka.catalogue.views.supply.addresses import urlpatterns as supply

app_name = "catalogue"

urlpatterns = [
    *supply,
    path("goods/", lists.goods_list, name="goods-list"),
    path("goods/count/", lists.goods_count, name="goods-count"),
    path("goods/export.<slug:code>", lists.goods_export, name="goods-export"),
    path("goods/switch/", lists.goods_switch, name="goods-switch"),
    path("goods/add/", editing.goods_add, name="goods-add"),
    path("goods/find/", editing.goods_find, name="goods-find"),
    path("goods/categories/", categories.category_list, name="categories"),
    path("goods/categories/<slug:public_id>/", categories.category_edit, name="category"),
    path("goods/categories/<slug:public_id>/move/", categories.category_move, name="category-move"),
    path("goods/held/", held.held_list, name="held"),
    path("goods/held/settle/", held.held_settle, name="held-settle"),
    path("goods/terms/of/<slug:public_id>/", terms.client_terms, name="client-terms"),
    path("goods/pictures/<slug:public_id>", cards.picture, name="picture"),
    path("goods/<slug:public_id>/", cards.goods_detail, name="goods-detail"),
    path("goods/<slug:public_id>/edit/", editing.goods_edit, name="goods-edit"),
    path("goods/<slug:public_id>/switch/", cards.product_switch, name="product-switch"),
    path("goods/<slug:public_id>/price/", cards.price_set, name="price-set"),
    path("goods/<slug:public_id>/kit/<slug:variant_id>/", editing.kit_edit, name="kit-edit"),
    path("goods/<slug:public_id>/related/", editing.related_edit, name="related-edit"),
    path("goods/<slug:public_id>/options/", editing.options_edit, name="options-edit"),
    path("goods/<slug:public_id>/pictures/", cards.picture_add, name="picture-add"),
    path("goods/<slug:public_id>/pictures/<slug:picture_id>/", cards.picture_delete, name="picture-delete"),
    path("settings/prices/", settings.kind_list, name="kinds"),
    path("settings/prices/new/", settings.kind_edit, name="kind-new"),
    path("settings/prices/kinds/<slug:code>/", settings.kind_edit, name="kind"),
    path("settings/prices/kinds/<slug:code>/delete/", settings.kind_delete, name="kind-delete"),
    path("settings/prices/rules/", settings.rule_list, name="price-rules"),
    path("settings/prices/rules/new/", settings.rule_edit, name="price-rule-new"),
    path("settings/prices/rules/<slug:public_id>/", settings.rule_edit, name="price-rule"),
    path("settings/prices/rules/<slug:public_id>/move/", settings.rule_move, name="price-rule-move"),
    path("settings/prices/suppliers/", settings.supplier_list, name="suppliers"),
    path("settings/prices/suppliers/new/", settings.supplier_edit, name="supplier-new"),
    path("settings/prices/suppliers/<slug:public_id>/", settings.supplier_edit, name="supplier"),
    path("settings/prices/rates/", settings.rate_list, name="rates"),
    path("settings/prices/terms/", terms.terms_list, name="terms"),
    path("settings/prices/feeds/", feeds.feed_list, name="feeds"),
    path("settings/prices/feeds/new/", feeds.feed_edit, name="feed-new"),
    path("settings/prices/feeds/<slug:public_id>/", feeds.feed_edit, name="feed"),
    path("settings/prices/feeds/<slug:public_id>/act/", feeds.feed_act, name="feed-act"),
    path("feeds/<slug:key>.<slug:code>", feeds.feed_file, name="feed-file"),
    path("goods-pictures/<slug:public_id>", feeds.feed_picture, name="feed-picture"),
]
