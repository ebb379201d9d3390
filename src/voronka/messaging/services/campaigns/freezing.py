"""The audience of a campaign becomes rows: chunk by chunk in the order of ids, each with its checkpoint in one
transaction, so that a crash neither leaves anybody out nor takes him twice.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from voronka.kit import texts
from voronka.kit.actors import Actor
from voronka.messaging.models import Campaign, CampaignVariant, Message, Template
from voronka.messaging.rules.campaigns import client_hour, variant_of
from voronka.messaging.rules.sms import MOST_PARTS, Tariff, mobile_number
from voronka.messaging.services.campaigns.running import TURN
from voronka.messaging.services.letters import LetterText, render_letters
from voronka.messaging.services.planning import Draft, plan
from voronka.messaging.services.values import values_of_many, with_stand_ins
from voronka.messaging.services.writing_sms import tariff_of
from voronka.people import queries as people
from voronka.people.queries import asked

CHUNK = 500
# How many cards of one address are asked in turn whether they may be written to.
WAVES = 4
SAME_ADDRESS = "same_address"


@transaction.atomic
def freeze_chunk(campaign_id: int, actor: Actor, *, now: datetime) -> bool:
    """Give the next recipients their rows; tell whether there may be more. Raises Invalid for a list without sense."""
    row = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign_id)
    if row.state != "running" or row.frozen_at is not None:
        return False
    ids = asked.audience_page(actor, row.query, after=row.last_id, up_to=row.up_to, limit=CHUNK)
    _plan_once(row, drafts_of(row, actor, ids, now=now), now)
    if ids:
        row.last_id = ids[-1]
    if len(ids) < CHUNK:
        row.frozen_at = now
    row.seen_at = now
    row.save(update_fields=["last_id", "frozen_at", "seen_at"])
    return row.frozen_at is None


def _plan_once(row: Campaign, drafts: Sequence[Draft], now: datetime) -> None:
    """Plan messages so that each address gets one, however many cards have it.

    The first card that may be written to gets it; where several may not, the rest is not asked one by one.
    """
    left = _of_shared(row, drafts)
    held = {id(one) for one in left}
    plan([one for one in drafts if id(one) not in held], now=now)
    for wave in range(WAVES):
        if not left:
            return
        served, is_last = _served(row, left), wave == WAVES - 1
        doubled = [one for one in left if is_last or one.address in served]
        firsts = {} if is_last else {one.address: one for one in reversed(left) if one.address not in served}
        refused = [replace(one, refused=one.refused or SAME_ADDRESS) for one in doubled]
        plan([*firsts.values(), *refused], now=now)
        done = {id(one) for one in (*doubled, *firsts.values())}
        left = [one for one in left if id(one) not in done]


def _of_shared(row: Campaign, drafts: Sequence[Draft]) -> list[Draft]:
    """Return those of the drafts whose address stands on several cards."""
    addresses = {one.address for one in drafts if one.address}
    holders = people.holders_of("phone" if row.channel == "sms" else "email", addresses)
    return [one for one in drafts if len(holders.get(one.address, ())) > 1]


def _served(row: Campaign, drafts: Sequence[Draft]) -> set[str]:
    """Return the addresses of the drafts to which a message of the campaign goes, or has gone, already."""
    holders = people.holders_of("phone" if row.channel == "sms" else "email", {one.address for one in drafts})
    others = {one for ids in holders.values() for one in ids}
    rows = Message.objects.filter(cause_kind="campaign", cause_id=row.pk, channel=row.channel, client_id__in=others)
    return set(rows.exclude(state__in=("refused", "cancelled")).values_list("address", flat=True))


def drafts_of(
    row: Campaign, actor: Actor, ids: Sequence[int], *, now: datetime, is_look: bool = False
) -> list[Draft]:
    """Return what the clients would get, in the order of the ids: rendered, each with its variant, at its hour.

    By a look nobody gets a link for friends: one as long stands in its place.
    """
    variants = list(row.variants.select_related("template").order_by("number"))
    values, addresses, zones = values_of_many(ids, actor), addresses_of(row.channel, ids), people.zones_of(ids)
    if is_look:
        values = with_stand_ins(values)
    of_variant: dict[int, list[int]] = {}
    for one in ids:
        if one in values:
            of_variant.setdefault(variant_of(row.public_id, one, [each.share for each in variants]), []).append(one)
    tariff = tariff_of(row.traffic) if row.channel == "sms" else Tariff()
    drafts: dict[int, Draft] = {}
    for variant in variants:
        chosen = of_variant.get(variant.number, [])
        pairs = [(addresses.get(one, ""), values[one]) for one in chosen]
        for one, text in zip(chosen, render_letters(variant.template, pairs), strict=True):
            due_at = _hour(row, zones.get(one, "UTC"), now)
            drafts[one] = draft_of(row, variant, one, addresses.get(one, ""), text, due_at, tariff)
    return [drafts[one] for one in ids if one in drafts]


def _hour(row: Campaign, zone: str, now: datetime) -> datetime:
    if row.way == "clock" and row.on_day is not None and row.minute is not None:
        return client_hour(row.on_day, row.minute, zone, row.started_at or now)
    return now


def draft_of(
    row: Campaign,
    variant: CampaignVariant,
    client_id: int,
    address: str,
    text: LetterText | texts.Problem,
    due_at: datetime,
    tariff: Tariff,
) -> Draft:
    """Return the message of one recipient; a text that cannot be written, or is none, is refused with its reason."""
    said = text if isinstance(text, LetterText) else LetterText(address, "", "")
    refused = "bad_text" if not isinstance(text, LetterText) else "" if said.body.strip() else "empty_text"
    parts, cost = None, None
    if row.channel == "sms" and not refused:
        parts, cost = tariff.parts(said.body), tariff.cost(said.body)
        refused = "too_long" if parts > MOST_PARTS else ""
    return Draft(
        channel=row.channel,
        traffic=row.traffic,
        client_id=client_id,
        address=address,
        subject=said.subject if row.channel == "email" else "",
        body=said.body,
        body_html=said.html if row.channel == "email" else "",
        due_at=due_at,
        cause_kind="campaign",
        cause_id=row.pk,
        variant=variant.number,
        parts=parts,
        cost=cost,
        refused=refused,
        held=TURN if row.a_minute else "",
    )


def addresses_of(channel: str, ids: Sequence[int]) -> dict[int, str]:
    """Return where messages of a channel go, by client; who has no such address is left out."""
    if channel == "email":
        return people.main_emails(ids)
    found = {}
    for one, phones in people.phones_of_many(ids).items():
        number = next((number for phone in phones if (number := mobile_number(phone))), "")
        if number:
            found[one] = f"+{number}"
    return found


def text_of(
    template: Template, actor: Actor, client_id: int, address: str, *, is_look: bool = False
) -> LetterText | texts.Problem:
    """Return a template as one client would get it; by a look he gets no link for friends."""
    values = values_of_many([client_id], actor)
    if is_look:
        values = with_stand_ins(values)
    return render_letters(template, [(address, values[client_id])])[0]
