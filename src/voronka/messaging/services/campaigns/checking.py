"""A campaign looked at before its start: who would get it and who not, what it costs, how it reads, sent to oneself."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import texts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound, Refusal
from voronka.kit.texts import Value
from voronka.messaging.models import Campaign, CampaignVariant
from voronka.messaging.permissions import EDIT_CAMPAIGNS, SEE_CAMPAIGNS
from voronka.messaging.queries.facts import scene_of
from voronka.messaging.rules.campaigns import first_hour
from voronka.messaging.rules.gate import decide
from voronka.messaging.rules.sms import count, mobile_number
from voronka.messaging.services.campaigns.freezing import (
    CHUNK,
    SAME_ADDRESS,
    addresses_of,
    draft_of,
    drafts_of,
    text_of,
)
from voronka.messaging.services.letters import LetterText
from voronka.messaging.services.planning import Draft, plan
from voronka.messaging.services.values import known_fields, values_of_many
from voronka.messaging.services.writing_sms import price_of
from voronka.people import queries as people
from voronka.people.queries import asked

LOOKED_AT = 5_000
SAMPLE = 5


@dataclass(slots=True)
class Check:
    """What a campaign would come to, reckoned on the first `seen` of `total` recipients in the order of their cards.

    `refused` and `waits` count by the code of the reason; `samples` are some of the clients of each. `missing` counts
    the recipients for whom a field that the text names says nothing. `addresses` are those that get one.
    """

    total: int
    seen: int = 0
    goes: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[int]] = field(default_factory=dict)
    by_variant: Counter[int] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    parts: int = 0
    cost: Decimal | None = None
    addresses: set[str] = field(default_factory=set)

    @property
    def is_whole(self) -> bool:
        """Tell whether all recipients were looked at."""
        return self.seen >= self.total


def check(*, actor: Actor, row: Campaign, now: datetime) -> Check:
    """Judge the recipients of a campaign as the gate would; nothing is kept. Raises Denied, Invalid, NotFound."""
    actor.require(SEE_CAMPAIGNS)
    query = asked.segment_query(actor, row.view) if row.view else row.query
    total, up_to = asked.audience_size(actor, query)
    found, after = Check(total), 0
    named = _named_fields(row)
    while found.seen < LOOKED_AT:
        ids = asked.audience_page(actor, query, after=after, up_to=up_to, limit=CHUNK)
        if not ids:
            break
        after = ids[-1]
        _judge(found, row, drafts_of(row, actor, ids, now=_begins(row, now)), now=now)
        _count_missing(found, named, values_of_many(ids, actor) if named else {})
        found.seen += len(ids)
    return found


def _begins(row: Campaign, now: datetime) -> datetime:
    if row.way == "clock" and row.on_day is not None and row.minute is not None:
        return max(first_hour(row.on_day, row.minute), now)
    return max(row.starts_at or now, now)


def _judge(found: Check, row: Campaign, drafts: list[Draft], *, now: datetime) -> None:
    scene = scene_of(row.channel, [one.asked() for one in drafts], now=now)
    for draft in drafts:
        verdict = decide(scene.facts(draft.asked()), draft.due_at)
        code = verdict.code if verdict.kind == "refuse" else draft.refused
        code = code or (SAME_ADDRESS if draft.address in found.addresses else "")
        if code:
            found.refused[code] += 1
            some = found.samples.setdefault(code, [])
            if len(some) < SAMPLE and draft.client_id is not None:
                some.append(draft.client_id)
            continue
        found.goes += 1
        found.addresses.add(draft.address)
        found.by_variant[draft.variant] += 1
        if verdict.kind == "wait":
            found.waits[verdict.code] += 1
        found.parts += draft.parts or 0
        if draft.cost is not None:
            found.cost = (found.cost or Decimal(0)) + draft.cost


def _named_fields(row: Campaign) -> list[str]:
    """Return the fields that the texts of a campaign name."""
    said = " ".join(
        f"{one.template.subject} {one.template.body} {getattr(one.template, 'html', '')}"
        for one in row.variants.select_related("template")
    )
    words = set(re.findall(r"[a-z_]+(?:\.[a-z_0-9]+|\['[a-z_0-9]+'\])+", said))
    return sorted({re.sub(r"\['(\w+)'\]", r".\1", one) for one in words} & set(known_fields()))


def _count_missing(found: Check, named: list[str], values: dict[int, dict[str, Value]]) -> None:
    for one in values.values():
        for name in named:
            held: object = one
            for step in name.split("."):
                held = held.get(step) if isinstance(held, dict) else None
            if held in (None, ""):
                found.missing[name] += 1


@dataclass(frozen=True, slots=True)
class Preview:
    """A variant as one client would get it; `why` where it cannot be written."""

    number: int
    text: LetterText | None
    why: str = ""
    parts: int = 0


def preview(*, actor: Actor, row: Campaign, client_id: int) -> list[Preview]:
    """Return every variant as this client would get it. Raises Denied, NotFound."""
    actor.require(SEE_CAMPAIGNS)
    if not people.list_clients(actor).filter(pk=client_id).exists():
        raise NotFound(_("There is no such client."))
    shown = []
    for one in row.variants.select_related("template").order_by("number"):
        said = text_of(one.template, actor, client_id, addresses_of(row.channel, [client_id]).get(client_id, ""))
        if isinstance(said, texts.Problem):
            shown.append(Preview(one.number, None, texts.explain(said)))
        else:
            shown.append(Preview(one.number, said, parts=len(count(said.body).parts) if row.channel == "sms" else 0))
    return shown


@transaction.atomic
def send_test(*, actor: Actor, row: Campaign, client_id: int, now: datetime, number: int = 1, phone: str = "") -> str:
    """Send a variant, as this client would get it, to the actor's own address, or to a phone; return where it goes.

    It is a test: the gate asks about the address alone, and it counts for nothing. Raises Denied, NotFound, Invalid.
    """
    actor.require(EDIT_CAMPAIGNS)
    if not people.list_clients(actor).filter(pk=client_id).exists():
        raise NotFound(_("There is no such client."))
    address = _own_address(actor, row.channel, phone)
    variant = _variant(row, number)
    text = text_of(variant.template, actor, client_id, address)
    if isinstance(text, texts.Problem):
        raise Refusal(texts.explain(text), code="bad_template")
    price = price_of(row.traffic) if row.channel == "sms" else None
    made = draft_of(row, variant, client_id, address, text, now, price)
    test = Draft(
        channel=row.channel, traffic=row.traffic, client_id=None, address=address, subject=made.subject,
        body=made.body, body_html=made.body_html, due_at=now, cause_kind="test", cause_id=row.pk,
        author_id=actor.employee_id, parts=made.parts, cost=made.cost, refused=made.refused,
    )  # fmt: skip
    plan([test], now=now)
    return address


def _variant(row: Campaign, number: int) -> CampaignVariant:
    found = row.variants.select_related("template").filter(number=number).first()
    if found is None:
        raise NotFound(_("There is no such variant."))
    return found


def _own_address(actor: Actor, channel: str, phone: str) -> str:
    if channel == "email":
        found = accounts.address_of(actor.person_id)
        return found[0] if found else ""
    number = mobile_number(phone)
    if not number:
        message = _("Give a mobile number.")
        raise Invalid(message, fields={"phone": message})
    return f"+{number}"
