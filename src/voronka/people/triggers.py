"""Clients in automations: how they walk them, and what happens to them that may begin one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, TypeVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from voronka.accounts import queries as accounts
from voronka.flows.ports import Act, DayTrigger, EventTrigger, Found, HandTrigger, ListTrigger, Traveller
from voronka.flows.services import offer_traveller, trigger
from voronka.kit.actors import Actor
from voronka.kit.errors import Invalid, NotFound
from voronka.kit.events import RecordedEvent
from voronka.kit.steps import Effect, Sentence, Setting, StepContext, run_steps, say
from voronka.kit.subjects import Subject
from voronka.people import events
from voronka.people.models import Client
from voronka.people.queries import asked, find_clients, get_client, list_clients, name_shown, zones_of
from voronka.people.queries.rows import clients_of_email, clients_of_phone, find_by_code, list_custom_fields
from voronka.people.rules.phones import parse_phones
from voronka.people.services.words import field_name

C = TypeVar("C")
FIELDS = ("name", "city", "responsible", "is_vip", "birthday", "comment", "zone")


@dataclass(frozen=True, slots=True)
class ClientOpener:
    """What steps get of a client: himself."""

    client_id: int

    def client_id_of(self) -> int:
        """Return the client's id (people.ports.IsClient)."""
        return self.client_id

    def capability(self, wanted: type[C]) -> C:
        """Raise LookupError: steps that need more do not suit a client."""
        if isinstance(self, wanted):
            return self
        raise LookupError(f"a client offers no {wanted.__name__}")


def _run(act: Act) -> list[Effect]:
    context = StepContext(
        subject=Subject("client", act.subject_id), client_id=act.subject_id, actor=act.actor, now=act.now,
        cause=act.cause, draft=ClientOpener(act.subject_id), dry=act.dry,
    )  # fmt: skip
    return run_steps(act.steps, context)


def _found(actor: Actor, row: Client) -> Found:
    return Found(row.pk, row.public_id, name_shown(actor, row.name))


def _find(actor: Actor, words: str) -> Sequence[Found]:
    return [_found(actor, row) for row in find_clients(actor, words, most=8)]


def _pick(actor: Actor, public_id: str) -> Found | None:
    try:
        return _found(actor, get_client(actor, public_id))
    except NotFound:
        return None


def _seen(actor: Actor, ids: Sequence[int]) -> set[int]:
    return set(list_clients(actor).filter(pk__in=list(ids)).values_list("pk", flat=True))


def _zone(client_id: int) -> str:
    return zones_of([client_id]).get(client_id) or accounts.get_company_rules().zone


def _list_page(actor: Actor, code: str, after: int, limit: int) -> list[int]:
    return asked.segment_page(actor, code, after=after, limit=limit)


def _told(said: Mapping[str, str]) -> int | None:
    """Return the client of an id (ours, or that of another system), else of a phone or e-mail that is his alone."""
    if "client" in said:
        return find_by_code(said["client"])
    numbers = {one.e164 for one in parse_phones(said.get("phone", "")) if one.e164}
    found = {pk for one in numbers for pk in clients_of_phone(one)}
    found |= set(clients_of_email(said["email"])) if not found and "email" in said else set()
    return found.pop() if len(found) == 1 else None


offer_traveller(
    Traveller(
        "client", ClientOpener, lambda: Client.objects.all(), lambda pk: pk, _zone, _run, _find, _pick, _seen,
        asked.segments, _list_page, name_shown, told=_told,
    )
)  # fmt: skip


# --- what the log tells of ------------------------------------------------------------------------------------------


@trigger
class LeadCame(EventTrigger):
    """Somebody asked for contact."""

    kind: ClassVar[str] = "people.lead"
    title: ClassVar[str] = gettext_lazy("a client asks for contact")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "inbox"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.LeadReceived

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("A client asks for contact")]


@trigger
class ClientMade(EventTrigger):
    """A card was made."""

    kind: ClassVar[str] = "people.client_made"
    title: ClassVar[str] = gettext_lazy("a new client")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "user-plus"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.ClientCreated

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("A client's card is made")]


def _fields(where: Subject) -> Sequence[tuple[str, str]]:
    own = [(f"custom.{one.code}", one.name) for one in list_custom_fields()]
    return [*((code, field_name(code)) for code in FIELDS), *own]


@trigger
class FieldChanged(EventTrigger):
    """A field of the card was changed."""

    kind: ClassVar[str] = "people.field_changed"
    title: ClassVar[str] = gettext_lazy("a field of a client changes")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "forms"
    subject: ClassVar[str] = "client"
    event: ClassVar = events.ClientChanged
    settings: ClassVar[Mapping[str, Setting]] = {
        "field": Setting(gettext_lazy("Field"), options=_fields, is_picked=True)
    }

    field: str = Field(max_length=80)

    def sentence(self) -> Sentence:
        """Say which."""
        name = dict(_fields(Subject("client", 0))).get(self.field, _("(gone)"))
        return say(_("The client's field “{field}” changes"), field=name)

    def fits(self, event: RecordedEvent) -> bool:
        """Tell whether the field is among those that changed."""
        changed = event.payload.get("fields", [])
        return self.field in changed or self.field.removeprefix("custom.") in changed


