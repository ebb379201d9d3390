"""Whose cards a bulk change is about: the chosen ones, or all that a list finds, as the actor may see them now."""

from django.db.models import QuerySet
from django.http import QueryDict

from voronka.kit.actors import Actor
from voronka.people.models import BulkRun, Client
from voronka.people.queries.asked import ask_of
from voronka.people.queries.clients import list_clients
from voronka.people.queries.lists import asked_clients


def chosen(actor: Actor, run: BulkRun) -> QuerySet[Client]:
    """Return the cards of a run in no order. Raises Invalid where a condition of the list makes no sense any more."""
    if run.ids:
        return list_clients(actor).filter(pk__in=run.ids)
    return asked_clients(actor, ask_of(QueryDict(run.query))).filter(pk__lte=run.up_to)
