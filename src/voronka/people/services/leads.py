"""Touches: whoever comes by whatever way lands on his card, and one that asks for contact becomes a lead."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.accounts.queries import CompanyRules
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.events import publish
from voronka.people.events import ClientChanged, LeadReceived
from voronka.people.models import Client, ContactPoint, MatchKey, Touch
from voronka.people.permissions import CREATE_CLIENTS
from voronka.people.queries.rows import list_custom_fields
from voronka.people.services.cards import (
    COMMENT_LIMIT,
    Card,
    ContactValue,
    match_keys,
    prepare_card,
    prepare_contacts,
    write_contacts,
)
from voronka.people.services.cleaning import Problems, fit
from voronka.people.services.clients import insert_card
from voronka.people.services.consents import write_consents
from voronka.people.services.shapes import ClientDraft, ContactDraft, TouchData, TouchResult

CHANNELS = ("form", "hand", "import", "api")
_LINES = {
    "source": 200,
    "medium": 200,
    "campaign": 200,
    "term": 200,
    "content": 200,
    "referrer": 1000,
    "page": 1000,
    "external_id": 100,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A touch whose texts and contacts have been read."""

    tidy: dict[str, str]
    message: str
    contacts: list[ContactValue]
    company: CompanyRules


def check_touch(touch: TouchData) -> Checked:
    """Read the texts and contacts of a touch. Raises Invalid where something does not fit."""
    problems = Problems()
    tidy = {name: fit(name, getattr(touch, name), most, problems) for name, most in _LINES.items()}
    message = fit("message", touch.message, COMMENT_LIMIT, problems, lines=True)
    if touch.channel not in CHANNELS:
        problems.add("channel", _("There is no such channel."))
    company = accounts.get_company_rules()
    contacts = _contacts(touch, company, problems)
    if not contacts and not tidy["external_id"] and not problems.fields:
        problems.add("phone", _("Give a phone or an e-mail: there is no way to answer otherwise."))
    problems.settle()
    return Checked(tidy, message, contacts, company)


def check_card(touch: TouchData, read: Checked, *, actor: Actor, now: datetime) -> None:
    """Make sure that a card can be made of a touch which is put away till later. Raises Invalid."""
    _card(touch, read.tidy, read.contacts, read.company, actor, now)


def record_touch(
    *, actor: Actor, touch: TouchData, now: datetime, client_id: int | None = None, by_hand: bool = False
) -> TouchResult:
    """Put a touch on the card of whoever it came from, found by phone, e-mail or outer id, else on a new card.

    Two touches of one person at the same moment make one card; a repeated `request_id` makes nothing. What the
    card already says is never overwritten: only new contacts are added. `client_id` names the card, whatever the
    contacts say; `by_hand` that somebody sorted it, and has seen to its deal. Raises Denied, Invalid, NotFound.
    """
    actor.require(CREATE_CLIENTS)
    read = check_touch(touch)
    tidy, contacts, company = read.tidy, read.contacts, read.company
    with transaction.atomic():
        _lock_signs(company.company_id, contacts, tidy["external_id"], touch.request_id)
        repeated = _repeated(touch.request_id)
        if repeated is not None:
            return repeated
        client = _find(contacts, tidy["external_id"]) if client_id is None else _locked(client_id)
        is_new = client is None
        if client is None:
            client = _make(touch, tidy, contacts, company, actor, now)
        else:
            _add_contacts(client, contacts)
        row = Touch(
            client_id=client.pk,
            at=now,
            channel=touch.channel,
            message=read.message,
            extra=dict(touch.extra),
            signs=list(touch.signs),
            request_id=touch.request_id[:64],
            **{name: value for name, value in tidy.items() if name != "external_id"},
        )
        row.save()
        write_consents(client.pk, touch.consents, source=_consent_source(touch), now=now)
        if touch.wants_contact:
            publish(
                LeadReceived(
                    client_id=client.pk,
                    touch_id=row.pk,
                    channel=touch.channel,
                    is_new_client=is_new,
                    by_hand=by_hand,
                )
            )
    return TouchResult(client.pk, is_new, row.pk)


def _contacts(touch: TouchData, company: CompanyRules, problems: Problems) -> list[ContactValue]:
    drafts = [ContactDraft(kind="phone", value=one) for one in touch.phones if one.strip()]
    own = Problems()
    phones = prepare_contacts(drafts, company.country, own)
    if own.fields:
        problems.add("phone", next(iter(own.fields.values())))
    drafts = [ContactDraft(kind="email", value=one) for one in touch.emails if one.strip()]
    own = Problems()
    emails = prepare_contacts(drafts, company.country, own)
    if own.fields:
        problems.add("email", next(iter(own.fields.values())))
    return [*phones, *emails]


def read_contacts(phones: Iterable[str], emails: Iterable[str]) -> list[tuple[str, str]]:
    """Return contacts as cards keep them (kind, value), phones first; what is no contact is left out."""
    return [(one.kind, one.value) for one in _readable(phones, emails, accounts.get_company_rules())]


