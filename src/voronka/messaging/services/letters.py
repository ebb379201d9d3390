"""Letters and SMS to clients by what the house does (buttons, orders): rendered, then planned, each once."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import outbox, texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Refusal
from voronka.messaging import ports
from voronka.messaging.models import Message, Template
from voronka.messaging.queries.messages import sms_address
from voronka.messaging.rules.block_html import REQUISITES
from voronka.messaging.rules.gate import Traffic
from voronka.messaging.services.pictures import picture_address
from voronka.messaging.services.planning import Draft, plan, public_id_of
from voronka.messaging.services.values import (
    CLIENT,
    NO_BASKET,
    NO_ORDER,
    ORDER,
    accessory_words,
    with_friend_links,
)
from voronka.messaging.services.writing_sms import tariff_of


@dataclass(frozen=True, slots=True)
class LetterText:
    """A rendered letter; `html` beside the plain text where its template has one."""

    address: str
    subject: str
    body: str
    html: str = ""


def render_letter(template: Template, address: str, values: Mapping[str, texts.Value]) -> LetterText:
    """Render a template for one client, in the company's language. Raises Refusal when its text cannot be rendered."""
    (found,) = render_letters(template, [(address, values)])
    if isinstance(found, texts.Problem):
        message = _("The letter “%(name)s” cannot be written: %(reason)s")
        said = message % {"name": template.name, "reason": texts.explain(found)}
        raise Refusal(said, code="bad_template")
    return found


def render_letters(
    template: Template, clients: Sequence[tuple[str, Mapping[str, texts.Value]]]
) -> list[LetterText | texts.Problem]:
    """Render a template for many clients, each an address with its values; what cannot be rendered is its problem."""
    language = accounts.get_company_rules().language
    shared = shared_values(template)
    values = with_friend_links(_whole(template), [_more(template, one, shared) for _address, one in clients])
    places = ((template.subject, False), (template.body, False), (template.html, True))
    filled = [texts.render_many(text, values, autoescape=escape, language=language) for text, escape in places]
    found: list[LetterText | texts.Problem] = []
    for (address, _values), subject, body, html in zip(clients, *filled, strict=True):
        problem = next((one for one in (subject, body, html) if isinstance(one, texts.Problem)), None)
        line = _one_line(str(subject)) or _one_line(template.name)
        found.append(problem or LetterText(address, line, str(body), str(html)))
    return found


def shared_values(template: Template) -> dict[str, texts.Value]:
    """Return what a letter tells all its readers alike: goods and the company's requisites, where it tells of them."""
    whole, shared = _whole(template), dict[str, texts.Value]()
    if "goods[" in whole:
        wanted = [one["goods"] for one in template.blocks if one["kind"] == "product" and one["goods"]]
        shelf = ports.find_shelf()
        found = shelf.cards(wanted) if shelf is not None else {}
        shared["goods"] = {
            public_id: {
                "name": one.name,
                "price": one.price,
                "picture": picture_address(one.picture) if one.picture else "",
            }
            for public_id, one in found.items()
        }
    if REQUISITES in whole:
        with translation.override(accounts.get_company_rules().language):
            shared["requisites"] = ports.requisites_words()
    return shared


def _whole(template: Template) -> str:
    return f"{template.subject}\n{template.body}\n{template.html}"


def _more(
    template: Template, values: Mapping[str, texts.Value], shared: Mapping[str, texts.Value]
) -> dict[str, texts.Value]:
    more = dict(values)
    if "order." in _whole(template) and "order" not in values:
        client_id, order_id = values.get(CLIENT), values.get(ORDER)
        told = None
        if isinstance(client_id, int):
            told = ports.order_words(client_id, order_id if isinstance(order_id, int) else None, None)
        more["order"] = dict(told or NO_ORDER)
    if "basket." in _whole(template) and "basket" not in values:
        client_id = values.get(CLIENT)
        left = ports.basket_words(client_id, None) if isinstance(client_id, int) else None
        more["basket"] = dict(left or NO_BASKET)
    if "accessories." in _whole(template) and "accessories" not in values:
        client_id = values.get(CLIENT)
        more["accessories"] = accessory_words(client_id, None) if isinstance(client_id, int) else {"lines": []}
    if "goods" in shared:
        more["goods"] = shared["goods"]
    if "requisites" in shared:
        company = values.get("company")
        more["company"] = {**(company if isinstance(company, dict) else {}), "requisites": shared["requisites"]}
    return more


def _one_line(text: str) -> str:
    """Return a subject that fits a header: a line of its own would be another header."""
    return " ".join(text.split())[:300]


@dataclass(frozen=True, slots=True)
class Origin:
    """What a letter is written by: a step with its template, an order, or a survey. `cause` may call it back.

    Of one cause there is one letter of a kind and id to a client, however often it is asked for.
    """

    kind: Literal["step", "order", "survey"]
    id: int | None
    cause: uuid.UUID


@transaction.atomic
def write_letter(
    *,
    actor: Actor,
    client_id: int,
    text: LetterText,
    origin: Origin,
    now: datetime,
    traffic: Traffic = "service",
    wait_seconds: int = outbox.UNDO_SECONDS,
) -> Message:
    """Plan a letter, or return the one that this cause has planned; the gate may have refused it.

    It goes after `wait_seconds`; till its hand-over begins its cause may call it back.
    """
    once = f"{origin.kind}:{origin.id}:{origin.cause}:{client_id}"
    draft = Draft(
        channel="email",
        traffic=traffic,
        client_id=client_id,
        address=text.address,
        subject=text.subject,
        body=text.body,
        body_html=text.html,
        due_at=now + timedelta(seconds=wait_seconds),
        cause_kind=origin.kind,
        cause_id=origin.id,
        cause=origin.cause,
        author_id=actor.employee_id,
        once=once,
    )
    plan([draft], now=now)
    return Message.objects.get(public_id=public_id_of(once))


@transaction.atomic
def write_sms(
    *,
    actor: Actor,
    client_id: int,
    text: str,
    origin: Origin,
    now: datetime,
    traffic: Traffic = "service",
    wait_seconds: int = outbox.UNDO_SECONDS,
) -> Message:
    """Plan an SMS, or return the one that this cause has planned; the gate may have refused it.

    It goes after `wait_seconds`; till its hand-over begins its cause may call it back.
    """
    once = f"sms:{origin.kind}:{origin.id}:{origin.cause}:{client_id}"
    tariff = tariff_of(traffic)
    draft = Draft(
        channel="sms",
        traffic=traffic,
        client_id=client_id,
        address=sms_address(client_id),
        body=text,
        due_at=now + timedelta(seconds=wait_seconds),
        cause_kind=origin.kind,
        cause_id=origin.id,
        cause=origin.cause,
        author_id=actor.employee_id,
        parts=tariff.parts(text),
        cost=tariff.cost(text),
        once=once,
    )
    plan([draft], now=now)
    return Message.objects.get(public_id=public_id_of(once))
