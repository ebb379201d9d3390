"""Templates of letters."""

from voronka.messaging.models import Template


def list_templates() -> list[Template]:
    """Return the templates in use, by name."""
    return list(Template.objects.filter(is_active=True).order_by("name"))


def find_template(public_id: str) -> Template | None:
    """Return a template in use by its public id."""
    return Template.objects.filter(public_id=public_id, is_active=True).first()
