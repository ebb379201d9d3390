"""The base of every part's application: contributions are registered by importing their modules."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

CONTRIBUTIONS = (
    "permissions",
    "limits",
    "subjects",
    "channels",
    "steps",
    "triggers",
    "facets",
    "stakes",
    "panels",
    "subscribers",
    "gateways",
    "jobs",
)


class PartConfig(AppConfig):
    """A part as a Django application; importing its contributions registers them."""

    default = False
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the modules whose import registers rights, steps, facets, stakes, panels, listeners, jobs."""
        for module in CONTRIBUTIONS:
            if find_spec(f"{self.name}.{module}") is not None:
                import_module(f"{self.name}.{module}")
