"""The verbs of clients."""

from voronka.people.services.custom_values import set_custom_fields

__all__ = ["set_custom_fields"]
