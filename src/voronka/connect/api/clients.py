"""Operations on clients, their notes and consents, custom fields, leads."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router

from voronka.connect.api.cards import card_reply, stale_copies, version_if_sent, version_of
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, filters_of, operation, refuse_filters, require_sort
from voronka.connect.api.paging import before_of, cursor_of, place_of
from voronka.connect.api.problems import DuplicateFound, StaleCopy
from voronka.connect.rules import scopes
from voronka.connect.schemas import clients as docs
from voronka.connect.schemas import consents as consent_docs
from voronka.connect.schemas import leads as lead_docs
from voronka.connect.schemas import notes as note_docs
from voronka.connect.schemas.common import Cursor, IdInPath, Limit
from voronka.connect.schemas.outer import Outer
from voronka.kit import facets, timeline
from voronka.kit.errors import Invalid, NotFound
from voronka.people import queries as people
from voronka.people import services
from voronka.people.queries import lists

if TYPE_CHECKING:
    from voronka.people.models import Client as ClientRow

router = Router(tags=["clients"])
leads = Router(tags=["leads"])
SearchText = Annotated[str, Query(max_length=200, description="Part of a name, end of a phone, e-mail or INN.")]


def _card(request: ApiRequest, client: str) -> "ClientRow":
    return people.get_client(request.auth.actor, client)


@operation(
    router,
    "GET",
    "",
    scope=scopes.CLIENTS_READ,
    answer=docs.ClientList,
    facets_of="client",
    right="people.see_clients",
    summary=gettext_lazy("List clients, by the filters and orders of the screen"),
)
def list_clients(
    request: ApiRequest,
    q: SearchText = "",
    sort: Annotated[str, Query(max_length=80)] = lists.DEFAULT_SORT,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> docs.ClientList:
    """Return a page of clients."""
    filters = filters_of(request)
    require_sort("client", sort, request.auth.actor)
    asked = {**filters, "q": q, "sort": sort}
    ask = lists.Ask(text=q, filters=filters, sort=sort, after=place_of(cursor, asked))
    page = lists.read_page(request.auth.actor, ask, size=limit, known=facets.facets_of("client", request.auth.actor))
    refuse_filters(page.problems)
    outer = Outer.load(request.auth.actor)
    items = [docs.client_out(row.client, row.contacts, outer) for row in page.rows]
    return docs.ClientList(items=items, next=cursor_of(page.after, asked), is_cut=page.is_cut)


@operation(
    router,
    "GET",
    "/search",
    scope=scopes.CLIENTS_READ,
    answer=docs.ClientList,
    right="people.see_clients",
    summary=gettext_lazy("Find clients by part of a name, the end of a phone, an e-mail or an INN"),
)
def search_clients(
    request: ApiRequest, q: SearchText, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> docs.ClientList:
    """Return the clients that a text finds, best first."""
    found = people.find_clients(request.auth.actor, q, most=limit)
    contacts = people.list_contacts(request.auth.actor, [one.pk for one in found])
    outer = Outer.load(request.auth.actor)
    return docs.ClientList(items=[docs.client_out(one, contacts[one.pk], outer) for one in found], next=None)


@operation(
    router,
    "POST",
    "",
    scope=scopes.CLIENTS_WRITE,
    answer=docs.ClientMade,
    status=201,
    summary=gettext_lazy("Add a client; cards that may be the same one are reported"),
)
def create_client(request: ApiRequest, sent: docs.NewClient) -> Reply:
    """Make a card. With `if_duplicate` refuse, a sure duplicate is a conflict that names it."""
    caller, outer = request.auth, Outer.load(request.auth.actor)
    draft = docs.draft_in(sent, outer)
    found = services.likely_duplicates(actor=caller.actor, draft=draft)
    duplicates = [_duplicate(one, outer) for one in found]
    if sent.if_duplicate == "refuse" and any(one.verdict == "same" for one in duplicates):
        known = [one.client.id for one in duplicates if one.verdict == "same"]
        raise DuplicateFound(_("This client is there already."), more={"duplicates": known})
    try:
        row = services.create_client(actor=caller.actor, draft=draft, now=caller.now, channel="api")
    except Invalid as wrong:
        raise _said(wrong) from wrong
    contacts = people.list_contacts(caller.actor, [row.pk])[row.pk]
    made = docs.ClientMade(
        client=docs.client_out(row, contacts, outer),
        duplicates=duplicates,
        warnings=services.warnings_about(client_id=row.pk),
    )
    return Reply(made, headers={"Location": f"/api/v1/clients/{row.public_id}"})


def _duplicate(one: services.Candidate, outer: Outer) -> docs.Duplicate:
    card = docs.client_out(one.client, one.contacts, outer)
    return docs.Duplicate(client=card, verdict=one.verdict, signs=list(one.signs))


def _said(wrong: Invalid) -> Invalid:
    return Invalid(wrong.message, code=wrong.code, fields=docs.places_out(wrong.fields))


@operation(
    router,
    "POST",
    "/duplicates",
    scope=scopes.CLIENTS_WRITE,
    answer=docs.Duplicates,
    summary=gettext_lazy("Report the cards that may be a client, without adding him"),
)
def find_duplicates(request: ApiRequest, sent: docs.ClientFields) -> docs.Duplicates:
    """Return the cards that may be the same client, surest first."""
    outer = Outer.load(request.auth.actor)
    found = services.likely_duplicates(actor=request.auth.actor, draft=docs.draft_in(sent, outer), most=20)
    return docs.Duplicates(items=[_duplicate(one, outer) for one in found])


@operation(
    router,
    "GET",
    "/{client}",
    scope=scopes.CLIENTS_READ,
    answer=docs.ClientCard,
    summary=gettext_lazy("Show a client's card"),
)
def get_client(request: ApiRequest, client: IdInPath) -> Reply:
    """Return a card; its ETag goes into If-Match when it is changed."""
    return card_reply(request.auth.actor, _card(request, client))


@operation(
    router,
    "PATCH",
    "/{client}",
    scope=scopes.CLIENTS_WRITE,
    answer=docs.ClientCard,
    needs_match=True,
    summary=gettext_lazy("Change a client's card as you read it"),
)
def update_client(request: ApiRequest, client: IdInPath, sent: docs.ClientChanges) -> Reply:
    """Change the fields that are sent, if nobody changed the card since its version was read."""
    caller, row = request.auth, _card(request, client)
    version = version_of(request, sent.version)
    changes = docs.draft_values(sent, Outer.load(request.auth.actor), sent.model_fields_set - {"version"})
    try:
        with stale_copies(request):
            services.update_client(
                actor=caller.actor, client_id=row.pk, changes=changes, version=version, now=caller.now
            )
    except Invalid as wrong:
        raise _said(wrong) from wrong
    return card_reply(request.auth.actor, _card(request, client))


@operation(
    router,
    "POST",
    "/{client}/contacts",
    scope=scopes.CLIENTS_WRITE,
    answer=docs.ClientCard,
    summary=gettext_lazy("Add a contact to a client, beside those he has"),
)
def add_contact(request: ApiRequest, client: IdInPath, sent: docs.ContactGiven) -> Reply:
    """Add a way to reach a client; one that he has already changes nothing."""
    caller, row = request.auth, _card(request, client)
    people.lock_client(row.pk)
    row = _card(request, client)
    held = services.draft_of(row).contacts
    fresh = services.ContactDraft(kind=sent.kind, value=sent.value, label=sent.label)
    try:
        services.update_client(
            actor=caller.actor,
            client_id=row.pk,
            changes={"contacts": (*held, fresh)},
            version=row.version,
            now=caller.now,
        )
    except Invalid as wrong:
        own = {name: words for name, words in wrong.fields.items() if not name.startswith("contact_")}
        place = dict.fromkeys(
            ["value"] if len(own) < len(wrong.fields) else [], next(iter(wrong.fields.values()), "")
        )
        raise Invalid(wrong.message, fields={**docs.places_out(own), **place}) from wrong
    return card_reply(request.auth.actor, _card(request, client))


@operation(
    router,
    "POST",
    "/{client}/addresses",
    scope=scopes.CLIENTS_WRITE,
    answer=docs.ClientCard,
    summary=gettext_lazy("Add an address to a client, beside those he has"),
)
def add_address(request: ApiRequest, client: IdInPath, sent: docs.AddressGiven) -> Reply:
    """Add an address; the first one is the main one, one that he has already is not added again."""
    caller, row = request.auth, _card(request, client)
    with _address_said():
        services.add_address(
            actor=caller.actor, client_id=row.pk, address=docs.address_in(sent), now=caller.now, is_main=sent.is_main
        )
    return card_reply(caller.actor, _card(request, client))


@operation(
    router,
    "PATCH",
    "/{client}/addresses/{address}",
    scope=scopes.CLIENTS_WRITE,
    answer=docs.ClientCard,
    needs_match=True,
    summary=gettext_lazy("Change an address of a client, or make it the main one"),
)
def change_address(request: ApiRequest, client: IdInPath, address: IdInPath, sent: docs.AddressChanges) -> Reply:
    """Change what is sent of an address. Made the main one, its place is taken by the one that was it.

    With If-Match or `version` the address `main` is refused where it has become another one since.
    """
    caller, row = request.auth, _card(request, client)
    version = version_if_sent(request, sent.version)
    with _address_said(), _main_as_read(request):
        services.change_address(
            actor=caller.actor,
            client_id=row.pk,
            address_id=address,
            changes=docs.address_changes(sent),
            now=caller.now,
            version=version,
        )
        if sent.is_main:
            services.make_main(actor=caller.actor, client_id=row.pk, address_id=address, now=caller.now)
    return card_reply(caller.actor, _card(request, client))


@operation(
    router,
    "DELETE",
    "/{client}/addresses/{address}",
    scope=scopes.CLIENTS_WRITE,
    status=204,
    needs_match=True,
    summary=gettext_lazy("Take an address of a client away"),
)
def remove_address(request: ApiRequest, client: IdInPath, address: IdInPath) -> None:
    """Take an address away; after the main one the next is the main one.

    With If-Match the address `main` is refused where it has become another one since.
    """
    caller, row = request.auth, _card(request, client)
    version = version_if_sent(request)
    with _main_as_read(request):
        services.remove_address(
            actor=caller.actor, client_id=row.pk, address_id=address, now=caller.now, version=version
        )


@contextmanager
def _main_as_read(request: ApiRequest) -> Iterator[None]:
    """Turn "there is no such address any more" into the refusal of If-Match, where the caller sent one."""
    try:
        yield
    except NotFound as gone:
        if not request.headers.get("If-Match"):
            raise
        raise StaleCopy(gone.message) from gone


@contextmanager
def _address_said() -> Iterator[None]:
    """Name the places of an address as the sender does."""
    try:
        yield
    except Invalid as wrong:
        fields = {"address" if name == "line" else name: words for name, words in wrong.fields.items()}
        raise Invalid(wrong.message, code=wrong.code, fields=docs.places_out(fields)) from wrong


@operation(
    router,
    "PUT",
    "/{client}/persons",
    scope=scopes.CLIENTS_WRITE,
    answer=docs.ClientCard,
    summary=gettext_lazy("Say that a person speaks for an organisation"),
)
def set_person(request: ApiRequest, client: IdInPath, sent: docs.PersonGiven) -> Reply:
    """Join a person to an organisation, or change his position there."""
    caller, row = request.auth, _card(request, client)
    try:
        person = people.get_client(caller.actor, sent.person)
    except NotFound as missing:
        raise Invalid(missing.message, fields={"person": missing.message}) from missing
    services.add_contact_person(
        actor=caller.actor, organisation_id=row.pk, person_id=person.pk, position=sent.position
    )
    return card_reply(request.auth.actor, _card(request, client))


@operation(
    router,
    "DELETE",
    "/{client}/persons/{person}",
    scope=scopes.CLIENTS_WRITE,
    status=204,
    summary=gettext_lazy("Say that a person no longer speaks for an organisation"),
)
def remove_person(request: ApiRequest, client: IdInPath, person: IdInPath) -> None:
    """Part a person from an organisation; both cards stay."""
    actor, row = request.auth.actor, _card(request, client)
    services.remove_contact_person(actor=actor, organisation_id=row.pk, person_id=people.get_client(actor, person).pk)


@operation(
    router,
    "GET",
    "/{client}/notes",
    scope=scopes.CLIENTS_READ,
    answer=note_docs.NoteList,
    summary=gettext_lazy("List the notes on a client"),
)
def list_notes(request: ApiRequest, client: IdInPath, limit: Limit = 50, cursor: Cursor = "") -> note_docs.NoteList:
    """Return a page of notes, newest first."""
    row, asked = _card(request, client), {"notes": client}
    rows = people.list_notes(row.pk, before=before_of(cursor, asked), limit=limit + 1)
    after = cursor_of(str(rows[limit - 1].pk) if len(rows) > limit else "", asked)
    return note_docs.NoteList(items=[note_docs.note_out(one) for one in rows[:limit]], next=after)


@operation(
    router,
    "POST",
    "/{client}/notes",
    scope=scopes.CLIENTS_WRITE,
    answer=note_docs.Note,
    status=201,
    summary=gettext_lazy("Write a note on a client"),
)
def add_note(request: ApiRequest, client: IdInPath, sent: note_docs.NoteGiven) -> note_docs.Note:
    """Write a note in the name of the key's maker."""
    caller, row = request.auth, _card(request, client)
    return note_docs.note_out(services.add_note(actor=caller.actor, client_id=row.pk, text=sent.text, now=caller.now))


