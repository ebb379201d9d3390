"""A letter shown on a real client before anybody gets it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.texts import Value
from voronka.messaging.models import Template
from voronka.messaging.services.letters import LetterText, render_letter
from voronka.people import queries as people


def preview_letter(*, actor: Actor, subject: str, body: str, client_id: int) -> LetterText:
    """Return the letter as this client would get it; nothing is kept or sent. Raises Refusal for a broken text."""
    template = Template(name=subject or _("Letter"), subject=subject, body=body)
    address = people.main_email(client_id, actor) or ""
    return render_letter(template, address, example_values(actor, client_id))


def example_values(actor: Actor, client_id: int) -> Mapping[str, Value]:
    """Return the values of the fields for a client, with a deal made up."""
    client = people.shown(actor, people.get_client_row(client_id))
    return {
        "client": {
            "name": client.name,
            "first_name": client.first_name or client.name,
            "middle_name": client.middle_name,
            "city": client.city,
        },
        "deal": {"title": _("(name of the deal)"), "sum": "0", "stage": _("(stage)")},
        "manager": {"name": actor.name},
        "company": {"name": accounts.get_company_rules().name},
    }
