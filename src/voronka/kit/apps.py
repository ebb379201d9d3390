"""The kit as a Django application."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """Tables and templates of the kit."""

    name = "voronka.kit"
    default_auto_field = "django.db.models.BigAutoField"
