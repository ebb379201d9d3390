"""Reactions of the catalogue to what other parts announce."""

from voronka.accounts.events import CompanyFounded
from voronka.catalogue.services.kinds import ship_kinds
from voronka.kit.events import RecordedEvent, listens


@listens("catalogue.ship", CompanyFounded)
def ship(event: RecordedEvent) -> None:
    """Give a new company the kinds of prices that every shop begins with."""
    ship_kinds()
