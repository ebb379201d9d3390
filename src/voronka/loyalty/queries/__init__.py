"""What screens and other parts may ask of promo codes."""

from voronka.loyalty.queries.uses import Used, batches, holding, promo_of, public_ids, taken_by, used_in

__all__ = ["Used", "batches", "holding", "promo_of", "public_ids", "taken_by", "used_in"]
