"""Cards of clients: contacts, what may be said of one, those who may be the same, who speaks for whom."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from voronka.connect.schemas.common import Given, Moment, Money, Named, PublicId, Text, Told, Values
from voronka.connect.schemas.outer import Outer
from voronka.people import queries as people
from voronka.people.services import AddressDraft, ClientDraft, ContactDraft

if TYPE_CHECKING:
    from voronka.people.models import Client as ClientRow
    from voronka.people.models import ContactPoint

ContactKind = Literal["phone", "email", "telegram", "whatsapp", "vk", "max", "site"]


class Contact(Told):
    """A way to reach a client: phones in E.164, addresses in lower case."""

    kind: ContactKind
    value: Annotated[str, Field(examples=["+79161234567"])]
    extension: str = ""
    label: str = ""


class ContactGiven(Given):
    """A way to reach a client as somebody typed it."""

    kind: ContactKind
    value: Annotated[str, Field(max_length=254, examples=["8 916 123-45-67"])]
    label: Annotated[str, Field(max_length=60)] = ""


class Address(Told):
    """An address of a client: `address` is street and house, `label` what it is to him.

    The main one has the id `main`, whichever it is; the id of another one never comes to mean another place.
    """

    id: Annotated[str, Field(examples=["main"])]
    label: Annotated[str, Field(examples=["office"])]
    city: Annotated[str, Field(examples=["Красноярск"])]
    address: Annotated[str, Field(examples=["Мира, 1"])]
    postcode: Annotated[str, Field(examples=["660049"])]
    is_main: bool


class AddressGiven(Given):
    """An address of a client, with a city or a line at least. `is_main`: zone and hours for calls go by it."""

    label: Annotated[str, Field(max_length=60, examples=["office"])] = ""
    city: Annotated[str, Field(max_length=120, examples=["Красноярск"])] = ""
    address: Annotated[str, Field(max_length=500, examples=["Мира, 1"])] = ""
    postcode: Annotated[str, Field(max_length=20, examples=["660049"])] = ""
    is_main: bool = False


class AddressChanges(Given):
    """What is to be changed of an address; what is not sent stays. `is_main` makes it the main one.

    `version` is the card's as you read it: the address `main` is refused where it has become another one since.
    """

    label: Annotated[str, Field(max_length=60, examples=["office"])] | None = None
    city: Annotated[str, Field(max_length=120, examples=["Красноярск"])] | None = None
    address: Annotated[str, Field(max_length=500, examples=["Мира, 1"])] | None = None
    postcode: Annotated[str, Field(max_length=20, examples=["660049"])] | None = None
    is_main: Literal[True] | None = None
    version: Annotated[int, Field(ge=0, le=2**31 - 1, examples=[3])] | None = None


class CallingHours(Told):
    """When a client may be called: minutes of his own day."""

    opens_minute: Annotated[int, Field(examples=[540])]
    closes_minute: Annotated[int, Field(examples=[1200])]


class Workplace(Told):
    """A person who speaks for an organisation, or an organisation that a person speaks for."""

    client: Named
    position: str


class Client(Told):
    """A client's card. `fields` holds the values of custom fields by their codes; `version` grows with each change.

    `city`, `address`, `address_label` and `postcode` are of the main address.
    """

    id: PublicId
    version: Annotated[int, Field(examples=[3])]
    kind: Literal["person", "organisation"]
    name: Annotated[str, Field(examples=["Смирнова Анна Петровна"])]
    last_name: str
    first_name: str
    middle_name: str
    gender: str
    birthday: date | None
    contacts: list[Contact]
    city: Annotated[str, Field(examples=["Красноярск"])]
    address: str
    address_label: str
    postcode: str
    position: str
    zone: Annotated[str, Field(examples=["Asia/Krasnoyarsk"])]
    zone_is_sure: bool
    calling_hours: CallingHours | None
    is_vip: bool
    comment: str
    inn: str
    kpp: str
    ogrn: str
    bik: str
    account: str
    fields: Values
    responsible: Named | None
    external_id: str
    purchases_sum: Money | None
    source: str
    made_at: Moment


class ClientCard(Client):
    """A client's card with all his addresses, the main one first, and who speaks for him, or for whom he speaks."""

    addresses: list[Address]
    persons: list[Workplace]
    workplaces: list[Workplace]


class ClientList(Told):
    """A page of clients. `next` asks for the next page; `is_cut`: the text finds more than the search looks through."""

    items: list[Client]
    next: str | None
    is_cut: bool = False


class Duplicate(Told):
    """A card that may be the same client: `same` surely, `ask` perhaps, `different` by name but sharing a contact."""

    client: Client
    verdict: Literal["same", "ask", "different"]
    signs: list[str]


class Duplicates(Told):
    """The cards that may be the same client, surest first."""

    items: list[Duplicate]


class ClientMade(Told):
    """A new card, and the cards that may be the same client."""

    client: Client
    duplicates: list[Duplicate]
    warnings: list[str]


