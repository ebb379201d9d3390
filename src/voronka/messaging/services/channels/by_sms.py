"""Answers by SMS: each is a message of the gate, planned with its line."""

from datetime import datetime

from django.utils.translation import gettext as _

from voronka.kit.errors import Conflict, Invalid
from voronka.messaging.models import OutsideLine, Talk, TalkLine
from voronka.messaging.services.planning import Draft, plan
from voronka.messaging.services.writing_sms import TEXT_LIMIT, tariff_of


def plan_sms(talk: Talk, line: TalkLine, now: datetime) -> None:
    """Plan an answer by SMS: through the gate and its limits as every SMS, with parts and price.

    Raises Conflict `no_client` where nobody has said whose number it is, Invalid for a text that no SMS holds.
    """
    if talk.client_id is None:
        raise Conflict(_("An SMS goes to a client: say first whose number this is."), code="no_client")
    if len(line.text) > TEXT_LIMIT:
        message = _("From 1 to 1,000 characters.")
        raise Invalid(message, fields={"text": message})
    tariff = tariff_of("service")
    draft = Draft(
        channel="sms", traffic="service", client_id=talk.client_id, address=talk.outside, body=line.text, due_at=now,
        cause=line.key, author_id=line.author_id, parts=tariff.parts(line.text),
        cost=tariff.cost(line.text),
    )  # fmt: skip
    (message_id,) = plan([draft], now=now)
    OutsideLine.objects.create(line=line, talk=talk, state="sent", text="", message_id=message_id)
