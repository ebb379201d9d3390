"""What pages show of walks: how far they are, what came of them, whom they have not reached and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict
from django.utils.translation import gettext as _

from voronka.deals.models import Deal, Walk, WalkItem
from voronka.deals.queries import lists
from voronka.deals.queries.asked import asked_of
from voronka.deals.queries.desk import visible
from voronka.kit.actors import Actor
from voronka.kit.errors import NotFound
from voronka.kit.facets import condition
from voronka.people import queries as people
from voronka.people.queries import asked as client_asks
from voronka.people.queries import lists as client_lists

NAMED = 100
STATE = WalkItem.State


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a walk is: `done` of `total` have been dealt with, `left` wait or are in hands."""

    total: int
    done: int
    left: int
    by_state: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of some of the clients: the button and outcome pressed, its kind, how many, won for how much."""

    label: str
    result: str
    count: int
    sums: Sequence[tuple[str, Decimal]]


def list_found(
    actor: Actor, subject: str, query: str, *, now: datetime, most: int
) -> tuple[list[int], Mapping[str, str]]:
    """Return whom the address of a list finds in the order in which they are called, and what is wrong with it.

    Clients come the newest first, deals by their next step; nobody where a condition makes no sense any more. Raises
    ValueError for thousands of fields.
    """
    given = QueryDict(query)
    if subject == "client":
        ask = replace(client_asks.ask_of(given), sort=client_lists.DEFAULT_SORT, after="")
        _wanted, problems = condition("client", dict(ask.filters), actor, now=now)
        return client_lists.list_ids(actor, ask, most=most), problems
    found = lists.search_deals(actor, asked_of(given.dict()), now=now)
    rows = found.rows.filter(state=Deal.State.OPEN).order_by("open_task__ready_at", "id")
    return list(rows.values_list("id", flat=True)[:most]), found.problems


def get_walk(actor: Actor, public_id: str) -> Walk:
    """Return a walk of the actor's own, or a shared one. Raises NotFound."""
    rows = Walk.objects.select_related("author").filter(Q(author_id=actor.employee_id) | Q(is_shared=True))
    walk = rows.filter(public_id=public_id).first()
    if walk is None:
        raise NotFound(_("There is no such list of calls, or it is not yours."))
    return walk


def list_walks(actor: Actor, *, before: int | None = None, most: int = 20) -> list[Walk]:
    """Return the actor's own walks and the shared ones that go on, newest first, from the id `before` on."""
    open_to = Q(author_id=actor.employee_id) | Q(is_shared=True, ended_at=None)
    rows = Walk.objects.select_related("author").filter(open_to).order_by("-id")
    return list((rows if before is None else rows.filter(pk__lt=before))[:most])


def progress_of(walks: Sequence[Walk]) -> dict[int, Progress]:
    """Return how far each of the walks is, by id."""
    counts: dict[int, dict[str, int]] = {one.pk: {} for one in walks}
    rows = WalkItem.objects.filter(walk__in=walks).order_by().values_list("walk_id", "state").annotate(n=Count("id"))
    for walk_id, state, count in rows:
        counts[walk_id][state] = count
    return {walk_id: _progress(by_state) for walk_id, by_state in counts.items()}


def _progress(by_state: Mapping[str, int]) -> Progress:
    left = by_state.get(STATE.WAITING, 0) + by_state.get(STATE.TAKEN, 0)
    total = sum(by_state.values())
    return Progress(total, total - left, left, by_state)


def outcomes_of(walk: Walk, actor: Actor) -> list[Outcome]:
    """Return what came of the walk by button, most of them first; only deals within reach are counted."""
    rows = seen_items(walk, actor).filter(state=STATE.DONE, press__undone_at=None).order_by()
    won = Q(deal__state="won")
    found: dict[tuple[str, str], tuple[int, list[tuple[str, Decimal]]]] = {}
    grouped = rows.values_list("press__label", "press__result", "deal__currency").annotate(
        n=Count("id"), total=Sum("deal__sum", filter=won)
    )
    for label, result, currency, count, total in grouped:
        before, sums = found.get((label, result), (0, []))
        if total and actor.sees("deal.sum"):
            sums = [*sums, (currency, total)]
        found[label, result] = (before + count, sums)
    named = [Outcome(label, result, count, sums) for (label, result), (count, sums) in found.items()]
    return sorted(named, key=lambda one: -one.count)


def seen_items(walk: Walk, actor: Actor) -> QuerySet[WalkItem]:
    """Return the items of a walk within the actor's reach: by the deal, or by the client where there is none."""
    seen = Q(deal__in=Deal.objects.filter(visible(actor)))
    if walk.subject == "client":
        seen |= Q(deal=None, client__in=people.list_clients(actor))
    return WalkItem.objects.filter(seen, walk=walk)


def list_unreached(walk: Walk, actor: Actor) -> list[WalkItem]:
    """Return those who were not called, in their order, as the actor may see them; at most NAMED of them."""
    rows = seen_items(walk, actor).exclude(state=STATE.DONE).order_by("position")
    found = list(rows.select_related("client", "deal", "employee")[:NAMED])
    for one in found:
        one.client = people.shown(actor, one.client)
    return found
