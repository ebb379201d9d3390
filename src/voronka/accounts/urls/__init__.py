"""Addresses of people and companies."""

from django.urls import path

from voronka.accounts.views import doors, profile

app_name = "accounts"

urlpatterns = [
    path("start/", doors.start, name="start"),
    path("join/<str:token>/", doors.join, name="join"),
    path("nowhere/", doors.nowhere, name="nowhere"),
    path("language/", doors.language, name="language"),
    path("me/", profile.profile, name="profile"),
    path("me/theme/", profile.theme, name="theme"),
    path("me/place/", profile.place, name="place"),
]
