"""What screens and other parts may ask of promo codes."""

from voronka.loyalty.queries.uses import Used, public_ids, used_in

__all__ = ["Used", "public_ids", "used_in"]
