"""Addresses of sites."""

from django.urls import path

from voronka.site.views import chatting, sites, variants, visitors, widgets

app_name = "site"

urlpatterns = [
    path("sites/", sites.site_list, name="sites"),
    path("sites/new/", sites.site_edit, name="site-new"),
    path("sites/<slug:public_id>/", sites.site, name="site"),
    path("sites/<slug:public_id>/edit/", sites.site_edit, name="site-edit"),
    path("sites/<slug:public_id>/secret/", sites.site_secret, name="site-secret"),
    path("visitors/", visitors.visitors, name="visitors"),
    path("visitors/of/<slug:public_id>/", visitors.client_panel, name="client-panel"),
    path("visitors/<slug:public_id>/", visitors.visitor, name="visitor"),
    path("sites/<slug:public_id>/widgets/", widgets.widget_list, name="widgets"),
    path("sites/<slug:public_id>/widgets/new/", widgets.widget_new, name="widget-new"),
    path("sites/<slug:public_id>/look/", widgets.look, name="look"),
    path("widgets/module/<slug:name>/", widgets.widget_script, name="widget-script"),
    path("widgets/<slug:public_id>/", widgets.widget, name="widget"),
    path("widgets/<slug:public_id>/act/", widgets.widget_act, name="widget-act"),
    path("widgets/<slug:public_id>/look/", widgets.widget_look, name="widget-look"),
    path("widgets/<slug:public_id>/test/", variants.widget_test, name="widget-test"),
    path("widgets/<slug:public_id>/variants/<int:number>/", variants.widget_variant, name="widget-variant"),
    path("sites/<slug:public_id>/chat/", chatting.site_chat, name="site-chat"),
    path("talk/<slug:public_id>/visitor/", chatting.talk_visitor, name="talk-visitor"),
]
