"""Templates of letters and of SMS."""

from voronka.messaging.models import Template


def list_templates(channel: str = "email") -> list[Template]:
    """Return the templates of a channel in use, by name."""
    return list(Template.objects.filter(channel=channel, is_active=True).order_by("name"))


def find_template(public_id: str, channel: str = "email") -> Template | None:
    """Return a template of a channel in use by its public id."""
    return Template.objects.filter(public_id=public_id, channel=channel, is_active=True).first()
