"""Histories for tests of the reports: presses made by the verbs of the product, taken in as the worker does."""

from voronka.audience.services.facts import LISTENER
from voronka.kit.events.listeners import all_listeners, drain, number_events


def take_all_in(company_id: int) -> None:
    """Number what was announced and let the facts' listener read it to the end."""
    while number_events():
        pass
    drain(next(one for one in all_listeners() if one.name == LISTENER), company_id)
