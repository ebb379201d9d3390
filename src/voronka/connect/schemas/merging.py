"""Cards of one client made one, and parted again; pairs that look alike."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from voronka.connect.schemas.clients import Client, client_out
from voronka.connect.schemas.common import Given, Moment, Named, PublicId, Told
from voronka.connect.schemas.outer import Outer
from voronka.people import queries as people
from voronka.people.queries.doubles import Double as DoubleFound

if TYPE_CHECKING:
    from voronka.people.models import MergeRun

Version = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Double(Told):
    """Two cards that may be of one client: codes of the signs, and how likely (`score`, the higher the likelier)."""

    clients: list[Client]
    signs: Annotated[list[str], Field(examples=[["phone", "name"]])]
    score: Annotated[int, Field(examples=[90])]


class DoubleList(Told):
    """A page of likely doubles, the likeliest first. `next` asks for the next page."""

    items: list[Double]
    next: str | None


class DifferentGiven(Given):
    """Two cards of different people."""

    clients: Annotated[list[PublicId], Field(min_length=2, max_length=2)]


class MergeGiven(Given):
    """Cards to be joined: `survivor` stays, `others` become a part of it.

    `choices` names, by field, the card whose value stays (`both` for two comments); the rest is chosen by the rules.
    With `versions` it is refused where a card was changed since you read it.
    """

    survivor: PublicId
    others: Annotated[list[PublicId], Field(min_length=1, max_length=9)]
    choices: Annotated[
        dict[Annotated[str, Field(max_length=80)], PublicId],
        Field(max_length=200, examples=[{"city": "k7m2p9x4w3ab"}]),
    ] = {}
    versions: Annotated[dict[PublicId, Version], Field(max_length=10, examples=[{"k7m2p9x4w3ab": 3}])] = {}


class Merge(Told):
    """Cards joined into `client`. `merged` are the ids that the joined cards had: they lead to the client now."""

    id: PublicId
    client: Client
    merged: list[PublicId]
    at: Moment
    by: Named | None
    undone_at: datetime | None
    undone_by: Named | None


def double_out(found: DoubleFound, outer: Outer) -> Double:
    """Return a pair as it goes out."""
    cards = [client_out(card, contacts, outer) for card, contacts in found.cards]
    return Double(clients=cards, signs=list(found.signs), score=found.score)


def merge_out(run: "MergeRun", outer: Outer) -> Merge:
    """Return a joining as it goes out; `merged` is empty once the client's data were erased."""
    row = run.survivor
    contacts = people.list_contacts(outer.actor, [row.pk])[row.pk]
    return Merge(
        id=run.public_id,
        client=client_out(row, contacts, outer),
        merged=[str(card["public_id"]) for card in run.plan.get("cards", [])],
        at=run.at,
        by=outer.employee(run.by_id),
        undone_at=run.undone_at,
        undone_by=outer.employee(run.undone_by_id),
    )