def _readable(phones: Iterable[str], emails: Iterable[str], company: CompanyRules) -> list[ContactValue]:
    drafts = [ContactDraft(kind="phone", value=one) for one in phones if one.strip()]
    drafts += [ContactDraft(kind="email", value=one) for one in emails if one.strip()]
    return prepare_contacts(drafts, company.country, Problems())


def hold_contacts(phones: Iterable[str], emails: Iterable[str]) -> None:
    """Lock contacts and the card that has them as a touch of them will, until the transaction ends.

    Whoever locks what belongs to a client and then makes a touch holds them first: all lock the contacts, then the
    card, then what belongs to it.
    """
    company = accounts.get_company_rules()
    contacts = _readable(phones, emails, company)
    _lock_signs(company.company_id, contacts, "", "")
    _find(contacts, "")


def _lock_signs(company_id: int, contacts: Iterable[ContactValue], external_id: str, request_id: str) -> None:
    """Let one touch of a person pass at a time: locks in the order of their keys, until the transaction ends."""
    signs = {f"{one.kind}:{one.value}" for one in contacts} | {f"outer:{external_id}", f"request:{request_id}"}
    signs -= {"outer:", "request:"}
    keys = sorted(
        int.from_bytes(hashlib.sha256(f"{company_id}/{sign}".encode()).digest()[:8], "big", signed=True)
        for sign in signs
    )
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _repeated(request_id: str) -> TouchResult | None:
    if not request_id:
        return None
    row = Touch.objects.filter(request_id=request_id[:64]).values_list("client_id", "pk").first()
    return None if row is None else TouchResult(row[0], False, row[1], is_repeated=True)


def _locked(client_id: int) -> Client:
    """Lock the card that was chosen. Raises NotFound where it was joined to another, or deleted, meanwhile."""
    found = Client.objects.select_for_update(of=("self",)).filter(pk=client_id).first()
    if found is None:
        raise NotFound(_("There is no such client."))
    return found


def lock_request(company_id: int, request_id: str) -> None:
    """Let one delivery of a request pass at a time, until the transaction ends."""
    _lock_signs(company_id, [], "", request_id)


def find_touch(request_id: str) -> TouchResult | None:
    """Return what an earlier delivery of a request came to."""
    return _repeated(request_id)


def _find(contacts: Iterable[ContactValue], external_id: str) -> Client | None:
    """Return the card with one of the contacts, phones first and the oldest card first; else that of the outer id."""
    for one in contacts:
        found = ContactPoint.objects.filter(kind=one.kind, value=one.value, client__binned_at=None)
        found = found.order_by("client_id")
        for _attempt in range(3):  # the card may be joined to another while its lock is waited for: look again
            client_id = found.values_list("client_id", flat=True).first()
            if client_id is None:
                break
            client = Client.objects.select_for_update(of=("self",)).filter(pk=client_id).first()
            if client is not None:
                return client
    if external_id:
        return Client.objects.select_for_update(of=("self",)).filter(external_id=external_id).order_by("id").first()
    return None


def _make(
    touch: TouchData,
    tidy: dict[str, str],
    contacts: list[ContactValue],
    company: CompanyRules,
    actor: Actor,
    now: datetime,
) -> Client:
    return insert_card(_card(touch, tidy, contacts, company, actor, now), now=now, channel=touch.channel)


def _card(
    touch: TouchData,
    tidy: dict[str, str],
    contacts: list[ContactValue],
    company: CompanyRules,
    actor: Actor,
    now: datetime,
) -> Card:
    draft = ClientDraft(
        name=touch.name,
        contacts=tuple(ContactDraft(kind=one.kind, value=one.raw) for one in contacts),
        city=touch.city,
        browser_zone=touch.browser_zone,
        external_id=tidy["external_id"],
        source=tidy["source"] or tidy["referrer"][:200] or touch.channel,
        fields=touch.fields,
    )
    today = now.astimezone(actor.zone).date()
    return prepare_card(draft, company=company, known_fields=list_custom_fields(), today=today)


def _add_contacts(client: Client, contacts: list[ContactValue]) -> None:
    rows = ContactPoint.objects.filter(client_id=client.pk).order_by("position", "id")
    known = [ContactValue(one.kind, one.value, one.raw, one.label, one.extension) for one in rows]
    have = {(one.kind, one.value) for one in known}
    fresh = [one for one in contacts if (one.kind, one.value) not in have]
    if not fresh:
        return
    write_contacts(client.pk, [*known, *fresh])
    values = {name: getattr(client, name) for name in ("kind", "name", "name_key", "birthday", "city", "inn")}
    values |= {name: getattr(client, name) for name in ("last_name", "first_name", "middle_name")}
    missing = match_keys(values, [*known, *fresh]) - set(
        MatchKey.objects.filter(client_id=client.pk).values_list("key", flat=True)
    )
    MatchKey.objects.bulk_create([MatchKey(client_id=client.pk, key=key) for key in sorted(missing)])
    client.version += 1
    client.save(update_fields=["version"])
    publish(ClientChanged(client_id=client.pk, fields=["contacts"], version=client.version))


def _consent_source(touch: TouchData) -> str:
    where = touch.page or touch.referrer
    return f"{touch.channel}: {where}"[:200] if where else touch.channel
