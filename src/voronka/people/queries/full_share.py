"""How complete cards are, told by the database: for lists that are filtered and put in order by it.

The same share as queries.fullness tells of one card to somebody who sees all its fields; a test holds them equal.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Exists, Expression, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Cast

from voronka.people.models import Client, ContactPerson, ContactPoint, FieldWeight
from voronka.people.queries.rows import list_custom_fields
from voronka.people.rules.completeness import CUSTOM, shipped_weights
from voronka.people.rules.limits import CONTACTS


class FullShare(Expression):
    """The share of a card in per cent; the company's weights are asked for only where the share is used."""

    output_field = IntegerField()

    def resolve_expression(self, *args: Any, **named: Any) -> Any:  # as Django hands them on
        """Stand for the share by the weights of the current company."""
        return share_now().resolve_expression(*args, **named)


def share_now() -> Case:
    """Return the share by the weights of the current company; two statements."""
    own = [one.code for one in list_custom_fields()]
    held = dict(FieldWeight.objects.values_list("code", "weight"))
    by_kind = {
        kind: {code: held.get(code, weight) for code, weight in shipped_weights(kind, own).items()}
        for kind in (Client.Kind.PERSON, Client.Kind.ORGANISATION)
    }
    organisation = _share(by_kind[Client.Kind.ORGANISATION])
    return Case(
        When(kind=Client.Kind.ORGANISATION, then=organisation),
        default=_share(by_kind[Client.Kind.PERSON]),
        output_field=IntegerField(),
    )


def _share(weights: Mapping[str, int]) -> Any:  # a sum of expressions, which have no type of their own
    total = sum(weights.values())
    if not total:
        return Value(100, output_field=IntegerField())
    parts = [
        Case(When(_is_filled(code), then=Value(weight)), default=Value(0), output_field=IntegerField())
        for code, weight in weights.items()
        if weight
    ]
    whole: Any = Value(0, output_field=IntegerField())
    for one in parts:
        whole = whole + one
    return Cast(whole * Value(100) / Value(total), IntegerField())  # whole numbers: rounded down


def _is_filled(code: str) -> Q:
    """Return the condition of cards on which a weighed field stands."""
    if code.startswith(CUSTOM):
        name = code.removeprefix(CUSTOM)
        empty = Q(fields__contains={name: ""}) | Q(fields__contains={name: None}) | Q(**{f"fields__{name}": []})
        return Q(fields__has_key=name) & ~empty
    if code in CONTACTS:
        return Q(Exists(ContactPoint.objects.filter(client_id=OuterRef("pk"), kind=code)))
    if code == "name":
        return ~Q(first_name="") & ~Q(last_name="")
    if code == "persons":
        return Q(Exists(ContactPerson.objects.filter(organisation_id=OuterRef("pk"))))
    if code == "birthday":
        return Q(birthday__isnull=False)
    return ~Q(**{code: ""})


def shares_of(client_ids: list[int]) -> dict[int, int]:
    """Return the shares of cards by id."""
    return dict(
        Client.objects.filter(pk__in=client_ids).annotate(full_share=FullShare()).values_list("id", "full_share")
    )
