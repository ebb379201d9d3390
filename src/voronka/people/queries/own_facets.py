"""The company's own fields as facets: one way for clients and for deals, whose rows are found by their own indexes."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from django.db.models import DecimalField, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Left
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext as _

from voronka.accounts import queries as accounts
from voronka.kit.facets import Facet
from voronka.people.models import CustomField
from voronka.people.queries.own_fields import DAYS, SEARCHES, Search
from voronka.people.queries.ranges import read_days, read_range, read_words, read_yes
from voronka.people.rules.limits import custom_code

Match = Callable[[str], Q]
Options = Callable[[], Sequence[tuple[str, str]]]
SORTED_LETTERS = 200  # of a text: a place in a list goes into an address, which bears no text of 2,000 letters


def own_facets(fields: Iterable[CustomField]) -> list[Facet]:
    """Return own fields as facets of their subjects: `custom.CODE`."""
    return [_facet(field) for field in fields]


def read_employee(text: str) -> int:
    """Read the id of an employee. Raises ValueError with words."""
    if not text.isdecimal() or len(text) > 18:
        raise ValueError(_("There is no such employee."))
    return int(text)


def employee_options() -> Sequence[tuple[str, str]]:
    """Return the employees and nobody as choices."""
    people = [(str(one.pk), one.name) for one in accounts.list_employees()]
    return [("none", _("nobody")), *people]


def yes_no_options() -> Sequence[tuple[str, str]]:
    """Return yes and no as choices."""
    return [("yes", _("yes")), ("no", _("no"))]


def _facet(field: CustomField) -> Facet:
    text = KeyTextTransform(field.code, "fields")
    value: Left | Cast = Left(text, SORTED_LETTERS)
    kinds, search = CustomField.Kind, SEARCHES[field.subject]
    options: Options | None = None
    match: Match = _match_text(field.code, search)
    if field.kind in (kinds.NUMBER, kinds.MONEY):
        value = number = Cast(text, DecimalField(max_digits=22, decimal_places=6))
        match = _match_number(field.code, number, search)
    elif field.kind == kinds.DATE:
        match = _match_day(field.code, search)
    elif field.kind in (kinds.CHOICE, kinds.CHOICES):
        match, options = _match_option(field, search), _options_of(field)
    elif field.kind == kinds.YES_NO:
        match, options = _match_yes(field.code, search), yes_no_options
    elif field.kind == kinds.PERSON:
        match, options = _match_person(field.code, search), employee_options
    own = custom_code(field.code, field.subject)
    empty = ~Q(fields__has_key=field.code)
    return Facet(
        field.subject, f"custom.{field.code}", field.name, field.kind, match, value, options, own, empty=empty
    )


def _match_text(code: str, search: Search) -> Match:
    def match(text: str) -> Q:
        words = read_words(text)
        return search.saying(Q(**{f"fields__{code}__icontains": words}), words)

    return match


def _match_number(code: str, value: Cast, search: Search) -> Match:
    def match(text: str) -> Q:
        least, most = read_range(text)
        wanted = Q()
        if least is not None:
            wanted &= Q(GreaterThanOrEqual(value, least))
        if most is not None:
            wanted &= Q(LessThanOrEqual(value, most))
        return search.between(wanted, code, least, most)

    return match


def _match_day(code: str, search: Search) -> Match:
    def match(text: str) -> Q:
        first, last = read_days(text)
        wanted = Q(fields__has_key=code)
        if first is not None:
            wanted &= Q(**{f"fields__{code}__gte": first.isoformat()})
        if last is not None:
            wanted &= Q(**{f"fields__{code}__lte": last.isoformat()})
        if first is None or last is None or (last - first).days >= DAYS:
            return wanted
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return search.holding(wanted, [{code: day.isoformat()} for day in days])

    return match


def _match_option(field: CustomField, search: Search) -> Match:
    def match(text: str) -> Q:
        if text not in field.options:
            raise ValueError(_("Choose one of the list."))
        wanted: object = [text] if field.kind == CustomField.Kind.CHOICES else text
        return search.holding(Q(**{f"fields__{field.code}__contains": wanted}), [{field.code: wanted}])

    return match


def _options_of(field: CustomField) -> Options:
    return lambda: [(one, one) for one in field.options]


def _match_yes(code: str, search: Search) -> Match:
    def match(text: str) -> Q:
        if read_yes(text):
            return search.holding(Q(**{f"fields__{code}": True}), [{code: True}])
        return ~Q(fields__contains={code: True})

    return match


def _match_person(code: str, search: Search) -> Match:
    def match(text: str) -> Q:
        who = read_employee(text)
        return search.holding(Q(**{f"fields__{code}": who}), [{code: who}])

    return match
