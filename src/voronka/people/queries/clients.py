"""Clients as the actor may see them."""

from collections.abc import Mapping, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit import facets
from voronka.kit.actors import Actor, Reach, Right
from voronka.kit.db.arrays import Array
from voronka.kit.db.hot import HotQuery
from voronka.kit.errors import NotFound
from voronka.people.models import Client, Consent, ContactPerson, ContactPoint
from voronka.people.permissions import EDIT_CLIENTS, SEE_CLIENTS
from voronka.people.queries.merging import address_now, survivors_of
from voronka.people.queries.shown import contacts_shown, name_shown, shown


def visible(actor: Actor, right: Right = SEE_CLIENTS) -> Q:
    """Return the condition of clients within reach: own, the team's, all; those without an owner are everyone's."""
    match actor.reach(right):
        case Reach.ALL:
            return Q()
        case Reach.NONE:
            return Q(pk__in=[])
        case Reach.OWN:
            return Q(responsible_id=None) | Q(responsible_id=actor.employee_id)
    return Q(responsible_id=None) | Q(responsible_id__in=owners_within(actor, right))


def owners_within(actor: Actor, right: Right = SEE_CLIENTS) -> list[int] | None:
    """Return the employees whose clients the actor reaches beside the common ones; None when he reaches all."""
    match actor.reach(right):
        case Reach.ALL:
            return None
        case Reach.TEAM:
            team = [one.pk for one in accounts.list_employees(active=False) if one.team_id == actor.team_id]
            return [actor.employee_id or 0, *(team if actor.team_id is not None else [])]
    return [actor.employee_id or 0]


def list_clients(actor: Actor) -> QuerySet[Client]:
    """Return the clients that the actor may see."""
    return Client.objects.filter(visible(actor))


def get_client(actor: Actor, public_id: str) -> Client:
    """Return a card by the id of its address, as the actor may see it; a joined card leads to the one it belongs to.

    Raises NotFound also for one he may not see.
    """
    cards = list_clients(actor).select_related("responsible")
    client = cards.filter(public_id=public_id).first() if public_id.isalnum() else None
    if client is None and public_id.isalnum() and (now := address_now(public_id)) is not None:
        client = cards.filter(public_id=now).first()
    if client is None:
        raise NotFound(_("There is no such client."))
    return shown(actor, client)


_BY_ID = HotQuery(lambda pk: Client.objects.filter(pk=pk).select_related("responsible"), pk=int)
_BY_ADDRESS = HotQuery(
    lambda public_id: Client.objects.filter(public_id=public_id).select_related("responsible"), public_id=str
)


def get_client_for(
    actor: Actor, right: Right, *, client_id: int = 0, address: str = "", lock: bool = False
) -> Client:
    """Return a card by its inner id, else by the id of its address, when the actor has the right to it.

    By address a joined card leads to the one it belongs to. Raises NotFound for one he may not see, Denied for one he
    sees and may not touch.
    """
    if lock:
        found = Client.objects.filter(pk=client_id).select_for_update(of=("self",))
        client = found.select_related("responsible").first()
    else:
        client = _BY_ID.first(pk=client_id) if client_id else _at(address)
    if client is None:
        raise NotFound(_("There is no such client."))
    owner = client.responsible
    team_id = owner.team_id if owner else None
    if not actor.may(SEE_CLIENTS, owner_id=client.responsible_id, team_id=team_id):
        raise NotFound(_("There is no such client."))
    actor.require(right, owner_id=client.responsible_id, team_id=team_id)
    return client


def _at(address: str) -> Client | None:
    if not address.isalnum():
        return None
    found = _BY_ADDRESS.first(public_id=address)
    if found is None and (now := address_now(address)) is not None:
        found = _BY_ADDRESS.first(public_id=now)
    return found


def may_touch(actor: Actor, right: Right, client: Client) -> bool:
    """Tell whether the actor has the right to this card."""
    owner = client.responsible
    return actor.may(right, owner_id=client.responsible_id, team_id=owner.team_id if owner else None)


def answering(actor: Actor, client_ids: Sequence[int], asked: Mapping[str, object]) -> set[int]:
    """Return the clients that answer to facets, as an address asks for them; to one that is gone nobody does."""
    wanted, problems = facets.condition("client", dict(asked), actor)
    return set() if problems else set(Client.objects.filter(wanted, pk__in=client_ids).values_list("pk", flat=True))


