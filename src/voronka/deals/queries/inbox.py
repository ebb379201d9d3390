"""What stands beside a waiting request: who it may be, and the deals he has."""

from collections.abc import Sequence
from dataclasses import dataclass

from voronka.deals.models import Deal
from voronka.deals.queries.desk import visible
from voronka.deals.queries.shown import shown
from voronka.kit.actors import Actor
from voronka.people import queries as people
from voronka.people import services as inbox

MOST = 4


@dataclass(frozen=True, slots=True)
class Likely:
    """A client who may have sent the request: why he may be it (codes of signs), and his open deals."""

    public_id: str
    name: str
    city: str
    is_vip: bool
    signs: Sequence[str]
    is_sure: bool
    deals: Sequence[Deal]


def likely_clients(actor: Actor, lead_id: str) -> list[Likely]:
    """Return the clients within the actor's reach who may have sent a request, the surest first.

    Signs that a hidden field would tell are left out, with those who are known by nothing else.
    """
    lead = people.find_lead(actor, lead_id)
    touch = inbox.touch_of(lead)
    contacts = tuple(
        inbox.ContactDraft(kind=kind, value=one)
        for kind, values in (("phone", touch.phones), ("email", touch.emails))
        for one in values
    )
    draft = inbox.ClientDraft(name=touch.name, contacts=contacts, city=touch.city)
    found = []
    for one in inbox.likely_duplicates(actor=actor, draft=draft, most=MOST):
        signs = [sign for sign in one.signs if sign not in _TELLING or actor.sees(_TELLING[sign])]
        if signs:
            found.append((one.client, signs, one.verdict == "same"))
    deals = _open_deals(actor, [client.pk for client, _signs, _sure in found])
    return [
        Likely(
            client.public_id,
            people.name_shown(actor, client.name),
            client.city if actor.sees("client.city") else "",
            client.is_vip,
            signs,
            is_sure,
            deals.get(client.pk, []),
        )
        for client, signs, is_sure in found
    ]


_TELLING = {"phone": "client.phone", "email": "client.email", "city": "client.city"}


def find_clients(actor: Actor, text: str) -> list[Likely]:
    """Return clients found by a part of the name or the end of the phone, with their open deals."""
    ids = people.search_clients(actor, text[:200], most=MOST * 2)
    rows = people.client_rows(ids)
    deals = _open_deals(actor, ids)
    found = []
    for pk in ids:
        if pk in rows:
            client = people.shown(actor, rows[pk])
            found.append(
                Likely(client.public_id, client.name, client.city, client.is_vip, (), False, deals.get(pk, []))
            )
    return found


def deals_seen(actor: Actor, public_ids: Sequence[str]) -> set[str]:
    """Return those of the public ids of deals that the actor may see."""
    if not public_ids:
        return set()
    return set(Deal.objects.filter(visible(actor), public_id__in=public_ids).values_list("public_id", flat=True))


def _open_deals(actor: Actor, client_ids: Sequence[int]) -> dict[int, list[Deal]]:
    rows = Deal.objects.filter(visible(actor), client_id__in=client_ids, state=Deal.State.OPEN)
    found: dict[int, list[Deal]] = {}
    for deal in rows.select_related("stage", "pipeline", "responsible").order_by("-id"):
        found.setdefault(deal.client_id, []).append(shown(actor, deal))
    return found
