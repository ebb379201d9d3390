"""Clients, their contacts, notes, consents, timeline; custom fields."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from voronka.accounts import queries as accounts
from voronka.connect.schemas.common import (
    Given,
    Line,
    Moment,
    Money,
    Named,
    PublicId,
    Text,
    Told,
    Values,
    named,
)
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.people import queries as people
from voronka.people.services import ClientDraft, ConsentDraft, ContactDraft, Received, TouchData, signs_of

if TYPE_CHECKING:
    from voronka.people.models import Client as ClientRow
    from voronka.people.models import Consent as ConsentRow
    from voronka.people.models import ContactPoint
    from voronka.people.models import Note as NoteRow

ContactKind = Literal["phone", "email", "telegram", "whatsapp", "vk", "max", "site"]
Purpose = Literal["advertising", "personal_data"]
ConsentChannel = Literal["any", "email", "sms", "phone"]


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


class CallingHours(Told):
    """When a client may be called: minutes of his own day."""

    opens_minute: Annotated[int, Field(examples=[540])]
    closes_minute: Annotated[int, Field(examples=[1200])]


class Workplace(Told):
    """A person who speaks for an organisation, or an organisation that a person speaks for."""

    client: Named
    position: str


class Client(Told):
    """A client's card. `fields` holds the values of custom fields by their codes; `version` grows with each change."""

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
    """A client's card with those who speak for him, or for whom he speaks."""

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


class Note(Told):
    """What an employee, or a program in his name, wrote down about a client."""

    id: int
    text: Annotated[str, Field(examples=["Prefers mornings"])]
    author: Named | None
    at: Moment


class NoteGiven(Given):
    """A note."""

    text: Annotated[str, Field(min_length=1, max_length=10_000, examples=["Prefers mornings"])]


class NoteList(Told):
    """A page of notes, newest first."""

    items: list[Note]
    next: str | None


class Consent(Told):
    """What holds now: the newest word of the client on a purpose and channel."""

    purpose: Purpose
    channel: ConsentChannel
    given: bool
    at: Moment
    text_version: str
    source: str


class ConsentGiven(Given):
    """A consent given or withdrawn; `source` says where, in words."""

    purpose: Purpose
    channel: ConsentChannel = "any"
    given: bool = True
    text_version: Annotated[str, Field(max_length=100)] = ""
    source: Annotated[str, Field(min_length=1, max_length=200, examples=["paper form No. 12"])]


class ConsentList(Told):
    """What holds now, by purpose and channel."""

    items: list[Consent]


class TimelineEntry(Told):
    """Something that happened with a client, in words; `kind` is the event's name in the log."""

    id: int
    at: Moment
    kind: Annotated[str, Field(examples=["people.NoteAdded"])]
    text: str
    more: str
    who: Named | None


class Timeline(Told):
    """A page of a client's timeline, newest first."""

    items: list[TimelineEntry]
    next: str | None


class PersonGiven(Given):
    """A person who speaks for an organisation."""

    person: PublicId
    position: Annotated[str, Field(max_length=200, examples=["Chief accountant"])] = ""


class Lead(Given):
    """Somebody asked for contact: he lands on his card, known by phone, e-mail or outer id, and gets a deal."""

    name: Annotated[str, Field(max_length=300, examples=["Анна"])] = ""
    phones: Annotated[
        list[Annotated[str, Field(max_length=254)]], Field(max_length=10, examples=[["+79161234567"]])
    ] = []
    emails: Annotated[list[Annotated[str, Field(max_length=254)]], Field(max_length=10)] = []
    city: Annotated[str, Field(max_length=120)] = ""
    message: Text = ""
    zone: Annotated[str, Field(max_length=64)] = ""
    external_id: Annotated[str, Field(max_length=100)] = ""
    source: Annotated[str, Field(max_length=200, examples=["yandex"])] = ""
    medium: Annotated[str, Field(max_length=200)] = ""
    campaign: Annotated[str, Field(max_length=200)] = ""
    term: Annotated[str, Field(max_length=200)] = ""
    content: Annotated[str, Field(max_length=200)] = ""
    referrer: Line = ""
    page: Line = ""
    extra: Annotated[dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=2_000)]],
                     Field(max_length=50)] = {}  # fmt: skip
    fields: Values = {}
    consents: Annotated[list[Purpose], Field(max_length=2)] = []
    wants_contact: bool = True


class LeadTaken(Told):
    """What the lead came to: `taken` onto a card, `waiting` in the inbox to be sorted, or `spam` of a blocked sender.

    Only a taken lead has a client; the others have a `lead`, by which events tell how it is sorted.
    """

    state: Literal["taken", "waiting", "spam"]
    client: PublicId | None
    is_new_client: bool
    lead: PublicId | None


