"""What filters, columns and segments may ask of clients."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.accounts import queries as accounts
from voronka.kit.actors import Actor
from voronka.kit.clocks import known_zones
from voronka.kit.facets import Facet, register_facet, register_facet_source
from voronka.people.models import Address, Client, ContactPoint, Note, Touch
from voronka.people.queries.full_share import FullShare
from voronka.people.queries.own_facets import employee_options, own_facets, read_employee, yes_no_options
from voronka.people.queries.ranges import read_days, read_range, read_words, read_yes
from voronka.people.queries.rows import list_custom_fields
from voronka.people.queries.shown import hides_any


def match_name(text: str) -> Q:
    """Names that hold the text, whatever the case; Ё is Е."""
    return Q(sort_key__contains=read_words(text).upper().replace("Ё", "Е"))


def match_phone(text: str) -> Q:
    """Phones that end with the digits."""
    digits = re.sub(r"\D", "", read_words(text))
    if len(digits) < 3:
        raise ValueError(_("Give at least three digits."))
    ending = digits[-10:] if len(digits) == 11 and digits[0] in "78" else digits
    rows = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE, value__endswith=ending)
    return Q(pk__in=rows.values("client_id"))


def match_email(text: str) -> Q:
    """E-mail addresses that begin with the text."""
    rows = ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, value__startswith=read_words(text).lower())
    return Q(pk__in=rows.values("client_id"))


def match_city(text: str) -> Q:
    """Cities that begin with the text."""
    return Q(city__istartswith=read_words(text))


def match_any_city(text: str) -> Q:
    """Clients one of whose addresses, the main one or another, is in a city that begins with the text."""
    rows = Address.objects.filter(city__istartswith=read_words(text))
    return match_city(text) | Q(pk__in=rows.values("client_id"))


def sees_addresses(actor: Actor) -> bool:
    """Tell whether an actor may know which addresses, and in which cities, a client has."""
    return actor.sees("client.city") and actor.sees("client.address")


def match_source(text: str) -> Q:
    """First sources that begin with the text."""
    return Q(first_source__istartswith=read_words(text))


def match_zone(text: str) -> Q:
    """Clients of one time zone."""
    if text not in known_zones():
        raise ValueError(_("There is no such time zone."))
    return Q(zone=text)


def match_kind(text: str) -> Q:
    """Persons or organisations."""
    if text not in Client.Kind.values:
        raise ValueError(_("Choose one of the list."))
    return Q(kind=text)


def match_responsible(text: str) -> Q:
    """Clients of one employee, or of nobody ("none")."""
    if text == "none":
        return Q(responsible_id=None)
    return Q(responsible_id=read_employee(text))


def match_vip(text: str) -> Q:
    """VIP clients, or the others."""
    return Q(is_vip=read_yes(text))


def match_made(text: str) -> Q:
    """Cards made on days of the company's calendar: one day, or two with two points between, either may lack."""
    first, last = read_days(text)
    zone = ZoneInfo(accounts.get_company_rules().zone)
    wanted = Q()
    if first is not None:
        wanted &= Q(made_at__gte=datetime.combine(first, time.min, zone))
    if last is not None:
        wanted &= Q(made_at__lt=datetime.combine(last + timedelta(days=1), time.min, zone))
    return wanted


def match_sum(text: str) -> Q:
    """Sums of purchases in a range: 1000..5000, either end may lack."""
    least, most = read_range(text)
    wanted = Q()
    if least is not None:
        wanted &= Q(purchases_sum__gte=least)
    if most is not None:
        wanted &= Q(purchases_sum__lte=most)
    return wanted


def kind_options() -> Sequence[tuple[str, str]]:
    """Return the kinds of clients as choices."""
    return [(Client.Kind.PERSON, _("person")), (Client.Kind.ORGANISATION, _("organisation"))]


def custom_facets() -> list[Facet]:
    """Return the company's own fields of clients as facets: `custom.CODE`."""
    return own_facets(list_custom_fields())


def match_touch_source(text: str) -> Q:
    """Clients who came, at any time, from a source that begins with the text."""
    return Q(Exists(Touch.objects.filter(client_id=OuterRef("pk"), source__istartswith=read_words(text))))


