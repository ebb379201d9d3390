"""Background jobs of the reports; each calls one service."""

from voronka.audience import services
from voronka.kit.jobs import job


@job("audience.rebuild", retry=3)
def rebuild() -> None:
    """Make the facts of the company anew from its log."""
    services.rebuild()