@operation(
    router,
    "GET",
    "/{client}/consents",
    scope=scopes.CLIENTS_READ,
    answer=consent_docs.ConsentList,
    summary=gettext_lazy("Show which consents of a client hold now"),
)
def list_consents(request: ApiRequest, client: IdInPath) -> consent_docs.ConsentList:
    """Return the newest word on each purpose and channel."""
    rows = people.list_consents(_card(request, client).pk)
    return consent_docs.ConsentList(items=[consent_docs.consent_out(one) for one in rows])


@operation(
    router,
    "POST",
    "/{client}/consents",
    scope=scopes.CLIENTS_WRITE,
    answer=consent_docs.ConsentList,
    status=201,
    summary=gettext_lazy("Write down a consent given or withdrawn"),
)
def record_consent(
    request: ApiRequest, client: IdInPath, sent: consent_docs.ConsentGiven
) -> consent_docs.ConsentList:
    """Write down a consent; what held before stays in the history."""
    caller, row = request.auth, _card(request, client)
    services.record_consent(
        actor=caller.actor,
        client_id=row.pk,
        consent=consent_docs.consent_in(sent),
        source=sent.source,
        now=caller.now,
    )
    return consent_docs.ConsentList(items=[consent_docs.consent_out(one) for one in people.list_consents(row.pk)])