def _on_days(rows: QuerySet[Touch] | QuerySet[Note], text: str) -> Q:
    first, last = read_days(text)
    zone = ZoneInfo(accounts.get_company_rules().zone)
    if first is not None:
        rows = rows.filter(at__gte=datetime.combine(first, time.min, zone))
    if last is not None:
        rows = rows.filter(at__lt=datetime.combine(last + timedelta(days=1), time.min, zone))
    return Q(pk__in=rows.values("client_id"))


def match_touched(text: str) -> Q:
    """Clients who turned to the company on the days of a range."""
    return _on_days(Touch.objects.all(), text)


def match_noted(text: str) -> Q:
    """Clients about whom somebody wrote a note on the days of a range."""
    return _on_days(Note.objects.all(), text)


def _without(model: type[Address] | type[ContactPoint] | type[Touch] | type[Note], **more: str) -> Q:
    """Clients without a row of a kind. Made at start, in no company: the key of the company keeps it inside."""
    return ~Q(Exists(model._base_manager.filter(client_id=OuterRef("pk"), company_id=OuterRef("company_id"), **more)))


def match_full(text: str) -> Q:
    """Cards that are complete by a share in a range of per cents: 50..80, either end may lack."""
    least, most = read_range(text)
    wanted = Q()
    if least is not None:
        wanted &= Q(GreaterThanOrEqual(FullShare(), least))
    if most is not None:
        wanted &= Q(LessThanOrEqual(FullShare(), most))
    return wanted


def sees_all(actor: Actor) -> bool:
    """Tell whether no field of clients is hidden from the actor: the share would tell whether it is filled in."""
    return not hides_any(actor)


for _facet in (
    Facet("client", "name", gettext_lazy("Name"), "text", match_name, F("sort_key")),
    Facet(
        "client", "phone", gettext_lazy("Phone"), "text", match_phone, field="client.phone",
        empty=_without(ContactPoint, kind=ContactPoint.Kind.PHONE),
    ),
    Facet(
        "client", "email", gettext_lazy("E-mail"), "text", match_email, field="client.email",
        empty=_without(ContactPoint, kind=ContactPoint.Kind.EMAIL),
    ),
    Facet("client", "kind", gettext_lazy("Person or organisation"), "choice", match_kind, F("kind"), kind_options),
    Facet(
        "client", "city", gettext_lazy("City"), "text", match_city, F("city"), field="client.city", empty=Q(city=""),
    ),
    Facet(
        "client", "addresses", gettext_lazy("All addresses"), "text", match_any_city, field="client.address",
        empty=Q(city="", address="") & _without(Address), open_to=sees_addresses,
    ),
    Facet("client", "zone", gettext_lazy("Time zone"), "zone", match_zone, F("zone")),
    Facet(
        "client", "responsible", gettext_lazy("Responsible"), "choice", match_responsible, F("responsible_id"),
        employee_options, empty=Q(responsible_id=None),
    ),
    Facet("client", "made_at", gettext_lazy("Card made"), "date", match_made, F("made_at")),
    Facet("client", "vip", gettext_lazy("VIP"), "yes_no", match_vip, F("is_vip"), yes_no_options),
    Facet(
        "client", "source", gettext_lazy("Where from"), "text", match_source, F("first_source"), field="client.source",
        empty=Q(first_source=""),
    ),
    Facet(
        "client", "sum", gettext_lazy("Bought for"), "money", match_sum, F("purchases_sum"), field="client.sum",
        empty=Q(purchases_sum=None),
    ),
    Facet(
        "client", "full", gettext_lazy("Completeness, %"), "number", match_full, FullShare(), open_to=sees_all,
    ),
    Facet(
        "client", "touch_source", gettext_lazy("Ever came from"), "text", match_touch_source, field="client.source",
        is_column=False,
    ),
    Facet(
        "client", "touched_at", gettext_lazy("Turned to us"), "date", match_touched, is_column=False,
        empty=_without(Touch),
    ),
    Facet(
        "client", "noted_at", gettext_lazy("Note written"), "date", match_noted, is_column=False, empty=_without(Note),
    ),
):  # fmt: skip
    register_facet(_facet)

register_facet_source("client", custom_facets)
