"""Addresses of sites."""

from django.urls import path

from voronka.site.views import sites

app_name = "site"

urlpatterns = [
    path("sites/", sites.site_list, name="sites"),
    path("sites/new/", sites.site_edit, name="site-new"),
    path("sites/<slug:public_id>/", sites.site, name="site"),
    path("sites/<slug:public_id>/edit/", sites.site_edit, name="site-edit"),
]
