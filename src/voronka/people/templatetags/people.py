"""Tags of the pages of clients."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.simple_tag
def note_at(notes: Mapping[str, str] | None, name: str) -> str:
    """Return what stands in a mapping under a name; nothing when either is absent."""
    return (notes or {}).get(name, "") if isinstance(notes, Mapping) else ""
