"""What buttons of deals may do. Importing this package registers every step."""

from voronka.deals.steps import asking, closing, moving, planning, selling

__all__ = ["asking", "closing", "moving", "planning", "selling"]
