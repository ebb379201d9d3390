"""Pages of promo codes."""