@dataclass(slots=True)
class Outer:
    """Ids of employees in both directions, asked for once a request, and for whom: he is shown what he may see."""

    actor: Actor
    employees: Mapping[int, tuple[str, str]]
    people_fields: frozenset[str]
    people_fields_of_deals: frozenset[str]

    @classmethod
    def load(cls, actor: Actor) -> "Outer":
        """Read the employees and the codes of fields that hold one."""
        rows = accounts.list_employees(active=False)
        fields = [one for one in people.list_custom_fields(subject=None, active=False) if one.kind == "person"]
        return cls(
            actor,
            {one.pk: (one.public_id, one.name) for one in rows},
            frozenset(one.code for one in fields if one.subject == "client"),
            frozenset(one.code for one in fields if one.subject == "deal"),
        )

    def employee(self, employee_id: int | None) -> Named | None:
        """Return an employee by inner id."""
        found = self.employees.get(employee_id or 0)
        return named(*found) if found else None

    def inner(self, public_id: str, place: str) -> int:
        """Return the inner id of an employee. Raises Invalid at `place`."""
        try:
            return accounts.get_employee(public_id).pk
        except NotFound as missing:
            raise Invalid(missing.message, fields={place: missing.message}) from missing

    def values_out(self, values: Mapping[str, Any], *, of_deal: bool = False) -> Values:
        """Return values of custom fields, of a client or of a deal, with employees by their public ids."""
        named_by = self.people_fields_of_deals if of_deal else self.people_fields
        return {
            code: self.employees.get(int(value), ("", ""))[0] if code in named_by else value
            for code, value in values.items()
        }

    def values_in(self, values: Mapping[str, Any], *, of_deal: bool = False) -> Values:
        """Return values of custom fields, of a client or of a deal, as the services take them. Raises Invalid."""
        named_by = self.people_fields_of_deals if of_deal else self.people_fields
        return {
            code: self.inner(str(value), f"fields.{code}") if code in named_by and value else value
            for code, value in values.items()
        }


def contact_out(row: "ContactPoint") -> Contact:
    """Return a contact as it goes out."""
    return Contact(kind=row.kind, value=row.value, extension=row.extension, label=row.label)


def client_values(row: "ClientRow", contacts: Iterable["ContactPoint"], outer: Outer) -> dict[str, Any]:
    """Return a card's values as they go out, without those that are hidden from the reader."""
    row, contacts = people.shown(outer.actor, row), people.contacts_shown(outer.actor, contacts)
    plain = (
        "version", "kind", "name", "last_name", "first_name", "middle_name", "gender", "birthday", "city", "address",
        "position", "zone", "is_vip", "comment", "inn", "kpp", "ogrn", "bik", "account", "external_id",
        "purchases_sum", "made_at",
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


def note_out(row: "NoteRow") -> Note:
    """Return a note as it goes out."""
    author = named(row.author.public_id, row.author.name) if row.author is not None else None
    return Note(id=row.pk, text=row.text, author=author, at=row.at)


def consent_out(row: "ConsentRow") -> Consent:
    """Return a consent as it goes out."""
    names = ("purpose", "channel", "given", "at", "text_version", "source")
    return Consent(**{name: getattr(row, name) for name in names})


def consent_in(sent: ConsentGiven) -> ConsentDraft:
    """Return a consent as the services take it."""
    return ConsentDraft(purpose=sent.purpose, given=sent.given, channel=sent.channel, text_version=sent.text_version)


def touch_in(sent: Lead, outer: Outer, request_id: str) -> TouchData:
    """Return a lead as the services take it, with what looks like spam in it. Raises Invalid."""
    names = ("name", "city", "message", "external_id", "source", "medium", "campaign", "term", "content", "referrer")
    return TouchData(
        channel="api",
        **{name: getattr(sent, name) for name in names},
        phones=tuple(sent.phones),
        emails=tuple(sent.emails),
        browser_zone=sent.zone,
        page=sent.page,
        extra=sent.extra,
        fields=outer.values_in(sent.fields),
        consents=tuple(ConsentDraft(purpose=one) for one in dict.fromkeys(sent.consents)),
        signs=tuple(signs_of(sent.name, sent.message, sent.emails)),
        request_id=request_id,
        wants_contact=sent.wants_contact,
    )


def lead_out(received: Received) -> LeadTaken:
    """Return what a lead came to; one that came before and was sorted since is told as it stands now."""
    done, lead = received.done, received.lead
    client_id = done.client_id if done is not None else lead.client_id if lead is not None else None
    client = people.public_ids("client", [client_id])[client_id] if client_id is not None else None
    state: Literal["taken", "waiting", "spam"] = "taken"
    if lead is not None and lead.state in ("waiting", "spam"):
        state = "waiting" if received.waits else "spam"
    return LeadTaken(
        state=state,
        client=client if state == "taken" else None,
        is_new_client=done is not None and done.is_new,
        lead=lead.public_id if lead is not None else None,
    )


def workplaces_out(rows: Sequence[Any], side: str) -> list[Workplace]:  # rows of ContactPerson, a model of people
    """Return who speaks for whom: `side` is `person` or `organisation`."""
    return [
        Workplace(client=Named(id=getattr(row, side).public_id, name=getattr(row, side).name), position=row.position)
        for row in rows
    ]
