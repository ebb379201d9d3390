"""Cards of clients: made, changed, joined to organisations."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid
from voronka.kit.events import publish
from voronka.kit.limits import require_writes
from voronka.people.events import ClientChanged, ClientCreated
from voronka.people.models import Client, ContactPerson, ContactPoint, LikelyPair, NotDuplicates
from voronka.people.permissions import CREATE_CLIENTS, EDIT_CLIENTS, SEE_CLIENTS
from voronka.people.queries.clients import get_client_for
from voronka.people.queries.history import fields_changed_since
from voronka.people.queries.rows import list_custom_fields
from voronka.people.rules.limits import codes_of_contact
from voronka.people.services.cards import Card, ContactValue, prepare_card, warnings_of, write_contacts, write_keys
from voronka.people.services.cleaning import Problems, fit
from voronka.people.services.limiting import codes_given, limit_name, limited_changes
from voronka.people.services.shapes import CardChanged, ClientDraft, ContactDraft

DRAFT_FIELDS = tuple(one.name for one in dataclasses.fields(ClientDraft))


def create_client(*, actor: Actor, draft: ClientDraft, now: datetime, channel: str = "hand") -> Client:
    """Make a card; return it. `channel` says by which way it came. Raises Denied, Invalid."""
    actor.require(CREATE_CLIENTS)
    require_writes(actor, codes_given(draft), name_of=limit_name)
    with transaction.atomic():
        card = prepare_card(
            draft,
            company=accounts.get_company_rules(),
            known_fields=list_custom_fields(),
            today=now.astimezone(actor.zone).date(),
        )
        return insert_card(card, now=now, channel=channel)


def insert_card(card: Card, *, now: datetime, channel: str) -> Client:
    """Write a card that is ready, with its contacts and signs, and announce it; the right is checked by the caller."""
    client = Client(**card.values, made_at=now)
    client.save(force_insert=True)
    write_contacts(client.pk, card.contacts)
    write_keys(client.pk, card.keys)
    publish(ClientCreated(client_id=client.pk, channel=channel))
    return client


def update_client(
    *, actor: Actor, client_id: int, changes: Mapping[str, object], version: int, now: datetime
) -> list[str]:
    """Change a card; return the codes of the fields that differ now.

    `changes` are fields of ClientDraft by name; `fields` changes only the custom fields it names; `contacts`
    replaces all. `version` is the card's when the actor read it: when somebody saved since, CardChanged tells
    what, and nothing is written. Contacts that the actor may not change stay. Raises Denied, also for a field that
    his role may not change, NotFound, Invalid.
    """
    unknown = set(changes) - set(DRAFT_FIELDS)
    if unknown:
        raise Invalid(_("There is no such field."), fields=dict.fromkeys(unknown, _("There is no such field.")))
    with transaction.atomic():
        client = get_client_for(actor, EDIT_CLIENTS, client_id=client_id, lock=True)
        before = draft_of(client)
        if client.version != version:
            raise _card_changed(client, before, set(changes), version)
        changes = limited_changes(actor, before, changes)
        held = {name: getattr(before, name) for name in DRAFT_FIELDS}
        wanted = ClientDraft(**(held | _merged(before, changes)))
        card = prepare_card(
            wanted,
            company=accounts.get_company_rules(),
            known_fields=list_custom_fields(active=False),
            today=now.astimezone(actor.zone).date(),
            client_id=client.pk,
        )
        return save_card(client, card)


def save_card(client: Client, card: Card, *, beside: Sequence[str] = ()) -> list[str]:
    """Write what differs of a locked card and announce it; return the codes of the fields, with those `beside` it.

    `beside` are codes of rows of the card that the caller has changed in this transaction.
    """
    columns = [name for name, value in card.values.items() if getattr(client, name) != value]
    differ = [*columns, *beside, *(["contacts"] if write_contacts(client.pk, card.contacts) else [])]
    if not differ:
        return []
    custom = _custom_codes(client.fields, card.values["fields"])
    for name in columns:
        setattr(client, name, card.values[name])
    client.version += 1
    client.save(update_fields=[*columns, "version"])
    write_keys(client.pk, card.keys)
    names = {"responsible" if name == "responsible_id" else name for name in differ}
    codes = sorted({*names, *custom} - {"name_key", "fields"})
    publish(ClientChanged(client_id=client.pk, fields=codes, version=client.version))
    return codes


def _custom_codes(before: Mapping[str, object], after: object) -> set[str]:
    held = after if isinstance(after, Mapping) else {}
    return {f"custom.{code}" for code in {*before, *held} if before.get(code) != held.get(code)}


def _merged(before: ClientDraft, changes: Mapping[str, object]) -> dict[str, object]:
    merged = dict(changes)
    custom = changes.get("fields")
    if isinstance(custom, Mapping):
        merged["fields"] = {**before.fields, **custom}
    # A name in one piece is read anew, unless its parts were given too.
    parts = {"last_name", "first_name", "middle_name"}
    if "name" in changes and not parts & set(changes):
        merged |= dict.fromkeys(parts, "")
        if "gender" not in changes and changes["name"] != before.name:
            merged["gender"] = ""
    elif parts & set(changes):
        merged["name"] = ""
    return merged


def _card_changed(client: Client, before: ClientDraft, wanted: set[str], version: int) -> CardChanged:
    current = {name: getattr(before, name) for name in wanted}
    changed = fields_changed_since(client.pk, version)
    message = ngettext(
        "While you were editing, a colleague saved this card. Look at the marked field and save again.",
        "While you were editing, a colleague saved this card. Look at the marked fields and save again.",
        max(len(changed & wanted), 1),
    )
    return CardChanged(message, current=current, changed=changed, version=client.version)


def draft_of(client: Client, actor: Actor | None = None) -> ClientDraft:
    """Return the card as a draft: what a form of editing begins with, for an actor the contacts he may change."""
    rows = ContactPoint.objects.filter(client_id=client.pk).order_by("position", "id")
    contacts = [one for one in rows if actor is None or all(map(actor.writes, codes_of_contact(one.kind, one.value)))]
    return ClientDraft(
        kind=client.kind,
        name=client.name,
        last_name=client.last_name,
        first_name=client.first_name,
        middle_name=client.middle_name,
        gender=client.gender,
        birthday=client.birthday,
        contacts=tuple(ContactDraft(kind=one.kind, value=_as_typed(one), label=one.label) for one in contacts),
        city=client.city,
        address=client.address,
        address_label=client.address_label,
        postcode=client.postcode,
        position=client.position,
        zone=client.zone if client.zone_source == "hand" else "",
        browser_zone=client.zone if client.zone_source == "browser" else "",
        call_opens_minute=client.call_opens_minute,
        call_closes_minute=client.call_closes_minute,
        is_vip=client.is_vip,
        comment=client.comment,
        inn=client.inn,
        kpp=client.kpp,
        ogrn=client.ogrn,
        bik=client.bik,
        account=client.account,
        fields=client.fields,
        responsible_id=client.responsible_id,
        external_id=client.external_id,
        source=client.first_source,
    )


def _as_typed(contact: ContactPoint) -> str:
    return f"{contact.value} доб. {contact.extension}" if contact.extension else contact.value


def warnings_about(*, client_id: int) -> list[str]:
    """Return codes of what a person should look at twice on a card: a throw-away address."""
    rows = ContactPoint.objects.filter(client_id=client_id)
    return warnings_of([ContactValue(one.kind, one.value, one.raw) for one in rows])


def add_contact_person(*, actor: Actor, organisation_id: int, person_id: int, position: str = "") -> ContactPerson:
    """Say that a person speaks for an organisation; saying it again changes the position.

    Raises Denied, NotFound, Invalid.
    """
    problems = Problems()
    tidy = fit("position", position, 200, problems)
    problems.settle()
    with transaction.atomic():
        organisation = get_client_for(actor, EDIT_CLIENTS, client_id=organisation_id, lock=True)
        person = get_client_for(actor, SEE_CLIENTS, client_id=person_id)
        if organisation.kind != Client.Kind.ORGANISATION or person.kind != Client.Kind.PERSON:
            message = _("A person speaks for an organisation: choose one of each.")
            raise Invalid(message, fields={"person": message})
        row, _made = ContactPerson.objects.update_or_create(
            organisation=organisation,
            person=person,
            defaults={"position": tidy},
        )
        publish(ClientChanged(client_id=organisation.pk, fields=["contact_persons"]))
    return row


def remove_contact_person(*, actor: Actor, organisation_id: int, person_id: int) -> None:
    """Say that a person no longer speaks for an organisation. Raises Denied, NotFound."""
    with transaction.atomic():
        organisation = get_client_for(actor, EDIT_CLIENTS, client_id=organisation_id, lock=True)
        gone, _by_model = ContactPerson.objects.filter(organisation_id=organisation.pk, person_id=person_id).delete()
        if gone:
            publish(ClientChanged(client_id=organisation.pk, fields=["contact_persons"]))


def mark_different(*, actor: Actor, one_id: int, other_id: int) -> None:
    """Remember that two cards are different people: the pair is not asked about again. Raises NotFound."""
    with transaction.atomic():
        first = get_client_for(actor, SEE_CLIENTS, client_id=min(one_id, other_id))
        second = get_client_for(actor, SEE_CLIENTS, client_id=max(one_id, other_id))
        NotDuplicates.objects.get_or_create(one=first, other=second)
        LikelyPair.objects.filter(one=first, other=second).delete()