def may_edit(actor: Actor, client: Client) -> bool:
    """Tell whether the actor may change this card; asks the database only where teams matter."""
    if actor.reach(EDIT_CLIENTS) is Reach.TEAM:
        return may_touch(actor, EDIT_CLIENTS, client)
    return actor.may(EDIT_CLIENTS, owner_id=client.responsible_id)


def client_names(ids: Sequence[int], actor: Actor | None = None) -> dict[int, str]:
    """Return the names of clients by id, as the actor may see them; unknown ids are left out.

    A joined card is called as the one it belongs to.
    """
    names = dict(Client.objects.filter(pk__in=ids).values_list("id", "name"))
    joined = survivors_of(one for one in ids if one not in names)
    if joined:
        now = dict(Client.objects.filter(pk__in=joined.values()).values_list("id", "name"))
        names |= {old: now[survivor] for old, survivor in joined.items()}
    return {pk: name if actor is None else name_shown(actor, name) for pk, name in names.items()}


def list_contacts(actor: Actor, client_ids: Sequence[int]) -> dict[int, list[ContactPoint]]:
    """Return the ways to reach the clients that the actor may see, by client, in their order."""
    found: dict[int, list[ContactPoint]] = {one: [] for one in client_ids}
    rows = ContactPoint.objects.filter(client_id__in=client_ids).order_by("client_id", "position", "id")
    for row in contacts_shown(actor, rows):
        found[row.client_id].append(row)
    return found


def list_consents(client_id: int) -> list[Consent]:
    """Return what holds now: the newest consent of each purpose and channel."""
    newest: dict[tuple[str, str], Consent] = {}
    for row in Consent.objects.filter(client_id=client_id).order_by("id"):
        newest[row.purpose, row.channel] = row
    return sorted(newest.values(), key=lambda row: (row.purpose != "personal_data", row.channel))


def may_advertise(client_id: int, channel: str) -> bool:
    """Tell whether the client's newest word on advertising by this channel, or by any, is yes."""
    row = (
        Consent.objects.filter(client_id=client_id, purpose="advertising", channel__in=(channel, "any"))
        .order_by("-id")
        .first()
    )
    return row is not None and row.given


def words_on_advertising(client_ids: Sequence[int], channel: str) -> dict[int, bool]:
    """Return each client's newest word on advertising by this channel, or by any; those who said none are left out."""
    rows = Consent.objects.filter(
        client_id__any_of=Array(client_ids), purpose="advertising", channel__in=(channel, "any")
    )
    newest = rows.order_by("client_id", "-id").distinct("client_id")
    return dict(newest.values_list("client_id", "given"))


def said_no(client_ids: Sequence[int], purpose: str) -> set[int]:
    """Return the clients whose newest word on a purpose, whatever the channel, is no."""
    rows = Consent.objects.filter(client_id__any_of=Array(client_ids), purpose=purpose)
    newest = rows.order_by("client_id", "-id").distinct("client_id")
    return {client_id for client_id, given in newest.values_list("client_id", "given") if not given}


def history_of_consents(client_id: int) -> list[Consent]:
    """Return every consent that the client gave or took back, newest first."""
    return list(Consent.objects.filter(client_id=client_id).order_by("-id"))


def zones_of(client_ids: Sequence[int]) -> dict[int, str]:
    """Return the zones of clients by id; those that are gone, or lie in the recycle bin, are left out."""
    return dict(Client.objects.filter(pk__any_of=Array(client_ids)).values_list("id", "zone"))


def list_contact_persons(client_id: int, actor: Actor) -> list[ContactPerson]:
    """Return the persons who speak for an organisation."""
    found = ContactPerson.objects.filter(organisation_id=client_id, person__binned_at=None)
    rows = list(found.select_related("person").order_by("person__sort_key", "id"))
    for row in rows:
        row.person = shown(actor, row.person)
    return rows


def list_workplaces(client_id: int, actor: Actor) -> list[ContactPerson]:
    """Return the organisations that a person speaks for."""
    found = ContactPerson.objects.filter(person_id=client_id, organisation__binned_at=None)
    rows = list(found.select_related("organisation").order_by("organisation__sort_key", "id"))
    for row in rows:
        row.organisation = shown(actor, row.organisation)
    return rows


def any_client() -> bool:
    """Tell whether the company has a single client, whoever may see him."""
    return Client.objects.exists()


def count_of(ids: Sequence[int]) -> int:
    """Return how many of the cards are still there."""
    return Client.objects.filter(pk__in=ids).count()
