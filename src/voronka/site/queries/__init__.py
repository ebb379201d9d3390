"""What screens and other parts may ask of sites."""

from voronka.site.queries.sites import public_ids

__all__ = ["public_ids"]
