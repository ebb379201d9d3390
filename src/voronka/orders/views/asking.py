"""The address of the list of orders, and the lists that everybody has."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from voronka.kit.list_address import FILTER, ListAddress, address_back
from voronka.orders.queries import lists

PAGE = "orders:order-list"


def address(request: HttpRequest) -> ListAddress:
    """Return the address of the list of orders that a request has come by."""
    return ListAddress(request, PAGE)


def list_address(query: str) -> str:
    """Return the list's address of a query that a form has sent back."""
    return address_back(PAGE, query)


@dataclass(frozen=True, slots=True)
class UsualList:
    """A list that everybody has: its name, its address, how many orders it finds."""

    name: str
    url: str
    count: int
    is_on: bool


def usual_lists(ask: lists.Ask, counts: Mapping[str, int], look: str = "") -> list[UsualList]:
    """Return the lists that every desk of orders works by, with their counts; they keep the look."""
    page = reverse(PAGE)
    usual: list[tuple[str, str, dict[str, str]]] = [
        ("open", _("In work"), {}),
        ("mine", _("Mine"), {"responsible": "me"}),
        ("today", _("Promised for today"), {"due": "today"}),
        ("unpaid", _("Wait for payment"), {"paid": "no|part"}),
        ("late", _("Late"), {"due": "late"}),
        ("pickup", _("Pickup"), {"pickup": "yes"}),
        ("short", _("Wait for goods"), {"short": "yes"}),
    ]
    asked = {} if ask.text.strip() else dict(ask.filters)
    return [
        UsualList(
            name,
            _address(
                page, ({"look": look} if look else {}) | {FILTER + key: value for key, value in filters.items()}
            ),
            counts[code],
            asked == filters and not ask.text.strip(),
        )
        for code, name, filters in usual
    ]


def _address(page: str, named: Mapping[str, str]) -> str:
    return f"{page}?{urlencode(named)}" if named else page