# --- days -----------------------------------------------------------------------------------------------------------


class ClientDay(DayTrigger):
    """The base of days of clients' calendars."""

    subject: ClassVar[str] = "client"
    settings: ClassVar[Mapping[str, Setting]] = {
        "at": Setting(gettext_lazy("At"), help=gettext_lazy("By the client's clock, such as 10:00"))
    }

    def zones(self) -> Sequence[str]:
        """Return the clocks of the clients."""
        return list(Client.objects.order_by("zone").values_list("zone", flat=True).distinct())

    def theirs(self, day: date) -> Q:
        """Return the condition of those whose day it is."""
        raise NotImplementedError

    def whose(self, day: date, zone: str, after: int, limit: int) -> list[int]:
        """Return ids of the clients of a clock whose day it is."""
        rows: QuerySet[Client] = Client.objects.filter(self.theirs(day), zone=zone, pk__gt=after)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


@trigger
class Birthday(ClientDay):
    """The client's birthday, or some days before it; who was born on 29 February has it on 28 in other years."""

    kind: ClassVar[str] = "people.birthday"
    title: ClassVar[str] = gettext_lazy("a client's birthday")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "cake"
    settings: ClassVar[Mapping[str, Setting]] = {
        "before": Setting(gettext_lazy("Days before")), **ClientDay.settings,
    }  # fmt: skip

    before: int = Field(default=0, ge=0, le=60)

    def sentence(self) -> Sentence:
        """Say when."""
        if not self.before:
            return say(_("On the client's birthday, at {at}"), at=self.at)
        return say(_("{before} days before the client's birthday, at {at}"), before=str(self.before), at=self.at)

    def theirs(self, day: date) -> Q:
        """Return those born on this day of the year."""
        born = day + timedelta(days=self.before)
        found = Q(birthday__month=born.month, birthday__day=born.day)
        is_leap = born.year % 4 == 0 and (born.year % 100 != 0 or born.year % 400 == 0)
        if (born.month, born.day) == (2, 28) and not is_leap:
            found |= Q(birthday__month=2, birthday__day=29)
        return found


@trigger
class YearlyDay(ClientDay):
    """A day of the year: a holiday."""

    kind: ClassVar[str] = "people.yearly_day"
    title: ClassVar[str] = gettext_lazy("a day of the year")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "calendar-event"
    settings: ClassVar[Mapping[str, Setting]] = {
        "day": Setting(gettext_lazy("Day and month"), help=gettext_lazy("Such as 31.12")), **ClientDay.settings,
    }  # fmt: skip

    day: str = Field(default="31.12", pattern=r"^(0[1-9]|[12][0-9]|3[01])\.(0[1-9]|1[0-2])$")

    def sentence(self) -> Sentence:
        """Say which."""
        return say(_("Every year on {day}, at {at}"), day=self.day, at=self.at)

    def theirs(self, day: date) -> Q:
        """Return everybody, on the day."""
        return Q() if f"{day:%d.%m}" == self.day else Q(pk__in=[])


@trigger
class ClientList(ListTrigger):
    """A client begins to match a saved list that is shared with everybody."""

    kind: ClassVar[str] = "people.list"
    title: ClassVar[str] = gettext_lazy("a client comes into a saved list")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "filter"
    subject: ClassVar[str] = "client"
    settings: ClassVar[Mapping[str, Setting]] = {
        "list": Setting(
            gettext_lazy("Saved list"), options=lambda where: _shared_lists(), is_picked=True,
            help=gettext_lazy("Of the lists that are shared with all."),
        )
    }  # fmt: skip

    def sentence(self) -> Sentence:
        """Say which."""
        return say(_("A client comes into the list “{list}”"), list=dict(_shared_lists()).get(self.list, _("(gone)")))


def _shared_lists() -> Sequence[tuple[str, str]]:
    try:
        return asked.segments(Actor.system(accounts.get_company_rules().company_id))
    except (NotFound, Invalid):
        return []


@trigger
class ByHand(HandTrigger):
    """A person, or a program by the API, brings the client in."""

    kind: ClassVar[str] = "people.by_hand"
    title: ClassVar[str] = gettext_lazy("by hand, or by a program")  # type: ignore[assignment]  # translated when shown
    icon: ClassVar[str] = "hand-click"
    subject: ClassVar[str] = "client"

    def sentence(self) -> Sentence:
        """Say it."""
        return [_("A person or a program brings the client in")]