@operation(
    router,
    "GET",
    "/{client}/timeline",
    scope=scopes.CLIENTS_READ,
    answer=note_docs.Timeline,
    summary=gettext_lazy("Read what happened with a client"),
)
def read_timeline(
    request: ApiRequest,
    client: IdInPath,
    tab: Annotated[str, Query(max_length=40)] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> note_docs.Timeline:
    """Return a page of the timeline in words, newest first; `tab` names a kind: notes, leads, changes, presses."""
    row, asked = _card(request, client), {"timeline": client, "tab": tab}
    if tab and tab not in timeline.tabs():
        message = _("One of: %(choices)s.") % {"choices": ", ".join(timeline.tabs())}
        raise Invalid(message, fields={"tab": message})
    pairs, after = timeline.read_told(
        row.pk, actor=request.auth.actor, tab=tab, before=before_of(cursor, asked), limit=limit
    )
    outer = Outer.load(request.auth.actor)
    items = [
        note_docs.TimelineEntry(
            id=event.seq,
            at=event.at,
            kind=event.name,
            text=strip_tags(str(told.head)),
            more=told.text,
            who=outer.employee(event.employee_id),
        )
        for event, told in pairs
    ]
    return note_docs.Timeline(items=items, next=cursor_of(str(after or ""), asked))


@operation(
    leads,
    "POST",
    "",
    scope=scopes.LEADS_WRITE,
    answer=lead_docs.LeadTaken,
    status=201,
    summary=gettext_lazy("Bring a lead in: a card is found or made and a deal follows, or it waits to be sorted"),
)
def bring_lead(request: ApiRequest, sent: lead_docs.Lead) -> lead_docs.LeadTaken:
    """Take a lead as the form does; sent twice under one Idempotency-Key, it is one lead and one deal.

    It waits in the inbox when the company sorts what comes by the API or from its source, and when it looks like spam.
    """
    caller = request.auth
    token = f"{caller.name}/{request.headers.get('Idempotency-Key', '')}"
    touch = lead_docs.touch_in(
        sent, Outer.load(request.auth.actor), f"api-{hashlib.sha256(token.encode()).hexdigest()[:60]}"
    )
    try:
        received = services.receive(actor=caller.actor, touch=touch, now=caller.now)
    except Invalid as wrong:
        renamed = {"phone": "phones", "email": "emails"}
        words = {renamed.get(name, name): words for name, words in docs.places_out(wrong.fields).items()}
        raise Invalid(wrong.message, fields=words) from wrong
    return lead_docs.lead_out(received)
