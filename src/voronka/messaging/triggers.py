"""What messages offer to automations: the letters of ready processes are written when one is taken."""

from collections.abc import Mapping
from datetime import datetime

from voronka.flows.services import offer_maker
from voronka.kit.actors import Actor
from voronka.messaging.queries import list_templates
from voronka.messaging.services.templates import save_template


def write_letter(actor: Actor, words: Mapping[str, str], now: datetime) -> str:
    """Write the template of a ready process, or find the one of this name; return its public id."""
    known = next((one for one in list_templates() if one.name == words["name"]), None)
    if known is not None:
        return str(known.public_id)
    made = save_template(actor=actor, name=words["name"], subject=words["subject"], body=words["body"])
    return str(made.public_id)


offer_maker("letter", write_letter)
