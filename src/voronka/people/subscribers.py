"""Reactions of clients to what happens to them: the likely doubles are kept current."""

from voronka.kit.events import RecordedEvent, listens
from voronka.kit.jobs import defer
from voronka.people.events import (
    ClientChanged,
    ClientCreated,
    ClientParted,
    ClientsMerged,
    ImportFinished,
    MergeUndone,
)
from voronka.people.services.doubles import COMPARED, refresh_pairs


@listens("people.doubles", ClientCreated, ClientChanged, ClientsMerged, MergeUndone, ClientParted)
def find_doubles(event: RecordedEvent) -> None:
    """Find the doubles of a card that is new or says something else; a file's cards are looked at when it is loaded."""
    if event.name == ClientCreated.name() and event.payload["channel"] == "import":
        return
    if event.name == ClientChanged.name() and not COMPARED & set(event.payload["fields"]):
        return
    refresh_pairs([event.payload["client_id"]])


@listens("people.doubles_of_import", ImportFinished)
def search_after_import(event: RecordedEvent) -> None:
    """Search the base when many cards have come at once."""
    if event.payload["made"]:
        defer("people.find_doubles", company_id=event.company_id, once=f"find_doubles {event.company_id}")