class ClientFields(Given):
    """What may be said of a client. A name in one piece is taken apart by itself."""

    kind: Literal["person", "organisation"] = "person"
    name: Annotated[str, Field(max_length=300, examples=["Смирнова Анна Петровна"])] = ""
    last_name: Annotated[str, Field(max_length=100)] = ""
    first_name: Annotated[str, Field(max_length=100)] = ""
    middle_name: Annotated[str, Field(max_length=100)] = ""
    gender: Literal["", "m", "f"] = ""
    birthday: date | None = None
    contacts: Annotated[list[ContactGiven], Field(max_length=30)] = []
    city: Annotated[str, Field(max_length=120, examples=["Красноярск"])] = ""
    address: Annotated[str, Field(max_length=500)] = ""
    address_label: Annotated[str, Field(max_length=60, examples=["office"])] = ""
    postcode: Annotated[str, Field(max_length=20, examples=["660049"])] = ""
    position: Annotated[str, Field(max_length=200)] = ""
    zone: Annotated[str, Field(max_length=64)] = ""
    call_opens_minute: Annotated[int, Field(ge=0, le=1440)] | None = None
    call_closes_minute: Annotated[int, Field(ge=0, le=1440)] | None = None
    is_vip: bool = False
    comment: Text = ""
    inn: Annotated[str, Field(max_length=60)] = ""
    kpp: Annotated[str, Field(max_length=60)] = ""
    ogrn: Annotated[str, Field(max_length=60)] = ""
    bik: Annotated[str, Field(max_length=60)] = ""
    account: Annotated[str, Field(max_length=60)] = ""
    fields: Values = {}
    responsible: PublicId | None = None
    external_id: Annotated[str, Field(max_length=100)] = ""
    source: Annotated[str, Field(max_length=200)] = ""


class NewClient(ClientFields):
    """A client to be made. With `if_duplicate` refuse, a card that is surely there already is a conflict."""

    if_duplicate: Literal["report", "refuse"] = "report"


class ClientChanges(ClientFields):
    """Only the fields that are sent are changed; `contacts` replaces all, `fields` only those it names.

    `version` is the card's as you read it; the header If-Match does the same.
    """

    version: Annotated[int, Field(ge=0, le=2**31 - 1, examples=[3])] | None = None


class PersonGiven(Given):
    """A person who speaks for an organisation."""

    person: PublicId
    position: Annotated[str, Field(max_length=200, examples=["Chief accountant"])] = ""


def contact_out(row: "ContactPoint") -> Contact:
    """Return a contact as it goes out."""
    return Contact(kind=row.kind, value=row.value, extension=row.extension, label=row.label)


def address_out(one: people.ClientAddress) -> Address:
    """Return an address as it goes out."""
    return Address(
        id=one.id, label=one.label, city=one.city, address=one.line, postcode=one.postcode, is_main=one.is_main
    )


def address_in(sent: AddressGiven) -> AddressDraft:
    """Return an address as the services take it."""
    return AddressDraft(label=sent.label, city=sent.city, line=sent.address, postcode=sent.postcode)


def address_changes(sent: AddressChanges) -> dict[str, str]:
    """Return what was sent of an address by the names of its draft."""
    given = {"label": sent.label, "city": sent.city, "line": sent.address, "postcode": sent.postcode}
    return {name: value for name, value in given.items() if value is not None}


def client_values(row: "ClientRow", contacts: Iterable["ContactPoint"], outer: Outer) -> dict[str, Any]:
    """Return a card's values as they go out, without those that are hidden from the reader."""
    row, contacts = people.shown(outer.actor, row), people.contacts_shown(outer.actor, contacts)
    plain = (
        "version", "kind", "name", "last_name", "first_name", "middle_name", "gender", "birthday", "city", "address",
        "address_label", "postcode", "position", "zone", "is_vip", "comment", "inn", "kpp", "ogrn", "bik", "account",
        "external_id", "purchases_sum", "made_at",
    )  # fmt: skip
    hours = None
    if row.call_opens_minute is not None and row.call_closes_minute is not None:
        hours = CallingHours(opens_minute=row.call_opens_minute, closes_minute=row.call_closes_minute)
    return {
        **{name: getattr(row, name) for name in plain},
        "id": row.public_id,
        "contacts": [contact_out(one) for one in contacts],
        "zone_is_sure": row.zone_sure,
        "calling_hours": hours,
        "fields": outer.values_out(row.fields),
        "responsible": outer.employee(row.responsible_id),
        "source": row.first_source,
    }


def client_out(row: "ClientRow", contacts: Iterable["ContactPoint"], outer: Outer) -> Client:
    """Return a card as it goes out."""
    return Client(**client_values(row, contacts, outer))


def draft_values(sent: ClientFields, outer: Outer, names: Iterable[str]) -> dict[str, Any]:
    """Return the named fields of what was sent as the services take them. Raises Invalid."""
    values: dict[str, Any] = {}
    for name in names:
        value = getattr(sent, name)
        if name == "contacts":
            values["contacts"] = tuple(ContactDraft(kind=one.kind, value=one.value, label=one.label) for one in value)
        elif name == "responsible":
            values["responsible_id"] = outer.inner(value, "responsible") if value else None
        elif name == "fields":
            values["fields"] = outer.values_in(value)
        else:
            values[name] = value
    return values


def draft_in(sent: ClientFields, outer: Outer) -> ClientDraft:
    """Return a whole card as the services take it. Raises Invalid."""
    return ClientDraft(**draft_values(sent, outer, ClientFields.model_fields))


def places_out(fields: Mapping[str, str]) -> dict[str, str]:
    """Return places of problems as the sender names them: `contact_0` is `contacts.0`, `field_x` is `fields.x`."""
    said = {}
    for place, words in fields.items():
        head, _sign, tail = place.partition("_")
        renamed = {"contact": "contacts", "field": "fields"}.get(head) if tail else None
        said[f"{renamed}.{tail}" if renamed else place.removesuffix("_id")] = words
    return said


def workplaces_out(rows: Sequence[Any], side: str) -> list[Workplace]:  # rows of ContactPerson, a model of people
    """Return who speaks for whom: `side` is `person` or `organisation`."""
    return [
        Workplace(client=Named(id=getattr(row, side).public_id, name=getattr(row, side).name), position=row.position)
        for row in rows
    ]
