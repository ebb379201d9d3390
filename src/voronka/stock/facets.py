"""What filters and columns of the list of the stock may ask of goods: those of the catalogue, and what lies where."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from voronka.kit.actors import Actor
from voronka.kit.db.among import held_in, not_in
from voronka.kit.facets import Facet, register_facet, shared_facets
from voronka.people.queries.ranges import read_range
from voronka.stock.models import Balance
from voronka.stock.permissions import SEE, SEE_COST
from voronka.stock.queries import sums
from voronka.stock.queries.balances import coming
from voronka.stock.queries.lists import SUBJECT, places_shown
from voronka.stock.services.words import place_name

# What the catalogue asks of the same goods; a name of an address means the same in both lists.
_SHARED = ("name", "code", "category", "brand", "barcode", "maker_code", "on_sale", "supplier")


def match_on_hand(text: str) -> Q:
    """How many lie in all places, in a range: ..0 are those that are gone."""
    return sums.in_range("on_hand", *read_range(text))


def match_reserved(text: str) -> Q:
    """How many are promised, in a range."""
    return sums.in_range("reserved", *read_range(text))


def match_available(text: str) -> Q:
    """How many may be sold from the places that sell, in a range."""
    return sums.in_range("available", *read_range(text))


def match_expected(text: str) -> Q:
    """How many are ordered or on the way, in a range."""
    return _expected(*read_range(text))


def match_worth(text: str) -> Q:
    """What all pieces have cost, in a range."""
    return sums.in_range("worth", *read_range(text))


def match_place(text: str) -> Q:
    """Goods that lie in a place."""
    if text not in {code for code, _name in place_options()}:
        raise ValueError(_("Choose one of the list."))
    return Q(pk__in=Balance.objects.filter(place__public_id=text, on_hand__gt=0).values("variant_id"))


def place_options() -> Sequence[tuple[str, str]]:
    """Return the places as choices."""
    return [(one.public_id, place_name(one)) for one in places_shown(only_on=False, with_kept=True)]


def _expected(least: Decimal | None, most: Decimal | None) -> Q:
    """Return the variants of which so many come; those without a row have none of it: nought."""
    outside = Q()  # a condition on the row itself would make the sums those of each line
    if least is not None:
        outside |= Q(n__lt=least)
    if most is not None:
        outside |= Q(n__gt=most)
    if (least is None or least <= 0) and (most is None or most >= 0):
        return not_in("pk", coming().filter(outside).values("variant_id"))
    return held_in("pk", coming().exclude(outside).values("variant_id"))


def _sees(actor: Actor) -> bool:
    return actor.may(SEE)


def _sees_cost(actor: Actor) -> bool:
    return actor.may(SEE) and actor.may(SEE_COST)


def register() -> None:
    """Register the facets; the catalogue's own are registered before, being of a lower part."""
    theirs = shared_facets("variant")
    for code in _SHARED:
        register_facet(replace(theirs[code], subject=SUBJECT))
    for facet in (
        Facet(SUBJECT, "place", gettext_lazy("Place"), "choice", match_place, options=place_options, is_column=False),
        Facet(SUBJECT, "on_hand", gettext_lazy("On hand"), "number", match_on_hand),
        Facet(SUBJECT, "reserved", gettext_lazy("Reserved"), "number", match_reserved),
        Facet(SUBJECT, "available", gettext_lazy("Available"), "number", match_available),
        Facet(SUBJECT, "expected", gettext_lazy("Expected"), "number", match_expected),
        Facet(SUBJECT, "worth", gettext_lazy("Worth"), "money", match_worth, open_to=_sees_cost),
    ):
        register_facet(facet if facet.open_to is not None else replace(facet, open_to=_sees))


register()
