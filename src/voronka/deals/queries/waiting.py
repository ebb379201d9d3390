"""New deals that wait for their first answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from voronka.deals.models import AnswerWatch, Deal
from voronka.deals.queries.desk import visible
from voronka.deals.queries.shown import shown
from voronka.kit.actors import Actor

MOST = 100


def list_waiting(actor: Actor) -> Sequence[AnswerWatch]:
    """Return the waits of deals that the actor may see, the one that falls due first at the top; a hundred at most."""
    return tell(actor, search_waiting(actor).order_by("due_at", "id")[:MOST])


def search_waiting(actor: Actor) -> QuerySet[AnswerWatch]:
    """Return the waits of deals that the actor may see, in no order."""
    rows = AnswerWatch.objects.filter(_open(), deal__in=Deal.objects.filter(visible(actor)))
    return rows.select_related("deal__client", "deal__pipeline", "deal__responsible")


def tell(actor: Actor, rows: Iterable[AnswerWatch]) -> list[AnswerWatch]:
    """Return waits with their deals as the actor may see these."""
    found = list(rows)
    for one in found:
        one.deal = shown(actor, one.deal)
    return found


def count_late(actor: Actor, *, now: datetime) -> int:
    """Return how many deals within the actor's reach wait longer than their pipeline allows; a hundred at most."""
    rows = AnswerWatch.objects.filter(_open(), deal__in=Deal.objects.filter(visible(actor)))
    return rows.filter(Q(step__gt=0) | Q(due_at__lte=now))[:MOST].count()


def find_watch(deal_id: int) -> AnswerWatch | None:
    """Return the open wait of a deal."""
    return AnswerWatch.objects.filter(deal_id=deal_id, settled_at=None).first()


def _open() -> Q:
    return Q(settled_at=None, deal__state=Deal.State.OPEN)
