"""A letter shown on a real client before anybody gets it."""

from django.utils.translation import gettext as _

from voronka.kit.actors import Actor
from voronka.messaging.models import Template
from voronka.messaging.services.letters import LetterText, render_letter
from voronka.messaging.services.values import made_up_fields, made_up_link, values_for
from voronka.people import queries as people


def preview_letter(*, actor: Actor, subject: str, body: str, client_id: int) -> LetterText:
    """Return the letter as this client would get it; nothing is kept or sent. Raises Refusal for a broken text."""
    template = Template(name=subject or _("Letter"), subject=subject, body=body)
    address = people.main_email(client_id, actor) or ""
    made_up = {"title": _("(name of the deal)"), "sum": "0", "stage": _("(stage)")}
    values = made_up_link(values_for(client_id, made_up, actor, own=made_up_fields(actor), shown=True))
    return render_letter(template, address, values)
