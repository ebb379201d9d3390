"""Operations on how a client is reached: contacts, addresses, the persons who speak for an organisation."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy

from voronka.connect.api.cards import card_reply, version_if_sent
from voronka.connect.api.clients import client_of, router
from voronka.connect.api.door import ApiRequest
from voronka.connect.api.operations import Reply, operation
from voronka.connect.api.problems import StaleCopy
from voronka.connect.rules import scopes
from voronka.connect.schemas import clients as docs
from voronka.connect.schemas.common import IdInPath
from voronka.kit.errors import Invalid, NotFound
from voronka.people import queries as people
from voronka.people import services


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
    caller, row = request.auth, client_of(request, client)
    people.lock_client(row.pk)
    row = client_of(request, client)
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
    return card_reply(request.auth.actor, client_of(request, client))


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
    caller, row = request.auth, client_of(request, client)
    with _address_said():
        services.add_address(
            actor=caller.actor, client_id=row.pk, address=docs.address_in(sent), now=caller.now, is_main=sent.is_main
        )
    return card_reply(caller.actor, client_of(request, client))


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
    caller, row = request.auth, client_of(request, client)
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
    return card_reply(caller.actor, client_of(request, client))


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
    caller, row = request.auth, client_of(request, client)
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
    caller, row = request.auth, client_of(request, client)
    try:
        person = people.get_client(caller.actor, sent.person)
    except NotFound as missing:
        raise Invalid(missing.message, fields={"person": missing.message}) from missing
    services.add_contact_person(
        actor=caller.actor, organisation_id=row.pk, person_id=person.pk, position=sent.position
    )
    return card_reply(request.auth.actor, client_of(request, client))


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
    actor, row = request.auth.actor, client_of(request, client)
    services.remove_contact_person(actor=actor, organisation_id=row.pk, person_id=people.get_client(actor, person).pk)
