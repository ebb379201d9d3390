"""Templates and letters."""

from voronka.messaging.models import Letter, Template


def list_templates() -> list[Template]:
    """Return the templates in use, by name."""
    return list(Template.objects.filter(is_active=True).order_by("name"))


def find_template(public_id: str) -> Template | None:
    """Return a template in use by its public id."""
    return Template.objects.filter(public_id=public_id, is_active=True).first()


def letters_by_id(ids: list[int]) -> dict[int, Letter]:
    """Return letters by id, for timelines; unknown ids are left out."""
    return Letter.objects.in_bulk(ids)
