"""Addresses of the list of clients: what they ask for. An address is all that is kept of a list."""

from collections.abc import Sequence

from django.db.models import Count, Max
from django.http import QueryDict
from django.utils.translation import gettext as _

from voronka.accounts.queries.views import get_view, list_views
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.list_address import COLUMNS, FILTER, filters_asked
from voronka.people.queries import lists
from voronka.people.queries.rows import list_custom_fields
from voronka.people.rules.limits import custom_code

OWN = "custom."  # begins the codes of the company's own fields
STATE = ("q", "sort", "size", COLUMNS)  # names that are the list's state beside its filters


def is_state(name: str) -> bool:
    """Tell whether a name of an address belongs to what is kept of a list as a view."""
    return name in STATE or name.startswith(FILTER)


def ask_of(given: QueryDict) -> lists.Ask:
    """Read what an address asks a list for. A filter given twice asks for any of its values."""
    return lists.Ask(
        text=given.get("q", "")[:500],
        filters=filters_asked(given),
        sort=given.get("sort", lists.DEFAULT_SORT)[:80],
        after=given.get("after", "")[:1000],
    )


def size_of(given: QueryDict) -> int:
    """Return how many rows a page shows: one of the offered sizes, else the usual one."""
    asked = given.get("size", "")
    return int(asked) if asked in map(str, lists.SIZES) else lists.PAGE


def count_asked(actor: Actor, query: str, most: int) -> int | None:
    """Return how many clients an address finds, None where one of its conditions makes no sense any more."""
    return lists.count_or_none(actor, ask_of(QueryDict(query)), most=most)


def segments(actor: Actor) -> Sequence[tuple[str, str]]:
    """Return the segments of clients that the actor may use: public id and name of his and the shared saved lists."""
    return [(one.public_id, one.name) for one in list_views(actor, "client")]


def segment_page(actor: Actor, public_id: str, *, after: int = 0, limit: int = 1_000) -> list[int]:
    """Return ids of the clients of a saved list that the actor may see, by id, from `after` on: for campaigns.

    Raises NotFound, Denied, and Invalid where a condition makes no sense any more: a campaign must not go to all.
    """
    view = get_view(actor, public_id)
    if view.subject != "client":
        raise NotFound(_("There is no such list."))
    found = lists.asked_clients(actor, ask_of(QueryDict(view.query))).filter(pk__gt=after)
    return list(found.order_by("id").values_list("id", flat=True)[:limit])


def segment_query(actor: Actor, public_id: str) -> str:
    """Return the address that a saved list of clients keeps. Raises NotFound, Denied."""
    view = get_view(actor, public_id)
    if view.subject != "client":
        raise NotFound(_("There is no such list."))
    return view.query


def audience_page(actor: Actor, query: str, *, after: int, up_to: int, limit: int) -> list[int]:
    """Return ids of the clients that an address of a list finds for the actor, by id, behind `after` up to `up_to`.

    Raises Invalid where a condition makes no sense any more.
    """
    found = lists.asked_clients(actor, ask_of(QueryDict(query))).filter(pk__gt=after, pk__lte=up_to)
    return list(found.order_by("id").values_list("id", flat=True)[:limit])


def audience_size(actor: Actor, query: str) -> tuple[int, int]:
    """Return how many clients an address of a list finds for the actor, and the highest id of them.

    Raises Invalid where a condition makes no sense any more.
    """
    said = lists.asked_clients(actor, ask_of(QueryDict(query))).aggregate(count=Count("id"), last=Max("id"))
    return said["count"], said["last"] or 0


def lost_condition(actor: Actor, code: str, *, subject: str = "client") -> tuple[str, str, bool]:
    """Say what a condition was about whose field is not there: its name, why, and whether the field was put away."""
    field = None
    if code.startswith(OWN):
        rows = list_custom_fields(subject=subject, active=False)
        field = next((one for one in rows if one.code == code.removeprefix(OWN) and not one.is_active), None)
    if field is None or not actor.sees(custom_code(field.code, subject)):
        return code, _("There is no such filter. Take it out; the other conditions stay."), False
    why = _("This field was put away, so the condition finds nothing. Take the condition out, or the field up again.")
    return field.name, why, True
